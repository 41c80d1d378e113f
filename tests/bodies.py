"""A body of every kind with every field filled: what the tests over all fields start from."""

import json
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from tests.users import entry, identification, release, rescue, road_hazard
from wildlife.hazards.entries import RoadHazardOpening
from wildlife.hazards.kind import ROAD_HAZARD
from wildlife.kinds import KINDS
from wildlife.rescues.opening import RescueOpening
from wildlife.timeline.entry import tag

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
_ANIMAL: dict[str, Any] = {
    "reported_as": "长嘴巴怪鸟",
    "count": 3,
    "life_stage": "juvenile",
    "sex": "unknown",
    "cause": "weather_soaked",
    "condition": "weak",
    "origin": "wild",
    "marks": [{"kind": "ring", "number": "A1234"}],
}
_EXTENT = {
    "blocked_length_m": 30.5,
    "blocked_lanes": 2,
    "volume_m3": 80.5,
    "vehicles_stuck": 3,
    "people_stuck": 7,
    "injured": 1,
    "dead": 0,
    "damage_yuan": 12000.5,
}
_SHARED: dict[str, Any] = {
    "place": _PLACE,
    "informant": _INFORMANT,
    "summary": "林中发现长嘴巴怪鸟被困",
    "recorded_at": "2024-07-29T15:25:00+08:00",
    "call": {
        "reported_at": "2024-07-29T15:00:00+08:00",
        "channel": "hotline_110",
        "ticket_number": "150425-110-0729",
        "dispatched_at": "2024-07-29T15:05:00+08:00",
        "arrived_at": "2024-07-29T15:20:00+08:00",
        "duty_leader": "带班领导",
        "vehicles": ["蒙D1234警"],
        "auxiliaries": 2,
    },
    "officers": ["150425001", "150425002"],
    "receipt_number": "SJ-2024-17",
}


def full_rescue() -> dict[str, Any]:
    """A rescue with two animals, in which nothing is left out of the first."""
    return rescue(
        **_SHARED,
        animals=[_ANIMAL, {"count": 1}],
        handed_over_by={
            "unit": "旗市场监督管理局",
            "persons": ["移送人甲", "移送人乙"],
            "document": "移送书 3 号",
            "at": "2024-07-29T15:10:00+08:00",
            "condition": "weak",
            "place_kept": "局内仓库",
        },
        seizure={"agency": "旗市场监督管理局", "case_number": "查 7 号", "opinion": "同意放归"},
    )


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
                "grade": "grade_4",
                "direction": "both",
                "stake_from": "K12+300",
                "stake_to": "K12+350",
            },
            "description": "落石和枝条堵住整个路面",
            "types": ["fallen_tree"],
            "cause": "natural",
            "extent": _EXTENT,
            "casualties": 0,
            "damage": "护栏受损",
            "detour": "经十五公里岔口绕行",
            "expected_reopening_at": "2024-08-04T18:00:00+08:00",
        },
    )


def full_entries() -> list[dict[str, Any]]:
    """An entry of each type with every field, for a rescue with an animal 1 or a road hazard.

    `entry_id` of an amendment and a void is the incident's own, `duplicate_of` another's: `...`.
    What ends the care of animals names no earlier end of theirs (`entry_id`), where there is none.
    """
    note = {"note": "观察记录"}
    settling: dict[str, Any] = {"animal": 1, "count": 1, "entry_id": None, **note}
    return [
        entry(
            "assessment",
            animal=1,
            **note,
            exam="intake",
            life_stage="juvenile",
            sex="female",
            condition="weak",
            attitude="depressed",
            body_condition="thin",
            injuries="无明显外伤",
            weight_g=1850.5,
            temperature_c=39.2,
            suspected_disease="无",
            pulse_per_min=220,
            breaths_per_min=30,
            wing_mm=340.5,
            body_length_mm=800.0,
            vet="李兽医",
        ),
        entry(
            "addition", **note, reported=_ANIMAL | {"marks": [{"kind": "chip", "number": "900"}]}
        ),
        entry("split", animal=1, count=1, entry_id=None, **note),
        entry("return", **settling | {"entry_id": ...}),
        entry(
            "care",
            animal=1,
            **note,
            feeding="小鱼",
            place_kept="所内暖房",
            isolated_from="2024-07-29T18:00:00+08:00",
            isolated_until="2024-08-02T18:00:00+08:00",
            quarantine="passed",
            quarantine_certificate="检 9 号",
            samples=["咽拭子"],
        ),
        entry(
            "marking",
            animal=1,
            **note,
            marks=_ANIMAL["marks"],
            taken_off=[{"kind": "ring", "number": "T-3"}],
        ),
        entry(
            "disease_report",
            animal=1,
            **note,
            suspected_disease="疑似禽流感",
            reported_to="旗疫源疫病监测站",
            person="张站长",
        ),
        entry(
            "agency_opinion",
            animal=1,
            **note,
            agency="旗市场监督管理局",
            opinion="同意放归",
            document="函 5 号",
        ),
        entry("long_term_care", **settling, keeper="赤峰市动物园", reason="翅部残疾"),
        entry(
            "allocation",
            **settling,
            recipient="赤峰市动物园",
            approval="批 6 号",
            receipt_number="调 8 号",
        ),
        entry("told", **note, result="已放归", channel="telephone"),
        entry("treatment", animal=1, **note, medication="葡萄糖", dose="5 mL"),
        identification(basis="羽色和喙形", **note),
        entry(
            "transfer",
            "2024-08-01T10:00:00+08:00",
            **settling,
            recipient="赤峰市野生动物救护站",
            recipient_kind="rescue_centre",
            station="15040201",
            receipt_number="YJ-7",
            person="王站长",
            telephone="0476-1234567",
            document="交接单 2 号",
            received_at="2024-08-01T12:00:00+08:00",
            condition="good",
            vehicle="蒙D5678",
        ),
        entry(
            "receipt",
            "2024-08-01T12:00:00+08:00",
            **settling | {"entry_id": ...},
            receipt_number="YJ-7",
            person="王站长",
            condition="good",
        ),
        release(
            **settling,
            habitat="水库湿地",
            witness="李某",
            ring_number="A1234",
            fit_to_release=True,
            marks=_ANIMAL["marks"],
            judged_fit_by="李兽医",
            quarantine="passed",
            quarantine_certificate="检 9 号",
            native_there=True,
            reason_there="当地有同种种群",
            weather="晴",
            consent="旗林草局同意",
            monitoring="环志回收",
            site=_PLACE,
            unit="赤峰市野生动物救护站",
            persons=["赵某", "钱某"],
        ),
        entry(
            "death",
            **settling,
            circumstance="died_in_care",
            cause_of_death="衰竭",
            disposal="深埋于林场",
            disposal_method="burial",
            disposal_place="林场北沟",
            disposed_by="民警甲",
            witness="护林员乙",
            quarantine="passed",
            quarantine_certificate="检 9 号",
        ),
        entry("escape", **settling),
        entry("no_rescue_needed", **settling),
        entry("secured", **note, measures=["warning_sign", "cordon"]),
        entry(
            "notified", **note, unit="林场道路养护队", person="张队长", unit_kind="road_authority"
        ),
        entry(
            "road_update",
            **note,
            passability="partly",
            types=["fallen_tree"],
            extent=_EXTENT,
            detour="经十五公里岔口绕行",
            expected_reopening_at="2024-08-04T18:00:00+08:00",
        ),
        entry("clearing", **note, method="by_hand", people=4, machines=1, unit="林场道路养护队"),
        entry("cleared", **note, unit="林场道路养护队"),
        entry("reopened", **note, passability="open", unit="林场道路养护队"),
        entry(
            "handed_over",
            **note,
            unit="公路局",
            person="张某",
            unit_kind="road_authority",
            receipt_number="J-9",
        ),
        entry("false_report", **note),
        entry("note", **note),
        entry("informant", **note, informant=_INFORMANT),
        entry("amendment", **note, entry_id=..., changes={"summary": "更正"}, reason="笔误"),
        entry("void", **note, entry_id=..., reason="重复"),
        entry("handover", **note, station="150425", badge="150425001"),
        entry("closing", **note, reason="duplicate", duplicate_of=...),
    ]


PHOTO_PARAMETERS = {
    "taken_at": "2024-07-29T16:05:00+08:00",
    "caption": "发现时",
    "about": "animal:1",
    "taken_place": json.dumps({"point": _POINT, "fixed_at": "2024-07-29T16:04:58+08:00"}),
}
"""All that may be said of a photo when it is sent, by PUT and by tus."""


def full_photo(photo_id: str) -> dict[str, Any]:
    """The entry of a photo in which nothing is left out, as an amendment of it may have it."""
    said = PHOTO_PARAMETERS | {"taken_place": json.loads(PHOTO_PARAMETERS["taken_place"])}
    taken_at = PHOTO_PARAMETERS["taken_at"]
    return entry("photo", taken_at, note="观察记录", **said) | {"id": photo_id}


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

# With which incident an entry of each type goes: one of all kinds, with a rescue.
OPENED_FOR = dict.fromkeys(ENTRY_TYPES, full_rescue) | dict.fromkeys(
    [tag(type_) for type_ in ROAD_HAZARD.entries], road_hazard
)


def as_change(said: Any) -> Any:
    """What was said, as an amendment says it: lists by what is in them."""
    if isinstance(said, dict):
        return {name: as_change(value) for name, value in said.items()}
    if isinstance(said, list) and all(isinstance(one, dict) for one in said):
        return {str(number): as_change(one) for number, one in enumerate(said, 1)}
    if isinstance(said, list):
        return {str(one): True for one in said}
    return said
