"""Lists say where they go on, to people and to programs: `next_cursor`, `Link`, GeoJSON's links."""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest

from db.database import Database
from tests.documented import document
from tests.lists.following import next_of
from tests.lists.many import LISTS, multiply
from tests.pictures import encoded, noise
from tests.rescues.custody import transfer
from tests.users import API, Person, entry, identification, release, rescue, road_hazard
from wildlife.lists.animals import ListedAnimal
from wildlife.lists.conditions import Asked
from wildlife.lists.listing import Listing
from wildlife.web.cors import cors
from wildlife.words.values import Moment

GEOJSON = "application/geo+json"


SORTS = ("-time", "time", "number", "-number", "distance", "-distance")


def which(item: dict[str, Any]) -> tuple[Any, ...]:
    """What tells an item of a list from all others."""
    return item.get("id"), item.get("incident_id"), item.get("number")


async def followed(person: Person, path: str, **parameters: Any) -> list[httpx.Response]:
    """Every page of a list, by nothing but its links, each called as it stands."""
    answers = [await person.get(path, params=parameters)]
    headers = {"Authorization": f"Bearer {person.access_token}"}
    while (address := next_of(answers[-1])) is not None:
        assert len(answers) < 100
        answers.append(await person.client.get(address, headers=headers))
    assert all(one.status_code == 200 for one in answers), answers[-1].text
    return answers


@pytest.fixture
async def bird(officer: Person) -> str:
    """A rescue that is in every list of rescues."""
    two = [{"reported_as": "长嘴巴怪鸟", "cause": "weather_soaked", "count": 2}]
    incident_id = await officer.opened(rescue(animals=two))
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, transfer(1, None, count=1))
    await officer.appended(incident_id, release(count=1))
    assert (await officer.put_photo(incident_id, encoded(noise(40, 30)))).status_code == 201
    return incident_id


@pytest.fixture
async def road(other_officer: Person) -> str:
    """A blocked road."""
    return await other_officer.opened(road_hazard())


async def test_every_list_that_has_a_next_page_says_where_it_is(
    officer: Person, auditor: Person, chief: Person, database: Database, bird: str, road: str
) -> None:
    for number in range(3):
        device = {"id": str(uuid4()), "name": f"{number}号机"}
        assert (await chief.post("/devices", device)).status_code == 201
    for incident_id in (bird, road):
        await multiply(database, incident_id, 3)
    paths = {
        path
        for path, methods in document()["paths"].items()
        if "Link" in methods.get("get", {}).get("responses", {}).get("200", {}).get("headers", {})
    }
    async with database.writing() as connection:
        await connection.execute(
            "insert into access_day select current_date - n, '', n, '', now()"
            " from generate_series(2, 4) n"
        )
    for number in range(3):
        note = entry("note", note=f"第{number}次")
        await officer.post(f"/incidents/{uuid4()}/entries", note)
        await auditor.read("/accesses")  # which is on record before it is answered
    expected = {*LISTS, "/species", "/incidents/{incident_id}/entries", "/refused"}
    expected |= {"/accounts", "/devices", "/people/events", "/accesses", "/accesses/days"}
    assert paths == {f"{API}{path}" for path in expected}
    for path in paths:
        there = path.removeprefix(API).format(incident_id=bird)
        pages = await followed(
            officer if there == "/refused" else auditor,
            there,
            limit=1,
            **({"order": "雁形目"} if "sp" in path else {}),
        )
        assert len(pages) > 2, path
        for one in pages:
            cursor = one.json()["next_cursor"]
            assert (cursor is None) == (next_of(one) is None)
            asked = dict(parse_qsl(urlsplit(next_of(one) or "").query))
            assert asked.get("cursor") == cursor


async def test_a_cursor_goes_on_with_the_question_that_it_came_from_and_with_no_other(
    officer: Person, database: Database, bird: str
) -> None:
    await multiply(database, bird, 3)
    asked = {"sort": "time", "region": "15"}
    first = await officer.read("/animals", params=asked | {"limit": "1"})
    cursor = {"cursor": first["next_cursor"]}
    same: list[dict[str, str]] = [{}, {"limit": "2"}, {"limit": "1", "format": "geojson"}]
    for further in same:
        rest = await officer.get("/animals", params=asked | cursor | further)
        assert rest.status_code == 200, rest.text
    # The order in which parameters stand says nothing.
    assert (await officer.get("/animals", params=cursor | asked)).status_code == 200
    others: list[tuple[str, dict[str, str]]] = [
        ("/animals", {}),
        ("/animals", {"sort": "time"}),
        ("/animals", asked | {"sort": "-time"}),
        ("/animals", asked | {"q": "林场"}),
        ("/incidents", asked),
    ]
    for path, other in others:
        answer = await officer.get(path, params=other | cursor)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, "invalid_parameter"), path
        assert problem["errors"][0]["field"] == "cursor"
        assert "next_cursor of the page" in problem["detail"] or "`Link`" in problem["detail"]


async def test_no_other_answer_leaves_anything_out() -> None:
    """Their `next_cursor` is there for who reads all lists by one piece of code: always null."""
    schemas = document()["components"]["schemas"]
    with_cursor = set()
    for path, methods in document()["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        if "next_cursor" in schemas.get(name.rpartition("/")[2], {}).get("properties", {}):
            parameters = {one["name"] for one in methods["get"].get("parameters", [])}
            linked = "Link" in methods["get"]["responses"]["200"].get("headers", {})
            # What is new has no last page: who reads it goes on by `next_cursor` alone.
            assert linked == ("cursor" in parameters and path != f"{API}/changes"), path
            with_cursor.add(path)
    assert len(with_cursor) >= len(LISTS) + 5


async def test_a_link_keeps_what_was_asked_for_and_works_through_a_proxy(
    officer: Person, database: Database, bird: str
) -> None:
    await multiply(database, bird, 4)
    asked = {
        "q": "长嘴巴怪鸟",
        "from": "2024-07-01T00:00:00+08:00",
        "bbox": "117,43,118,44",
        "limit": "3",
        "sort": "time",
        "duplicates": "include",
    }
    through = {"Host": "rescue.example:8443", "X-Forwarded-Proto": "https"}
    for path in ("/incidents", "/animals"):
        first = await officer.get(path, params=asked, headers=through)
        address = urlsplit(next_of(first) or "")
        assert (address.scheme, address.netloc) == ("https", "rescue.example:8443")
        assert address.path == f"{API}{path}"
        said = dict(parse_qsl(address.query))
        assert said.pop("cursor") == first.json()["next_cursor"]
        assert said == asked
        pages = await followed(officer, path, **asked)
        assert [len(one.json()["items"]) for one in pages] == [3, 1]


BEFORE_AND_AFTER = ("2024-01-01T00:00:00+08:00", "2024-10-01T00:00:00+08:00")


async def test_links_followed_from_the_first_page_yield_each_row_once_while_others_file(
    officer: Person,
    other_officer: Person,
    auditor: Person,
    database: Database,
    bird: str,
    road: str,
) -> None:
    for incident_id in (bird, road):
        await multiply(database, incident_id, 12)
    headers = {"Authorization": f"Bearer {auditor.access_token}"}
    for path in LISTS:
        known = set(map(which, (await auditor.read(path, params={"limit": 500}))["items"]))
        for sort in SORTS if path == "/animals" else SORTS[:2]:
            seen: list[Any] = []
            near = "&near=117.5,43.3&radius_m=1000000" if sort.endswith("distance") else ""
            address: str | None = f"{API}{path}?limit=5&sort={sort}{near}"
            pages = 0
            while address is not None:
                answer = await auditor.client.get(address, headers=headers)
                seen += map(which, answer.json()["items"])
                address, pages = next_of(answer), pages + 1
                # For a while, or what others file is all that there is to be read.
                for found_at in BEFORE_AND_AFTER if pages <= 2 else ():
                    await officer.opened(rescue(found_at=found_at))
                    await other_officer.opened(road_hazard(found_at=found_at))
            assert len(seen) == len(set(seen)), (path, sort)
            assert known <= set(seen), (path, sort)


# ---------------------------------------------------------------- GeoJSON


async def test_geojson_is_whole_unless_a_limit_is_asked_for(
    auditor: Person, database: Database, bird: str, road: str
) -> None:
    for incident_id in (bird, road):
        await multiply(database, incident_id, 701)
    for path in LISTS:
        expected = 1402 if path == "/incidents" else 701
        whole = await auditor.get(path, headers={"Accept": GEOJSON})
        assert whole.headers["content-type"] == GEOJSON
        assert next_of(whole) is None
        told = whole.json()
        assert told["numberReturned"] == told["numberMatched"] == len(told["features"]) == expected
        assert told["name"] == path.strip("/")
        assert told["next_cursor"] is None
        assert [one["rel"] for one in told["links"]] == ["self"]
        ids = [one["id"] for one in told["features"]]
        assert len(set(ids)) == expected
        pages = [one.json() for one in await followed(auditor, path, format="geojson", limit=500)]
        assert [feature["id"] for page in pages for feature in page["features"]] == ids


async def test_a_page_of_geojson_says_that_it_is_not_all(
    auditor: Person, database: Database, bird: str
) -> None:
    await multiply(database, bird, 3)
    headers = {"Accept": GEOJSON}
    first = await auditor.get("/releases", params={"limit": 2}, headers=headers)
    told = first.json()
    assert (told["numberReturned"], told["name"]) == (2, "releases (not all)")
    assert "numberMatched" not in told
    links = {one["rel"]: one for one in told["links"]}
    assert {one["type"] for one in links.values()} == {GEOJSON}
    assert links["next"]["href"] == next_of(first)
    # Who calls it need not say again what they accept.
    last = (await auditor.get(links["next"]["href"].partition(API)[2])).json()
    assert (last["numberReturned"], last["next_cursor"]) == (1, None)
    assert last["name"] == "releases (not all)"
    assert "numberMatched" not in last
    assert [one["rel"] for one in last["links"]] == ["self"]
    again = (await auditor.get(last["links"][0]["href"].partition(API)[2])).json()
    assert again["features"] == last["features"]
    everything = await auditor.get("/releases", params={"limit": 3}, headers=headers)
    assert everything.json()["numberMatched"] == 3


async def test_every_feature_has_an_id_that_stays(
    officer: Person, auditor: Person, bird: str, road: str
) -> None:
    animal = {"reported_as": "另一只", "cause": "trapped"}
    two = await officer.opened(rescue(animals=[animal, animal]))
    [row] = (await auditor.read("/releases"))["items"]
    expected = {
        "/incidents": {bird, road, two},
        "/animals": {f"{bird}/1", f"{two}/1", f"{two}/2"},
        "/releases": {row["id"]},
        "/hazards": {road},
    }
    for path, ids in expected.items():
        features = (await auditor.read(path, params={"format": "geojson"}))["features"]
        assert {one["id"] for one in features} == ids, path
    await officer.appended(two, entry("assessment", animal=1, exam="field", condition="weak"))
    features = (await auditor.read("/animals", params={"format": "geojson"}))["features"]
    assert {one["id"] for one in features} == expected["/animals"]


async def test_features_lie_where_wgs_84_has_them_to_a_centimetre(
    other_officer: Person, road: str
) -> None:
    place = (await other_officer.read(f"/incidents/{road}"))["place"]
    [feature] = (await other_officer.read("/hazards?format=geojson"))["features"]
    longitude, latitude = feature["geometry"]["coordinates"]
    assert place["point"]["datum"] == "GCJ02"
    assert {"longitude": longitude, "latitude": latitude} == place["wgs84"]
    assert longitude != place["point"]["longitude"]
    assert all(len(str(degrees).partition(".")[2]) <= 7 for degrees in (longitude, latitude))


async def test_geojson_that_finds_nothing_is_a_collection_of_nothing(auditor: Person) -> None:
    told = (await auditor.get("/releases", params={"format": "geojson"})).json()
    assert told["features"] == []
    assert told["numberReturned"] == told["numberMatched"] == 0
    assert told["timeStamp"].endswith("+08:00")


async def test_what_cannot_be_shown_is_named_and_the_rest_is_not_called_all(
    officer: Person, database: Database, bird: str
) -> None:
    await multiply(database, bird, 3)
    async with database.writing() as connection:
        await connection.execute(
            "update animal set condition = 'dazed' where incident_id = $1::text::uuid", bird
        )
    told = await officer.read("/animals?format=geojson")
    assert told["unreadable"] == [bird]
    assert (told["numberReturned"], told["numberMatched"]) == (2, 3)
    assert told["name"] == "animals (not all)"


@pytest.mark.parametrize("query", ["cursor=x", "from=2024-08-05&to=2024-08-04", "station=999999"])
async def test_a_question_that_is_refused_is_refused_before_anything_is_written(
    auditor: Person, query: str
) -> None:
    answer = await auditor.get(f"/releases?format=geojson&{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_geojson_is_described_in_the_document(auditor: Person, bird: str) -> None:
    told = (await auditor.get("/incidents", params={"format": "geojson", "limit": 1})).json()
    for path in LISTS:
        answer = document()["paths"][f"{API}{path}"]["get"]["responses"]["200"]
        described = answer["content"][GEOJSON]["schema"]["properties"]
        assert {*told, "numberMatched", "unreadable"} == {*described}
        assert "rel=" in answer["headers"]["Link"]["description"]


def test_a_page_of_another_address_may_read_the_link() -> None:
    allowed = cors("https://map.example")
    assert allowed is not None
    assert "Link" in allowed.expose_headers


class _Unordered(NamedTuple):
    found_at: Moment
    name: str


def test_a_list_that_is_ordered_by_what_no_cursor_can_hold_does_not_start() -> None:
    with pytest.raises(KeyError):
        Listing(ListedAnimal, "animal", _Unordered, Asked)
