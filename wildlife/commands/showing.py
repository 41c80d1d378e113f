"""What a listing command shows: a table for a person, JSON for a program."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import click
import msgspec

from wildlife.commands.running import require_output, say

json_option: Final = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document, for a program."
)


def say_json(document: msgspec.Struct | Sequence[msgspec.Struct]) -> None:
    """All of it, in one line."""
    require_output()
    say(msgspec.json.encode(document).decode())


def say_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """In columns, each as wide as what is widest in it."""
    require_output()
    lines = [heads, *rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True))
        say("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """How many columns of a terminal it takes: a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in text)
