"""Timelines that this process added to a moment ago: who goes on with one need not read it again.

A timeline is known by the digest it ends with, which stands for all of it. What is kept here says
nothing of its own, and what has another digest by now is read again.
"""

from collections import OrderedDict
from datetime import tzinfo
from typing import Final, NamedTuple
from uuid import UUID

from db.connection import Connection
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.fold import Folded, fold
from wildlife.timeline.kind import Kinds
from wildlife.timeline.queries import Head, fetch_timeline

# A hundred bytes each, or two. An entry weighs as much as ten terms; most timelines have ten.
_MOST_TERMS: Final = 100_000


class Timeline(NamedTuple):
    """A timeline in the order of arrival, and what follows from it."""

    opening: RecordedOpening
    entries: list[RecordedEntry]
    folded: Folded
    digest: bytes
    """That it ends with."""

    @property
    def seq(self) -> int:
        """That of its last entry."""
        return self.entries[-1].seq if self.entries else self.opening.seq

    @property
    def numbers(self) -> list[int]:
        """All that its entries gave to what they added."""
        return [one.facts.number for one in self.entries if one.facts.number is not None]

    @property
    def weight(self) -> int:
        """What it takes to remember it, in terms."""
        return 10 * len(self.entries) + len(self.folded.said.terms)

    def has(self, entry_id: UUID) -> bool:
        """Whether this entry is on it, the opening among them."""
        return entry_id == self.opening.body.id or any(
            one.body.id == entry_id for one in self.entries
        )


async def read_timeline(
    connection: Connection, kinds: Kinds, zone: tzinfo, incident_id: UUID
) -> Timeline:
    """The timeline of an incident as the database has it, folded from its beginning."""
    held = await fetch_timeline(connection, incident_id)
    opening, entries = kinds.decode_timeline([one.canonical for one in held])
    return Timeline(opening, entries, fold(kinds, opening, entries, zone), held[-1].digest)


class RecentTimelines:
    """Those that this process added to last."""

    def __init__(self, kinds: Kinds, zone: tzinfo) -> None:
        self._kinds = kinds
        self._zone = zone
        self._kept: OrderedDict[UUID, Timeline] = OrderedDict()
        self._weight = 0

    async def read(self, connection: Connection, incident_id: UUID, head: Head) -> Timeline:
        """The timeline of an incident that is locked and ends with `head`."""
        kept = self._kept.get(incident_id)
        if kept is not None and kept.digest == head.digest:
            return kept
        return await read_timeline(connection, self._kinds, self._zone, incident_id)

    def keep(self, timeline: Timeline) -> None:
        """Remember the timeline, whether it comes to that or not."""
        incident_id = timeline.opening.incident_id
        self._forget(incident_id)
        self._kept[incident_id] = timeline
        self._weight += timeline.weight
        while self._weight > _MOST_TERMS:
            self._forget(next(iter(self._kept)))

    def _forget(self, incident_id: UUID) -> None:
        if kept := self._kept.pop(incident_id, None):
            self._weight -= kept.weight
