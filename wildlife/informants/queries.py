"""The SQL of informants."""

from collections.abc import AsyncGenerator, Collection
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from db.connection import Connection
from db.rows import fetch_all, fetch_one
from wildlife.informants.erased_queries import OF_THE_INCIDENT, hold_erasing
from wildlife.people.accounts import Actor
from wildlife.words.values import IncidentId
from wildlife.words.vocabularies import ErasureReason


class StoredInformant(msgspec.Struct, frozen=True):
    """An informant, encrypted; `sealed` is None when erased."""

    salt: bytes
    sealed: bytes | None
    erased_at: datetime | None
    key_lost_at: datetime | None
    """Since when the key that opens it is on record as lost."""


class InformantRow(msgspec.Struct, frozen=True):
    """Whom an entry that counts names, and since when the key that opens it is on record as
    lost."""

    sealed: bytes
    key_lost_at: datetime | None


async def access_informants(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> list[InformantRow]:
    """Whom the entries name that count and were not erased, the last first, if `actor` belongs to
    the station that is responsible."""
    return await fetch_all(
        connection,
        InformantRow,
        """
        select f.sealed, l.lost_at as key_lost_at
        from incident i
        -- Rows of earlier days know no entry that names somebody but the opening.
        cross join jsonb_array_elements_text(coalesce(
            i.document -> 'informants_by', jsonb_build_array(i.incident_id))
        ) with ordinality as named (entry_id, place)
        join informant f on f.incident_id = i.incident_id and f.entry_id = named.entry_id::uuid
        left join lost_key l on l.fingerprint = f.sealed_by and l.found_at is null
        where i.incident_id = $1 and i.view = 'whole' and i.responsible_station_id = $2
            and f.sealed is not null
        order by named.place desc
        """,
        incident_id,
        actor.station_id,
    )


async def find_informant(
    connection: Connection, incident_id: UUID, entry_id: UUID
) -> StoredInformant | None:
    """Whom an entry named, to tell whether a replay names the same person."""
    return await fetch_one(
        connection,
        StoredInformant,
        """
        select salt, sealed, erased_at, lost_at as key_lost_at from informant
        left join lost_key on fingerprint = sealed_by and found_at is null
        where incident_id = $1 and entry_id = $2
        """,
        incident_id,
        entry_id,
    )


async def add_informant(
    connection: Connection,
    incident_id: UUID,
    entry_id: UUID,
    *,
    salt: bytes,
    sealed: bytes,
    sealed_by: bytes,
    named_in: Collection[str],
) -> None:
    """Keep whom an entry names, and in which texts of the incident they are named themselves.

    sealed_by: the key's fingerprint. One that the database does not remember, as of a key that was
    retired a moment ago, is null there, which the column does not take.
    """
    await connection.execute(
        """
        insert into informant (incident_id, entry_id, salt, sealed, sealed_by, named_in)
        values ($1, $2, $3, $4,
            (select fingerprint from key_fingerprint where fingerprint = $5), $6)
        """,
        incident_id,
        entry_id,
        salt,
        sealed,
        sealed_by,
        [*named_in],
    )


class Named(msgspec.Struct, frozen=True):
    """In which texts of their incident somebody is named; `sealed` is None where nobody can tell
    who, since they were erased."""

    entry_id: UUID
    sealed: bytes | None
    named_in: list[str]


async def list_named(connection: Connection, incident_id: UUID) -> list[Named]:
    """All that an incident's entries ever named, to tell whether its texts do."""
    return await fetch_all(
        connection,
        Named,
        "select entry_id, sealed, named_in from informant where incident_id = $1 order by entry_id",
        incident_id,
    )


async def set_named_in(
    connection: Connection, incident_id: UUID, entry_id: UUID, named_in: Collection[str]
) -> None:
    """Keep in which texts of the incident somebody is named. Nothing is written where nothing is
    new."""
    await connection.execute(
        """
        update informant set named_in = $3
        where incident_id = $1 and entry_id = $2 and named_in is distinct from $3::text[]
        """,
        incident_id,
        entry_id,
        [*named_in],
    )


async def erase_informant(
    connection: Connection, actor: Actor, incident_id: IncidentId, reason: ErasureReason | None
) -> bool:
    """Erase all who were ever named, and the salts; the timeline keeps digests that now say
    nothing. Who erased them, when and why is put on record.

    Whom a refused body named is erased with them; whom a stranger's did, by the stranger's station
    too, and by that alone where it came upon a taken id. False where there was nobody to erase.
    Inside a transaction only.
    """
    await hold_erasing(connection, incident_id)
    erased = await connection.fetchval(
        f"""
        with mine as (
            select incident_id from incident
            where incident_id = $1 and view = 'whole' and responsible_station_id = $2
        ), reported as (
            update informant f set sealed = null, salt = '', erased_at = now() from mine
            where f.incident_id = mine.incident_id and f.sealed is not null
            returning true
        ), refused as (
            update refused_body r set sealed_informant = null, informant_erased_at = now()
            where r.incident_id = $1 and r.sealed_informant is not null
                and (exists (select from mine) and {OF_THE_INCIDENT}
                    or not r.had_a_part and r.station_id = $2)
            returning true
        ), erasure as (
            insert into informant_erasure (incident_id, erasure_id, account_id, reason)
            select $1, $3, $4, $5
            where exists (select from reported) or exists (select from refused)
            returning true
        )
        select exists (select from erasure)
        """,
        incident_id,
        actor.station_id,
        uuid4(),
        actor.account_id,
        reason,
    )
    return bool(erased)


# Any number that no other program on the same database uses as an advisory lock.
_KEY_LOCK = 7_215_042_520_240_805


async def lock_fingerprints(connection: Connection) -> None:
    """Until the transaction ends nobody else decides which key is the database's."""
    await connection.execute("select pg_advisory_xact_lock($1)", _KEY_LOCK)


async def claim_fingerprints(connection: Connection) -> bool:
    """The same until the connection ends; False where somebody else has it."""
    return bool(await connection.fetchval("select pg_try_advisory_lock($1)", _KEY_LOCK))


async def find_fingerprints(connection: Connection) -> list[bytes]:
    """The fingerprints of the keys that this database's informants are sealed with, the newest
    last: one, but while a rotation lasts."""
    rows = await connection.fetch("select fingerprint from key_fingerprint order by adopted_at")
    return [row["fingerprint"] for row in rows]


async def add_fingerprint(connection: Connection, fingerprint: bytes) -> None:
    """Remember a key of the database."""
    await connection.execute("insert into key_fingerprint (fingerprint) values ($1)", fingerprint)


async def stream_sealed(connection: Connection) -> AsyncGenerator[tuple[UUID, bytes], None]:
    """All that is sealed in the database, each with what it is bound to. Inside a transaction
    only."""
    async for row in connection.cursor(
        """
        select incident_id, sealed from informant where sealed is not null
        union all
        select incident_id, sealed from refused_body
        union all
        select subscription_id, sealed from subscription where sealed is not null
        """
    ):
        yield row["incident_id"], row["sealed"]
