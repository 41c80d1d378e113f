"""Corrections of what was said: merge patches (RFC 7396), but for lists.

Replaced whole, a list would take back what somebody else said of another of its things. So a list
is corrected by an object that names the things: numbered ones by their numbers from 1
(`{"animals": {"2": {"count": 3}}}`), of which null takes away one whose number nobody else names
(`{"marks": {"1": null}}`); values by themselves, which `true` adds and null takes away
(`{"officers": {"150425003": true, "150425002": null}}`).

A number is the place in the list as it was filed, whatever was taken away before: two officers who
take the first away mean the same one. So what was taken away leaves its place empty (None) while
corrections are merged, and only `closed_up` drops the empty places.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import inspect

from wildlife.web.expecting import choices_of
from wildlife.web.faults import faults_of_field, missing_field, unknown_field
from wildlife.web.problems import MOST_TOLD, FieldError, Problem
from wildlife.web.type_info import alternative, joined, type_info
from wildlife.web.within import steps_of
from wildlife.words.fields import called
from wildlife.words.sentences import Sentence

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}")

_BY_NUMBER: Final = (
    'an object by number: `{"1": {…}}` corrects the first; a further one is an entry'
)
_OR_NULL: Final = (
    'an object by number: `{"1": {…}}` corrects the first, `{"1": null}` takes it away'
)
_BY_VALUE: Final = (
    'an object by value: `{"value": true}` adds one, `{"value": null}` takes one away'
)
_TOGETHER: Final = Sentence(
    "Longitude, latitude and datum are one thing: a correction of one of them names all three.",
    "经度、纬度和坐标系是一个整体：更正其中一项，须同时写明三项。",
)


def faults_of_patch(patch: Any, type_: Any, path: str) -> list[FieldError]:
    """What is wrong with a patch by itself, whatever it is merged with: held to the fields of what
    it changes, and each value to the type of its field. So are those that it takes away: taking
    away what nobody has is no mistake of the merge, and would stand on the record. What is one
    thing is corrected as one: half of it would be put beside a half that somebody else said.
    """
    return list(islice(_faults(patch, type_info(type_), path), MOST_TOLD + 1))


def _faults(patch: Any, info: inspect.Type | None, path: str) -> Iterator[FieldError]:
    info = alternative(info, patch)
    if isinstance(info, inspect.ListType):
        yield from _faults_of_list(patch, info, path)
    elif isinstance(info, inspect.StructType) and isinstance(patch, dict):
        fields = {field.encode_name: field for field in info.fields}
        for name, value in patch.items():
            if name not in fields:
                yield unknown_field(info, path, name, value, patch)
            elif value is None and fields[name].required:
                yield missing_field(info, fields[name], path)
            elif _is_merged(value, fields[name].type):
                for found in _faults(value, fields[name].type, joined(path, name)):
                    label = found.label or called(info.cls, name)
                    yield msgspec.structs.replace(found, label=label)
            elif value is not None:
                yield from faults_of_field(patch, info, name, path)
        yield from _half_said(patch, info, path)


def _is_merged(value: Any, info: inspect.Type) -> bool:
    """Whether what it says is put into what is there, and does not stand in its place."""
    into = alternative(info, value)
    if isinstance(into, inspect.ListType):
        return True
    return isinstance(into, inspect.StructType | inspect.UnionType) and isinstance(value, dict)


def _half_said(patch: dict[str, Any], info: inspect.StructType, path: str) -> Iterator[FieldError]:
    fields = {field.encode_name: field.type for field in info.fields}
    together = getattr(info.cls, "TOGETHER", ())
    left_out = [name for name in together if name not in patch]
    if left_out != [*together]:
        for name in left_out:
            codes = choices_of(fields[name])
            yield FieldError(
                joined(path, name),
                code="missing_field",
                choices=codes,
                hint=_TOGETHER,
                label=called(info.cls, name),
            )


def _faults_of_list(patch: Any, info: inspect.ListType, path: str) -> Iterator[FieldError]:
    numbered = isinstance(alternative(info.item_type, None), inspect.StructType)
    removable = numbered and not _keeps_its_number(info)
    expected = _OR_NULL if removable else _BY_NUMBER if numbered else _BY_VALUE
    if not isinstance(patch, dict):
        yield FieldError(path, patch, expected, "invalid_value")
        return
    for name, value in patch.items():
        at = joined(path, name)
        if numbered:
            is_gone, index = value is None and removable, _index(name)
            if index is None or not (is_gone or isinstance(value, dict)):
                yield FieldError(at, value, expected, "invalid_value")
            elif not is_gone:
                yield from _faults(value, info.item_type, f"{path}[{index}]")
        elif value is not True and value is not None:
            yield FieldError(at, value, expected, "invalid_value")


def merged(said: dict[str, Any], patch: dict[str, Any], type_: type[msgspec.Struct]) -> Any:
    """What is said by a body of this type, as builtins, with the patch applied; with an empty place
    where a thing of a list was taken away.

    Whole lists, which earlier versions took, replace what stands there. Raises Problem:
    invalid_value, where a thing of a list is not there; impossible_step, where it was taken away.
    """
    return _merged(said, patch, type_info(type_), "")


def closed_up(said: Any) -> Any:
    """The same without the empty places."""
    if isinstance(said, dict):
        return {name: closed_up(value) for name, value in said.items()}
    if isinstance(said, list):
        return [closed_up(one) for one in said if one is not None]
    return said


def as_filed(field: str, said: Any) -> str:
    """The path of a field of what is closed up, by the places that its things had before."""
    path = ""
    for step in steps_of(field):
        if isinstance(step, str):
            said = said.get(step) if isinstance(said, dict) else None
            path = joined(path, step)
            continue
        things = said if isinstance(said, list) else []
        there = [(at, one) for at, one in enumerate(things) if one is not None]
        at, said = there[step] if step < len(there) else (step, None)
        path += f"[{at}]"
    return path


def _merged(target: Any, patch: Any, info: inspect.Type | None, path: str) -> Any:
    info = alternative(info, target)
    if not isinstance(patch, dict):
        return patch
    if isinstance(info, inspect.ListType):
        return _merged_list(target or [], patch, info, path)
    fields = info.fields if isinstance(info, inspect.StructType) else ()
    types = {field.encode_name: field.type for field in fields}
    after = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            after.pop(name, None)
        else:
            after[name] = _merged(after.get(name), value, types.get(name), joined(path, name))
    return after


def _merged_list(
    target: list[Any], patch: dict[str, Any], info: inspect.ListType, path: str
) -> list[Any]:
    after = list(target)
    numbered = isinstance(alternative(info.item_type, None), inspect.StructType)
    for name, value in patch.items():
        at = joined(path, name)
        if numbered:
            index = _index(name)
            if index is None or index >= len(after):
                raise Problem("invalid_value", FieldError(at, name, _numbers_of(after)))
            if value is not None and after[index] is None:
                raise _taken_away(at, value)
            is_gone = value is None
            after[index] = None if is_gone else _merged(after[index], value, info.item_type, at)
        elif value is None:
            after = [one for one in after if one != name]
        elif name not in after:
            after.append(name)
    return after


def _taken_away(path: str, value: Any) -> Problem:
    """Not brought back: who corrects it did not say that it is there after all."""
    return Problem(
        "impossible_step",
        FieldError(path, value),
        reason=Sentence(
            f"`{path}` was taken away by an earlier correction; as long as that counts, there is"
            " nothing to correct.",
            f"`{path}` 已被更早的一条更正去掉；在那条更正作废之前，没有可更正的内容。",
        ),
        possible=["void"],
    )


def _numbers_of(things: list[Any]) -> str:
    """The numbers of those that there are."""
    there = [str(at) for at, one in enumerate(things, 1) if one is not None]
    if there == ["1"]:
        return "1, which is the only one"
    if not there:
        return "nothing; there is none"
    if len(there) < len(things):
        return ", ".join(there)
    return f"a number from 1 to {len(there)}"


def keeps_numbers(type_: type[msgspec.Struct], field: str) -> bool:
    """Whether the things of a list of this body are known by their numbers elsewhere, too."""
    struct = type_info(type_)
    assert isinstance(struct, inspect.StructType)
    types = {one.encode_name: one.type for one in struct.fields}
    info = alternative(types.get(field), [])
    return isinstance(info, inspect.ListType) and _keeps_its_number(info)


def _keeps_its_number(info: inspect.ListType) -> bool:
    """Whether what is in the list is known by its number elsewhere, too."""
    struct = alternative(info.item_type, None)
    return isinstance(struct, inspect.StructType) and hasattr(struct.cls, "KEEPS_ITS_NUMBER")


def _index(name: str) -> int | None:
    """Where in its list the thing of a number is."""
    return int(name) - 1 if _NUMBER.fullmatch(name) else None
