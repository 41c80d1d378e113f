"""Every filter of every list, and every two of them together, find what plain Python finds among
the same rows; in the order that is asked for, in every format, and for every kind of reader."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import combinations
from typing import Any, Final, NamedTuple

import pytest

from db.database import Database
from tests.documented import document
from tests.draws import Draw
from tests.lists.areas import far
from tests.lists.many import LISTS
from tests.lists.predicates import ABOVE, OWN, Asked, Filter, Value, expected, filters, time_of
from tests.lists.reading import rows_of_csv, rows_of_ndjson, rows_of_xlsx
from tests.lists.world import Row, made, rows
from tests.serving import until
from tests.users import API, Person, put_unit

OF_THE_FORM: Final = {"limit", "cursor", "sort", "format", "fields", "labels", "count"}
TOGETHER: Final = {"radius_m": "near", "by": "from"}
"""What is asked with something else, and tried there."""
SORTS: Final = ("time", "-time", "number", "-number", "distance", "-distance")

Way = Callable[[Person, str, Mapping[str, Value]], Awaitable[list[str]]]


async def as_json(reader: Person, path: str, asked: Mapping[str, Value]) -> list[str]:
    """The ids in a list, by its pages."""
    found: list[str] = []
    page = await reader.read(path, params=dict(asked) | {"limit": "40"})
    while True:
        found += map(key, page["items"])
        if page["next_cursor"] is None:
            return found
        goes_on = {"limit": "40", "cursor": page["next_cursor"]}
        page = await reader.read(path, params=dict(asked) | goes_on)


async def as_geojson(reader: Person, path: str, asked: Mapping[str, Value]) -> list[str]:
    told = await reader.read(path, params=dict(asked) | {"format": "geojson"})
    assert told["numberReturned"] == len(told["features"])
    return [key(one["properties"]) for one in told["features"]]


async def as_ndjson(reader: Person, path: str, asked: Mapping[str, Value]) -> list[str]:
    answer = await reader.get(path, params=dict(asked) | {"format": "ndjson"})
    return [*map(key, rows_of_ndjson(answer))]


async def as_csv(reader: Person, path: str, asked: Mapping[str, Value]) -> list[str]:
    answer = await reader.get(path, params=dict(asked) | {"format": "csv"})
    return [*map(key, rows_of_csv(answer))]


async def as_xlsx(reader: Person, path: str, asked: Mapping[str, Value]) -> list[str]:
    fields = {"/animals": "incident_id,number", "/hazards": "incident_id"}.get(path, "id")
    answer = await reader.get(path, params=dict(asked) | {"format": "xlsx", "fields": fields})
    return ["/".join(map(str, row.values())) for row in rows_of_xlsx(answer)]


async def by_search(reader: Person, path: str, asked: Mapping[str, Value]) -> list[str]:
    """The same, asked for by a body, in which numbers are numbers."""
    body: dict[str, Any] = {**asked, "limit": 40}
    for name, value in asked.items():
        match name, value:
            case "polygon", str():
                body[name] = json.loads(value)
            case _, "true" | "false":
                body[name] = value == "true"
            case "radius_m", str():
                body[name] = float(value)
            case _ if name in TAKE_SEVERAL and isinstance(value, str):
                body[name] = [value]
            case _:
                pass
    found: list[str] = []
    while True:
        answer = await reader.post(f"{path}/search", body)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += map(key, page["items"])
        if page["next_cursor"] is None:
            return found
        body["cursor"] = page["next_cursor"]


def _taking_several() -> set[str]:
    return {
        one["name"]
        for path in LISTS
        for one in document()["paths"][f"{API}{path}"]["get"]["parameters"]
        if "array" in json.dumps(one["schema"])
    }


TAKE_SEVERAL: Final = _taking_several()
"""The parameters that take several values."""
WAYS: Final[dict[str, Way]] = {
    "json": as_json,
    "geojson": as_geojson,
    "search": by_search,
    "ndjson": as_ndjson,
    "csv": as_csv,
    "xlsx": as_xlsx,
}
"""How the rows of a list are asked for, by format."""


def key(item: Mapping[str, Any]) -> str:
    id_ = item.get("id") or item["incident_id"]
    return f"{id_}/{item['number']}" if "number" in item else str(id_)


class World(NamedTuple):
    """What there is, for each of its readers."""

    readers: dict[str, Person]
    rows: dict[str, dict[str, list[Row]]]
    """By reader and list."""
    filters: dict[str, dict[str, dict[str, Filter]]]


@pytest.fixture
async def world(
    officer: Person,
    other_officer: Person,
    official: Person,
    rescuer: Person,
    auditor: Person,
    database: Database,
) -> World:
    await put_unit(database, ABOVE)
    await put_unit(database, "150425", parent=ABOVE)
    await made(officer, other_officer)

    async def all_is_shown() -> bool:
        waiting = await auditor.read("/photos", params={"renditions": "pending"})
        return not waiting["items"]

    await until(all_is_shown)
    readers = {"auditor": auditor, "official": official, "rescuer": rescuer}
    seen = {name: await rows(reader) for name, reader in readers.items()}
    ids = {one.item["species_id"] for one in seen["auditor"]["/animals"]} - {None}
    taxa = {id_: await auditor.read(f"/species/{id_}") for id_ in ids}
    asked = {
        name: {
            path: filters(path, taxa, [row.listed["updated_at"] for row in of_it["/incidents"]])
            for path in LISTS
        }
        for name, of_it in seen.items()
    }
    return World(readers, seen, asked)


class Query(NamedTuple):
    reader: str
    path: str
    way: str
    sort: str | None
    asked: list[Asked]

    def parameters(self) -> dict[str, Value]:
        found: dict[str, Value] = {} if self.sort is None else {"sort": self.sort}
        for one in self.asked:
            found |= one.value
        return found


def fits(query: Query) -> bool:
    """Whether no parameter is given twice, a distance is of a point, and nobody asks roads for
    animals: that is refused (test_marked.py)."""
    names = [name for one in query.asked for name in one.value]
    of_roads = any(one.value.get("kind") == "road_hazard" for one in query.asked)
    return (
        len(names) == len(set(names))
        and (query.sort is None or not query.sort.endswith("distance") or "near" in names)
        and not (of_roads and any(one.filter.of_animals for one in query.asked))
    )


def sorted_rows(query: Query, found: list[Row]) -> list[Row]:
    sort = query.sort or "-time"
    [near] = [one.value for one in query.asked if "near" in one.value] or [{}]
    first: dict[str, Callable[[Row], Any]] = {
        "time": lambda row: time_of(query.path, row, OWN[query.path]),
        "number": lambda row: row.listed["case_number"],
        "distance": lambda row: round(far(row, near) or 0, 3),
    }

    def at(row: Row) -> tuple[Any, ...]:
        item = row.item
        ids = (row.listed["id"], item.get("number") or item.get("id"))
        return (first[sort.removeprefix("-")](row), *ids)

    return sorted(found, key=at, reverse=sort.startswith("-"))


async def compare(world: World, query: Query) -> str | None:
    """What is wrong with an answer."""
    asked = query.parameters()
    reader = world.readers[query.reader]
    of_animals = [name for one in query.asked if one.filter.of_animals for name in one.value]
    if asked.get("kind") == "road_hazard" and of_animals:
        refused = await reader.get(query.path, params=asked)
        told = [one["field"] for one in refused.json().get("errors", [])]
        return None if told == of_animals else f"{query.path} {asked}: {refused.text}"
    told = await WAYS[query.way](reader, query.path, asked)
    among = query.asked
    if "duplicates" not in asked:
        originals = world.filters[query.reader][query.path]["duplicates"]
        among = [*among, Asked(originals, {"duplicates": "exclude"})]
    right = [*expected(world.rows[query.reader][query.path], among)]
    if told != [key(row.item) for row in sorted_rows(query, right)]:
        return f"{query.reader} {query.path} {asked} as {query.way}: {len(told)}, not {len(right)}"
    return None


def singles(world: World, draw: Draw) -> Iterator[Query]:
    """Each filter of each list, with values that are drawn."""
    for path, of_path in world.filters["auditor"].items():
        for number, (name, one) in enumerate(of_path.items()):
            for at in draw.some(range(len(one.values)), 2, path, name):
                # Who else reads, and as what, is drawn for pairs; here each of them at some.
                reader = ("auditor", "auditor", "official", "rescuer")[(number + at) % 4]
                way = [*WAYS][(number + at) % len(WAYS)]
                mine = world.filters[reader][path][name]
                sort = SORTS[(number + at) % (6 if name == "near" else 4)]
                yield Query(reader, path, way, sort, [Asked(mine, mine.values[at])])


def pairs(world: World, draw: Draw) -> Iterator[Query]:
    """Every two filters of a list, with values that are drawn; of all those some are."""
    chance = draw.random("pairs")
    every = [
        (path, two)
        for path, of_path in world.filters["auditor"].items()
        for two in combinations(of_path, 2)
    ]
    for path, names in draw.some(every, len(every) // 24):
        reader = chance.choice([*world.readers])
        mine = world.filters[reader][path]
        asked = [Asked(mine[name], chance.choice(mine[name].values)) for name in names]
        sorts = [None, *(SORTS if "near" in names else SORTS[:4])]
        query = Query(reader, path, chance.choice([*WAYS]), chance.choice(sorts), asked)
        if fits(query):
            yield query


def test_every_parameter_of_every_list_is_asked_here_too() -> None:
    """One that is new has to be said in Python, too."""
    for path in LISTS:
        parameters = document()["paths"][f"{API}{path}"]["get"]["parameters"]
        names = {one["name"] for one in parameters} - OF_THE_FORM
        known = filters(path, {}, ["2024-01-01"])
        own = {name for one in known.values() for value in one.values for name in value}
        assert own == names, path
        assert known.keys() == names - TOGETHER.keys()


async def test_every_filter_and_every_two_find_what_they_say(world: World, draw: Draw) -> None:
    queries = [*singles(world, draw), *pairs(world, draw)]
    found = [wrong for query in queries if (wrong := await compare(world, query))]
    assert found == []
    # Nor are they all empty: each list is told of in part by most of its filters.
    for path, of_it in world.rows["auditor"].items():
        assert len(of_it) > 3, path
        for name, one in world.filters["auditor"][path].items():
            some = [len([*expected(of_it, [Asked(one, value)])]) for value in one.values]
            assert any(some), (path, name)
