"""What somebody with every right on the database can change, and what finds it.

One change to each column of each table. `verify` reads the chains, `rebuild --check` compares what
queries read with them, `media check` reads the originals, and with `--pixels` decodes them. What
nothing finds is said to be so.
"""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from db.database import Database, open_database
from media.store import original_key
from tests.draws import Draw
from tests.fixtures.database import ServiceLogin, new_database
from tests.fixtures.people import Filled, present
from tests.fixtures.service import running_application
from tests.timeline.tampered import (
    MEDIA,
    NOTHING,
    OUTSIDE,
    PIXELS,
    REBUILD,
    VERIFY,
    Record,
    changed,
    findings,
    sign,
    taken_away,
    tell,
)
from wildlife.settings import Settings

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

# Those with rows that nothing misses: they are not of the record, or it is chained to none of them.
UNCHAINED = {
    *("station", "account", "appointment", "device", "token", "feed", "export", "sign_in"),
    *(
        "subscription",
        "people_event",
        "case_counter",
        "refused_body",
        "refused_settlement",
        "informant_erasure",
    ),
    *("protection_list", "species", "species_protection", "species_name"),
    *("key_fingerprint", "lost_key", "migration"),
    "unsequenced",  # empty once all entries have their places; until then tests/ledger/
}

# What digests and signatures are made of, and they themselves: each of their bits.
FLIPPED = [
    ("entry", "canonical"),
    ("entry", "digest"),
    ("informant", "sealed"),
    ("informant", "salt"),
    ("incident", "digest"),
    ("ledger", "digest"),
    ("ledger", "salt"),
    ("ledger_node", "hash"),
    ("checkpoint", "note"),
    ("checkpoint_key", "public_key"),
    ("access", "digest"),
    ("access_day", "after"),
    ("access_day", "digest"),
]

# What queries read is compared as a whole: of each type another value.
OTHERS: Final = {
    "boolean": "not coalesce({}, false)",
    "date": "coalesce({}, '2024-01-01') + 1",
    "double precision": "coalesce({}, 0) + 1",
    "integer": "coalesce({}, 0) + 1",
    "jsonb": "'[{{\"x\": 1}}]'",
    "point": "point(1, 1)",
    "smallint": "coalesce({}, 0) + 1::smallint",
    "text": "coalesce({}, '') || 'x'",
    "timestamp with time zone": "coalesce({}, '2024-01-01') + interval '1 us'",
    "uuid": "gen_random_uuid()",
    "text[]": "array['x'] || {}",
    "uuid[]": "gen_random_uuid() || {}",
}


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
    record: Record, table: str, finds: str, draw: Draw
) -> None:
    first, *others = range(len(record.rows[table]))
    for number in [first, *draw.some(others, 1, table)]:
        async with taken_away(record, table, number):
            assert await findings(record.database, record.settings) == finds


async def test_of_every_table_it_is_said_what_misses_a_row(database: Database) -> None:
    async with database.reading() as connection:
        rows = await connection.fetch(
            "select table_name from information_schema.tables where table_schema = 'public'"
        )
    chained = {table for table, _ in MISSING_ROWS}
    assert {row["table_name"] for row in rows} == chained | UNCHAINED
    assert not chained & UNCHAINED


@pytest.mark.parametrize(("table", "column"), FLIPPED, ids=".".join)
async def test_any_bit_that_is_another_is_found(
    record: Record, table: str, column: str, draw: Draw, thorough: bool
) -> None:
    chance = draw.random(table, column)
    for _ in range(50 if thorough else 2):
        number = chance.randrange(len(record.rows[table]))
        async with record.database.reading() as connection:
            [(type_, length)] = await connection.fetch(
                f"select pg_typeof({column})::text, octet_length({column}::text) from {table} t"
                " where t::text = $1",
                record.rows[table][number],
            )
        async with changed(record, table, column, _flip(column, type_, length, chance), number):
            assert await findings(record.database, record.settings) == VERIFY


def _flip(column: str, type_: str, length: int, chance: Random) -> str:
    """The SQL of the same but for one bit; of a text, but for one character."""
    at = chance.randrange(length)
    if type_ == "bytea":
        bit = f"{at} % (octet_length({column}) * 8)"
        return f"set_bit({column}, {bit}, 1 - get_bit({column}, {bit}))"
    if type_ == "uuid":
        bit = f"{at} % 128"
        return (
            f"encode(set_bit(uuid_send({column}), {bit}, 1 - get_bit(uuid_send({column}), {bit})),"
            " 'hex')::uuid"
        )
    place = f"{at} % length({column}) + 1"
    other = f"chr(ascii(substr({column}, {place}, 1)) # 1)"
    return f"overlay({column} placing {other} from {place} for 1)"


async def test_any_column_of_what_queries_read_that_is_another_is_found(
    record: Record, draw: Draw
) -> None:
    listed = {(table, column) for table, column, *_ in CHANGES}
    async with record.database.reading() as connection:
        rows = await connection.fetch(
            "select relname, attname, format_type(atttypid, null) from pg_attribute"
            " join pg_class on pg_class.oid = attrelid where attnum > 0 and not attisdropped"
            " and attrelid = any($1::regclass[]) order by relname, attnum",
            ["animal", "release", "transfer", "hazard"],
        )
    others = [(table, name, of) for table, name, of in rows if (table, name) not in listed]
    assert len(others) > 60
    for table, column, type_ in draw.some(others, 12):
        async with changed(record, table, column, OTHERS[type_].format(column)):
            assert await findings(record.database, record.settings) == REBUILD, (table, column)


async def test_the_last_checkpoint_is_missed_by_one_that_lies_elsewhere(record: Record) -> None:
    """Nothing that follows names it, as what follows names each before it."""
    numbers = [int(row.strip("(").split(",")[0]) for row in record.rows["checkpoint"]]
    last = numbers.index(max(numbers))
    outside = record.settings.data_dir / OUTSIDE
    aside = outside.rename(outside.with_name("aside"))
    try:
        async with taken_away(record, "checkpoint", last):
            assert await findings(record.database, record.settings) == NOTHING
            aside.rename(outside)
            assert await findings(record.database, record.settings) == VERIFY
    finally:
        if aside.exists():
            aside.rename(outside)


async def test_any_byte_of_a_checkpoint_outside_that_is_another_is_found(
    record: Record, draw: Draw
) -> None:
    [path] = (record.settings.data_dir / OUTSIDE).iterdir()
    content = path.read_bytes()
    for at in draw.some(range(len(content)), 4):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert await findings(record.database, record.settings) == VERIFY
    path.write_bytes(content)


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
