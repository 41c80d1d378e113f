"""The plain values that records are made of, with their bounds: here, and nowhere else. Those of
places are in `wildlife.words.places`."""

from datetime import UTC, datetime
from typing import Annotated, Final, NewType
from uuid import UUID

import msgspec

IncidentId = NewType("IncidentId", UUID)
PhotoId = NewType("PhotoId", UUID)
UploadId = NewType("UploadId", UUID)


class UnfitValue(ValueError):
    """What can't be meant, as it is written; the sentence says why."""


def whole(pattern: str) -> str:
    """The pattern that a whole text has to match, in the regular expressions of both Python and
    JSON Schema. `$` alone lets a line break pass behind it in Python, which has no other sign that
    JSON Schema knows. Digits are `[0-9]`: `\\d` is also the digits of sixty other scripts.
    """
    return rf"^(?:{pattern})(?!\n)$"


# PostgreSQL's text can't hold U+0000, and no honest report contains it.
NO_NUL: Final = whole(r"[^\u0000]*")
# The same, and more than spaces.
NOT_BLANK: Final = whole(r"[^\u0000]*[^\s\u0000][^\u0000]*")
SHA256: Final = whole(r"[0-9a-f]{64}")

Digest = Annotated[
    str,
    msgspec.Meta(pattern=SHA256, max_length=64, description="A SHA-256 in lower-case hexadecimal."),
]

ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_NUL)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000, pattern=NO_NUL)]

# No rescue or report is older, and a phone that lost its clock says 1970; beyond them lie the zero
# times of programs (the year 1) and offsets that no zone has any more. msgspec knows no bounds of
# times, so whoever decodes holds them to these (`wildlife.web.decoding`).
EARLIEST: Final = datetime(1950, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)

Instant = Annotated[
    datetime,
    msgspec.Meta(
        tz=True,
        description="RFC 3339 with an offset, e.g. 2024-07-29T15:20:00+08:00; from 1950 to 2099.",
        examples=["2024-07-29T15:20:00+08:00"],
    ),
]
"""When something happened: what is filed then lies in no future."""
Planned = Annotated[
    datetime,
    msgspec.Meta(
        tz=True,
        description="RFC 3339 with an offset, e.g. 2024-08-02T18:00:00+08:00; from 1950 to 2099; it"
        " may lie ahead.",
        examples=["2024-08-02T18:00:00+08:00"],
    ),
]
"""When something is to be: it may lie ahead."""

# Python reads others as days, too: 20240804, 2024-W31-7.
DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

_DAY_OR_TIME: Final = (
    rf"{DAY}(?:T[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}}))?"
)
# A day, or a time with its offset, as a question may name either.
DAY_OR_TIME: Final = whole(_DAY_OR_TIME)
# So many days before today: a question that is asked each day names it so.
DAYS_BACK: Final = "-([0-9]{1,4})d"
MOMENT_OR_DAYS_BACK: Final = whole(f"{_DAY_OR_TIME}|{DAYS_BACK}")

AnimalNumber = Annotated[
    int, msgspec.Meta(ge=1, le=999, description="The animal's number within its incident.")
]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
BADGE: Final = whole(r"[0-9A-Za-z-]{2,32}")
Badge = Annotated[
    str,
    msgspec.Meta(
        pattern=BADGE,
        description="A badge number: 2 to 32 of 0-9, A-Z, a-z and -, as in 150425001.",
    ),
]
# A name stands in a line of a list: neither tabs nor line breaks, nothing that turns the line
# around, and something that can be seen (as `wildlife.words.text.is_readable` has it, which no
# pattern can say of all scripts).
_CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u202b\u202e\u2067"
# Separators of lines are spaces, too: named by themselves they would end a line of the clients that
# are generated from the document, which write an escape out.
_IN_A_LINE: Final = rf"(?:[^\s{_CONTROLS}]|[ \u00a0\u3000])*"
_NO_INK: Final = (
    r"\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    r"\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
)
Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=200,
        pattern=whole(rf"{_IN_A_LINE}[^{_CONTROLS}{_NO_INK}]{_IN_A_LINE}"),
        description="A name: 1 to 200 characters in one line, and not only spaces.",
    ),
]
STATION_CODE: Final = whole(r"[0-9]{4,12}")
StationCode = Annotated[
    str,
    msgspec.Meta(
        pattern=STATION_CODE,
        description="A station's code: 4 to 12 digits.",
    ),
]

# As PostgreSQL's `integer` holds them: what a cursor counts.
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

Metres = Annotated[float, msgspec.Meta(ge=0)]
"""A distance in a cursor."""

CaseNumber = Annotated[str, msgspec.Meta(max_length=200, pattern=NO_NUL)]
"""A case number in a cursor."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time in a cursor: what any row may hold, which is more than what is taken today."""
