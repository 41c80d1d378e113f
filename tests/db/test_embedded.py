"""The private PostgreSQL: what it is, who shares it, what a crash or version 0.1 left."""

import os
import pwd
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from db.embedded import Account, embedded_postgresql, server_account
from db.embedded.programs import find_programs
from db.embedded.server import running_postmaster
from tests.postgresql import (
    IS_ROOT,
    USE,
    above,
    answers,
    ask,
    is_ready,
    kill_and_see_it_again,
    open_to_others,
    postmaster,
    using,
)
from tests.serving import wait_until


def test_it_is_a_superuser_in_a_cluster_that_sorts_by_itself(folder: Path) -> None:
    with embedded_postgresql(folder) as url:
        assert url.startswith("postgresql://postgres@/postgres?host=/")
        assert ask(url, "select rolsuper from pg_roles where rolname = current_user")
        assert ask(
            url,
            "select (datlocprovider, datlocale, pg_encoding_to_char(encoding))::text"
            " from pg_database where datname = current_database()",
        ) == ("(b,C.UTF-8,UTF8)")
        assert ask(url, "show data_checksums") == "on"
    assert not answers(url)


def test_data_stays(folder: Path) -> None:
    with embedded_postgresql(folder) as url:
        ask(url, "create table t as select 7 as n", "select 1")
    with embedded_postgresql(folder) as url:
        assert ask(url, "select n from t") == 7


@pytest.mark.usefixtures("made")
def test_who_runs_it_signs_in_as_any_role_over_the_socket_and_there_is_no_other_way(
    folder: Path,
) -> None:
    with embedded_postgresql(folder) as url:
        ask(url, "create role wildlife_service login", "select 1")
        assert ask(url, "select current_user", user="wildlife_service") == "wildlife_service"
        assert ask(
            url,
            "select string_agg(concat_ws(' ', type, database, user_name, address, auth_method,"
            " options, error), ';') from pg_hba_file_rules",
        ) == ("local {all} {all} peer {map=owner}")
        assert ask(url, "show listen_addresses") == ""
        assert ask(url, "show unix_socket_permissions") == "0700"


# Where its socket is


@pytest.mark.parametrize(
    "name", ["long" * 30, 'comma, "quote" $(touch hurt) `touch hurt`', "空格 %41 ? # & ;"]
)
def test_any_name_will_do_for_its_folder(data_dir: Path, name: str) -> None:
    folder = data_dir / name / "postgresql"
    folder.parent.mkdir()
    folder.parent.chmod(0o711)
    with embedded_postgresql(folder) as url:
        assert ask(url, "select 1") == 1
        sockets = Path(ask(url, "show unix_socket_directories"))
        assert server_account().owns_privately(sockets)
        assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= 107
        with using(folder) as (_, same):
            assert same == url
    assert sockets.parent == folder or not sockets.exists()


def test_a_short_folder_for_the_socket_outlives_a_crash_and_is_new_each_time(
    data_dir: Path,
) -> None:
    folder = data_dir / ("long" * 30) / "postgresql"
    folder.parent.mkdir()
    folder.parent.chmod(0o711)
    with embedded_postgresql(folder) as url:
        kill_and_see_it_again(folder)
        assert ask(url, "select 1") == 1
    with embedded_postgresql(folder) as another:
        assert another != url


# Several who use it


@pytest.mark.usefixtures("made")
def test_the_last_who_uses_it_stops_it(folder: Path) -> None:
    with using(folder) as (first, url):
        with using(folder) as (_, same):
            assert same == url
            first.communicate()
            assert ask(url, "select 1") == 1
        assert not answers(url)
        assert postmaster(folder.parent) is None


def test_those_who_start_it_at_the_same_moment_get_the_same(folder: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", USE, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = {process.stdout.readline() for process in processes if process.stdout}
    assert len(said) == 1
    assert ask(said.pop().strip(), "select 1") == 1
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert postmaster(folder.parent) is None


@pytest.mark.usefixtures("made")
def test_what_a_killed_process_left_running_is_used_and_stopped(folder: Path) -> None:
    with using(folder) as (process, _):
        process.kill()
    left = postmaster(folder.parent)
    assert left is not None
    with embedded_postgresql(folder) as url:
        assert ask(url, "select 1") == 1
        assert postmaster(folder.parent) == left
    assert postmaster(folder.parent) is None


# What a crash leaves


def left_pid_file(folder: Path, pid: int | str) -> None:
    """Leave what a server that was killed leaves, with another number."""
    with using(folder) as (process, _):
        file = folder / "cluster/postmaster.pid"
        content = file.read_text()
        lock = folder / "socket/.s.PGSQL.5432.lock"
        socket_lock = lock.read_text()
        process.communicate()
    for path, said in ((file, content), (lock, socket_lock)):
        _, _, rest = said.partition("\n")
        path.write_text(f"{pid}\n{rest}")
        os.chown(path, server_account().uid, server_account().gid)


@pytest.mark.parametrize("whose", ["ours", "the server's"])
@pytest.mark.usefixtures("made")
def test_a_stranger_with_a_stale_number_lives_and_the_server_starts(
    folder: Path, whose: str
) -> None:
    with embedded_postgresql(folder):
        pass
    account = server_account()
    other = account.is_another and whose == "the server's"
    with subprocess.Popen(
        ["sleep", "600"],
        cwd=folder / "cluster",
        user=account.uid if other else None,
        group=account.gid if other else None,
    ) as stranger:
        left_pid_file(folder, stranger.pid)
        with embedded_postgresql(folder) as url:
            assert ask(url, "select 1") == 1
            assert postmaster(folder.parent) != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("torn", ["", "12", "\0\0\0\0", "nonsense\n", "-1\n", "99999999999999\n"])
@pytest.mark.usefixtures("made")
def test_a_torn_file_keeps_nothing_from_starting(folder: Path, torn: str) -> None:
    with embedded_postgresql(folder):
        pass
    for name in ("cluster/postmaster.pid", "socket/.s.PGSQL.5432.lock", "starting.lock"):
        (folder / name).write_text(torn)
    for name in ("users.lock", "server.lock"):
        (folder / name).write_text(torn)
    with embedded_postgresql(folder) as url:
        assert ask(url, "select 1") == 1


def test_a_cluster_that_was_half_made_is_made_anew(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", USE, folder], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    with process:
        wait_until((folder / "cluster.new/global").exists)
        process.kill()
    with embedded_postgresql(folder) as url:
        assert ask(url, "select 1") == 1
    assert not (folder / "cluster.new").exists()


@pytest.mark.usefixtures("made")
def test_a_copy_of_a_folder_in_use_starts_by_itself_and_leaves_the_original_running(
    folder: Path, data_dir: Path
) -> None:
    """With a copy comes the original's `postmaster.pid`."""
    copy = data_dir / "copy"
    with using(folder) as (_, url):
        ask(url, "create table t as select 7 as n", "checkpoint", "select 1")
        original = postmaster(folder.parent)
        subprocess.run(["cp", "-a", folder, copy], check=True)
        assert running_postmaster(copy / "cluster") is None
        with embedded_postgresql(copy) as another:
            assert ask(another, "insert into t values (8)", "select sum(n)::int from t") == 15
            assert running_postmaster(copy / "cluster") not in {None, original}
        assert postmaster(folder.parent) == original
        assert ask(url, "select sum(n)::int from t") == 7


def test_a_copy_does_not_take_the_originals_short_folder_for_its_socket(data_dir: Path) -> None:
    folder, copy = (data_dir / (name + "long" * 30) for name in ("a", "b"))
    for one in (folder, copy):
        one.mkdir()
        one.chmod(0o711)
    with using(folder / "postgresql") as (_, url):
        ask(url, "checkpoint", "select 1")
        subprocess.run(["cp", "-a", folder / "postgresql", copy], check=True)
        with embedded_postgresql(copy / "postgresql") as another:
            assert another != url
            assert ask(another, "select 1") == 1
        assert ask(url, "select 1") == 1


# What version 0.1 made


def former_account() -> Account:
    """Who version 0.1 ran the server as."""
    if IS_ROOT:
        with suppress(KeyError):
            entry = pwd.getpwnam("embedded_postgres")
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    return server_account()


def made_by_version_0_1(folder: Path) -> Account:
    """A cluster with its server running, its files and its rules, as version 0.1 leaves them."""
    account = former_account()
    folder.mkdir()
    if account.is_another:
        os.chown(folder, account.uid, account.gid)
    programs = find_programs(folder.with_name("programs"), account)
    made = account.run(
        *(programs / "initdb", "-D", folder, "--auth=trust", "--auth-local=trust"),
        *("--encoding=utf8", "-U", "postgres", "--no-sync"),
    )
    assert made.returncode == 0, made.stderr
    log = folder / "log"
    log.touch()
    os.chown(log, account.uid, account.gid)
    log.chmod(0o644)
    (folder / ".handle_pids.json").write_text("[1")
    started = account.run(
        *("/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1 &', log, programs / "postgres"),
        *("-D", folder, "-h", "", "-k", folder),
        own_session=True,
    )
    assert started.stderr == ""
    wait_until(lambda: is_ready(folder / "postmaster.pid"))
    return account


def test_what_version_0_1_left_running_is_taken_over(folder: Path) -> None:
    made_by_version_0_1(folder)
    before = above(folder)
    old = running_postmaster(folder)
    assert old is not None
    url = f"postgresql://postgres@/postgres?host={folder}"
    ask(url, "create table t as select 7 as n", "select 1")
    with embedded_postgresql(folder) as url:
        wait_until(lambda: not psutil.pid_exists(old))
        assert ask(url, "select n from t") == 7
        assert ask(
            url, "select string_agg(concat(type, auth_method), ' ') from pg_hba_file_rules"
        ) == ("localpeer")
        assert open_to_others(folder) == []
        assert above(folder) == before
        assert "LOG:  database system is shut down" in (folder / "cluster/log").read_text()
        assert "not properly shut down" not in (folder / "cluster/server.log").read_text()
        assert {one.name for one in folder.iterdir()} == {
            *("cluster", "socket", "starting.lock", "users.lock", "server.lock")
        }
    with embedded_postgresql(folder) as url:
        assert ask(url, "select n from t") == 7


def test_a_move_to_the_new_place_that_was_cut_off_is_gone_on_with(folder: Path) -> None:
    account = made_by_version_0_1(folder)
    url = f"postgresql://postgres@/postgres?host={folder}"
    ask(url, "create table t as select 7 as n", "select 1")
    running = running_postmaster(folder)
    assert running is not None
    os.kill(running, signal.SIGINT)
    wait_until(lambda: not (folder / "postmaster.pid").exists())
    account.make_folder(folder / "cluster")
    for name in ("base", "global", "pg_wal"):
        (folder / name).rename(folder / "cluster" / name)
    with embedded_postgresql(folder) as url:
        assert ask(url, "select n from t") == 7
        assert open_to_others(folder) == []
