"""The SQL of subscriptions: who is to be told of what, and how that stands."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all, fetch_one
from wildlife.changes.places import Place
from wildlife.subscriptions.codes import DeliveryFailure, SubscriptionState

COLUMNS: Final = """
    subscription_id, name, query, destination, created_at, begun_at, delivered, delivered_at,
    failing_since, due_at, failure, status, ended_at,
    case when ended_at is not null then 'ended' when failing_since is not null then 'failing'
        when begun_at is null then 'beginning' else 'working' end as state"""
AFRESH: Final = """
    ended_at = null, failing_since = null, failure = null, status = null, attempts = 0,
    due_at = now(), claims = claims + 1"""
"""What is set where one goes on at once; whoever tells it has it no more."""


class StoredSubscription(msgspec.Struct, frozen=True):
    """A subscription as it is stored, and how it stands by that."""

    subscription_id: UUID
    name: str
    query: str
    destination: str
    created_at: datetime
    begun_at: datetime | None
    delivered: int
    delivered_at: datetime | None
    failing_since: datetime | None
    due_at: datetime
    failure: DeliveryFailure | None
    status: int | None
    ended_at: datetime | None
    state: SubscriptionState


async def add_subscription(
    connection: Connection,
    *,
    subscription_id: UUID,
    account_id: UUID,
    name: str,
    query: str,
    destination: str,
    language: str,
    origin: str,
    sealed: bytes | None,
    sealed_by: bytes,
    place: Place,
    most: int,
) -> StoredSubscription | None:
    """Keep a subscription, unless its owner has as many as they may.

    sealed_by: as of informants, of a key that was retired a moment ago null, which is not taken.
    None: there is one of this id, or there are too many; what is held by the id tells.
    """
    return await fetch_one(
        connection,
        StoredSubscription,
        f"""
        insert into subscription (
            subscription_id, account_id, name, query, destination, language, origin, sealed,
            sealed_by, position, before)
        select $1, $2, $3, $4, $5, $6, $7, $8,
            (select fingerprint from key_fingerprint where fingerprint = $9), $10, $11
        where (select count(*) from subscription where account_id = $2) < $12
        on conflict (subscription_id) do nothing
        returning {COLUMNS}
        """,
        subscription_id,
        account_id,
        name,
        query,
        destination,
        language,
        origin,
        sealed,
        sealed_by,
        place.position,
        place.before,
        most,
    )


async def is_held(connection: Connection, subscription_id: UUID) -> bool:
    """Whether there is a subscription of this id, whoever's."""
    held: bool = await connection.fetchval(
        "select exists (select from subscription where subscription_id = $1)", subscription_id
    )
    return held


async def find_sealed(connection: Connection, subscription_id: UUID) -> bytes | None:
    """What its messages are signed with, sealed; None: it is mail."""
    sealed: bytes | None = await connection.fetchval(
        "select sealed from subscription where subscription_id = $1", subscription_id
    )
    return sealed


async def list_subscriptions(connection: Connection, account_id: UUID) -> list[StoredSubscription]:
    """Those of an account, the newest first."""
    return await fetch_all(
        connection,
        StoredSubscription,
        f"""
        select {COLUMNS} from subscription where account_id = $1
        order by created_at desc, subscription_id desc
        """,
        account_id,
    )


async def access_subscription(
    connection: Connection, account_id: UUID, subscription_id: UUID
) -> StoredSubscription | None:
    """One of an account's own; None: there is none."""
    return await fetch_one(
        connection,
        StoredSubscription,
        f"""
        select {COLUMNS} from subscription where subscription_id = $2 and account_id = $1
        """,
        account_id,
        subscription_id,
    )


async def restart_subscription(
    connection: Connection, account_id: UUID, subscription_id: UUID, place: Place | None
) -> StoredSubscription | None:
    """Let one of an account's own go on at once, at a place or where it stopped; whoever tells it
    has it no more. None: there is none."""
    return await fetch_one(
        connection,
        StoredSubscription,
        f"""
        update subscription set {AFRESH},
            position = coalesce($3, position), before = coalesce($4, before)
        where subscription_id = $2 and account_id = $1
        returning {COLUMNS}
        """,
        account_id,
        subscription_id,
        None if place is None else place.position,
        None if place is None else place.before,
    )


async def delete_subscription(
    connection: Connection, account_id: UUID, subscription_id: UUID
) -> bool:
    """Forget one of an account's own; whether there was one."""
    done = await connection.execute(
        "delete from subscription where subscription_id = $2 and account_id = $1",
        account_id,
        subscription_id,
    )
    return bool(done == "DELETE 1")
