"""How a page is written: JSON, or GeoJSON (RFC 7946)."""

from dataclasses import dataclass
from typing import Any, Final, TypeVar

from litestar import Request, Response
from litestar.openapi.spec import OpenAPIMediaType, Operation, Schema

from wildlife.web.negotiation import JSON, best_of
from wildlife.web.pages import Page

GEOJSON: Final = "application/geo+json"
OFFERED: Final = (JSON, GEOJSON)

T = TypeVar("T")


def answer(found: Page[T], *, geojson: bool) -> Response[Page[T]]:
    """The page as JSON, or as a GeoJSON FeatureCollection (RFC 7946)."""
    if not geojson:
        return Response(found)
    collection: Any = {
        "type": "FeatureCollection",
        "features": [_feature(item) for item in found.items],
        "next_cursor": found.next_cursor,
    }
    if found.unreadable:
        collection["unreadable"] = found.unreadable
    return Response(collection, media_type=GEOJSON)


@dataclass
class ListOperation(Operation):
    """An operation that answers GeoJSON too."""

    def __post_init__(self) -> None:
        answers = (self.responses or {}).get("200")
        content = getattr(answers, "content", None)
        if content is not None:
            content[GEOJSON] = OpenAPIMediaType(
                schema=Schema(description="A GeoJSON FeatureCollection (RFC 7946) with next_cursor")
            )


def _feature(item: Any) -> dict[str, Any]:
    values = (getattr(item, name) for name in item.__struct_fields__)
    properties = dict(zip(item.__struct_encode_fields__, values, strict=True))
    longitude, latitude = properties.pop("longitude"), properties.pop("latitude")
    named = {"id": properties["id"]} if "id" in properties else {}
    return {
        "type": "Feature",
        **named,
        "geometry": None
        if longitude is None
        else {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }


def wants_geojson(given: str | None, request: Request[Any, Any, Any]) -> bool:
    """By `format`, or else by `Accept`."""
    if given is not None:
        return given == "geojson"
    return best_of(request.headers.get("accept", ""), OFFERED) == GEOJSON
