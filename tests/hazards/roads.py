"""A road on which rock fell, what is said of it, and what is answered then."""

from typing import Any

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
