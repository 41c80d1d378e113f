"""What a column of a table is."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias

import msgspec

from wildlife.words.sentences import Sentence

Cells: TypeAlias = Sequence[Any]
"""What stands in a row, or in a column, from the first to the last: texts, ids, numbers, truths,
times with their zone, each of its column's kind; or None."""


class Kind(Enum):
    """What stands in the cells of a column, where anything does."""

    TEXT = "text"
    """Also what is made of digits and counts nothing: badges, numbers of cases."""
    CODE = "code"
    """A text that nobody writes: an id, a code, or what that is called."""
    NUMBER = "number"
    TIME = "time"
    YES_NO = "yes_no"


class Column(msgspec.Struct, frozen=True):
    """A column: its name for programs, what it is called by people, and what stands in it."""

    name: str
    heading: Sentence
    kind: Kind = Kind.TEXT

    def called(self, language: str | None) -> str:
        """What stands over it, for who reads that language; None: for a program."""
        if language is None:
            return self.name
        return self.heading.zh if language == "zh" else self.heading.en


YES: Final = Sentence("yes", "是")
NO: Final = Sentence("no", "否")
TOTAL: Final = Sentence("total", "合计")
"""What stands in the first cell of the row that sums up the others."""


def local(time: datetime) -> str:
    """A time in its own zone, as people read it: `2024-08-04 10:30:00`."""
    return time.replace(tzinfo=None).isoformat(" ", "seconds")


def in_language(said: Sentence, language: str) -> str:
    """What is said, in one of the two languages."""
    return said.zh if language == "zh" else said.en
