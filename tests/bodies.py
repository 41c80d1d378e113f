"""A body of every kind with every field filled: what the tests over all fields start from."""

from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from tests.users import entry, identification, release, rescue, road_hazard
from wildlife.hazards.entries import RoadHazardOpening
from wildlife.kinds import KINDS
from wildlife.rescues.entries import RescueOpening

_POINT = {
    "longitude": 117.542,
    "latitude": 43.318,
    "datum": "WGS84",
    "accuracy_m": 12.5,
    "source": "device",
}
_PLACE = {"description": "大局子林场三道沟", "region_code": "150425", "point": _POINT}
_INFORMANT = {
    "name": "王建国",
    "role": "forest_ranger",
    "phone": "13800000000",
    "address": "大局子林场",
    "id_document": "150425190001010000",
    "confidential": True,
}
_SHARED: dict[str, Any] = {
    "place": _PLACE,
    "informant": _INFORMANT,
    "summary": "林中发现长嘴巴怪鸟被困",
    "recorded_at": "2024-07-29T15:25:00+08:00",
    "officers": ["150425001", "150425002"],
    "receipt_number": "SJ-2024-17",
}


def full_rescue() -> dict[str, Any]:
    """A rescue with two animals, in which nothing is left out."""
    animal = {
        "reported_as": "长嘴巴怪鸟",
        "count": 3,
        "life_stage": "juvenile",
        "sex": "unknown",
        "cause": "weather_soaked",
        "condition": "weak",
    }
    return rescue(**_SHARED, animals=[animal, animal | {"count": 1}])


def full_hazard() -> dict[str, Any]:
    """A road hazard in which nothing is left out."""
    return road_hazard(
        **_SHARED,
        hazard={
            "type": "rockfall",
            "passability": "blocked",
            "road": {
                "name": "克一河林场防火公路",
                "code": "L12",
                "category": "forest_road",
                "stake_from": "K12+300",
                "stake_to": "K12+350",
            },
            "description": "落石和枝条堵住整个路面",
            "casualties": 0,
            "damage": "护栏受损",
        },
    )


def full_entries() -> list[dict[str, Any]]:
    """An entry of each type with every field, for a rescue with an animal 1 or a road hazard.

    `entry_id` of an amendment and a void is the incident's own, `duplicate_of` another's: `...`.
    """
    note = {"note": "观察记录"}
    settling: dict[str, Any] = {"animal": 1, "count": 1, **note}
    return [
        entry(
            "assessment",
            animal=1,
            **note,
            exam="intake",
            condition="weak",
            attitude="depressed",
            body_condition="thin",
            injuries="无明显外伤",
            weight_g=1850.5,
            temperature_c=39.2,
            suspected_disease="无",
        ),
        entry("care", animal=1, **note, feeding="小鱼"),
        entry("treatment", animal=1, **note, medication="葡萄糖", dose="5 mL"),
        identification(basis="羽色和喙形", **note),
        entry(
            "transfer",
            "2024-08-01T10:00:00+08:00",
            **settling,
            recipient="赤峰市野生动物救护站",
            recipient_kind="rescue_centre",
            receipt_number="YJ-7",
        ),
        release(
            **settling,
            habitat="水库湿地",
            witness="李某",
            ring_number="A1234",
            fit_to_release=True,
            site=_PLACE,
        ),
        entry(
            "death",
            **settling,
            circumstance="died_in_care",
            cause_of_death="衰竭",
            disposal="深埋",
        ),
        entry("escape", **settling),
        entry("no_rescue_needed", **settling),
        entry("secured", **note, measures=["warning_sign", "cordon"]),
        entry("notified", **note, unit="林场道路养护队", person="张队长"),
        entry("clearing", **note, method="by_hand", people=4, machines=1),
        entry("cleared", **note),
        entry("reopened", **note, passability="open"),
        entry("handed_over", **note, unit="公路局", person="张某", receipt_number="J-9"),
        entry("false_report", **note),
        entry("note", **note),
        entry("amendment", **note, entry_id=..., changes={"summary": "更正"}, reason="笔误"),
        entry("void", **note, entry_id=..., reason="重复"),
        entry("handover", **note, station="150425", badge="150425001"),
        entry("closing", **note, reason="duplicate", duplicate_of=...),
    ]


def leaves(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every scalar, and of every list and object, in a body."""
    if path:
        yield path
    for key, inner in (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    ):
        yield from leaves(inner, (*path, key))


def changed_at(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of the body with another value at this path."""
    if not path:
        return value
    copy: Any = dict(body) if isinstance(body, dict) else list(body)
    copy[path[0]] = changed_at(body[path[0]], path[1:], value)
    return copy


def declared_fields(type_: Any) -> set[str]:
    """The names of all fields that a body of this type may have, inner ones as `outer.inner`."""
    return set(_fields(inspect.type_info(type_), ""))


def _fields(kind: inspect.Type, path: str) -> Iterator[str]:
    match kind:
        case inspect.Metadata(type=inner):
            yield from _fields(inner, path)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _fields(one, path)
        case inspect.ListType(item_type=inner):
            yield from _fields(inner, path)
        case inspect.StructType(fields=fields):
            for field in fields:
                name = f"{path}.{field.encode_name}" if path else field.encode_name
                yield name
                yield from _fields(field.type, name)
        case _:
            pass


OPENINGS = {RescueOpening: full_rescue, RoadHazardOpening: full_hazard}
ENTRY_TYPES = {str(type_.__struct_config__.tag): type_ for type_ in KINDS.appendable.__args__}
