"""The SQL of subscriptions for who runs the service: all of them, whoever's."""

from collections.abc import Collection
from uuid import UUID

from db.connection import Connection
from db.rows import fetch_all
from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.subscriptions.queries import AFRESH, COLUMNS, StoredSubscription


class OwnedSubscription(StoredSubscription, frozen=True, kw_only=True):
    """A subscription, and whose it is."""

    badge: str


async def list_all_subscriptions(connection: Connection) -> list[OwnedSubscription]:
    """All, the oldest first."""
    return await fetch_all(
        connection,
        OwnedSubscription,
        f"""
        select {COLUMNS}, (select badge from account a where a.account_id = s.account_id) as badge
        from subscription s order by created_at, subscription_id
        """,
    )


async def count_failing(connection: Connection) -> int:
    """How many are told nothing, but those that have ended by what is done on purpose."""
    count: int = await connection.fetchval(
        """
        select count(*) from subscription
        where failing_since is not null and (ended_at is null or failure <> 'gone')
        """
    )
    return count


async def restart_any(connection: Connection, subscription_ids: Collection[UUID]) -> int:
    """Let these go on; how many there are."""
    done = await connection.execute(
        f"update subscription set {AFRESH} where subscription_id = any($1)", [*subscription_ids]
    )
    return int(done.split()[-1])


async def restart_all_restored(connection: Connection) -> int:
    """Let those go on that a restore has ended; how many."""
    done = await connection.execute(
        f"update subscription set {AFRESH} where ended_at is not null and failure = $1",
        DeliveryFailure.RESTORED,
    )
    return int(done.split()[-1])


async def end_all_restored(connection: Connection) -> int:
    """End all, in a database that was brought back from a backup and may be a copy; how many."""
    done = await connection.execute(
        """
        update subscription set ended_at = now(), failure = $1, status = null
        where ended_at is null
        """,
        DeliveryFailure.RESTORED,
    )
    return int(done.split()[-1])
