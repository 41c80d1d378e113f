"""A road on which rock fell, what is said of it, and what is answered then."""

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from tests.users import Person, road_hazard


def at(hour: int, minute: int = 0) -> str:
    return f"2024-08-04T{hour:02}:{minute:02}:00+08:00"


def road(**said: Any) -> dict[str, Any]:
    """An opening: rock on a forest road, found at 09:10, and what else is said of it."""
    opening = road_hazard()
    return opening | {"hazard": opening["hazard"] | said}


async def told(person: Person, incident_id: str, *said: dict[str, Any]) -> dict[str, Any]:
    """The hazard after these entries."""
    for one in said:
        await person.appended(incident_id, one)
    hazard: dict[str, Any] = (await person.read(f"/incidents/{incident_id}"))["hazard"]
    return hazard


async def owed(person: Person, incident_id: str) -> dict[str, str | None]:
    missing = (await person.read(f"/incidents/{incident_id}"))["missing"]
    return {one["code"]: one["due_at"] for one in missing}


async def listed(person: Person, **asked: str) -> list[str]:
    found = await person.read("/hazards", params=asked)
    return [one["incident_id"] for one in found["items"]]


Moment: TypeAlias = int | str | None
WIDTH = {"blocked": 0, "partly": 1, "limited_hours": 1, "makeshift": 1, "open": 2}


@dataclass(frozen=True)
class Road:
    """The model: what was done since the road was found as it is, and how traffic passes."""

    passes: str
    done: frozenset[str] = frozenset()
    real: bool = False
    """Somebody cleared or reopened it, now or an earlier time, or it came back."""
    ebbed: bool = False
    """All passes, where it did not before."""
    times: int = 0
    """How often it came back."""
    nothing: bool = False
    opened_at: Moment = None
    cleared_at: Moment = None
    found_false_at: Moment = None

    def may(self, step: str, at: Moment) -> bool:
        if self.nothing and step == "secured" and at == self.found_false_at:
            return True
        if self.nothing:
            return step not in ("secured", "clearing", "cleared")
        return step != "false_report" or not self.real

    def after(self, step: str, passes: str | None, at: Moment) -> "Road":
        if step == "false_report":
            since = self.found_false_at if self.nothing else at
            return replace(self, nothing=True, passes="open", ebbed=False, found_false_at=since)
        if self.nothing and (passes is None or (step, passes) == ("reopened", "open")):
            return self
        road = self
        if self.is_another(step, passes, at):
            came_back = self.real or self.ebbed
            road = Road("open", real=came_back, times=self.times + came_back)
        if passes is not None and passes != road.passes:
            road = replace(road, ebbed=passes == "open", opened_at=at)
        if step == "road_update":
            return replace(road, passes=passes or self.passes)
        gone = {"cleared"} if step == "clearing" and at != road.cleared_at else set()
        return replace(
            road,
            done=road.done - gone | {step},
            passes=passes or self.passes,
            real=self.real or step in ("clearing", "cleared", "reopened"),
            cleared_at=at if step == "cleared" else road.cleared_at,
        )

    def is_another(self, step: str, passes: str | None, at: Moment) -> bool:
        """Whether it is blocked again, since it was done with and less of it passes than did."""
        if passes is None or not self.is_done_with(at):
            return False
        said_blocked = step == "road_update" and passes == "blocked" and "cleared" in self.done
        return WIDTH[passes] < WIDTH[self.passes] or said_blocked

    def is_done_with(self, at: Moment) -> bool:
        is_open = self.passes == "open" and not (self.ebbed and self.opened_at == at)
        open_by_itself = is_open and (self.ebbed or "handed_over" in self.done)
        return self.nothing or bool(self.done & {"reopened", "cleared"}) or open_by_itself

    @property
    def state(self) -> str:
        if self.nothing:
            return "false_report"
        if self.done >= {"reopened", "handed_over"}:
            return "reopened" if self.passes == "open" else "handed_over"
        for step in ("reopened", "handed_over", "cleared", "clearing", "secured"):
            if step in self.done:
                return step
        return "discovered"
