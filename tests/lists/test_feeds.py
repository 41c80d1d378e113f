"""Feeds: a spreadsheet fetches one question again and again, as its owner, and nothing else."""

import json
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from httpx import Response
from msgspec.structs import replace

from db.database import Database
from tests.lists.reading import rows_of_csv
from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, feed_s=60)


def asked(address: str = f"{API}/releases?protection=sanyou&format=csv") -> dict[str, Any]:
    """What makes a feed."""
    return {"id": str(uuid4()), "name": "每日放归", "address": address}


async def made(person: Person, *address: str) -> dict[str, Any]:
    answer = await person.post("/feeds", asked(*address))
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def fetched(person: Person, feed: dict[str, Any], **headers: str) -> Response:
    """What a spreadsheet gets, which knows the address and what opens it."""
    return await person.client.get(
        f"{API}/feeds/{feed['id']}", auth=(feed["id"], feed["password"]), headers=headers
    )


async def test_a_feed_gets_what_its_question_gets_its_owner(
    officer: Person, official: Person, other_officer: Person, bird: str
) -> None:
    for person, many in ((officer, 1), (official, 1), (other_officer, 0)):
        for query in ("format=csv&labels=zh", "format=ndjson", "q=响水&format=csv&count=exact"):
            feed = await made(person, f"{API}/releases?{query}")
            # Whatever a spreadsheet says that it takes: its question says the format.
            answer = await fetched(person, feed, Accept="text/html")
            expected = await person.get(f"/releases?{query}")
            assert answer.status_code == expected.status_code == 200
            assert answer.content == expected.content
            assert len(answer.content.splitlines()) == many + ("csv" in query)
            for name in ("content-type", "content-disposition", "total-count"):
                assert answer.headers.get(name) == expected.headers.get(name)
    book = await fetched(officer, await made(officer, f"{API}/animals?format=xlsx"))
    assert book.content.startswith(b"PK")
    whole = f"http://elsewhere.example{API}/hazards?format=geojson"
    layer = await fetched(officer, await made(officer, whole))
    assert layer.json()["features"] == []


async def test_a_feed_has_the_days_before_the_day_on_which_it_is_asked(
    officer: Person, bird: str, settings: Settings
) -> None:
    [freed] = (await officer.read("/releases"))["items"]
    since = datetime.now(settings.zone).date() - date.fromisoformat(freed["released_at"][:10])
    for query, many in (
        (f"from=-{since.days}d", 1),
        (f"from=-{since.days - 1}d", 0),
        (f"to=-{since.days}d", 1),
        (f"to=-{since.days + 1}d", 0),
        (f"from=-{since.days}d&to=-{since.days}d", 1),
        ("updated_since=-0d", 1),
    ):
        feed = await made(officer, f"{API}/releases?{query}&format=csv")
        assert len(rows_of_csv(await fetched(officer, feed))) == many, query
    for wrong in ("-1", "-1m", "30d", "-00001d", "--1d", "-1D"):
        refused = await officer.post("/feeds", asked(f"{API}/releases?from={wrong}&format=csv"))
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter"), wrong
        assert "-30d" in refused.json()["detail"]


async def test_the_password_is_told_once_and_the_address_holds_none(
    official: Person, database: Database, settings: Settings, bird: str
) -> None:
    body = asked()
    first = await official.post("/feeds", body)
    assert first.status_code == 201
    feed = first.json()
    assert feed["password"] not in feed["url"]
    assert feed["url"].endswith(f"{API}/feeds/{feed['id']}")
    assert (await fetched(official, feed)).status_code == 200
    [listed] = (await official.read("/feeds"))["items"]
    assert listed["last_used_at"] is not None
    assert listed | {"last_used_at": None} == {
        name: value for name, value in feed.items() if name != "password"
    }
    # A lost answer is asked for again, and what it held opens nothing.
    again = await official.post("/feeds", body)
    assert again.status_code == 200
    assert (await fetched(official, feed)).status_code == 401
    assert (await fetched(official, again.json())).status_code == 200
    other = await official.post("/feeds", body | {"name": "另一个"})
    assert (other.status_code, other.json()["code"]) == (409, "id_conflict")
    async with database.reading() as connection:
        stored = await connection.fetchval("select feed::text from feed")
    assert again.json()["password"] not in stored


async def test_what_does_not_open_a_feed_is_asked_to_sign_in_by_basic(
    officer: Person, official: Person, bird: str
) -> None:
    feed, another = await made(official), await made(official)
    client, path = official.client, f"{API}/feeds/{feed['id']}"
    for auth in (
        None,
        (feed["id"], another["password"]),
        (another["id"], another["password"]),
        (feed["id"], ""),
        ("LC1504", "demo-only"),
    ):
        answer = await client.get(path, auth=auth) if auth else await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_feed")
        assert answer.headers["www-authenticate"].startswith("Basic ")
    for header in ("Basic", "Basic ???", f"Bearer {official.access_token}", "Basic YQ=="):
        answer = await client.get(path, headers={"Authorization": header})
        assert answer.json()["code"] == "invalid_feed", header
    assert (await client.get(f"{API}/feeds/{uuid4()}")).json()["code"] == "invalid_feed"
    # What opens a feed opens nothing else.
    for other in ("/releases", "/session", "/feeds"):
        answer = await client.get(f"{API}{other}", auth=(feed["id"], feed["password"]))
        assert answer.status_code == 401
    assert (await client.get(f"{path}?q=x", auth=(feed["id"], feed["password"]))).status_code == 400


async def test_a_feed_ends_with_what_its_owner_may(
    official: Person, officer: Person, database: Database, admin: Person, bird: str
) -> None:
    async def ended(change: str) -> Response:
        feed = await made(official)
        assert rows_of_csv(await fetched(official, feed))
        async with database.writing() as connection:
            await connection.execute(change)
        return await fetched(official, feed)

    whose = "(select account_id from account where badge = 'LC1504')"
    gone = await ended(f"delete from appointment where account_id = {whose}")
    assert (gone.status_code, gone.json()["code"]) == (403, "forbidden")
    async with database.writing() as connection:
        await connection.execute(
            f"""
            insert into appointment (account_id, role, station_id)
            select {whose}, 'official', station_id from station where code = '1504'
            """
        )
    assert (await ended("update feed set expires_at = now()")).status_code == 401
    feed = await made(official)
    assert (await officer.request("DELETE", f"/feeds/{feed['id']}")).status_code == 404
    assert (await officer.read("/feeds"))["items"] == []
    assert (await official.request("DELETE", f"/feeds/{feed['id']}")).status_code == 204
    assert (await fetched(official, feed)).status_code == 401
    feed = await made(official)
    locked = await admin.request("PATCH", "/accounts/LC1504", json={"disabled": True})
    assert locked.status_code == 200, locked.text
    assert (await fetched(official, feed)).status_code == 401


async def test_a_feed_ends_when_its_owner_sets_another_password(official: Person) -> None:
    """As who changes it after a theft expects: whoever was signed in may have made one."""
    elsewhere = await Person.sign_in(official.client, official.badge, DEMO_PASSWORD)
    feeds = [await made(official), await made(elsewhere)]
    own = {"password": DEMO_PASSWORD, "new_password": DEMO_PASSWORD}
    assert (await official.request("PUT", "/session/password", json=own)).status_code == 204
    for feed in feeds:
        assert (await fetched(official, feed)).status_code == 401
    assert (await official.read("/feeds"))["items"] == []
    assert (await elsewhere.get("/session")).status_code == 401
    again = await official.post("/feeds", asked() | {"id": feeds[0]["id"]})
    assert again.status_code == 201, again.text
    assert (await fetched(official, feeds[0])).status_code == 401
    assert (await fetched(official, again.json())).status_code == 200


async def test_a_feed_is_on_record_as_a_read_of_its_owner_by_which_feed(
    official: Person, auditor: Person, bird: str
) -> None:
    feed = await made(official)
    assert (await fetched(official, feed)).status_code == 200
    accesses = (await auditor.read("/accesses?badge=LC1504&reading=export"))["items"]
    [access] = accesses
    assert access["listed"] == "releases"
    assert access["query"] == f"feed={feed['id']}&protection=sanyou&format=csv"
    assert feed["password"] not in json.dumps(accesses)


@pytest.mark.parametrize(
    "address",
    [
        "/releases?format=csv",
        f"{API}/releases",
        f"{API}/releases?format=json",
        f"{API}/releases?format=csv&limit=5",
        f"{API}/releases?format=csv&cursor=x",
        f"{API}/releases?format=csv&from=2024-13-01",
        f"{API}/releases?format=csv&specie=x",
        f"{API}/releases?format=pdf",
        f"{API}/incidents/nearby?format=csv",
        f"{API}/accesses?format=csv",
        f"{API}/feeds/00000000-0000-4000-8000-000000000001?format=csv",
        "放归",
        "http://[",
    ],
)
async def test_an_address_of_which_no_feed_can_be_made_is_refused(
    official: Person, auditor: Person, address: str
) -> None:
    answer = await official.post("/feeds", asked(address))
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["code"] in {"invalid_value", "invalid_parameter", "unknown_parameter"}
    assert (await official.read("/feeds"))["items"] == []


@pytest.mark.parametrize("lost", ["#3", "鸬\n鹚", "a\tb", "a\rb"])
@pytest.mark.parametrize("way", ["feeds", "exports"])
async def test_an_address_of_which_a_part_would_be_lost_is_refused(
    official: Person, lost: str, way: str
) -> None:
    body = {"id": str(uuid4()), "address": f"{API}/releases?format=csv&q={lost}"}
    if way == "feeds":
        body["name"] = "每日放归"
    answer = await official.post(f"/{way}", body)
    assert answer.status_code == 422, answer.text
    assert "%23" in answer.json()["detail"], answer.text


REFUSED = (
    "fields=protecton,when",
    "species=no_such_species",
    "family=无此科",
    "station=999999",
    "responsible=999999",
    "from=2024-08-05&to=2024-08-01",
    "sort=distance",
    "q=%E2%80%8B",
    "region=99",
    "below=true",
    "polygon={}",
    "labels=fr",
)


async def test_what_a_list_would_refuse_is_refused_when_it_is_to_be_fed_or_exported(
    official: Person, bird: str, subtests: pytest.Subtests
) -> None:
    """Not a year later, each morning, by a spreadsheet that says nothing but that it failed."""
    for asked_of in ("/releases", "/incidents", "/statistics/releases", "/photos/archive"):
        for query in REFUSED:
            if asked_of not in ("/releases", "/incidents") and query[:6] in ("fields", "sort=d"):
                continue
            address = f"{asked_of}?{query}" + ("" if "archive" in asked_of else "&format=csv")
            direct = await official.get(address)
            assert direct.status_code == 400, address
            ways = ("/exports",) if "archive" in asked_of else ("/feeds", "/exports")
            for way in ways:
                with subtests.test(address=address, way=way):
                    body = {"id": str(uuid4()), "address": API + address}
                    body |= {"name": "每日"} if way == "/feeds" else {}
                    answer = await official.post(way, body)
                    assert answer.status_code == direct.status_code
                    assert answer.json()["code"] == direct.json()["code"]
                    assert answer.json()["errors"] == direct.json()["errors"]
    assert (await official.read("/feeds"))["items"] == []
    assert (await official.read("/exports"))["items"] == []


async def test_what_is_only_tried_is_no_read(official: Person, auditor: Person, bird: str) -> None:
    await made(official)
    assert (await auditor.read("/accesses?badge=LC1504"))["items"] == []


async def test_the_template_of_an_address_is_none(official: Person) -> None:
    for template in ("/incidents/{incident_id}", "/incidents/{incident_id:uuid}/entries"):
        answer = await official.post("/feeds", asked(f"{API}{template}?format=csv"))
        assert answer.json()["code"] == "invalid_value"


async def test_nobody_has_more_feeds_than_they_can_keep_in_mind(
    official: Person, database: Database, bird: str
) -> None:
    feed = await made(official)
    async with database.writing() as connection:
        await connection.execute(
            """
            insert into feed select (jsonb_populate_record(f,
                jsonb_build_object('feed_id', gen_random_uuid()))).*
            from feed f, generate_series(2, 50)
            """
        )
    refused = await official.post("/feeds", asked())
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_feeds")
    body = {name: feed[name] for name in ("id", "name", "address")}
    assert (await official.post("/feeds", body)).status_code == 200


async def test_an_address_may_be_long_and_have_chinese_as_it_is(official: Person) -> None:
    """A polygon is; and some clients leave as it is what an address has no characters for."""
    points = [[117 + n / 500, 43] for n in range(500)]
    ring = [*points, [118, 44], points[0]]
    area = json.dumps({"type": "Polygon", "coordinates": [ring]})
    feed = await made(official, f"{API}/releases?format=csv&family=鸬鹚科&polygon={quote(area)}")
    assert (await fetched(official, feed)).status_code == 200
    refused = await official.post("/feeds", asked(f"{API}/releases?format=csv&protection=三有"))
    [error] = refused.json()["errors"]
    assert error["given"] == "三有"
