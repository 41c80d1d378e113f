"""What the timeline has to know of a road hazard."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import Final, get_args

import msgspec
from msgspec.structs import replace

from wildlife.hazards import state
from wildlife.hazards.entries import HazardEntry, RoadHazardOpening
from wildlife.hazards.state import SETTLED, STEPS, RoadHazardState
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.entry import Entry, Impossible, Photo
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import Gap, Kind, Placed, Table
from wildlife.web.problems import FieldError, Problem
from wildlife.words.structs import derive
from wildlife.words.vocabularies import (
    HazardState,
    HazardType,
    Owed,
    Passability,
    PhotoSubject,
    RoadCategory,
)


class RoadHazardIncident(Incident, frozen=True, kw_only=True, tag="road_hazard"):
    """A road hazard as it is now."""

    hazard: RoadHazardState


class HazardRow(msgspec.Struct, frozen=True, kw_only=True):
    type: HazardType
    state: HazardState
    passability: Passability
    road_name: str | None
    road_code: str | None
    road_category: RoadCategory
    stake_from: str | None
    stake_to: str | None
    secured_at: datetime | None
    cleared_at: datetime | None
    reopened_at: datetime | None


def begin(
    opening: RoadHazardOpening, incident: Callable[..., RoadHazardIncident]
) -> RoadHazardIncident:
    """The hazard as it was found."""
    return incident(hazard=state.reported(opening.hazard))


def advance(
    incident: RoadHazardIncident, recorded: RecordedEntry, _: tzinfo
) -> RoadHazardIncident | Impossible:
    """The hazard after one of its entries."""
    entry: HazardEntry = recorded.body  # type: ignore[assignment]
    after = state.advance(incident.hazard, entry)
    return after if isinstance(after, Impossible) else replace(incident, hazard=after)


def check(entry: Entry, _: RoadHazardIncident) -> None:
    """That no photo shows an animal of it. Raises Problem: unknown_animal."""
    if isinstance(entry, Photo) and entry.about is not None and ":" in entry.about:
        raise Problem("unknown_animal", FieldError("about", entry.about, "none"))


def gaps(incident: RoadHazardIncident) -> Iterator[Gap]:
    """What a road hazard still owes."""
    hazard = incident.hazard
    if not hazard.measures:
        yield Gap(Owed.SAFETY_MEASURE, None, incident.found_at)
    if not hazard.notified:
        yield Gap(Owed.NOTIFICATION, None, incident.found_at)
    if hazard.state not in SETTLED:
        yield Gap(Owed.CLEARANCE, None, incident.found_at)
    if hazard.cleared_at or hazard.reopened_at:
        after = [photo for photo in incident.photos if photo.about == PhotoSubject.AFTER]
        if not after:
            yield Gap(
                Owed.PHOTO_AFTER, None, hazard.cleared_at or hazard.reopened_at or incident.found_at
            )


def words(incident: RoadHazardIncident) -> Iterator[str]:
    """What blocks the road."""
    yield incident.hazard.type.zh


def rows(incident: RoadHazardIncident) -> Iterator[Placed]:
    """The hazard, where it was found."""
    hazard, road = incident.hazard, incident.hazard.road
    row = derive(
        HazardRow,
        hazard,
        road_name=road.name,
        road_code=road.code,
        road_category=road.category,
        stake_from=road.stake_from,
        stake_to=road.stake_to,
    )
    yield Placed(incident.place, row)


ROAD_HAZARD: Final = Kind(
    zh="道路险情",
    en="road hazard",
    opening=RoadHazardOpening,
    entries=get_args(HazardEntry),
    incident=RoadHazardIncident,
    begin=begin,
    advance=advance,
    number=lambda *_: None,
    impossible=lambda _: iter(()),
    flags=lambda _: iter(()),
    steps=lambda incident: STEPS[incident.hazard.state],
    is_settled=lambda incident: incident.hazard.state in SETTLED,
    check=check,
    species_of=lambda _: None,
    is_nothing=lambda incident: incident.hazard.state is HazardState.FALSE_REPORT,
    gaps=gaps,
    words=words,
    places=lambda _: iter(()),
    tables=(Table("hazard", HazardRow, rows),),
)
