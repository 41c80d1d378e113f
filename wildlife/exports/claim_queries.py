"""The SQL of making exports: who makes which, how far it is, and what came of it."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from wildlife.exports.queries import IS_LET_GO
from wildlife.lists.question import Question

_OURS: Final = "export_id = $1 and claims = $2 and finished_at is null"
"""One that is still claimed as it was by who says so, …"""
_WANTED: Final = f"{_OURS} and expires_at > now()"
"""… and that nobody has ended."""
_NOTHING_YET: Final = "bytes = 0, rows = null, expected_rows = null"


class Claimed(msgspec.Struct, frozen=True):
    """An export that is to be made now, by who claimed it: `claims` is of this time alone, and
    `attempts` counts it, too."""

    export_id: UUID
    account_id: UUID
    path: str
    query: str
    language: str
    origin: str
    address: IPv4Address | IPv6Address | None
    claims: int
    attempts: int

    @property
    def question(self) -> Question:
        return Question(self.path, self.query)


async def claim_export(connection: Connection, lease: timedelta) -> Claimed | None:
    """Keep others from the first that waits, for so long at a time; None: none waits.

    One whose maker says nothing any more waits, too.
    """
    row = await connection.fetchrow(
        f"""
        update export
        set begun_at = now(), claims = claims + 1, attempts = attempts + 1,
            held_until = now() + $1::interval, {_NOTHING_YET}
        where export_id = (
            select e.export_id from export e join account a using (account_id)
            where e.finished_at is null and e.expires_at > now() and a.disabled_at is null
                and {IS_LET_GO}
            order by e.asked_at, e.export_id limit 1 for update of e skip locked
        )
        returning export_id, account_id, path, query, language, origin, address,
            claims, attempts
        """,
        lease,
    )
    return None if row is None else Claimed(**dict(row))


async def hold_export(
    connection: Connection,
    claimed: Claimed,
    *,
    lease: timedelta,
    bytes_: int,
    rows: int | None,
    expected_rows: int | None,
) -> bool:
    """Say how far it is, and go on keeping others from it; False: it was ended, or is another's."""
    done = await connection.execute(
        f"""
        update export
        set held_until = now() + $3::interval, bytes = $4, rows = $5, expected_rows = $6
        where {_WANTED}
        """,
        claimed.export_id,
        claimed.claims,
        lease,
        bytes_,
        rows,
        expected_rows,
    )
    return bool(done == "UPDATE 1")


async def retry_later(connection: Connection, claimed: Claimed, after: timedelta) -> None:
    """Let it be made anew after a while."""
    await connection.execute(
        f"""
        update export
        set begun_at = null, {_NOTHING_YET}, held_until = now() + $3::interval
        where {_OURS}
        """,
        claimed.export_id,
        claimed.claims,
        after,
    )


async def release_claim(connection: Connection, claimed: Claimed) -> None:
    """Let it be made by somebody else at once, as if this one had not tried."""
    await connection.execute(
        f"""
        update export
        set begun_at = null, {_NOTHING_YET}, held_until = null, attempts = attempts - 1
        where {_OURS}
        """,
        claimed.export_id,
        claimed.claims,
    )


async def name_file(
    connection: Connection, claimed: Claimed, *, sha256: str, lease: timedelta
) -> bool:
    """Note what is about to be put into the store, so that it is found there whatever happens;
    False: it was ended, or is another's."""
    done = await connection.execute(
        f"""
        update export set sha256 = decode($3, 'hex'), held_until = now() + $4::interval
        where {_WANTED}
        """,
        claimed.export_id,
        claimed.claims,
        sha256,
        lease,
    )
    return bool(done == "UPDATE 1")


async def finish_export(
    connection: Connection,
    claimed: Claimed,
    *,
    kept_for: timedelta,
    bytes_: int,
    rows: int | None,
    expected_rows: int | None,
    media_type: str,
    disposition: str | None,
) -> bool:
    """Note that the file lies in the store; False: it was ended, or is another's."""
    done = await connection.execute(
        f"""
        update export
        set finished_at = now(), expires_at = now() + $3::interval, held_until = null,
            bytes = $4, rows = $5, expected_rows = $6, media_type = $7, disposition = $8
        where {_WANTED}
        """,
        claimed.export_id,
        claimed.claims,
        kept_for,
        bytes_,
        rows,
        expected_rows,
        media_type,
        disposition,
    )
    return bool(done == "UPDATE 1")


async def fail_export(
    connection: Connection, claimed: Claimed, *, code: str, en: str, zh: str
) -> None:
    """Note why it could not be made."""
    await connection.execute(
        f"""
        update export
        set finished_at = now(), held_until = null, problem = $3, problem_en = $4, problem_zh = $5
        where {_OURS}
        """,
        claimed.export_id,
        claimed.claims,
        code,
        en,
        zh,
    )
