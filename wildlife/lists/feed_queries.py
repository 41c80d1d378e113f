"""The SQL of feeds."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from db.connection import Connection
from db.rows import fetch_all, fetch_one
from wildlife.lists.question import Question


class StoredFeed(msgspec.Struct, frozen=True):
    """A feed as it is stored."""

    feed_id: UUID
    account_id: UUID
    name: str
    path: str
    query: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class Put(msgspec.Struct, frozen=True):
    """What came of a feed that was made: new, or there already; None where there is another."""

    feed: StoredFeed
    is_new: bool


async def put_feed(
    connection: Connection,
    *,
    feed_id: UUID,
    account_id: UUID,
    name: str,
    question: Question,
    secret_hash: bytes,
    holds: timedelta,
    most: int,
) -> Put | None:
    """Keep a feed, unless its owner has as many as they may; one that is there gets another secret.
    None: there is another of this id, or there are too many; what is held by the id tells."""
    row = await connection.fetchrow(
        """
        insert into feed (feed_id, account_id, name, path, query, secret_hash, expires_at)
        select $1, $2, $3, $4, $5, $6, now() + $7::interval
        where (select count(*) from feed where account_id = $2 and feed_id <> $1) < $8
        on conflict (feed_id) do update
            set secret_hash = excluded.secret_hash, expires_at = excluded.expires_at
            where (feed.account_id, feed.name, feed.path, feed.query)
                = (excluded.account_id, excluded.name, excluded.path, excluded.query)
        returning feed_id, account_id, name, path, query, created_at, expires_at, last_used_at,
            xmax = 0 as is_new
        """,
        feed_id,
        account_id,
        name,
        question.path,
        question.query,
        secret_hash,
        holds,
        most,
    )
    return None if row is None else Put(_stored(row), row["is_new"])


def _stored(row: asyncpg.Record) -> StoredFeed:
    return msgspec.convert(dict(row), StoredFeed)


async def is_held(connection: Connection, feed_id: UUID) -> bool:
    """Whether there is a feed of this id, whoever's."""
    held: bool = await connection.fetchval(
        "select exists (select from feed where feed_id = $1)", feed_id
    )
    return held


async def list_feeds(connection: Connection, account_id: UUID) -> list[StoredFeed]:
    """Those of an account that hold, the newest first."""
    return await fetch_all(
        connection,
        StoredFeed,
        """
        select feed_id, account_id, name, path, query, created_at, expires_at, last_used_at
        from feed where account_id = $1 and expires_at > now()
        order by created_at desc, feed_id desc
        """,
        account_id,
    )


async def use_feed(connection: Connection, feed_id: UUID, secret_hash: bytes) -> StoredFeed | None:
    """The feed that this opens, used now; None where there is none, or its owner is locked out."""
    return await fetch_one(
        connection,
        StoredFeed,
        """
        update feed f set last_used_at = now() from account a
        where f.feed_id = $1 and f.secret_hash = $2 and f.expires_at > now()
            and a.account_id = f.account_id and a.disabled_at is null
        returning f.feed_id, f.account_id, f.name, f.path, f.query, f.created_at, f.expires_at,
            f.last_used_at
        """,
        feed_id,
        secret_hash,
    )


async def delete_feed(connection: Connection, feed_id: UUID, account_id: UUID) -> bool:
    """End a feed of this account; whether there was one."""
    done = await connection.execute(
        "delete from feed where feed_id = $1 and account_id = $2", feed_id, account_id
    )
    return bool(done == "DELETE 1")
