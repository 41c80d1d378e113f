"""What follows from the entries of a road hazard. Pure.

Two things are told apart: how far the hazard is dealt with (`state`), and how traffic passes
(`passability`), which may change at any time. The first goes back only where there is more to
clear; and where a road that was cleared or reopened, or passed by itself, is blocked again, all
begins anew.
"""

from datetime import datetime
from typing import Final, TypeVar, assert_never

from msgspec.structs import replace

from wildlife.hazards.closures import unreported_from
from wildlife.hazards.codes import HazardState, Passability, RoadUnit
from wildlife.hazards.entries import (
    Cleared,
    Clearing,
    FalseReport,
    HandedOver,
    HazardEntry,
    Notified,
    Reopened,
    ReportedHazard,
    RoadUpdate,
    Secured,
)
from wildlife.hazards.hazard import Notification, RoadHazardState
from wildlife.hazards.passing import freed, passes_less, passing
from wildlife.timeline.entry import ALWAYS, Impossible, tag
from wildlife.words.structs import updated

T = TypeVar("T")

SETTLED: Final = {HazardState.REOPENED, HazardState.HANDED_OVER, HazardState.FALSE_REPORT}

_STEPS: Final = [
    tag(one) for one in (Secured, Notified, RoadUpdate, Clearing, Cleared, Reopened, HandedOver)
]
# Nothing is secured or cleared of a false report. What settles a hazard stays possible: a barrier
# is taken away, a second patrol finds nothing either. Were it not, two late reports on a closed
# incident could wait for each other: that it proved true, and what became of it.
_STEPS_OF_NOTHING: Final = [
    tag(one) for one in (Notified, RoadUpdate, Reopened, HandedOver, FalseReport)
]

# How far a hazard is: what comes later in the list is not taken back by what comes before.
_PROGRESS: Final = [
    HazardState.DISCOVERED,
    HazardState.SECURED,
    HazardState.CLEARING,
    HazardState.CLEARED,
    HazardState.HANDED_OVER,
    HazardState.REOPENED,
    HazardState.FALSE_REPORT,
]


def reported(hazard: ReportedHazard, found_at: datetime) -> RoadHazardState:
    """The hazard as it was found."""
    found = RoadHazardState(
        type=hazard.type,
        types=_all_of([hazard.type], hazard.types),
        state=HazardState.DISCOVERED,
        passability=hazard.passability,
        road=hazard.road,
        description=hazard.description,
        cause=hazard.cause,
        extent=hazard.extent,
        most_vehicles_stuck=hazard.extent.vehicles_stuck,
        most_people_stuck=hazard.extent.people_stuck,
        casualties=hazard.casualties,
        damage=hazard.damage,
        detour=hazard.detour,
        expected_reopening_at=hazard.expected_reopening_at,
        since=found_at,
        blocked_from=found_at if hazard.passability is Passability.BLOCKED else None,
    )
    return freed(found) if found.passability is Passability.OPEN else found


def steps(hazard: RoadHazardState) -> list[str]:
    """Which entries are possible now."""
    if hazard.state is HazardState.FALSE_REPORT:
        return _STEPS_OF_NOTHING
    return _STEPS if _was_there(hazard) else [*_STEPS, tag(FalseReport)]


def advance(hazard: RoadHazardState, entry: HazardEntry) -> RoadHazardState | Impossible:
    """The hazard after `entry`, or why that entry is not possible now."""
    if tag(entry) not in steps(hazard) and not _was_put_up_before(entry, hazard):
        return _impossible(hazard)
    after = _dealt_with(_after(hazard, entry))
    return freed(after) if after.passability is Passability.OPEN else after


def _dealt_with(hazard: RoadHazardState) -> RoadHazardState:
    """Of a road that was reopened and handed over, in whatever order: what is not yet passable over
    its whole width is with who took it over."""
    if hazard.handed_over_to is None or hazard.reopened_at is None:
        return hazard
    if hazard.state not in (HazardState.REOPENED, HazardState.HANDED_OVER):
        return hazard
    is_open = hazard.passability is Passability.OPEN
    return replace(hazard, state=HazardState.REOPENED if is_open else HazardState.HANDED_OVER)


def _was_put_up_before(entry: HazardEntry, hazard: RoadHazardState) -> bool:
    """Whether a sign was put up in the minute in which there turned out to be nothing."""
    return isinstance(entry, Secured) and entry.happened_at == hazard.found_false_at


def _after(hazard: RoadHazardState, entry: HazardEntry) -> RoadHazardState:
    match entry:
        case Secured():
            return replace(
                hazard,
                state=_at_least(hazard.state, HazardState.SECURED),
                measures=_all_of(hazard.measures, entry.measures),
                secured_at=hazard.secured_at or entry.happened_at,
            )
        case Notified():
            return _notified(hazard, entry)
        case RoadUpdate():
            return _updated(hazard, entry)
        case Clearing():
            # That of the minute in which it was cleared takes nothing back.
            cleared_at = hazard.cleared_at if hazard.cleared_at == entry.happened_at else None
            more_to_clear = hazard.state is HazardState.CLEARED and cleared_at is None
            before = HazardState.CLEARING if more_to_clear else hazard.state
            return replace(
                hazard,
                state=_at_least(before, HazardState.CLEARING),
                clearing_method=entry.method,
                people=entry.people if entry.people is not None else hazard.people,
                machines=entry.machines if entry.machines is not None else hazard.machines,
                done_by=entry.unit or hazard.done_by,
                clearing_at=hazard.clearing_at or entry.happened_at,
                cleared_at=cleared_at,
            )
        case Cleared():
            return replace(
                hazard,
                state=_at_least(hazard.state, HazardState.CLEARED),
                done_by=entry.unit or hazard.done_by,
                cleared_at=entry.happened_at,
            )
        case Reopened():
            return _reopened(hazard, entry)
        case HandedOver():
            return replace(
                _notified(hazard, entry),
                state=_at_least(hazard.state, HazardState.HANDED_OVER),
                handed_over_to=entry.unit,
            )
        case FalseReport():
            return replace(
                hazard,
                state=HazardState.FALSE_REPORT,
                passability=Passability.OPEN,
                blocked_from=None,
                blocked_until=None,
                open_from=None,
                found_false_at=hazard.found_false_at or entry.happened_at,
                unreported_from=None,
            )
        case _:
            assert_never(entry)


def _reopened(hazard: RoadHazardState, entry: Reopened) -> RoadHazardState:
    """A road of which less is reopened than passed before was blocked in between, though nobody
    said so. It is not refused: what was reopened before may come later than this."""
    if hazard.state is HazardState.FALSE_REPORT and entry.passability is Passability.OPEN:
        return hazard
    if passes_less(entry.passability, hazard.passability):
        hazard = _begun_anew(hazard, entry.happened_at)
    return replace(
        passing(hazard, entry.passability, entry.happened_at),
        state=HazardState.REOPENED,
        done_by=entry.unit or hazard.done_by,
        reopened_at=entry.happened_at,
    )


def _updated(hazard: RoadHazardState, update: RoadUpdate) -> RoadHazardState:
    now = update.passability or hazard.passability
    if passes_less(now, hazard.passability) or _blocked_though_cleared(hazard, update):
        hazard = _begun_anew(hazard, update.happened_at)
    hazard, said = passing(hazard, now, update.happened_at), update.extent
    return replace(
        hazard,
        types=_all_of(hazard.types, update.types),
        extent=updated(hazard.extent, said),
        most_vehicles_stuck=_most(hazard.most_vehicles_stuck, said.vehicles_stuck),
        most_people_stuck=_most(hazard.most_people_stuck, said.people_stuck),
        detour=update.detour or hazard.detour,
        expected_reopening_at=update.expected_reopening_at or hazard.expected_reopening_at,
    )


def _blocked_though_cleared(hazard: RoadHazardState, update: RoadUpdate) -> bool:
    """Whether it is blocked again though nobody said that anything passed: "cleared" says that
    nothing blocks it any more. That too much is owed is better than a sign that nobody puts up."""
    return hazard.cleared_at is not None and update.passability is Passability.BLOCKED


def _begun_anew(hazard: RoadHazardState, at: datetime) -> RoadHazardState:
    """The road found blocked after it was cleared or reopened or passed by itself, or after all:
    nothing of it is done yet. A hazard that is not done with goes on as it is."""
    if not _is_done_with(hazard, at):
        return hazard
    passed = passing(freed(hazard), Passability.OPEN, hazard.cleared_at or at)
    return replace(
        passed.anew(),
        state=HazardState.DISCOVERED,
        since=at,
        recurrences=hazard.recurrences + (_was_there(hazard) or hazard.open_from is not None),
        unreported_from=unreported_from(passed),
    )


def _is_done_with(hazard: RoadHazardState, at: datetime) -> bool:
    """Whether what blocks it now is another thing than what was dealt with, or went by itself; who
    took a blocked road over goes on dealing with it until it is cleared, or passes. That a road was
    open for no time is said of two who contradict each other."""
    if hazard.state is HazardState.FALSE_REPORT or hazard.reopened_at or hazard.cleared_at:
        return True
    is_open = hazard.passability is Passability.OPEN and hazard.open_from != at
    return is_open and (hazard.state is HazardState.HANDED_OVER or hazard.open_from is not None)


def _notified(hazard: RoadHazardState, entry: Notified | HandedOver) -> RoadHazardState:
    told = Notification(entry.unit, entry.person, entry.happened_at, entry.unit_kind)
    to_superior = entry.unit_kind is RoadUnit.SUPERIOR
    return replace(
        hazard,
        notified=[*hazard.notified, told],
        unreported_from=None if to_superior else hazard.unreported_from,
    )


def _was_there(hazard: RoadHazardState) -> bool:
    """Whether somebody has cleared or reopened it, or it came back, which then was no false
    report."""
    done = hazard.clearing_at or hazard.cleared_at or hazard.reopened_at
    return done is not None or hazard.recurrences > 0


def _impossible(hazard: RoadHazardState) -> Impossible:
    possible = [*steps(hazard), *ALWAYS]
    if hazard.state is HazardState.FALSE_REPORT:
        return Impossible(
            "The report was false: there is nothing to secure or clear. If something blocks the"
            " road after all, record how traffic passes first.",
            "本起警情已核实为误报，没有需要警示或清除的险情。如道路确实受阻，请先更新路况，"
            "记录通行情况。",
            possible,
        )
    return Impossible(
        "The road was cleared or reopened, or blocked more than once, so the report was not false."
        " If that was recorded by mistake, void it first.",
        "本起警情已有清除、恢复通行或再次受阻的记录，说明险情属实，不能记为误报。如该记录有误，请先作废。",
        possible,
    )


def _at_least(state: HazardState, reached: HazardState) -> HazardState:
    """A warning sign put up while the road is being cleared takes nothing back."""
    return max(state, reached, key=_PROGRESS.index)


def _most(before: int | None, now: int | None) -> int | None:
    return max((one for one in (before, now) if one is not None), default=None)


def _all_of(first: list[T], more: list[T]) -> list[T]:
    """Both, each once, as they come."""
    return list(dict.fromkeys([*first, *more]))
