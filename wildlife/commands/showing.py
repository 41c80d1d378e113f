"""How a command says what came of it: a line or a table for a person, JSON for a program."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final

import click
import msgspec

from wildlife.commands.wrapping import width_of
from wildlife.words.speaking import said

json_option: Final = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document, for a program."
)


def say(text: str = "") -> None:
    """A line for a person, at once."""
    click.echo(text)
    if sys.stdout is not None:  # as it is where the caller has closed it
        sys.stdout.flush()


def require_output() -> None:
    """That what a command is there to say can go somewhere; a sentence where the caller has closed
    standard output."""
    if sys.stdout is None:
        raise click.ClickException(
            said(
                "Nothing can be written: standard output is closed. Let it go to a file or a"
                " terminal.",
                "无法输出：标准输出已关闭。请输出到文件或终端。",
            )
        )


def say_json(document: msgspec.Struct | Sequence[msgspec.Struct]) -> None:
    """All of it, in one line."""
    require_output()
    say(msgspec.json.encode(document).decode())


def say_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """In columns, each as wide as what is widest in it."""
    require_output()
    lines = [heads, *rows]
    widths = [max(map(width_of, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell + " " * (w - width_of(cell)) for cell, w in zip(line, widths, strict=True))
        say("  ".join(cells).rstrip())
