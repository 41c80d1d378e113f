"""Checking what is kept: rewriting projections from the timelines, verifying the chains."""

from collections.abc import AsyncIterator
from datetime import tzinfo
from uuid import UUID

from db.pool import Connection, Database
from wildlife.incidents import projection_queries, queries, timeline
from wildlife.incidents.fold import fold
from wildlife.incidents.policy import Policy
from wildlife.incidents.projections import project

_AT_ONCE = 500


async def rebuild(
    database: Database, policy: Policy, zone: tzinfo
) -> AsyncIterator[tuple[UUID, list[str]]]:
    """Rewrite every incident's projections; give each with the tables in which something differed.

    Each incident is one short transaction on its own row: the service may go on meanwhile.
    """
    async for incident_id in _incident_ids(database):
        async with database.transaction() as connection:
            yield incident_id, await _rebuild_one(connection, incident_id, policy, zone)


async def verify(database: Database) -> AsyncIterator[tuple[UUID, list[timeline.Flaw]]]:
    """Every incident with the flaws of its chain."""
    async for incident_id in _incident_ids(database):
        async with database.reading() as connection:
            stored = await queries.fetch_timeline(connection, incident_id)
        links = [(entry.seq, entry.canonical, entry.digest) for entry in stored]
        yield incident_id, timeline.verify(incident_id, links)


async def _rebuild_one(
    connection: Connection, incident_id: UUID, policy: Policy, zone: tzinfo
) -> list[str]:
    await projection_queries.lock_incident(connection, incident_id)
    stored = await queries.fetch_timeline(connection, incident_id)
    opening, entries = timeline.decode_timeline([entry.canonical for entry in stored])
    rows = project(fold(opening, entries, zone), policy, stored[-1].seq, stored[-1].digest)
    differing = await projection_queries.differing_rows(connection, rows)
    if differing:
        await projection_queries.write_projections(connection, rows)
    return differing


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
