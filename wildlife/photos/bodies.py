"""Bodies that are photos: what the OpenAPI document says of them, and by what they are known."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from media.images import SNIFF_BYTES, sniff


def _bytes(description: str) -> OpenAPIMediaType:
    return OpenAPIMediaType(
        schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description=description)
    )


_PHOTO: Final = _bytes("The photo's bytes.")
# The formats taken, for the OpenAPI document.
_FORMATS: Final = {f"image/{name}": _PHOTO for name in ("jpeg", "png", "webp", "heic", "avif")}

# What may be wrong with a photo that is sent, for the document as well;
STORING: Final = (
    "unsupported_image",
    "storage_full",
    "darkroom_unavailable",
    "store_unavailable",
)
# … and with one that is asked for.
FETCHING: Final = (
    "not_found",
    "range_not_satisfiable",
    "original_missing",
    "store_unavailable",
)


@dataclass
class PhotoOperation(Operation):
    """An operation whose body is the photo itself."""

    def __post_init__(self) -> None:
        # What it is shows in its bytes, whatever the client calls it.
        content = {"application/octet-stream": _PHOTO, **_FORMATS}
        self.request_body = RequestBody(required=True, content=content)


@dataclass
class PartOperation(Operation):
    """An operation whose body is the next part of a photo, or nothing."""

    NEEDS_ONE: ClassVar = False

    def __post_init__(self) -> None:
        part = _bytes("The photo's next bytes.")
        content = {"application/offset+octet-stream": part}
        self.request_body = RequestBody(required=self.NEEDS_ONE, content=content)


@dataclass
class NextPartOperation(PartOperation):
    """An operation whose body is the next part of a photo."""

    NEEDS_ONE: ClassVar = True


@dataclass
class ShownPhotoOperation(Operation):
    """An operation that answers a photo in one of several formats, whole or in part."""

    def __post_init__(self) -> None:
        responses = self.responses or {}
        whole = responses.get("200")
        if isinstance(whole, OpenAPIResponse):
            whole.content = {**_FORMATS}
            self.responses = {**responses, "206": replace(whole, description="A part of it")}


async def recognized(chunks: AsyncIterator[bytes], length: int) -> AsyncIterator[bytes]:
    """The same, but for a file that is no photo by its first bytes: not one of it is passed on.

    An officer learns it at once, not when the rest has come over one bar of signal. Raises
    UnsupportedImage.
    """
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= min(SNIFF_BYTES, length):
            sniff(head)
            break
    if head:  # or, broken off so early, its end will tell
        yield head
    async for chunk in chunks:
        yield chunk
