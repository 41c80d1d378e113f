"""A log to tamper with."""

from datetime import UTC, datetime

import pytest

from db.database import Database
from tests.accesses.reading import an_access
from tests.users import Person
from wildlife.accesses.chain import Day, Link, put_behind


@pytest.fixture
async def three_days(officer: Person, database: Database) -> Database:
    """A log of three days, the first of which is 1 January 2024."""
    async with database.reading() as connection:
        account = await connection.fetchval("select account_id from account limit 1")
    last: Day | None = None
    links: list[Link] = []
    for number, count in ((1, 5), (2, 5), (3, 6)):
        now = datetime(2024, 1, number, 4, tzinfo=UTC)
        read = [an_access(account, now, f"q={place}") for place in range(count)]
        last, more = put_behind(last, now, read)
        links += more
        async with database.transaction() as connection:
            await connection.execute(
                "insert into access_day values ($1, $2, $3, $4, $5)",
                *(last.day, last.after, last.count, last.digest, last.earliest),
            )
    async with database.transaction() as connection:
        await connection.executemany(
            "insert into access (day, seq, accessed_at, account_id, station_ids, address, reading,"
            " incident_id, query, digest) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            [
                (
                    *(one.day, one.seq, one.access.accessed_at, one.access.account_id),
                    *(one.access.station_ids, one.access.address, one.access.reading),
                    *(one.access.incident_id, one.access.query, one.digest),
                )
                for one in links
            ],
        )
    return database
