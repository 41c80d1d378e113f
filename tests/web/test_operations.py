"""For those who run the service: health, metrics, logs, and every word that a record may use."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response

from db.database import Database
from media.local_store import LocalStore
from media.vault import make_key
from tests.bodies import ENTRY_TYPES
from tests.databases import let_read_only
from tests.serving import until
from tests.users import Person, rescue
from wildlife.informants.keys import open_fitting_vault
from wildlife.settings import Settings
from wildlife.web.health import Checkup, Readiness
from wildlife.web.log import logging_to
from wildlife.web.problems import Problem
from wildlife.words.vocabularies import Code


async def test_health_and_readiness_are_told_to_anybody(client: AsyncClient) -> None:
    health, readiness = await client.get("/healthz"), await client.get("/readyz")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    parts = ("status", "database", "tables", "key", "store", "disk")
    assert (readiness.status_code, readiness.json()) == (200, dict.fromkeys(parts, "ok"))


async def not_ready(client: AsyncClient) -> list[tuple[str, str]]:
    """Which parts are said to fail, and why. That all is well holds for a second."""

    async def refused() -> Response | None:
        answer = await client.get("/readyz")
        return answer if answer.is_error else None

    answer = await until(refused)
    assert answer.json()["code"] == "not_ready"
    return [(one["field"], one["given"]) for one in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("damage", "mend", "named"),
    [
        (
            "update migration set name = '0000_' || name where name = '0017_marks.sql'",
            "update migration set name = '0017_marks.sql' where name like '0000_%'",
            ("tables", "behind"),
        ),
        ("alter table migration rename to m", "alter table m rename to migration", None),
        (
            "alter table informant rename to i",
            "alter table i rename to informant",
            ("tables", "gone"),
        ),
        (
            "revoke insert on incident from wildlife_service",
            "grant insert on incident to wildlife_service",
            ("tables", "not_allowed"),
        ),
        (
            "revoke usage on schema public from public, wildlife_service",
            "grant usage on schema public to public, wildlife_service",
            None,
        ),
        (
            "update key_fingerprint set fingerprint = fingerprint || '\\x00'",
            "update key_fingerprint set fingerprint = substr(fingerprint, 1, 32)",
            ("key", "changed"),
        ),
    ],
)
async def test_a_database_that_is_not_as_this_version_left_it_is_named_until_it_is(
    client: AsyncClient, database: Database, damage: str, mend: str, named: tuple[str, str] | None
) -> None:
    assert (await client.get("/readyz")).status_code == 200
    async with database.writing() as connection:
        await connection.execute(damage)
        assert await not_ready(client) == [named or ("tables", "behind")]
        assert (await client.get("/healthz")).status_code == 200
        await connection.execute(mend)
    assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize("folder", ["uploads", "uploads/open", "uploads/finished", "aside"])
async def test_a_folder_that_is_written_to_and_gone_is_not_ready(
    client: AsyncClient, settings: Settings, folder: str
) -> None:
    assert (await client.get("/readyz")).status_code == 200
    path = settings.media_dir / folder
    path.rename(settings.media_dir / "elsewhere")
    assert ("disk", "unavailable") in await not_ready(client)
    (settings.media_dir / "elsewhere").rename(path)
    assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (Path.unlink, "gone"),
        (lambda path: path.write_bytes(path.read_bytes()[:31]), "changed"),
        (lambda path: path.write_bytes(b""), "changed"),
        (lambda path: path.write_bytes(bytes(32)), "changed"),
        (lambda path: (path.unlink(), path.mkdir()), "changed"),
    ],
    ids=["gone", "cut", "empty", "another", "a folder"],
)
async def test_a_key_that_its_file_does_not_hold_any_more_is_named_until_it_does(
    client: AsyncClient,
    officer: Person,
    settings: Settings,
    damage: Callable[[Path], object],
    reason: str,
) -> None:
    """The process has it in hand, and nobody has after the process: what it would seal is not
    taken, and stays on the phone; all else is."""
    path = settings.key_path
    key = path.read_bytes()
    assert (await client.get("/readyz")).status_code == 200
    damage(path)
    assert await not_ready(client) == [("key", reason)]
    # Of a key that is another's the database tells, and not the file.
    damage_is_seen = not path.is_file() or path.stat().st_size != len(key)
    with_informant, without = rescue(), rescue(informant=None)
    for _ in range(2):
        refused = await officer.post("/incidents", with_informant)
        assert refused.status_code == 503, refused.text
        if damage_is_seen:
            told = refused.json()
            assert [(one["field"], one["given"]) for one in told["errors"]] == [("key", reason)]
    assert (await officer.post("/incidents", without)).status_code == 201
    # What is refused and kept is sealed, too.
    different = await officer.post("/incidents", without | {"summary": "another"})
    assert different.status_code == 503
    if path.is_dir():
        path.rmdir()
    path.write_bytes(key)
    assert (await client.get("/readyz")).status_code == 200
    assert (await officer.post("/incidents", with_informant)).status_code == 201
    assert (await officer.post("/incidents", without)).status_code == 200


async def test_a_database_that_reads_only_is_not_ready_although_every_question_is_answered(
    client: AsyncClient, officer: Person, database: Database, settings: Settings
) -> None:
    """As a primary that has become a standby, for connections that were there before."""
    async with database.writing() as connection:
        name = await let_read_only(connection)
        [(part, _)] = await not_ready(client)
        assert part == "database"
        await connection.execute("set default_transaction_read_only = off")
        await connection.execute(f'alter database "{name}" reset default_transaction_read_only')

    async def is_ready() -> bool:
        return (await client.get("/readyz")).is_success

    await until(is_ready)


async def test_who_asks_a_hundred_times_at_once_asks_each_part_once(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    """Whether all is well or not."""

    class Counting(LocalStore):
        checks = 0

        async def check(self) -> None:
            Counting.checks += 1
            await super().check()

    make_key(settings.key_path)
    async with database.writing() as connection:
        vault = await open_fitting_vault(connection, settings.key_path)
    store = Counting(tmp_path / "store")
    checkup = Checkup(database, store, vault, tmp_path)
    for are_folders_there in (False, True):
        if are_folders_there:
            await store.prepare()
        Counting.checks = 0
        with logging_to(settings.log_file):
            asked = (checkup.require_ready() for _ in range(100))
            answers = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(one) for one in answers} == {Readiness if are_folders_there else Problem}
        assert Counting.checks == 1


async def test_requests_are_counted_by_route_and_not_by_address(officer: Person) -> None:
    incident_id = await officer.opened()
    await officer.read(f"/incidents/{incident_id}")
    metrics = await officer.client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert (
        'wildlife_requests_total{method="GET",route="/api/v1/incidents/{incident_id}",status="200"}'
        in metrics.text
    )
    assert incident_id not in metrics.text


async def test_a_request_is_one_line_that_names_who_asked_and_no_secret(
    officer: Person, tmp_path: Path
) -> None:
    answer = await officer.post("/incidents", rescue())
    lines = [json.loads(line) for line in (tmp_path / "service.log").read_text().splitlines()]
    [line] = [one for one in lines if one.get("request_id") == answer.headers["x-request-id"]]
    assert line["method"] == "POST"
    assert line["path"] == "/api/v1/incidents"
    assert line["status"] == 201
    assert line["badge"] == "150425001"
    assert line["ms"] > 0
    log = (tmp_path / "service.log").read_text()
    for secret in ("王建国", "13800000000", officer.access_token, "demo-only"):
        assert secret not in log


async def test_a_refused_request_is_observed_like_any_other(
    client: AsyncClient, tmp_path: Path
) -> None:
    answer = await client.get("/api/v1/incidents")
    lines = [json.loads(line) for line in (tmp_path / "service.log").read_text().splitlines()]
    [line] = [one for one in lines if one.get("request_id") == answer.headers["x-request-id"]]
    assert (answer.status_code, line["status"]) == (401, 401)
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_every_code_has_its_label_in_both_languages(officer: Person) -> None:
    words: dict[str, Any] = await officer.read("/vocabularies")
    # … and the kinds of incidents, and the types of entries.
    assert len(words) == len(Code.__subclasses__()) + 2
    assert [one["code"] for one in words["incident_kind"]] == ["rescue", "road_hazard"]
    assert {"code": "sanyou", "zh": "三有", "en": "of ecological, scientific or social value"} in (
        words["protection"]
    )
    assert {"code": "rockfall", "zh": "落石", "en": "rockfall"} in words["hazard_type"]
    assert {one["code"] for one in words["entry_type"]} == {"opening", "photo", *ENTRY_TYPES}
    assert {"code": "release", "zh": "放归", "en": "release"} in words["entry_type"]
    for codes in words.values():
        assert all(one["zh"] and one["en"] for one in codes)
        assert len({one["code"] for one in codes}) == len(codes)


async def test_the_api_describes_itself_without_help_from_outside(client: AsyncClient) -> None:
    page = await client.get("/docs/")
    assert page.status_code == 200
    for address in re.findall(r"""(?:src|href)=["']([^"']+)""", page.text):
        assert address.startswith(("/docs/", "data:")), address
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-standalone-preset.js"):
        assert f"/docs/assets/{asset}" in page.text
        assert (await client.get(f"/docs/assets/{asset}")).status_code == 200
    document = (await client.get("/docs/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["schemas"]["RescueOpening"]["additionalProperties"] is False


async def test_a_stranger_cannot_make_the_counters_grow(client: AsyncClient) -> None:
    for path in ("/healthz", "/api/v1/session", "/teapot"):
        answer = await client.request("BREW", path)
        assert answer.json()["code"] in ("method_not_allowed", "not_found")
    metrics = (await client.get("/metrics")).text
    assert "BREW" not in metrics
    assert "teapot" not in metrics
