"""What a format is, and what it is given to write."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
from litestar import Request
from litestar.openapi.spec import OpenAPIType, Schema

from wildlife.accesses.codes import Listed
from wildlife.people.accounts import Actor
from wildlife.service import Service
from wildlife.tables.flat import Flat, flatten
from wildlife.tables.labels import labelling
from wildlife.web.pages import Page, path_of

UNREADABLE: Final = "unreadable"
"""What stands for a row that can't be shown, with the id of its incident."""

Pages: TypeAlias = AsyncGenerator[Page[Any], None]
"""The rows of an answer, a page at a time, as they are read."""


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What is told to whom.

    listed: the list, where the access log has a word for it. answer: what is told of each row.
    fields: those that are told of it, as in JSON; None: all. key: those that tell rows apart.
    labels: the language of labels and headings; None: nobody asked for them.
    """

    service: Service
    request: Request[Any, Any, Any]
    actor: Actor
    listed: Listed | None
    answer: type[msgspec.Struct]
    fields: Sequence[str] | None
    key: Sequence[str]
    labels: str | None
    now: datetime

    def as_json(self) -> Callable[[Any], Any]:
        """What makes of a row what JSON says of it."""
        return _itself if self.labels is None else labelling(self.answer, self.labels)

    def flat(self, language: str | None) -> Flat:
        """What makes of a row that of a table."""
        return flatten(self.answer, self.fields, language)

    @property
    def name(self) -> str:
        """Of the list, for programs: `releases`."""
        return path_of(self.request).rpartition("/")[2]

    def called(self, language: str) -> str:
        """What the list is called."""
        return self.name if self.listed is None else str(getattr(self.listed, language))


def _itself(item: Any) -> Any:
    return item


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """How a list is written.

    name: as `format` has it. write: writes it as pages come; None: a page at a time, as JSON.
    described: what the document says of it. needs: the fields that it is made of, beside those that
    are told. ending: under which the answer is saved; None: it is shown. gains: by compression.
    """

    name: str
    media_type: str
    write: Callable[[Telling, Pages], AsyncGenerator[bytes, None]] | None
    described: Schema
    needs: Callable[[Sequence[str]], Sequence[str]] = lambda key: ()
    ending: str | None = None
    gains: bool = True

    def headers(self, telling: Telling) -> Mapping[str, str]:
        if self.ending is None:
            return {}
        name = f"{telling.name}-{telling.now:%Y%m%d-%H%M}.{self.ending}"
        return {"Content-Disposition": f'attachment; filename="{name}"'}


def text(description: str, media_type: str | None = None) -> Schema:
    """What the document says of a format that is no JSON."""
    return Schema(type=OpenAPIType.STRING, description=description, content_media_type=media_type)
