"""What a format is, and what it is given to write."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
from litestar import Request
from litestar.openapi.spec import OpenAPIType, Schema

from wildlife.lists.explaining import Explained
from wildlife.people.accounts import Actor
from wildlife.service import Service
from wildlife.tables.flat import Flat, flatten
from wildlife.tables.labels import labelling
from wildlife.web.bodies import Streamed
from wildlife.web.compressing import gzipped
from wildlife.web.negotiation import accepts_gzip, language_of, whole_header
from wildlife.web.pages import Page, path_of
from wildlife.words.sentences import Sentence

_ROOT: Final = "/api/v1/"

UNREADABLE: Final = "unreadable"
"""What stands for a row that can't be shown, with the id of its incident."""

Pages: TypeAlias = AsyncGenerator[Page[Any], None]
"""The rows of an answer, a page at a time, as they are read."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, for what, and when.

    called: what is asked for, as people call it. labels: the language of labels and headings; None:
    nobody asked for them. explained: what is said of it beside, and how.
    """

    service: Service
    request: Request[Any, Any, Any]
    actor: Actor
    called: Sentence
    labels: str | None
    now: datetime
    explained: Explained = ()

    @property
    def name(self) -> str:
        """What is asked for, for programs: `releases`, `statistics-releases`."""
        return path_of(self.request).removeprefix(_ROOT).replace("/", "-")

    @property
    def language(self) -> str:
        """That of what is always told in one: as was asked for, or else the reader's."""
        return self.labels or language_of(self.request)


class Telling(Asking, frozen=True, kw_only=True):
    """What is told of a list.

    answer: what is told of each row. fields: those that are told of it, as in JSON; None: all. key:
    those that tell rows apart.
    """

    answer: type[msgspec.Struct]
    fields: Sequence[str] | None
    key: Sequence[str]

    def as_json(self) -> Callable[[Any], Any]:
        """What makes of a row what JSON says of it."""
        return _itself if self.labels is None else labelling(self.answer, self.labels)

    def flat(self, language: str | None) -> Flat:
        """What makes of a row that of a table."""
        return flatten(self.answer, self.fields, language)


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

    def sent(
        self,
        asking: Asking,
        pieces: AsyncGenerator[bytes, None],
        headers: Mapping[str, str],
        name: str | None = None,
    ) -> Streamed:
        """The answer that is written in these pieces. name: under which it is saved; None: that of
        what is asked for."""
        told = {**headers}
        if self.ending is not None:
            saved = f"{name or asking.name}-{asking.now:%Y%m%d-%H%M}.{self.ending}"
            told["Content-Disposition"] = f'attachment; filename="{saved}"'
        if self.gains and accepts_gzip(whole_header(asking.request, "accept-encoding")):
            pieces, told["Content-Encoding"] = gzipped(pieces), "gzip"
        return Streamed(pieces, media_type=self.media_type, headers=told)


def text(description: str, media_type: str | None = None) -> Schema:
    """What the document says of a format that is no JSON."""
    return Schema(type=OpenAPIType.STRING, description=description, content_media_type=media_type)
