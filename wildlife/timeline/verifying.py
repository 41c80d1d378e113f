"""Checking what is kept: verifying the chains, rewriting rows from the timelines."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import tzinfo
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.database import Database
from db.rows import fetch_in_batches
from media.vault import Unsealable, Vault, salted_digest
from wildlife.informants.queries import StoredInformant
from wildlife.timeline import chain, outline, queries, row_queries, verify_queries
from wildlife.timeline.chain import Flaw, Link
from wildlife.timeline.fold import fold
from wildlife.timeline.hidden_by import rows_as_hidden, tell_originals
from wildlife.timeline.kind import Kinds
from wildlife.timeline.named import find_named
from wildlife.timeline.outline import Named
from wildlife.timeline.policy import Policy
from wildlife.timeline.verify_queries import Part, Place, Row, link_of
from wildlife.words.sentences import Sentence

_AT_ONCE: Final = 1000

_NO_PLACES: Final = range(0)
_NOBODY: Final[dict[str, StoredInformant]] = {}

_OTHER_END: Final = Sentence("the timeline does not end with this entry", "时间线的末尾不是这一条")
_NO_PLACE: Final = Sentence("it has no place in the ledger", "总账中没有这一条")
_OTHER_PLACE: Final = Sentence("the ledger holds another digest of it", "总账中所存的摘要与之不同")
_EARLIER_PLACE: Final = Sentence(
    "its place in the ledger is before that of the entry before it", "它在总账中的位置早于前一条"
)


class Rebuilt(msgspec.Struct, frozen=True):
    """What rebuilding an incident came to: the tables rewritten, or the flaws that forbade it."""

    incident_id: UUID
    tables: list[str]
    flaws: list[Flaw]


class Verified(msgspec.Struct):
    """What checking some incidents came to."""

    incidents: int = 0
    placed: int = 0
    """How many of their entries have one of the places that are `counted`."""
    flaws: list[Flaw] = []


async def parts(database: Database, counted: range) -> AsyncIterator[Part]:
    """All incidents, some hundred at a time; where the places that are counted do not begin with
    the first, those with an entry at one of them, or at none yet."""
    after: UUID | None = None
    if counted.start:
        async with database.reading() as connection:
            ids = await verify_queries.list_added_to(connection, counted)
        for at in range(0, len(ids), _AT_ONCE):
            some = ids[at : at + _AT_ONCE]
            yield Part(after, some[-1], some)
            after = some[-1]
        return
    while True:
        async with database.reading() as connection:
            ids = await row_queries.list_incident_ids(connection, after, _AT_ONCE)
        if not ids:
            return
        yield Part(after, ids[-1])
        after = ids[-1]


async def verify(
    database: Database, kinds: Kinds, vault: Vault, counted: range = _NO_PLACES
) -> AsyncIterator[Verified]:
    """Each of these `parts` with the flaws of its timelines, and of who reported."""
    async for part in parts(database, counted):
        yield await verify_part(database, kinds, vault, part, counted)


async def verify_part(
    database: Database, kinds: Kinds, vault: Vault, part: Part, counted: range
) -> Verified:
    """The same of some, as they were at one moment."""
    async with (
        database.reading() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        every = await verify_queries.read_rows(connection, part)
        places = await verify_queries.read_places(connection, part)
        heads = await verify_queries.read_heads(connection, part)
        held = await verify_queries.read_informants(connection, part)
    verified = Verified()
    for its_id, of_one in groupby(every, itemgetter(0)):
        rows = [*of_one]
        head, informants = heads.pop(its_id, None), held.pop(its_id, _NOBODY)
        found = outline.whole(its_id, rows, places, counted)
        verified.incidents += 1
        if found is None or head not in (None, (found.seq, found.digest)):
            links = [link_of(Row(*row)) for row in rows]
            of_it = _of_it(its_id, places)
            flaws = explained(kinds, UUID(its_id), links, of_it, head)
            verified.placed += _placed(links, of_it, counted)
            named = _named_in(links) if not flaws else {}
        else:
            flaws, named = [], found.informants
            verified.placed += found.placed
        if not flaws and (informants or named):
            flaws = _informant_flaws(UUID(its_id), rows, named, informants, vault)
        verified.flaws += flaws
    for its_id, (seq, _) in heads.items():
        verified.incidents += 1
        verified.flaws.append(Flaw(UUID(its_id), seq, _OTHER_END))
    return verified


def _of_it(incident_id: str, places: Mapping[bytes, Any]) -> dict[UUID, Place]:
    """The places of an incident, by their entries."""
    every = (Place(*row) for row in places.values())
    return {UUID(one.entry_id): one for one in every if one.incident_id == incident_id}


def explained(
    kinds: Kinds,
    incident_id: UUID,
    links: list[Link],
    of_it: Mapping[UUID, Place],
    head: tuple[int, bytes] | None,
) -> list[Flaw]:
    """Why a timeline is not whole, by its chain and by the places of its entries."""
    flaws = _chain_flaws(kinds, incident_id, links, head)
    return flaws + _place_flaws(incident_id, links, of_it)


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
    head = await queries.find_head(connection, incident_id)
    return _chain_flaws(kinds, incident_id, links, (head.seq, head.digest) if head else None)


def _chain_flaws(
    kinds: Kinds, incident_id: UUID, links: list[Link], head: tuple[int, bytes] | None
) -> list[Flaw]:
    """Where the chain does not hold, or does not end where the incident's row says."""
    flaws = chain.verify(incident_id, links, kinds.decode)
    last = (links[-1].columns.seq, links[-1].digest) if links else (0, b"")
    if head is not None and last != head:
        flaws.append(Flaw(incident_id, head[0], _OTHER_END))
    return flaws


def _placed(links: list[Link], of_it: Mapping[UUID, Place], counted: range) -> int:
    """How many of them have one of these places."""
    own = (of_it.get(link.columns.entry_id) for link in links)
    return sum(one is not None and one.position in counted for one in own)


def _place_flaws(incident_id: UUID, links: list[Link], of_it: Mapping[UUID, Place]) -> list[Flaw]:
    """Where the ledger does not hold what the timeline does, in its order. of_it: the places of the
    incident, by their entries."""
    flaws, before = [], -1
    for link in links:
        place, reason = of_it.get(link.columns.entry_id), None
        if place is None:
            reason = _NO_PLACE
        elif place.digest != link.digest:
            reason = _OTHER_PLACE
        elif place.position is not None:
            reason = _EARLIER_PLACE if place.position < before else None
            before = place.position
        if reason is not None:
            flaws.append(Flaw(incident_id, link.columns.seq, reason))
    return flaws


def _named_in(links: list[Link]) -> dict[str, Named]:
    """Whom these name by a digest, by the entry."""
    told = [chain.facts_of(link.canonical).informant_digest for link in links]
    return {
        str(link.columns.entry_id): Named(link.columns.seq, one)
        for link, one in zip(links, told, strict=True)
        if one is not None
    }


def _informant_flaws(
    incident_id: UUID,
    rows: Iterable[Any],
    named: Mapping[str, Named],
    held: Mapping[str, StoredInformant],
    vault: Vault,
) -> list[Flaw]:
    """Whether who reported is still whom the entries have a digest of, or was erased."""
    others = {}
    if held.keys() - named.keys():
        others = {one.entry_id: Named(one.seq, None) for one in (Row(*row) for row in rows)}
    flaws = []
    for entry_id in {**named, **held}:
        told = named.get(entry_id) or others.get(entry_id)
        if told is None:
            reason: Sentence | None = Sentence(
                f"who reported by {entry_id}, which is no entry",
                f"有报告人属于 {entry_id}，而时间线上没有该条",
            )
        else:
            reason = _informant_flaw(vault, incident_id, told.digest, held.get(entry_id))
        if reason:
            flaws.append(Flaw(incident_id, told.seq if told else 1, reason))
    return flaws


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
