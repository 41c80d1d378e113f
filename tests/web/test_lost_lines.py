"""A log that can't be written costs nobody an answer, and what it lost is counted."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from tests.disks import fill_disk, small_disk
from tests.pictures import encoded, noise
from tests.serving import client_of, killable, wait_until
from tests.users import Person, rescue
from wildlife.settings import Settings
from wildlife.web.log import log, logging_to

FULL = Path("/dev/full")
LOST = "wildlife_log_lines_lost_total"

ONE_LINE = """
import sys
from pathlib import Path
from wildlife.web.log import log, log_line, logging_to
path = Path(sys.argv[1]) if sys.argv[1:] else None
with logging_to(path):
    log.info("said")
log_line(path, "said_apart")
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own; skipped where the tests may not mount one."""
    with small_disk(tmp_path, "100m") as folder:
        yield folder


def lost(base: str) -> float:
    text = httpx.get(f"{base}/metrics", trust_env=False).text
    [line] = [line for line in text.splitlines() if line.startswith(f"{LOST} ")]
    return float(line.split()[1])


async def test_a_full_disk_with_the_log_on_it_is_told_as_such_and_costs_no_other_answer(
    settings: Settings, disk: Path
) -> None:
    log = disk / "log"
    with killable(replace(settings, data_dir=disk, log_file=log)) as server:
        async with client_of(server.base) as client:
            officer = await Person.sign_in(client, "150425001", "demo-only")
            incident_id = await officer.opened()
            assert lost(server.base) == 0
            ballast = fill_disk(disk)
            await asyncio.sleep(1.05)  # that all was well holds no more
            for _ in range(20):
                assert (await officer.post("/incidents", rescue())).status_code == 201
                refused = await officer.post("/incidents", {"id": 1})
                assert refused.status_code == 422
                full = await officer.put_photo(incident_id, encoded(noise(60, 40)))
                assert full.status_code == 507
                assert full.json()["code"] == "storage_full"
                unready = await client.get("/readyz")
                assert unready.status_code == 503
                assert unready.json()["code"] == "not_ready"
                assert [one["field"] for one in unready.json()["errors"]] == ["disk"]
                for one in (refused, full, unready):
                    assert one.headers["content-type"] == "application/problem+json"
            assert lost(server.base) >= 60
            ballast.unlink()
            wait_until(server.is_ready)
            put = await officer.put_photo(incident_id, encoded(noise(60, 40)))
            assert put.status_code == 201
    # Said once the server has ended: the line of a request comes after its answer.
    assert put.headers["x-request-id"] in log.read_text("utf-8")


@pytest.mark.parametrize("is_file", [True, False])
def test_what_the_log_can_not_take_goes_to_standard_error_and_ends_no_program(
    is_file: bool,
) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", ONE_LINE, *([str(FULL)] if is_file else [])],
            stdout=None if is_file else full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert events == ["said", "said_apart"]


def test_a_line_that_was_torn_by_a_full_disk_ends_before_the_next_begins(disk: Path) -> None:
    path = disk / "log"
    with logging_to(path):
        log.info("before")
        ballast = fill_disk(disk)
        for _ in range(100):  # it has what is left of a page
            log.info("meanwhile", said="long" * 100)
        ballast.unlink()
        log.info("after")
    *_, torn, after = path.read_text("utf-8").splitlines()
    assert json.loads(after)["event"] == "after"
    with pytest.raises(json.JSONDecodeError):
        json.loads(torn)


def test_a_line_for_a_file_that_nobody_finds_any_more_is_lost_and_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where somebody put a folder in the place of the log."""
    path = tmp_path / "service.log"
    with logging_to(path):
        path.unlink()
        path.mkdir()
        log.info("nobody would find it")
        assert "nobody would find it" in capsys.readouterr().err
        path.rmdir()
        log.info("here it is")
    assert "here it is" in path.read_text()
