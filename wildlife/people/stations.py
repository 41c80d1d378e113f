"""Stations: the units that handle incidents, as a tree."""

from uuid import UUID

import msgspec

from wildlife.words.places import RegionPrefix
from wildlife.words.regions import is_division, is_region
from wildlife.words.values import StationCode
from wildlife.words.vocabularies import StationKind


class Competence(msgspec.Struct, frozen=True):
    """What a unit is competent for: whose records its officials see."""

    regions: list[RegionPrefix] = []
    """What was found or released there."""
    stations: list[StationCode] = []
    """What these, or stations below them, had a part in."""


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A unit. Its `code` begins its case numbers, and its `region_code` is where it lies."""

    station_id: UUID
    code: str
    name: str
    kind: StationKind
    region_code: str
    parent_code: str | None = None
    competent_for: Competence


class StationRef(msgspec.Struct, frozen=True):
    """A station as it was called at the time."""

    station_id: UUID
    code: str
    name: str


def region_of(code: str) -> str:
    """Where a station lies whose code is that of a region. Raises ValueError where it is none: so
    are the twelve digits that the police number their units with."""
    if not is_division(code):
        raise ValueError(
            f"The code {code} does not say where the station lies. Add its region, as in --region"
            " 150425."
        )
    return code


def require_region(code: str) -> None:
    """Raises ValueError for what is the code of no region."""
    if not is_region(code):
        raise ValueError(
            f"{code!r}: A region code has digits only, 2 (a province), 4 (a prefecture) or 6 (a"
            " county) of them, 9 or 12 below a county, and begins with a province that there is."
        )
