"""The log of a process: what has to be on record before it is shown, what is held meanwhile, and
what a stop, several workers and a database that takes nothing leave of it."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import AsyncClient, Response
from msgspec.structs import replace

from db.database import Database
from tests.accesses.reading import on_record, read_by, told
from tests.serving import client_of, killable, until
from tests.users import Person
from wildlife.accesses import log
from wildlife.accesses.verifying import verify
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings

# What is shown to nobody before it is on record, of what `told` tells.
AT_ONCE = {
    "informant": "/incidents/{incident_id}/informant",
    "refused": "/incidents/{incident_id}/refused",
    "original": "/incidents/{incident_id}/photos/{photo_id}/original",
    "access_log": "/incidents/{incident_id}/photos/{photo_id}/accesses",
    "export": "/releases?format=geojson",
}


@asynccontextmanager
async def locked(database: Database) -> AsyncIterator[None]:
    """Nobody else writes to the log."""
    async with database.transaction() as connection:
        await connection.execute("lock table access in exclusive mode")
        yield


@asynccontextmanager
async def forbidden(database: Database) -> AsyncIterator[None]:
    """The service may not write to the log."""
    async with database.writing() as connection:
        await connection.execute("revoke insert on access from wildlife_service")
    try:
        yield
    finally:
        async with database.writing() as connection:
            await connection.execute("grant insert on access to wildlife_service")


def is_refused(answer: Response) -> bool:
    return (answer.status_code, answer.json().get("code")) == (503, "unavailable")


@pytest.mark.parametrize("unwritable", [locked, forbidden])
async def test_what_has_to_be_on_record_first_is_shown_to_nobody_where_it_can_not_be(
    officer: Person, database: Database, unwritable: Any
) -> None:
    named = await told(officer)
    paths = [path.format(**named) for path in AT_ONCE.values()]
    shown = [await officer.get(path) for path in paths]
    assert {one.status_code for one in shown} == {200}
    before = Counter(one["reading"] for one in await on_record(database))
    assert before.keys() >= AT_ONCE.keys()
    async with unwritable(database):
        answers = await asyncio.gather(*(officer.get(path) for path in paths))
        assert all(map(is_refused, answers)), [one.text for one in answers]
        assert "on record" in answers[0].json()["detail"]
        for answer, one in zip(answers, shown, strict=True):
            assert one.content not in answer.content
        # What a moment later is soon enough for is shown.
        assert await officer.read(f"/incidents/{named['incident_id']}")
    # It is not on record what nobody was shown; what was, is.
    assert (await officer.get(paths[0])).content == shown[0].content
    after = Counter(one["reading"] for one in await on_record(database))
    assert after - before == Counter(informant=1, record=1)


@pytest.mark.parametrize("unwritable", [locked, forbidden])
async def test_what_can_not_be_put_on_record_is_not_erased(
    officer: Person, database: Database, unwritable: Any
) -> None:
    incident = await officer.opened()
    at = f"/incidents/{incident}/informant"
    before = await officer.read(at)
    async with unwritable(database):
        assert is_refused(await officer.request("DELETE", at))
    assert await officer.read(at) == before
    assert (await officer.request("DELETE", at)).status_code == 204
    found = [one["reading"] for one in await on_record(database)]
    assert found.count("informant_erased") == 1


async def test_what_is_held_has_a_bound_beyond_which_nothing_is_shown_until_it_is_on_record(
    officer: Person, auditor: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_MOST_HELD", 10)
    incident = await officer.opened()
    path = f"/incidents/{incident}"
    async with forbidden(database):
        for _ in range(10):
            await officer.read(path)
        for language, words in (("en", "tell the operator"), ("zh", "请告知运维人员")):
            refused = await officer.get(path, headers={"Accept-Language": language})
            assert is_refused(refused)
            assert words in refused.json()["detail"]
            assert refused.headers["Retry-After"]
        # It is still taken what somebody has to say, and answered what is no record.
        await officer.opened()
        assert (await officer.get("/species?q=luci")).status_code == 200
    assert len(await read_by(auditor, badge=officer.badge)) == 10
    await officer.read(path)
    assert len(await read_by(auditor, badge=officer.badge)) == 11


async def test_what_is_asked_at_length_is_on_record_by_its_beginning(
    officer: Person, auditor: Person
) -> None:
    """Whoever asks decides how long it is, and nobody takes anything out of the log again."""
    await officer.read("/incidents", params={"bbox": f"117.{'0' * 3000},42,118,43"})
    [found] = await read_by(auditor, badge=officer.badge)
    assert found["query"] == f"bbox=117.{'0' * 991}…"


async def test_more_than_one_commit_takes_is_put_on_record_in_its_order(
    officer: Person, auditor: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "_A_COMMIT", 3)
    async with forbidden(database):
        for number in range(1, 9):
            await officer.read("/incidents", params={"limit": str(number)})

    async def are_all_there() -> bool:
        return len([one for one in await on_record(database) if one["query"]]) == 8

    await until(are_all_there)
    queries = [one["query"] for one in await on_record(database) if one["query"]]
    assert queries == [f"limit={number}" for number in range(1, 9)]
    assert await flaws(database) == 0


async def flaws(database: Database) -> int:
    return (await verify(database, print)).flaws


def signed_in(client: AsyncClient, sessions: dict[str, Tokens], badge: str) -> Person:
    return Person(client, badge, sessions[badge].access_token, sessions[badge].refresh_token)


async def test_a_service_that_is_stopped_right_after_reads_loses_none(
    settings: Settings, sessions: dict[str, Tokens], database: Database
) -> None:
    with killable(settings) as server:
        async with client_of(server.base) as client:
            officer = signed_in(client, sessions, "150425001")
            incident = await officer.opened()
            await officer.get(AT_ONCE["export"])
            answers = [await officer.get(f"/incidents/{incident}") for _ in range(100)]
            os.kill(server.pids[0], signal.SIGTERM)
        assert {one.status_code for one in answers} == {200}
        server.stop()
    found = [one["reading"] for one in await on_record(database)]
    assert found == ["export", *["record"] * 100]
    assert await flaws(database) == 0


async def test_several_workers_write_one_chain(
    settings: Settings, sessions: dict[str, Tokens], database: Database
) -> None:
    """Each connection goes to one of them; both answer."""
    workers = replace(settings, workers=2)
    counts = Counter[str]()
    with killable(workers) as server:
        async with client_of(server.base) as client:
            named = await told(signed_in(client, sessions, "150425001"))
        paths = {
            "record": "/incidents/{incident_id}".format(**named),
            "list": "/incidents?limit=1",
            "informant": AT_ONCE["informant"].format(**named),
            "original": AT_ONCE["original"].format(**named),
        }

        async def reads(number: int) -> None:
            async with client_of(server.base) as client:
                officer = signed_in(client, sessions, "150425001")
                for turn in range(12):
                    reading = [*paths][(number + turn) % len(paths)]
                    answer = await officer.get(paths[reading])
                    assert answer.status_code == 200, answer.text
                    counts[reading] += 1

        await asyncio.gather(*(reads(number) for number in range(12)))
    # What is exported beside that is on record when it is made.
    found = [one for one in await on_record(database) if one["reading"] in counts]
    assert Counter(one["reading"] for one in found) == counts
    assert len({(one["day"], one["seq"]) for one in found}) == 144
    assert await flaws(database) == 0


async def test_a_worker_that_is_killed_leaves_what_was_put_on_record_whole(
    settings: Settings, sessions: dict[str, Tokens], database: Database
) -> None:
    with killable(settings) as server:
        async with client_of(server.base) as client:
            officer = signed_in(client, sessions, "150425001")
            named = await told(officer)
            for _ in range(20):
                await officer.read(f"/incidents/{named['incident_id']}")
                await officer.get(AT_ONCE["original"].format(**named))
        server.kill()
        found = Counter(one["reading"] for one in await on_record(database))
        assert found["original"] == 20
        assert found["record"] == 20  # each with the original that was read after it
        server.start()
        async with client_of(server.base) as client:
            await signed_in(client, sessions, "150425001").read("/incidents")
        server.stop()
    assert await flaws(database) == 0
