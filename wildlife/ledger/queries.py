"""The SQL of the ledger."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all

# Any number that no other program on the same database uses as an advisory lock.
_LOCK = 7_215_042_520_240_807


class Unsequenced(msgspec.Struct, frozen=True):
    """An entry that has no place yet."""

    incident_id: UUID
    entry_id: UUID
    seq: int
    digest: bytes


class End(msgspec.Struct, frozen=True):
    """Where the ledger ends."""

    size: int
    """How many entries have a place: the next one's."""
    is_whole: bool
    """Whether all entries have one."""


async def read_end(connection: Connection) -> End:
    """Where it ends by now."""
    row = await connection.fetchrow(
        """
        select (select coalesce(max(position) + 1, 0) from ledger) as size,
            not exists (select from unsequenced) as is_whole
        """
    )
    assert row is not None
    return End(row["size"], row["is_whole"])


async def lock_end(connection: Connection) -> bool:
    """Whether nobody else puts anything into it until the transaction ends."""
    locked: bool = await connection.fetchval("select pg_try_advisory_xact_lock($1)", _LOCK)
    return locked


async def wait_for_end(connection: Connection) -> None:
    """The same, once nobody does any more."""
    await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)


async def take_unsequenced(connection: Connection, limit: int) -> list[Unsequenced]:
    """The first that have no place yet, which they are to get in this transaction: in an incident
    each before those that followed it, which whoever sees those sees too."""
    taken = await fetch_all(
        connection,
        Unsequenced,
        """
        delete from unsequenced where (incident_id, entry_id) in (
            select incident_id, entry_id from unsequenced
            order by incident_id, seq limit $1
        )
        returning incident_id, entry_id, seq, digest
        """,
        limit,
    )
    return sorted(taken, key=lambda one: (one.incident_id, one.seq))


async def add(connection: Connection, position: int, entries: Sequence[Unsequenced]) -> None:
    """Put entries into it, the first at `position`."""
    await connection.execute(
        """
        insert into ledger (position, incident_id, entry_id, digest)
        select $1 + n - 1, incident_id, entry_id, digest
        from unnest($2::uuid[], $3::uuid[], $4::bytea[])
            with ordinality as e (incident_id, entry_id, digest, n)
        """,
        position,
        [one.incident_id for one in entries],
        [one.entry_id for one in entries],
        [one.digest for one in entries],
    )
