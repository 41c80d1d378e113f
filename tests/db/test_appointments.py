"""The migration to appointments: what was written before comes over as it is written now."""

import asyncpg

from db.migrations import migrate
from tests.users import Person, entry, identification, release, road_hazard
from wildlife.demo.cast import ACCOUNTS

_TABLES = ("incident", "animal", "release", "hazard")

# What the tables were before: a role and a station in the account, and of a row the regions alone.
_BEFORE = [
    "alter table account add column role text, add column station_id uuid references station",
    """
    update account a set role = p.role, station_id = p.station_id from appointment p
    where p.account_id = a.account_id
    """,
    "alter table account alter column role set not null",
    "drop table appointment",
    *(
        f"""
        update {table} set seen_in = array(
            select replace(named, 'road:', '') from unnest(seen_in) with ordinality n (named, place)
            where named not like '%-%' order by place)
        """
        for table in _TABLES
    ),
    "delete from migration where name = '0027_appointments.sql'",
]


async def seen_in(connection: "asyncpg.Connection[asyncpg.Record]") -> list[list[object]]:
    """By whom every row is seen."""
    return [
        [table, *row]
        for table in _TABLES
        for row in await connection.fetch(
            f"select to_jsonb(t) - 'seen_in', seen_in from {table} t order by 1"
        )
    ]


async def test_the_rows_and_accounts_of_before_come_over_as_they_are_written_now(
    officer: Person, other_officer: Person, official: Person, admin: Person, database_url: str
) -> None:
    bird, road = await officer.opened(), await other_officer.opened(road_hazard())
    await officer.appended(bird, identification())
    await officer.appended(bird, release(site={"description": "x", "region_code": "150429"}))
    for giver, incident, station in ((officer, bird, "150723"), (other_officer, road, "150425")):
        handover = entry("handover", "2024-08-06T10:00:00+08:00", station=station)
        await giver.appended(incident, handover)
    connection = await asyncpg.connect(database_url)
    try:
        appointed = "select * from appointment order by account_id"
        before, were = await seen_in(connection), await connection.fetch(appointed)
        for statement in _BEFORE:
            await connection.execute(statement)
        stripped = await seen_in(connection)
        assert [row[:-1] for row in stripped] == [row[:-1] for row in before]
        assert all(row[-1] != other[-1] for row, other in zip(stripped, before, strict=True))
        assert await migrate(database_url) == ["0027_appointments.sql"]
        assert await seen_in(connection) == before
        assert await connection.fetch(appointed) == were
        assert len(were) == len(ACCOUNTS)
    finally:
        await connection.close()
    for person in (officer, other_officer, official, admin):
        me = await person.read("/session")
        [only] = me["appointments"]
        assert (only["role"], only["station"]) == (me["role"], me["station"])
    assert road not in (await official.get("/incidents")).text
    assert bird in (await official.get("/incidents")).text
