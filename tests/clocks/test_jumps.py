"""The clock of the machine is set back, or ahead, while officers write: what they write goes on,
nothing is lost or stands in another order, and nobody waits for the time that it told before."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from db.database import Database
from media.spool import Spool
from tests.clocks.clock import NOW, Clock
from tests.commandline import Wildlife, is_whole
from tests.exports.made import begun
from tests.fixtures.database import database_of_the_service
from tests.ledger.places import sequenced
from tests.pictures import encoded, noise
from tests.serving import until
from tests.sync.outbox import added, declared, opening, outcomes, synced
from tests.tus import PART, TUS, creation
from tests.users import API, Person, entry, rescue
from wildlife.exports.claim_queries import claim_export, name_file
from wildlife.exports.queries import LEASE
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.attempts import FREE_HERE
from wildlife.settings import Settings

BACK, AHEAD = timedelta(hours=-1), timedelta(days=1)
JPEG = encoded(noise(64, 64))


async def anew(person: Person) -> Person:
    """The same, in another session: those at a desk end after twelve hours."""
    return await Person.sign_in(person.client, person.badge, DEMO_PASSWORD)


@pytest.mark.parametrize("ahead", [BACK, AHEAD])
async def test_writing_goes_on_and_all_stays_in_its_order(
    officer: Person,
    auditor: Person,
    clock: Clock,
    database: Database,
    wildlife: Wildlife,
    ahead: timedelta,
) -> None:
    sent = list[str]()

    async def write(person: Person, incident_id: str) -> None:
        """An entry by itself, and one with what else came without a network."""
        at = f"2024-07-30T1{len(sent)}:00:00+08:00", f"2024-07-30T1{len(sent)}:30:00+08:00"
        body, more, other = (
            entry("note", at[0], note="先"),
            entry("note", at[1], note="后"),
            rescue(),
        )
        await person.appended(incident_id, body)
        photo = declared(incident_id, f"{len(sent)}".encode())
        results = await synced(person, added(incident_id, more), opening(other), photo)
        assert outcomes(results) == ["created", "created", "expected"]
        sent.extend([body["id"], more["id"]])

    incident_id = await officer.opened()
    said = {"incident_id": incident_id, "photo_id": "0f901089-40b1-4d69-874f-14cede252e89"}
    headers = PART | creation(len(JPEG), **said)
    answer = await officer.request("POST", "/uploads", content=JPEG[:100], headers=headers)
    upload = answer.headers["Location"].partition(API)[2]
    await write(officer, incident_id)
    for jump in (ahead, timedelta()):
        await clock.jump(jump)
        if jump == AHEAD:
            officer, auditor = await anew(officer), await anew(auditor)
        await write(officer, incident_id)
        asked = await officer.request("HEAD", upload, headers=TUS)
        assert asked.headers["Upload-Offset"] == "100"
        await auditor.read(f"/incidents/{incident_id}")
    part = PART | {"Upload-Offset": "100"}
    assert (await officer.request("PATCH", upload, content=JPEG[100:], headers=part)).is_success
    told = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    ids = [incident_id, *sent, said["photo_id"]]
    assert [one["body"]["id"] for one in told] == ids
    assert [one["seq"] for one in told] == [*range(1, len(ids) + 1)]
    await sequenced(database)
    heard = (await auditor.read("/changes?limit=500"))["items"]
    mine = [one["entry"]["body"]["id"] for one in heard if one["incident_id"] == incident_id]
    assert mine == ids
    assert (await officer.read("/refused"))["items"] == []
    assert is_whole(await wildlife("verify"), 4)


async def test_what_a_clock_that_was_set_back_has_in_its_future_is_kept_and_taken_once_it_is_right(
    officer: Person, clock: Clock
) -> None:
    incident_id = await officer.opened()
    body = entry("note", NOW().astimezone().isoformat(), note="刚刚")
    await clock.jump(BACK)
    [refused] = await synced(officer, added(incident_id, body))
    assert refused["problem"]["code"] == "time_in_future"
    assert "clock" in refused["problem"]["detail"]
    [kept] = (await officer.read("/refused"))["items"]
    assert kept["entry_id"] == body["id"]
    await clock.jump(timedelta())
    assert outcomes(await synced(officer, added(incident_id, body))) == ["created"]
    assert (await officer.read("/refused"))["items"] == []


async def test_who_guessed_before_the_clock_was_set_back_waits_no_longer_for_that(
    client: AsyncClient, clock: Clock
) -> None:
    async def sign_in(password: str) -> Any:
        return await client.post(f"{API}/session", json={"badge": "chief", "password": password})

    await clock.jump(AHEAD)
    for _ in range(FREE_HERE):
        assert (await sign_in("not the password")).status_code == 401
    assert (await sign_in(DEMO_PASSWORD)).status_code == 429
    await clock.jump(timedelta())
    assert (await sign_in(DEMO_PASSWORD)).status_code == 201


async def test_an_export_does_not_wait_for_a_time_that_its_killed_maker_was_ahead_by(
    official: Person, settings: Settings, clock: Clock
) -> None:
    with ExitStack() as stack:

        async def is_alone() -> bool:
            return stack.enter_context(Spool(settings.media_dir).alone())

        await until(is_alone)  # the service itself makes none meanwhile
        await begun(official, f"{API}/releases?format=csv")
        async with (
            database_of_the_service(settings) as database,
            database.writing() as connection,
        ):
            before = await claim_export(connection, LEASE)
            assert before is not None
            assert await claim_export(connection, LEASE) is None
            await clock.jump(BACK)
            now = await claim_export(connection, LEASE)
            assert now is not None
            assert not await name_file(connection, before, sha256="ab", lease=LEASE)
