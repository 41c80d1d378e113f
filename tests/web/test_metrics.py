"""What Prometheus is told: all that is named, of all workers, whatever is away."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from httpx import AsyncClient
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from db.database import Database
from db.pool import Pool, Unreachable
from tests.commandline import Wildlife
from tests.pictures import encoded, noise
from tests.serving import killable, wait_until
from tests.users import API, Person, entry, rescue
from wildlife.app import create_app
from wildlife.settings import Settings
from wildlife.web.catalogue import CATALOGUE
from wildlife.web.counting import Segment


async def told(client: AsyncClient) -> dict[str, float]:
    """Every sample of the service's own, by its name and labels."""
    return samples((await client.get("/metrics")).text)


def samples(text: str) -> dict[str, float]:
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith("wildlife_")
    }


def require_strict(text: str) -> None:
    """That each family is there once, of whole numbers of labels, as Prometheus demands."""
    families = re.findall(r"^# (HELP|TYPE) (\w+)", text, re.MULTILINE)
    assert families
    for said in (families, [line.rpartition(" ")[0] for line in text.splitlines()]):
        twice = [one for one, count in Counter(said).items() if count > 1]
        assert not twice
    assert "pid=" not in text
    if (program := shutil.which("promtool")) is not None:
        command = [program, "check", "metrics"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small disk that holds what is temporary; skipped where the tests may not mount one."""
    disk = tmp_path / "temporary"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs to be allowed to mount")
    monkeypatch.setenv("TMPDIR", str(disk))
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


async def told_anew(client: AsyncClient) -> dict[str, float]:
    """The same, when what was looked up before holds no more."""
    await asyncio.sleep(1.05)
    return await told(client)


async def test_every_metric_is_of_a_form_that_prometheus_reads_and_says_what_it_is(
    officer: Person, settings: Settings
) -> None:
    settings.backup_mark.touch()
    settings.verified_mark.write_text("0\n")
    await officer.read("/incidents")
    text = (await officer.client.get("/metrics")).text
    own = [one for one in text_string_to_metric_families(text) if one.name.startswith("wildlife_")]
    assert len(own) == len({one.name for one in own}) >= 15
    for family in own:
        assert family.documentation.endswith("."), family.name
        assert not family.name.endswith(("_created", "_ms", "_minutes")), family.name
    assert "_created" not in text
    assert len(text) < 400_000


async def test_refusals_are_counted_by_their_codes_and_so_are_sign_ins_that_fail(
    client: AsyncClient, officer: Person
) -> None:
    def at(method: str, route: str, code: str) -> str:
        return f'wildlife_refusals_total{{code="{code}",method="{method}",route="{route}"}}'

    failed = at("POST", f"{API}/session", "wrong_credentials")
    refused = at("POST", f"{API}/incidents", "missing_field")
    before = await told(client)
    body = {"badge": "150425001", "password": "not this one"}
    assert (await client.post(f"{API}/session", json=body)).status_code == 401
    incomplete = {name: value for name, value in rescue().items() if name != "found_at"}
    assert (await officer.post("/incidents", incomplete)).status_code == 422
    after = await told(client)
    for one in (failed, refused):
        assert after[one] == before.get(one, 0) + 1


async def test_what_waits_is_told_with_how_long_it_has_waited(
    officer: Person, database: Database, settings: Settings
) -> None:
    before = await told(officer.client)
    assert before["wildlife_database_up"] == 1
    assert before["wildlife_renditions_waiting"] == 0
    assert before["wildlife_renditions_oldest_waiting_seconds"] == 0
    assert before["wildlife_uploads_open"] == 0
    assert before["wildlife_disk_free_bytes"] > 0
    incident_id = await officer.opened()
    assert (await officer.put_photo(incident_id, encoded(noise(60, 40)))).status_code == 201
    async with asyncio.timeout(30), database.writing() as connection:
        made = "select exists (select from photo where renditions is not null)"
        while not await connection.fetchval(made):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await connection.execute(
            "update photo set renditions = null, renditions_after = now() + interval '1 day',"
            " received_at = now() - interval '2 hours'"
        )
    name = "-".join((os.urandom(4).hex(), "0000", "4000", "8000", "000000000000"))
    waiting = settings.media_dir / "uploads" / "open" / name / f"{name}.{name}.json"
    waiting.parent.mkdir()
    waiting.touch()
    os.utime(waiting, (time.time() - 600, time.time() - 600))
    after = await told_anew(officer.client)
    waiting.unlink()
    assert after["wildlife_renditions_waiting"] == 1
    assert after["wildlife_renditions_oldest_waiting_seconds"] == pytest.approx(7200, abs=60)
    assert after["wildlife_uploads_open"] == 1
    assert after["wildlife_uploads_oldest_open_seconds"] == pytest.approx(600, abs=60)


async def test_connections_in_use_and_those_who_wait_for_one_are_told(
    officer: Person, database: Database
) -> None:
    incident_id = await officer.opened()
    path = f"/incidents/{incident_id}/entries"
    async with database.transaction() as connection:
        await connection.execute(
            "select from incident where incident_id = $1 for update", incident_id
        )
        # One waits for the row in the database, the other for its turn.
        behind = [
            asyncio.create_task(officer.post(path, entry("note", note="等着"))) for _ in range(2)
        ]
        await asyncio.sleep(0.5)
        now = await told(officer.client)
    for one in behind:
        assert (await one).status_code in (201, 503)
    after = await told(officer.client)
    name = 'wildlife_database_connections_{}{{pool="write"}}'
    assert now[name.format("limit")] == 4
    assert (now[name.format("in_use")], now[name.format("waiting")]) == (1, 1)
    assert (after[name.format("in_use")], after[name.format("waiting")]) == (0, 0)


async def test_whether_all_was_verified_and_backed_up_is_told(
    client: AsyncClient, wildlife: Wildlife, settings: Settings
) -> None:
    before = await told(client)
    assert "wildlife_last_verify_timestamp_seconds" not in before
    assert "wildlife_last_backup_timestamp_seconds" not in before
    await wildlife("verify")
    settings.backup_mark.touch()
    after = await told_anew(client)
    for done in ("verify", "backup"):
        at = after[f"wildlife_last_{done}_timestamp_seconds"]
        assert at == pytest.approx(time.time(), abs=60)
    assert after["wildlife_last_verify_flaws"] == 0


async def test_who_asks_often_does_not_make_the_service_look_often(
    client: AsyncClient, settings: Settings
) -> None:
    await told(client)
    settings.backup_mark.touch()
    assert "wildlife_last_backup_timestamp_seconds" not in await told(client)
    assert "wildlife_last_backup_timestamp_seconds" in await told_anew(client)


async def test_all_else_is_told_while_the_database_is_away(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await told(officer.client))["wildlife_database_up"] == 1

    async def refuse(*_: object, **__: object) -> None:
        raise Unreachable("refused")

    monkeypatch.setattr(Pool, "_take", refuse)
    away = await told_anew(officer.client)
    assert away["wildlife_database_up"] == 0
    assert "wildlife_renditions_waiting" not in away
    assert away["wildlife_uploads_open"] == 0
    monkeypatch.undo()
    assert (await told_anew(officer.client))["wildlife_database_up"] == 1


async def test_all_else_is_told_while_the_disk_is_gone(
    client: AsyncClient, settings: Settings
) -> None:
    await told(client)
    settings.media_dir.rename(settings.data_dir / "gone")
    away = await told_anew(client)
    (settings.data_dir / "gone").rename(settings.media_dir)
    assert away["wildlife_database_up"] == 1
    assert "wildlife_disk_free_bytes" not in away
    assert "wildlife_uploads_open" not in away


def test_whichever_worker_is_asked_tells_of_all_also_of_what_a_dead_one_counted(
    settings: Settings,
) -> None:
    counted = 'wildlife_requests_total{method="GET",route="/healthz",status="200"}'
    limit = 'wildlife_database_connections_limit{pool="write"}'

    def asked() -> dict[str, float]:
        return samples(httpx.get(f"{server.base}/metrics", trust_env=False).text)

    with killable(replace(settings, workers=2)) as server:
        for _ in range(20):
            httpx.get(f"{server.base}/healthz", trust_env=False)
        for _ in range(6):
            assert asked()[counted] == 20
        wait_until(lambda: asked()[limit] == 8)
        _, one, _ = server.pids
        os.kill(one, signal.SIGKILL)
        wait_until(lambda: len(server.pids) == 3 and one not in server.pids)

        def whole() -> bool:
            try:
                return asked()[limit] == 8
            except httpx.TransportError:
                return False

        wait_until(whole)
        assert asked()[counted] == 20


def test_a_full_temporary_disk_costs_no_answer_and_no_number(
    settings: Settings, temporary: Path
) -> None:
    asked = 'wildlife_requests_total{{method="GET",route="{}",status="{}"}}'
    with killable(replace(settings, workers=2)) as server:
        before = server.pids
        fill(temporary)
        for path, status in (("/healthz", 200), ("/docs", 200), ("/api/v1/species", 401)):
            for _ in range(8):
                answer = httpx.get(f"{server.base}{path}", trust_env=False, follow_redirects=True)
                assert answer.status_code == status
        told_of = samples(httpx.get(f"{server.base}/metrics", trust_env=False).text)
        assert told_of[asked.format("/healthz", 200)] == 8
        assert told_of[asked.format("/api/v1/species", 401)] == 8
        assert server.pids == before


def test_a_service_that_is_killed_leaves_nothing_among_what_is_temporary(
    settings: Settings, temporary: Path
) -> None:
    with killable(settings) as server:
        httpx.get(f"{server.base}/metrics", trust_env=False)
        server.kill()
        assert list(temporary.iterdir()) == []
        server.start()


def test_each_family_is_told_once_whichever_worker_is_asked_and_whichever_died(
    settings: Settings,
) -> None:
    def ask() -> str:
        answer = httpx.get(f"{server.base}/metrics", trust_env=False)
        assert answer.headers["content-type"].count("charset") == 1
        assert answer.headers["content-type"].startswith("text/plain; version=")
        require_strict(answer.text)
        return answer.text

    def health() -> float:
        return samples(ask())['wildlife_requests_total{method="GET",route="/healthz",status="200"}']

    with killable(replace(settings, workers=2)) as server:
        families = re.findall(r"^# TYPE (.+)", ask(), re.MULTILINE)
        for killed in range(3):
            for _ in range(10):
                httpx.get(f"{server.base}/healthz", trust_env=False)
            for _ in range(6):
                assert set(families) <= set(re.findall(r"^# TYPE (.+)", ask(), re.MULTILINE))
                assert health() == 10 * (killed + 1)
            if killed:
                time.sleep(6)  # who ends sooner is taken for one that can't start
            _, *workers = server.pids
            # Not the highest number: after the last one, the system begins anew.
            newest = max(workers, key=lambda pid: psutil.Process(pid).create_time())
            os.kill(newest, signal.SIGKILL)
            wait_until(lambda: newest not in server.pids and len(server.pids) == 3)  # noqa: B023
            wait_until(server.is_ready)
        assert health() == 30
        limit = 'wildlife_database_connections_limit{pool="write"}'
        assert samples(ask())[limit] == 8


def test_a_segment_holds_all_that_can_be_counted() -> None:
    app = create_app()
    segment = Segment()
    codes, statuses = list(CATALOGUE), {kind.status for kind in CATALOGUE.values()}
    for route in app.routes:
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"):
            at = method, route.path_format
            segment.numbers(("wildlife_request_seconds", *at), 16)
            for status in {200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308} | statuses:
                segment.numbers(("wildlife_requests_total", *at, str(status)), 1)
            for code in codes:
                segment.numbers(("wildlife_refusals_total", *at, code), 1)
    assert sum(1 for _ in segment) > 20_000
    assert segment.used < 0.9
