"""What follows from the entries of a road hazard. Pure."""

from datetime import datetime
from typing import Final, assert_never

import msgspec
from msgspec.structs import replace

from wildlife.hazards.entries import (
    Cleared,
    Clearing,
    FalseReport,
    HandedOver,
    HazardEntry,
    Notified,
    Reopened,
    ReportedHazard,
    Road,
    Secured,
)
from wildlife.timeline.entry import ALWAYS, Impossible
from wildlife.words.vocabularies import (
    ClearingMethod,
    HazardState,
    HazardType,
    Passability,
    SafetyMeasure,
)

# Which entries are possible in which state. `notified` is a duty that outlives the hazard.
STEPS: Final[dict[HazardState, list[str]]] = {
    HazardState.DISCOVERED: [
        "secured", "notified", "clearing", "cleared", "handed_over", "false_report",
    ],
    HazardState.SECURED: [
        "secured", "notified", "clearing", "cleared", "reopened", "handed_over", "false_report",
    ],
    HazardState.CLEARING: [
        "secured", "notified", "clearing", "cleared", "reopened", "handed_over",
    ],
    HazardState.CLEARED: ["secured", "notified", "clearing", "reopened", "handed_over"],
    HazardState.REOPENED: ["notified"],
    HazardState.HANDED_OVER: ["notified"],
    HazardState.FALSE_REPORT: [],
}  # fmt: skip
SETTLED: Final = {HazardState.REOPENED, HazardState.HANDED_OVER, HazardState.FALSE_REPORT}


class Notification(msgspec.Struct, frozen=True):
    """Whom the station told of the hazard, and when."""

    unit: str
    person: str | None
    notified_at: datetime


class RoadHazardState(msgspec.Struct, frozen=True):
    """A road hazard as it is now."""

    type: HazardType
    state: HazardState
    passability: Passability
    road: Road
    description: str | None
    casualties: int | None
    damage: str | None
    measures: list[SafetyMeasure] = []
    notified: list[Notification] = []
    clearing_method: ClearingMethod | None = None
    people: int | None = None
    machines: int | None = None
    secured_at: datetime | None = None
    clearing_at: datetime | None = None
    cleared_at: datetime | None = None
    reopened_at: datetime | None = None
    handed_over_to: str | None = None


def reported(hazard: ReportedHazard) -> RoadHazardState:
    """The hazard as it was found."""
    return RoadHazardState(
        type=hazard.type,
        state=HazardState.DISCOVERED,
        passability=hazard.passability,
        road=hazard.road,
        description=hazard.description,
        casualties=hazard.casualties,
        damage=hazard.damage,
    )


def advance(hazard: RoadHazardState, entry: HazardEntry) -> RoadHazardState | Impossible:
    """The hazard after `entry`, or why that entry is not possible now."""
    step = str(entry.__struct_config__.tag)
    if step not in STEPS[hazard.state]:
        return Impossible(
            f"The hazard is {hazard.state.en}; {step} can't follow.",
            f"险情状态为“{hazard.state.zh}”，不能记录 {step}。",
            [*STEPS[hazard.state], *ALWAYS],
        )
    match entry:
        case Secured():
            return replace(
                hazard,
                state=_at_least(hazard.state, HazardState.SECURED),
                measures=[
                    *hazard.measures,
                    *(m for m in entry.measures if m not in hazard.measures),
                ],
                secured_at=hazard.secured_at or entry.happened_at,
            )
        case Notified():
            told = Notification(entry.unit, entry.person, entry.happened_at)
            return replace(hazard, notified=[*hazard.notified, told])
        case Clearing():
            return replace(
                hazard,
                state=HazardState.CLEARING,
                clearing_method=entry.method,
                people=entry.people if entry.people is not None else hazard.people,
                machines=entry.machines if entry.machines is not None else hazard.machines,
                clearing_at=hazard.clearing_at or entry.happened_at,
            )
        case Cleared():
            return replace(hazard, state=HazardState.CLEARED, cleared_at=entry.happened_at)
        case Reopened():
            return replace(
                hazard,
                state=HazardState.REOPENED,
                passability=entry.passability,
                reopened_at=entry.happened_at,
            )
        case HandedOver():
            return replace(hazard, state=HazardState.HANDED_OVER, handed_over_to=entry.unit)
        case FalseReport():
            return replace(hazard, state=HazardState.FALSE_REPORT, passability=Passability.OPEN)
        case _:
            assert_never(entry)


def _at_least(state: HazardState, reached: HazardState) -> HazardState:
    """A warning sign put up while the road is being cleared takes nothing back."""
    order = list(HazardState)
    return max(state, reached, key=order.index)
