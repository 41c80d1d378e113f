"""Stations: the units that handle incidents, as a tree."""

from uuid import UUID

import msgspec

from wildlife.words.vocabularies import StationKind


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A unit. Its `code` begins its case numbers."""

    station_id: UUID
    code: str
    name: str
    kind: StationKind
    region_code: str
    parent_code: str | None = None


class StationRef(msgspec.Struct, frozen=True):
    """A station as it was called at the time."""

    station_id: UUID
    code: str
    name: str
