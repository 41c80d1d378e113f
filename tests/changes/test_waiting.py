"""Who waits for what is new: they are told, and others of nothing."""

import asyncio

from tests.changes.readers import changes, ids, in_place, listeners_of, sequencer_of
from tests.lists.world import made
from tests.users import Person, entry


async def test_who_waits_is_answered_as_soon_as_there_is_something_for_them(
    officer: Person, other_officer: Person
) -> None:
    first = await changes(officer)
    asked = {"cursor": first["next_cursor"], "wait": 60}
    waiting = asyncio.create_task(officer.read("/changes", params=asked))
    await other_officer.opened()  # is nothing for them
    await in_place(officer)
    bird = await officer.opened()
    await in_place(officer)
    async with asyncio.timeout(20):
        assert ids((await waiting)["items"]) == [bird]


async def test_who_waits_in_vain_is_answered_and_who_waits_when_the_service_stops_at_once(
    officer: Person,
) -> None:
    async with asyncio.timeout(20):
        assert (await officer.read("/changes?wait=1"))["items"] == []
        waiting = asyncio.create_task(officer.read("/changes?wait=60"))
        while not sequencer_of(officer.client).stops:
            await asyncio.sleep(0)
            sequencer_of(officer.client).stop()
        assert (await waiting)["items"] == []
    for wrong in ("61", "-1", "x"):
        assert (await officer.get(f"/changes?wait={wrong}")).status_code == 400


async def test_everybody_who_would_be_told_is_woken(
    officer: Person,
    other_officer: Person,
    official: Person,
    rescuer: Person,
    auditor: Person,
    chief: Person,
) -> None:
    """By whatever they see: as a station, as an official, as who has it in custody, or all."""
    readers = (officer, other_officer, official, rescuer, auditor, chief)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        begun = [(await changes(one, since="now"))["next_cursor"] for one in readers]
        waiting = [
            group.create_task(one.read("/changes", params={"cursor": cursor, "wait": 60}))
            for one, cursor in zip(readers, begun, strict=True)
        ]
        await made(officer, other_officer)
        await in_place(officer)
    for reader, cursor, one in zip(readers, begun, waiting, strict=True):
        assert one.result()["items"], reader.badge
        seen = ids((await changes(reader, cursor))["items"])
        assert ids(one.result()["items"]) == seen[: len(one.result()["items"])]


async def test_who_is_signed_out_while_they_wait_is_told_nothing_more(
    officer: Person, other_officer: Person, bird: str
) -> None:
    await officer.appended(bird, entry("handover", station="150723", badge="150723001"))
    first = await changes(officer)
    asked = {"cursor": first["next_cursor"], "wait": 60}
    async with asyncio.timeout(20):
        waiting = asyncio.create_task(officer.get("/changes", params=asked))
        while not listeners_of(officer.client).number:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        assert (await officer.request("DELETE", "/session")).status_code == 204
        await other_officer.appended(bird, entry("note", note="之后"))
        await in_place(other_officer)
        answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
