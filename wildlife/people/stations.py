"""Stations: the units that handle incidents, as a tree."""

from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec

from wildlife.people.codes import StationKind
from wildlife.people.refusals import UnfitRegion
from wildlife.words.places import RegionPrefix
from wildlife.words.regions import is_division, is_region
from wildlife.words.values import StationCode

_MOST_NAMED: Final = 500


class Competence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """管辖职责。What a unit is competent for: whose records its officials see."""

    regions: Annotated[list[RegionPrefix], msgspec.Meta(max_length=_MOST_NAMED)] = []
    """管辖行政区划。Region codes, or their beginnings: the records of what was found or released
    there."""
    stations: Annotated[list[StationCode], msgspec.Meta(max_length=_MOST_NAMED)] = []
    """管辖单位。Codes of stations: the records in which these, or stations below them, had a
    part."""


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """单位。A unit. Its `code` begins its case numbers, and its `region_code` is where it lies."""

    station_id: UUID
    """单位编号。UUID of the station."""
    code: str
    """单位代码。Begins the unit's case numbers."""
    name: str
    """单位名称。What the unit is called now."""
    kind: StationKind
    """单位种类。What kind of unit it is."""
    region_code: str
    """行政区划代码。Of the region in which the unit lies."""
    parent_code: str | None = None
    """上级单位代码。The code of the unit above it; null: there is none."""
    competent_for: Competence
    """管辖范围。Whose records the unit's officials see."""


class StationRef(msgspec.Struct, frozen=True):
    """当时的单位。A station as it was called at the time."""

    TELLS_NO_PLACE: ClassVar = ("code", "name")

    station_id: UUID
    """单位编号。UUID of the station."""
    code: str
    """单位代码。The station's code as it was then."""
    name: str
    """单位名称。What the station was called then."""


def region_of(code: str) -> str:
    """Where a station lies whose code is that of a region. Raises UnfitRegion where it is none: so
    are the twelve digits that the police number their units with."""
    if not is_division(code):
        raise UnfitRegion(
            f"The code {code} does not say where the station lies. Add its region, as in 150425.",
            f"代码 {code} 没有说明单位在哪里。请加上所在地区，如 150425。",
            "region_code",
        )
    return code


def require_region(code: str, field: str) -> None:
    """Raises UnfitRegion for what is the code of no region. field: what names it, in bodies."""
    if not is_region(code):
        raise UnfitRegion(
            f"{code!r}: A region code has digits only, 2 (a province), 4 (a prefecture) or 6 (a"
            " county) of them, 9 or 12 below a county, and begins with a province that there is.",
            f"{code!r}：行政区划代码只有数字，省级 2 位、地级 4 位、县级 6 位，县以下 9 位或"
            " 12 位，并以省级代码开头。",
            field,
        )
