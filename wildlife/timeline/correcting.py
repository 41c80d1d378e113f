"""What counts of a timeline: amendments applied, and nothing that was voided. Pure.

Also the order in which entries count: that in which things happened, whatever way they arrived.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.entry import Amendment, Entry, Handover, Opening, Void
from wildlife.web import decoding
from wildlife.web.patches import merged
from wildlife.web.problems import Problem

Amended = TypeVar("Amended", Opening, Entry)

# What an amendment may not touch: they say which entry it is, not what happened.
FIXED_FIELDS: Final = {
    "id",
    "type",
    "kind",
    "recorded_at",
    "informant",
    "entry_id",
    "station",
    "badge",
}


Order: TypeAlias = tuple[datetime, datetime, int, UUID]
"""The place of an entry among those that count."""


class Corrected(msgspec.Struct, frozen=True):
    """What counts of a timeline, with every amendment applied and nothing that was voided."""

    opening: RecordedOpening
    entries: dict[UUID, RecordedEntry]
    problems: dict[UUID, Problem]
    """What is wrong with amendments that do not fit what they amend, which change nothing."""

    def has(self, entry_id: UUID) -> bool:
        """Whether it counts: is the opening, or an entry that was not voided."""
        return entry_id == self.opening.body.id or entry_id in self.entries

    def body(self, entry_id: UUID) -> Opening | Entry:
        """What counts of one that does."""
        if entry_id == self.opening.body.id:
            return self.opening.body
        return self.entries[entry_id].body


def moment(recorded: RecordedEntry) -> tuple[datetime, datetime]:
    """When it happened, and when that was written down: in UTC, since times of one zone compare by
    its clocks, which go through some hours twice."""
    return recorded.body.happened_at.astimezone(UTC), recorded.body.recorded_at.astimezone(UTC)


def order(recorded: RecordedEntry) -> Order:
    """Of two entries of the same moment the one recorded first counts first; then what they mean
    decides. Two that mean the same kind of thing count in the order of their ids, which UUIDv7 are:
    what the phone made later counts last, as a second look does. What they say tells no better
    which of them is right; where they can't both be, that is flagged."""
    body, giver = recorded.body, recorded.actor.station
    weight = body.weight
    if isinstance(body, Handover) and (giver is None or body.station != giver.code):
        weight += 1  # another officer of the station, then another station
    return *moment(recorded), weight, body.id


def correct(opening: RecordedOpening, entries: Sequence[RecordedEntry]) -> Corrected:
    """What counts of a timeline: what was voided does not, and amendments apply in their order."""
    problems = {}
    voided = {e.body.entry_id for e in entries if isinstance(e.body, Void)}
    standing = {e.body.id: e for e in entries if e.body.id not in voided}
    amendments = [e for e in standing.values() if isinstance(e.body, Amendment)]
    for recorded in sorted(amendments, key=order):
        amendment = recorded.body
        assert isinstance(amendment, Amendment)
        try:
            if amendment.entry_id == opening.body.id:
                opening = replace(
                    opening,
                    body=_amend(opening.body, amendment),
                    facts=opening.facts.amended_by(recorded.facts),
                )
            elif target := standing.get(amendment.entry_id):
                standing[amendment.entry_id] = replace(
                    target,
                    body=_amend(target.body, amendment),
                    facts=target.facts.amended_by(recorded.facts),
                )
        except Problem as problem:
            problems[amendment.id] = problem
    counting = {i: e for i, e in standing.items() if not isinstance(e.body, Amendment | Void)}
    return Corrected(opening, counting, problems)


def _amend(body: Amended, amendment: Amendment) -> Amended:
    """`body` with the amendment's patch applied, checked like any body.

    Raises Problem: the code that fits what is wrong with the result.
    """
    return decoding.convert(merged(body, amendment.changes), type(body))
