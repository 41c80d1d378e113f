"""What the annual report reads of a rescue: of its document as it is kept, or as it is folded."""

from datetime import datetime
from uuid import UUID

import msgspec

from wildlife.rescues.codes import Outcome
from wildlife.words.vocabularies import Protection, Source


class Unit(msgspec.Struct, frozen=True):
    """A station as it was called at the time."""

    station_id: UUID
    code: str
    name: str


class _Responsible(msgspec.Struct, frozen=True):
    station: Unit


class _Period(msgspec.Struct, frozen=True):
    protection: Protection
    list: str | None = None


class Species(msgspec.Struct, frozen=True):
    """A species as an animal was identified."""

    species_id: str
    chinese_name: str
    scientific_name: str
    protection: _Period | None = None


class End(msgspec.Struct, frozen=True):
    """An entry by which heads left care, or came to a later end."""

    entry_id: UUID
    outcome: Outcome
    count: int
    happened_at: datetime
    went_from: UUID | None = None
    returned: int = 0
    went_on: int = 0


class Back(msgspec.Struct, frozen=True):
    """An entry by which heads came back into care."""

    count: int
    happened_at: datetime
    been: list[UUID] = []


class Animal(msgspec.Struct, frozen=True, kw_only=True):
    """An animal, or several alike, with all that became of it."""

    number: int
    count: int
    remaining: int
    species: Species | None = None
    split_from: int | None = None
    split_at: datetime | None = None
    been: list[UUID] = []
    settled: list[End] = []
    taken_back: list[Back] = []


class Rescue(msgspec.Struct, frozen=True, kw_only=True):
    """A rescue."""

    source: Source
    found_at: datetime
    responsible: _Responsible
    animals: list[Animal]
