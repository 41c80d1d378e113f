"""The private PostgreSQL, killed and starved: it is started again."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from db.embedded import embedded_postgresql
from tests.postgresql import ask, kill_and_see_it_again, needs_root, postmaster, using
from tests.serving import wait_until


@pytest.mark.usefixtures("made")
def test_killed_it_is_started_again_by_one_of_those_who_use_it(folder: Path) -> None:
    said: list[str] = []
    with (
        embedded_postgresql(folder, tell=lambda en, _zh: said.append(en)) as url,
        using(folder, stderr=subprocess.PIPE) as (other, _),
    ):
        ask(url, "create table t as select 7 as n", "select 1")
        running = kill_and_see_it_again(folder)
        assert ask(url, "select n from t") == 7
        assert ask(url, "select n from t") == 7
        assert postmaster(folder.parent) == running
        _, told = other.communicate()
    told += "\n".join(said)
    assert told.count("has ended by itself; it is started again.") == 1
    assert told.count("runs again.") == 1
    log = (folder / "cluster/server.log").read_text()
    assert log.count("LOG:  starting PostgreSQL") == 2
    assert postmaster(folder.parent) is None


@needs_root
def test_on_a_full_disk_it_is_tried_again_until_there_is_room(data_dir: Path) -> None:
    disk = data_dir / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100m,mode=0711", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs to be allowed to mount")
    folder, ballast = disk / "postgresql", disk / "ballast"
    said: list[str] = []

    def failed() -> bool:
        return any("could not be started" in sentence for sentence in said)

    try:
        with embedded_postgresql(folder, tell=lambda en, _zh: said.append(en)) as url:
            ask(url, "create table t as select 7 as n", "select 1")
            with ballast.open("wb", buffering=0) as file:

                def starved() -> bool:
                    # What is freed meanwhile is taken; should it start all the same, once more.
                    with suppress(OSError):
                        while True:
                            file.write(bytes(4096))
                    if running := postmaster(disk):
                        os.kill(running, signal.SIGKILL)
                    return failed()

                wait_until(starved)
            assert any("the next attempt is in" in one for one in said)
            ballast.unlink()
            wait_until(lambda: said[-1].endswith("runs again."))
            assert ask(url, "select n from t") == 7
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.usefixtures("made")
def test_what_a_terminal_sends_to_its_processes_does_not_reach_it(folder: Path) -> None:
    with embedded_postgresql(folder):
        running = postmaster(folder.parent)
        assert running is not None
        assert os.getsid(running) != os.getsid(0)
        assert os.getpgid(running) != os.getpgid(0)


@pytest.mark.usefixtures("made")
def test_without_its_folder_it_is_not_made_anew(folder: Path) -> None:
    said: list[str] = []
    with embedded_postgresql(folder, tell=lambda en, _zh: said.append(en)):
        running = postmaster(folder.parent)
        assert running is not None
        folder.rename(folder.with_name("elsewhere"))
        os.kill(running, signal.SIGKILL)
        wait_until(lambda: any("could not be started" in one for one in said))
    assert not folder.exists()
