"""What is asked for in the query of a request, and in its path: held to what its route reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg
from litestar.routes import BaseRoute, HTTPRoute
from msgspec.inspect import ListType

from wildlife.web.expecting import choices_of, plain
from wildlife.web.faults import fault
from wildlife.web.near import Choice, near
from wildlife.web.problems import MOST_TOLD, FieldError, Problem, fields_of, of_faults
from wildlife.web.type_info import alternative, item_of, type_info
from wildlife.words.documented import label_in
from wildlife.words.fields import declared
from wildlife.words.sentences import Sentence

Reader: TypeAlias = Callable[[Any, Mapping[str, Any]], object]
"""Reads parameters that are texts to their types, of the parts of the service and of what is given
of them, by name; those in the path are among them. Raises Problem with all that is wrong."""

_LEFT_OUT: Final = Sentence(
    "Where it is not meant to filter anything, leave the parameter out.",
    "不需要此条件时，请去掉该参数。",
)
_NOTHING: Final = "", "null"
_AT_LEAST_ONE: Final = "at least one value"


def query_parameters(routes: Iterable[BaseRoute]) -> dict[tuple[str, str], dict[str, bool]]:
    """What the handler of each path and method, with its dependencies, reads from the query; of
    each parameter, whether it takes several values."""
    return {
        (route.path_format, method): dict(
            sorted((p.field_alias, p.is_sequence) for p in parameters.expected_query_params)
        )
        for route in routes
        if isinstance(route, HTTPRoute)
        for method, (_, parameters) in route.route_handler_map.items()
    }


def names_in_requests(routes: Iterable[BaseRoute]) -> frozenset[str]:
    """What the fields of bodies, the parameters and the headers that are read are called."""
    return declared().union(
        parameter.field_alias
        for route in routes
        if isinstance(route, HTTPRoute)
        for _, parameters in route.route_handler_map.values()
        for parameter in (
            *parameters.expected_query_params,
            *parameters.expected_path_params,
            *parameters.expected_header_params,
        )
    )


def refuse_unfit_parameters(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Raises Problem for a filter that would filter nothing because its name is misspelt, for one
    that is given twice, of which the last would win, and for U+0000, which is in no text of
    PostgreSQL's, and bytes of another encoding (GBK); with whatever else is wrong with the others.

    What no type of a parameter tells, a route reads by `opt={"read": …}`: a Reader.
    """
    in_path = connection.path_params.items()
    if not connection.scope["query_string"] and not in_path:
        return
    asked = connection.query_params
    at = connection.scope["path_template"], str(connection.scope.get("method"))
    known = connection.app.state.query_parameters[at]
    faults = [
        FieldError(name, str(given), "text without U+0000", "invalid_parameter")
        for name, given in in_path
        if "\0" in str(given)
    ]
    fit = {}
    for name in dict.fromkeys(asked):  # as they were written
        if wrong := _unfit(name, asked.getall(name), known):
            faults.append(wrong)
        else:
            values = asked.getall(name)
            fit[name] = values if known[name] else values[0]
        if len(faults) > MOST_TOLD:
            break  # whoever sends thousands is told no more of them than of a body
    if faults := [*faults, *_misread(connection, handler, fit)]:
        raise of_faults(faults)


def _unfit(name: str, several: list[str], known: Mapping[str, bool]) -> FieldError | None:
    """What is wrong with a parameter of whatever type."""
    if name not in known:
        meant = near(name, map(Choice, known))
        return FieldError(
            name, several[-1], ", ".join(known) or "none", "unknown_parameter", near=meant
        )
    if len(several) > 1 and not known[name]:
        return FieldError(name, several, "given once", "invalid_parameter")
    for given in several:
        if "\0" in given:
            return FieldError(name, given, "text without U+0000", "invalid_parameter")
        if "\ufffd" in given:  # what stands for bytes that say nothing
            return FieldError(name, given, "text in UTF-8", "invalid_parameter")
    return None


def _misread(
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    given: Mapping[str, Any],
) -> Iterator[FieldError]:
    """What is wrong with parameters that the route has, by their types, and by what it reads of
    those that are right: the framework would tell those of one dependency after another."""
    read: dict[str, Any] = {**connection.path_params}
    yield from misread(connection, handler, given, read, strict=False)
    reader: Reader | None = handler.opt.get("read")
    if reader is not None:
        try:
            reader(connection.app.state.service, read)
        except Problem as problem:
            yield from fields_of(problem)


def misread(
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    given: Mapping[str, Any],
    read: dict[str, Any] | None = None,
    *,
    strict: bool = True,
) -> Iterator[FieldError]:
    """What is wrong with parameters by their types; those that the route has not are left out.

    given: what is given of each; of what takes several values, a list. read: where those are put
    that are right. strict: whether no text stands for a number, as in JSON.
    """
    types = _types(handler)
    for name, value in given.items():
        key = f"{name}_" if f"{name}_" in types else name  # the framework has a `state`, too
        if key not in types:
            continue
        if value == []:
            yield FieldError(name, "[]", _AT_LEAST_ONE, "invalid_parameter", hint=_LEFT_OUT)
            continue
        # Each of several by itself, so that it is told which is wrong; then whether all may be.
        several = [[one] for one in value] if isinstance(value, list) else []
        try:
            for tried in (*several, value):
                right = msgspec.convert(tried, types[key], strict=strict)
                if right is None:  # of the text `null`, which no more says what is asked for
                    msgspec.convert("", types[key], strict=strict)
        except msgspec.ValidationError as error:
            message = str(error).partition(" - at `$")[0]
            yield parameter_fault(connection, handler, key, message, tried)
        else:
            if read is not None:
                read[name] = right


def parameter_fault(
    connection: ASGIConnection[Any, Any, Any, Any],
    handler: BaseRouteHandler,
    key: str,
    message: str,
    given: Any = None,
) -> FieldError:
    """What is wrong with a parameter; `key` is its name in the handler, which may end with `_`.
    given: which of its values; those in a list are one, where it is by itself."""
    name = key.rstrip("_")
    if given is None:
        given = connection.query_params.get(name, connection.path_params.get(name))
    type_ = _types(handler).get(key)
    # What is written under a parameter says what it is for, and not what is taken.
    info = alternative(type_info(type_), given) if type_ is not None else None
    if isinstance(given, list) and isinstance(info, ListType) and len(given) == 1:
        [given], type_ = given, item_of(type_)
        info = alternative(type_info(type_), given)
    found = fault(message, given, type_, info, name)
    codes = choices_of(info) or found.choices
    expected = found.expected
    if not (expected or codes):
        expected = plain(message.removeprefix("Expected "))
    hint = _LEFT_OUT if given in _NOTHING else found.hint
    return FieldError(name, given, expected, "invalid_parameter", codes, found.near, hint)


@cache
def _types(handler: BaseRouteHandler) -> dict[str, Any]:
    """The types of a handler's parameters and of those of what it may depend on, with their bounds,
    by their names in Python; where both have one of that name, its own counts."""
    needed = handler.resolve_dependencies().values()
    return {
        field.name: field.type
        for model in (*(one.signature_model for one in needed), handler.signature_model)
        for field in msgspec.structs.fields(model)
    }


@cache
def _parameters(handler: BaseRouteHandler) -> dict[str, str]:
    """What is written of each parameter of a handler and of what it depends on, by its name in the
    query."""
    signatures = (one.parsed_fn_signature for one in handler.resolve_dependencies().values())
    return {
        kwarg.name or name.rstrip("_"): kwarg.description
        for signature in (*signatures, handler.parsed_fn_signature)
        for name, parameter in signature.parameters.items()
        if isinstance(kwarg := parameter.kwarg_definition, ParameterKwarg)
        and kwarg.description is not None
    }


def called(handler: BaseRouteHandler, name: str) -> str | None:
    """What a parameter of the query is called in Chinese, where anything is written of it."""
    written = _parameters(handler).get(name)
    return written and label_in(written)
