"""Whoever holds a ring or a chip finds the animal that carried it, and what became of it."""

from typing import Any

import pytest

from db.database import Database
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.lists.animals import ANIMALS
from wildlife.lists.composing import Selection
from wildlife.lists.incidents import INCIDENTS
from wildlife.lists.releases import RELEASES

RING, CHIP = {"kind": "ring", "number": "CN-A 1234"}, {"kind": "chip", "number": "156000999"}


async def found(person: Person, path: str, mark: str, **more: str) -> list[tuple[str, Any]]:
    """The incidents, and the animals in them."""
    items = (await person.read(path, params={"mark": mark} | more))["items"]
    return [
        (one.get("incident_id") or one["id"], one.get("animal") or one.get("number"))
        for one in items
    ]


@pytest.fixture
async def two_birds(officer: Person) -> str:
    """Of two birds of one incident the second is ringed in care, and let go with its ring on; the
    first came with a chip."""
    incident = await officer.opened(
        rescue(animals=[{"reported_as": "鸬鹚", "marks": [CHIP]}, {"reported_as": "鸬鹚"}])
    )
    for number in (1, 2):
        await officer.appended(incident, identification(animal=number))
    at = "2024-08-01T10:00:00+08:00"
    await officer.appended(incident, entry("marking", at, animal=2, marks=[RING]))
    for number in (1, 2):
        await officer.appended(incident, release(animal=number))
    await officer.opened(rescue(animals=[{"marks": [RING | {"number": "CN-A 12345"}]}]))
    return incident


@pytest.mark.parametrize(
    "mark", ["CN-A 1234", "cna1234", "CN.A.1234", "ＣＮＡ１２３４", "ring:cna1234"]
)
async def test_by_its_ring_an_animal_is_found_with_its_release_however_it_is_written(
    officer: Person, official: Person, other_officer: Person, two_birds: str, mark: str
) -> None:
    for person in (officer, official):
        assert await found(person, "/animals", mark) == [(two_birds, 2)]
        assert await found(person, "/releases", mark) == [(two_birds, 2)]
        assert await found(person, "/incidents", mark) == [(two_birds, None)]
    for path in ("/animals", "/releases", "/incidents"):
        assert await found(other_officer, path, mark) == []


async def test_a_mark_is_found_whole_and_as_what_it_is(officer: Person, two_birds: str) -> None:
    assert await found(officer, "/animals", "156000999") == [(two_birds, 1)]
    assert await found(officer, "/animals", "chip:156000999") == [(two_birds, 1)]
    for part in ("CN-A 123", "ring:156000999", "鸬鹚"):
        assert await found(officer, "/animals", part) == []
    assert await found(officer, "/animals", "156000999", state="died_in_care") == []
    [animal] = (await officer.read("/animals", params={"mark": "cna1234"}))["items"]
    assert animal["marks"] == ["ring:cna1234"]


async def test_a_mark_that_was_taken_off_still_leads_to_its_animal(
    officer: Person, two_birds: str
) -> None:
    incident = await officer.opened(rescue(animals=[{"marks": [CHIP | {"number": "77"}]}]))
    off = entry("marking", animal=1, taken_off=[CHIP | {"number": "77"}])
    await officer.appended(incident, off)
    assert await found(officer, "/animals", "77") == [(incident, 1)]


async def test_who_asks_for_no_mark_or_for_that_of_a_road_is_refused_by_name(
    officer: Person,
) -> None:
    await officer.opened(road_hazard())
    for path, asked in (
        ("/animals", {"mark": "-"}),
        ("/incidents", {"mark": "·", "kind": "rescue"}),
        ("/incidents", {"mark": "A1", "kind": "road_hazard"}),
    ):
        for language in ("en", "zh"):
            headers = {"Accept-Language": language}
            answer = await officer.get(path, params=asked, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
            assert answer.json()["errors"][0]["field"] == "mark"
    assert (await officer.get("/hazards", params={"mark": "A1"})).status_code == 400


async def test_a_mark_is_found_by_its_index(two_birds: str, database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("set local enable_seqscan = off")
        # Of so few rows any index leads to all; such a one leads by a bitmap alone.
        await connection.execute("set local enable_indexscan = off")
        for listing, table, index in (
            (INCIDENTS, "incident", "animal_marks"),
            (ANIMALS, "animal", "animal_marks"),
            (RELEASES, "release", "animal_marks"),
        ):
            condition = listing.sql._where(Selection(("mark",), None, "-time"))
            explain = f"explain select * from {table} t {condition}".replace(":mark_keys", "$1")
            plan = await connection.fetch(explain, ["ring:cna1234"])
            assert index in str(plan), plan
