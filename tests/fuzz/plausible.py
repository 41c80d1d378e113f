"""What is right by itself, in an order in which nothing happens: released, then found; voided, then
amended; three birds of which five died."""

from random import Random
from typing import Any, Final

from tests.bodies import OPENED_FOR, as_change, full_entries
from tests.users import road_hazard

_OF_ALL: Final = {"note", "informant", "amendment", "void", "handover", "closing"}
_NEEDED: Final = {"type", "id", "happened_at", "recorded_at", "entry_id", "animal", "officers"}


def plausible(random: Random, id_: str, said: list[dict[str, Any]]) -> dict[str, Any]:
    """One more entry for a timeline on which this stands, the opening first."""
    is_road = "hazard" in said[0]
    fitting = [
        body
        for body in full_entries()
        if body["type"] in _OF_ALL or (OPENED_FOR[body["type"]] is road_hazard) == is_road
    ]
    body = random.choice(fitting)
    left = random.choice((0.0, 0.5, 0.9))
    body = {n: v for n, v in body.items() if n in _NEEDED or random.random() >= left}
    target = random.choice(said)
    aims: dict[str, Any] = {name: target["id"] for name, value in body.items() if value is ...}
    if body["type"] == "amendment":
        aims["changes"] = _other(random, target)
    if "animal" in body:
        aims["animal"] = random.choice((1, 1, 1, 2, 3, random.choice(said)["id"]))
    if "count" in body:
        aims["count"] = random.choice((1, 1, 2, 3, 4, 100_000))
    aims["happened_at"] = _some_time(random)
    return body | aims | {"id": id_}


def _other(random: Random, target: dict[str, Any]) -> dict[str, Any]:
    """One or two of its fields otherwise, or taken away."""
    names = sorted(set(target) - {"id", "type", "kind", "recorded_at", "informant"})
    changes = as_change({name: target[name] for name in random.sample(names, min(2, len(names)))})
    for name, value in changes.items():
        if name.endswith("_at"):
            changes[name] = _some_time(random)
        elif isinstance(value, int) and random.random() < 0.7:
            changes[name] = random.choice((1, 2, 3, 100))
        elif random.random() < 0.3:
            changes[name] = None
        elif isinstance(value, dict) and random.random() < 0.3:
            changes[name] = dict.fromkeys(value)
    return dict(changes)


def _some_time(random: Random) -> str:
    """One of few, so that many things happened at once."""
    return f"2024-08-{random.randrange(1, 6):02}T1{random.randrange(3)}:00:00+08:00"
