"""Readers of what is new."""

import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx

from tests.users import Person
from wildlife.changes.listening import Listeners
from wildlife.ledger.sequencing import Sequencer


def sequencer_of(client: httpx.AsyncClient) -> Sequencer:
    """That of the application that a client speaks to."""
    found: Sequencer = client._transport.app.state.sequencer  # type: ignore[attr-defined]
    return found


def listeners_of(client: httpx.AsyncClient) -> Listeners:
    """Those of the same."""
    found: Listeners = client._transport.app.state.listeners  # type: ignore[attr-defined]
    return found


async def in_place(person: Person) -> None:
    """Let everything that is filed have its place."""
    await sequencer_of(person.client).look()


async def changes(person: Person, cursor: str | None = None, **asked: Any) -> dict[str, Any]:
    """One answer."""
    await in_place(person)
    asked |= {} if cursor is None else {"cursor": cursor}
    answer: dict[str, Any] = await person.read("/changes", params=asked)
    return answer


async def all_changes(person: Person, **asked: Any) -> list[dict[str, Any]]:
    """All that there is."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = await changes(person, cursor, **asked)
        found += answer["items"]
        cursor = answer["next_cursor"]
        if answer["is_at_end"]:
            return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    """Of the entries."""
    return [one["entry"]["id"] for one in found]


class Event(NamedTuple):
    """One that was sent."""

    name: str | None
    data: Any
    id: str | None


async def events(answer: httpx.Response) -> AsyncIterator[Event]:
    """The events of a stream, also those without data, as a browser reads them."""
    said: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            said[name] = value.removeprefix(" ")
        else:
            data = json.loads(said["data"]) if "data" in said else None
            yield Event(said.get("event"), data, said.get("id"))
            said = {}
