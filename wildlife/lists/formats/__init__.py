"""How a list is written: a format a file, and a line in `FORMATS`."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from litestar import Request
from litestar.openapi.spec import (
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Reference,
    Schema,
)

from wildlife.lists.formats.csv import CSV
from wildlife.lists.formats.format import Format
from wildlife.lists.formats.geojson import GEOJSON
from wildlife.lists.formats.ndjson import NDJSON
from wildlife.lists.formats.xlsx import XLSX
from wildlife.web.answer_headers import HEADERS
from wildlife.web.negotiation import JSON as JSON_TYPE
from wildlife.web.negotiation import best_of, whole_header

JSON: Final = Format(name="json", media_type=JSON_TYPE, write=None, described=Schema())

FORMATS: Final = {one.name: one for one in (JSON, GEOJSON, NDJSON, CSV, XLSX)}
"""By name; whoever accepts everything gets the first."""

_BY_MEDIA_TYPE: Final = {one.media_type: one for one in FORMATS.values()}
OFFERED: Final = tuple(_BY_MEDIA_TYPE)


def asked_format(given: str | None, request: Request[Any, Any, Any]) -> Format:
    """By `format`, or else by `Accept`."""
    if given is not None:
        return FORMATS[given]
    return _BY_MEDIA_TYPE[best_of(whole_header(request, "accept"), OFFERED) or JSON_TYPE]


# Those of a list in any format, beside where it goes on.
_HEADERS: Final = ("Content-Disposition", "Content-Encoding", "Total-Count")


def list_headers() -> dict[str, OpenAPIHeader | Reference]:
    """What a list in any format says beside its body, for the document."""
    return {
        name: OpenAPIHeader(
            schema=Schema(type=OpenAPIType.STRING), description=HEADERS[name], required=False
        )
        for name in _HEADERS
    }


@dataclass
class ListOperation(Operation):
    """An operation that answers in all formats: in its document, and to who accepts them."""

    OFFERED: ClassVar = OFFERED

    def __post_init__(self) -> None:
        answers = (self.responses or {}).get("200")
        if not isinstance(answers, OpenAPIResponse) or answers.content is None:
            return
        answers.headers = {**(answers.headers or {}), **list_headers()}
        for one in FORMATS.values():
            answers.content.setdefault(one.media_type, OpenAPIMediaType(schema=one.described))
