"""The disk of the database is full: ready means that what has to be written can be written, and
everybody is told so who asks: phones, probes, Prometheus, the operator."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from db.database import Database
from db.writable import require_writable
from media.vault import make_key
from tests.commandline import run
from tests.disks import fill_disk, small_disk
from tests.fixtures.people import fill
from tests.fixtures.service import running_application
from tests.own_postgresql import OwnPostgresql, own_postgresql
from tests.postgresql import needs_root
from tests.users import API, Person, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment


@pytest.fixture
def server(data_dir: Path) -> Iterator[OwnPostgresql]:
    """A PostgreSQL on a disk of its own, below `disk`, where nobody else writes."""
    with (
        small_disk(data_dir, "200m") as disk,
        own_postgresql(disk / "postgresql") as server,
    ):
        yield server


async def unready(client: AsyncClient) -> list[tuple[str, str]]:
    """Which parts are said to fail, and why; that all is well holds for a second."""
    await asyncio.sleep(1.05)
    answer = await client.get("/readyz")
    if answer.is_success:
        return []
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    return [(one["field"], one["given"]) for one in answer.json()["errors"]]


async def measured(client: AsyncClient) -> dict[str, float]:
    lines = (await client.get("/metrics")).text.splitlines()
    return {
        name: float(value)
        for name, value in (
            line.split() for line in lines if line.startswith("wildlife_") and "{" not in line
        )
    }


@needs_root
async def test_a_full_disk_of_the_database_is_told_to_everybody_who_asks(
    server: OwnPostgresql, data_dir: Path
) -> None:
    settings = Settings(
        data_dir=data_dir / "data",
        database_url=server.service_url,
        owner_database_url=server.url,
        database_connections=4,
        demo=True,
    )
    await fill(settings)
    make_key(settings.key_path)
    environment = to_environment(settings)
    async with running_application(settings) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident_id = await officer.opened()
        credentials = {"badge": officer.badge, "password": DEMO_PASSWORD}
        assert await unready(client) == []
        assert (await measured(client))["wildlife_ready"] == 1
        ballast = fill_disk(server.folder.parent)

        # Until pages that have room have none any more.
        async with asyncio.timeout(60):
            while (full := await officer.post("/incidents", rescue())).status_code == 201:
                pass
            while (again := await client.post(f"{API}/session", json=credentials)).is_success:
                pass
        for answer, told in ((full, "until the operator makes some"), (again, "Keep it and send")):
            assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
            assert told in answer.json()["detail"]
            assert "Retry-After" not in answer.headers
        assert await unready(client) == [("database", "no_room")]
        found = await measured(client)
        assert (found["wildlife_ready"], found["wildlife_database_up"]) == (0, 1)
        checked = await run("check", "--json", **environment)
        told_of = {one["part"]: (one["state"], one["says"]) for one in json.loads(checked.out)}
        assert checked.status == 1
        assert told_of["database"][0] == "fault"
        assert "PostgreSQL has no room" in told_of["database"][1]
        # What only reads goes on.
        assert (await officer.get(f"/incidents/{incident_id}")).status_code == 200

        ballast.unlink()
        assert await unready(client) == []
        assert (await measured(client))["wildlife_ready"] == 1
        await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        await officer.opened()
        assert (await run("check", **environment)).status == 0


async def test_to_ask_often_leaves_nothing_in_the_database(database: Database) -> None:
    """Neither rows, nor dead ones, nor files."""
    async with database.writing() as connection:
        written = (
            "select sum(pg_relation_size(oid)), (select count(*) from pg_class),"
            " (select count(*) from pg_ls_tmpdir()) from pg_class"
        )
        before = tuple(await connection.fetchrow(written) or ())
        for _ in range(200):
            await require_writable(connection)
        assert tuple(await connection.fetchrow(written) or ()) == before
