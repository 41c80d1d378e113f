"""A road in every state that it can come to, held against a small model of it."""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as altered

from tests.arrivals import taken_in_the_end
from tests.hazards.roads import WIDTH, Road
from wildlife.hazards import state
from wildlife.hazards.entries import HazardEntry, ReportedHazard
from wildlife.hazards.hazard import RoadHazardState
from wildlife.hazards.state import SETTLED
from wildlife.kinds import KINDS
from wildlife.people.accounts import OfficerRef
from wildlife.people.codes import Role
from wildlife.people.stations import StationRef
from wildlife.timeline.chain import Facts, Recorded, RecordedEntry, RecordedOpening
from wildlife.timeline.entry import Impossible
from wildlife.timeline.fold import Folded, fold

FOUND_AT = datetime(2024, 8, 4, 1, 10, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")

# What may be said, and how traffic passes after it where that is said.
STEPS: list[tuple[str, str | None]] = [
    ("secured", None),
    ("notified", None),
    ("clearing", None),
    ("cleared", None),
    ("handed_over", None),
    ("false_report", None),
    ("reopened", "open"),
    ("reopened", "partly"),
    ("reopened", "makeshift"),
    ("road_update", None),  # only who is stuck
    ("road_update", "blocked"),
    ("road_update", "partly"),
    ("road_update", "limited_hours"),
    ("road_update", "open"),
]
STUCK = {"extent": {"people_stuck": 3}, "detour": "绕行"}
FIELDS: dict[str, dict[str, Any]] = {
    "road_update": STUCK,
    "secured": {"measures": ["cordon"]},
    "notified": {"unit": "养护队"},
    "clearing": {"method": "by_hand"},
    "handed_over": {"unit": "公路局"},
}


@cache
def body(number: int, step: str, passes: str | None) -> HazardEntry:
    """The entry of a step, an hour after the one before it: one of a few that is often the same."""
    at = (FOUND_AT + timedelta(hours=number)).isoformat()
    said: HazardEntry = msgspec.convert(
        {"type": step, "id": str(UUID(int=number + 100)), "happened_at": at, "recorded_at": at}
        | FIELDS.get(step, {})
        | ({} if passes is None else {"passability": passes}),
        KINDS.entry,
    )
    return said


def found(passes: str) -> RoadHazardState:
    hazard = {"type": "rockfall", "passability": passes} | STUCK
    return state.reported(msgspec.convert(hazard, ReportedHazard), FOUND_AT)


def without_times(hazard: RoadHazardState) -> dict[str, Any]:
    """All that tells one state of a road from another, and no more of them than can be gone
    through."""
    said = msgspec.to_builtins(hazard)
    bare = {
        name: value is not None if name.endswith("_at") else value for name, value in said.items()
    }
    return bare | {
        "since": None,
        "blocked_from": hazard.blocked_from is not None,
        "blocked_until": hazard.blocked_until is not None,
        "open_from": hazard.open_from is not None,
        "recurrences": min(hazard.recurrences, 2),
        "notified": bool(hazard.notified),
    }


@pytest.mark.parametrize("passes", WIDTH)
def test_a_road_is_in_every_state_as_the_model_says(passes: str) -> None:
    waiting = deque([(found(passes), Road(passes), 1)])
    seen: set[bytes] = set()
    while waiting:
        hazard, road, hour = waiting.popleft()
        road = replace(road, times=min(road.times, 2))
        key = msgspec.json.encode((without_times(hazard), sorted(road.done), road.real, road.times))
        if key in seen:
            continue
        seen.add(key)
        assert (hazard.state, hazard.passability) == (road.state, road.passes)
        blocked = hazard.blocked_from is not None and hazard.blocked_until is None
        assert blocked == (road.passes == "blocked")
        assert (hazard.open_from is not None) == road.ebbed
        assert (hazard.found_false_at is not None) == road.nothing
        assert min(hazard.recurrences, 2) == road.times
        if road.passes == "open":
            assert (hazard.extent.people_stuck, hazard.detour) == (None, None)
        if not road.nothing:
            assert bool(hazard.measures) == ("secured" in road.done)
            assert bool(hazard.notified) == bool(road.done & {"notified", "handed_over"})
        if road.state == "reopened":
            assert road.passes != "blocked"
        assert (hazard.state in SETTLED) == (
            road.nothing or bool(road.done & {"reopened", "handed_over"})
        )
        for step, after in STEPS:
            became = state.advance(hazard, body(hour, step, after))
            assert isinstance(became, Impossible) != road.may(step, hour), (road, step)
            assert (step in state.steps(hazard)) == road.may(step, hour)
            if not isinstance(became, Impossible):
                waiting.append((became, road.after(step, after, hour), hour + 1))
    assert len(seen) > 200


OFFICER = OfficerRef(
    UUID(int=2), "150723001", "民警", Role.OFFICER, StationRef(UUID(int=1), "150723", "克一河分局")
)
INCIDENT = UUID(int=3)
OPENING: RecordedOpening = Recorded(
    INCIDENT,
    1,
    "",
    FOUND_AT,
    OFFICER,
    msgspec.convert(
        {
            "kind": "road_hazard",
            "id": str(INCIDENT),
            "source": "report",
            "found_at": FOUND_AT.isoformat(),
            "place": {"description": "防火公路"},
            "hazard": {"type": "rockfall", "passability": "blocked"},
        },
        KINDS.opening,
    ),
    Facts(case_number="1-1-001"),
)


@st.composite
def days(draw: st.DrawFn) -> list[RecordedEntry]:
    """What happens to a road, each step possible after the one before it, and the closing."""
    road, said = Road("blocked"), []
    for number in range(1, draw(st.integers(2, 8)) + 1):
        step, passes = draw(st.sampled_from([one for one in STEPS if road.may(one[0], number)]))
        said.append(recorded(body(number, step, passes)))
        road = road.after(step, passes, number)
    if road.nothing or road.done & {"reopened", "handed_over"}:
        said.append(recorded(body(len(said) + 1, "closing", None)))
    return said


def recorded(said: HazardEntry) -> RecordedEntry:
    return Recorded(INCIDENT, 2, "", FOUND_AT, OFFICER, said, Facts())


def folded(entries: list[RecordedEntry]) -> Folded:
    return fold(KINDS, OPENING, entries, ZONE)


def is_taken(entries: list[RecordedEntry]) -> bool:
    return not folded(entries).refusals


@given(days(), st.randoms(use_true_random=False))
@settings(max_examples=750, suppress_health_check=list(HealthCheck))
def test_every_order_of_arrival_is_taken_in_the_end_and_ends_in_the_same_road(
    happened: list[RecordedEntry], random: Random
) -> None:
    taken, waiting = taken_in_the_end(happened, lambda one, taken: [*taken, one], is_taken, random)
    assert waiting == []
    assert folded(taken).incident == folded(happened).incident


@given(days())
@settings(max_examples=200, suppress_health_check=list(HealthCheck))
def test_each_time_that_a_road_was_closed_ends_when_something_passes(
    happened: list[RecordedEntry],
) -> None:
    roads = [folded(happened[:number]).incident for number in range(len(happened) + 1)]
    for before, after in pairwise(msgspec.to_builtins(one)["hazard"] for one in roads):
        was, is_ = (one["passability"] == "blocked" for one in (before, after))
        assert is_ == (after["blocked_from"] is not None and after["blocked_until"] is None)
        if was and is_ and after["since"] == before["since"]:
            assert after["blocked_from"] == before["blocked_from"]


@pytest.mark.parametrize(
    ("also", "ends"),
    [
        # What is said of the road is said of it as it then is: it is being cleared again.
        (("road_update", "blocked"), ("clearing", "blocked")),
        (("reopened", "partly"), ("reopened", "partly")),
        (("road_update", None), ("reopened", "open")),
        (("handed_over", None), ("reopened", "open")),
        (("secured", None), ("reopened", "open")),
    ],
)
def test_the_same_moment_is_ordered_by_what_it_means(
    also: tuple[str, str | None], ends: tuple[str, str]
) -> None:
    steps = [("reopened", "open"), ("cleared", None), also, ("clearing", None)]
    for turn in range(4):
        same = [
            recorded(altered(body(1, *step), id=UUID(int=200 + (number + turn) % 4)))
            for number, step in enumerate(steps)
        ]
        hazard = msgspec.to_builtins(folded(same).incident)["hazard"]
        assert (hazard["state"], hazard["passability"]) == ends


def test_what_the_first_version_took_as_reopened_and_blocked_is_read_as_it_was_said() -> None:
    hazard = state.advance(found("blocked"), body(1, "reopened", "blocked"))
    assert isinstance(hazard, RoadHazardState)
    assert (hazard.state, hazard.passability) == ("reopened", "blocked")
    hazard = state.advance(hazard, body(2, "reopened", "open"))
    assert isinstance(hazard, RoadHazardState)
    assert (hazard.blocked_until, hazard.recurrences) == (FOUND_AT + timedelta(hours=2), 0)
