"""The SQL of the question whose a database is."""

from db.connection import Connection


async def find_password_hashes(connection: Connection) -> dict[str, str | None]:
    """The password hash of every account, by badge, where it has one; of none where there are no
    tables yet."""
    if not await connection.fetchval("select to_regclass('public.account') is not null"):
        return {}
    rows = await connection.fetch("select badge, password_hash from account")
    return {row["badge"]: row["password_hash"] for row in rows}


async def holds_station(connection: Connection) -> bool:
    """Whether there is a station."""
    return bool(
        await connection.fetchval("select to_regclass('public.station') is not null")
        and await connection.fetchval("select exists (select from station)")
    )
