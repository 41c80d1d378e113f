"""The SQL of checking timelines, many incidents at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from db.connection import Connection
from wildlife.informants.queries import StoredInformant
from wildlife.timeline.chain import Columns, Link


class Place(NamedTuple):
    """What the ledger says of an entry. position: None where it is to get one."""

    position: int | None
    digest: bytes


async def read_links(
    connection: Connection, after: UUID | None, until: UUID
) -> list[tuple[UUID, Link]]:
    """All entries of the incidents behind one and up to another, with these, each timeline in the
    order of arrival."""
    rows = await connection.fetch(
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
    return [_link(*row) for row in rows]


def _link(
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
) -> tuple[UUID, Link]:
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
    return incident_id, Link(columns, canonical, digest)


async def read_places(
    connection: Connection, after: UUID | None, until: UUID
) -> dict[tuple[UUID, UUID], Place]:
    """What the ledger says of the entries of these incidents, by incident and entry. It is read by
    itself: joined, all of it would be read for each."""
    rows = await connection.fetch(
        """
        select incident_id, entry_id, position, digest from ledger
        where ($1::uuid is null or incident_id > $1) and incident_id <= $2
        union all
        select incident_id, entry_id, null, digest from unsequenced
        where ($1::uuid is null or incident_id > $1) and incident_id <= $2
        """,
        after,
        until,
    )
    return {(row[0], row[1]): Place(row[2], row[3]) for row in rows}


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
