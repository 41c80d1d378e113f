"""The SQL keeps to shapes that a distributed PostgreSQL takes, too.

There, everything of an incident lies on the node that its id says, and small tables that all need
lie on every node. So what is asked of several tables of incidents joins them by the incident's id,
and no statement writes to both. All statements are looked at that a day of work runs.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

import db.migrations
from db import database as connections
from db.codecs import set_codecs
from db.database import Database
from db.migrations import statements
from media.vault import open_vault
from tests.pictures import encoded, noise
from tests.tables import OF_INCIDENTS
from tests.tus import any_creation
from tests.uploading import service_of
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.kinds import KINDS
from wildlife.people.signing_in import forget_expired
from wildlife.photos import checking
from wildlife.photos.belonging import require_own_photos
from wildlife.photos.receiving import tend_uploads
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify

ON_EVERY_NODE = {
    "station", "account", "appointment", "people_event",
    "species", "species_protection", "species_name", "protection_list",
}  # fmt: skip
_WRITTEN = re.compile(r"\b(?:insert into|update|delete from)\s+(\w+)")
_READ = re.compile(r"\b(?:from|join)\s+(\w+)")
# How a table comes to stand beside another.
_JOINED = re.compile(
    r"\bjoin (\w+) (?:(?:as )?(?!using|on\b)\w+ )?"
    r"(using \([^)]*\)|on .*?)(?= join | where | order by | limit |\)|$)"
)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The statements that connections opened from now on run."""
    ran: set[str] = set()

    async def listen(connection: asyncpg.Connection, *args: object) -> None:
        await set_codecs(connection, *args)  # type: ignore[arg-type]
        connection.add_query_logger(lambda query: ran.add(" ".join(query.query.split())))

    monkeypatch.setattr(connections, "set_codecs", listen)
    return ran


async def a_day(officer: Person, other: Person, official: Person, settings: Settings) -> None:
    """What each of those who use the service does."""
    bird, rock, photo = await officer.opened(), await other.opened(road_hazard()), uuid4()
    picture = encoded(noise(60, 40))
    await officer.put_photo(bird, picture, photo, about="animal:1")
    await officer.put_photo(await officer.opened(), picture)
    await officer.post("/incidents", rescue(id=bird, summary="别的"))
    for said in (entry("assessment", animal=1, condition="weak"), identification(), release()):
        await officer.appended(bird, said)
    again = await officer.opened()
    await officer.appended(again, entry("closing", reason="duplicate", duplicate_of=bird))
    await other.appended(rock, entry("handover", station="150425", badge="150425001"))
    await officer.request("POST", "/uploads", headers=any_creation(bird))
    at = f"/incidents/{bird}"
    for path in (at, f"{at}/entries?limit=1", f"{at}/refused", f"{at}/informant", f"{at}/photos"):
        await officer.read(path)
    for path in ("", "/accesses"):
        await officer.read(f"{at}/photos/{photo}{path}")
    await officer.get(f"{at}/photos/{photo}/original")
    await officer.post("/receipts", {"ids": [bird], "sha256": ["00" * 32]})
    shared = "region=15&station=150425&from=2024-01-01&to=2025-01-01&bbox=70,10,140,60&q=长"
    near = "near=117,43&radius_m=9000&sort=distance&limit=1&duplicates=include"
    species = "species=phalacrocorax_carbo&protection=sanyou"
    triangle = '{"type":"Polygon","coordinates":[[[70,10],[140,10],[140,60],[70,10]]]}'
    incident = "officer=150425001&missing=photo&flag=before_found&updated_since=2024-01-01"
    more = f"{incident}&below=true&station=150425&from=2024-01-01&by=updated&polygon={triangle}"
    more += "&responsible=150425&source=report&source_known=true&county_known=true"
    more += "&prefecture_known=true&time_known=true"
    animal = (
        "genus=Phalacrocorax&family=鸬鹚科&order=鲣鸟目&class=鸟纲&cause=injured&cause=sick&sex=male"
        "&life_stage=adult&outcome=released&outcome=escaped&mark=A1&has_mark=true"
        "&species_known=true&protection_known=true&strictest_protection=sanyou"
    )
    for path in (
        *(
            f"/{one}?{more}&{animal}&has_photos=true"
            for one in ("incidents", "animals", "releases", "transfers")
        ),
        f"/hazards?{more}&cause=natural&road_category=forest_road&type_all=rockfall&cause_known=true",
        f"/animals?{more}&outcome_all=released",
        f"/photos?{more}&{animal}&about=site&photo_flag=clock_skew&renditions=made",
        f"/transfers?{shared}&{species}&confirmed=false",
        f"/incidents?{shared}&kind=rescue&state=open&overdue=false&{species}",
        f"/animals?{shared}&{species}&state=released",
        f"/releases?{shared}&{species}",
        f"/hazards?{shared}&type=rockfall&state=cleared&passability=open",
    ):
        for person in (officer, official):
            await person.read(path)
            page = await person.read(f"{path.partition('?')[0]}?{near}")
            if page["next_cursor"]:
                await person.read(f"{path.partition('?')[0]}?{near}&cursor={page['next_cursor']}")
    await officer.read(f"/incidents/nearby?incident={bird}&words=长嘴巴")
    await officer.read("/species?q=luci")
    await officer.read("/stations")
    await officer.request("DELETE", f"{at}/informant")


async def looked_after(database: Database, person: Person, settings: Settings) -> None:
    """What commands and the background do."""
    service, policy = service_of(person.client), read_policy(None)
    vault = open_vault(settings.key_path)
    _ = [one async for one in verify(database, KINDS, vault)]
    _ = [one async for one in rebuild(database, KINDS, policy, settings.zone)]
    _ = [one async for one in checking.check_originals(database, service.store)]
    _ = [one async for one in checking.sweep_store(database, service.store)]
    async with database.reading() as connection:
        await require_own_photos(connection, service.store)
    await tend_uploads(service)
    await forget_expired(database)


async def test_what_a_day_of_work_runs_keeps_to_the_shapes(
    ran: set[str],
    officer: Person,
    other_officer: Person,
    official: Person,
    database: Database,
    settings: Settings,
) -> None:
    await a_day(officer, other_officer, official, settings)
    await looked_after(database, officer, settings)
    of_records = [
        sql for sql in ran if set(_READ.findall(sql) + _WRITTEN.findall(sql)) & OF_INCIDENTS
    ]
    assert len(of_records) > 40
    assert {flaw for sql in of_records for flaw in flaws(sql)} == set()


def flaws(sql: str) -> Iterator[str]:
    """What a distributed database would refuse, or send to every node for nothing."""
    written = set(_WRITTEN.findall(sql))
    if written & OF_INCIDENTS and written & ON_EVERY_NODE:
        yield f"writes to tables of both sorts: {sql}"
    for table, condition in _JOINED.findall(sql):
        if table in OF_INCIDENTS and "incident_id" not in condition:
            yield f"joins {table} not by the incident: {sql}"
    conflict = sql.partition("on conflict")[2]
    if "to_jsonb(" in conflict.partition("where")[2].partition(") insert")[0]:
        yield f"compares in ON CONFLICT by a function that is not immutable: {sql}"
    if re.search(r"\bincident_id in \( ?select", sql):
        yield f"takes all ids through one node: {sql}"
    if re.search(r"from unnest\([^)]*\)(?: as)? \w+ where exists", sql):
        yield f"asks each of a list whether it is there: {sql}"


@pytest.mark.parametrize(
    "sql",
    [
        "with a as (update station set name = 'x' returning 1) insert into entry select 1 from a",
        "select from photo p join incident i on i.state = p.about",
        "insert into photo as p select 1 on conflict do update set a = 1 where to_jsonb(p) <> $1",
        "select from animal where incident_id in (select incident_id from incident)",
        "select d from unnest($1::text[]) as d where exists (select from entry where sha256 = d)",
    ],
)
def test_what_does_not_keep_to_them_is_noticed(sql: str) -> None:
    assert len([*flaws(sql)]) == 1


def test_a_migration_is_taken_statement_by_statement() -> None:
    folder = Path(db.migrations.__file__).parent / "migrations"
    for file in folder.glob("*.sql"):
        text = file.read_text("utf-8")
        assert "\n".join(statements(text)).split() == text.split()
        for statement in statements(text) if file.name > "0006" else ():
            # A constraint stands by itself, and has a name.
            assert not re.search(r"add column[^;]*\bcheck\b", statement), file.name
            assert not re.search(r"\bcreate (or replace )?function\b", statement), file.name
    with pytest.raises(ValueError, match="without an end"):
        list(statements("select 1"))
