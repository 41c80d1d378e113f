"""Some dozens of records that are alike in much and differ in all that lists can be asked for; and
all that a reader is told of each row, by which plain Python asks the same."""

import random
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tests.lists.many import LISTS
from tests.pictures import encoded, noise
from tests.rescues.custody import CENTRE, NAMES
from tests.users import Person, entry, identification, rescue, road_hazard

SPECIES: Final = ("phalacrocorax_carbo", "canis_lupus", "anser_cygnoid", "egretta_garzetta", None)
WORDS: Final = ("围栏", "雨", "rain", "雪", "")
PLACES: Final = ((117.542, 43.318), (117.9, 43.6), (118.4, 43.1), (122.35, 50.62), None)
REGIONS: Final = ("150425", "150402", "150723", None)
RINGS: Final = ("CN-A 1", "CN-B 2")
RECORDS: Final = 36


async def made(officer: Person, other: Person) -> None:
    """Every one is drawn from what the records may be, the same each time."""
    draw = random.Random(12)
    earlier: list[str] = []
    for number in range(RECORDS):
        person = officer if draw.random() < 0.7 else other
        if number % 6 == 5:
            earlier.append(await _road(draw, person, number))
        else:
            earlier.append(await _rescue(draw, person, number))
        if number % 9 == 8:
            closing = entry(
                "closing", _day(20), reason="duplicate", duplicate_of=earlier[number - 6]
            )
            await person.post(f"/incidents/{earlier[-1]}/entries", closing)


def _day(day: int, hour: int = 10) -> str:
    return f"2024-08-{day:02}T{hour:02}:00:00+08:00"


def _opening(draw: random.Random, number: int) -> dict[str, Any]:
    place: dict[str, Any] = {"description": "某处"}
    if region := draw.choice(REGIONS):
        place["region_code"] = region
    if at := draw.choice(PLACES):
        place["point"] = {"longitude": at[0], "latitude": at[1], "datum": "WGS84"}
    return {
        "found_at": _day(1 + number % 9, 8 + number % 4),
        "place": place,
        "summary": f"第{number}起 {draw.choice(WORDS)}",
        "officers": draw.choice((["150425002"], [])),
    }


async def _road(draw: random.Random, person: Person, number: int) -> str:
    body = road_hazard(**_opening(draw, number))
    body["hazard"]["type"] = draw.choice(("rockfall", "ice"))
    body["hazard"]["passability"] = draw.choice(("blocked", "partly"))
    body["hazard"]["road"]["category"] = draw.choice(("forest_road", "national"))
    if draw.random() < 0.5:
        body["hazard"]["cause"] = draw.choice(("natural", "accident"))
    incident = await person.opened(body)
    if draw.random() < 0.5:
        before = entry("clearing", "2024-07-01T10:00:00+08:00", method="by_hand")
        await person.appended(incident, before)
    if draw.random() < 0.6:
        await person.appended(incident, entry("secured", _day(12), measures=["warning_sign"]))
    if draw.random() < 0.5:
        await person.appended(incident, entry("cleared", _day(13)))
    if draw.random() < 0.4:
        await _photo(draw, person, incident, ("site", "after"))
    return incident


async def _rescue(draw: random.Random, person: Person, number: int) -> str:
    animals: list[dict[str, Any]] = [
        {
            "reported_as": "鸟",
            "count": draw.choice((1, 2)),
            "cause": draw.choice(("injured", "trapped")),
            "life_stage": draw.choice(("adult", "juvenile")),
            "sex": draw.choice(("male", "female")),
            "marks": [{"kind": "ring", "number": ring}] if draw.random() < 0.5 else [],
        }
        for ring in RINGS[: draw.choice((1, 1, 2))]
    ]
    incident = await person.opened(rescue(animals=animals, **_opening(draw, number)))
    for at, animal in enumerate(animals, start=1):
        species = draw.choice(SPECIES)
        if species:
            said = identification(species, animal=at, happened_at=_day(11))
            await person.appended(incident, said)
        for _ in range(animal["count"]):
            if end := _end(draw, at, is_known=species is not None):
                await person.appended(incident, end)
    if draw.random() < 0.5:
        before = entry("assessment", "2024-07-01T10:00:00+08:00", animal=1, condition="weak")
        await person.appended(incident, before)
    if draw.random() < 0.4:
        await _photo(draw, person, incident, ("animal:1", "site"))
    return incident


def _end(draw: random.Random, animal: int, *, is_known: bool) -> dict[str, Any] | None:
    at = _day(draw.randrange(12, 20), draw.randrange(8, 12))
    ways = ["transfer", "centre", "allocation", "death", "stays", "stays"]
    match draw.choice([*ways, "release", "release", "release"] if is_known else ways):
        case "transfer":
            receipt = draw.choice(({}, {"receipt_number": "A-1"}))
            kind = draw.choice(("zoo", "agency"))
            said = {"recipient": "动物园", "recipient_kind": kind} | receipt
            return entry("transfer", at, animal=animal, count=1, **said)
        case "centre":
            said = {"recipient": NAMES[CENTRE], "station": CENTRE}
            return entry("transfer", at, animal=animal, count=1, **said)
        case "allocation":
            return entry("allocation", at, animal=animal, count=1, recipient="动物园")
        case "death":
            return entry("death", at, animal=animal, count=1)
        case "release":
            longitude, latitude = draw.choice([one for one in PLACES if one])
            point = {"longitude": longitude, "latitude": latitude, "datum": "WGS84"}
            site = {"description": "水库", "region_code": draw.choice(("150425", "150723"))}
            return entry(
                "release",
                at,
                animal=animal,
                count=1,
                site=site | {"point": point},
                method=draw.choice(("hard", "soft")),
                officers=draw.choice((["150425001", "150425002"], ["150425001"])),
                ring_number=draw.choice((f"CN-C {animal}", None)),
            )
        case _:
            return None


async def _photo(
    draw: random.Random, person: Person, incident: str, about: tuple[str, ...]
) -> None:
    told = {"about": draw.choice(about)}
    if draw.random() < 0.7:
        told["taken_at"] = draw.choice(("2024-07-01T10:00:00+08:00", _day(10)))
    kind = draw.choice(("JPEG", "PNG"))
    content = encoded(noise(16, 12), kind)
    answer = await person.put_photo(incident, content, None, **told)
    assert answer.status_code == 201, answer.text


class Row(NamedTuple):
    """A row of a list, with what its reader is told of its incident."""

    item: dict[str, Any]
    """As the list has it."""
    listed: dict[str, Any]
    """Its incident, as the list of incidents has it."""
    incident: dict[str, Any]
    """Its incident, as it is read."""
    animals: list[dict[str, Any]]
    """The animals that it is about, as the list of animals has them."""
    stations: set[str]
    """The codes of the stations that had a part."""


async def rows(reader: Person) -> dict[str, list[Row]]:
    """All rows that somebody sees, by list."""
    everything = {"duplicates": "include", "limit": "500"}
    lists = {path: (await reader.read(path, params=everything))["items"] for path in LISTS}
    listed = {one["id"]: one for one in lists["/incidents"]}
    incidents = {one: await reader.read(f"/incidents/{one}") for one in listed}
    animals = {(one["incident_id"], one["number"]): one for one in lists["/animals"]}

    def about(path: str, item: dict[str, Any], id_: str) -> Iterator[dict[str, Any]]:
        match path:
            case "/animals":
                yield item
            case "/releases" | "/transfers":
                own = ("species_id", "protection", "protections", "life_stage", "sex")
                at = animals[id_, item["animal"]]
                yield at | {name: item[name] for name in own}
            case _:
                yield from (one for (of, _), one in animals.items() if of == id_)

    def row(path: str, item: dict[str, Any]) -> Row:
        id_ = item.get("incident_id") or item["id"]
        incident = incidents[id_]
        responsible = [incident["responsible"], *incident["responsible_before"]]
        stations = {incident["station"]["code"], *(one["station"]["code"] for one in responsible)}
        return Row(item, listed[id_], incident, [*about(path, item, id_)], stations)

    return {path: [row(path, item) for item in items] for path, items in lists.items()}
