"""The SQL of telling what is new: who tells whom, how far that is, and what came of it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all
from wildlife.changes.places import Place
from wildlife.subscriptions.codes import DeliveryFailure

_OURS: Final = "subscription_id = $1 and claims = $2 and ended_at is null"


class Claimed(msgspec.Struct, frozen=True):
    """A subscription that this process tells; `claims` is of this time alone."""

    subscription_id: UUID
    account_id: UUID
    badge: str
    name: str
    query: str
    destination: str
    language: str
    origin: str
    sealed: bytes | None
    position: int
    before: bytes
    begun_at: datetime | None
    claims: int

    @property
    def place(self) -> Place:
        return Place(self.position, self.before)


async def claim_subscriptions(connection: Connection, lease: timedelta, most: int) -> list[Claimed]:
    """Those that are due and nobody tells, kept from others for so long at a time."""
    return await fetch_all(
        connection,
        Claimed,
        """
        update subscription set claims = claims + 1, due_at = now() + $1::interval
        where subscription_id in (
            select subscription_id from subscription
            where ended_at is null and due_at <= now() and not exists (
                select from account a
                where a.account_id = subscription.account_id and a.disabled_at is not null)
            order by due_at, subscription_id limit $2 for update skip locked
        )
        returning subscription_id, account_id,
            (select a.badge from account a where a.account_id = subscription.account_id) as badge,
            name, query, destination, language, origin, sealed, position, before, begun_at, claims
        """,
        lease,
        most,
    )


async def hold_subscriptions(
    connection: Connection, ours: Collection[Claimed], lease: timedelta
) -> set[UUID]:
    """Go on keeping others from these; which of them are still ours."""
    rows = await connection.fetch(
        """
        update subscription set due_at = now() + $3::interval
        where subscription_id = any($1::uuid[]) and ended_at is null
            and (subscription_id, claims) in (select * from unnest($1::uuid[], $2::int[]))
        returning subscription_id
        """,
        [one.subscription_id for one in ours],
        [one.claims for one in ours],
        lease,
    )
    return {row["subscription_id"] for row in rows}


async def release_subscriptions(connection: Connection, ours: Collection[Claimed]) -> None:
    """Let others tell these at once."""
    await connection.execute(
        """
        update subscription set due_at = now(), claims = claims + 1
        where subscription_id = any($1::uuid[]) and ended_at is null
            and (subscription_id, claims) in (select * from unnest($1::uuid[], $2::int[]))
        """,
        [one.subscription_id for one in ours],
        [one.claims for one in ours],
    )


async def note_begun(connection: Connection, claimed: Claimed) -> bool:
    """That its destination took something; False: it is another's now, or was ended."""
    done = await connection.execute(
        f"""
        update subscription set begun_at = coalesce(begun_at, now()), failing_since = null,
            failure = null, status = null, attempts = 0
        where {_OURS}
        """,
        claimed.subscription_id,
        claimed.claims,
    )
    return bool(done == "UPDATE 1")


async def note_delivered(
    connection: Connection,
    claimed: Claimed,
    place: Place,
    *,
    delivered: int,
    pause: timedelta | None,
) -> bool:
    """Where it goes on, and how many entries its destination took since; False: as above.

    pause: for so long it is let go, and nobody tells it anything.
    """
    done = await connection.execute(
        f"""
        update subscription
        set position = $3, before = $4, delivered = delivered + $5,
            delivered_at = case when $5 > 0 then now() else delivered_at end,
            failing_since = null, failure = null, status = null, attempts = 0,
            due_at = coalesce(now() + $6::interval, due_at),
            claims = case when $6::interval is null then claims else claims + 1 end
        where {_OURS}
        """,
        claimed.subscription_id,
        claimed.claims,
        place.position,
        place.before,
        delivered,
        pause,
    )
    return bool(done == "UPDATE 1")


async def note_failed(
    connection: Connection,
    claimed: Claimed,
    failure: DeliveryFailure,
    *,
    status: int | None,
    is_over: bool,
    retry_after_s: float,
    lasting: timedelta,
) -> None:
    """Let go of it, and let it be tried again after a while: each time about twice as long, and not
    all at the same moment.

    is_over: it has ended. retry_after_s: not before. lasting: it ends, too, where it failed for so
    long.
    """
    await connection.execute(
        f"""
        update subscription
        set attempts = attempts + 1, failure = $3, status = $4, claims = claims + 1,
            failing_since = coalesce(failing_since, now()),
            due_at = now() + make_interval(secs => greatest(
                $6::float8, least(5 * 2 ^ least(attempts, 20), 3600) * (0.8 + 0.4 * random()))),
            ended_at = case when $5 or failing_since < now() - $7::interval then now() end
        where {_OURS}
        """,
        claimed.subscription_id,
        claimed.claims,
        failure,
        status,
        is_over,
        retry_after_s,
        lasting,
    )
