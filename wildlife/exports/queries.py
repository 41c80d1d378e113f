"""The SQL of exports: what is asked for, who makes it, and what came of it."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all, fetch_one
from wildlife.exports.codes import ExportState
from wildlife.lists.question import Question

_COLUMNS: Final = """
    export_id, path, query, bytes, rows, expected_rows, encode(sha256, 'hex') as sha256,
    media_type, disposition, problem, problem_en, problem_zh,
    asked_at, begun_at, finished_at, expires_at"""


class StoredExport(msgspec.Struct, frozen=True):
    """An export as it is stored."""

    export_id: UUID
    path: str
    query: str
    bytes: int
    rows: int | None
    expected_rows: int | None
    sha256: str | None
    media_type: str | None
    disposition: str | None
    problem: str | None
    problem_en: str | None
    problem_zh: str | None
    asked_at: datetime
    begun_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime

    @property
    def state(self) -> ExportState:
        if self.problem is not None:
            return ExportState.FAILED
        if self.finished_at is not None:
            return ExportState.DONE
        return ExportState.WAITING if self.begun_at is None else ExportState.WORKING

    @property
    def question(self) -> Question:
        return Question(self.path, self.query)


async def add_export(
    connection: Connection,
    *,
    export_id: UUID,
    account_id: UUID,
    question: Question,
    language: str,
    origin: str,
    address: IPv4Address | IPv6Address | None,
    holds: timedelta,
    most: int,
    most_unfinished: int,
) -> StoredExport | None:
    """Keep what is to be made, unless its owner has as many as they may.

    None: there is one of this id, or there are too many; what is held by the id tells.
    """
    return await fetch_one(
        connection,
        StoredExport,
        f"""
        insert into export (
            export_id, account_id, path, query, language, origin, address, expires_at)
        select $1, $2, $3, $4, $5, $6, $7, now() + $8::interval
        where (
            select count(*) < $9 and count(*) filter (where finished_at is null) < $10
            from export where account_id = $2 and expires_at > now()
        )
        on conflict (export_id) do nothing
        returning {_COLUMNS}
        """,
        export_id,
        account_id,
        question.path,
        question.query,
        language,
        origin,
        address,
        holds,
        most,
        most_unfinished,
    )


async def is_held(connection: Connection, export_id: UUID) -> bool:
    """Whether there is an export of this id, whoever's."""
    held: bool = await connection.fetchval(
        "select exists (select from export where export_id = $1)", export_id
    )
    return held


async def list_exports(connection: Connection, account_id: UUID) -> list[StoredExport]:
    """Those of an account, the newest first."""
    return await fetch_all(
        connection,
        StoredExport,
        f"""
        select {_COLUMNS} from export where account_id = $1 and expires_at > now()
        order by asked_at desc, export_id desc
        """,
        account_id,
    )


async def access_export(
    connection: Connection, account_id: UUID, export_id: UUID
) -> StoredExport | None:
    """One of an account's own; None: there is none."""
    return await fetch_one(
        connection,
        StoredExport,
        f"""
        select {_COLUMNS} from export
        where export_id = $2 and account_id = $1 and expires_at > now()
        """,
        account_id,
        export_id,
    )


async def end_export(connection: Connection, account_id: UUID, export_id: UUID) -> bool:
    """Let an export of this account have expired; whether there was one."""
    done = await connection.execute(
        """
        update export set expires_at = now()
        where export_id = $2 and account_id = $1 and expires_at > now()
        """,
        account_id,
        export_id,
    )
    return bool(done == "UPDATE 1")


class Claimed(msgspec.Struct, frozen=True):
    """An export that is to be made now, by who claimed it; `attempts` counts this time, too."""

    export_id: UUID
    account_id: UUID
    path: str
    query: str
    language: str
    origin: str
    address: IPv4Address | IPv6Address | None
    attempts: int

    @property
    def question(self) -> Question:
        return Question(self.path, self.query)


async def claim_export(connection: Connection, holds: timedelta) -> Claimed | None:
    """Keep others from the first that waits, for so long at a time; None: none waits.

    One whose maker says nothing any more waits, too.
    """
    row = await connection.fetchrow(
        """
        update export
        set begun_at = now(), attempts = attempts + 1, held_until = now() + $1::interval,
            bytes = 0, rows = null, expected_rows = null
        where export_id = (
            select e.export_id from export e join account a using (account_id)
            where e.finished_at is null and e.expires_at > now() and a.disabled_at is null
                and (e.held_until is null or e.held_until < now())
            order by e.asked_at, e.export_id limit 1 for update of e skip locked
        )
        returning export_id, account_id, path, query, language, origin, address, attempts
        """,
        holds,
    )
    return None if row is None else Claimed(**dict(row))


async def hold_export(
    connection: Connection,
    claimed: Claimed,
    *,
    holds: timedelta,
    bytes_: int,
    rows: int | None,
    expected_rows: int | None,
) -> bool:
    """Say how far it is, and go on keeping others from it; False: it was ended, or is another's."""
    done = await connection.execute(
        """
        update export
        set held_until = now() + $3::interval, bytes = $4, rows = $5, expected_rows = $6
        where export_id = $1 and attempts = $2 and finished_at is null and expires_at > now()
        """,
        claimed.export_id,
        claimed.attempts,
        holds,
        bytes_,
        rows,
        expected_rows,
    )
    return bool(done == "UPDATE 1")


async def put_back(connection: Connection, claimed: Claimed, after: timedelta) -> None:
    """Let it be made anew after a while."""
    await connection.execute(
        """
        update export set begun_at = null, held_until = now() + $3::interval
        where export_id = $1 and attempts = $2 and finished_at is null
        """,
        claimed.export_id,
        claimed.attempts,
        after,
    )


async def let_go(connection: Connection, claimed: Claimed) -> None:
    """Let it be made by somebody else at once, as if this one had not tried."""
    await connection.execute(
        """
        update export set begun_at = null, held_until = null, attempts = attempts - 1
        where export_id = $1 and attempts = $2 and finished_at is null
        """,
        claimed.export_id,
        claimed.attempts,
    )


async def name_file(
    connection: Connection, claimed: Claimed, *, sha256: str, holds: timedelta
) -> bool:
    """Note what is about to be put into the store, so that it is found there whatever happens;
    False: it was ended, or is another's."""
    done = await connection.execute(
        """
        update export set sha256 = decode($3, 'hex'), held_until = now() + $4::interval
        where export_id = $1 and attempts = $2 and finished_at is null and expires_at > now()
        """,
        claimed.export_id,
        claimed.attempts,
        sha256,
        holds,
    )
    return bool(done == "UPDATE 1")


async def finish_export(
    connection: Connection,
    claimed: Claimed,
    *,
    holds: timedelta,
    bytes_: int,
    rows: int | None,
    expected_rows: int | None,
    media_type: str,
    disposition: str | None,
) -> bool:
    """Note that the file lies in the store; False: it was ended, or is another's."""
    done = await connection.execute(
        """
        update export
        set finished_at = now(), expires_at = now() + $3::interval, held_until = null,
            bytes = $4, rows = $5, expected_rows = $6, media_type = $7, disposition = $8
        where export_id = $1 and attempts = $2 and finished_at is null and expires_at > now()
        """,
        claimed.export_id,
        claimed.attempts,
        holds,
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
        """
        update export
        set finished_at = now(), held_until = null, problem = $3, problem_en = $4, problem_zh = $5
        where export_id = $1 and attempts = $2 and finished_at is null
        """,
        claimed.export_id,
        claimed.attempts,
        code,
        en,
        zh,
    )


class ExpiredExport(msgspec.Struct, frozen=True):
    """One that is to be taken away."""

    export_id: UUID
    sha256: str | None


async def list_expired(connection: Connection) -> list[ExpiredExport]:
    """Those that have expired, or were ended; but what somebody is still at, who lets go of it."""
    return await fetch_all(
        connection,
        ExpiredExport,
        """
        select export_id, encode(sha256, 'hex') as sha256 from export
        where expires_at <= now() and (held_until is null or held_until < now())
        """,
    )


async def forget_export(connection: Connection, export_id: UUID) -> None:
    """Forget one that has expired, and of which no file is left."""
    await connection.execute(
        "delete from export where export_id = $1 and expires_at <= now()", export_id
    )


async def list_made(connection: Connection, export_ids: list[UUID]) -> set[tuple[UUID, str]]:
    """Of these ids, those whose file was made, or is about to be, each with its SHA-256."""
    rows = await connection.fetch(
        """
        select export_id, encode(sha256, 'hex') as sha256
        from export where export_id = any($1) and sha256 is not null
        """,
        export_ids,
    )
    return {(row["export_id"], row["sha256"]) for row in rows}
