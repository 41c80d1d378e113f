"""Records of many kinds, filed over HTTP, and what a list tells of each in Python's words."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from tests.users import Person, entry, identification, release, rescue, road_hazard

Key = Callable[[dict[str, Any], dict[str, Any]], list[str | None]]
"""In which groups a row of a list is, given the incident that it belongs to."""


def _region(digits: int) -> Key:
    def key(row: dict[str, Any], _: dict[str, Any]) -> list[str | None]:
        code = row["region_code"]
        known = len(code) >= digits and (digits == 2 or code[digits - 2 : digits] != "00")
        return [code[:digits] if known else None]

    return key


def _of(name: str) -> Key:
    return lambda row, _: [row[name]]


def _of_all(at: str) -> dict[str, Key]:
    return {
        "month": lambda row, _: [row[at][:7]],
        "year": lambda row, _: [row[at][:4]],
        "province": _region(2),
        "prefecture": _region(4),
        "county": _region(6),
        "station": lambda _, incident: [incident["responsible"]["station"]["code"]],
        "source": lambda _, incident: [incident["source"]],
    }


def _of_taxon(name: str) -> Key:
    return lambda row, _: [row["taxon"] and row["taxon"][name]]


_OF_SPECIES: Final[dict[str, Key]] = {
    "species": _of("species_id"),
    "protection": _of("protection"),
    "genus": lambda row, _: [row["taxon"] and row["taxon"]["scientific_name"].split()[0]],
    **{name: _of_taxon(name) for name in ("family", "order", "class")},
}
_OF_KIND: Final[dict[str, Key]] = {"life_stage": _of("life_stage"), "sex": _of("sex")}
KEYS: Final[dict[str, dict[str, Key]]] = {
    "/incidents": _of_all("found_at") | {"kind": _of("kind"), "state": _of("state")},
    "/animals": _of_all("found_at")
    | _OF_SPECIES
    | _OF_KIND
    | {
        "cause": _of("cause"),
        "outcome": lambda row, _: [one["outcome"] for one in row["outcomes"]],
    },
    "/releases": _of_all("released_at") | _OF_SPECIES | _OF_KIND | {"method": _of("method")},
    "/transfers": _of_all("transferred_at") | _OF_SPECIES | _OF_KIND | {"outcome": _of("outcome")},
    "/hazards": _of_all("found_at")
    | {
        "type": lambda row, _: row["types"],
        "state": _of("state"),
        "passability": _of("passability"),
        "cause": _of("cause"),
        "road_category": _of("road_category"),
    },
}
"""Of each list, by what its rows can be told apart."""

_PLACES: Final[list[dict[str, Any]]] = [
    {
        **{"description": "大局子林场", "region_code": "150425"},
        "point": {"longitude": 117.542, "latitude": 43.318, "datum": "WGS84"},
    },
    {
        **{"description": "赤峰某处", "region_code": "150400"},
        "point": {"longitude": 118.9, "latitude": 42.3, "datum": "WGS84"},
    },
    {"description": "某乡", "region_code": "150425101"},
    {"description": "克一河", "region_code": "150723"},
    {"description": "区内某处", "region_code": "150000"},
]
SPECIES: Final = ["canis_lupus", "phalacrocorax_carbo", None]
_SOURCES: Final = ["report", "patrol", "handover", "seizure"]


# Of those that are identified; the others stay as they were found.
_AS_FAR: Final = (0, 1, 0, 3, 5, 0)


def _groups(at: str) -> Iterator[dict[str, Any]]:
    """What becomes of ten alike: some come back, some die after they were let go."""
    let_go = release(f"{at}-20T10:00:00+08:00", count=4)
    yield let_go
    yield entry("death", f"{at}-21T10:00:00+08:00", animal=1, count=2, circumstance="euthanized")
    yield entry("return", f"{at}-22T10:00:00+08:00", animal=1, count=1, entry_id=let_go["id"])
    yield entry("death", f"{at}-23T10:00:00+08:00", animal=1, count=1, entry_id=let_go["id"])
    yield entry("transfer", f"{at}-24T10:00:00+08:00", animal=1, count=1, recipient="救助站")


async def file_all(officer: Person, other: Person) -> None:
    """Fourteen rescues and seven hazards, of three years, four regions and two stations."""
    for number in range(14):
        at = f"{2023 + number % 3}-{1 + number * 5 % 12:02}"
        who, place = (officer, other)[number % 2], _PLACES[number % len(_PLACES)]
        # In China's evening another day, month and year begins than in UTC.
        found_at = f"{at}-01T0{number % 10}:30:00+08:00"
        animals = [{"count": 10, "cause": "trapped", "sex": "female"}, {"life_stage": "adult"}]
        source = _SOURCES[number % len(_SOURCES)]
        opening = rescue(found_at=found_at, place=place, animals=animals, source=source)
        incident = await who.opened(opening)
        species = SPECIES[number % len(SPECIES)]
        if species:
            at_once = f"{at}-01T12:00:00+08:00"
            said = identification(species) | {"happened_at": at_once, "recorded_at": at_once}
            await who.appended(incident, said)
            for one in [*_groups(at)][: _AS_FAR[number % 6]]:
                await who.appended(incident, one)
        elif number % 2:
            dead = entry("death", f"{at}-02T10:00:00+08:00", animal=2)
            await who.appended(incident, dead)
    for number in range(7):
        at = f"2024-{1 + number * 3 % 12:02}-05"
        opening = road_hazard(found_at=f"{at}T08:00:00+08:00", place=_PLACES[number % 3 + 1])
        opening["hazard"] |= {
            "type": ["rockfall", "fallen_tree"][number % 2],
            "types": ["snowdrift"] if number % 3 else [],
            "cause": [None, "natural"][number % 2],
        }
        incident = await other.opened(opening)
        for hour, step in list(enumerate(("cleared", "reopened"), start=number))[: number % 3]:
            await other.appended(incident, entry(step, f"{at}T{9 + hour:02}:12:00+08:00"))


async def rows_of(
    person: Person, path: str, asked: Mapping[str, Any] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Every row of a list."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await person.read(path, params={"limit": "100", **asked} | cursor)
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        cursor = {"cursor": page["next_cursor"]}
