"""What the timeline has to know of a road hazard."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import Final, get_args

import msgspec
from msgspec.structs import asdict, replace

from wildlife.hazards import state
from wildlife.hazards.closures import unreported_from
from wildlife.hazards.codes import (
    HazardCause,
    HazardState,
    HazardType,
    Passability,
    RoadCategory,
    RoadDirection,
    RoadGrade,
    RoadUnit,
)
from wildlife.hazards.entries import HazardEntry, Reopened, RoadHazardOpening, RoadUpdate
from wildlife.hazards.flags import flags, is_before
from wildlife.hazards.hazard import RoadHazardState
from wildlife.hazards.state import SETTLED
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.entry import ALWAYS, Entry, Impossible, Opening, Photo
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import Gap, Kind, Placed, Table
from wildlife.web.problems import FieldError, Problem
from wildlife.words.structs import derive
from wildlife.words.vocabularies import Owed, PhotoSubject


class RoadHazardIncident(Incident, frozen=True, kw_only=True, tag="road_hazard"):
    """A road hazard as it is now."""

    hazard: RoadHazardState


class HazardRow(msgspec.Struct, frozen=True, kw_only=True):
    """A road hazard, as queries read it."""

    type: HazardType
    types: list[HazardType]
    state: HazardState
    passability: Passability
    cause: HazardCause | None
    road_name: str | None
    road_code: str | None
    road_category: RoadCategory
    road_grade: RoadGrade | None
    direction: RoadDirection | None
    stake_from: str | None
    stake_to: str | None
    blocked_length_m: float | None
    blocked_lanes: int | None
    volume_m3: float | None
    vehicles_stuck: int | None
    """The most that were stuck at once; of how many are now the incident tells."""
    people_stuck: int | None
    injured: int | None
    dead: int | None
    damage_yuan: float | None
    recurrences: int
    blocked_from: datetime | None
    blocked_until: datetime | None
    secured_at: datetime | None
    cleared_at: datetime | None
    reopened_at: datetime | None
    expected_reopening_at: datetime | None
    handed_over_to: str | None


def begin(
    opening: RoadHazardOpening, incident: Callable[..., RoadHazardIncident]
) -> RoadHazardIncident:
    """The hazard as it was found."""
    return incident(hazard=state.reported(opening.hazard, opening.found_at))


def advance(
    incident: RoadHazardIncident, recorded: RecordedEntry, _: tzinfo
) -> RoadHazardIncident | Impossible:
    """The hazard after one of its entries."""
    entry: HazardEntry = recorded.body  # type: ignore[assignment]
    after = state.advance(incident.hazard, entry)
    if isinstance(after, Impossible):
        return after
    if is_before(entry, incident.found_at):
        after = replace(after, before_found=[*after.before_found, entry.id])
    return replace(incident, hazard=after)


def check(body: Opening | Entry, _: RoadHazardIncident) -> None:
    """Raises Problem: unknown_animal, since no photo shows an animal of it; invalid_value;
    nothing_said."""
    match body:
        case Photo(about=str(about)) if ":" in about:
            raise Problem("unknown_animal", FieldError("about", about, "none"))
        case Reopened(passability=Passability.BLOCKED as blocked):
            passing = ", ".join(one for one in Passability if one is not blocked)
            raise Problem("invalid_value", FieldError("passability", blocked, passing))
        case RoadUpdate() if not body.said:
            fields = ", ".join(RoadUpdate.SAYS)
            raise Problem("nothing_said", FieldError("passability", None, fields))


def gaps(incident: RoadHazardIncident) -> Iterator[Gap]:
    """What a road hazard still owes, since it was found, or found again."""
    hazard, since = incident.hazard, incident.hazard.since
    told = {one.unit_kind or RoadUnit.ROAD_AUTHORITY for one in hazard.notified}
    if not hazard.measures:
        yield Gap(Owed.SAFETY_MEASURE, None, since)
    if RoadUnit.ROAD_AUTHORITY not in told:
        yield Gap(Owed.NOTIFICATION, None, since)
    if RoadUnit.TRAFFIC_POLICE not in told:
        yield Gap(Owed.TRAFFIC_POLICE, None, since)
    if reported_from := unreported_from(hazard):
        yield Gap(Owed.UPWARD_REPORT, None, reported_from)
    if hazard.state not in SETTLED:
        yield Gap(Owed.CLEARANCE, None, since)
    if hazard.reopened_at and not hazard.handed_over_to and not _is_open(hazard):
        yield Gap(Owed.FULL_REOPENING, None, hazard.reopened_at)
    cleared_at = hazard.cleared_at or hazard.reopened_at
    if cleared_at and not any(photo.about == PhotoSubject.AFTER for photo in incident.photos):
        yield Gap(Owed.PHOTO_AFTER, None, cleared_at)


def _is_open(hazard: RoadHazardState) -> bool:
    return hazard.passability is Passability.OPEN


def words(incident: RoadHazardIncident) -> Iterator[str]:
    """What blocks the road."""
    yield from (type_.zh for type_ in incident.hazard.types)


def rows(incident: RoadHazardIncident) -> Iterator[Placed]:
    """The hazard, where it was found."""
    hazard, road = incident.hazard, incident.hazard.road
    stuck = {
        "vehicles_stuck": hazard.most_vehicles_stuck,
        "people_stuck": hazard.most_people_stuck,
    }
    row = derive(
        HazardRow,
        hazard,
        road_name=road.name,
        road_code=road.code,
        road_category=road.category,
        road_grade=road.grade,
        direction=road.direction,
        stake_from=road.stake_from,
        stake_to=road.stake_to,
        **(asdict(hazard.extent) | stuck),
    )
    yield Placed(incident.place, row)


ROAD_HAZARD: Final = Kind(
    zh=RoadHazardOpening.KIND.zh,
    en=RoadHazardOpening.KIND.en,
    opening=RoadHazardOpening,
    entries=get_args(HazardEntry),
    incident=RoadHazardIncident,
    begin=begin,
    advance=advance,
    number=lambda *_: None,
    heads=lambda *_: None,
    impossible=lambda _: iter(()),
    flags=lambda incident: flags(incident.hazard),
    steps=lambda incident: [*state.steps(incident.hazard), *ALWAYS],
    is_settled=lambda incident: incident.hazard.state in SETTLED,
    check=check,
    species_of=lambda _: None,
    is_nothing=lambda incident: incident.hazard.state is HazardState.FALSE_REPORT,
    gaps=gaps,
    words=words,
    places=lambda _: iter(()),
    marks=lambda _: iter(()),
    tables=(Table("hazard", HazardRow, rows),),
)
