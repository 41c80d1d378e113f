"""What counts of a timeline: amendments applied, and nothing that was voided. Pure.

Also the order in which entries count: that in which things happened, whatever way they arrived.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.entry import Amendment, Entry, Handover, Opening, Void
from wildlife.web import decoding
from wildlife.web.patches import as_filed, closed_up, merged
from wildlife.web.problems import Problem

Amended = TypeVar("Amended", Opening, Entry)

# What an amendment may not touch: they say which entry it is, not what happened.
FIXED_FIELDS: Final = {
    "id",
    "type",
    "kind",
    "recorded_at",
    "informant",
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
    said: dict[UUID, dict[str, Any]]
    """What those say that were amended, as builtins, with an empty place where a thing of a list
    was taken away."""

    def has(self, entry_id: UUID) -> bool:
        """Whether it counts: is the opening, or an entry that was not voided."""
        return entry_id == self.opening.body.id or entry_id in self.entries

    def body(self, entry_id: UUID) -> Opening | Entry:
        """What counts of one that does."""
        if entry_id == self.opening.body.id:
            return self.opening.body
        return self.entries[entry_id].body

    def as_said(self, entry_id: UUID) -> dict[str, Any]:
        """What counts of one that does as builtins, with its empty places."""
        return _as_said(self.body(entry_id), self.said)

    def as_filed(self, entry_id: UUID, field: str) -> str:
        """The path of a field of one that counts, with the places of things as they were filed, by
        which corrections name them."""
        said = self.said.get(entry_id)
        return field if said is None else as_filed(field, said)


def moment(recorded: RecordedEntry) -> tuple[datetime, datetime]:
    """When it happened, and when that was written down: in UTC, since times of one zone compare by
    its clocks, which go through some hours twice."""
    return recorded.body.happened_at.astimezone(UTC), recorded.body.recorded_at.astimezone(UTC)


def order(recorded: RecordedEntry) -> Order:
    """Of two entries of the same moment the one recorded first counts first; then what they mean
    decides. Two that mean the same kind of thing count in the order of their ids, which UUIDv7 are:
    what the phone made later counts last, as a second look does. What they say tells no better
    which of them is right; where they can't both be, that is flagged."""
    body, giver = recorded.body, recorded.giver
    weight = body.weight
    if isinstance(body, Handover) and (giver is None or body.station != giver.code):
        weight += 1  # another officer of the station, then another station
    return *moment(recorded), weight, body.id


def correct(opening: RecordedOpening, entries: Sequence[RecordedEntry]) -> Corrected:
    """What counts of a timeline: what was voided does not, and amendments apply in their order."""
    problems: dict[UUID, Problem] = {}
    said: dict[UUID, dict[str, Any]] = {}
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
                    body=_amend(opening.body, amendment, said),
                    facts=opening.facts.amended_by(recorded.facts),
                )
            elif target := standing.get(amendment.entry_id):
                standing[amendment.entry_id] = replace(
                    target,
                    body=_amend(target.body, amendment, said),
                    facts=target.facts.amended_by(recorded.facts),
                )
        except Problem as problem:
            problems[amendment.id] = problem
    counting = {i: e for i, e in standing.items() if not isinstance(e.body, Amendment | Void)}
    return Corrected(opening, counting, problems, said)


def _as_said(body: Opening | Entry, said: Mapping[UUID, dict[str, Any]]) -> dict[str, Any]:
    before: dict[str, Any] = said[body.id] if body.id in said else msgspec.to_builtins(body)
    return before


def _amend(body: Amended, amendment: Amendment, said: dict[UUID, dict[str, Any]]) -> Amended:
    """`body` with the amendment's patch applied, checked like any body.

    said: what those say that were amended; this one is put there. Raises Problem: the code that
    fits what is wrong with the result.
    """
    after = merged(_as_said(body, said), amendment.changes, type(body))
    try:
        amended = decoding.convert(closed_up(after), type(body))
    except Problem as problem:
        raise problem.mapped(
            lambda error: replace(error, field=as_filed(error.field, after))
        ) from None
    said[body.id] = after
    return amended
