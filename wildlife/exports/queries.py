"""The SQL of exports: what is asked for, and what is taken away."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all, fetch_one
from wildlife.exports.codes import ExportState
from wildlife.lists.question import Question
from wildlife.words.sentences import Sentence

_COLUMNS: Final = """
    export_id, path, query, bytes, rows, expected_rows, encode(sha256, 'hex') as sha256,
    media_type, disposition, problem, problem_en, problem_zh,
    asked_at, begun_at, finished_at, expires_at"""


LEASE: Final = timedelta(seconds=30)
"""So long at a time nobody else makes an export that somebody makes, or that did not succeed."""

IS_LET_GO: Final = f"""
    (held_until is null
        or held_until not between now() and now() + interval '{2 * LEASE.seconds} seconds')"""
"""That nobody keeps others from it: nor who did when the clock was ahead of what it is. Of two
transactions each has a moment of its own for now: less than twice as long is no other clock's."""


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

    @property
    def why(self) -> Sentence | None:
        """Why it could not be made; None unless it failed."""
        if self.problem is None:
            return None
        return Sentence(self.problem_en or "", self.problem_zh or "")


async def add_export(
    connection: Connection,
    *,
    export_id: UUID,
    account_id: UUID,
    question: Question,
    language: str,
    origin: str,
    address: IPv4Address | IPv6Address | None,
    kept_for: timedelta,
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
        kept_for,
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


class ExpiredExport(msgspec.Struct, frozen=True):
    """One that is to be taken away."""

    export_id: UUID
    sha256: str | None


async def list_expired(
    connection: Connection, export_id: UUID | None = None
) -> list[ExpiredExport]:
    """Those that have expired, or were ended; but what somebody is still at, who lets go of it. Of
    all, or this one alone."""
    return await fetch_all(
        connection,
        ExpiredExport,
        f"""
        select export_id, encode(sha256, 'hex') as sha256 from export
        where expires_at <= now() and {IS_LET_GO}
            and ($1::uuid is null or export_id = $1)
        """,
        export_id,
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
