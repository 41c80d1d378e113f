"""What officers say of an incident: sensible as a rule, and in whatever order it comes to mind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.timeline.lives import ALIENS, NO_SPECIES, Life, Lives
from tests.timeline.paper import ENDS, KEPT_BY, Body
from tests.timeline.world import STATIONS
from tests.users import identification, release, road_hazard

FOUND_AT = datetime.fromisoformat(road_hazard()["found_at"])
STRANGE = str(UUID(int=7))
SPECIES = ["phalacrocorax_carbo"] * 6 + [*ALIENS, NO_SPECIES]
KEEPERS = ["救护站", "动物园"]

# What an entry of a type needs, whatever it says.
NEEDED: dict[str, Body] = {
    "note": {"note": "观察"},
    "told": {"result": "已告知"},
    "informant": {"informant": {"name": "王建国"}},
    "secured": {"measures": ["cordon"]},
    "notified": {"unit": "养护队"},
    "clearing": {"method": "by_hand"},
    "handed_over": {"unit": "公路局"},
    "release": {name: release()[name] for name in ("site", "method", "officers")},
    "identification": {name: identification()[name] for name in ("identified_by", "confidence")},
}


def at(hour: int, minute: int = 0) -> str:
    return (FOUND_AT + timedelta(hours=hour, minutes=minute)).isoformat()


def tell(chance: Random, life: Life, lives: Lives, said: list[Body]) -> Body:
    """An entry without id and times.

    said: what was said of the incident so far, whether it has come or not.
    """
    of_its_kind = _of_animals if life.kind == "rescue" else _of_a_road
    ways: dict[Callable[[Random, Life, Lives, list[Body]], Body], int] = {
        of_its_kind: 20,
        _of_any: 2,
        _handover: 3,
        _correction: 6,
        _closing: 4 if life.paper.is_settled else 2,
    }
    [way] = chance.choices([*ways], [*ways.values()])
    body = way(chance, life, lives, said)
    told = {name: value for name, value in body.items() if value is not None}
    return NEEDED.get(body["type"], {}) | told


def _of_animals(chance: Random, life: Life, _: Lives, said: list[Body]) -> Body:
    adding = [one["id"] for one in said if one.get("type") in ("addition", "split")]
    animal = chance.choice([*[*life.paper.groups] * 4, *adding[-2:], 7])
    kind = chance.choice(
        ["some", "some", "return"] * 5
        + ["identification", "release", "split"] * 3
        + ["addition", "assessment", "treatment"]
        + ["care"] * 2
    )
    count = chance.choice([None, 1, 1, 1, 2, 3])
    went = [number for number, _, _ in life.paper.went.values()]
    if kind in ("return", "some") and went and chance.random() < 0.6:
        animal = chance.choice(went)
    elif chance.random() < 0.8:
        kind = _sensible(life, animal, kind)
    match kind:
        case "addition":
            return {"type": kind, "reported": {"count": chance.randint(1, 3)}}
        case "identification":
            return {"type": kind, "animal": animal, "species_id": chance.choice(SPECIES)}
        case "assessment":
            condition = chance.choice(["weak", "good"])
            return {"type": kind, "animal": animal, "condition": condition}
        case "return":
            by = chance.choice([None, None, said[-1]["id"], *life.paper.went])
            return {"type": kind, "animal": animal, "count": count, "entry_id": by}
        case "split":
            by = chance.choice([None, None, *_went_by(life, animal)])
            return {"type": kind, "animal": animal, "count": count or 1, "entry_id": by}
        case "care" | "treatment":
            return {"type": kind, "animal": animal, "note": "如常"}
    kind = chance.choice([*ENDS]) if kind == "some" else kind
    by = chance.choice([None, None, *_went_by(life, animal) * 2])
    if by and life.paper.went[by][1] not in KEPT_BY and chance.random() < 0.8:
        kind = "death"
    by = by if chance.random() < 0.9 else said[-1]["id"]
    keeper = {"transfer": "recipient", "allocation": "recipient", "long_term_care": "keeper"}
    keeps = {keeper[kind]: chance.choice(KEEPERS)} if kind in keeper else {}
    return {"type": kind, "animal": animal, "count": count, "entry_id": by} | keeps


def _went_by(life: Life, animal: int | str) -> list[str]:
    """The entries by which some of it is away."""
    number = life.paper.named(animal)
    return [one for one in life.paper.went if number and life.paper.of(number, one)]


def _sensible(life: Life, animal: int | str, kind: str) -> str:
    """What an officer rather says of an animal."""
    number = life.paper.named(animal)
    if number is None:
        return "addition"
    if kind == "return":
        return "some"
    if kind == "release" and life.paper.groups[number].species is None:
        return "identification"
    few = max(map(len, (life.paper.of(number, by) for by in [None, *life.paper.went]))) < 2
    return "some" if kind == "split" and few else kind


def _of_a_road(chance: Random, *_: Any) -> Body:
    steps = ["secured", "notified", "clearing", "cleared", "handed_over", "false_report"]
    kind = chance.choice([*steps, *["reopened", "road_update"] * 3])
    match kind:
        case "reopened":
            return {"type": kind, "passability": chance.choice(["partly", "open", None])}
        case "road_update":
            return {"type": kind, "passability": chance.choice(["blocked", "partly", "open"])}
    return {"type": kind}


def _of_any(chance: Random, *_: Any) -> Body:
    return {"type": chance.choice(["note", "told", "informant"])}


def _handover(chance: Random, *_: Any) -> Body:
    return {"type": "handover", "station": chance.choice(STATIONS)}


def _closing(chance: Random, life: Life, lives: Lives, _: list[Body]) -> Body:
    reason = chance.choice([None, None, "completed", "not_ours", "duplicate", "duplicate"])
    named = reason == "duplicate" or chance.random() < 0.1
    original = _other(chance, life, lives) if named else None
    return {"type": "closing", "reason": reason, "duplicate_of": original}


def _other(chance: Random, life: Life, lives: Lives) -> str:
    others = [one for one in lives if one != life.id]
    back = [one for one in others if lives[one].duplicate_of == life.id]
    return chance.choice([*others * 3, *back * 6, life.id, STRANGE])


def _correction(chance: Random, life: Life, lives: Lives, said: list[Body]) -> Body:
    """Of what was taken, as a rule, and rather lately; else of something that is still to come."""
    taken = [life.opening, *(one.body for one in life.entries)]
    given = [one for one in taken if one.get("type") == "handover"]
    target = chance.choice([*taken[-6:] * 2, *given, life.opening, said[-1]])
    if chance.random() < 0.35:
        return {"type": "void", "entry_id": target["id"]}
    changes = _changes(chance, target, _other(chance, life, lives))
    return {"type": "amendment", "entry_id": target["id"], "changes": changes}


def _changes(chance: Random, target: Body, other: str) -> Body:
    if "happened_at" in target and chance.random() < (0.6 if "station" in target else 0.3):
        since = datetime.fromisoformat(target["happened_at"]) - FOUND_AT
        moved = since // timedelta(hours=1) + chance.randint(-3, 3)
        return {"happened_at": at(max(0, moved))}
    match target.get("type", target.get("kind")):
        case "rescue":
            return {"animals": {chance.choice("12"): {"count": chance.randint(1, 6)}}}
        case "road_hazard":
            passes = chance.choice(["blocked", "partly", "open"])
            return {"hazard": {"passability": passes}}
        case "addition":
            return {"reported": {"count": chance.randint(1, 4)}}
        case "split":
            return {"count": chance.randint(1, 3)}
        case kind if kind == "return" or kind in ENDS:
            if chance.random() < 0.3:
                return {"animal": chance.choice([1, 2, 3])}
            return {"count": chance.choice([None, 1, 2, 3])}
        case "assessment":
            return {"condition": chance.choice(["weak", "good"])}
        case "identification":
            return {"species_id": chance.choice(SPECIES)}
        case "road_update" | "reopened":
            return {"passability": chance.choice(["partly", "open"])}
        case "closing":
            return chance.choice(
                [
                    {"reason": "not_ours", "duplicate_of": None},
                    {"reason": "duplicate", "duplicate_of": other},
                    {"duplicate_of": other},
                ]
            )
    return {"note": f"更正 {chance.randint(1, 9)}"}
