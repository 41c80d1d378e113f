"""An auditor goes through a day of the log: what its accesses come to now, whatever is stored."""

import re
from datetime import date
from typing import Any, Final
from uuid import uuid4

import pytest

from db.database import Database
from tests.accesses.reading import today
from tests.accesses.tampering import TAMPERED, days
from tests.users import Person
from wildlife.accesses import day_routes
from wildlife.accesses.day_queries import LINKS, list_links

_AT: Final = "/accesses/days/2024-01-0{}"


async def test_a_day_that_holds_comes_to_what_was_written_down(
    three_days: Database, auditor: Person
) -> None:
    for number, ends in enumerate(await days(three_days), 1):
        assert await auditor.read(_AT.format(number)) == {
            "day": str(ends.day),
            "count": ends.count,
            "digest": ends.digest.hex(),
            "said_count": ends.count,
            "said_digest": ends.digest.hex(),
            "holds": True,
            "flaws": [],
        }


@pytest.mark.parametrize("what", TAMPERED)
async def test_what_was_done_to_the_log_is_told_to_who_asks_for_its_days(
    three_days: Database, auditor: Person, what: str
) -> None:
    """What is named there is what `verify` names. What was written down is come to no more: by that
    day, or by one before it that does not hold."""
    written = {one.day: one.digest.hex() for one in await days(three_days)}
    statement, expected = TAMPERED[what]
    async with three_days.transaction() as connection:
        await connection.execute(statement.format(day="extract(day from day)"))
    flaws, whole = [], 0
    for number in (1, 2, 3):
        answer = await auditor.get(_AT.format(number))
        if answer.status_code == 404:
            assert answer.json()["detail"].startswith("There is nothing on record of this day")
            continue
        told = answer.json()
        flaws += [(number, one["seq"], one["en"]) for one in told["flaws"]]
        assert told["holds"] == (not told["flaws"])
        whole += told["holds"] and told["digest"] == written[date(2024, 1, number)]
    assert [(day, seq) for day, seq, _ in flaws] == [(day, seq) for day, seq, _ in expected]
    for (_, _, reason), (_, _, begins) in zip(flaws, expected, strict=True):
        assert reason.startswith(begins), flaws
    assert whole < 3


async def test_whoever_makes_a_day_anew_can_not_make_it_come_out_the_same(
    three_days: Database, auditor: Person
) -> None:
    """With its digests and the day told so, nothing but the note finds it; and the day behind."""
    written = (await auditor.read(_AT.format(2)))["digest"]
    async with three_days.transaction() as connection:
        await connection.execute("delete from access where day = '2024-01-02' and seq = 5")
        await connection.execute(
            "update access_day set count = 4, digest = (select digest from access where day ="
            " '2024-01-02' and seq = 4) where day = '2024-01-02'"
        )
    told = await auditor.read(_AT.format(2))
    assert told["holds"]
    assert told["digest"] == told["said_digest"] != written
    behind = await auditor.read(_AT.format(3))
    assert [one["en"] for one in behind["flaws"]] == ["it does not follow the day before it"]
    assert [one["zh"] for one in behind["flaws"]] == ["与前一日不相接"]


async def test_an_access_too_few_or_too_many_is_counted_as_there_are(
    three_days: Database, auditor: Person
) -> None:
    for what, count in (("removed in the middle", 4), ("all of a day removed", 0)):
        async with three_days.transaction() as connection:
            await connection.execute(TAMPERED[what][0].format(day="extract(day from day)"))
        told = await auditor.read(_AT.format(2))
        assert (told["count"], told["said_count"], told["holds"]) == (count, 5, False)
        assert told["digest"] != told["said_digest"]


async def test_what_is_put_on_record_meanwhile_is_left_out_and_is_no_flaw(
    officer: Person, auditor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await auditor.read("/accesses")

    async def read_and_list(*arguments: Any) -> Any:
        if arguments[-1] == 0:
            await auditor.read("/accesses")
        return await list_links(*arguments)

    monkeypatch.setattr("wildlife.accesses.verifying.list_links", read_and_list)
    told = await auditor.read(f"/accesses/days/{today()}")
    assert (told["count"], told["said_count"], told["holds"]) == (1, 1, True)
    monkeypatch.undo()
    told = await auditor.read(f"/accesses/days/{today()}")
    assert (told["count"], told["holds"]) == (3, True)


async def test_a_day_with_many_is_read_once_whatever_the_planner_expects(
    database: Database, auditor: Person
) -> None:
    """Places are missing, and one lies at the end of all that there can be."""
    async with database.transaction() as connection:
        await connection.execute(
            "insert into access (day, seq, accessed_at, account_id, station_ids, reading, digest)"
            " select date '2024-01-01', n, now(), gen_random_uuid(), array[]::uuid[], 'list',"
            " ''::bytea from generate_series(1, 20000) n where n % 4000 < 2000 union all"
            " select date '2024-01-01', 2147483647, now(), gen_random_uuid(), array[]::uuid[],"
            " 'list', ''::bytea"
        )
        for after in (0, 7000, 19000):
            rows = await connection.fetch(
                f"explain (analyze, buffers) {LINKS}", date(2024, 1, 1), after
            )
            plan = "\n".join(row[0] for row in rows)
            [read] = re.findall(r"shared hit=(\d+)(?: read=\d+)?", plan)[:1]
            assert int(read) < 60, plan
    told = await auditor.read(_AT.format(1))
    assert (told["count"], told["holds"], told["said_digest"]) == (10001, False, None)
    assert len(told["flaws"]) == 100


@pytest.mark.parametrize("day", ["2024-01-04", "2023-12-31", "0001-01-01", "9999-12-31"])
async def test_a_day_of_which_there_is_nothing_is_told_so(
    three_days: Database, auditor: Person, day: str
) -> None:
    answer = await auditor.get(f"/accesses/days/{day}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "nothing on record of this day" in answer.json()["detail"]
    chinese = await auditor.get(f"/accesses/days/{day}", headers={"Accept-Language": "zh"})
    assert chinese.json()["detail"].startswith("这一日没有查阅记录")


@pytest.mark.parametrize("day", ["2024-02-30", "yesterday", "20240101", "2024-01-01T00:00", "0"])
async def test_what_is_no_day_is_refused(auditor: Person, day: str) -> None:
    answer = await auditor.get(f"/accesses/days/{day}")
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in ("invalid_parameter", "not_found")


async def test_a_day_that_takes_too_long_is_told_so_and_what_else_can_be_done(
    three_days: Database, auditor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_routes, "_LIMIT_S", 0)
    answer = await auditor.get(_AT.format(2))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "`wildlife verify`" in answer.json()["detail"]
    assert (await auditor.get("/accesses")).is_success


async def test_flaws_have_a_bound(
    three_days: Database, auditor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_routes, "_MOST_FLAWS", 2)
    async with three_days.transaction() as connection:
        await connection.execute("update access set account_id = $1", uuid4())
    told = await auditor.read(_AT.format(2))
    assert [one["seq"] for one in told["flaws"]] == [1, 2]
    assert not told["holds"]
