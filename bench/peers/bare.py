"""The limit: an opening's statements through asyncpg alone.

The service itself, in this process, opens one incident for each officer while its statements are
noted with their arguments. The contestant then sends those, prepared and for another incident each
time, as fast as asyncpg and PostgreSQL can, on connections like the service's (the same login,
the same types). Nothing is parsed, decided, encrypted or answered: what is left is what no
framework can save.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg
import httpx
from asyncpg.connection import LoggedQuery
from msgspec.structs import replace

from bench.rounds import Contestant, Round, new_id
from bench.stage import OPENING_AFTER_ID, OPENING_BEFORE_ID
from db.database import open_database
from wildlife.app import create_app
from wildlife.settings import Settings


class Statement(NamedTuple):
    """A statement as the service sent it, to be sent again for another incident."""

    sql: str
    arguments: tuple[Any, ...]
    incident_id: UUID

    def arguments_for(self, incident_id: UUID) -> list[Any]:
        return [_renamed(one, self.incident_id, incident_id) for one in self.arguments]


def _renamed(argument: Any, old: UUID, new: UUID) -> Any:
    match argument:
        case UUID() if argument == old:
            return new
        case str():
            return argument.replace(str(old), str(new))
        case bytes() if len(argument) > 500:  # a document; what is short is a hash or sealed
            return argument.replace(str(old).encode(), str(new).encode())
        case _:
            return argument


Prepared: TypeAlias = "asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]"
Lane: TypeAlias = list[tuple[Statement, Prepared]]
"""The statements of one connection, prepared there."""


@asynccontextmanager
async def opens_through_asyncpg(
    settings: Settings, tokens: Sequence[str]
) -> AsyncIterator[tuple[Contestant, Contestant]]:
    """Two contestants on the same connections, one a token: with the look-up of the token that
    every request needs, and without."""
    # In a task of its own: from then on it asks on behalf of an officer, who has but a share.
    noted = await asyncio.create_task(_note_statements(settings, tokens))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(
                settings.database_url or "",
                confined=True,
                zone=settings.zone,
                size=len(tokens),
            )
        )
        lanes: list[Lane] = []
        for statements in noted:
            connection = await stack.enter_async_context(database.writing())
            lanes.append([(one, await connection.prepare(one.sql)) for one in statements])
        yield partial(_run, lanes), partial(_run, [lane[1:] for lane in lanes])


async def _run(lanes: list[Lane], seconds: float) -> Round:
    started = time.perf_counter()
    latencies = await asyncio.gather(*(_drive(lane, started + seconds) for lane in lanes))
    took_s = time.perf_counter() - started
    return Round(took_s, [latency for of_lane in latencies for latency in of_lane])


async def _drive(lane: Lane, deadline: float) -> list[float]:
    latencies_s = []
    sent = time.perf_counter()
    while sent < deadline:
        incident_id = new_id()
        for statement, prepared in lane:
            row = await prepared.fetchrow(*statement.arguments_for(incident_id))
            assert row is not None, "an officer is found, and an opening gets its case number"
        now = time.perf_counter()
        latencies_s.append(now - sent)
        sent = now
    return latencies_s


async def _note_statements(settings: Settings, tokens: Sequence[str]) -> list[list[Statement]]:
    """What the service sends for one request with each token: the look-up first."""
    noted: list[LoggedQuery] = []
    statements = []
    app: Any = create_app(replace(settings, database_connections=1))
    transport = httpx.ASGITransport(app)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        database = app.state.service.database
        async with database.identifying() as identifying, database.writing() as writing:
            for connection in (identifying, writing):  # the first of each pool, used again
                connection.add_query_logger(noted.append)
        # Before a statement's first time asyncpg asks for the types in it; that time is not noted.
        await _open_incident(client, tokens[0], new_id())
        for token in tokens:
            app.state.service.holders.forget()  # or it need not look the token up
            noted.clear()
            incident_id = new_id()
            await _open_incident(client, token, incident_id)
            statements.append([Statement(one.query, one.args, incident_id) for one in noted])
    return statements


async def _open_incident(client: httpx.AsyncClient, token: str, incident_id: UUID) -> None:
    answer = await client.post(
        "/api/v1/incidents",
        content=OPENING_BEFORE_ID + str(incident_id).encode() + OPENING_AFTER_ID,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    answer.raise_for_status()
    await asyncio.sleep(0)  # asyncpg tells its loggers in the loop's next turn
