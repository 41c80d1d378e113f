"""What lies within a decoded value, with the path of each.

Nothing of a dict: that is a correction, and what it says is looked at in the body that it makes.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any, Final

import msgspec

from wildlife.words.fields import called
from wildlife.words.structs import fields_holding

_STEP: Final = re.compile(r"\[(0|[1-9][0-9]{0,8})\]|([^.\[\]]+)")


def times_with_paths(value: object, path: str = "") -> list[tuple[str, datetime]]:
    """Every time in a decoded value, with its path."""
    found: list[tuple[str, datetime]] = []
    _find(datetime, value, path, found)
    return found


def texts_with_paths(value: object) -> list[tuple[str, str]]:
    """Every text in a decoded value that is no code, with its path."""
    found: list[tuple[str, str]] = []
    _find(str, value, "", found)
    return [one for one in found if not isinstance(one[1], Enum)]


def steps_of(path: str) -> Iterator[int | str]:
    """What leads there: `animals[0].cause` by `animals`, 0 and `cause`."""
    for index, name in _STEP.findall(path):
        yield int(index) if index else name


def called_within(value: object, path: str) -> str | None:
    """What the field at a path within a decoded value is called there."""
    holder, name = holder_within(value, path)
    return called(type(holder), name)


def holder_within(value: object, path: str) -> tuple[object, str]:
    """What has the field at a path within a decoded value, and the name of the field there."""
    holder, name = value, ""
    for step in steps_of(path):
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            holder, name = value, step
            value = getattr(value, step, None)
    return holder, name


def _find(type_: type, value: object, path: str, found: list[tuple[str, Any]]) -> None:
    """Add what is of this type, a time or a text."""
    if isinstance(value, msgspec.Struct):
        for name in fields_holding(type(value), type_):
            inner = getattr(value, name)
            if inner is None:  # as most are
                continue
            at = f"{path}.{name}" if path else name
            if isinstance(inner, type_):
                found.append((at, inner))
            else:
                _find(type_, inner, at, found)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _find(type_, inner, f"{path}[{index}]", found)
    elif isinstance(value, type_):
        found.append((path, value))
