"""Lines as wide as a terminal, of text in which Chinese stands beside names: no name is cut."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import click

from wildlife.words.speaking import in_chinese, said

# What the library itself says in a help.
_OF_THE_LIBRARY: Final = {
    "Options": "选项",
    "Commands": "命令",
    "[required]": "[必填]",
    "[default: ": "[默认值：",
    "Show this message and exit.": "显示本帮助。",
    "Show the version and exit.": "显示版本号。",
}

# What may stand on a line by itself: a word or name, with the marks that no line begins with behind
# it and the opening ones that none ends with before it; or a Chinese character with its own.
_OPENING: Final = "（《“‘「『【〈"
_CLOSING: Final = "，。；：、）》”’」』】〉！？…"
_PIECE: Final = re.compile(
    rf"(\s*)([{_OPENING}]*(?:[\u0021-\u2e7f]+|[^{_CLOSING}\s])?[{_CLOSING}]*)"
)

_LEAST_COLUMNS: Final = 20

# Before a part of a help that stays as it is.
_AS_IT_IS: Final = "\b"


def width_of(text: str) -> int:
    """How many columns of a terminal it takes: a Chinese character takes two."""
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in text)


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The lines of a text, none wider than `columns` but for a name that is. Paragraphs stand
    apart; one that begins with a line `\\b` stays as it is."""
    for number, paragraph in enumerate(text.strip("\n").split("\n\n")):
        if number:
            yield ""
        first, *rest = paragraph.split("\n")
        if first.strip() == _AS_IT_IS:
            yield from rest
        else:
            yield from _filled(" ".join(paragraph.split()), columns)


def _filled(text: str, columns: int) -> Iterator[str]:
    line = ""
    for space, piece in _PIECE.findall(text):
        if line and width_of(line + space + piece) > columns:
            yield line
            line = piece
        else:
            line += (space if line else "") + piece
    yield line


class Formatter(click.HelpFormatter):
    """A help, as the library lays it out."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is called."""
        begin = f"{prefix or said('Usage: ', '用法：')}{prog} "
        at = width_of(begin)
        if at + _LEAST_COLUMNS > self.width:
            begin, at = f"{begin.rstrip()}\n    ", 4
        self.write(begin + f"\n{' ' * at}".join(wrapped(args, self.width - at)) + "\n")

    def write_heading(self, heading: str) -> None:
        """What stands above a list."""
        super().write_heading(_translated(heading))

    def write_text(self, text: str) -> None:
        """Paragraphs."""
        indent = " " * self.current_indent
        for line in wrapped(text, self.width - self.current_indent):
            self.write(f"{indent}{line}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Names, and beside each what is said of it."""
        rows = list(rows)
        at = min(max(width_of(name) for name, _ in rows), col_max) + col_spacing
        indent = " " * self.current_indent
        for name, text in rows:
            columns = max(self.width - self.current_indent - at, _LEAST_COLUMNS)
            first, *rest = wrapped(_translated(text), columns)
            gap = at - width_of(name)
            self.write(f"{indent}{name}")
            self.write(" " * gap if gap >= col_spacing else f"\n{indent}{' ' * at}")
            self.write(f"{first}\n")
            for line in rest:
                self.write(f"{indent}{' ' * at}{line}".rstrip() + "\n")


def _translated(text: str) -> str:
    if in_chinese():
        for english, chinese in _OF_THE_LIBRARY.items():
            text = text.replace(english, chinese)
    return text
