"""The SQL of checking timelines, many incidents at a time."""

from collections.abc import Sequence
from datetime import datetime
from struct import Struct
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from db.codecs import time_of
from db.connection import Connection
from wildlife.informants.queries import StoredInformant
from wildlife.timeline.chain import Columns, Link

TIMES: Final = Struct(">qqq")
"""Of `Row.times`."""


class Part(msgspec.Struct, frozen=True):
    """The incidents behind one and up to another. ids: these of them alone."""

    after: UUID | None
    until: UUID
    ids: list[UUID] | None = None


class Row(NamedTuple):
    """An entry as it is stored: ids as texts, times as PostgreSQL sends them, and its text in
    bytes, since to make objects of them takes as long as all else."""

    incident_id: str
    entry_id: str
    seq: int
    type: str
    times: bytes
    """When it happened, was recorded and received: microseconds since `EPOCH`, 8 bytes each."""
    target_id: str | None
    sha256: bytes | None
    canonical: bytes
    digest: bytes


async def read_rows(connection: Connection, part: Part) -> list[Any]:
    """The entries of some incidents, each timeline in the order of arrival; every one has the
    values of a `Row`."""
    return await connection.fetch(
        """
        select incident_id::text, entry_id::text, seq, type,
            timestamptz_send(happened_at) || timestamptz_send(recorded_at)
                || timestamptz_send(received_at),
            target_id::text, sha256, textsend(canonical), digest
        from entry e
        where ($1::uuid is null or e.incident_id > $1) and e.incident_id <= $2
            and ($3::uuid[] is null or e.incident_id = any($3))
        order by e.incident_id, e.seq
        """,
        *msgspec.structs.astuple(part),
    )


def link_of(row: Row) -> Link:
    """The same, to tell what is wrong with it."""
    happened_at, recorded_at, received_at = map(time_of, TIMES.unpack(row.times))
    columns = Columns(
        UUID(row.entry_id),
        row.seq,
        row.type,
        happened_at,
        recorded_at,
        received_at,
        UUID(row.target_id) if row.target_id else None,
        row.sha256,
    )
    return Link(columns, row.canonical.decode(), row.digest)


class Place(NamedTuple):
    """What the ledger says of an entry. position: None where it is to get one."""

    digest: bytes
    incident_id: str
    entry_id: str
    position: int | None


async def read_places(connection: Connection, part: Part) -> dict[bytes, Any]:
    """The places of the entries of these incidents, by their digests; every one has the values of a
    `Place`. They are read by themselves: joined, all of it would be read for each."""
    rows = await connection.fetch(
        """
        select digest, incident_id::text, entry_id::text, position from ledger l
        where ($1::uuid is null or l.incident_id > $1) and l.incident_id <= $2
            and ($3::uuid[] is null or l.incident_id = any($3))
        union all
        select digest, incident_id::text, entry_id::text, null from unsequenced u
        where ($1::uuid is null or u.incident_id > $1) and u.incident_id <= $2
            and ($3::uuid[] is null or u.incident_id = any($3))
        """,
        *msgspec.structs.astuple(part),
    )
    return {row[0]: row for row in rows}


async def read_heads(connection: Connection, part: Part) -> dict[str, tuple[int, bytes]]:
    """Where the rows of these incidents say that their timelines end."""
    rows = await connection.fetch(
        """
        select incident_id::text, seq, digest from incident i
        where ($1::uuid is null or i.incident_id > $1) and i.incident_id <= $2 and view = 'whole'
            and ($3::uuid[] is null or i.incident_id = any($3))
        """,
        *msgspec.structs.astuple(part),
    )
    return {row["incident_id"]: (row["seq"], row["digest"]) for row in rows}


async def read_informants(
    connection: Connection, part: Part
) -> dict[str, dict[str, StoredInformant]]:
    """All that these incidents' entries ever named, by the incident and the entry."""
    rows = await connection.fetch(
        """
        select incident_id::text, entry_id::text, salt, sealed, erased_at, lost_at from informant i
        left join lost_key on fingerprint = sealed_by and found_at is null
        where ($1::uuid is null or i.incident_id > $1) and i.incident_id <= $2
            and ($3::uuid[] is null or i.incident_id = any($3))
        """,
        *msgspec.structs.astuple(part),
    )
    found: dict[str, dict[str, StoredInformant]] = {}
    for row in rows:
        found.setdefault(row["incident_id"], {})[row["entry_id"]] = StoredInformant(*row[2:])
    return found


async def list_added_to(connection: Connection, places: range) -> list[UUID]:
    """The incidents that have an entry at one of these places, or one that has none yet, in their
    order."""
    rows = await connection.fetch(
        """
        select incident_id from ledger where position >= $1 and position < $2
        union
        select incident_id from unsequenced
        order by incident_id
        """,
        places.start,
        places.stop,
    )
    return [row["incident_id"] for row in rows]


async def received_at(connection: Connection, position: int) -> datetime | None:
    """When the entry at this place came; None: there is none."""
    at: datetime | None = await connection.fetchval(
        """
        select received_at from entry join ledger using (incident_id, entry_id)
        where position = $1
        """,
        position,
    )
    return at


async def list_places_without_entry(
    connection: Connection, places: range
) -> Sequence[tuple[int, UUID, UUID]]:
    """The first of these places of the ledger whose entries there are not."""
    rows = await connection.fetch(
        """
        select position, incident_id, entry_id from ledger l
        where position >= $1 and position < $2 and not exists (
            select from entry e where e.incident_id = l.incident_id and e.entry_id = l.entry_id
        )
        order by position limit 10
        """,
        places.start,
        places.stop,
    )
    return [(row["position"], row["incident_id"], row["entry_id"]) for row in rows]
