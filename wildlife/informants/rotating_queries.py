"""The SQL of changing the key, run as the owner of the tables."""

from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all

_AT_ONCE: Final = 200


class SealedRow(msgspec.Struct, frozen=True):
    """What is sealed in a row, whose key is `incident_id` and `row_id`, bound to the first."""

    incident_id: UUID
    row_id: UUID
    sealed: bytes
    sealed_informant: bytes | None


class Table(NamedTuple):
    """The statements of a table that holds what is sealed."""

    next_rows: str
    put: str


INFORMANTS: Final = Table(
    """
    select incident_id, entry_id as row_id, sealed, null::bytea as sealed_informant from informant
    where sealed is not null and sealed_by <> $1 and (incident_id, entry_id) > ($2, $3)
    order by incident_id, entry_id limit $4
    """,
    """
    update informant set sealed = $5, sealed_by = $7
    where incident_id = $1 and entry_id = $2 and sealed = $3
        and $4::bytea is null and $6::bytea is null
    returning true
    """,
)

REFUSED: Final = Table(
    """
    select incident_id, refused_id as row_id, sealed, sealed_informant from refused_body
    where sealed_by <> $1 and (incident_id, refused_id) > ($2, $3)
    order by incident_id, refused_id limit $4
    """,
    """
    update refused_body set sealed = $5, sealed_informant = $6, sealed_by = $7
    where incident_id = $1 and refused_id = $2 and sealed = $3
        and sealed_informant is not distinct from $4::bytea
    returning true
    """,
)

SUBSCRIPTIONS: Final = Table(
    """
    select subscription_id as incident_id, subscription_id as row_id, sealed,
        null::bytea as sealed_informant
    from subscription
    where sealed is not null and sealed_by <> $1 and (subscription_id, subscription_id) > ($2, $3)
    order by subscription_id limit $4
    """,
    """
    update subscription set sealed = $5, sealed_by = $7
    where subscription_id = $1 and subscription_id = $2 and sealed = $3
        and $4::bytea is null and $6::bytea is null
    returning true
    """,
)

_BEFORE_ALL: Final = UUID(int=0)


async def next_sealed_otherwise(
    connection: Connection, table: Table, fingerprint: bytes, after: SealedRow | None
) -> list[SealedRow]:
    """The next rows that another key than this one sealed."""
    return await fetch_all(
        connection,
        SealedRow,
        table.next_rows,
        fingerprint,
        after.incident_id if after else _BEFORE_ALL,
        after.row_id if after else _BEFORE_ALL,
        _AT_ONCE,
    )


async def put_sealed(
    connection: Connection,
    table: Table,
    row: SealedRow,
    *,
    sealed: bytes,
    sealed_informant: bytes | None,
    sealed_by: bytes,
) -> bool:
    """Put what was sealed anew in its place; False where the row was erased or changed since."""
    put = await connection.fetchval(
        table.put,
        row.incident_id,
        row.row_id,
        row.sealed,
        row.sealed_informant,
        sealed,
        sealed_informant,
        sealed_by,
    )
    return bool(put)


async def hold_up_sealing(connection: Connection) -> None:
    """Wait for who has sealed something and not committed it, and let nobody else begin until the
    transaction ends."""
    await connection.execute(
        "lock table informant, refused_body, subscription in share row exclusive mode"
    )


async def forget_other_fingerprints(connection: Connection, fingerprint: bytes) -> None:
    """Remember this key alone."""
    await connection.execute("delete from key_fingerprint where fingerprint <> $1", fingerprint)
