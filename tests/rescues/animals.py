"""Animals that are reported, and how they are told."""

from typing import Any

from tests.pictures import encoded, noise
from tests.users import Person

JPEG = encoded(noise(40, 30))
TEN = [{"reported_as": "水鸟", "count": 10}]


async def animals_of(person: Person, incident_id: str) -> list[dict[str, Any]]:
    animals: list[dict[str, Any]] = (await person.read(f"/incidents/{incident_id}"))["animals"]
    return animals


def heads(animal: dict[str, Any]) -> dict[str, int]:
    return {one["outcome"]: one["count"] for one in animal["outcomes"]}


async def refused(person: Person, incident_id: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await person.post(f"/incidents/{incident_id}/entries", body)
    assert answer.is_client_error, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


LATER = "2024-08-05T09:00:00+08:00"
ALIEN = "trachemys_scripta_elegans"
