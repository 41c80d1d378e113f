"""Corrections of what was said: merge patches (RFC 7396), but for lists.

Replaced whole, a list would take back what somebody else said of another of its things. So a list
is corrected by an object that names the things: numbered ones by their numbers from 1
(`{"animals": {"2": {"count": 3}}}`), of which null takes away one whose number nobody else names
(`{"marks": {"1": null}}`); values by themselves, which `true` adds and null takes away
(`{"officers": {"150425003": true, "150425002": null}}`).
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import inspect

from wildlife.web.faults import MOST, alternative, joined, layout, unknown_field
from wildlife.web.problems import FieldError, Problem, of_faults

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}")

_BY_NUMBER: Final = 'by number: {"1": {…}} corrects the first; a further one is an entry'
_OR_NULL: Final = 'by number: {"1": {…}} corrects the first, {"1": null} takes it away'
_BY_VALUE: Final = '{"value": true} to add one, {"value": null} to take one away'


def require_fitting(patch: Any, type_: Any, path: str) -> None:
    """Hold a patch to the fields of what it changes, those that it takes away too: taking away
    what nobody has is no mistake of the merge, and would stand on the record.

    Raises Problem: unknown_field, invalid_value.
    """
    faults = list(islice(_faults(patch, layout(type_), path), MOST))
    if faults:
        raise of_faults(faults)


def _faults(patch: Any, kind: inspect.Type | None, path: str) -> Iterator[FieldError]:
    kind = alternative(kind, patch)
    if isinstance(kind, inspect.ListType):
        yield from _faults_of_list(patch, kind, path)
    elif isinstance(kind, inspect.StructType) and isinstance(patch, dict):
        fields = {field.encode_name: field.type for field in kind.fields}
        for name, value in patch.items():
            if name not in fields:
                yield unknown_field(kind, path, name, value, patch)
            else:
                yield from _faults(value, fields[name], joined(path, name))


def _faults_of_list(patch: Any, kind: inspect.ListType, path: str) -> Iterator[FieldError]:
    numbered = isinstance(alternative(kind.item_type, None), inspect.StructType)
    removable = numbered and not _keeps_its_number(kind)
    expected = _OR_NULL if removable else _BY_NUMBER if numbered else _BY_VALUE
    if not isinstance(patch, dict):
        yield FieldError(path, patch, expected, "invalid_value")
        return
    for name, value in patch.items():
        at = joined(path, name)
        if numbered:
            is_gone = value is None and removable
            if _index(name) is None or not (is_gone or isinstance(value, dict)):
                yield FieldError(at, value, expected, "invalid_value")
            elif not is_gone:
                yield from _faults(value, kind.item_type, at)
        elif value is not True and value is not None:
            yield FieldError(at, value, expected, "invalid_value")


def merged(body: msgspec.Struct, patch: dict[str, Any]) -> Any:
    """What the body says with the patch applied, as builtins.

    Whole lists, which earlier versions took, replace what stands there. Raises Problem:
    invalid_value, where a thing of a list is not there.
    """
    return _merged(msgspec.to_builtins(body), patch, layout(type(body)), "")


def _merged(target: Any, patch: Any, kind: inspect.Type | None, path: str) -> Any:
    kind = alternative(kind, target)
    if not isinstance(patch, dict):
        return patch
    if isinstance(kind, inspect.ListType):
        return _merged_list(target or [], patch, kind, path)
    fields = kind.fields if isinstance(kind, inspect.StructType) else ()
    types = {field.encode_name: field.type for field in fields}
    after = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            after.pop(name, None)
        else:
            after[name] = _merged(after.get(name), value, types.get(name), joined(path, name))
    return after


def _merged_list(
    target: list[Any], patch: dict[str, Any], kind: inspect.ListType, path: str
) -> list[Any]:
    after = list(target)
    numbered = isinstance(alternative(kind.item_type, None), inspect.StructType)
    for name, value in patch.items():
        if numbered:
            index = _index(name)
            if index is None or index >= len(after):
                expected = _numbers_up_to(len(after))
                raise Problem("invalid_value", FieldError(joined(path, name), name, expected))
            gone = value is None
            after[index] = (
                None if gone else _merged(after[index], value, kind.item_type, joined(path, name))
            )
        elif value is None:
            after = [one for one in after if one != name]
        elif name not in after:
            after.append(name)
    return [one for one in after if one is not None]


def _numbers_up_to(most: int) -> str:
    if most < 2:
        return "1, which is the only one" if most else "nothing; there is none"
    return f"a number from 1 to {most}"


def _keeps_its_number(kind: inspect.ListType) -> bool:
    """Whether what is in the list is known by its number elsewhere, too."""
    struct = alternative(kind.item_type, None)
    return isinstance(struct, inspect.StructType) and hasattr(struct.cls, "KEEPS_ITS_NUMBER")


def _index(name: str) -> int | None:
    """Where in its list the thing of a number is."""
    return int(name) - 1 if _NUMBER.fullmatch(name) else None
