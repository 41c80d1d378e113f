"""Where a hidden animal was is not told by what it is a duplicate of: whoever reads that both are
one event knows that both were in one place."""

import asyncio
from functools import partial

import pytest

from db.connection import Connection
from db.database import Database
from tests.hiding.places import CELL, CORMORANT, POINT, WOLF, identified, told
from tests.hiding.world import rebuilt
from tests.serving import until
from tests.users import Person, entry
from wildlife.settings import Settings
from wildlife.timeline.duplicate_queries import keep_originals_as_they_are


async def closed(officer: Person, duplicate: str, original: str) -> str:
    """The id of the entry that closes it as a duplicate."""
    said = entry("closing", reason="duplicate", duplicate_of=original)
    await officer.appended(duplicate, said)
    return str(said["id"])


async def waited_for(connection: Connection) -> bool:
    """Whether another session waits for a lock of this one's."""
    return bool(
        await connection.fetchval(
            """
            select exists (
                select from pg_locks
                where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))
            )
            """
        )
    )


async def asked(person: Person) -> dict[str, bool]:
    """Of each incident, duplicates too, whether its place is hidden."""
    listed = await person.read("/incidents?duplicates=include")
    return {one["id"]: one["generalized"] for one in listed["items"]}


async def test_an_original_is_hidden_while_its_duplicate_is(
    officer: Person, official: Person, chief: Person
) -> None:
    first, second = await officer.opened(), await officer.opened()
    wolf = await identified(officer, second, WOLF)
    closing = await closed(officer, second, first)
    assert await told(official, first) == CELL
    assert await asked(official) == {first: True, second: True}
    near = f"near={POINT[0]},{POINT[1]}&radius_m=100&duplicates=include"
    for query in (near, "q=三道沟&duplicates=include"):
        assert (await official.read(f"/incidents?{query}"))["items"] == [], query
        assert len((await officer.read(f"/incidents?{query}"))["items"]) == 2, query
    for person in (officer, chief):
        assert await told(person, first) == POINT
    # It goes on being so whatever is said of it, until it is said of the other that it is not.
    await officer.appended(first, entry("note", note="三道沟口"))
    assert await told(official, first) == CELL
    await identified(officer, first, CORMORANT)
    assert await told(official, first) == CELL
    await officer.appended(
        second, entry("amendment", entry_id=wolf, changes={"species_id": CORMORANT})
    )
    assert await told(official, first) == POINT
    later = "2024-07-31T10:00:00+08:00"
    await officer.appended(
        second, entry("amendment", later, entry_id=wolf, changes={"species_id": WOLF})
    )
    assert await told(official, first) == CELL
    await officer.appended(second, entry("void", entry_id=closing))
    assert await told(official, first) == POINT
    assert await asked(official) == {first: False, second: True}


@pytest.mark.parametrize(
    "order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
)
async def test_a_duplicate_of_a_duplicate_hides_them_all_in_whatever_order_that_came(
    officer: Person, official: Person, order: tuple[int, ...]
) -> None:
    first, second, third = [await officer.opened() for _ in range(3)]
    steps = (
        lambda: identified(officer, third, WOLF),
        lambda: closed(officer, third, second),
        lambda: closed(officer, second, first),
    )
    said = {at: await steps[at]() for at in order}
    assert await asked(official) == dict.fromkeys((first, second, third), True)
    assert await told(official, first) == CELL
    await officer.appended(second, entry("void", entry_id=said[2]))
    assert await asked(official) == {first: False, second: True, third: True}


async def test_an_original_whose_duplicate_nobody_identified_is_what_it_is_known_to_be(
    officer: Person, official: Person
) -> None:
    first, second = await officer.opened(), await officer.opened()
    await identified(officer, first, CORMORANT)
    await closed(officer, second, first)
    assert await told(official, first) == POINT


async def test_of_a_duplicate_that_is_moved_to_another_the_other_is_hidden(
    officer: Person, official: Person
) -> None:
    first, second, third = [await officer.opened() for _ in range(3)]
    await identified(officer, third, WOLF)
    closing = await closed(officer, third, first)
    changes = {"duplicate_of": second}
    await officer.appended(third, entry("amendment", entry_id=closing, changes=changes))
    assert await asked(official) == {first: False, second: True, third: True}


async def test_what_comes_at_once_hides_as_well(officer: Person, official: Person) -> None:
    first, second, third = [await officer.opened() for _ in range(3)]
    await closed(officer, second, first)
    await closed(officer, third, first)
    await asyncio.gather(
        identified(officer, second, WOLF),
        identified(officer, third, WOLF),
        *(officer.appended(first, entry("note", note="三道沟口")) for _ in range(3)),
    )
    assert await told(official, first) == CELL


@pytest.mark.parametrize("what", ["closing", "amendment", "void"])
async def test_who_changes_what_it_is_a_duplicate_of_waits_before_the_incident_is_locked(
    officer: Person, database: Database, what: str
) -> None:
    """Whoever locked it first might wait for one who waits for its row."""
    first, second, third = [await officer.opened() for _ in range(3)]
    closing = await closed(officer, third, first)
    moved = entry("amendment", entry_id=closing, changes={"duplicate_of": second})
    await officer.appended(third, moved)
    body = {
        "closing": entry("closing", reason="duplicate", duplicate_of=second),
        "amendment": entry("amendment", entry_id=closing, changes={"duplicate_of": first}),
        "void": entry("void", entry_id=moved["id"]),
    }[what]
    to = first if what == "closing" else third

    async with database.transaction() as connection:
        await keep_originals_as_they_are(connection)
        sent = asyncio.create_task(officer.appended(to, body))
        await until(partial(waited_for, connection))
        await connection.execute(
            "select from incident where incident_id = $1::uuid for update nowait", to
        )
    await sent


async def test_rows_are_locked_from_a_duplicate_to_its_original(
    officer: Person, database: Database
) -> None:
    """Also by what moves from the one to the other, and whichever comes first by its id."""
    above, below = sorted([await officer.opened() for _ in range(2)])
    moving = await officer.opened()
    await identified(officer, moving, WOLF)
    await closed(officer, below, above)
    closing = await closed(officer, moving, above)
    moved = entry("amendment", entry_id=closing, changes={"duplicate_of": below})
    lock = "select from incident where incident_id = $1::uuid for update nowait"
    async with database.transaction() as connection:
        await connection.execute(lock, below)
        sent = asyncio.create_task(officer.appended(moving, moved))
        await until(partial(waited_for, connection))
        await connection.execute(lock, above)
    await sent


async def test_a_rebuild_hides_what_was_told_before(
    officer: Person, official: Person, database: Database, settings: Settings
) -> None:
    first, second = await officer.opened(), await officer.opened()
    await identified(officer, second, WOLF)
    await closed(officer, second, first)
    assert [one async for one in rebuilt(database, settings)] == []
    async with database.writing() as connection:
        await connection.execute(
            "update incident set duplicate_of = null where incident_id = $1::uuid", second
        )
        await connection.execute(
            "delete from incident where incident_id = $1::uuid and view = 'generalized'", first
        )
    assert [one async for one in rebuilt(database, settings)]
    assert await told(official, first) == CELL
    assert [one async for one in rebuilt(database, settings)] == []
