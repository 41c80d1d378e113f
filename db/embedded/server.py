"""One server on one folder: found, started, stopped."""

import os
import shutil
import signal
import socket
import struct
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from db.embedded.account import (
    Account,
    CannotRun,
    make_private,
    not_ours,
    owner_of,
    require_entry,
)
from db.embedded.cluster import (
    LOG_FILE,
    PID_FILE,
    VERSION_FILE,
    make_cluster,
    move_cluster,
    own_cluster,
    put_rules,
)
from db.embedded.locks import FileLock
from db.embedded.programs import find_programs

# Long enough to recover from a crash, short enough to say that it hangs.
_START_WITHIN_S: Final = 300

# What its start writes before it answers, with something to spare.
_ROOM_BYTES: Final = 1_000_000
_STOP_WITHIN_S: Final = 60
_POLL_S: Final = 0.01

_CLUSTER: Final = "cluster"

# As whom version 0.1 ran the server for root.
_FORMER_NAME: Final = "embedded_postgres"

_SOCKET: Final = ".s.PGSQL.5432"
# What a Unix socket's address holds, without the zero at its end.
_ADDRESS_BYTES: Final = 107
_PEER: Final = struct.Struct("iII")  # struct ucred: pid, uid, gid


class Claim(NamedTuple):
    """What `postmaster.pid` says, which may be long untrue."""

    pid: int
    sockets: Path
    is_ready: bool


class Server:
    """The server on `folder`. But for `url`, the caller holds the folder's starting lock."""

    def __init__(self, folder: Path, account: Account) -> None:
        self.folder = folder
        self._account = account
        self._cluster = folder / _CLUSTER
        self._log = self._cluster / LOG_FILE
        self._sockets = folder / "socket"

    @property
    def url(self) -> str:
        """Where its superuser signs in."""
        return f"postgresql://postgres@/postgres?host={quote(str(self._sockets))}"

    def find_folder(self) -> None:
        """Make the folder where it is missing. Raises CannotRun where it is another's."""
        if not self.folder.exists():
            make_private(self.folder, self._account)
        elif not self._is_ours():
            raise not_ours(self.folder)

    def _is_ours(self) -> bool:
        """Whether it is this process's user's, or, for root, that of version 0.1."""
        status = self.folder.stat()
        return status.st_uid in {os.geteuid(), self._account.uid} or (
            self._account.is_another and owner_of(self.folder) == _FORMER_NAME
        )

    def ensure_running(self, unwanted: Callable[[], bool], *, from_nothing: bool = False) -> None:
        """Find the server running, or start it, and wait until it answers.

        from_nothing: take over or make a cluster where there is none.
        unwanted: asked again and again; ends the wait early.

        Raises CannotRun or OSError.
        """
        gives_up_at = time.monotonic() + _START_WITHIN_S
        log_start = None
        while not unwanted():
            with self._lock_of_the_living() as alive:
                if alive.try_acquire():
                    if log_start is not None:
                        raise self._does_not_start(self._said(log_start))
                    if from_nothing:
                        self._prepare(alive)
                    self._require_room()
                    log_start = self._log.stat().st_size if self._log.exists() else 0
                    self._start(alive)
                elif self._find():
                    return
                else:
                    self._require_room()
            if time.monotonic() > gives_up_at:
                raise CannotRun(
                    f"PostgreSQL did not get ready within {_START_WITHIN_S} s: {self._log}",
                    f"PostgreSQL 在 {_START_WITHIN_S} 秒内没有就绪：{self._log}",
                )
            time.sleep(_POLL_S)

    def is_dead(self) -> bool:
        """Whether none of its processes lives, not even one that a killed server left behind."""
        with self._lock_of_the_living() as alive:
            return alive.try_acquire()

    def stop(self) -> bool:
        """End the server: sessions are ended, what was committed stays. Whether it did end."""
        for how in (signal.SIGINT, signal.SIGQUIT):  # fast shutdown; at once
            is_told = False
            gives_up_at = time.monotonic() + _STOP_WITHIN_S
            while time.monotonic() < gives_up_at:
                if self.is_dead():
                    if self._sockets.parent != self.folder:
                        shutil.rmtree(self._sockets, ignore_errors=True)
                    return True
                # One that is only just starting lives before it can be found.
                if not is_told and (pid := running_postmaster(self._cluster)) is not None:
                    with suppress(ProcessLookupError):
                        os.kill(pid, how)
                    is_told = True
                time.sleep(_POLL_S)
        return False

    def _lock_of_the_living(self) -> FileLock:
        return FileLock(self.folder / "server.lock")

    def _find(self) -> bool:
        """Whether it runs and is ready; where its socket is, it says itself."""
        claim = _claim(self._cluster)
        if claim is None or not claim.is_ready or running_postmaster(self._cluster) != claim.pid:
            return False
        if not self._account.owns_privately(claim.sockets):
            raise CannotRun(
                f"{claim.sockets}, where PostgreSQL's socket is, is open to others.",
                f"PostgreSQL 套接字所在的 {claim.sockets} 对他人开放。",
            )
        self._sockets = claim.sockets
        return True

    def _prepare(self, alive: FileLock) -> None:
        """A cluster that is whole, ours, and not in use by a server that we did not start."""
        is_former = (self.folder / VERSION_FILE).exists()
        if is_former:
            _end_stranger(self.folder)  # before it may not enter any more
        make_private(self.folder, self._account)
        self._require_passage()
        if is_former:
            move_cluster(self.folder, self._cluster, self._account)
        if not (self._cluster / VERSION_FILE).exists():
            make_cluster(self._cluster, self._account, self._find_programs(), alive)
        _end_stranger(self._cluster)
        own_cluster(self._cluster, self._account)

    def _require_passage(self) -> None:
        """Raise CannotRun where the server's account can't come to the folder."""
        if self._account.may_enter(self.folder):
            return
        barred = next(
            path
            for path in (*reversed(self.folder.parents), self.folder)
            if not self._account.may_enter(path)
        )
        raise CannotRun(
            f"PostgreSQL does not run as root, and {self._account.name}, as whom it runs instead,"
            f" may not enter {barred}: keep the data elsewhere (WILDLIFE_DATA_DIR="
            "/var/lib/wildlife), or run this as an ordinary user.",
            f"PostgreSQL 不以 root 运行，而代替它的 {self._account.name} 不能进入 {barred}："
            "请把数据放到别处（WILDLIFE_DATA_DIR=/var/lib/wildlife），或以普通用户运行。",
        )

    def _start(self, alive: FileLock) -> None:
        """Start it, and hand it the lock that says it lives."""
        put_rules(self._cluster, self._account)
        self._put_sockets()
        # No process of this cluster lives. PostgreSQL itself would not believe it of a number that
        # a process of the same user has now, nor start with a file that is torn.
        (self._cluster / PID_FILE).unlink(missing_ok=True)
        (self._sockets / f"{_SOCKET}.lock").unlink(missing_ok=True)
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
        }
        started = self._account.run(
            # The shell ends at once, so that the server is nobody's child but the system's.
            *("/bin/sh", "-c", 'exec "$@" </dev/null >>"$0" 2>&1 &', self._log),
            *(self._find_programs() / "postgres", "-D", self._cluster),
            *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
            inherit=[alive.descriptor],
            own_session=True,
        )
        if started.stderr:
            raise self._does_not_start(" ".join(started.stderr.split()))

    def _find_programs(self) -> Path:
        return find_programs(self.folder / "programs", self._account)

    def _put_sockets(self) -> None:
        """A folder for the socket, which is the same as long as anybody uses the server."""
        own = self.folder / "socket"
        if _fits(own):
            self._account.make_folder(own)
            self._sockets = own
            return
        claim = _claim(self._cluster)
        for known in (self._sockets, *([claim.sockets] if claim else [])):
            if known != own and self._account.owns_privately(known):
                self._sockets = known
                return
        self._sockets = Path(tempfile.mkdtemp(prefix="wildlife-", dir="/tmp"))
        self._account.make_folder(self._sockets)

    def _said(self, since: int) -> str:
        """What the log has got since, in short."""
        with self._log.open("rb") as file:
            file.seek(since)
            lines = file.read().decode("utf-8", "replace").splitlines()
        grave = [line for line in lines if "FATAL:" in line or "PANIC:" in line] or lines
        return " ".join(grave[-2:])

    def _require_room(self) -> None:
        """Without room a server that starts fails, and begins anew, several times a second, for
        ever; its log takes no line that would tell so."""
        usage = shutil.disk_usage(self.folder)
        if usage.total and usage.free < _ROOM_BYTES:
            raise CannotRun(
                f"PostgreSQL can't start: the disk of {self.folder} is full. Make room there.",
                f"PostgreSQL 无法启动：{self.folder} 所在的磁盘已满。请在那里腾出空间。",
            )

    def _does_not_start(self, why: str) -> CannotRun:
        return CannotRun(
            f"PostgreSQL does not start: “{why}”. All that it says is in {self._log}.",
            f"PostgreSQL 无法启动：“{why}”。全部内容见 {self._log}。",
        )


def _fits(sockets: Path) -> bool:
    """Whether a socket in this folder has an address that the system and all settings can hold."""
    length = len(os.fsencode(sockets / _SOCKET))
    return length <= _ADDRESS_BYTES and not set(str(sockets)) & set(',"')


def _claim(cluster: Path) -> Claim | None:
    """What the cluster's pid file says; None where it says nothing about this cluster: it came
    with a copy, names the original's folder, and the original may well be running."""
    try:
        lines = (cluster / PID_FILE).read_text("utf-8").splitlines()
        if not cluster.samefile(lines[1]):
            return None
        return Claim(
            pid=_process(lines[0]),
            sockets=Path(lines[4]),
            is_ready=len(lines) > 7 and lines[7].strip() == "ready",
        )
    except (OSError, ValueError, IndexError):
        return None


def _process(number: str) -> int:
    pid = int(number)
    if pid <= 1:
        raise ValueError(f"{pid} is no server; as the target of a signal it would be many")
    return pid


def holds_database(folder: Path) -> bool:
    """Whether there is a cluster in a server's folder, of this version's or of 0.1's.

    Raises CannotRun where this process's user may not look, or OSError.
    """
    require_entry(folder / _CLUSTER)
    return any((one / VERSION_FILE).exists() for one in (folder / _CLUSTER, folder))


def running_postmaster(cluster: Path) -> int | None:
    """The server that runs on this cluster, if it does: the process that `postmaster.pid` names is
    the one that listens on its socket, which the system tells. It may be sent a signal."""
    claim = _claim(cluster)
    if claim is None:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.settimeout(1)
            probe.connect(str(claim.sockets / _SOCKET))
            if not hasattr(socket, "SO_PEERCRED"):  # only Linux tells
                return claim.pid
            peer = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        except OSError:
            return None
    return claim.pid if _PEER.unpack(peer)[0] == claim.pid else None


def _end_stranger(cluster: Path) -> None:
    """End a server on this cluster that does not hold our lock: version 0.1 left it, or a person.

    With our rules, and as the account that we want, it can only be started anew.
    """
    pid = running_postmaster(cluster)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    gives_up_at = time.monotonic() + _STOP_WITHIN_S
    while (cluster / PID_FILE).exists():  # it goes last
        if time.monotonic() > gives_up_at:
            raise CannotRun(
                f"A PostgreSQL runs on {cluster} and does not stop (process {pid}).",
                f"{cluster} 上有一个 PostgreSQL 在运行，无法停止（进程 {pid}）。",
            )
        time.sleep(_POLL_S)
