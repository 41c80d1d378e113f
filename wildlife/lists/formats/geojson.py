"""GeoJSON (RFC 7946) of a list: a FeatureCollection, written as its rows are read."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIType,
    Reference,
    Schema,
)

from wildlife.lists.formats.format import Format, Pages, Telling
from wildlife.tables.flat import LABEL
from wildlife.web.pages import asked_again

_MEDIA_TYPE: Final = "application/geo+json"
_NAME: Final = "geojson"
_PLACE: Final = ("longitude", "latitude")
_NUMBERS: Final = ("number", "animal")


async def _write(telling: Telling, pages: Pages) -> AsyncGenerator[bytes, None]:
    """A FeatureCollection of the pages, written as they are read: however many there are, one is
    held at a time. Where one can't be had, what was written breaks off, and is no JSON."""
    request, feature = telling.request, _features(telling)
    yield b'{"type":"FeatureCollection","features":['
    returned, unreadable, cursor = 0, list[UUID](), None
    async for one in pages:
        written = b",".join(msgspec.json.encode(feature(item)) for item in one.items)
        yield b"," + written if returned and written else written
        returned += len(one.items)
        unreadable += one.unreadable
        cursor = one.next_cursor
    from_first_to_last = cursor is None and "cursor" not in request.query_params
    more: dict[str, Any] = {
        # What a map calls the layer, where nothing else of this is shown.
        "name": telling.name
        if from_first_to_last and not unreadable
        else f"{telling.name} (not all)",
        "numberReturned": returned,
        "timeStamp": telling.now,
        "links": _links(request, cursor),
        "next_cursor": cursor,
    }
    if from_first_to_last:
        more["numberMatched"] = returned + len(unreadable)
    if unreadable:
        more["unreadable"] = unreadable
    yield b"]," + msgspec.json.encode(more).removeprefix(b"{")


def _links(request: Request[Any, Any, Any], cursor: str | None) -> list[dict[str, str]]:
    """Of this answer and of the next, as OGC API Features has them: whoever calls one wants
    GeoJSON, whatever they accept."""
    found = {"self": asked_again(request, format=_NAME)}
    if cursor is not None:
        found["next"] = asked_again(request, format=_NAME, cursor=cursor)
    return [{"rel": rel, "href": href, "type": _MEDIA_TYPE} for rel, href in found.items()]


def _features(telling: Telling) -> Callable[[Any], dict[str, Any]]:
    as_json = telling.as_json()
    told: Collection[str] | None = telling.fields
    # What has no id of its own has that of its incident; a number tells apart what has the same.
    names = {one.encode_name for one in msgspec.structs.fields(telling.answer)}
    own = [
        "id" if "id" in names else "incident_id",
        *(one for one in telling.key if one in _NUMBERS),
    ]

    def feature(item: Any) -> dict[str, Any]:
        shown = as_json(item)
        if not isinstance(shown, dict):
            values = (getattr(item, name) for name in item.__struct_fields__)
            shown = dict(zip(item.__struct_encode_fields__, values, strict=True))
        of_thing = "/".join(str(shown[name]) for name in own)
        longitude, latitude = (shown.pop(name) for name in _PLACE)
        return {
            "type": "Feature",
            "id": of_thing,
            "geometry": None
            if longitude is None
            else {"type": "Point", "coordinates": [longitude, latitude]},
            "properties": shown if told is None else _those(shown, told),
        }

    return feature


def _those(shown: dict[str, Any], told: Collection[str]) -> dict[str, Any]:
    """What was asked for, without what only the feature is made of."""
    return {
        name: value
        for name, value in shown.items()
        if name in told or name.removesuffix(LABEL) in told
    }


def _needs(key: Sequence[str]) -> Sequence[str]:
    return ("id", *key, *_PLACE)


_COLLECTION: Final[dict[str, Reference | Schema]] = {
    "type": Schema(const="FeatureCollection"),
    "features": Schema(
        type=OpenAPIType.ARRAY,
        items=Schema(type=OpenAPIType.OBJECT),
        description="要素。An item of the list each, with its point in WGS-84 as its geometry, and"
        " with an `id` that stays: the item's own, else that of the incident, with the animal's"
        " number where it is about an animal (`…/1`).",
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


GEOJSON: Final = Format(
    name=_NAME,
    media_type=_MEDIA_TYPE,
    write=_write,
    needs=_needs,
    described=Schema(
        type=OpenAPIType.OBJECT,
        properties=_COLLECTION,
        required=sorted(_COLLECTION.keys() - _SOMETIMES),
        description="A GeoJSON FeatureCollection (RFC 7946): whole, unless a `limit` is asked for.",
    ),
)
