"""What somebody with every right on the database can change, and what finds it.

One change to each column of each table. `verify` reads the chains, `rebuild --check` compares what
queries read with them, `media check` reads the originals, and with `--pixels` decodes them. What
nothing finds is said to be so.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
import pytest

from db.database import Database, open_database
from media.store import open_store, original_key
from media.vault import open_vault
from tests.fixtures.database import ServiceLogin, new_database
from tests.fixtures.people import Filled, present
from tests.fixtures.service import running_application
from tests.ledger.places import sequenced
from tests.pictures import encoded, exif, noise
from tests.rescues.custody import transfer
from tests.serving import until
from tests.users import Person, entry, identification, release, road_hazard
from wildlife.accesses.verifying import verify as verify_log
from wildlife.kinds import KINDS
from wildlife.ledger.signing import Checkpoints
from wildlife.ledger.tree import WIDTH
from wildlife.ledger.verifying import begin
from wildlife.ledger.verifying import verify as verify_ledger
from wildlife.photos.checking import check_originals, check_pixels
from wildlife.photos.darkroom import open_darkroom
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify

VERIFY, REBUILD, MEDIA, PIXELS, NOTHING = (
    "verify",
    "rebuild --check",
    "media check",
    "media check --pixels",
    "nothing",
)

OUTSIDE = "outside"
"""The folder with the checkpoints that are kept where nobody changes them."""

# Table, column, the SQL of another value, and the first that finds it.
CHANGES = [
    ("entry", "incident_id", "gen_random_uuid()", VERIFY),
    ("entry", "entry_id", "gen_random_uuid()", VERIFY),
    ("entry", "seq", "seq + 100", VERIFY),
    ("entry", "type", "'closing'", VERIFY),
    ("entry", "happened_at", "happened_at + interval '1 second'", VERIFY),
    ("entry", "recorded_at", "recorded_at - interval '1 second'", VERIFY),
    ("entry", "received_at", "received_at + interval '1 us'", VERIFY),
    ("entry", "target_id", "incident_id", VERIFY),
    ("entry", "canonical", "replace(canonical, '2024', '2023')", VERIFY),
    ("entry", "digest", "sha256(digest)", VERIFY),
    ("entry", "sha256", "case when sha256 is null then digest end", VERIFY),
    ("informant", "incident_id", "gen_random_uuid()", VERIFY),
    ("informant", "entry_id", "gen_random_uuid()", VERIFY),
    ("informant", "salt", "'\\x00'", VERIFY),
    ("informant", "sealed", "set_byte(sealed, 20, 255 - get_byte(sealed, 20))", VERIFY),
    ("incident", "incident_id", "gen_random_uuid()", VERIFY),
    ("incident", "kind", "'rescue ' || kind", REBUILD),
    ("incident", "case_number", "'150425-20240101-001'", REBUILD),
    ("incident", "station_ids", "station_ids || gen_random_uuid()", REBUILD),
    ("incident", "responsible_station_id", "gen_random_uuid()", REBUILD),
    ("incident", "region_code", "'110000'", REBUILD),
    ("incident", "seen_in", "array['11']", REBUILD),
    ("incident", "location", "point(0, 0)", REBUILD),
    ("incident", "view", "'generalized'", REBUILD),
    ("incident", "custodian_ids", "array[gen_random_uuid()]", REBUILD),
    ("incident", "coordinate_uncertainty_m", "1", REBUILD),
    ("incident", "found_at", "found_at + interval '1 us'", REBUILD),
    ("incident", "duplicate_of", "gen_random_uuid()", REBUILD),
    ("incident", "received_at", "received_at + interval '1 us'", REBUILD),
    ("incident", "updated_at", "updated_at + interval '1 us'", REBUILD),
    ("incident", "state", "'closed'", REBUILD),
    ("incident", "source", "source || 'x'", REBUILD),
    ("incident", "missing", "missing || 'x'::text", REBUILD),
    ("incident", "flags", "flags || 'x'::text", REBUILD),
    ("incident", "officers", "officers || 'x'::text", REBUILD),
    ("incident", "photos", "photos + 1", REBUILD),
    ("incident", "next_due_at", "now() + interval '1 year'", REBUILD),
    ("incident", "seq", "seq - 1", VERIFY),
    ("incident", "digest", "sha256(digest)", VERIFY),
    ("incident", "search_text", "search_text || 'x'", REBUILD),
    ("incident", "search_terms", "search_terms || 'x'::text", REBUILD),
    ("incident", "marks", "marks || 'ring:x'::text", REBUILD),
    ("incident", "fold_version", "fold_version + 1", REBUILD),
    ("incident", "document", "jsonb_set(document, '{summary}', '\"x\"')", REBUILD),
    ("photo", "incident_id", "gen_random_uuid()", REBUILD),
    ("photo", "photo_id", "gen_random_uuid()", REBUILD),
    ("photo", "sha256", "sha256(sha256)", REBUILD),
    ("photo", "media_type", "'image/png'", REBUILD),
    ("photo", "size", "size + 1", REBUILD),
    ("photo", "width", "null", REBUILD),
    ("photo", "height", "height + 1", REBUILD),
    ("photo", "taken_at", "now()", REBUILD),
    ("photo", "received_at", "received_at + interval '1 us'", REBUILD),
    ("photo", "about", "'animal:1'", REBUILD),
    ("photo", "caption", "'x'", REBUILD),
    ("photo", "taken_place", "'{}'", REBUILD),
    ("photo", "exif", "null", REBUILD),
    ("photo", "flags", "array['clock_skew']", REBUILD),
    ("photo", "shown_in", "array['custody:x']", REBUILD),
    ("photo", "renditions", "'abandoned'", PIXELS),
    ("photo", "renditions_reason", "'undecodable'", PIXELS),
    ("photo", "difference_hash", "difference_hash # 1", PIXELS),
    ("photo", "incomplete", "true", PIXELS),
    # Only when it is tried to decode it: nothing hangs on it.
    ("photo", "renditions_attempts", "7", NOTHING),
    ("photo", "renditions_after", "now()", NOTHING),
    ("animal", "outcome", "'escaped'", REBUILD),
    ("animal", "duplicate_of", "gen_random_uuid()", REBUILD),
    ("animal", "species_id", "'canis_lupus'", REBUILD),
    ("release", "count", "count + 1", REBUILD),
    ("release", "seen_in", "array['11']", REBUILD),
    ("release", "site", "'{}'", REBUILD),
    ("transfer", "confirmed", "1", REBUILD),
    ("hazard", "passability", "'open'", REBUILD),
    ("access", "day", "day - 1", VERIFY),
    ("access", "seq", "seq + 100", VERIFY),
    ("access", "accessed_at", "accessed_at + interval '1 us'", VERIFY),
    ("access", "account_id", "gen_random_uuid()", VERIFY),
    ("access", "station_ids", "'{}'", VERIFY),
    ("access", "device_id", "gen_random_uuid()", VERIFY),
    ("access", "address", "'10.0.0.1'", VERIFY),
    ("access", "reading", "'record'", VERIFY),
    ("access", "incident_id", "gen_random_uuid()", VERIFY),
    ("access", "photo_id", "gen_random_uuid()", VERIFY),
    ("access", "listed", "'animals'", VERIFY),
    ("access", "query", "'x'", VERIFY),
    ("access", "digest", "sha256(digest)", VERIFY),
    ("access_day", "day", "day - 1", VERIFY),
    ("access_day", "after", "sha256(after)", VERIFY),
    ("access_day", "count", "count - 1", VERIFY),
    ("access_day", "digest", "sha256(digest)", VERIFY),
    ("access_day", "earliest", "now() + interval '1 day'", VERIFY),
    ("ledger", "position", "position + 100", VERIFY),
    ("ledger", "incident_id", "gen_random_uuid()", VERIFY),
    ("ledger", "entry_id", "gen_random_uuid()", VERIFY),
    ("ledger", "digest", "sha256(digest)", VERIFY),
    ("ledger", "salt", "gen_random_uuid()", VERIFY),
    ("ledger_node", "level", "level + 1", VERIFY),
    ("ledger_node", "number", "number + 1", VERIFY),
    ("ledger_node", "hash", "sha256(hash)", VERIFY),
    ("checkpoint", "number", "number + 1", VERIFY),
    ("checkpoint", "size", "size + 1", VERIFY),
    ("checkpoint", "note", "replace(note, '/', '+')", VERIFY),
    # Their order says which one signs from now on, and the service refuses another.
    ("checkpoint_key", "number", "number + 1", NOTHING),
    ("checkpoint_key", "public_key", "sha256(public_key)", VERIFY),
    # Not of the record itself: they are asked for, and nothing is chained to them yet.
    ("refused_body", "received_at", "now() - interval '1 day'", NOTHING),
    ("account", "name", "'别人'", NOTHING),
    ("station", "name", "'别处'", NOTHING),
    ("case_counter", "last", "last + 5", NOTHING),
]

# By which an incident is left out of every list, and put back by nothing but its timeline.
MISSING_ROWS = [
    ("entry", VERIFY),
    ("informant", VERIFY),
    ("incident", REBUILD),
    ("animal", REBUILD),
    ("release", REBUILD),
    ("transfer", REBUILD),
    ("hazard", REBUILD),
    ("photo", REBUILD),
    ("access", VERIFY),
    ("access_day", VERIFY),
    ("ledger", VERIFY),
    ("ledger_node", VERIFY),
    ("checkpoint", VERIFY),
    ("checkpoint_key", VERIFY),
]


async def tell(officer: Person, other_officer: Person) -> None:
    """A rescue with a photo, a look at it, a refused body, a transfer and a release; and a cleared
    road."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, transfer(1, None))
    back = entry("return", "2024-08-02T10:00:00+08:00", animal=1)
    await officer.appended(incident_id, back)
    await officer.appended(incident_id, release())
    photo = uuid4()
    await officer.put_photo(incident_id, encoded(noise(60, 40), exif=exif()), photo)
    path = f"/incidents/{incident_id}/photos/{photo}"
    assert (await officer.get(f"{path}/original")).status_code == 200
    await until_rendered(officer, path)
    note = entry("note", note="羽毛已干")
    await officer.appended(incident_id, note)
    await officer.post(f"/incidents/{incident_id}/entries", note | {"note": "别的"})
    road = await other_officer.opened(road_hazard())
    for number in range(WIDTH):
        await other_officer.appended(road, entry("note", note=f"巡查第 {number} 次"))


async def sign(database: Database, settings: Settings) -> None:
    """Give all entries their places, sign the ledger, and keep the checkpoint outside."""
    await sequenced(database)
    outside = settings.data_dir / OUTSIDE
    outside.mkdir()
    kept_outside = msgspec.structs.replace(settings, checkpoint_dir=outside)
    await Checkpoints(database, kept_outside).sign_and_keep()


@pytest.fixture
async def told(officer: Person, other_officer: Person, database: Database) -> Database:
    """A database in which that was told."""
    await tell(officer, other_officer)
    return database


class Record(NamedTuple):
    """What was told, which each test leaves as it was."""

    database: Database
    settings: Settings
    rows: dict[str, list[str]]
    """Of each table, as they came."""


@pytest.fixture(scope="module")
async def record(
    server_url: str,
    service_login: ServiceLogin,
    filled: Filled,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Record]:
    async with new_database(server_url, like=filled.name) as url:
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("record"),
            database_url=service_login.on(url),
            owner_database_url=url,
        )
        async with running_application(settings) as client:
            badges = ("150425001", "150723001")
            await tell(*[await present(client, badge, filled.sessions) for badge in badges])
        async with open_database(url, confined=False, zone=settings.zone, size=1) as database:
            await sign(database, settings)
            assert await findings(database, settings) == NOTHING
            async with database.reading() as connection:
                rows = {
                    table: await connection.fetchval(
                        f"select array_agg(t::text order by ctid) from {table} t"
                    )
                    for table in {table for table, *_ in CHANGES}
                }
            yield Record(database, settings, rows)
            assert await findings(database, settings) == NOTHING


@asynccontextmanager
async def changed(record: Record, table: str, column: str, value: str) -> AsyncIterator[None]:
    """The last row has another value for as long as the block lasts."""
    row, database = record.rows[table][-1], record.database
    async with database.writing() as connection:
        at = await connection.fetchval(
            f"update {table} t set {column} = {value} where t::text = $1 returning ctid", row
        )
    try:
        yield
    finally:
        async with database.writing() as connection:
            await connection.execute(
                f"update {table} set {column} = ($1::text::{table}).{column} where ctid = $2",
                row,
                at,
            )


@asynccontextmanager
async def taken_away(record: Record, table: str) -> AsyncIterator[None]:
    """The first row is not there for as long as the block lasts."""
    row, database = record.rows[table][0], record.database
    async with database.writing() as connection:
        await connection.execute(f"delete from {table} t where t::text = $1", row)
    try:
        yield
    finally:
        async with database.writing() as connection:
            await connection.execute(f"insert into {table} select ($1::text::{table}).*", row)


async def until_rendered(person: Person, path: str) -> None:
    async def is_made() -> bool:
        return bool((await person.read(path))["renditions"] == "made")

    await until(is_made)


async def findings(database: Database, settings: Settings) -> str:
    """The first of the four that finds something wrong."""
    vault = open_vault(settings.key_path)
    outside = settings.data_dir / OUTSIDE
    begun = await begin(database, [outside] if outside.is_dir() else [])
    every = [one async for one in verify(database, KINDS, vault, begun.places)]
    ledger = await verify_ledger(database, begun, lambda _: None)
    if any(one.flaws for one in every) or ledger.flaws:
        return VERIFY
    if sum(one.placed for one in every) != len(begun.places):
        return VERIFY
    if (await verify_log(database, lambda _: None)).flaws:
        return VERIFY
    policy = read_policy(None)
    differing = [one async for one in rebuild(database, KINDS, policy, settings.zone, write=False)]
    if any(one.tables or one.flaws for one in differing):
        return REBUILD
    store = open_store(None, settings.media_dir)
    if any([one async for one in check_originals(database, store) if one.flaw]):
        return MEDIA
    darkroom = open_darkroom(settings, database, store)
    if any([one async for one in check_pixels(database, darkroom) if one.differing]):
        return PIXELS
    return NOTHING


@pytest.mark.parametrize(
    ("table", "column", "value", "finds"), CHANGES, ids=[f"{t}.{c}" for t, c, *_ in CHANGES]
)
async def test_each_column_of_the_record_that_somebody_changes_is_found(
    record: Record, table: str, column: str, value: str, finds: str
) -> None:
    async with changed(record, table, column, value):
        assert await findings(record.database, record.settings) == finds


@pytest.mark.parametrize(("table", "finds"), MISSING_ROWS)
async def test_a_row_that_somebody_takes_away_is_found(
    record: Record, table: str, finds: str
) -> None:
    async with taken_away(record, table):
        assert await findings(record.database, record.settings) == finds


async def test_every_column_of_what_a_record_is_made_of_is_in_the_table(
    database: Database,
) -> None:
    listed = {(table, column) for table, column, *_ in CHANGES}
    async with database.reading() as connection:
        rows = await connection.fetch(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and table_name in"
            " ('entry', 'incident', 'photo', 'access', 'access_day', 'ledger', 'ledger_node',"
            " 'checkpoint', 'checkpoint_key')"
        )
    columns = {(row["table_name"], row["column_name"]) for row in rows}
    assert columns <= listed
    assert len(CHANGES) >= 48


async def test_a_digest_of_a_photo_that_is_none_is_a_flaw_as_any(
    told: Database, settings: Settings
) -> None:
    async with told.writing() as connection:
        await connection.execute(
            """
            update entry set canonical = replace(canonical, '"sha256":"', '"sha256":"zz')
            where sha256 is not null
            """
        )
    assert await findings(told, settings) == VERIFY


async def test_a_changed_byte_of_an_original_is_found(told: Database, settings: Settings) -> None:
    [original] = list((settings.media_dir / "originals").glob("*/*"))
    content = original.read_bytes()
    for at in itertools.chain(range(0, len(content), 701), [len(content) - 1]):
        replaced(original, content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert await findings(told, settings) == MEDIA
    replaced(original, content[:-1])
    assert await findings(told, settings) == MEDIA
    original.unlink()
    assert await findings(told, settings) == MEDIA
    replaced(original, content)
    assert await findings(told, settings) == NOTHING
    assert original_key(original.name).endswith(original.name)


def replaced(path: Path, content: bytes) -> None:
    """The file with other bytes, read-only as it is."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


async def test_a_row_that_can_not_be_shown_costs_its_own_line_and_is_named(
    officer: Person, told: Database
) -> None:
    second = await officer.opened()
    await officer.appended(second, identification())
    await officer.appended(second, release())
    damage = {
        "/incidents": "update incident set state = 'x' where incident_id = $1",
        "/animals": "update animal set sex = 'x' where incident_id = $1",
        "/releases": "update release set method = 'x' where incident_id = $1",
    }
    for path, sql in damage.items():
        before = (await officer.read(path))["items"]
        assert len(before) == 2
        async with told.writing() as connection:
            await connection.execute(sql, second)
        for parameters in ({}, {"limit": "1"}):
            seen: list[Any] = []
            named: list[str] = []
            cursor: dict[str, str] = {}
            while True:
                page = await officer.read(path, params=parameters | cursor)
                seen += page["items"]
                named += page.get("unreadable", [])
                if page["next_cursor"] is None:
                    break
                cursor = {"cursor": page["next_cursor"]}
            assert named == [second]
            assert seen == [one for one in before if second not in one.values()]
        shown = (await officer.get(path, params={"format": "geojson"})).json()
        assert shown["unreadable"] == [second]


async def test_an_entry_that_can_not_be_read_costs_its_own_line_and_is_named(
    officer: Person, told: Database
) -> None:
    [incident] = (await officer.read("/incidents"))["items"]
    path = f"/incidents/{incident['id']}/entries"
    before = (await officer.read(path))["items"]
    broken = before[2]["id"]
    async with told.writing() as connection:
        await connection.execute("update entry set canonical = '{' where entry_id = $1", broken)
    page = await officer.read(path)
    assert page["unreadable"] == [broken]
    assert page["items"] == [one for one in before if one["id"] != broken]
