"""The SQL of attempts to sign in."""

from db.connection import Connection
from wildlife.people.attempts import (
    ADDRESSES_ARE_KNOWN_FOR,
    FAILURES_COUNT_FOR,
    FREE_HERE,
    Attempt,
    Failures,
    Tally,
)


async def read_tally(connection: Connection, attempt: Attempt) -> Tally:
    """What came before this attempt. A failure of a time that is still to come was before the clock
    was set back, and holds nobody up until that time.
    """
    row = await connection.fetchrow(
        """
        with wrong as (
            select badge_hash = $1 as is_badge, address = $2 as is_address,
                failures, least(failures, $5) as counted,
                abs(extract(epoch from clock_timestamp() - failed_at))::float8 as since_s
            from sign_in
            where (badge_hash = $1 or address = $2)
                and failures > 0 and failed_at > now() - $3::interval
        )
        select
            coalesce(sum(failures) filter (where is_badge and is_address), 0)::int as here,
            coalesce(min(since_s) filter (where is_badge and is_address), 0) as here_s,
            coalesce(sum(counted) filter (where is_badge), 0)::int as of_badge,
            coalesce(min(since_s) filter (where is_badge), 0) as of_badge_s,
            coalesce(sum(counted) filter (where is_address), 0)::int as of_address,
            coalesce(min(since_s) filter (where is_address), 0) as of_address_s,
            exists (
                select from sign_in
                where badge_hash = $1 and address = $2 and succeeded_at > now() - $4::interval
            ) as is_known
        from wrong
        """,
        attempt.badge_hash,
        attempt.address,
        FAILURES_COUNT_FOR,
        ADDRESSES_ARE_KNOWN_FOR,
        FREE_HERE,
    )
    assert row is not None, "an aggregate has one row"
    return Tally(
        is_known=row["is_known"],
        here=Failures(row["here"], row["here_s"]),
        of_badge=Failures(row["of_badge"], row["of_badge_s"]),
        of_address=Failures(row["of_address"], row["of_address_s"]),
    )


async def one_at_a_time(connection: Connection, attempt: Attempt) -> None:
    """Until the end of the transaction, no other attempt with this badge or from this address.

    Badges before addresses: two that wait for each other there are not.
    """
    await connection.execute(
        """
        select pg_advisory_xact_lock(hashtextextended(encode($1::bytea, 'hex'), 1)),
            pg_advisory_xact_lock(hashtextextended(host($2::inet), 2))
        """,
        attempt.badge_hash,
        attempt.address,
    )


async def count_as_wrong(connection: Connection, attempt: Attempt) -> None:
    """Count this attempt, until it turns out to be right."""
    await connection.execute(
        """
        insert into sign_in as s (badge_hash, address, failures, failed_at)
        values ($1, $2, 1, clock_timestamp())
        on conflict (badge_hash, address) do update
        set failures = case when s.failed_at > now() - $3::interval then s.failures + 1 else 1 end,
            failed_at = clock_timestamp()
        """,
        attempt.badge_hash,
        attempt.address,
        FAILURES_COUNT_FOR,
    )


async def count_as_right(connection: Connection, attempt: Attempt) -> None:
    """Forget the failures here, and know the address from now on."""
    await connection.execute(
        "update sign_in set failures = 0, succeeded_at = now()"
        " where badge_hash = $1 and address = $2",
        attempt.badge_hash,
        attempt.address,
    )


async def forget_attempts(connection: Connection) -> None:
    """Forget those that count no more, and addresses long not used."""
    await connection.execute(
        """
        delete from sign_in
        where failed_at < now() - $1::interval
            and (succeeded_at is null or succeeded_at < now() - $2::interval)
        """,
        FAILURES_COUNT_FOR,
        ADDRESSES_ARE_KNOWN_FOR,
    )
