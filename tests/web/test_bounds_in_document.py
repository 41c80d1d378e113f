"""The document says of every field and parameter what is taken, and what counts where it is left
out, in a way that generators make right clients of."""

import json
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec
from msgspec import inspect

from tests.bodies import ENTRY_TYPES
from tests.documented import document
from tests.languages import HAN
from tests.web.described import ENGLISH, operations, records
from wildlife.kinds import KINDS


def test_no_field_of_a_body_has_a_default_that_makes_generators_need_it() -> None:
    """What counts where it is left out is told in words: of each such field that there is."""
    defaults = [one for one in each(document()["components"]) if "default" in one]
    assert defaults == []
    told = 0
    for body in closed():
        schema = document()["components"]["schemas"].get(body.__name__)
        for field in msgspec.structs.fields(body) if schema else ():
            usual = field.default
            if schema and isinstance(usual, Enum | bool | int):
                code = usual.value if isinstance(usual, Enum) else json.dumps(usual)
                said = schema["properties"][field.encode_name]["description"]
                assert said.endswith(f"不填即 `{code}`。Left out: `{code}`."), said
                assert field.encode_name not in schema["required"]
                told += 1
    assert told > 8


def each(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within."""
    if isinstance(value, dict):
        yield value
        value = [*value.values()]
    for inner in value if isinstance(value, list) else ():
        yield from each(inner)


def closed() -> Iterator[type[msgspec.Struct]]:
    """The bodies of requests, and all that is in them."""
    return (one for one in records(msgspec.Struct) if one.__struct_config__.forbid_unknown_fields)


BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "pattern": "pattern",
}


def bounds_of(kind: inspect.Type, shown: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Every bound of a type, with what the document has in its place."""
    match kind:
        case inspect.Metadata(type=inner):
            yield from bounds_of(inner, shown)
        case inspect.UnionType(types=types):
            members = [one for one in types if not isinstance(one, inspect.NoneType)]
            several = [one for one in shown.get("oneOf", ()) if one != {"type": "null"}]
            for one, member in zip(members, several or [shown] * len(members), strict=True):
                yield from bounds_of(one, member)
        case inspect.ListType(item_type=item):
            yield "minItems", kind.min_length or None, shown.get("minItems") or None
            yield "maxItems", kind.max_length, shown.get("maxItems")
            yield from bounds_of(item, shown["items"])
        case inspect.StrType() if "enum" not in shown:
            yield "minLength", kind.min_length or None, shown.get("minLength")
            yield "maxLength", kind.max_length, shown.get("maxLength")
            yield "pattern", kind.pattern, shown.get("pattern")
        case inspect.IntType() | inspect.FloatType():
            for name, key in list(BOUNDS.items())[:4]:
                yield key, getattr(kind, name), shown.get(key)
        case _:
            pass


def test_every_bound_of_every_field_stands_in_the_document() -> None:
    found = 0
    for body in closed():
        schema = document()["components"]["schemas"].get(body.__name__)
        layout = inspect.type_info(body)
        assert isinstance(layout, inspect.StructType)
        for field in layout.fields if schema else ():
            assert schema is not None
            shown = schema["properties"][field.encode_name]
            for key, bound, told in bounds_of(field.type, shown):
                assert told == bound, (body, field.encode_name, key)
                found += bound is not None
    assert found > 200


def test_a_radius_is_more_than_nothing() -> None:
    radii = [
        parameter["schema"]
        for _, said in operations()
        for parameter in said.get("parameters", [])
        if parameter["name"] == "radius_m"
    ]
    assert len(radii) > 3
    assert {one["exclusiveMinimum"] for one in radii} == {0}


def test_kinds_types_and_successes_are_called_in_both_languages() -> None:
    schemas = document()["components"]["schemas"]
    labels = {type_.__name__: type_.LABEL.zh for type_ in ENTRY_TYPES.values()}
    labels |= {kind.opening.__name__: kind.opening.KIND.zh for kind in KINDS}
    for name, label in labels.items():
        assert schemas[name]["description"].startswith(f"{label}。"), name
    for name, said in operations():
        for status in ("200", "201", "204"):
            if status in said["responses"]:
                described = said["responses"][status]["description"]
                assert HAN.search(described), (name, status, described)
                assert ENGLISH.search(described), (name, status, described)


def test_a_time_in_an_address_says_how_it_is_written() -> None:
    for name, said in operations():
        for parameter in said.get("parameters", []):
            schema = parameter["schema"]
            if parameter["name"] in ("from", "to", "found_at"):
                for example in schema["examples"]:
                    assert re.search(schema["pattern"], example), name
                assert not re.search(schema["pattern"], "2024-08-04 18:00:00+08:00"), name
            elif parameter["name"].endswith("_at"):
                assert schema["format"] == "date-time", name
