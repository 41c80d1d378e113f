"""The SQL of checking timelines, many incidents at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from db.connection import Connection
from wildlife.informants.queries import StoredInformant
from wildlife.timeline.chain import Columns, Link


class Placed(msgspec.Struct, frozen=True):
    """An entry with its place in the ledger, or with the word that it is to get one."""

    incident_id: UUID
    link: Link
    position: int | None
    digest: bytes | None
    """What is said of it there."""


async def read_placed(connection: Connection, after: UUID | None, until: UUID) -> list[Placed]:
    """All entries of the incidents behind one and up to another, each timeline in the order of
    arrival."""
    rows = await connection.fetch(
        """
        select e.entry_id, e.seq, e.type, e.happened_at at time zone 'UTC' as happened_at,
            e.recorded_at at time zone 'UTC' as recorded_at,
            e.received_at at time zone 'UTC' as received_at, e.target_id, e.sha256, e.canonical,
            e.digest, e.incident_id, l.position, coalesce(l.digest, u.digest) as placed_digest
        from entry e
            left join ledger l on l.incident_id = e.incident_id and l.entry_id = e.entry_id
            left join unsequenced u on u.incident_id = e.incident_id and u.entry_id = e.entry_id
        where ($1::uuid is null or e.incident_id > $1) and e.incident_id <= $2
        order by e.incident_id, e.seq, e.entry_id
        """,
        after,
        until,
    )
    return [_placed(*row) for row in rows]


def _placed(
    entry_id: UUID,
    seq: int,
    type_: str,
    happened_at: datetime,
    recorded_at: datetime,
    received_at: datetime,
    target_id: UUID | None,
    sha256: bytes | None,
    canonical: str,
    digest: bytes,
    incident_id: UUID,
    position: int | None,
    placed_digest: bytes | None,
) -> Placed:
    """Times come without their zone, which is UTC: to put each into the service's takes as long as
    all else."""
    columns = Columns(
        entry_id,
        seq,
        type_,
        happened_at.replace(tzinfo=UTC),
        recorded_at.replace(tzinfo=UTC),
        received_at.replace(tzinfo=UTC),
        target_id,
        sha256,
    )
    return Placed(incident_id, Link(columns, canonical, digest), position, placed_digest)


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
