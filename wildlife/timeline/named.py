"""Texts of a timeline that name who reported it. They are pointed out to the officers who may know
who that is, and told to nobody but its stations; the timeline itself knows nothing of it."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias
from uuid import UUID

import msgspec

from db.connection import Connection
from media.vault import Unsealable, Vault
from wildlife.informants.model import Informant
from wildlife.informants.naming import naming
from wildlife.informants.queries import add_informant, list_named, set_named_in
from wildlife.people.accounts import Actor
from wildlife.people.codes import Role
from wildlife.people.may import Verb
from wildlife.timeline.apart import Sealed, informant_of
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.entry import Entry, Opening, Said
from wildlife.timeline.incident import Flag
from wildlife.timeline.recent import Timeline
from wildlife.timeline.withholding import free_texts, has_any, holding
from wildlife.words.vocabularies import RecordFlag

Link: TypeAlias = RecordedOpening | RecordedEntry


def named_in_opening(opening: Opening) -> list[str]:
    """The texts of an opening that name whom it says that reported it."""
    informant = informant_of(opening)
    return [] if informant is None else sorted({*naming(informant, free_texts(opening))})


async def keep_named(
    vault: Vault,
    connection: Connection,
    timeline: Timeline,
    added: Sequence[RecordedEntry],
    naming_somebody: Sequence[tuple[Entry, Sealed]],
) -> list[str]:
    """Keep whom new entries of a timeline name, and find out where they are named, and whom the new
    texts name: all texts of the incident that name who reported it. One of which nobody knows who
    did costs nothing. Inside a transaction only.

    naming_somebody: of those that were added, as they came, and whom each names, sealed.
    """
    links: list[Link] = [timeline.opening, *timeline.entries]
    if not any(one.facts.informant_digest for one in links):
        return []
    incident_id = timeline.opening.incident_id
    every = await _looked_through(vault, connection, incident_id, added)
    for said, apart in naming_somebody:
        informant = informant_of(said)
        assert informant is not None, "somebody is sealed"
        named_in = {*naming(informant, _written(links))}
        await add_informant(
            connection,
            incident_id,
            said.id,
            salt=apart.salt,
            sealed=apart.sealed,
            sealed_by=apart.sealed_by,
            named_in=sorted(named_in),
        )
        every |= named_in
    return sorted(every)


async def find_named(
    vault: Vault | None,
    connection: Connection,
    opening: RecordedOpening,
    entries: Sequence[RecordedEntry],
    *,
    write: bool,
) -> tuple[list[str], bool]:
    """The texts of a whole timeline that name who reported it, and whether that is not what is kept
    of them."""
    links: list[Link] = [opening, *entries]
    if not any(one.facts.informant_digest for one in links):
        return [], False
    rows = await list_named(connection, opening.incident_id)
    kept = {one for row in rows for one in row.named_in}
    if vault is None:
        return sorted(kept), False
    every = await _looked_through(vault, connection, opening.incident_id, links, write=write)
    return sorted(every), every != kept


async def _looked_through(
    vault: Vault,
    connection: Connection,
    incident_id: UUID,
    links: Sequence[Link],
    *,
    write: bool = True,
) -> set[str]:
    """All texts that name who reported, with those of these links. Of whom nobody can read, or who
    was erased, it stays as it is."""
    texts, every = [*_written(links)], set[str]()
    for row in await list_named(connection, incident_id):
        found = {*row.named_in}
        if row.sealed is not None:
            with suppress(Unsealable, msgspec.MsgspecError):
                content = vault.open(incident_id, row.sealed)
                found |= {*naming(msgspec.json.decode(content, type=Informant), texts)}
        if write:  # the same is asked whatever was found: what it took would tell a guess
            await set_named_in(connection, incident_id, row.entry_id, sorted(found))
        every |= found
    return every


def _written(links: Sequence[Link]) -> Iterator[str]:
    """What was written by who may know who reported. A rescue centre never does: that what it
    writes is left out for others would tell it that a guess was right."""
    for one in links:
        if one.actor.role is not Role.RESCUER:
            yield from free_texts(one.body)


def may_know(actor: Actor, responsible_station_id: UUID) -> bool:
    """Whether somebody may read who reported."""
    return actor.station_id == responsible_station_id and actor.may(Verb.HANDLE_INFORMANTS)


def of_entry(said: Said, texts: Collection[str]) -> list[RecordFlag]:
    """What is pointed out of an entry as it was said."""
    return [RecordFlag.NAMES_INFORMANT] if has_any(said, texts) else []


def of_timeline(timeline: Timeline, texts: Collection[str]) -> list[Flag]:
    """What is pointed out of an incident: where it still names who reported."""
    opening = timeline.opening.body.id
    return [
        Flag(RecordFlag.NAMES_INFORMANT, entry_id=None if one.body.id == opening else one.body.id)
        for one in holding(texts, timeline.folded.corrected, timeline.entries)
    ]
