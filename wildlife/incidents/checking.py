"""Checking what is kept: verifying the chains, rewriting projections from the timelines."""

from collections.abc import AsyncIterator
from datetime import tzinfo
from uuid import UUID

import msgspec

from db.pool import Connection, Database
from wildlife.incidents import projection_queries, queries, timeline
from wildlife.incidents.fold import fold
from wildlife.incidents.policy import Policy
from wildlife.incidents.projections import project
from wildlife.incidents.queries import StoredEntry
from wildlife.incidents.timeline import Flaw

_AT_ONCE = 500


class Rebuilt(msgspec.Struct, frozen=True):
    """What rebuilding an incident came to: the tables rewritten, or the flaws that forbade it."""

    incident_id: UUID
    tables: list[str]
    flaws: list[Flaw]


async def verify(database: Database) -> AsyncIterator[tuple[UUID, list[Flaw]]]:
    """Every incident with the flaws of its timeline."""
    async for incident_id in _incident_ids(database):
        async with database.reading() as connection:
            stored = await queries.fetch_timeline(connection, incident_id)
            yield incident_id, await _flaws(connection, incident_id, stored)


async def rebuild(database: Database, policy: Policy, zone: tzinfo) -> AsyncIterator[Rebuilt]:
    """Rewrite every incident's projections, but for those whose timeline is damaged.

    Each incident is one short transaction on its own row: the service may go on meanwhile.
    """
    async for incident_id in _incident_ids(database):
        async with database.transaction() as connection:
            rebuilt = await _rebuild_one(connection, incident_id, policy, zone)
        yield rebuilt


async def _rebuild_one(
    connection: Connection, incident_id: UUID, policy: Policy, zone: tzinfo
) -> Rebuilt:
    await projection_queries.lock_incident(connection, incident_id)
    stored = await queries.fetch_timeline(connection, incident_id)
    flaws = await _flaws(connection, incident_id, stored)
    if flaws:
        return Rebuilt(incident_id, [], flaws)
    opening, entries = timeline.decode_timeline([entry.canonical for entry in stored])
    rows = project(fold(opening, entries, zone), policy, stored[-1].seq, stored[-1].digest)
    differing = await projection_queries.differing_rows(connection, rows)
    if differing:
        await projection_queries.write_projections(connection, rows)
    return Rebuilt(incident_id, differing, [])


async def _flaws(
    connection: Connection, incident_id: UUID, stored: list[StoredEntry]
) -> list[Flaw]:
    """Where the chain does not hold, or does not end where the incident's row says."""
    links = [(entry.seq, entry.canonical, entry.digest) for entry in stored]
    flaws = timeline.verify(incident_id, links)
    ending = await projection_queries.fetch_ending(connection, incident_id)
    last = (stored[-1].seq, stored[-1].digest) if stored else (0, b"")
    if ending is not None and last != (ending.seq, ending.digest):
        flaws.append(Flaw(incident_id, ending.seq, "the timeline does not end with this entry"))
    return flaws


async def _incident_ids(database: Database) -> AsyncIterator[UUID]:
    after: UUID | None = None
    while True:
        async with database.reading() as connection:
            ids = await projection_queries.list_incident_ids(connection, after, _AT_ONCE)
        for incident_id in ids:
            yield incident_id
        if len(ids) < _AT_ONCE:
            return
        after = ids[-1]
