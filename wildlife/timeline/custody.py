"""What a unit of this service has in its custody of an incident: how a kind tells it. Pure."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from wildlife.people.codes import Role
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.entry import Entry, Said
from wildlife.timeline.incident import Incident

I = TypeVar("I", bound=Incident)  # noqa: E741 - an incident of one kind


class Custody(msgspec.Struct, Generic[I], frozen=True, kw_only=True):
    """Of a kind whose things may go into the custody of a unit."""

    tending: Sequence[str] = ()
    """The types of entries that such a unit may add, beside what any may who has a part."""
    custodians: Callable[[I], Collection[UUID]] = lambda _: ()
    """The units that have any of its things, or had."""
    parts: Callable[[I], Iterator[tuple[UUID, I]]] = lambda _: iter(())
    """The incident as each of those units knows it that have any of its things now."""
    known: Callable[[I, UUID], I] = lambda incident, _: incident
    """The incident as a unit knows it that has any of its things, or had."""
    then: Callable[[I, I], I] = lambda own, _: own
    """Such a part of an incident, as that was at an earlier moment: of the things that the part
    has now."""
    keepers: Callable[[Entry, I], Collection[UUID]] = lambda *_: ()
    """The units in whose custody was what an entry is about, when it happened, in the incident that
    has it, or is to have it."""
    goes_on: Callable[[Entry, I], bool] = lambda *_: False
    """Whether an entry is about what a unit has, which goes on with it though all else is done."""
    told: Callable[[Said, I, I], Said | None] = lambda *_: None
    """What is told of an opening, or of an entry as it counts, to who has such a part of the whole
    incident; None: nothing of it."""
    receiver: Callable[[Entry], str | None] = lambda _: None
    """The code of the unit into whose custody an entry gives something."""


NOTHING_KEPT: Custody[Any] = Custody()
"""Of a kind whose things stay where they are."""


def is_by(recorded: RecordedOpening | RecordedEntry, unit: UUID | None) -> bool:
    """Whether a unit said it, of what it had in its custody."""
    return recorded.actor.role is Role.RESCUER and recorded.actor.station_id == unit
