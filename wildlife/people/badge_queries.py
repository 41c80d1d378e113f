"""The SQL of whose badges they are that reports name."""

from collections.abc import Sequence

import msgspec

from db.connection import Connection
from wildlife.people.account_queries import ROLES
from wildlife.people.accounts import OfficerRef
from wildlife.people.codes import Role
from wildlife.people.stations import StationRef


class LockedOut(Exception):
    """Whose badge it is may not sign in."""


async def find_officer(
    connection: Connection, badge: str, station: StationRef
) -> OfficerRef | None:
    """The officer of `station` with this badge. Raises LockedOut where nobody signs in as them."""
    row = await connection.fetchrow(
        """
        select a.account_id, a.badge, a.name, p.role, a.disabled_at is not null as is_locked_out
        from account a join appointment p using (account_id)
        where a.badge = $1 and p.station_id = $2 and p.role = 'officer'
        """,
        badge,
        station.station_id,
    )
    if row is None:
        return None
    if row["is_locked_out"]:
        raise LockedOut
    return OfficerRef(row["account_id"], row["badge"], row["name"], Role(row["role"]), station)


async def has_any(connection: Connection, station: StationRef, role: Role) -> bool:
    """Whether anybody at a station has this role."""
    found = await connection.fetchval(
        """
        select exists (select from account a join appointment p using (account_id)
            where p.station_id = $1 and p.role = $2 and a.disabled_at is null)
        """,
        station.station_id,
        role,
    )
    return bool(found)


def holders_of(badges: str) -> str:
    """Whose badges these are, as SQL whose value is the JSON of a list of OfficerRef: each as what
    it writes as, or else is first."""
    return f"""(
        select coalesce(json_agg(json_strip_nulls(json_build_object(
            'account_id', a.account_id, 'badge', a.badge, 'name', a.name, 'role', f.role,
            'station', case when f.station_id is not null then json_build_object(
                'station_id', f.station_id, 'code', f.code, 'name', f.station) end
            )) order by a.badge), '[]')::text
        from account a cross join lateral (
            select p.role, s.station_id, s.code, s.name as station
            from appointment p left join station s using (station_id)
            where p.account_id = a.account_id and p.role = any({ROLES})
            order by array_position({ROLES}, p.role), s.code limit 1
        ) f
        where a.badge = any({badges})
    )"""


async def tell_holders(connection: Connection, badges: Sequence[str]) -> str:
    """Whose badges these are, of any unit, as `holders_of` says it: also of who has left since, and
    was there."""
    told: str = await connection.fetchval(f"select {holders_of('$1')}", badges)
    return told


async def find_holders(connection: Connection, badges: Sequence[str]) -> list[OfficerRef]:
    """The same, read."""
    return read_holders(await tell_holders(connection, badges))


def read_holders(told: str) -> list[OfficerRef]:
    """What `tell_holders` told."""
    return msgspec.json.decode(told, type=list[OfficerRef])
