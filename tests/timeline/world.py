"""The service that whole lives are played on, and who speaks to it from another thread."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from db.database import Database
from db.rows import fetch_in_batches
from media.vault import open_vault
from tests.users import Person
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.fold import fold
from wildlife.timeline.policy import read_policy
from wildlife.timeline.queries import fetch_timeline
from wildlife.timeline.row_queries import list_incident_ids
from wildlife.timeline.verifying import rebuild, verify

T = TypeVar("T")

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class World:
    """The service, and who speaks to it."""

    loop: asyncio.AbstractEventLoop
    officers: list[Person]
    official: Person
    database: Database
    settings: Settings
    taken: Counter[str] = field(default_factory=Counter)
    """What was taken, by its type."""
    refused: Counter[str] = field(default_factory=Counter)
    """What was refused, by its code."""
    went_on: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many heads went from one end to the next."""
    supposed: int = 0
    """How many entries counted with what they suppose."""

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    async def emptied(self) -> None:
        async with self.database.writing() as connection:
            await connection.execute(
                "truncate entry, incident, animal, release, transfer, hazard, photo, informant,"
                " refused_body, informant_erasure"
            )

    async def checked(self, chance: Random) -> None:
        """The record is whole, its rows are those of its timelines, whatever came first."""
        vault = open_vault(self.settings.key_path)
        assert [
            flaw async for one in verify(self.database, KINDS, vault) for flaw in one.flaws
        ] == []
        async for incident_id in fetch_in_batches(
            self.database, list_incident_ids, lambda one: one
        ):
            async with self.database.reading() as connection:
                held = await fetch_timeline(connection, incident_id)
            opening, entries = KINDS.decode_timeline([one.canonical for one in held])
            folded = fold(KINDS, opening, entries, ZONE)
            chance.shuffle(entries)
            assert fold(KINDS, opening, entries, ZONE).incident == folded.incident
        policy = read_policy(None)
        rebuilt = [one async for one in rebuild(self.database, KINDS, policy, ZONE, write=False)]
        assert [one for one in rebuilt if one.tables or one.flaws] == []


# What belongs to the order of arrival, and nothing else does.
OF_ARRIVAL = {"digest", "received_at"}


def without_arrival(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_arrival(v) for k, v in value.items() if k not in OF_ARRIVAL}
    if isinstance(value, list):
        return [without_arrival(inner) for inner in value]
    return value


STATIONS: Final = ("150425", "150723", "150429", "150430")
