"""Exports as the service really makes them: in processes that are killed, several at once, beside
requests, and for owners who are locked out meanwhile."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from anyio import to_thread
from msgspec.structs import replace

from db.database import Database
from tests.exports.made import (
    asked,
    begun,
    claim_lapsed,
    done,
    ended,
    files_of,
    files_withheld,
)
from tests.lists.many import multiply, not_readable_to_the_end
from tests.serving import Server, client_of, killable, serving, until
from tests.users import API, Person, identification, release
from wildlife.exports.keeping import forget_exports
from wildlife.settings import Settings

SOME = 2_500
"""More than one reading brings; whoever has to look meanwhile withholds the file."""

LONG = f"{API}/releases?format=ndjson"


@pytest.fixture
async def some(officer: Person, database: Database) -> None:
    bird = await officer.opened()
    await officer.appended(bird, identification())
    await officer.appended(bird, release())
    await multiply(database, bird, SOME)
    async with database.writing() as connection:
        await connection.execute("analyze release")


@pytest.fixture
async def server(settings: Settings, some: None, tmp_path: Path) -> AsyncIterator[Server]:
    """A server of its own, whose disk no other makes exports on."""
    with killable(elsewhere(settings, tmp_path / "one")) as server:
        yield server


def elsewhere(settings: Settings, folder: Path) -> Settings:
    """Those of another machine on the same database."""
    return replace(settings, data_dir=folder, key_file=settings.key_path, log_file=None)


async def is_under_way(person: Person, export_id: str) -> None:
    """Wait until some of it is made."""

    async def has_rows() -> bool:
        return bool((await person.read(f"/exports/{export_id}"))["rows"])

    await until(has_rows)


@pytest.fixture
async def person(server: Server) -> AsyncIterator[Person]:
    """Who asks that server."""
    async with client_of(server.base) as client:
        yield await Person.sign_in(client, "auditor", "demo-only")


async def test_who_is_killed_in_the_middle_leaves_it_to_another(
    server: Server, person: Person, database: Database, auditor: Person
) -> None:
    async with files_withheld(server.settings):
        export_id = await begun(person, LONG)
        await is_under_way(person, export_id)
        server.kill()
        assert files_of(server.settings) == []
        told = await auditor.read(f"/exports/{export_id}")
        assert told["state"] == "working"
        answer = await auditor.get(f"/exports/{export_id}/file")
        assert answer.json()["code"] == "export_not_made"
    await claim_lapsed(database, export_id)
    export = await ended(auditor, export_id)  # by the server that the test runs itself
    assert (export["state"], export["rows"]) == ("done", SOME)
    content = (await auditor.get(f"/exports/{export_id}/file")).content
    assert sha256(content).hexdigest() == export["sha256"]
    direct = await auditor.get("/releases?format=ndjson", headers={"Accept-Encoding": "identity"})
    assert content == direct.content


async def test_a_server_that_stops_lets_go_of_it(
    server: Server, person: Person, database: Database, auditor: Person
) -> None:
    async with files_withheld(server.settings):
        export_id = await begun(person, LONG)
        await is_under_way(person, export_id)
        server.stop()
    export = await ended(auditor, export_id)  # nobody has to wait until it is believed to be lost
    assert export["state"] == "done"
    async with database.reading() as connection:
        attempts = await connection.fetchval("select attempts from export")
    assert attempts == 1


async def test_of_two_servers_each_makes_one(
    server: Server, person: Person, auditor: Person, database: Database
) -> None:
    first, second = await begun(person, LONG), await begun(auditor, LONG)
    both = await asyncio.gather(ended(auditor, first), ended(auditor, second))
    assert {one["state"] for one in both} == {"done"}
    async with database.reading() as connection:
        assert await connection.fetchval("select max(attempts) from export") == 1


async def test_an_export_that_is_ended_in_the_middle_is_not_gone_on_with(
    auditor: Person, official: Person, admin: Person, some: None, settings: Settings
) -> None:
    async with files_withheld(settings):
        export_id = await begun(auditor, LONG)
        await is_under_way(auditor, export_id)
        assert (await auditor.request("DELETE", f"/exports/{export_id}")).status_code == 204
        theirs = await begun(official, LONG)
        await is_under_way(official, theirs)
        locked = await admin.request("PATCH", "/accounts/LC1504", json={"disabled": True})
        assert locked.status_code == 200
    kept = await done(auditor, LONG)  # those before it are over
    service = auditor.client._transport.app.state.service  # type: ignore[attr-defined]
    await forget_exports(service.database, service.store)
    assert files_of(settings) == [f"{kept['sha256']}.{kept['id']}"]


async def test_curl_goes_on_where_it_was_broken_off(
    server: Server, person: Person, tmp_path: Path
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    export = await done(person, LONG)
    whole = (await person.get(f"/exports/{export['id']}/file")).content
    file = tmp_path / "fetched"
    file.write_bytes(whole[: len(whole) // 2])
    fetch = [
        *("curl", "--silent", "--fail", "--continue-at", "-", "--output", str(file)),
        *("--header", f"Authorization: Bearer {person.access_token}", export["url"]),
    ]
    await to_thread.run_sync(partial(subprocess.run, fetch, check=True))
    assert file.read_bytes() == whole


async def test_what_breaks_off_in_the_middle_leaves_no_file_and_is_made_whole_later(
    auditor: Person, some: None, database: Database, settings: Settings
) -> None:
    assert settings.log_file is not None
    log = settings.log_file

    async def has_broken_off() -> bool:
        return "list_broken_off" in log.read_text("utf-8")

    async def waits() -> bool:
        return bool((await auditor.read(f"/exports/{export_id}"))["state"] == "waiting")

    async with not_readable_to_the_end(database):
        export_id = await begun(auditor, LONG)
        await until(has_broken_off)
        await until(waits)
    assert files_of(settings) == []
    await claim_lapsed(database, export_id)
    export = await ended(auditor, export_id)
    assert (export["state"], export["rows"]) == ("done", SOME)


async def test_any_server_on_the_same_store_serves_the_file(
    settings: Settings, bucket: str, some: None, tmp_path: Path
) -> None:
    shared = replace(settings, media_url=f"s3://{bucket}/wildlife")
    one, other = (elsewhere(shared, tmp_path / name) for name in ("one", "other"))
    with serving(one) as here, serving(other) as there:
        async with client_of(here) as client:
            person = await Person.sign_in(client, "auditor", "demo-only")
            export = await done(person, LONG)
        async with client_of(there) as client:
            person.client = client
            content = (await person.get(f"/exports/{export['id']}/file")).content
            assert sha256(content).hexdigest() == export["sha256"]
            gone = await person.request("DELETE", f"/exports/{export['id']}")
            assert gone.status_code == 204
            assert (await person.post("/exports", asked(LONG))).status_code == 202
