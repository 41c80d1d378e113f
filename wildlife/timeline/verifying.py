"""Checking what is kept: verifying the chains, rewriting projections from the timelines."""

from collections.abc import AsyncIterator
from datetime import tzinfo
from uuid import UUID

import msgspec

from db.pool import Connection, Database
from db.rows import fetch_in_batches
from media.vault import Unsealable, Vault, salted_digest
from wildlife.informants.queries import find_informant
from wildlife.timeline import chain as timeline
from wildlife.timeline import queries
from wildlife.timeline import row_queries as projection_queries
from wildlife.timeline.chain import Flaw, Link
from wildlife.timeline.fold import fold
from wildlife.timeline.policy import Policy
from wildlife.timeline.rows import project


class Rebuilt(msgspec.Struct, frozen=True):
    """What rebuilding an incident came to: the tables rewritten, or the flaws that forbade it."""

    incident_id: UUID
    tables: list[str]
    flaws: list[Flaw]


async def verify(database: Database, vault: Vault) -> AsyncIterator[tuple[UUID, list[Flaw]]]:
    """Every incident with the flaws of its timeline, and of who reported it."""
    async for incident_id in _incident_ids(database):
        async with database.reading() as connection:
            links = await queries.fetch_links(connection, incident_id)
            flaws = await _flaws(connection, incident_id, links)
            if links and not flaws:
                flaws = await _informant_flaws(connection, incident_id, links[0], vault)
        yield incident_id, flaws


async def rebuild(
    database: Database, policy: Policy, zone: tzinfo, *, write: bool = True
) -> AsyncIterator[Rebuilt]:
    """Rewrite every incident's projections, but for those whose timeline is damaged; or only say
    which differ.

    Each incident is one short transaction on its own row: the service may go on meanwhile.
    """
    async for incident_id in _incident_ids(database):
        async with database.transaction() as connection:
            rebuilt = await _rebuild_one(connection, incident_id, policy, zone, write=write)
        yield rebuilt


async def _rebuild_one(
    connection: Connection, incident_id: UUID, policy: Policy, zone: tzinfo, *, write: bool
) -> Rebuilt:
    await projection_queries.lock_incident(connection, incident_id)
    links = await queries.fetch_links(connection, incident_id)
    flaws = await _flaws(connection, incident_id, links)
    if flaws:
        return Rebuilt(incident_id, [], flaws)
    opening, entries = timeline.decode_timeline([link.canonical for link in links])
    last = links[-1]
    rows = project(fold(opening, entries, zone), policy, last.columns.seq, last.digest)
    differing = await projection_queries.differing_rows(connection, rows)
    if differing and write:
        await projection_queries.write_projections(connection, rows)
    return Rebuilt(incident_id, differing, [])


async def _flaws(connection: Connection, incident_id: UUID, links: list[Link]) -> list[Flaw]:
    """Where the chain does not hold, or does not end where the incident's row says."""
    flaws = timeline.verify(incident_id, links)
    ending = await projection_queries.fetch_ending(connection, incident_id)
    last = (links[-1].columns.seq, links[-1].digest) if links else (0, b"")
    if ending is not None and last != (ending.seq, ending.digest):
        flaws.append(Flaw(incident_id, ending.seq, "the timeline does not end with this entry"))
    return flaws


async def _informant_flaws(
    connection: Connection, incident_id: UUID, first: Link, vault: Vault
) -> list[Flaw]:
    """Whether who reported is still the one that the opening has a digest of, or was erased."""
    told = timeline.decode(first.canonical).facts.informant_digest
    held = await find_informant(connection, incident_id)
    if held is None:
        reason = "who reported is gone" if told else None
    elif held.sealed is None:
        reason = None if held.erased_at else "who reported is gone and was not erased"
    else:
        try:
            found = salted_digest(held.salt, vault.open(incident_id, held.sealed))
            reason = None if found == told else "who reported is not the one of the opening"
        except Unsealable:
            reason = "who reported was changed, or sealed with another key"
    return [Flaw(incident_id, 1, reason)] if reason else []


def _incident_ids(database: Database) -> AsyncIterator[UUID]:
    return fetch_in_batches(database, projection_queries.list_incident_ids, lambda one: one)
