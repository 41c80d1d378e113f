"""Who the server runs as: whoever starts it, or for root, as whom it refuses to run, another."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_NAME = "wildlife-postgresql"

# What the server needs of our environment; the rest holds settings, and secrets among them.
_ENVIRONMENT = ("PATH", "TZ", "LD_LIBRARY_PATH")


class CannotRun(Exception):
    """The server can't run here; a sentence says why and what to do, in English and in Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class Account(NamedTuple):
    """An account of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_another(self) -> bool:
        """Whether it is not the one that this process runs as."""
        return self.uid != os.geteuid()

    def run(
        self, *command: str | Path, inherit: Iterable[int] = (), own_session: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, below /, with as little of our environment as it needs.

        inherit: descriptors that it gets, too.
        own_session: a terminal's Ctrl-C does not reach it.
        """
        return subprocess.run(  # noqa: S603 - no shell reads it
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env={n: os.environ[n] for n in _ENVIRONMENT if n in os.environ} | {"LC_ALL": "C"},
            umask=0o077,
            pass_fds=tuple(inherit),
            start_new_session=own_session,
            user=self.uid if self.is_another else None,
            group=self.gid if self.is_another else None,
            extra_groups=() if self.is_another else None,
        )

    def may_enter(self, path: Path) -> bool:
        """Whether it may enter a folder, or run a file, and pass through all that is above."""
        if not self.is_another:
            return os.access(path, os.X_OK)
        return self.run("/bin/sh", "-c", 'test -x "$0"', path).returncode == 0

    def owns_privately(self, folder: Path) -> bool:
        """Whether this is a folder of its own that nobody else may enter."""
        try:
            status = folder.lstat()
        except OSError:
            return False
        return (
            stat.S_ISDIR(status.st_mode)
            and status.st_uid == self.uid
            and not stat.S_IMODE(status.st_mode) & 0o077
        )

    def make_folder(self, folder: Path) -> None:
        """Make a folder of its own that nobody else may enter; it may be there."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.is_another:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        if not self.owns_privately(folder):
            folder.chmod(0o700)


def make_private(folder: Path, admitted: Account | None = None) -> None:
    """Make a folder of ours, with what is missing above it, or tighten it.

    Nobody enters it but this process's user and, to pass through, `admitted`. What is there above
    it is left as it is.
    """
    if not folder.exists():
        if not folder.parent.exists():
            make_private(folder.parent, admitted)
        folder.mkdir(mode=0o700, exist_ok=True)
    if admitted is not None and admitted.is_another:
        os.chown(folder, os.geteuid(), admitted.gid)
        folder.chmod(0o710)
    else:
        folder.chmod(0o700)


def not_ours(folder: Path) -> CannotRun:
    """What is said of a folder that this process's user has no part in."""
    return CannotRun(
        f"{folder} belongs to another user, {owner_of(folder)}: run this as that user, or choose"
        " another folder: WILDLIFE_DATA_DIR=/var/lib/wildlife",
        f"{folder} 属于另一用户 {owner_of(folder)}：请以该用户运行，或另选目录："
        "WILDLIFE_DATA_DIR=/var/lib/wildlife",
    )


def owner_of(path: Path) -> str:
    """The name of the user whom a file or folder belongs to, or the number of one without."""
    try:
        return path.owner()
    except KeyError:
        return str(path.stat().st_uid)


def require_entry(folder: Path) -> None:
    """Raise CannotRun where this process's user may not enter a folder, if it is there, or one
    above it: the system would not say what is in it, not even whether it is there."""
    folder = Path(os.path.realpath(folder))  # which links in a circle do not stop
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            return
        if not os.access(one, os.X_OK):
            raise not_ours(one)


def server_account() -> Account:
    """Who the server is to run as; for root a user of its own is made where there is none.

    Raises CannotRun.
    """
    if os.geteuid() != 0:
        try:
            return _account(pwd.getpwuid(os.geteuid()))
        except KeyError:
            raise CannotRun(
                f"The user with the number {os.geteuid()} has no name on this machine, and the"
                " private PostgreSQL needs one: add the user, or name a PostgreSQL of your own in"
                " WILDLIFE_DATABASE_URL.",
                f"编号 {os.geteuid()} 的用户在本机没有名称，而专用的 PostgreSQL 需要："
                "请添加该用户，或在 WILDLIFE_DATABASE_URL 中指明自备的 PostgreSQL。",
            ) from None
    try:
        return _account(pwd.getpwnam(_NAME))
    except KeyError:
        return _made()


def _made() -> Account:
    said = "there is no useradd"
    if program := shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        made = subprocess.run(  # noqa: S603 - nothing in it comes from outside
            [
                *(program, "--system", "--user-group", "--shell", "/bin/false"),
                *("--no-create-home", "--home-dir", "/nonexistent", _NAME),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            umask=0o022,  # it writes files of the machine's
        )
        said = made.stderr.strip()
    try:
        return _account(pwd.getpwnam(_NAME))  # also where another process made it meanwhile
    except KeyError:
        raise CannotRun(
            f"PostgreSQL does not run as root, and the user {_NAME} could not be made for it"
            f" ({said}): add a system user of that name, or run this as an ordinary user.",
            f"PostgreSQL 不以 root 运行，而无法为它建立用户 {_NAME}（{said}）："
            "请添加该名称的系统用户，或以普通用户运行。",
        ) from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
