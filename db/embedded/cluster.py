"""A cluster's files: made, taken over from version 0.1, and open to nobody else."""

import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import Final

from db.embedded.account import Account, CannotRun
from db.embedded.locks import FileLock

PID_FILE: Final = "postmaster.pid"
VERSION_FILE: Final = "PG_VERSION"  # its presence makes a folder a cluster
LOG_FILE: Final = "server.log"

_LOCKS: Final = ("starting.lock", "users.lock", "server.lock")

# The socket, and on it whoever runs this process, as any role; no password, no network.
_HBA: Final = "local all all peer map=owner\n"
_IDENT: Final = 'owner "{name}" all\n'


def make_cluster(cluster: Path, account: Account, programs: Path, alive: FileLock) -> None:
    """Make a new cluster, whole or not at all.

    alive: what the server's processes hold; so `initdb` does, should we be killed.
    """
    aside = cluster.with_name("cluster.new")
    if aside.exists():
        shutil.rmtree(aside)
    account.make_folder(aside)
    made = account.run(
        programs / "initdb",
        f"--pgdata={aside}",
        "--username=postgres",
        "--auth-local=peer",
        "--auth-host=reject",
        "--encoding=UTF8",
        # Sorted by PostgreSQL itself: indexes stay right when the system's C library changes.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
        inherit=[alive.descriptor],
    )
    if made.returncode != 0:
        why = " ".join(made.stderr.split())
        raise CannotRun(
            f"PostgreSQL's files could not be made: “{why}”.",
            f"无法建立 PostgreSQL 的文件：“{why}”。",
        )
    aside.rename(cluster)
    _fsync(cluster.parent)


def move_cluster(folder: Path, cluster: Path, account: Account) -> None:
    """Give a cluster of version 0.1, which lay in the folder itself, its place.

    PG_VERSION goes last: whatever interrupts this, the next start goes on with it.
    """
    account.make_folder(cluster)
    version = folder / VERSION_FILE
    for path in folder.iterdir():
        if path not in {cluster, version} and path.name not in _LOCKS:
            path.rename(cluster / path.name)
    for left in (cluster / ".handle_pids.json", *cluster.glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)
    _own(version, account)
    _own(cluster, account)
    version.rename(cluster / VERSION_FILE)
    _fsync(cluster)
    _fsync(folder)


def own_cluster(cluster: Path, account: Account) -> None:
    """Make every file the server's, and open to nobody else.

    They are, unless somebody who brought a copy back left them otherwise; then the cluster's own
    folder shows it.
    """
    if not account.owns_privately(cluster):
        _own(cluster, account)


def _own(path: Path, account: Account) -> None:
    """A file, or a folder with all that is in it; the folder last, since it tells what was done."""
    status = path.lstat()
    if stat.S_ISDIR(status.st_mode):
        for one in path.iterdir():
            _own(one, account)
    if account.is_another:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    if not stat.S_ISLNK(status.st_mode):
        path.chmod(stat.S_IMODE(status.st_mode) & 0o700)


def put_rules(cluster: Path, account: Account) -> None:
    """Who may sign in, whatever was said before."""
    owner = _IDENT.format(name=pwd.getpwuid(os.geteuid()).pw_name)
    for name, content in (("pg_hba.conf", _HBA), ("pg_ident.conf", owner)):
        target = cluster / name
        if target.exists() and target.read_text("utf-8", "replace") == content:
            continue
        # Not written in place: the folder is another user's, who might have put a link there.
        aside = cluster.with_name(f"{name}.new")
        try:
            aside.write_text(content, "utf-8")
            aside.chmod(0o600)
            if account.is_another:
                os.chown(aside, account.uid, account.gid)
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)


def _fsync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
