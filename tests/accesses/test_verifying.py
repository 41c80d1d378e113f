"""What somebody with every right on the database can change in the access log, and who finds it."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from db.database import Database
from db.migrations import migrate
from tests.accesses.reading import an_access, on_record, read_by, told
from tests.accesses.tampering import TAMPERED, days
from tests.commandline import Wildlife
from tests.users import Person
from wildlife.accesses.day_queries import list_links
from wildlife.accesses.queries import put_on_record
from wildlife.accesses.verifying import verify


async def found(database: Database) -> list[tuple[int, int | None, str]]:
    """The day of January, the place and the reason of each flaw."""
    flaws: list[tuple[int, int | None, str]] = []
    await verify(database, lambda one: flaws.append((one.day.day, one.seq, one.reason.en)))
    return flaws


@pytest.mark.parametrize("what", TAMPERED)
async def test_what_was_done_to_the_log_is_named_by_day_and_place(
    three_days: Database, what: str
) -> None:
    assert await found(three_days) == []
    statement, expected = TAMPERED[what]
    async with three_days.transaction() as connection:
        await connection.execute(statement.format(day="extract(day from day)"))
    flaws = await found(three_days)
    told = [(day, seq) for day, seq, _ in flaws]
    assert told == [(day, seq) for day, seq, _ in expected], flaws
    for (_, _, reason), (_, _, begins) in zip(flaws, expected, strict=True):
        assert reason.startswith(begins), flaws


async def test_two_that_changed_places_are_named(three_days: Database) -> None:
    async with three_days.transaction() as connection:
        for before, after in ((2, 1000), (3, 2), (1000, 3)):
            await connection.execute(
                "update access set seq = $2 where seq = $1 and day = '2024-01-02'", before, after
            )
    assert {(day, seq) for day, seq, _ in await found(three_days)} == {(2, 2), (2, 3), (2, 4)}


async def test_what_nothing_in_the_database_tells_an_auditor_does_who_wrote_a_day_down(
    three_days: Database, auditor: Person
) -> None:
    written = (await auditor.read("/accesses/days"))["items"]
    assert [(one["day"], one["count"]) for one in written[-3:]] == [
        ("2024-01-03", 6),
        ("2024-01-02", 5),
        ("2024-01-01", 5),
    ]
    async with three_days.transaction() as connection:
        for table in ("access", "access_day"):
            await connection.execute(f"delete from {table} where day >= '2024-01-03'")
    assert await found(three_days) == []
    assert (await auditor.read("/accesses/days"))["items"] != written


async def test_the_command_tells_it_in_both_languages_and_is_no_success(
    three_days: Database, wildlife: Wildlife
) -> None:
    well = await wildlife("verify")
    [*_, last] = await days(three_days)
    ends = f"; it ends on 2024-01-03 with {last.digest.hex()}\n"
    assert well.out.startswith(f"access log: 3 days, 16 accesses, 0 flaws{ends}")
    async with three_days.transaction() as connection:
        await connection.execute(TAMPERED["changed"][0].format(day="extract(day from day)"))
    ended = await wildlife("verify", status=1)
    assert ended.err.startswith("access log of 2024-01-02, access 3: it is not what its digest")
    assert ended.out.startswith("access log: 3 days, 16 accesses, 1 flaws;")
    chinese = await wildlife("verify", status=1, WILDLIFE_LANGUAGE="zh")
    assert chinese.err.startswith("2024-01-02 的查阅记录第 3 条：内容与所存摘要不符")
    assert chinese.out.startswith("查阅记录：3 日，16 条，1 处不符；末日为 2024-01-03，摘要为 ")


async def test_looks_of_before_the_chain_are_counted_and_moved_by_the_migration(
    officer: Person, auditor: Person, database: Database, database_url: str, wildlife: Wildlife
) -> None:
    named = await told(officer)
    connection = await asyncpg.connect(database_url)
    try:
        for statement in _BEFORE:
            await connection.execute(statement)
        for at in ("2024-08-03T23:30:00Z", "2024-08-04T01:00:00Z", "2024-08-04T02:00:00Z"):
            await connection.execute(
                "insert into original_access select $1::text::uuid, gen_random_uuid(),"
                " $2::text::uuid, account_id, $3::text::timestamptz from account where badge = $4",
                *(named["incident_id"], named["photo_id"], at, officer.badge),
            )
        assert await migrate(database_url) == ["0032_accesses.sql"]
    finally:
        await connection.close()
    assert [(str(one["day"]), one["seq"]) for one in await on_record(database)] == [
        ("2024-08-03", 0),
        ("2024-08-04", -1),
        ("2024-08-04", 0),
    ]
    looks = await officer.read(
        "/incidents/{incident_id}/photos/{photo_id}/accesses".format(**named)
    )
    assert [one["accessed_at"] for one in looks["items"]] == [
        "2024-08-04T10:00:00+08:00",
        "2024-08-04T09:00:00+08:00",
        "2024-08-04T07:30:00+08:00",
    ]
    assert len(await read_by(auditor, to="2024-08-04", **{"from": "2024-08-04"})) == 3
    out = (await wildlife("verify")).out
    assert "; 3 from before it had a chain; it ends on " in out


# As it was before.
_BEFORE: Final = [
    "drop table access",
    "drop table access_day",
    """
    create table original_access (
        incident_id uuid not null, access_id uuid not null, photo_id uuid not null,
        account_id uuid not null, accessed_at timestamptz not null default now(),
        primary key (incident_id, access_id)
    )
    """,
    "delete from migration where name = '0032_accesses.sql'",
]


async def test_what_is_put_on_record_while_it_is_checked_is_no_flaw(
    three_days: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def put_and_list(connection: Any, day: date, after: int) -> Any:
        if after == 0:
            async with three_days.transaction() as other:
                await put_on_record(other, [an_access(UUID(int=1), datetime.now(UTC))])
        return await list_links(connection, day, after)

    monkeypatch.setattr("wildlife.accesses.verifying.list_links", put_and_list)
    checked = await verify(three_days, lambda flaw: pytest.fail(str(flaw)))
    assert (checked.days, checked.flaws) == (4, 0)
