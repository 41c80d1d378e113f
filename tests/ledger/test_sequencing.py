"""Each entry gets a place in the ledger once, in an order that never changes, without a gap."""

import asyncio
from itertools import pairwise
from typing import Any

from db.database import Database
from tests.users import Person, entry
from wildlife.ledger.sequencing import Sequencer

INCIDENTS, WRITERS, NOTES = 6, 8, 5


async def test_whoever_reads_meanwhile_misses_none_and_sees_none_twice(
    officer: Person, other_officer: Person, database: Database
) -> None:
    """Two who give places, and eight who write, at once."""
    incidents = [await one.opened() for one in (officer, other_officer) for _ in range(INCIDENTS)]
    written = asyncio.Event()

    async def write(person: Person, mine: list[str]) -> None:
        for number in range(NOTES):
            for incident_id in mine:
                await person.appended(incident_id, entry("note", note=f"{number}"))

    async def give_places() -> None:
        sequencer = Sequencer(database)
        while not written.is_set():
            await sequencer.look()
        await sequencer.look()

    async def read_on() -> list[Any]:
        """As a reader does who remembers how far they are."""
        seen: list[Any] = []
        while True:
            is_last = written.is_set()
            seen += await _ledger(database, len(seen))
            if is_last and len(seen) == len(incidents) * (NOTES + 1):
                return seen
            await asyncio.sleep(0)

    async def write_all() -> None:
        halves = (officer, incidents[:INCIDENTS]), (other_officer, incidents[INCIDENTS:])
        await asyncio.gather(
            *(
                write(person, mine[at :: WRITERS // 2])
                for person, mine in halves
                for at in range(WRITERS // 2)
            )
        )
        written.set()

    seen, *_ = await asyncio.gather(read_on(), give_places(), give_places(), write_all())
    assert [one["position"] for one in seen] == [*range(len(seen))]
    async with database.reading() as connection:
        there = await connection.fetch("select incident_id, entry_id, seq, digest from entry")
        assert await connection.fetchval("select count(*) from unsequenced") == 0
    digests = {(one["incident_id"], one["entry_id"]): one["digest"] for one in there}
    assert {(one["incident_id"], one["entry_id"]): one["digest"] for one in seen} == digests
    assert len(seen) == len(there)
    seqs = {(one["incident_id"], one["entry_id"]): one["seq"] for one in there}
    for incident_id in {one["incident_id"] for one in seen}:
        mine = [
            seqs[incident_id, one["entry_id"]] for one in seen if one["incident_id"] == incident_id
        ]
        assert all(before < after for before, after in pairwise(mine))


async def _ledger(database: Database, position: int) -> list[Any]:
    async with database.reading() as connection:
        return await connection.fetch(
            "select * from ledger where position >= $1 order by position", position
        )
