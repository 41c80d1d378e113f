"""What the document says, operation by operation and record by record."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tests.documented import document

ENGLISH = re.compile(r"[A-Za-z]")


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation, with its method and path."""
    for path, methods in document()["paths"].items():
        yield from ((f"{method.upper()} {path}", said) for method, said in methods.items())


def records(type_: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in type_.__subclasses__():
        yield one
        yield from records(one)
