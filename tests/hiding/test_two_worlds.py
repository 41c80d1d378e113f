"""Two worlds that differ in nothing but where a hidden rescue was, within one cell of the grid and
one county, answer every request of whoever may not know it alike, to the byte; and nothing that
names the place is in any answer."""

import re
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from itertools import count, product
from typing import Any, Final

import msgspec
import pytest
from httpx import Response

from db.database import Database
from tests.changes.readers import in_place
from tests.documented import document
from tests.draws import Draw
from tests.hiding.asking import ASKED, TOGETHER, as_seen, filled, following
from tests.hiding.world import (
    HERE,
    THERE,
    Hidden,
    hidden_rescue,
    moved,
    others,
    picture,
    rewrite,
)
from tests.uploading import until_shown
from tests.users import API, Person, add_account, road_hazard
from wildlife.papers.codes import Paper
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.settings import Settings
from wildlife.timeline.photo import ImageFacts

INCIDENT: Final = "/incidents/{incident_id}"
PHOTO: Final = f"{INCIDENT}/photos/{{photo_id}}"
TOLD: Final = {
    "GET /incidents": "of each the row that the reader sees: generalized",
    "GET /animals": "the same",
    "GET /releases": "the same, with the site on the grid",
    "GET /transfers": "of each the row that the reader sees: generalized",
    "GET /photos": "of each what the document that the reader sees tells of it",
    "GET /photos/archive": "the same, and the picture that is shown of each",
    "POST /photos/archive/search": "is the GET that it stands for (tests/lists/test_archive.py)",
    **{
        f"POST /{one}/search": "is the GET that it stands for (tests/lists/test_filters.py)"
        for one in ("incidents", "animals", "releases", "transfers", "photos", "hazards")
    },
    **{
        f"POST /statistics/{one}/search": "is the GET that it stands for (tests/statistics)"
        for one in ("incidents", "animals", "releases", "transfers", "hazards")
    },
    "GET /hazards": "of roads nothing is hidden",
    "GET /changes": "each entry as its timeline tells it, and a place that tells nothing",
    "GET /statistics/incidents": "how many of what the list tells",
    "GET /statistics/animals": "the same",
    "GET /statistics/releases": "the same",
    "GET /statistics/transfers": "the same",
    "GET /statistics/hazards": "the same",
    "GET /reports/annual": "counts of what its rows tell, and no place",
    "GET /incidents/nearby": "what lies near by its row, and words in common with what that tells",
    f"GET {INCIDENT}": "the generalized document, with a tag of itself",
    f"GET {INCIDENT}/entries": "each body and its facts generalized, and no digest",
    f"GET {INCIDENT}/photos": "each without caption, place, metadata, hash and size",
    f"GET {PHOTO}": "the same, of a voided one as well",
    f"GET {INCIDENT}/papers": "which there are, by what the incident tells",
    f"GET {INCIDENT}/papers/{{paper}}": "what the incident and its entries tell, and no digest",
    f"GET {PHOTO}/original": "403",
    f"HEAD {PHOTO}/original": "403",
    f"GET {PHOTO}/screen": "the picture, with a tag of its own bytes",
    f"HEAD {PHOTO}/screen": "its headers",
    f"GET {PHOTO}/thumbnail": "the same",
    f"HEAD {PHOTO}/thumbnail": "the same",
    "POST /receipts": "of entries whether they are held, and of no photo",
    "GET /species": "says nothing of records",
    "GET /species/{species_id}": "says nothing of records",
    "GET /stations": "says nothing of records",
    "GET /vocabularies": "says nothing of records",
}
"""What an official is told by each call of what has a hidden place."""
NOT_TOLD: Final = {
    "GET /session": "says nothing of records",
    "POST /session": "says nothing of records",
    "DELETE /session": "says nothing of records",
    "POST /session/refresh": "says nothing of records",
    "GET /session/oidc": "says nothing of records",
    "POST /session/oidc": "says nothing of records",
    f"GET {INCIDENT}/refused": "for officers, chiefs and auditors, who see it as it is or not",
    "GET /refused": "the same",
    "GET /refused/{refused_id}": "the same",
    "POST /refused/{refused_id}/accept": "for officers and chiefs, of what their units sent",
    "POST /refused/{refused_id}/dismiss": "the same",
    f"GET {INCIDENT}/informant": "for officers of the responsible unit",
    f"DELETE {INCIDENT}/informant": "the same",
    f"GET {INCIDENT}/evidence.zip": "403 of what is hidden (tests/evidence); of others its proofs"
    " show no hash but of what is blinded by a salt",
    f"GET {PHOTO}/accesses": "for officers, chiefs and auditors",
    "GET /accesses": "for auditors, who see it as it is",
    "GET /checkpoint": "for auditors, who see all as it is",
    "GET /tile/{level}/{index}": "the same",
    "GET /accesses/days": "says nothing of records",
    "GET /accesses/days/{day}": "the same",
    "POST /incidents": "for officers, of what they say themselves",
    f"POST {INCIDENT}/entries": "for officers and chiefs of a unit that had a part",
    f"PUT {PHOTO}": "the same",
    "POST /uploads": "the same",
    "POST /sync": "for officers, chiefs and rescuers: of each item what it is answered by itself",
    "HEAD /uploads/{upload_id}": "for who began it",
    "PATCH /uploads/{upload_id}": "the same",
    "DELETE /uploads/{upload_id}": "the same",
    "POST /feeds": "says nothing of records: its list is asked, and answers, as any other",
    "GET /feeds": "the same",
    "DELETE /feeds/{feed_id}": "the same",
    "POST /subscriptions": "says nothing of records: what is told is what `GET /changes` answers",
    "GET /subscriptions": "says how much of that was taken",
    "GET /subscriptions/{subscription_id}": "the same",
    "POST /subscriptions/{subscription_id}/restart": "the same",
    "DELETE /subscriptions/{subscription_id}": "says nothing of records",
    "GET /feeds/{feed_id}": "what the list answers to its question",
    "POST /exports": "says nothing of records: its question is asked as any other",
    "GET /exports": "the same",
    "GET /exports/{export_id}": "the same",
    "DELETE /exports/{export_id}": "the same",
    "GET /exports/{export_id}/file": "what was answered to its question",
    "HEAD /exports/{export_id}/file": "the same",
    **dict.fromkeys(
        (
            "PUT /session/password",
            *("GET /accounts", "POST /accounts", "GET /accounts/{badge}"),
            *("PATCH /accounts/{badge}", "PUT /accounts/{badge}/password"),
            "DELETE /accounts/{badge}/password",
            *("POST /accounts/{badge}/appointments", "DELETE /accounts/{badge}/appointments"),
            *("POST /stations", "PATCH /stations/{station_code}"),
            *("GET /devices", "POST /devices", "DELETE /devices/{device_id}"),
            *("POST /devices/enrolment", "GET /people/events"),
        ),
        "of people, units and phones: says nothing of records",
    ),
}
"""The calls that are not an official's, or say nothing of records; and why."""

_IN_PAGES: Final = {"application/json", "application/geo+json"}

OF_NO_RECORD: Final = {"/api/v1/species", "/api/v1/species/{species_id}", "/api/v1/stations"}


@pytest.fixture
async def reader(officer: Person, database: Database) -> Person:
    """An official of 赤峰 who is granted all that there is to grant."""
    await add_account(
        database, "LC9", "1504", role=Role.OFFICIAL, sees_originals=True, sees_roads=True
    )
    return await Person.sign_in(officer.client, "LC9", DEMO_PASSWORD)


@pytest.fixture
async def hidden(officer: Person) -> Hidden:
    return await hidden_rescue(officer)


@pytest.fixture
async def ids(officer: Person, hidden: Hidden) -> list[str]:
    return [hidden.id, *await others(officer, hidden)]


def questions(draw: Draw) -> Iterator[tuple[str, dict[str, str]]]:
    """Every GET of the document, with each parameter alone and with what goes together, whose
    values are drawn."""
    for path, methods in document()["paths"].items():
        if "get" not in methods or f"GET {path.removeprefix(API)}" not in TOLD:
            continue
        names = [
            one["name"] for one in methods["get"].get("parameters", []) if one["in"] == "query"
        ]
        yield path, {}
        if path in OF_NO_RECORD:
            continue
        for name in {*names} - {"cursor"}:
            yield from ((path, {name: value}) for value in draw.some(ASKED[name], 1, path, name))
        for group in TOGETHER:
            if group <= {*names}:
                together = sorted(group)
                every = product(*(ASKED[name] for name in together))
                for values in draw.some(every, 2, path, *together):
                    yield path, dict(zip(together, values, strict=True))


async def answers(
    reader: Person, hidden: Hidden, ids: list[str], draw: Draw
) -> AsyncIterator[tuple[str, Response]]:
    """All that there is to be read, following every list to its end."""
    await in_place(reader)
    for path, asked in questions(draw):
        for incident in ids if "{incident_id}" in path else ids[:1]:
            photos = [hidden.photo, hidden.voided] if "{photo_id}" in path else [""]
            papers = [*Paper] if "{paper}" in path else [""]
            for photo, paper in product(photos, papers):
                address = path.removeprefix(API).format(
                    incident_id=incident, photo_id=photo, species_id="canis_lupus", paper=paper
                )
                query = filled(asked, incident_id=ids[0], release_id=hidden.release)
                question = f"{address}?{query}"
                for page in count(1):
                    answer = await reader.get(address, params=query)
                    yield f"{question}, page {page}", answer
                    is_page = answer.headers.get("content-type", "") in _IN_PAGES
                    body = answer.json() if is_page else None
                    cursor = following(body)
                    if cursor is None:
                        break
                    query |= {"cursor": cursor}
    guesses = [sha256(picture(minutes)).hexdigest() for minutes in (0, 1)]
    told = {"ids": [*ids, hidden.photo, hidden.release], "sha256": guesses}
    yield "/receipts", await reader.post("/receipts", told)


async def test_worlds_that_differ_in_a_hidden_place_alone_answer_alike(
    officer: Person,
    other_officer: Person,
    reader: Person,
    hidden: Hidden,
    ids: list[str],
    database: Database,
    settings: Settings,
    draw: Draw,
) -> None:
    # Its bytes are there, in an incident that the reader does not see.
    elsewhere = await other_officer.opened(road_hazard())
    sent = await other_officer.put_photo(elsewhere, picture(1))
    for person, incident in ((officer, hidden.id), (other_officer, elsewhere)):
        await until_shown(person, incident)
    own = f"/incidents/{hidden.id}"
    before = {path: as_seen(answer) async for path, answer in answers(reader, hidden, ids, draw)}
    known = [(await officer.get(f"{own}{path}")).content for path in ("", "/entries", "/photos")]

    image = msgspec.convert(sent.json()["facts"]["image"], ImageFacts)
    there = moved(117.571, 43.377, image)
    tables = await rewrite(database, settings, hidden.id, there)
    assert {*tables} == {"incident", "animal", "release", "transfer", "photo"}

    after = {path: as_seen(answer) async for path, answer in answers(reader, hidden, ids, draw)}
    assert before.keys() == after.keys()
    for path, seen in before.items():
        assert after[path] == seen, path
    assert sum(status == 200 for status, _, _ in after.values()) > len(after) / 2
    # The worlds are not the same to who may know.
    for path, was in zip(("", "/entries", "/photos"), known, strict=True):
        now = (await officer.get(f"{own}{path}")).content
        assert now != was
        assert HERE.encode() in was, path
        assert HERE.encode() not in now, path
        assert THERE.encode() in now, path


REPORTED, OTHER = "王建国", "李大山"
"""Who reported, in one world and the other."""


async def test_worlds_that_differ_in_who_reported_alone_answer_alike(
    officer: Person,
    reader: Person,
    rescuer: Person,
    database: Database,
    settings: Settings,
) -> None:
    """Though every text names them: to an official, and to the centre that took the animal over."""
    held = await hidden_rescue(officer, "phalacrocorax_carbo", REPORTED)
    own = f"/incidents/{held.id}"
    asked = [f"?q={words}" for words in (REPORTED, OTHER, "来电", "长嘴巴怪鸟")]
    asked += ["", "?format=geojson", "?bbox=117.5,43.3,117.6,43.4"]
    paths = [own, *(f"{own}/{one}" for one in ("entries", "photos", "papers"))]
    paths += [f"{own}/papers/{one}" for one in Paper if one is not Paper.CLEARANCE_FORM]
    paths += [f"{own}/photos/{one}" for one in (held.photo, held.voided)]
    paths += [f"/{one}{how}" for one in ("incidents", "animals", "releases") for how in asked]
    near = "/incidents/nearby?kind=rescue&near=117.542,43.318&datum=WGS84&found_at=2024-07-29"
    paths += [f"{near}&words={words}" for words in (REPORTED, OTHER)]

    async def told(person: Person) -> dict[str, tuple[int, dict[str, str], bytes]]:
        return {path: as_seen(await person.get(path)) for path in paths}

    await until_shown(officer, held.id)
    before = [await told(one) for one in (reader, rescuer)]
    for answers_of in before:
        assert sum(status == 200 for status, _, _ in answers_of.values()) > len(paths) - 3
        assert not any(REPORTED.encode() in content for _, _, content in answers_of.values())
    async with database.writing() as connection:
        await connection.execute(
            """
            update informant set named_in = array(
                select replace(one, $1, $2) from unnest(named_in) one)
            """,
            REPORTED,
            OTHER,
        )
    await rewrite(database, settings, held.id, _renamed)
    for was, person in zip(before, (reader, rescuer), strict=True):
        now = await told(person)
        for path in paths:
            assert now[path] == was[path], path
    assert OTHER in (await officer.get(own)).text


def _renamed(value: Any) -> Any:
    match value:
        case dict():
            return {_renamed(name): _renamed(inner) for name, inner in value.items()}
        case list():
            return [_renamed(one) for one in value]
        case str():
            return value.replace(REPORTED, OTHER)
        case _:
            return value


TELLING: Final = re.compile(rf"{HERE}|117\.542|43\.318|150425101|[0-9a-f]{{64}}")
"""The place in words, its point, its township, and digests by which a guess could be proved."""


def _nearby(incident: str) -> str:
    return f"/incidents/nearby?incident={incident}&radius_m=6000"


async def test_nothing_that_tells_the_place_is_in_what_is_told_of_it(
    reader: Person, officer: Person, hidden: Hidden, ids: list[str]
) -> None:
    own = f"/incidents/{hidden.id}"
    photos = [f"{own}/photos/{one}" for one in (hidden.photo, hidden.voided)]
    papers = [one["paper"] for one in (await reader.read(f"{own}/papers"))["items"]]
    assert {*papers} == {*Paper} - {Paper.CLEARANCE_FORM}
    on_paper = [f"{own}/papers/{one}" for one in papers]
    for path in (own, f"{own}/entries", f"{own}/photos", *photos, *on_paper):
        assert TELLING.search((await officer.get(path)).text), path
        answer = await reader.get(path)
        assert answer.status_code == 200
        assert not TELLING.search(answer.text), path
    for path in ("/incidents", "/animals", "/releases", _nearby(ids[1])):
        items = (await reader.read(path))["items"]
        of_it = [one for one in items if hidden.id in (one.get("incident_id"), one.get("id"))]
        assert of_it, path
        assert not TELLING.search(str(of_it)), path
        assert all(one["generalized"] for one in of_it)
        assert all(6000 < one["coordinate_uncertainty_m"] < 7000 for one in of_it)
    geojson = await reader.read("/releases?format=geojson")
    assert not TELLING.search(str(geojson["features"]))
    for photo in photos:
        refused = await reader.get(f"{photo}/original")
        assert (refused.status_code, refused.json()["code"]) == (403, "originals_forbidden")
        assert (await reader.get(f"{photo}/screen")).status_code == 200
    # Nor is it told whether a guess at the bytes is right.
    bytes_of_it = (await officer.read(f"{own}/photos"))["items"][0]["sha256"]
    asked = {"ids": [hidden.photo], "sha256": [bytes_of_it]}
    assert (await officer.post("/receipts", asked)).json() == asked
    assert (await reader.post("/receipts", asked)).json() == {"ids": [], "sha256": []}


def test_of_every_call_somebody_decided_what_is_told_by_it() -> None:
    calls = {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, methods in document()["paths"].items()
        for method in methods
        if path.startswith(API)
    }
    assert calls == TOLD.keys() | NOT_TOLD.keys()


def test_every_parameter_is_asked_with_something() -> None:
    asked = {
        one["name"]
        for path, methods in document()["paths"].items()
        if f"GET {path.removeprefix(API)}" in TOLD and path not in OF_NO_RECORD
        for one in methods["get"].get("parameters", [])
        if one["in"] == "query"
    }
    assert asked - {"cursor"} == set(ASKED)
