"""Checking what is kept: verifying the chains, rewriting rows from the timelines."""

from collections.abc import AsyncIterator
from datetime import tzinfo
from uuid import UUID

import msgspec

from db.connection import Connection
from db.database import Database
from db.rows import fetch_in_batches
from media.vault import Unsealable, Vault, salted_digest
from wildlife.informants.queries import StoredInformant, find_informants
from wildlife.timeline import chain, queries, row_queries
from wildlife.timeline.chain import Flaw, Link
from wildlife.timeline.fold import fold
from wildlife.timeline.hidden_by import rows_as_hidden, tell_originals
from wildlife.timeline.kind import Kinds
from wildlife.timeline.named import find_named
from wildlife.timeline.policy import Policy
from wildlife.words.sentences import Sentence

_OTHER_END = Sentence("the timeline does not end with this entry", "时间线的末尾不是这一条")


class Rebuilt(msgspec.Struct, frozen=True):
    """What rebuilding an incident came to: the tables rewritten, or the flaws that forbade it."""

    incident_id: UUID
    tables: list[str]
    flaws: list[Flaw]


async def verify(
    database: Database, kinds: Kinds, vault: Vault
) -> AsyncIterator[tuple[UUID, list[Flaw]]]:
    """Every incident with the flaws of its timeline, and of who reported it."""
    async for incident_id in _incident_ids(database):
        async with database.reading() as connection:
            links = await queries.fetch_links(connection, incident_id)
            flaws = await _flaws(connection, kinds, incident_id, links)
            if links and not flaws:
                flaws = await _informant_flaws(connection, incident_id, links, vault)
        yield incident_id, flaws


async def rebuild(
    database: Database,
    kinds: Kinds,
    policy: Policy,
    zone: tzinfo,
    *,
    vault: Vault | None = None,
    write: bool = True,
) -> AsyncIterator[Rebuilt]:
    """Rewrite every incident's rows, but for those whose timeline is damaged; or only say
    which differ.

    vault: with which it is found out anew which texts name who reported; without it, that stays as
    it is kept.

    Each incident is one short transaction on its own row: the service may go on meanwhile.
    """
    async for incident_id in _incident_ids(database):
        async with database.transaction() as connection:
            rebuilt = await _rebuild_one(
                connection, incident_id, kinds, policy, zone, vault, write=write
            )
        yield rebuilt


async def _rebuild_one(
    connection: Connection,
    incident_id: UUID,
    kinds: Kinds,
    policy: Policy,
    zone: tzinfo,
    vault: Vault | None,
    *,
    write: bool,
) -> Rebuilt:
    await row_queries.lock_incident(connection, incident_id)
    links = await queries.fetch_links(connection, incident_id)
    flaws = await _flaws(connection, kinds, incident_id, links)
    if flaws:
        return Rebuilt(incident_id, [], flaws)
    opening, entries = kinds.decode_timeline([link.canonical for link in links])
    last = links[-1]
    folded = fold(kinds, opening, entries, zone)
    named_in, is_new = await find_named(vault, connection, opening, entries, write=write)
    seq, digest = last.columns.seq, last.digest
    rows = await rows_as_hidden(connection, kinds, policy, zone, folded, seq, digest, named_in)
    differing = await row_queries.differing_tables(connection, kinds, rows)
    if differing and write:
        await row_queries.write_rows(connection, kinds, rows)
        # It may have come before this was known to be its duplicate.
        await tell_originals(connection, kinds, policy, zone, [folded.incident.duplicate_of])
    return Rebuilt(incident_id, [*differing, *(["informant"] if is_new else [])], [])


async def _flaws(
    connection: Connection, kinds: Kinds, incident_id: UUID, links: list[Link]
) -> list[Flaw]:
    """Where the chain does not hold, or does not end where the incident's row says."""
    flaws = chain.verify(incident_id, links, kinds.decode)
    head = await queries.find_head(connection, incident_id)
    last = (links[-1].columns.seq, links[-1].digest) if links else (0, b"")
    if head is not None and last != (head.seq, head.digest):
        flaws.append(Flaw(incident_id, head.seq, _OTHER_END))
    return flaws


async def _informant_flaws(
    connection: Connection, incident_id: UUID, links: list[Link], vault: Vault
) -> list[Flaw]:
    """Whether who reported is still whom the entries have a digest of, or was erased."""
    held = await find_informants(connection, incident_id)
    flaws = []
    for link in links:
        told = chain.facts_of(link.canonical).informant_digest
        reason = _informant_flaw(vault, incident_id, told, held.pop(link.columns.entry_id, None))
        if reason:
            flaws.append(Flaw(incident_id, link.columns.seq, reason))
    strays = [
        Flaw(
            incident_id,
            1,
            Sentence(
                f"who reported by {one}, which is no entry",
                f"有报告人属于 {one}，而时间线上没有该条",
            ),
        )
        for one in held
    ]
    return [*flaws, *strays]


def _informant_flaw(
    vault: Vault, incident_id: UUID, told: str | None, held: StoredInformant | None
) -> Sentence | None:
    if held is None:
        return Sentence("who reported is gone", "报告人信息缺失") if told else None
    if held.sealed is None:
        if held.erased_at:
            return None
        return Sentence("who reported is gone and was not erased", "报告人信息缺失，且并未删除")
    if held.key_lost_at:
        return None  # it is on record, and nobody can look
    try:
        found = salted_digest(held.salt, vault.open(incident_id, held.sealed))
    except Unsealable:
        return Sentence(
            "who reported was changed, or sealed with another key",
            "报告人信息已被更改，或由另一密钥封存",
        )
    if found == told:
        return None
    return Sentence("who reported is not whom the entry names", "报告人与记录所指不是同一人")


def _incident_ids(database: Database) -> AsyncIterator[UUID]:
    return fetch_in_batches(database, row_queries.list_incident_ids, lambda one: one)
