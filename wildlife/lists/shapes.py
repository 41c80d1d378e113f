"""What is read of a row: all that a list tells, or the fields that were asked for."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from wildlife.web.near import Choice, near
from wildlife.web.problems import FieldError, Problem, gather
from wildlife.words.documented import label_of


@cache
def narrowed(answer: type[msgspec.Struct], fields: tuple[str, ...]) -> type[msgspec.Struct]:
    """The answer with those of its fields alone that are named so in JSON, in this order."""
    known = {one.encode_name: one for one in msgspec.structs.fields(answer)}
    kept: list[Any] = [
        (one.name, one.type, msgspec.field(name=one.encode_name))
        for name in fields
        if (one := known.get(name)) is not None
    ]
    return msgspec.defstruct(f"Narrow{answer.__name__}", kept, frozen=True, kw_only=True)


def require_fields(answer: type[msgspec.Struct], fields: Sequence[str] | None) -> None:
    """That an answer has all that is asked of it by name. Raises Problem: invalid_parameter."""
    names = {one.encode_name: one.name for one in msgspec.structs.fields(answer)}
    unknown = [name for name in fields or () if name not in names]
    if not unknown:
        return
    choices = tuple(Choice(name, label_of(answer, own)) for name, own in names.items())
    gather(
        Problem(
            "invalid_parameter",
            FieldError("fields", name, choices=choices, near=near(name.strip(), choices)),
        )
        for name in unknown
    )
