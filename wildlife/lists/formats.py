"""How a list is written: a page as JSON; a page, or all of it, as GeoJSON (RFC 7946)."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Request
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Reference,
    Schema,
)

from wildlife.web.negotiation import JSON, best_of, whole_header
from wildlife.web.pages import Page, asked_again, path_of

GEOJSON: Final = "application/geo+json"

AS_GEOJSON: Final = {"format": "geojson"}
"""Whoever calls a link of a GeoJSON answer wants GeoJSON, whatever they accept."""

T = TypeVar("T")


async def write_geojson(
    request: Request[Any, Any, Any],
    pages: AsyncGenerator[Page[T], None],
    key: Sequence[str],
    now: datetime,
) -> AsyncGenerator[bytes, None]:
    """A FeatureCollection of the pages, written as they are read: however many there are, one is
    held at a time. Where one can't be had, what was written breaks off, and is no JSON.

    key: the fields that tell features apart which have no id of their own.
    """
    yield b'{"type":"FeatureCollection","features":['
    returned, unreadable, cursor = 0, list[UUID](), None
    async for one in pages:
        written = b",".join(msgspec.json.encode(_feature(item, key)) for item in one.items)
        yield b"," + written if returned and written else written
        returned += len(one.items)
        unreadable += one.unreadable
        cursor = one.next_cursor
    from_first_to_last = cursor is None and "cursor" not in request.query_params
    name = path_of(request).rpartition("/")[2]
    more: dict[str, Any] = {
        # What a map calls the layer, where nothing else of this is shown.
        "name": name if from_first_to_last and not unreadable else f"{name} (not all)",
        "numberReturned": returned,
        "timeStamp": now,
        "links": _links(request, cursor),
        "next_cursor": cursor,
    }
    if from_first_to_last:
        more["numberMatched"] = returned + len(unreadable)
    if unreadable:
        more["unreadable"] = unreadable
    yield b"]," + msgspec.json.encode(more).removeprefix(b"{")


def _links(request: Request[Any, Any, Any], cursor: str | None) -> list[dict[str, str]]:
    """Of this answer and of the next, as OGC API Features has them."""
    found = {"self": asked_again(request, **AS_GEOJSON)}
    if cursor is not None:
        found["next"] = asked_again(request, **AS_GEOJSON, cursor=cursor)
    return [{"rel": rel, "href": href, "type": GEOJSON} for rel, href in found.items()]


def _feature(item: Any, key: Sequence[str]) -> dict[str, Any]:
    values = (getattr(item, name) for name in item.__struct_fields__)
    properties = dict(zip(item.__struct_encode_fields__, values, strict=True))
    longitude, latitude = properties.pop("longitude"), properties.pop("latitude")
    return {
        "type": "Feature",
        "id": properties.get("id") or "/".join(str(properties[name]) for name in key),
        "geometry": None
        if longitude is None
        else {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }


_COLLECTION: Final[dict[str, Reference | Schema]] = {
    "type": Schema(const="FeatureCollection"),
    "features": Schema(
        type=OpenAPIType.ARRAY,
        items=Schema(type=OpenAPIType.OBJECT),
        description="要素。An item of the list each, with its point in WGS-84 as its geometry, and"
        " with an `id` that stays: the item's own, else that of the incident, with the animal's"
        " number where it is an animal (`…/1`).",
    ),
    "name": Schema(
        type=OpenAPIType.STRING,
        description="图层名称。The name of the list, with `(not all)` where there is more of it.",
    ),
    "numberReturned": Schema(
        type=OpenAPIType.INTEGER, description="要素个数。How many features are in this answer."
    ),
    "numberMatched": Schema(
        type=OpenAPIType.INTEGER,
        description="符合条件的总数。How many there are in all; only where all are in this answer.",
    ),
    "timeStamp": Schema(
        type=OpenAPIType.STRING,
        format=OpenAPIFormat.DATE_TIME,
        description="生成时间。When it was asked for.",
    ),
    "links": Schema(
        type=OpenAPIType.ARRAY,
        items=Schema(
            type=OpenAPIType.OBJECT,
            properties={name: Schema(type=OpenAPIType.STRING) for name in ("href", "rel", "type")},
            required=["href", "rel", "type"],
        ),
        description="链接。`self`, and `next` where there is more.",
    ),
    "next_cursor": Schema(
        type=[OpenAPIType.STRING, OpenAPIType.NULL],
        description="下一页游标。Gets the next page; null where there is no more.",
    ),
    "unreadable": Schema(
        type=OpenAPIType.ARRAY,
        items=Schema(type=OpenAPIType.STRING),
        description="无法显示的记录。Ids of what belongs here and can't be shown.",
    ),
}


_SOMETIMES: Final = {"numberMatched", "unreadable"}


@dataclass
class ListOperation(Operation):
    """An operation that answers GeoJSON too: in its document, and to who accepts it."""

    OFFERED: ClassVar = (JSON, GEOJSON)

    def __post_init__(self) -> None:
        answers = (self.responses or {}).get("200")
        content = getattr(answers, "content", None)
        if content is not None:
            content[GEOJSON] = OpenAPIMediaType(
                schema=Schema(
                    type=OpenAPIType.OBJECT,
                    properties=_COLLECTION,
                    required=sorted(_COLLECTION.keys() - _SOMETIMES),
                    description="A GeoJSON FeatureCollection (RFC 7946): whole, unless a `limit` is"
                    " asked for.",
                )
            )


def wants_geojson(given: str | None, request: Request[Any, Any, Any]) -> bool:
    """By `format`, or else by `Accept`."""
    if given is not None:
        return given == "geojson"
    return best_of(whole_header(request, "accept"), ListOperation.OFFERED) == GEOJSON
