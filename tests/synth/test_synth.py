"""`wildlife synth`: a service with many records is a service with records."""

import operator
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime
from functools import partial
from typing import Any, Final

import asyncpg
import pytest
from httpx import AsyncClient

from tests.commandline import Ended, is_whole, run
from tests.fixtures.database import ServiceLogin, execute, new_database
from tests.fixtures.people import Filled, present
from tests.fixtures.service import running_application
from tests.rates import unhurried
from tests.users import entry, rescue
from wildlife.commands.demo import prepare_demo
from wildlife.settings import Settings, to_environment
from wildlife.synth.loading import Wanted, load
from wildlife.timeline.policy import read_policy
from wildlife.workers import working

RELEASES: Final = 60
HAZARDS: Final = 12
DAYS: Final = ("--from", "2024-06-11", "--to", "2024-06-30")
COUNTS: Final = ("--releases", str(RELEASES), "--hazards", str(HAZARDS))

Empty = Callable[[], AbstractAsyncContextManager[Settings]]


@pytest.fixture(scope="module")
def empty(
    server_url: str,
    service_login: ServiceLogin,
    filled: Filled,
    tmp_path_factory: pytest.TempPathFactory,
) -> Empty:
    """A database as after a first start, and its settings."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Settings]:
        async with new_database(server_url, like=filled.name) as url:
            await execute(url, "truncate station, account, people_event cascade")
            yield unhurried(
                Settings(
                    data_dir=tmp_path_factory.mktemp("synth"),
                    database_url=service_login.on(url),
                    owner_database_url=url,
                    database_connections=4,
                    demo=True,
                )
            )

    return opened


async def synth(settings: Settings, *arguments: str) -> Ended:
    ended = await run("synth", *COUNTS, *DAYS, *arguments, **to_environment(settings))
    assert ended.status == 0, ended
    return ended


@pytest.fixture(scope="module")
async def with_timelines(empty: Empty) -> AsyncIterator[Settings]:
    """With whole timelines; tests add to them, and count what was there."""
    async with empty() as settings:
        indexes = await _indexes(settings)
        ended = await synth(settings, "--timelines")
        assert f"{RELEASES} " in ended.out
        assert await _indexes(settings) == indexes
        yield settings


@pytest.fixture(scope="module")
async def rows_alone(empty: Empty) -> AsyncIterator[Settings]:
    async with empty() as settings:
        await synth(settings, "--processes", "1")
        yield settings


async def _indexes(settings: Settings) -> list[Any]:
    return await _asked(settings, "select indexdef from pg_indexes where schemaname = 'public'")


async def _asked(settings: Settings, sql: str, *values: object) -> list[Any]:
    """Rows, as the database's owner has them, in their order."""
    # Not by a pool: what that closes stays open for the next test (`tests/keeping.py`).
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        return sorted(tuple(row) for row in await connection.fetch(sql, *values))
    finally:
        await connection.close()


async def test_whole_timelines_verify_and_nothing_differs_from_what_follows(
    with_timelines: Settings,
) -> None:
    environment = to_environment(with_timelines)
    incidents = len(await _asked(with_timelines, "select from entry where seq = 1"))
    verified = await run("verify", **environment)
    assert is_whole(verified, incidents)
    rebuilt = await run("rebuild", "--check", **environment)
    assert rebuilt == Ended(0, f"{incidents} incidents, 0 with differences\n", "")


async def test_who_may_see_a_release_does_and_nobody_else(
    with_timelines: Settings, rows_alone: Settings
) -> None:
    for settings in (with_timelines, rows_alone):
        there = await _asked(settings, f"select {SEEN}, region_code {OF_ALL}")
        assert len(there) == RELEASES
        busiest = await _busiest(settings)
        of_station = await _asked(
            settings,
            f"select {SEEN} {OF_ALL} and station_ids @>"
            " array(select station_id from station where code = $1)",
            busiest,
        )
        async with running_application(settings) as client:
            assert await _seen(client, "auditor") == [one[:2] for one in there]
            for prefecture in ("1504", "1507"):
                own = [one[:2] for one in there if one[2].startswith(prefecture)]
                assert own
                assert await _seen(client, f"LC{prefecture}") == own
            assert await _seen(client, f"{busiest}001") == of_station != []


async def _busiest(settings: Settings) -> str:
    """The code of the station that has the most releases: its first officer is its code and 001."""
    stations = await _asked(
        settings,
        """
        select count(*), code from release join station on station_id = responsible_station_id
        where view = 'whole' group by code
        """,
    )
    return str(stations[-1][1])


SEEN: Final = "incident_id::text, entry_id::text"
OF_ALL: Final = "from release where view = 'whole'"


async def _seen(client: AsyncClient, badge: str) -> list[tuple[str, str]]:
    """The releases that somebody sees."""
    person = await present(client, badge, {})
    answer = await person.read("/releases?limit=200")
    return sorted((one["incident_id"], one["id"]) for one in answer["items"])


async def test_all_goes_on_from_whole_timelines(with_timelines: Settings) -> None:
    """The next number is given, and an entry is added to what is there."""
    given = await _asked(
        with_timelines,
        """
        select s.code || '-' || to_char(c.day, 'YYYYMMDD'), c.last
        from case_counter c join station s using (station_id)
        """,
    )
    numbers = await _asked(
        with_timelines,
        r"""
        select regexp_replace(case_number, '-\d+$', ''), max(split_part(case_number, '-', 3)::int)
        from incident where view = 'whole' group by 1
        """,
    )
    assert given == numbers
    async with running_application(with_timelines) as client:
        station = await _busiest(with_timelines)
        officer = await present(client, f"{station}001", {})
        opened = await officer.read(f"/incidents/{await officer.opened(rescue())}")
        today = f"{datetime.now(with_timelines.zone):%Y%m%d}"
        assert opened["case_number"] == f"{station}-{today}-001"
        page = await officer.read("/incidents?to=2024-07-01&limit=1")
        [listed] = page["items"]
        before = await officer.read(f"/incidents/{listed['id']}")
        await officer.appended(before["id"], entry("note", before["received_at"], note="续记"))
        after = await officer.read(f"/incidents/{before['id']}")
        assert after["entries"] == before["entries"] + 1
    verified = await run("verify", **to_environment(with_timelines))
    assert verified.status == 0


async def test_a_demo_shows_what_was_invented_and_keeps_whose_it_is(rows_alone: Settings) -> None:
    """The demo's own people are among those that were invented."""
    people = "select station_id, code, name from station"
    accounts = "select account_id, badge, name from account"
    before = [await _asked(rows_alone, one) for one in (people, accounts)]
    await prepare_demo(rows_alone)
    after = [await _asked(rows_alone, one) for one in (people, accounts)]
    assert after[0] == before[0]
    assert {*before[1]} <= {*after[1]}
    async with running_application(rows_alone) as client:
        official = await present(client, "LC1504", {})
        assert (await official.read("/releases"))["items"]


async def test_rows_alone_are_answered_as_any(rows_alone: Settings) -> None:
    """The client holds all that is answered against the document."""
    async with running_application(rows_alone) as client:
        auditor = await present(client, "auditor", {})
        for path in ("/incidents?limit=200", "/animals?limit=200", "/hazards?limit=200"):
            assert (await auditor.read(path))["items"]
        [one, *_] = (await auditor.read("/incidents?q=民警&limit=200"))["items"]
        assert (await auditor.read(f"/incidents/{one['id']}"))["case_number"] == one["case_number"]
        for rare in (await auditor.read("/incidents?q=龙卷风"))["items"]:
            assert "龙卷风" in rare["summary"]
        assert len((await auditor.read("/incidents?q=龙卷风"))["items"]) == 3


IN_USE: Final = {
    "insert into station (station_id, code, name, kind, region_code)"
    " values (gen_random_uuid(), '150425', '派出所', 'police_station', '150425')": "station",
    "insert into account (account_id, badge, name, password_hash)"
    " values (gen_random_uuid(), '150425001', '民警', '')": "account",
    "insert into lost_key (fingerprint) values ('\\x01')": "lost_key",
    "insert into entry (incident_id, entry_id, seq, type, happened_at, recorded_at, received_at,"
    " canonical, digest) values (gen_random_uuid(), gen_random_uuid(), 1, 'opening', now(), now(),"
    " now(), '', '')": "entry",
}


async def test_a_database_that_is_in_use_is_refused_and_what_breaks_off_leaves_nothing(
    empty: Empty,
) -> None:
    async with empty() as settings:
        url, before = settings.owner_database_url or "", await _everything(settings)
        for real, table in IN_USE.items():
            await execute(url, real)
            in_use = await _everything(settings)
            with pytest.raises(ValueError, match=rf"in use \({table}\)"):
                await _load(settings)
            assert await _everything(settings) == in_use
            await execute(url, f"delete from {table}")

        def break_off(releases: int, _: int) -> None:
            if releases == RELEASES:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            await _load(settings, break_off)
        assert await _everything(settings) == before


async def _everything(settings: Settings) -> list[Any]:
    """How many rows each table has, and the indexes."""
    tables = await _asked(settings, "select relname from pg_stat_user_tables")
    counting = " union all ".join(f"select '{one}', count(*) from {one}" for (one,) in tables)
    return [await _asked(settings, counting), await _indexes(settings)]


async def _load(settings: Settings, tell: Callable[[int, int], None] = lambda *_: None) -> None:
    wanted = Wanted(
        releases=RELEASES,
        hazards=1,
        begins=date(2024, 1, 1),
        ends=date(2024, 1, 31),
        seed=1,
        with_timelines=False,
        processes=1,
    )
    url = settings.owner_database_url or ""
    await load(url, wanted, settings.zone, read_policy(None), tell)


async def test_what_several_processes_make_comes_in_its_order() -> None:
    upper = partial(operator.methodcaller, "upper")
    with working(upper, 2) as workers:
        assert [one async for one in workers.all([*"abcde"])] == [*"ABCDE"]
        with pytest.raises(ValueError, match="has ended"):  # None has no such method
            assert [one async for one in workers.all(["a", None])]
