"""The private PostgreSQL on a machine with others: what they may do, and what it does to theirs."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from db.embedded import Account, CannotRun, embedded_postgresql, server_account
from db.embedded.programs import find_programs
from tests.postgresql import (
    NOBODY,
    USE,
    above,
    as_nobody,
    ask,
    everything,
    needs_root,
    open_to_others,
    using,
)


@pytest.fixture
def python_for_all(monkeypatch: pytest.MonkeyPatch) -> str:
    """A Python that another user can run with this code; skips the test where there is none."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path.cwd()), *filter(None, sys.path)]))
    name = "python{}.{}".format(*sys.version_info)
    for python in (sys.executable, shutil.which(name, path="/usr/local/bin:/usr/bin")):
        with suppress(PermissionError):
            if python and not as_nobody(python, "-c", "import db.embedded, asyncpg").returncode:
                return python
    pytest.skip("needs a Python and a checkout that another user may read")


def test_what_lies_above_it_stays_as_it_was_and_nothing_in_it_is_open_to_others(
    data_dir: Path,
) -> None:
    folder = data_dir / "a" / "b" / "postgresql"
    for parent in (folder.parents[1], folder.parents[0]):
        parent.mkdir()
        parent.chmod(0o711)
    before = above(folder)
    with embedded_postgresql(folder) as url:
        ask(url, "create table t as select 7 as n", "select 1")
        assert len(everything(folder)) > 900
        assert open_to_others(folder) == []
    assert open_to_others(folder) == []
    assert above(folder) == before


def test_a_folder_that_was_open_is_closed(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    with embedded_postgresql(folder):
        assert open_to_others(folder) == []


def test_parents_that_it_makes_itself_are_closed_too(data_dir: Path) -> None:
    folder = data_dir / "new" / "newer" / "postgresql"
    with embedded_postgresql(folder):
        assert open_to_others(data_dir / "new") == []


@needs_root
@pytest.mark.usefixtures("made")
def test_another_user_can_neither_look_nor_connect(folder: Path) -> None:
    with embedded_postgresql(folder):
        for path in (folder, folder / "socket", folder / "cluster", folder / "cluster/base"):
            assert as_nobody("ls", path).returncode != 0
        psql = find_programs(folder / "programs", server_account()) / "psql"
        if as_nobody("test", "-x", psql).returncode:
            pytest.skip("needs a checkout that another user may read")
        url = f"postgresql://postgres@/postgres?host={folder / 'socket'}"
        refused = as_nobody(psql, url, "-c", "select 1")
        assert "Permission denied" in refused.stderr
        # And were every door open:
        for path in (folder, folder / "socket", folder / "socket/.s.PGSQL.5432"):
            path.chmod(0o777)
        for role in ("postgres", NOBODY):
            refused = as_nobody(psql, url, "-U", role, "-c", "select 1")
            assert "Peer authentication failed" in refused.stderr
            assert refused.stdout == ""


@needs_root
def test_where_its_user_may_not_pass_it_says_so_and_opens_nothing(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    (closed / "below").mkdir()
    folder = closed / "below/postgresql"
    before = above(folder)
    sentence = f"may not enter {closed}: .*WILDLIFE_DATA_DIR=/var/lib"
    with pytest.raises(CannotRun, match=sentence), embedded_postgresql(folder):
        pass
    assert above(folder) == before


@needs_root
def test_programs_out_of_its_users_reach_are_copied_once(
    data_dir: Path, folder: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    own = Account(*pwd.getpwuid(0)[:1], 0, 0)
    package = find_programs(tmp_path, own).parents[1]
    ignore = shutil.ignore_patterns("include", "pgxs", "*.a")
    shutil.copytree(package, closed / package.name, ignore=ignore)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    environment = os.environ | {"PYTHONPATH": f"{closed}:{Path.cwd()}"}
    before = everything(closed)
    made = []
    for _ in range(2):
        with using(folder, env=environment) as (_, url):
            assert ask(url, "select 1") == 1
            assert open_to_others(folder) == []
            made.append((folder / "programs").stat().st_ctime_ns)
    assert made[0] == made[1]
    assert {path: status.st_mode for path, status in before.items()} == {
        path: status.st_mode for path, status in everything(closed).items()
    }


@needs_root
def test_an_ordinary_user_has_it_as_himself(data_dir: Path, python_for_all: str) -> None:
    user = pwd.getpwnam(NOBODY)
    own = data_dir / "own"
    own.mkdir()
    os.chown(own, user.pw_uid, user.pw_gid)
    nobody = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with using(own / "postgresql", python_for_all, cwd="/", **nobody) as (_, url):
        assert url
        status = everything(own / "postgresql")
        assert {one.st_uid for one in status.values()} == {user.pw_uid}
        assert not [path for path, one in status.items() if one.st_mode & 0o077]
        # Root is another user: it is told whose it is, and changes nothing.
        sentence = f"belongs to another user, {NOBODY}: run this as"
        with pytest.raises(CannotRun, match=sentence), embedded_postgresql(own / "postgresql"):
            pass
    assert {one.lstat().st_uid for one in own.rglob("*")} == {user.pw_uid}


@needs_root
def test_a_user_without_a_name_is_told_that_it_needs_one(
    data_dir: Path, python_for_all: str
) -> None:
    ran = subprocess.run(
        [python_for_all, "-c", USE, data_dir / "postgresql"],
        user=54321,
        group=54321,
        extra_groups=[],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "number 54321 has no name on this machine" in ran.stderr


def test_no_other_has_the_socket_before_it(folder: Path) -> None:
    """A folder for the socket that somebody else may enter is closed before it is used."""
    (folder / "socket").mkdir(parents=True)
    (folder / "socket").chmod(0o777)
    with socket.socket(socket.AF_UNIX) as false:
        false.bind(str(folder / "socket/.s.PGSQL.5432"))
        false.listen()
        with embedded_postgresql(folder):
            assert open_to_others(folder) == []


# The account it is given where root starts it


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A copy of the machine's settings in which nobody has made the server's account yet."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs to be allowed a view of its own of the file system")
    shutil.copytree("/etc", tmp_path / "etc", symlinks=True)
    for name in ("passwd", "shadow", "group", "gshadow"):
        file = tmp_path / "etc" / name
        if file.exists():
            lines = file.read_text().splitlines(keepends=True)
            account = server_account().name
            file.write_text("".join(line for line in lines if not line.startswith(f"{account}:")))
    return tmp_path / "etc"


def used_on_a_machine_with(
    etc: Path, folder: Path, *, also: str = "true"
) -> subprocess.CompletedProcess[str]:
    """How it goes to use the server where /etc is this one, after `also`."""
    script = f'mount --bind "$0" /etc && {also} && exec "$@"'
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, etc, sys.executable, "-c", USE, folder],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@needs_root
def test_its_account_is_made_once_and_nobody_logs_in_with_it(etc: Path, folder: Path) -> None:
    modes = {path: path.lstat().st_mode for path in etc.iterdir()}
    for _ in range(2):
        used = used_on_a_machine_with(etc, folder)
        assert used.stdout.startswith("postgresql://"), used.stderr
    accounts = (etc / "passwd").read_text().splitlines()
    [made] = [line for line in accounts if line.startswith(f"{server_account().name}:")]
    assert made.endswith(":/nonexistent:/bin/false")
    assert {path: path.lstat().st_mode for path in modes} == modes


@needs_root
def test_where_its_account_cannot_be_made_a_sentence_says_so(etc: Path, folder: Path) -> None:
    program = shutil.which("useradd")
    if program is None:
        pytest.skip("this machine has no useradd, which is the case to be made")
    used = used_on_a_machine_with(etc, folder, also=f"mount --bind /dev/null {program}")
    assert "could not be made for it (there is no useradd): add a system user" in used.stderr
    assert not folder.exists()
