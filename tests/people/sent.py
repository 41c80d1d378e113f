"""Every place of the API in which somebody may send an id, as the document has them; and all by
which two answers to ids may be told apart."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

import asyncpg
import pytest
from httpx import Response

from tests.documented import document
from tests.users import API

INCIDENT, ENTRY, PHOTO, UPLOAD, DEVICE, FEED, EXPORT, SUBSCRIPTION, REFUSED, DIGEST = (
    *("incident", "entry", "photo", "upload", "device", "feed", "export", "subscription"),
    *("refused", "digest"),
)
"""What an id is of; a digest is an id, too: of a photo's bytes, or of a timeline's end."""

OF_WHAT: Final = {
    "incident_id": INCIDENT,
    "incident": INCIDENT,
    "entry": ENTRY,
    "duplicate_of": INCIDENT,
    "entry_id": ENTRY,
    "animal": ENTRY,
    "about": ENTRY,
    "ids": ENTRY,
    "photo_id": PHOTO,
    "upload_id": UPLOAD,
    "device_id": DEVICE,
    "feed_id": FEED,
    "export_id": EXPORT,
    "subscription_id": SUBSCRIPTION,
    "refused_id": REFUSED,
    "sha256": DIGEST,
    "If-Match": DIGEST,
    "If-None-Match": DIGEST,
    "cursor": INCIDENT,
}
"""What a place asks for by its name; of `id` it is what is sent with it."""


class Slot(NamedTuple):
    """A place in which an id may be sent."""

    method: str
    path: str
    where: str
    """`path`, `query`, `header`, or the type of a body."""
    name: str

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def of_what(self) -> str:
        if self.name == "id":
            of_it = {"POST /incidents": INCIDENT, "POST /devices": DEVICE, "POST /feeds": FEED}
            of_it |= {"POST /exports": EXPORT, "POST /subscriptions": SUBSCRIPTION}
            if self.path == SYNC and self.where in ("rescue", "road_hazard"):
                return INCIDENT
            return of_it.get(self.route, ENTRY)
        return OF_WHAT[self.name]


SYNC: Final = "/sync"
"""What is sent to it has the bodies of others within."""

UPLOAD_METADATA: Final = ("incident_id", "photo_id", "about", "sha256")
"""What `Upload-Metadata` may name, which is one header to the document."""

# Parameters whose text may hold an id, though their type does not say so.
_TEXTS: Final = {"about", "cursor", "If-Match", "If-None-Match"}


def slots() -> Iterator[Slot]:
    """All that the document has."""
    for path, methods in document()["paths"].items():
        if not path.startswith(API):
            continue
        for method, operation in methods.items():
            at = (method.upper(), path.removeprefix(API))
            if at[1] == SYNC:
                yield from dict.fromkeys(Slot(*at, *one) for one in _of_items(operation))
                continue
            for one in operation.get("parameters", []):
                if one["name"] == "Upload-Metadata":
                    yield from (Slot(*at, "metadata", name) for name in UPLOAD_METADATA)
                elif one["name"] in _TEXTS or any(_ids(one["schema"])):
                    yield Slot(*at, one["in"], one["name"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield from dict.fromkeys(Slot(*at, *one) for one in _of_body(content["schema"]))


def _of_items(operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Of what is sent together: of the item itself, and of each body that it may have."""
    [content] = operation["requestBody"]["content"].values()
    item = _resolved(_resolved(content["schema"])["properties"]["items"]["items"])
    for name, schema in item["properties"].items():
        if any(_ids(schema)):
            yield "item", name
        elif name == "photo":
            yield from (("photo", one) for one in UPLOAD_METADATA)
        else:
            yield from _of_body(schema)


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or "allOf" in schema:
        if "allOf" in schema:
            [schema] = schema["allOf"]
            continue
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _ids(schema: dict[str, Any]) -> Iterator[bool]:
    """True for each id that a value may be, or have among its items."""
    schema = _resolved(schema)
    if schema.get("format") == "uuid":
        yield True
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _ids(one)
    if "items" in schema:
        yield from _ids(schema["items"])


def _of_body(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The type of each body that may be sent, and each name of it under which an id stands."""
    schema = _resolved(schema)
    several = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for one in several:
        yield from _of_body(one)
    properties = schema.get("properties", {})
    tags = [properties.get(one, {}).get("const") for one in ("type", "kind")]
    type_ = next(filter(None, tags), "")
    for name, inner in properties.items():
        if any(_ids(inner)) or name in ("sha256",):
            yield type_, name
        # No body has an id further within: `test_no_id_stands_where_nobody_looks` counts.


def ids_of_bodies() -> int:
    """How many places for ids the bodies of all requests have, however far within."""

    def count(schema: dict[str, Any], seen: frozenset[str]) -> int:
        name = schema.get("$ref", "")
        if name in seen:
            return 0
        resolved, seen = _resolved(schema), seen | ({name} if name else frozenset())
        inner = [*resolved.get("properties", {}).values(), *resolved.get("anyOf", ())]
        inner += [*resolved.get("oneOf", ()), *filter(None, [resolved.get("items")])]
        return (resolved.get("format") == "uuid") + sum(count(one, seen) for one in inner)

    return sum(
        count(content["schema"], frozenset())
        for methods in document()["paths"].values()
        for operation in methods.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    )


# ------------------------------------------------------------ what is compared

_VOLATILE: Final = re.compile(
    r'"(?:(?:received|taken|happened|recorded)_at|request_id|previous|(?:informant_)?digest|seq)"'
    r':(?:"[^"]*"|[0-9]+),?'
    r"|[0-9a-f]{32}\.0"  # the tag of one's own record
)
_TAGS: Final = ("x-request-id", "etag", "upload-expires", "content-length")


class Told(NamedTuple):
    """All of an answer by which one id may be told from another."""

    status: int
    headers: dict[str, str]
    content: str
    statements: list[str]
    """What the database was asked for it, which takes what time it takes."""


def told(answer: Response, statements: list[str], named: dict[str, str]) -> Told:
    """An answer with these ids called by name: what was sent, and what is the sender's own."""

    def called(text: str) -> str:
        for one, name in named.items():
            text = text.replace(one, name)
        return text

    headers = {name: called(said) for name, said in answer.headers.items() if name not in _TAGS}
    is_text = "json" in answer.headers.get("content-type", "")
    content = called(_VOLATILE.sub("", answer.text)) if is_text else str(len(answer.content))
    return Told(answer.status_code, headers, content, statements)


# Who it is that asks, and whether a connection is fit to ask: both are remembered.
_OF_WHO_ASKS: Final = re.compile(r"token|session_user|^select;?$")
_ASKED: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database for the requests that are made meanwhile, in their order."""
    asked: list[str] = []
    token = _ASKED.set(asked)
    try:
        yield asked
    finally:
        _ASKED.reset(token)


def watch_statements(patched: pytest.MonkeyPatch) -> None:
    """Let `statements` see what the application asks."""
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        of_driver = getattr(asyncpg.Connection, name)

        async def noting(
            self: Any, query: str, *args: Any, _of_driver: Any = of_driver, **kwargs: Any
        ) -> Any:
            asked = _ASKED.get()
            if asked is not None and not _OF_WHO_ASKS.search(query):
                asked.append(" ".join(query.split()))
            return await _of_driver(self, query, *args, **kwargs)

        patched.setattr(asyncpg.Connection, name, noting)


_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def cursor_with(cursor: str, id_: str) -> str:
    """The cursor of somebody's list, altered to one that ended with another id: also where that is
    the id with which it ended."""
    held = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("latin-1")
    assert _UUID.search(held), "it names nothing"
    forged = chr(ord(held[0]) ^ 1) + held[1:]
    return base64.urlsafe_b64encode(_UUID.sub(id_, forged).encode("latin-1")).rstrip(b"=").decode()
