"""Invented road hazards. Pure."""

from datetime import date, datetime
from typing import Final

from wildlife.hazards.codes import (
    ClearingMethod,
    HazardCause,
    HazardType,
    Passability,
    RoadCategory,
    RoadUnit,
    SafetyMeasure,
)
from wildlife.hazards.entries import (
    Cleared,
    Clearing,
    Extent,
    FalseReport,
    HandedOver,
    Notified,
    Reopened,
    ReportedHazard,
    Road,
    RoadHazardOpening,
    Secured,
)
from wildlife.synth import phrases
from wildlife.synth.chance import Chance, Weighted
from wildlife.synth.story import Scene, Story, World
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Closing
from wildlife.words.vocabularies import Source

_TYPES: Final = Weighted(
    {
        HazardType.FALLEN_TREE: 28.0,
        HazardType.ROCKFALL: 18,
        HazardType.SNOWDRIFT: 12,
        HazardType.STANDING_WATER: 10,
        HazardType.WASHOUT: 8,
        HazardType.COLLAPSE: 6,
        HazardType.CARCASS: 6,
        HazardType.LIVE_ANIMAL: 6,
        HazardType.DEBRIS: 4,
        HazardType.ICE: 2,
    }.items()
)
_PASSABILITY: Final = Weighted(
    {Passability.BLOCKED: 40.0, Passability.PARTLY: 50, Passability.OPEN: 10}.items()
)
_CATEGORIES: Final = (
    RoadCategory.FOREST_ROAD,
    RoadCategory.FOREST_ROAD,
    RoadCategory.COUNTY,
    RoadCategory.PROVINCIAL,
    RoadCategory.NATIONAL,
    RoadCategory.VILLAGE,
)


def road_hazard(world: World, chance: Chance, day: date, until: datetime) -> Story:
    """A hazard that is found on this day.

    until: when all of it is over.
    """
    scene = Scene(world, chance, day, until)
    at, type_ = phrases.place(chance), _TYPES.drawn(chance)
    went = scene.others(2) if chance.happens(0.5) else []
    opening = RoadHazardOpening(
        id=scene.id,
        source=Source.PATROL if chance.happens(0.7) else Source.REPORT,
        found_at=scene.found_at,
        recorded_at=scene.recorded_at,
        place=scene.place(at),
        summary=phrases.blocked(chance, at, type_.zh),
        officers=[one.badge for one in went],
        hazard=ReportedHazard(
            type=type_,
            passability=_PASSABILITY.drawn(chance),
            road=Road(
                name=phrases.road(chance),
                code=f"G{chance.randrange(100, 400)}" if chance.happens(0.4) else None,
                category=chance.choice(_CATEGORIES),
                stake_from=f"K{chance.randrange(1, 400)}+{chance.randrange(1, 1000)}",
            ),
            cause=HazardCause.NATURAL if chance.happens(0.7) else None,
            extent=Extent(
                blocked_length_m=float(chance.randrange(2, 200)) if chance.happens(0.6) else None,
                vehicles_stuck=chance.one_of((1, 2, 5, 12), 0.2),
            ),
        ),
    )
    facts = Facts(station_region=scene.station.region_code, officers=went or None)
    _is_cleared(scene)
    return scene.story(opening, facts)


def _is_cleared(scene: Scene) -> None:
    chance = scene.chance
    over = min(chance.triangular(60, 3 * 24 * 60, 240), scene.left_min * 0.8)
    is_settled = False
    if chance.happens(0.03):
        is_settled = scene.say(FalseReport, over * 0.3) is not None
    elif chance.happens(0.95):
        is_settled = _is_dealt_with(scene, over)
    if chance.happens(0.6):
        scene.photos(over * 0.1, caption="清除前", about="before")
        scene.photos(over * 1.05, caption="清除后", about="after")
    if is_settled and chance.happens(0.7):
        scene.say(Closing, over + 24 * 60)


def _is_dealt_with(scene: Scene, over: float) -> bool:
    """Whether it is, in time."""
    chance = scene.chance
    measures = chance.sample([*SafetyMeasure], chance.choice((1, 1, 2)))
    scene.say(Secured, over * 0.1, measures=measures)
    if chance.happens(0.8):
        scene.say(Notified, over * 0.2, unit="公路养护所", unit_kind=chance.choice([*RoadUnit][:2]))
    if chance.happens(0.1):
        kind = RoadUnit.ROAD_AUTHORITY
        return scene.say(HandedOver, over, unit="公路养护所", unit_kind=kind) is not None
    method = chance.choice([*ClearingMethod])
    scene.say(Clearing, over * 0.4, method=method, people=chance.randrange(2, 15))
    scene.say(Cleared, over * 0.7)
    return scene.say(Reopened, over) is not None
