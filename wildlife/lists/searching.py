"""POST …/search: what a list or a statistic is asked for, in a body. There is one definition of it
and of the GET that it stands for: what stands in the body is put into the query of that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
)

from wildlife.lists.formats import ListOperation
from wildlife.web.decoding import decode
from wildlife.web.negotiation import JSON
from wildlife.web.pages import SEARCH
from wildlife.web.parameters import misread
from wildlife.web.problems import of_faults
from wildlife.web.responses import READING, SENDING_JSON, problems

_POLYGON: Final = "polygon"
_IN_BODY: Final = "asked_in_body"
_OF_TEXTS: Final = {"fields", "group_by"}
_OF_NUMBERS: Final = {"bbox", "near"}
_WITH_COMMAS: Final = _OF_TEXTS | _OF_NUMBERS
"""Parameters that are several values with commas between."""

_GEOMETRY: Final = Schema(
    type=[OpenAPIType.OBJECT, OpenAPIType.NULL],
    properties={
        "type": Schema(type=OpenAPIType.STRING, enum=["Polygon", "MultiPolygon"]),
        "coordinates": Schema(type=OpenAPIType.ARRAY, items=Schema()),
    },
    required=["coordinates", "type"],
)


def search_of(handler: HTTPRouteHandler) -> HTTPRouteHandler:
    """The same list, statistic or archive, asked for by a body."""
    [path] = handler.paths
    is_list = handler.operation_class is ListOperation
    summary = (handler.fn.__doc__ or "").partition("。")[0]
    verb, _, noun = handler.handler_name.partition("_")
    goes_on = (
        " The next page is got by the same body with `next_cursor` as `cursor`, or by `Link`, which"
        " is a GET; there is none where that would be longer than 4,000 characters."
    )
    answer = _renamed(
        handler.fn,
        f"search_{noun}" if is_list else f"{verb}_searched_{noun}",
        f"{summary}（条件在请求体中）。The same as `GET {path}`, of what the body asks for: for a"
        " polygon, or more than an address holds.\n\n"
        "Each parameter of that stands under its name, as JSON has it; those that take several"
        " values in a list, and what has commas between its values, too. Null is as if it were left"
        f" out.{goes_on if is_list else ''}",
    )
    return post(
        f"{path}{SEARCH}",
        status_code=200,
        opt=handler.opt | {_IN_BODY: True},
        dependencies=handler.dependencies,
        tags=handler.tags,
        media_type=handler.media_type,
        operation_class=_asked_in_body(handler.operation_class),
        responses=problems(*READING, *SENDING_JSON),
        response_headers=handler.response_headers,
    )(answer)


def _renamed(function: Any, name: str, doc: str) -> Callable[..., Any]:
    """The same function under another name: an operation is named by it."""
    copy = FunctionType(
        function.__code__, function.__globals__, name, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__, copy.__annotations__ = function.__kwdefaults__, function.__annotations__
    copy.__module__, copy.__doc__ = function.__module__, doc
    return copy


async def ask_by_body(request: Request[Any, Any, Any]) -> None:
    """Let what stands in the body of a search be what is asked for in its query; before that is
    read. Raises Problem: empty_body, malformed_json, invalid_parameter, unknown_parameter."""
    handler = request.route_handler
    if not handler.opt.get(_IN_BODY):
        return
    body = decode(await request.body(), dict[str, Any])
    given = {name: _as_one(name, value) for name, value in body.items() if value is not None}
    if wrong := [*misread(request, handler, {n: v for n, v in given.items() if n != _POLYGON})]:
        raise of_faults(wrong)
    asked = [(name, text) for name, value in given.items() for text in _texts(name, value)]
    in_address = request.scope["query_string"]
    said = urlencode(asked).encode()
    request.scope["query_string"] = b"&".join(filter(None, (in_address, said)))


def _as_one(name: str, value: Any) -> Any:
    """A value as its parameter has it: what stands with commas in an address, in a list here."""
    parts = value if name in _WITH_COMMAS and isinstance(value, list) else []
    fit = all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in parts)
    return ",".join(str(one) for one in parts) if parts and fit else value


def _texts(name: str, value: Any) -> Iterator[str]:
    """A value as a query has it."""
    match value:
        case str():
            yield value
        case list() if name != _POLYGON:
            for one in value:
                yield from _texts(name, one)
        case _:
            yield msgspec.json.encode(value).decode()


def _asked_in_body(operation: type[Any]) -> type[Operation]:
    """The same operation, whose parameters stand in its body."""

    @dataclass
    class Searched(operation):  # type: ignore[misc]
        def __post_init__(self) -> None:
            super().__post_init__()
            _ask_in_body(self)

    return Searched


def _ask_in_body(operation: Operation) -> None:
    asked = [one for one in operation.parameters or () if isinstance(one, Parameter)]
    in_body = {one.name: one for one in asked if one.param_in == "query"}
    operation.parameters = [one for one in asked if one.param_in != "query"] or None
    operation.request_body = RequestBody(
        required=True,
        content={
            JSON: OpenAPIMediaType(
                schema=Schema(
                    type=OpenAPIType.OBJECT,
                    properties={name: _property(one) for name, one in in_body.items()},
                    additional_properties=False,
                )
            )
        },
    )


def _property(parameter: Parameter) -> Schema | Reference:
    shown = _GEOMETRY if parameter.name == _POLYGON else parameter.schema or Schema()
    if parameter.name in _WITH_COMMAS:
        of_one = OpenAPIType.NUMBER if parameter.name in _OF_NUMBERS else OpenAPIType.STRING
        several = Schema(type=OpenAPIType.ARRAY, items=Schema(type=of_one), min_items=1)
        shown = Schema(any_of=[shown, several])
    return replace(shown, description=parameter.description)
