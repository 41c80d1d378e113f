"""What the fields of bodies are called in Chinese, and why some of them can't be left out.

A test goes through all bodies.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Final

import msgspec

from wildlife.words.documented import label_in, label_of, written_under
from wildlife.words.sentences import Sentence

WHY: Final = {
    "datum": Sentence(
        "Phones give `WGS84`, Amap and Tencent `GCJ02`, Baidu `BD09`, survey data `CGCS2000`; a"
        " wrong guess moves the place by half a kilometre and more, so none is made.",
        "手机定位填 `WGS84`，高德、腾讯地图填 `GCJ02`，百度地图填 `BD09`，测绘成果填 `CGCS2000`；"
        "基准弄错，地点会偏差五百米以上，因此系统不作推测。",
    ),
    "id": Sentence(
        "Whoever sends a thing makes a UUID for it, so that sent twice it is filed once.",
        "编号由发送方生成（UUID），同一内容重发时不会重复登记。",
    ),
    "recorded_at": Sentence(
        "It is the time by the phone's clock when this was written down.",
        "请填手机登记这条记录的时间。",
    ),
}
"""What is said beside of a field that is missing."""

TAG_FIELDS: Final = {
    "kind": "警情种类。What kind of incident this is.",
    "type": "记录类型。What type of entry this is.",
}
"""What tells bodies apart, which is no field of theirs: as it would be written under one."""

ELSEWHERE: Final = {
    ("type", "photo"): Sentence(
        "A photo is sent itself, by `PUT /api/v1/incidents/{incident_id}/photos/{photo_id}` with"
        " its bytes as the body; the entry comes of that.",
        "照片请直接上传：`PUT /api/v1/incidents/{incident_id}/photos/{photo_id}`，以照片文件为"
        "请求内容；相应记录随之生成。",
    ),
    ("type", "opening"): Sentence(
        "An opening begins an incident of its own, by `POST /api/v1/incidents`.",
        "登记即新建一起警情，请使用 `POST /api/v1/incidents`。",
    ),
}
"""Where that is sent of which the record has entries, and which no body here calls itself."""

_UNITS: Final = {
    "g": Sentence("grams", "克"),
    "mm": Sentence("millimetres", "毫米"),
    "m": Sentence("metres", "米"),
    "m3": Sentence("cubic metres", "立方米"),
    "c": Sentence("degrees Celsius", "摄氏度"),
    "yuan": Sentence("yuan", "元"),
}
"""In which unit a field is, by the end of its name."""

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@cache
def names() -> dict[str, str]:
    """What each field of a body is called, from what is written under it: where bodies differ, what
    these names have in common (`更正原因`, `作废原因`: 原因), if it is a word.

    """
    called = defaultdict[str, set[str]](set)
    for tag, written in TAG_FIELDS.items():
        called[tag].add(label_in(written))
    for body in _subclasses(msgspec.Struct):
        if _is_body(body):
            for field in written_under(body).keys() & {*body.__struct_fields__}:
                called[field].add(label_of(body, field))
    ends = {field: _common_end(several) for field, several in called.items()}
    return {field: end for field, end in ends.items() if len(end) > 1}


@cache
def declared() -> frozenset[str]:
    """The names of all fields that a body may have."""
    bodies = {one for one in _subclasses(msgspec.Struct) if _is_body(one)}
    return frozenset(TAG_FIELDS).union(*(one.__struct_encode_fields__ for one in bodies))


def called(body: type, field: str) -> str | None:
    """What a field of a body is called there, as the document has it; of one that the body does not
    have, what it is called in others."""
    config = getattr(body, "__struct_config__", None)
    tag = TAG_FIELDS.get(field, "") if config is not None and config.tag_field == field else ""
    written = written_under(body).get(field, tag)
    return label_in(written) if "。" in written else names().get(field)


def _common_end(names: set[str]) -> str:
    one = min(names)
    ends = (one[start:] for start in range(len(one) + 1))
    return next(end for end in ends if all(name.endswith(end) for name in names))


def _is_body(type_: type[msgspec.Struct]) -> bool:
    """Of all that is read and written, a body is what refuses fields that it does not know."""
    return type_.__struct_config__.forbid_unknown_fields


def _subclasses(type_: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in type_.__subclasses__():
        yield one
        yield from _subclasses(one)


def unit_of(field: str) -> Sentence | None:
    """The unit of a field's number, where it has one: whoever renames `weight_kg` alone would
    record grams."""
    return _UNITS.get(field.rpartition("_")[2]) if "_" in field else None


def heading_of(struct: type[msgspec.Struct], field: str) -> Sentence:
    """What a field is called on a form or over a column, without its unit: in Chinese by what is
    written under it, in English by its name in JSON. Raises KeyError where nothing is written."""
    encoded = dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
    name = encoded[field]
    said = (name.rpartition("_")[0] if unit_of(name) else name).replace("_", " ")
    en = "ID" if said == "id" else (said[0].upper() + said[1:]).replace(" id", " ID")
    return Sentence(en, label_of(struct, field))


def in_words(path: str) -> str | None:
    """What the field at a path is called in Chinese: `animals[0].cause` is 原因."""
    steps: list[str] = _NAME.findall(path)
    return names().get(steps[-1]) if steps else None
