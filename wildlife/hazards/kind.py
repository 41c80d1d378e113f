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
from wildlife.hazards.entries import HazardEntry, Reopened, RoadHazardOpening
from wildlife.hazards.flags import flags, is_before
from wildlife.hazards.hazard import RoadHazardState
from wildlife.hazards.state import SETTLED
from wildlife.people.may import Audience
from wildlife.timeline.chain import Recorded
from wildlife.timeline.custody import NOTHING_KEPT
from wildlife.timeline.entry import ALWAYS, Entry, Impossible, Opening, Photo
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import Gap, Kind, Placed, Table
from wildlife.web.expecting import choices_among
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence
from wildlife.words.structs import derive
from wildlife.words.vocabularies import Owed, PhotoSubject

_BLOCKED_AGAIN: Final = Sentence(
    "That it is blocked again is said by a road update (`road_update`).",
    "道路再次阻断的，请登记路况更新（`road_update`）。",
)
_NO_ANIMALS: Final = Sentence(
    "A road hazard has no animals: say in `about` that the photo shows `site`, `before`, `after` or"
    " `document`, or leave it out.",
    "道路险情没有动物：拍摄对象（`about`）请填 `site`（现场）、`before`（清除前）、"
    "`after`（清除后）或 `document`（单据），也可不填。",
)


class RoadHazardIncident(Incident, frozen=True, kw_only=True, tag="road_hazard"):
    """道路险情记录。A road hazard as it is now."""

    hazard: RoadHazardState
    """险情。The hazard as it is now."""


class HazardRow(msgspec.Struct, frozen=True, kw_only=True):
    """A road hazard, as queries read it."""

    type: HazardType
    """主要险情类型。What blocks the road: the main thing."""
    types: list[HazardType]
    """全部险情类型。All that lay there, the main one first."""
    state: HazardState
    """处置进度。How far the hazard is dealt with, which is not how traffic passes."""
    passability: Passability
    """通行状况。How traffic passes now."""
    cause: HazardCause | None
    """险情原因。Why it came onto the road."""
    road_name: str | None
    """道路名称。The name of the road that it lies on."""
    road_code: str | None
    """道路编号。The number of the road that it lies on, as on its signs: G303."""
    road_category: RoadCategory
    """道路类别。Whose road it lies on (Highway Law, Arts. 6 and 11)."""
    road_grade: RoadGrade | None
    """道路技术等级。How the road that it lies on is built (Highway Law, Art. 6)."""
    direction: RoadDirection | None
    """行车方向。Which carriageway: up is towards rising stake marks."""
    stake_from: str | None
    """起始桩号。Where on the road it begins."""
    stake_to: str | None
    """终止桩号。Where on the road it ends."""
    blocked_length_m: float | None
    """阻断长度。Metres of road that are blocked."""
    blocked_lanes: int | None
    """阻断车道数。How many lanes are blocked."""
    volume_m3: float | None
    """堆积方量。Cubic metres of what lies there."""
    vehicles_stuck: int | None
    """最多受困车辆数。How many vehicles were stuck at once, at most; of how many are now the
    incident tells."""
    people_stuck: int | None
    """最多受困人数。How many people were stuck at once, at most; of how many are now the incident
    tells."""
    injured: int | None
    """受伤人数。How many people were injured, in all so far."""
    dead: int | None
    """死亡人数。How many people died, in all so far."""
    damage_yuan: float | None
    """直接经济损失。Damage in yuan, in all so far."""
    recurrences: int
    """再次受阻次数。How often it was blocked again after it had been cleared or reopened."""
    blocked_from: datetime | None
    """全幅阻断开始时间。Since when nothing passed, at the last time that it was so; null: never."""
    blocked_until: datetime | None
    """全幅阻断结束时间。When something passed again after `blocked_from`; null: not yet, or never
    blocked."""
    secured_at: datetime | None
    """警示时间。When traffic was first warned and protected."""
    cleared_at: datetime | None
    """清除完毕时间。When nothing blocked the road any more."""
    reopened_at: datetime | None
    """恢复通行时间。When traffic began to flow as it does now."""
    expected_reopening_at: datetime | None
    """预计恢复通行时间。When the road is expected to be open again."""
    handed_over_to: str | None
    """险情接管单位。The unit that deals with it from there on, by name."""


def begin(
    opening: RoadHazardOpening, incident: Callable[..., RoadHazardIncident]
) -> RoadHazardIncident:
    """The hazard as it was found."""
    return incident(hazard=state.reported(opening.hazard, opening.found_at))


def advance(
    incident: RoadHazardIncident, recorded: Recorded[HazardEntry], _: tzinfo
) -> RoadHazardIncident | Impossible:
    """The hazard after one of its entries."""
    entry = recorded.body
    after = state.advance(incident.hazard, entry)
    if isinstance(after, Impossible):
        return after
    if is_before(entry, incident.found_at):
        after = replace(after, before_found=[*after.before_found, entry.id])
    return replace(incident, hazard=after)


def check(body: Opening | Entry, _: RoadHazardIncident) -> Iterator[Problem]:
    """unknown_animal, since no photo shows an animal of it; invalid_value."""
    match body:
        case Photo(about=str(about)) if ":" in about:
            yield Problem("unknown_animal", FieldError("about", about, said=_NO_ANIMALS))
        case Reopened(passability=Passability.BLOCKED as blocked):
            passing = choices_among(one for one in Passability if one is not blocked)
            error = FieldError("passability", blocked, choices=passing, hint=_BLOCKED_AGAIN)
            yield Problem("invalid_value", error)
        case _:
            pass


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
    opening=RoadHazardOpening,
    audience=Audience.GRANTED_ROADS,
    hides=lambda *_: False,
    entries=get_args(HazardEntry),
    incident=RoadHazardIncident,
    begin=begin,
    advance=advance,
    supposing=lambda *_: None,
    number=lambda *_: None,
    meant=lambda _, __, facts: facts,
    impossible=lambda _: iter(()),
    flags=lambda incident: flags(incident.hazard),
    steps=lambda incident: [*state.steps(incident.hazard), *ALWAYS],
    is_settled=lambda incident: incident.hazard.state in SETTLED,
    unsettled=Sentence(
        "Record first that the road was reopened or handed over, or that the report was false.",
        "请先记录道路恢复通行、险情移交或误报。",
    ),
    check=check,
    species_of=lambda _: None,
    is_nothing=lambda incident: incident.hazard.state is HazardState.FALSE_REPORT,
    gaps=gaps,
    words=words,
    officers=lambda _: iter(()),
    places=lambda _: iter(()),
    marks=lambda _: iter(()),
    custody=NOTHING_KEPT,
    tables=(Table("hazard", HazardRow, rows),),
)
