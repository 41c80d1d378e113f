"""The SQL of devices."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from db.connection import Connection
from db.rows import fetch_one
from wildlife.people.codes import EventKind
from wildlife.people.devices import CODE_HOLDS, Device
from wildlife.people.event_queries import record_event
from wildlife.people.events import Author, Change
from wildlife.people.may import Scope
from wildlife.people.refusals import NoDevice, UnfitChange
from wildlife.people.stations import StationRef
from wildlife.words.values import Moment

# Of so many answers that got lost, the last are kept: each is a secret that may still arrive.
_MOST_TOKENS: Final = 20


# Of a device `d`: who is signed in on it, where nobody has cut it off.
_SIGNED_IN: Final = """
    from token t join account a using (account_id)
    where t.device_id = d.device_id and t.kind = 'refresh' and t.expires_at > now()
        and a.disabled_at is null
"""


class DeviceTaken(UnfitChange):
    """There is such a device, and it is another, or no phone can become it any more."""

    def __init__(self, differing: list[str]) -> None:
        self.differing = differing
        if differing:
            super().__init__(
                "There is another device with this id. Make a new id for this one.",
                "已有另一台设备使用该编号。请为本设备生成新的编号。",
            )
        else:
            super().__init__(
                "A phone is this device already, or it is cut off. Add the other phone as a device"
                " of its own, and cut this one off if nobody has it any more.",
                "该设备已由一部手机完成登记，或已停用。请将另一部手机作为新设备添加；"
                "如原手机已不再使用，请停用本设备。",
            )


async def add_device(
    connection: Connection,
    author: Author,
    *,
    device_id: UUID,
    name: str,
    station: StationRef,
    code_hash: bytes,
) -> tuple[bool, datetime]:
    """Add a device that a phone may become by this code; or, where no phone did yet, let it become
    so by this code and no earlier one: its answer got lost, or it has expired.

    Whether it is new, and until when the code holds. Raises DeviceTaken.
    """
    row = await connection.fetchrow(
        """
        insert into device (device_id, station_id, name, code_hash, code_expires_at)
        values ($1, $2, $3, $4, now() + $5)
        on conflict (device_id) do nothing
        returning code_expires_at
        """,
        device_id,
        station.station_id,
        name,
        code_hash,
        CODE_HOLDS,
    )
    is_new = row is not None
    if row is None:
        row = await connection.fetchrow(
            """
            update device
            set code_hash = $4, code_expires_at = now() + $5, token_hashes = '{}'
            where device_id = $1 and station_id = $2 and name = $3
                and enrolled_at is null and cut_off_at is null
            returning code_expires_at
            """,
            device_id,
            station.station_id,
            name,
            code_hash,
            CODE_HOLDS,
        )
    if row is None:
        raise DeviceTaken(await _differing(connection, device_id, name, station))
    await record_event(
        connection,
        EventKind.DEVICE_ADDED if is_new else EventKind.CODE_RENEWED,
        author,
        device_id=device_id,
        change=Change(name=name, station=station.code),
    )
    return is_new, row["code_expires_at"]


async def _differing(
    connection: Connection, device_id: UUID, name: str, station: StationRef
) -> list[str]:
    row = await connection.fetchrow(
        "select name <> $2 as name, station_id <> $3 as station from device where device_id = $1",
        device_id,
        name,
        station.station_id,
    )
    return [] if row is None else [field for field, differs in row.items() if differs]


class Enrolled(msgspec.Struct, frozen=True):
    """Which device a phone is."""

    device_id: UUID
    name: str
    station: str


async def enrol(
    connection: Connection, author: Author, code_hash: bytes, token_hash: bytes
) -> Enrolled | None:
    """Let a phone be known by this token, if it shows a code that holds: again and again, until one
    of the tokens that were handed out has signed in.

    None where the code does not hold; where a phone had been enrolled by it, that is put on record,
    once.
    """
    enrolled = await fetch_one(
        connection,
        Enrolled,
        f"""
        update device d
        set token_hashes = array_append(
            d.token_hashes[greatest(1, cardinality(d.token_hashes) - {_MOST_TOKENS - 2}):],
            $2::bytea)
        from station s
        where d.code_hash = $1 and d.code_expires_at > now() and d.enrolled_at is null
            and d.cut_off_at is null and s.station_id = d.station_id
        returning d.device_id, d.name, s.code as station
        """,
        code_hash,
        token_hash,
    )
    if enrolled is None:
        reused = await connection.fetchval(
            """
            update device set code_hash = null
            where code_hash = $1 and enrolled_at is not null and cut_off_at is null
            returning device_id
            """,
            code_hash,
        )
        if reused is not None:
            await record_event(connection, EventKind.CODE_REUSED, author, device_id=reused)
    return enrolled


async def may_sign_in_on(connection: Connection, token_hash: bytes) -> bool:
    """Whether this is the token of a device that is not cut off."""
    found = await connection.fetchval(
        "select true from device where token_hashes @> array[$1::bytea] and cut_off_at is null",
        token_hash,
    )
    return found is not None


async def use_device(connection: Connection, author: Author, token_hash: bytes) -> UUID | None:
    """The device of this token, on which the author signs in; it has no other token from then on.
    None where it is cut off, or another of its tokens was first."""
    row = await connection.fetchrow(
        """
        with held as (
            select device_id, enrolled_at is null as is_first from device
            where token_hashes @> array[$1::bytea] and cut_off_at is null
            for no key update
        )
        update device d
        set token_hashes = array[$1::bytea], last_used_at = now(),
            enrolled_at = coalesce(d.enrolled_at, now())
        from held where d.device_id = held.device_id
        returning d.device_id, held.is_first
        """,
        token_hash,
    )
    if row is None:
        return None
    device_id: UUID = row["device_id"]
    if row["is_first"]:
        await record_event(
            connection,
            EventKind.DEVICE_ENROLLED,
            author,
            account_id=author.account_id,
            device_id=device_id,
        )
    return device_id


async def note_use(connection: Connection, device_id: UUID) -> None:
    """That a session on a device goes on."""
    await connection.execute(
        "update device set last_used_at = now() where device_id = $1", device_id
    )


async def cut_off(connection: Connection, author: Author, directed: Scope, device_id: UUID) -> None:
    """Let nobody sign in on a device, nor any session on it go on, from now on and for good.

    Of a unit whose people the author directs; raises NoDevice for any other. What is cut off
    already is not changed. Who was signed in on it until then is put on record with it.
    """
    row = await connection.fetchrow(
        """
        with held as (
            select device_id, cut_off_at is null as is_first from device
            where device_id = $1 and ($2 or station_id = any($3::uuid[]))
            for no key update
        )
        update device d
        set cut_off_at = coalesce(d.cut_off_at, now()), code_hash = null
        from held where d.device_id = held.device_id
        returning held.is_first
        """,
        device_id,
        directed.everything,
        directed.stations,
    )
    if row is None:
        raise NoDevice(device_id)
    if row["is_first"]:
        # Now that it is held: who signed in just before is seen.
        badges = await connection.fetchval(
            f"""
            select array(select distinct a.badge {_SIGNED_IN} order by a.badge)
            from device d where d.device_id = $1
            """,
            device_id,
        )
        await record_event(
            connection,
            EventKind.DEVICE_CUT_OFF,
            author,
            device_id=device_id,
            change=Change(signed_in=badges),
        )


class DeviceKey(NamedTuple):
    """By which devices are ordered and told apart."""

    added_at: Moment
    device_id: UUID


async def list_devices(
    connection: Connection,
    directed: Scope,
    *,
    station: str | None = None,
    after: DeviceKey | None = None,
    limit: int | None = None,
) -> list[asyncpg.Record]:
    """The devices of the units whose people one sees, or of one of them, the newest first."""
    return await connection.fetch(
        f"""
        select d.device_id, d.name, s.code as station, d.added_at, d.enrolled_at, d.last_used_at,
            d.cut_off_at,
            case when d.enrolled_at is null and d.cut_off_at is null
                then d.code_expires_at end as code_expires_at,
            case when d.cut_off_at is null then coalesce((
                select jsonb_agg(distinct jsonb_build_object('badge', a.badge, 'name', a.name))
                {_SIGNED_IN}
            ), '[]') else '[]' end as signed_in
        from device d join station s using (station_id)
        where ($1 or d.station_id = any($2::uuid[]))
            and ($3::text is null or s.code = $3)
            and ($4::timestamptz is null or (d.added_at, d.device_id) < ($4, $5::uuid))
        order by d.added_at desc, d.device_id desc
        limit $6
        """,
        directed.everything,
        directed.stations,
        station,
        after and after.added_at,
        after and after.device_id,
        limit,
    )


async def list_all_devices(connection: Connection) -> list[Device]:
    """All that there are."""
    rows = await list_devices(connection, Scope(everything=True))
    return [msgspec.convert(dict(row), Device) for row in rows]
