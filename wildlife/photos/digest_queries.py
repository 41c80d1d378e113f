"""The SQL of which photos there should be: the SHA-256 that entries and refused bodies name."""

from db.connection import Connection


async def list_named_digests(connection: Connection, after: str | None, limit: int) -> list[str]:
    """The SHA-256 of photos that entries or refused bodies name, after one of them, in order."""
    rows = await connection.fetch(
        """
        (select distinct sha256 from entry
            where sha256 > coalesce(decode($1::text, 'hex'), ''::bytea) order by sha256 limit $2)
        union
        (select distinct sha256 from refused_body
            where sha256 > coalesce(decode($1::text, 'hex'), ''::bytea) order by sha256 limit $2)
        order by sha256 limit $2
        """,
        after,
        limit,
    )
    return [row["sha256"].hex() for row in rows]


async def named_in_texts(connection: Connection, digests: list[str]) -> set[str]:
    """Those of `digests` that any entry's text names, whatever the column beside it says.

    Reads every timeline: for what is about to be taken away.
    """
    rows = await connection.fetch(
        """
        select distinct named.found[1] as digest
        from entry, lateral regexp_matches(canonical, '"sha256":"([0-9a-f]{64})"', 'g')
            as named (found)
        where named.found[1] = any($1)
        """,
        digests,
    )
    return {row["digest"] for row in rows}


async def named_among(connection: Connection, digests: list[str]) -> set[str]:
    """Those of `digests` that an entry or a refused body names, by their columns."""
    rows = await connection.fetch(
        """
        select encode(sha256, 'hex') as digest from entry
        where sha256 = any(array(select decode(d, 'hex') from unnest($1::text[]) as d))
        union
        select encode(sha256, 'hex') from refused_body
        where sha256 = any(array(select decode(d, 'hex') from unnest($1::text[]) as d))
        """,
        digests,
    )
    return {row["digest"] for row in rows}


async def has_entries(connection: Connection) -> bool:
    """Whether anything was ever recorded."""
    found: bool = await connection.fetchval("select exists (select from entry)")
    return found


async def sample_digests(connection: Connection) -> list[str]:
    """The SHA-256, in hexadecimal, of a few photos: of the newest finds, and of any."""
    rows = await connection.fetch(
        """
        (
            select encode(p.sha256, 'hex') as digest
            from (select incident_id from incident where view = 'whole'
                order by found_at desc limit 1000) i
            join photo p using (incident_id) limit 20
        )
        union
        (select encode(sha256, 'hex') from photo limit 20)
        """
    )
    return [row["digest"] for row in rows]
