"""The SQL of checking timelines, many incidents at a time."""

from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

import asyncpg

from db.connection import Connection
from wildlife.informants.queries import StoredInformant
from wildlife.timeline.chain import Columns, Link


async def read_rows(
    connection: Connection, after: UUID | None, until: UUID
) -> list[asyncpg.Record]:
    """The entries of the incidents behind one and up to another, each timeline in the order of
    arrival. Times come without their zone, which is UTC: to put each into the service's takes as
    long as all else."""
    return await connection.fetch(
        """
        select entry_id, seq, type, happened_at at time zone 'UTC' as happened_at,
            recorded_at at time zone 'UTC' as recorded_at,
            received_at at time zone 'UTC' as received_at, target_id, sha256, canonical, digest,
            incident_id
        from entry
        where ($1::uuid is null or incident_id > $1) and incident_id <= $2
        order by incident_id, seq
        """,
        after,
        until,
    )


def link_of(row: asyncpg.Record) -> Link:
    """One of these, to tell what is wrong with it."""
    entry_id, seq, type_, *times, target_id, sha256, canonical, digest, _ = row
    happened_at, recorded_at, received_at = (one.replace(tzinfo=UTC) for one in times)
    columns = Columns(
        entry_id, seq, type_, happened_at, recorded_at, received_at, target_id, sha256
    )
    return Link(columns, canonical, digest)


async def read_places(
    connection: Connection, after: UUID | None, until: UUID
) -> dict[bytes, asyncpg.Record]:
    """What the ledger says of the entries of these incidents, by their digests: digest, incident,
    entry, and position, which is null where it is to get one. It is read by itself: joined, all of
    it would be read for each."""
    rows = await connection.fetch(
        """
        select digest, incident_id, entry_id, position from ledger
        where ($1::uuid is null or incident_id > $1) and incident_id <= $2
        union all
        select digest, incident_id, entry_id, null from unsequenced
        where ($1::uuid is null or incident_id > $1) and incident_id <= $2
        """,
        after,
        until,
    )
    return {row[0]: row for row in rows}


async def read_heads(
    connection: Connection, after: UUID | None, until: UUID
) -> dict[UUID, tuple[int, bytes]]:
    """Where the rows of these incidents say that their timelines end."""
    rows = await connection.fetch(
        """
        select incident_id, seq, digest from incident
        where ($1::uuid is null or incident_id > $1) and incident_id <= $2 and view = 'whole'
        """,
        after,
        until,
    )
    return {row["incident_id"]: (row["seq"], row["digest"]) for row in rows}


async def read_informants(
    connection: Connection, after: UUID | None, until: UUID
) -> dict[UUID, dict[UUID, StoredInformant]]:
    """All that these incidents' entries ever named, by the incident and the entry."""
    rows = await connection.fetch(
        """
        select incident_id, entry_id, salt, sealed, erased_at, lost_at from informant
        left join lost_key on fingerprint = sealed_by and found_at is null
        where ($1::uuid is null or incident_id > $1) and incident_id <= $2
        """,
        after,
        until,
    )
    found: dict[UUID, dict[UUID, StoredInformant]] = {}
    for row in rows:
        found.setdefault(row["incident_id"], {})[row["entry_id"]] = StoredInformant(*row[2:])
    return found


async def list_places_without_entry(
    connection: Connection, size: int
) -> Sequence[tuple[int, UUID, UUID]]:
    """The first places of a ledger of this size whose entries there are not."""
    rows = await connection.fetch(
        """
        select position, incident_id, entry_id from ledger l
        where position < $1 and not exists (
            select from entry e where e.incident_id = l.incident_id and e.entry_id = l.entry_id
        )
        order by position limit 10
        """,
        size,
    )
    return [(row["position"], row["incident_id"], row["entry_id"]) for row in rows]
