"""The SQL of keys that were lost. To put one on record, or to take it back, is for the owner of the
tables."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from db.connection import Connection
from db.rows import fetch_all


class LostKey(msgspec.Struct, frozen=True):
    """A key on record as lost, and what nobody can read without it."""

    fingerprint: bytes
    lost_at: datetime
    informants: int
    refused: int


async def list_lost(connection: Connection) -> list[LostKey]:
    """The keys that are lost and were not found since, the first one first."""
    return await fetch_all(
        connection,
        LostKey,
        """
        select fingerprint, lost_at,
            (select count(*) from informant f
                where f.sealed_by = l.fingerprint and f.sealed is not null) as informants,
            (select count(*) from refused_body r where r.sealed_by = l.fingerprint) as refused
        from lost_key l where found_at is null order by lost_at, fingerprint
        """,
    )


async def seals_without_a_name(connection: Connection) -> bool:
    """Whether anything was sealed with a key that the database did not know then."""
    found = await connection.fetchval(
        """
        select exists (select from informant where sealed_by = '' and sealed is not null)
            or exists (select from refused_body where sealed_by = '')
        """
    )
    return bool(found)


async def record_lost(connection: Connection, fingerprints: Collection[bytes]) -> None:
    """Put keys on record as lost; the database remembers them as its own no more."""
    await connection.execute(
        """
        insert into lost_key (fingerprint) select unnest($1::bytea[])
        on conflict (fingerprint) do update set lost_at = now(), found_at = null
        """,
        list(fingerprints),
    )
    await connection.execute(
        "delete from key_fingerprint where fingerprint = any($1::bytea[])", list(fingerprints)
    )


async def record_found(connection: Connection, fingerprints: Collection[bytes]) -> None:
    """That these were found, and of each other lost key with which nothing is sealed any more."""
    await connection.execute(
        """
        update lost_key l set found_at = now()
        where found_at is null and (fingerprint = any($1::bytea[])
            or not exists (select from informant f
                where f.sealed_by = l.fingerprint and f.sealed is not null)
            and not exists (select from refused_body r where r.sealed_by = l.fingerprint))
        """,
        list(fingerprints),
    )
