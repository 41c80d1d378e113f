"""What the OpenAPI document says of bodies that are photos, and a time in an address."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import msgspec
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    RequestBody,
    Schema,
)

from wildlife.decoding import require_possible_times
from wildlife.problems import FieldError, Problem
from wildlife.values import Instant

# The formats taken, for the OpenAPI document.
_PHOTO = OpenAPIMediaType(schema=Schema(description="The photo's bytes."))
_FORMATS: Final = {f"image/{name}": _PHOTO for name in ("jpeg", "png", "webp", "heic", "avif")}


@dataclass
class PhotoOperation(Operation):
    """An operation whose body is the photo itself."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(required=True, content={**_FORMATS})


@dataclass
class PartOperation(Operation):
    """An operation whose body is the next part of a photo."""

    def __post_init__(self) -> None:
        part = OpenAPIMediaType(schema=Schema(description="The photo's next bytes."))
        self.request_body = RequestBody(content={"application/offset+octet-stream": part})


@dataclass
class ShownPhotoOperation(Operation):
    """An operation that answers a photo in one of several formats, whole or in part."""

    def __post_init__(self) -> None:
        responses = self.responses or {}
        whole = responses.get("200")
        if isinstance(whole, OpenAPIResponse):
            whole.content = {**_FORMATS}
            self.responses = {**responses, "206": replace(whole, description="A part of it")}


def read_time(text: str | None) -> datetime | None:
    """`taken_at` of an address, where an unescaped plus sign is a space."""
    if text is None:
        return None
    try:
        time = msgspec.convert(text.replace(" ", "+"), Instant)
    except msgspec.ValidationError:
        expected = "a time with its offset like 2024-07-29T15:20:00+08:00"
        raise Problem("invalid_parameter", FieldError("taken_at", text, expected)) from None
    require_possible_times(time, "taken_at")
    return time
