"""Whoever asks often enough learns no more of a hidden point than its cell: by halving boxes and
circles, by measuring distances, by trying regions and words letter by letter; nor anything of who
reported, though it was written down."""

from collections.abc import Awaitable, Callable
from json import dumps
from typing import Any, Final, TypeAlias

import pytest

from tests.documented import document
from tests.pictures import encoded, noise
from tests.rescues.custody import transfer
from tests.users import API, Person, entry, identification, release, rescue
from wildlife.words.datums import distance_m
from wildlife.words.places import Position

POINTS: Final = [
    Position(117.542, 43.318),
    Position(117.5000001, 43.3),
    Position(117.5999999, 43.3999999),
    Position(117.551, 43.3500001),
]
"""All of one cell, at its edges, too."""

MIDDLE: Final = Position(117.55, 43.35)

KNOWN, PLACE = "大局子林场", "大局子林场三道沟北坡"
COUNTY, TOWNSHIP = "150425", "150425101"
LATER: Final = "2024-07-31T10:00:00+08:00"

Attack: TypeAlias = Callable[[Person, str], Awaitable[Any]]


async def found_at(officer: Person, at: Position) -> tuple[str, str]:
    """A cormorant, whose place nobody hides, that was found there, and released there again."""
    point = {"longitude": at.longitude, "latitude": at.latitude, "datum": "WGS84"}
    place = {"description": PLACE, "region_code": TOWNSHIP, "point": point}
    incident = await officer.opened(rescue(place=place, animals=[{"count": 2}]))
    await officer.appended(incident, identification())
    await officer.appended(incident, transfer(1, None, count=1))
    freed = release(site=place, count=1)
    await officer.appended(incident, freed)
    await officer.put_photo(incident, encoded(noise(40, 30)))
    return incident, freed["id"]


async def listed(person: Person, path: str, **asked: Any) -> bool:
    return bool((await person.read(path, params=asked))["items"])


async def by_boxes(person: Person, path: str) -> list[float]:
    """The point in which boxes end that are halved again and again."""
    west, south, east, north = 117.0, 43.0, 118.0, 44.0
    for _ in range(20):
        if await listed(person, path, bbox=f"{west},{south},{(west + east) / 2},{north}"):
            east = (west + east) / 2
        else:
            west = (west + east) / 2
        if await listed(person, path, bbox=f"{west},{south},{east},{(south + north) / 2}"):
            north = (south + north) / 2
        else:
            south = (south + north) / 2
    return [round(west, 5), round(south, 5)]


async def by_polygons(person: Person, path: str) -> list[float]:
    """The same by polygons."""
    west, south, east, north = 117.0, 43.0, 118.0, 44.0
    for _ in range(20):
        half = (west + east) / 2
        if await listed(person, path, polygon=_upright((west, south), (half, south), north)):
            east = half
        else:
            west = half
        half = (south + north) / 2
        if await listed(person, path, polygon=_upright((west, south), (east, south), half)):
            north = half
        else:
            south = half
    return [round(west, 5), round(south, 5)]


def _upright(one: tuple[float, float], other: tuple[float, float], north: float) -> str:
    """A polygon between two meridians, up to a parallel."""
    corners = [one, other, (other[0], north), (one[0], north), one]
    return dumps({"type": "Polygon", "coordinates": [corners]})


CORNERS: Final = [Position(117.45, 43.3), Position(117.65, 43.3), Position(117.5, 43.45)]


async def by_circles(person: Person, path: str) -> list[float]:
    """How far it is from three points, as circles tell that grow and shrink."""
    found: list[float] = []
    for corner in CORNERS:
        least, most = 1.0, 60_000.0
        while most - least > 0.5:
            half, near = (least + most) / 2, f"{corner.longitude},{corner.latitude}"
            if await listed(person, path, near=near, radius_m=half):
                most = half
            else:
                least = half
        found.append(round(most))
    return found


async def by_distances(person: Person, path: str) -> list[float]:
    """How far it is told to be from three points."""
    asked = {"kind": "rescue", "datum": "WGS84", "found_at": "2024-07-29", "radius_m": 20_000}
    found: list[float] = []
    for corner in CORNERS:
        near = {"near": f"{corner.longitude},{corner.latitude}"}
        [one] = (await person.read("/incidents/nearby", params=asked | near))["items"]
        found.append(round(one["distance_m"]))
    return found


async def by_regions(person: Person, path: str) -> str:
    """The longest code of a region in which it is found."""
    known = "15"
    while following := [
        one
        for one in (f"{known}{digit}" for digit in range(10))
        # `1500` stands for all of 15.
        if len(one) <= 12 and one[-2:] != "00" and await listed(person, path, region=one)
    ]:
        [known] = following
    return known


async def by_words(person: Person, path: str) -> str:
    """What is written after words that are known, one character after another."""
    known = KNOWN
    while following := [
        known + one for one in "一二三四道沟南北坡" if await listed(person, path, q=known + one)
    ]:
        [known] = following
    return known


def far(at: Position) -> list[float]:
    return [round(distance_m(at, corner)) for corner in CORNERS]


ATTACKS: Final[dict[Attack, Callable[[Position, str, str], Any]]] = {
    by_boxes: lambda at, words, region: [at.longitude, at.latitude],
    by_polygons: lambda at, words, region: [at.longitude, at.latitude],
    by_circles: lambda at, words, region: far(at),
    by_distances: lambda at, words, region: far(at),
    by_regions: lambda at, words, region: region,
    by_words: lambda at, words, region: words,
}
"""What somebody may try, and what they learn where a record says so much."""
LISTS: Final = ["/incidents", "/animals", "/releases"]
FURTHER: Final = ["/transfers", "/photos"]
"""Those by whose conditions a place is asked for as in these: tried where all is."""

NEARBY: Final = "/incidents/nearby"
TRIED: Final[dict[str, Attack | str]] = {
    "bbox": by_boxes,
    "near": by_circles,
    "radius_m": by_circles,
    "polygon": by_polygons,
    "region": by_regions,
    "q": by_words,
    **dict.fromkeys(
        ("county_known", "prefecture_known"), "of a region as it is told: that of the county, cut"
    ),
    "responsible": "by units, which are told of a hidden place, too",
    "station": "by units, which are told of a hidden place, too",
    **dict.fromkeys(
        ("from", "to", "by", "updated_since", "days", "found_at"),
        "by days and times, which are told of it, too",
    ),
    **dict.fromkeys(
        (
            *("kind", "state", "species", "protection", "overdue", "mark", "type", "passability"),
            *("genus", "family", "order", "class", "cause", "life_stage", "sex", "outcome"),
            *("has_mark", "has_photos", "method", "road_category", "missing", "flag", "officer"),
            *("source", "source_known", "species_known", "protection_known", "cause_known"),
            *("strictest_protection", "outcome_all", "type_all", "time_known"),
            *("confirmed", "about", "media_type", "photo_flag", "renditions"),
        ),
        "by what is told of it, too",
    ),
    "below": "by units, which are told of a hidden place, too",
    "sort": "by the distance of the point that is told; tests/hiding/test_two_worlds.py asks",
    **dict.fromkeys(
        ("limit", "cursor", "format", "fields", "labels", "count", "duplicates"),
        "of how much is told, and how",
    ),
    "datum": "what `near` is in; of both, as of any two, tests/hiding/test_two_worlds.py asks",
    "incident": "of one that the reader sees, by its row as it is told",
    "words": "by_spelling",
}
"""By what each parameter of lists and hints is tried, or why it tells nothing. One that is new
fails until somebody decided; two worlds (tests/hiding/test_two_worlds.py) are asked with every one,
alone and with others."""


def test_each_filter_is_tried_or_says_why_not() -> None:
    asked = {
        one["name"]
        for path in (*LISTS, *FURTHER, "/hazards", NEARBY)
        for one in document()["paths"][f"{API}{path}"]["get"]["parameters"]
        if one["in"] == "query"
    }
    assert asked == TRIED.keys()


async def move(officer: Person, incident: str, freed: str, at: Position) -> None:
    """Say that it was found, and released, somewhere else."""
    point = {"longitude": at.longitude, "latitude": at.latitude, "datum": "WGS84"}
    for entry_id, field in ((incident, "place"), (freed, "site")):
        changes = {field: {"point": point}}
        await officer.appended(incident, entry("amendment", entry_id=entry_id, changes=changes))


@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_finds_a_point_that_is_shown_finds_of_a_hidden_one_its_cell_alone(
    officer: Person, official: Person, attack: Attack, thorough: bool
) -> None:
    incident, freed = await found_at(officer, POINTS[0])
    lists = [*LISTS, *FURTHER] if thorough else LISTS
    shown = [await attack(official, path) for path in lists]
    for learnt in shown:
        assert learnt == _about(ATTACKS[attack](POINTS[0], PLACE, TOWNSHIP))
    await officer.appended(incident, identification("canis_lupus", happened_at=LATER))
    for at in POINTS if thorough else POINTS[:1] + POINTS[2:3]:
        await move(officer, incident, freed, at)
        for path in lists:
            learnt = await attack(official, path)
            assert learnt == _about(ATTACKS[attack](MIDDLE, KNOWN, COUNTY)), (path, at)


NAME, PHONE = "娜仁托娅", "1394768250"
SPELT: Final = f"牧民{NAME}来电{PHONE}"


async def by_spelling(guessed: Callable[[str], Awaitable[bool]], letters: str) -> str:
    """What is written behind `牧民`, one character after another, as guesses tell."""
    known = "牧民"
    while following := [
        known + one for one in sorted({*letters, "人"}) if await guessed(known + one)
    ]:
        [known] = following
    return known


async def test_who_reported_is_spelt_out_by_no_question(officer: Person, official: Person) -> None:
    """Where a text names somebody who did not, it is found by every letter; of who did, none is:
    by words that are looked for, and by words in common with what may be the same."""
    where = {"near": "117.542,43.318", "datum": "WGS84", "found_at": "2024-07-29"}

    async def by_words_in_common(guess: str) -> bool:
        asked = {"kind": "rescue", "words": guess} | where
        items = (await official.read(NEARBY, params=asked))["items"]
        return any(one["words_in_common"] == 1 for one in items)

    async def by_list(guess: str) -> bool:
        return await listed(official, "/incidents", q=guess)

    async def by_any_list(guess: str) -> bool:
        return any([await listed(official, path, q=guess) for path in LISTS])

    # A case number has pairs of digits in common with any number.
    without_digits = SPELT.removesuffix(PHONE)
    guessing = {by_list: SPELT, by_words_in_common: without_digits}
    unnamed = rescue(summary=SPELT)
    del unnamed["informant"]
    incident = await officer.opened(unnamed)
    for guessed, spelt in guessing.items():
        assert await by_spelling(guessed, spelt) == spelt
    informant = entry("informant", informant={"name": NAME, "phone": PHONE})
    await officer.appended(incident, informant)
    for guessed, spelt in ((by_any_list, SPELT), (by_words_in_common, without_digits)):
        assert await by_spelling(guessed, spelt) == "牧民"
    assert await listed(officer, "/incidents", q=SPELT)


def _about(learnt: Any) -> Any:
    """As exactly as it can be learnt: to a metre, or as much of a degree."""
    if isinstance(learnt, str):
        return learnt
    return pytest.approx(learnt, abs=1.5 if learnt[0] > 1000 else 1e-5)
