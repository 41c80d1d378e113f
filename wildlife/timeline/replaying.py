"""The same id again: the same content is answered as the first time."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import msgspec

Answer = TypeVar("Answer")


class Written(msgspec.Struct, Generic[Answer], frozen=True):
    """What a write answers; `created` is False for a replay."""

    answer: Answer
    created: bool


def differing_fields(stored: Any, given: Any) -> list[str]:
    """The paths at which two bodies differ; two writings of one instant do not."""
    if stored == given:
        return []
    return list(_paths(msgspec.to_builtins(stored), msgspec.to_builtins(given), "")) or ["type"]


def _paths(a: Any, b: Any, path: str) -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted({*a, *b}):
            yield from _paths(a.get(name), b.get(name), f"{path}.{name}" if path else name)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from _paths(left, right, f"{path}[{index}]")
    elif a != b:
        yield path
