"""However much there is in the database: what people do all day looks at the rows that it is about,
and at no others, by the very statements that the service runs. What is asked of lists, and a
statistic counts, has tests of its own (tests/lists)."""

from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from db.connection import Connection
from db.database import Database
from tests.exports.made import done
from tests.photos.renditions import settled
from tests.pictures import encoded, noise
from tests.plans import Recorder, plan
from tests.rescues.custody import transfer
from tests.subscriptions.receivers import NOWHERE
from tests.subscriptions.receivers import asked as subscribing
from tests.tables import OF_ALL, OF_INCIDENTS
from tests.users import API, Person, entry, identification, release, rescue, road_hazard
from wildlife.people.accounts import DEMO_PASSWORD

MANY: Final = 2_000

SETTLED: Final = {
    *("account", "appointment", "station", "access_day"),
    *("species", "species_name", "species_protection", "protection_list"),
    *("informant_erasure", "key_fingerprint", "lost_key", "unsequenced"),
    *("checkpoint", "checkpoint_key"),  # one an hour
    "ledger_node",  # one of 256 entries, by its key (tests/ledger/test_sequencing.py)
}
"""The tables in which a province has some thousands of rows, however long it goes on."""
GROWING: Final = sorted((OF_INCIDENTS | OF_ALL) - SETTLED)
"""Those to which people add rows by what they do."""

# Columns that make a row another one; the others are as they were. Who did it is everybody.
_ANOTHER: Final = {
    "uuid": "md5({0} || '-' || n)::uuid",
    "bytea": "sha256({0} || int4send(n))",
    "timestamp with time zone": "{0} - n * interval '43 minutes'",
    "date": "{0} - n",
    "inet": "{0} + n",
}
_OWN: Final = {
    "station_id": "case n % 200 when 0 then t.station_id else md5(n % 200 || '')::uuid end",
    "device_id": "md5(t.device_id || '-' || n)::uuid",
    "expires_at": "t.expires_at + n * interval '1 second'",
    "code_expires_at": "t.code_expires_at + n * interval '1 second'",
    "position": "t.position + n * 1000",
    "due_at": "now() + interval '1 day'",
    "case_number": "t.case_number || '-' || n",
    "location": "point(117 + n % 997 / 997.0, 43 + n % 983 / 983.0)",
    "region_code": "(150425 + n % 200)::text",
    "seen_in": "array['15', left((150425 + n % 200)::text, 4), (150425 + n % 200)::text]",
    "station_ids": "array[md5(n % 200 || '')::uuid]",
}

MOST: Final = 250
"""Rows that a statement may look at: a page has a hundred."""


async def multiply(connection: Connection) -> None:
    """Let there be many of each row there is."""
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        for table in GROWING:
            there: int = await connection.fetchval(f"select count(*) from {table}")
            assert there, f"nobody has put anything into {table}"
            names = await connection.fetch(
                """
                select attname, format_type(atttypid, null) as type from pg_attribute
                where attrelid = $1::text::regclass and attnum > 0 and not attisdropped
                order by attnum
                """,
                table,
            )
            columns = ", ".join(
                _OWN.get(name, _ANOTHER.get(type_, "{0}").format(f"t.{name}"))
                for name, type_ in names
            )
            await connection.execute(
                f"insert into {table} select {columns}"
                f" from {table} t, generate_series(1, $1::int) n",
                MANY // there + 1,
            )
    await connection.execute("vacuum analyze")


async def a_day(officer: Person, chief: Person, official: Person, auditor: Person) -> None:
    """What each of them does every day, once."""
    client = officer.client
    signed_in = await Person.sign_in(client, officer.badge, DEMO_PASSWORD)
    for path, body, status in (
        ("/session/refresh", {"refresh_token": signed_in.refresh_token}, 201),
        ("/session", {"badge": officer.badge, "password": "not it"}, 401),
    ):
        answer = await client.post(f"{API}{path}", json=body)
        assert answer.status_code == status, answer.text

    opening = rescue(animals=[{"count": 3, "reported_as": "长嘴巴怪鸟"}])
    bird = await officer.opened(opening)
    assert (await officer.post("/incidents", opening)).status_code == 200
    assert (await officer.post("/incidents", opening | {"summary": "别的"})).status_code == 409
    assert (await officer.post("/receipts", {"ids": [bird], "sha256": []})).status_code == 200
    await officer.appended(bird, identification())
    await officer.appended(bird, entry("amendment", entry_id=bird, changes={"summary": "鸬鹚"}))
    photo = uuid4()
    assert (await officer.put_photo(bird, encoded(noise(80, 60)), photo)).status_code == 201
    await settled(officer, bird)
    await officer.appended(bird, transfer(1, count=1))
    await officer.appended(bird, release(count=1))
    road = await officer.opened(road_hazard())
    await officer.appended(road, entry("clearing", "2024-08-04T10:00:00+08:00", method="by_hand"))

    wrong = entry("note", "2024-07-31T10:00:00+08:00", note="羽毛已干", notes="x")
    kept = await officer.post("/sync", {"items": [{"incident_id": bird, "entry": wrong}]})
    assert kept.json()["items"][0]["problem"]["kept"], kept.text
    for one in (await officer.read(f"/incidents/{bird}/refused"))["items"]:
        at = f"/refused/{one['refused_id']}"
        await officer.read(at)
        if one["entry_id"] == wrong["id"]:
            right = {name: value for name, value in wrong.items() if name != "notes"}
            settled_by = await officer.post(f"{at}/accept", {"corrected": right})
        else:
            settled_by = await officer.post(f"{at}/dismiss", {"reason": "test"})
        assert settled_by.status_code == 200, settled_by.text

    for path in (
        "/session",
        *(f"/incidents/{bird}", f"/incidents/{bird}/entries", f"/incidents/{bird}/photos"),
        *(f"/incidents/{bird}/photos/{photo}/screen", f"/incidents/{bird}/informant"),
        *(f"/incidents/nearby?incident={bird}", "/refused", "/species?q=鸬鹚", "/feeds"),
    ):
        assert (answer := await officer.get(path)).status_code == 200, (path, answer.text)
    device = {"id": str(uuid4()), "name": "一号机"}
    assert (await chief.post("/devices", device)).status_code == 201
    await chief.read("/devices")
    await chief.read("/people/events")
    await auditor.read("/accesses")
    asked = f"{API}/releases?to=2000-01-01&format=csv"
    feed = {"id": str(uuid4()), "name": "放归", "address": asked}
    made = await official.post("/feeds", feed)
    opens = (feed["id"], made.json()["password"])
    assert (await client.get(f"{API}/feeds/{feed['id']}", auth=opens)).status_code == 200
    subscription = subscribing(NOWHERE)
    assert (await official.post("/subscriptions", subscription)).status_code == 201
    at = f"/subscriptions/{subscription['id']}"
    assert (await official.post(f"{at}/restart", {})).status_code == 200
    assert (await official.get(at)).status_code == 200
    assert (await official.get("/subscriptions")).status_code == 200
    export = await done(official, asked)
    assert (await official.get(f"/exports/{export['id']}/file")).status_code == 200


async def test_what_is_done_all_day_looks_at_no_rows_but_those_that_it_is_about(
    officer: Person,
    chief: Person,
    official: Person,
    auditor: Person,
    database: Database,
) -> None:
    people = officer, chief, official, auditor
    await a_day(*people)
    async with database.writing() as connection:
        await multiply(connection)
    with pytest.MonkeyPatch.context() as patched:
        recorder = Recorder(patched)
        await a_day(*people)
    slow, planned, touched = {}, 0, set[str]()
    for asked in {one.text: one for one in recorder.asked}.values():
        async with database.writing() as connection:
            try:
                how = await plan(connection, asked)
            except asyncpg.UniqueViolationError:
                continue  # it is there by now
        if how is None:
            continue
        planned += 1
        touched |= {*how.looked_at}
        looked_at = sum(many for name, many in how.looked_at.items() if name in GROWING)
        if how.scanned & {*GROWING} or looked_at > MOST:
            slow[asked.text] = how
    assert planned > 50
    assert touched >= {*GROWING}
    assert not slow, "\n".join(map(str, slow.items()))
