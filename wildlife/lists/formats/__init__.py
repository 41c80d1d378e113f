"""How a list is written: a format a file, and a line in `FORMATS`; and which of these tell what is
counted (`STATISTIC_FORMATS`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from litestar import Request
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Reference,
    Schema,
)
from msgspec.structs import replace

from wildlife.lists.formats.csv import CSV
from wildlife.lists.formats.format import Format, text
from wildlife.lists.formats.geojson import GEOJSON
from wildlife.lists.formats.ndjson import NDJSON
from wildlife.lists.formats.xlsx import XLSX
from wildlife.web.answer_headers import HEADERS
from wildlife.web.negotiation import JSON as JSON_TYPE
from wildlife.web.negotiation import best_of, whole_header

JSON: Final = Format(name="json", media_type=JSON_TYPE, write=None, described=Schema())

FORMATS: Final = {one.name: one for one in (JSON, GEOJSON, NDJSON, CSV, XLSX)}
"""By name; whoever accepts everything gets the first."""

STATISTIC_FORMATS: Final = {
    one.name: one
    for one in (
        JSON,
        replace(
            CSV,
            described=text(
                "CSV 表格。A row for each group, as JSON has them, and the last one for all, which"
                " begins with `total`; where groups are left out, a row of `groups_left_out:`"
                " before it. It is written as a list is."
            ),
        ),
        XLSX,
    )
}
"""By name, in which what is counted is told: rows that are no places."""


WHOLE: Final = [name for name, one in FORMATS.items() if one.write is not None]
"""Those in which a list comes whole."""


def files_in(media_types: Iterable[str], description: str) -> dict[str, OpenAPIMediaType]:
    """What the document says of an answer that is a file in any of these."""
    file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description=description)
    documents = (JSON.media_type, GEOJSON.media_type)
    return {
        one: OpenAPIMediaType(schema=Schema() if one in documents else file) for one in media_types
    }


def asked_format(
    given: str | None, request: Request[Any, Any, Any], among: Mapping[str, Format] = FORMATS
) -> Format:
    """By `format`, or else by `Accept`."""
    if given is not None:
        return among[given]
    by_media_type = {one.media_type: one for one in among.values()}
    accepted = best_of(whole_header(request, "accept"), tuple(by_media_type))
    return by_media_type[accepted or JSON_TYPE]


# Those of a file, and of a list in any format, beside where it goes on.
_OF_FILES: Final = ("Content-Disposition", "Content-Encoding")
_OF_LISTS: Final = (*_OF_FILES, "Total-Count")


def list_headers(names: Sequence[str] = _OF_LISTS) -> dict[str, OpenAPIHeader | Reference]:
    """What a list in any format says beside its body, for the document."""
    return {
        name: OpenAPIHeader(
            schema=Schema(type=OpenAPIType.STRING), description=HEADERS[name], required=False
        )
        for name in names
    }


@dataclass
class ListOperation(Operation):
    """An operation that answers in all formats: in its document, and to who accepts them."""

    FORMATS: ClassVar = FORMATS
    OFFERED: ClassVar = tuple(one.media_type for one in FORMATS.values())
    HEADERS: ClassVar[Sequence[str]] = _OF_LISTS

    def __post_init__(self) -> None:
        answers = (self.responses or {}).get("200")
        if not isinstance(answers, OpenAPIResponse) or answers.content is None:
            return
        answers.headers = {**(answers.headers or {}), **list_headers(self.HEADERS)}
        for one in self.FORMATS.values():
            answers.content.setdefault(one.media_type, OpenAPIMediaType(schema=one.described))


@dataclass
class StatisticOperation(ListOperation):
    """The same of what is counted."""

    FORMATS: ClassVar = STATISTIC_FORMATS
    OFFERED: ClassVar = tuple(one.media_type for one in STATISTIC_FORMATS.values())
    HEADERS: ClassVar = _OF_FILES
