"""The plain values that records are made of, with their bounds."""

from datetime import datetime
from typing import Annotated, NewType
from uuid import UUID

import msgspec

IncidentId = NewType("IncidentId", UUID)
PhotoId = NewType("PhotoId", UUID)
UploadId = NewType("UploadId", UUID)

# PostgreSQL's text can't hold U+0000, and no honest report contains it.
_NO_NUL = r"^[^\u0000]*$"

ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_NO_NUL)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000, pattern=_NO_NUL)]

Instant = Annotated[
    datetime,
    msgspec.Meta(
        tz=True,
        description="RFC 3339 with an offset, e.g. 2024-07-29T15:20:00+08:00.",
        examples=["2024-07-29T15:20:00+08:00"],
    ),
]

AnimalNumber = Annotated[
    int, msgspec.Meta(ge=1, le=100, description="The animal's number within its incident.")
]
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Badge = Annotated[
    str,
    msgspec.Meta(pattern=r"^[0-9A-Za-z-]{2,32}$", description="A badge number: 150425001."),
]
