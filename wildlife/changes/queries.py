"""The SQL of what is new."""

from collections.abc import Set
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from db.connection import Connection
from db.sql import Statement
from wildlife.lists.composing import Selection
from wildlife.lists.incidents import INCIDENTS
from wildlife.timeline.queries import NAMED_IN

_KEPT: Final = 200


class Found(msgspec.Struct, frozen=True):
    """An entry of the ledger that a reader is told of, and by which row of its incident."""

    position: int
    incident_id: UUID
    kind: str
    case_number: str
    view: str
    head_seq: int
    head_digest: bytes
    station_ids: list[UUID]
    responsible_station_id: UUID
    named_in: list[str]
    entry_id: UUID
    seq: int
    canonical: str
    digest: bytes
    voided_by: UUID | None
    amended_by: list[UUID]


@lru_cache(_KEPT)
def found_within(selection: Selection, *, of_types: bool) -> Statement:
    """The entries from one place to another, as far as a reader sees what is asked for of them."""
    types = "and e.type = any(:types::text[])" if of_types else ""
    return Statement(f"""
        select l.position, t.incident_id, t.kind, t.case_number, t.view, t.seq as head_seq,
            t.digest as head_digest, t.station_ids, t.responsible_station_id, {NAMED_IN},
            e.entry_id, e.seq, e.canonical, e.digest,
            (select v.entry_id from entry v
                where v.incident_id = e.incident_id and v.target_id = e.entry_id
                    and v.type = 'void'
                order by v.seq limit 1) as voided_by,
            array(select a.entry_id from entry a
                where a.incident_id = e.incident_id and a.target_id = e.entry_id
                    and a.type = 'amendment'
                order by a.seq) as amended_by
        from ledger l
        join incident t on t.incident_id = l.incident_id
        join entry e on e.incident_id = l.incident_id and e.entry_id = l.entry_id
        {INCIDENTS.sql.seen(selection)} {types}
            and l.position >= :place and l.position < :before
        order by l.position
        limit :limit
        """)


class Concerned(NamedTuple):
    """Whom some entries may concern: what their incidents say of who sees them."""

    station_ids: Set[UUID]
    seen_in: Set[str]


async def concerned_within(connection: Connection, position: int, before: int) -> Concerned:
    """Whom the entries from one place to another may concern."""
    rows = await connection.fetch(
        """
        select distinct t.station_ids, t.seen_in
        from ledger l join incident t using (incident_id)
        where l.position >= $1 and l.position < $2
        """,
        position,
        before,
    )
    return Concerned(
        {station_id for row in rows for station_id in row["station_ids"]},
        {name for row in rows for name in row["seen_in"]},
    )


async def digest_at(connection: Connection, position: int) -> bytes | None:
    """The digest of the entry at this place; None: there is none."""
    digest: bytes | None = await connection.fetchval(
        "select digest from ledger where position = $1", position
    )
    return digest


async def received_at(connection: Connection, position: int) -> float | None:
    """When the entry at this place arrived (Unix time); None where it is lost."""
    found: float | None = await connection.fetchval(
        """
        select extract(epoch from e.received_at)::float8
        from ledger l join entry e using (incident_id, entry_id) where l.position = $1
        """,
        position,
    )
    return found
