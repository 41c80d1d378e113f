"""What the framework leaves out of the OpenAPI document, or says clumsily: put into a copy."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeAlias

from wildlife.web.answer_headers import NEEDED, add_headers
from wildlife.words.parts import IN_PATHS, TAGS

Json: TypeAlias = dict[str, Any]


class Example(NamedTuple):
    """A body that somebody may have sent, and what it says."""

    summary: str
    value: Json


# By operation, and by a name of each.
Examples: TypeAlias = Mapping[str, Mapping[str, Example]]

_SCHEMAS: Final = "#/components/schemas/"
_NOTHING: Final = {"type": "null"}

# Who reported lies apart from the timeline: by record, what names them.
_APART: Final = {"InformantNamed": "informant"}

_GEOJSON: Final = "application/geo+json"
_POINT: Final[Json] = {
    "type": "object",
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
        },
    },
    "required": ["coordinates", "type"],
}

# One of several words: `wildlife.words.values.whole`.
_WORDS: Final = re.compile(r"\^\(\?:(-?[a-z_/]+(?:\|-?[a-z_/]+)+)\)\(\?!\\n\)\$")

_IN_CHINESE: Final = {
    HTTPStatus.OK: "成功",
    HTTPStatus.CREATED: "已登记",
    HTTPStatus.NO_CONTENT: "成功，无内容",
}
_SUCCESSES: Final = {int(status): status for status in _IN_CHINESE}

# A page is named by the framework for the module of what is on it; so are groups and statistics.
_OF: Final = re.compile(r"(Page|Group|Statistic)_[\w.]*?(\w+)_")


def complete(document: Json, examples: Examples) -> Json:
    """The document with summaries and examples, names that people use, and unions that say by what
    their members are told apart."""
    document = _renamed(deepcopy(document))
    document["paths"] = dict(sorted(document["paths"].items()))  # each process has its own order
    document["tags"] = [{"name": name, "description": TAGS[name]} for name in TAGS]
    for method, operation in _operations(document):
        _summarize(operation)
        _drop_empty_contents(operation)
        _describe_parameters(operation)
        _name_the_status(operation)
        add_headers(method, operation)
        _exemplify(operation, examples.get(operation["operationId"], {}))
    for schema in _schemas(document["components"]["schemas"]):
        schema.pop("default", None)
    for schema in _schemas(document):
        _tell_apart(schema, document["components"]["schemas"])
        _plainly_nullable(schema)
        _as_codes(schema)
    _tell_kinds(document)
    _tell_what_lies_apart(document["components"]["schemas"])
    _tell_features(document)
    return document


def _tell_what_lies_apart(schemas: Json) -> None:
    """What has to be sent, and is shown by no timeline, is of the record that is sent alone."""
    for name, field in _APART.items():
        sent, shown = schemas.get(name), f"Shown{name}"
        if sent is None:
            continue
        schemas[shown] = deepcopy(sent) | {"title": shown}
        del schemas[shown]["properties"][field]
        sent["required"] = sorted([*sent["required"], field])
        _not_null(sent["properties"][field])
        for schema in _schemas(schemas):  # the bodies of requests stand elsewhere
            for one in schema.get("oneOf", []):
                if one.get("$ref") == _SCHEMAS + name:
                    one["$ref"] = _SCHEMAS + shown
            mapping = schema.get("discriminator", {}).get("mapping", {})
            mapping |= {tag: _SCHEMAS + shown for tag in mapping if mapping[tag] == _SCHEMAS + name}


def _tell_features(document: Json) -> None:
    """Of a list that comes as GeoJSON, too: what a feature of it is. Its place is its geometry."""
    schemas = document["components"]["schemas"]
    for _, operation in _operations(document):
        content = operation["responses"].get("200", {}).get("content", {})
        features = content.get(_GEOJSON, {}).get("schema", {}).get("properties", {}).get("features")
        if features is None:
            continue
        page = schemas[content["application/json"]["schema"]["$ref"].removeprefix(_SCHEMAS)]
        item = page["properties"]["items"]["items"]["$ref"].removeprefix(_SCHEMAS)
        name = f"{item}Properties"
        told = schemas[name] = deepcopy(schemas[item]) | {"title": name}
        for coordinate in ("longitude", "latitude"):
            del told["properties"][coordinate]
            told["required"].remove(coordinate)
        features["items"] = {
            "type": "object",
            "properties": {
                "type": {"const": "Feature"},
                "id": {"type": "string"},
                "geometry": {"oneOf": [_POINT, _NOTHING]},
                "properties": {"$ref": _SCHEMAS + name},
            },
            "required": ["geometry", "id", "properties", "type"],
        }


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path in document["paths"].values():
        yield from ((method, one) for method, one in path.items() if isinstance(one, dict))


def _schemas(value: Any) -> Iterator[Json]:
    """Everything in it that may be a schema, from the outside in."""
    if isinstance(value, dict):
        yield value
        for inner in list(value.values()):
            yield from _schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _schemas(inner)


def _renamed(document: Json) -> Json:
    schemas = document["components"]["schemas"]
    found = {name: _OF.fullmatch(name) for name in schemas}
    names = {name: f"{named[1]}Of{named[2]}" for name, named in found.items() if named}
    document["components"]["schemas"] = {
        names.get(name, name): schema | ({"title": names[name]} if name in names else {})
        for name, schema in schemas.items()
    }
    for schema in _schemas(document):
        name = str(schema.get("$ref", "")).removeprefix(_SCHEMAS)
        if name in names:
            schema["$ref"] = _SCHEMAS + names[name]
    return document


def _summarize(operation: Json) -> None:
    """The first sentence of its docstring is its summary, and the others tell more."""
    paragraphs = operation.pop("description", "").split("\n\n")
    first, _, more = " ".join(paragraphs[0].split()).partition(". ")
    operation["summary"] = first.removesuffix(".") + "."
    if description := "\n\n".join(filter(None, [more, *paragraphs[1:]])):
        operation["description"] = description


def _describe_parameters(operation: Json) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and parameter["name"] in IN_PATHS:
            parameter["description"] = IN_PATHS[parameter["name"]]
        elif parameter["in"] == "header" and parameter["name"] in NEEDED:
            parameter["required"] = True
            _not_null(parameter["schema"])


def _not_null(schema: Json) -> None:
    match schema.get("oneOf"):
        case [dict(inner), {"type": "null"}]:
            del schema["oneOf"]
            schema.update(inner)


def _name_the_status(operation: Json) -> None:
    """The framework says of a 201 that a URL follows, which is its Location, if there is any."""
    for status, answer in operation["responses"].items():
        known = _SUCCESSES.get(int(status))
        if known is not None and answer["description"] in (known.description, known.phrase):
            answer["description"] = f"{_IN_CHINESE[known]}。{known.phrase}"


def _exemplify(operation: Json, examples: Mapping[str, Example]) -> None:
    if examples:
        content = operation["requestBody"]["content"]["application/json"]
        content["examples"] = {name: example._asdict() for name, example in examples.items()}


def _drop_empty_contents(operation: Json) -> None:
    """An answer without a body is of no media type either."""
    for answer in operation["responses"].values():
        contents = answer.get("content", {}).values()
        if contents and all(one.get("schema") == _NOTHING for one in contents):
            del answer["content"]


def _tell_apart(schema: Json, schemas: Json) -> None:
    """A union of records is told apart by the one property that is another constant in each."""
    members = [one.get("$ref", "").removeprefix(_SCHEMAS) for one in schema.get("oneOf", [])]
    if len(members) < 2 or not all(name in schemas for name in members):
        return
    constants = [_constants(schemas[member]) for member in members]
    for name in constants[0]:
        if len({one.get(name) for one in constants}) == len(members):
            mapping = {
                one[name]: _SCHEMAS + member for one, member in zip(constants, members, strict=True)
            }
            schema["discriminator"] = {"propertyName": name, "mapping": mapping}


def _constants(schema: Json) -> Json:
    properties = schema.get("properties", {}).items()
    return {name: one["const"] for name, one in properties if "const" in one}


def _as_codes(schema: Json) -> None:
    """A text that is one of a few words is told as a list of them, and not as a pattern."""
    if found := _WORDS.fullmatch(str(schema.get("pattern", ""))):
        del schema["pattern"]
        codes: list[str | None] = [*found[1].split("|")]
        schema["enum"] = codes + ([None] if "null" in schema.get("type", "") else [])


def _tell_kinds(document: Json) -> None:
    """Which kinds of incident there are is known once the app is made: by what an opening is."""
    opening = document["paths"].get("/api/v1/incidents", {}).get("post")
    if opening is None:
        return
    body = opening["requestBody"]["content"]["application/json"]["schema"]
    kinds = [*body.get("discriminator", {}).get("mapping", {})]
    for _, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            has_codes = any("$ref" in one for one in schema.get("oneOf", ()))  # a kind of another
            if (
                kinds
                and (parameter["in"], parameter["name"]) == ("query", "kind")
                and not has_codes
            ):
                schema["enum"] = [*kinds, None]


def _plainly_nullable(schema: Json) -> None:
    """`string` or `null`, and not one of two schemas of which the bounds stand outside."""
    match schema.get("oneOf"):
        case [{"type": str(type_)}, {"type": "null"}]:
            inner: Json = schema["oneOf"][0]
            if not schema.keys() & inner.keys():
                del schema["oneOf"]
                schema.update(inner, type=[type_, "null"])
