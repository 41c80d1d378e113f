"""Every filter of every list once more, in plain Python, over what its reader is told; with values
that find something, and values that find nothing."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from tests.lists.areas import POLYGONS, in_box, in_polygon, is_near
from tests.lists.world import Row

ZONE: Final = ZoneInfo("Asia/Shanghai")
ABOVE: Final = "1504001"
"""The unit above that of the officer."""

Json = dict[str, Any]
Value = str | list[str]


class Filter(NamedTuple):
    """What asks for something, and whether a row is it, or one of its animals."""

    values: list[Mapping[str, Value]]
    """Each as the parameters that ask for it."""
    holds: Callable[[Any, Any], bool]
    """Of a row and all that is asked: of two periods, `by` is said once."""
    of_animals: bool = False
    only: tuple[str, ...] = ()
    """Of which lists; none: of all."""


def _each(name: str, *values: Value) -> list[Mapping[str, Value]]:
    return [{name: value} for value in values]


def _any_of(name: str, told: Callable[[Any], Any], *values: Value, **how: Any) -> Filter:
    """One value or several, of which what is told is one, or has one."""

    def holds(row: Any, asked: Mapping[str, Value]) -> bool:
        given, said = asked[name], told(row)
        wanted = {given} if isinstance(given, str) else {*given}
        return not wanted.isdisjoint(said if isinstance(said, list | set) else [said])

    return Filter(_each(name, *values), holds, **how)


def _all_of(name: str, told: Callable[[Any], set[str]], *values: Value, **how: Any) -> Filter:
    """One value or several, which what is told has all."""

    def holds(row: Any, asked: Mapping[str, Value]) -> bool:
        given = asked[name]
        return ({given} if isinstance(given, str) else {*given}) <= told(row)

    return Filter(_each(name, *values), holds, **how)


def _whether(name: str, told: Callable[[Any], bool], **how: Any) -> Filter:
    return Filter(
        _each(name, "true", "false"),
        lambda row, asked: told(row) == (asked[name] == "true"),
        **how,
    )


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _moment(text: str, *, end: bool = False) -> datetime:
    if len(text) > len("2024-08-04"):
        return datetime.fromisoformat(text)
    return datetime.fromisoformat(text).replace(tzinfo=ZONE) + timedelta(days=end)


TIMES: Final[Mapping[str, Mapping[str, Callable[[Row], str | None]]]] = {
    "/incidents": {"closed": lambda row: (row.incident["closing"] or {}).get("closed_at")},
    "/animals": {"outcome": lambda row: row.item["outcome_at"]},
    "/releases": {"released": lambda row: row.item["released_at"]},
    "/transfers": {
        "transferred": lambda row: row.item["transferred_at"],
        "confirmed": lambda row: row.item["confirmed_at"],
    },
    "/hazards": {
        name: partial(lambda name, row: row.item[f"{name}_at"], name)
        for name in ("secured", "cleared", "reopened")
    },
    "/photos": {
        "received": lambda row: row.item["received_at"],
        "taken": lambda row: row.item["taken_at"],
    },
}
"""What each list tells of times of its own."""
_OF_ALL: Final[Mapping[str, Callable[[Row], str | None]]] = {
    "found": lambda row: row.listed["found_at"],
    "received": lambda row: row.listed["received_at"],
    "updated": lambda row: row.listed["updated_at"],
}
_USUAL: Final = {"/releases": "released", "/transfers": "transferred", "/photos": "received"}
OWN: Final = {path: _USUAL.get(path, "found") for path in TIMES}
"""By which each list is ordered."""


def time_of(path: str, row: Row, by: str | None = None) -> datetime | None:
    return _at(({**_OF_ALL, **TIMES[path]})[by or OWN[path]](row))


def _periods(path: str) -> dict[str, Filter]:
    """`from` and `to`, by each of the times."""
    days = ["2024-08-04", "2024-08-13", "2024-08-15T10:00:00+08:00", "2090-01-01"]
    ways = [None, *_OF_ALL, *TIMES[path]]

    def begins(row: Row, asked: Mapping[str, Any]) -> bool:
        at = time_of(path, row, asked.get("by"))
        return at is not None and at >= _moment(asked["from"])

    def ends(row: Row, asked: Mapping[str, Any]) -> bool:
        at = time_of(path, row, asked.get("by"))
        return at is not None and at < _moment(asked["to"], end=True)

    asked = [{"by": by} if by else {} for by in dict.fromkeys(ways)]
    return {
        "from": Filter([{"from": day} | by for by in asked for day in days], begins),
        "to": Filter([{"to": day} | by for by in asked for day in days], ends),
    }


def _is_region_known(row: Row, digits: int) -> bool:
    code: str = row.item["region_code"]
    return len(code) >= digits and code[digits - 2 : digits] != "00"


def _is_time_known(path: str) -> Filter:
    """By each of the times."""

    def holds(row: Row, asked: Mapping[str, Any]) -> bool:
        is_known = time_of(path, row, asked.get("by")) is not None
        return is_known is (asked["time_known"] == "true")

    ways = [{"by": by} for by in dict.fromkeys([*_OF_ALL, *TIMES[path]])]
    return Filter([{"time_known": one} | by for by in ways for one in ("true", "false")], holds)


def _badges(row: Row) -> set[str]:
    incident = row.incident
    named = {incident["opened_by"]["badge"], *incident["officers"]}
    for one in (incident["responsible"], *incident["responsible_before"]):
        if one["officer"] is not None:
            named.add(one["officer"]["badge"])
    for animal in incident.get("animals", []):
        for release in animal["releases"]:
            named |= {*release["officers"]}
    return named


def _codes(row: Row, name: str) -> set[str]:
    return {one["code"] for one in row.incident[name]}


def _outcomes(animal: Json) -> set[str]:
    return {one["outcome"] for one in animal["outcomes"]}


_ANIMALS: Final = ("/incidents", "/animals", "/releases", "/transfers", "/photos")
_of: Final[dict[str, Any]] = {"of_animals": True, "only": _ANIMALS}


def filters(path: str, taxa: Mapping[str, Json], updated: list[str]) -> dict[str, Filter]:
    """All filters of a list. taxa: of the register, by id. updated: when records changed."""

    def rank(name: str, *values: Value) -> Filter:
        def of(animal: Json) -> str | None:
            taxon = taxa.get(animal["species_id"])
            if taxon is None:
                return None
            return str(taxon["scientific_name"].split()[0] if name == "genus" else taxon[name])

        return _any_of(name, of, *values, **_of)

    every = {
        "region": Filter(
            _each("region", "15", "1504", "150723", "11"),
            lambda row, asked: row.item["region_code"].startswith(asked["region"]),
        ),
        "station": Filter(
            _each("station", "150425", "150723", ABOVE),
            lambda row, asked: asked["station"] in row.stations,
        ),
        "below": Filter(
            [{"station": one, "below": "true"} for one in ("150425", "150723", ABOVE)],
            lambda row, asked: bool(
                {asked["station"], *(["150425"] if asked["station"] == ABOVE else [])}
                & row.stations
            ),
        ),
        "responsible": Filter(
            _each("responsible", "150425", "150723", ABOVE),
            lambda row, asked: (
                row.incident["responsible"]["station"]["code"] == asked["responsible"]
            ),
        ),
        "source": _any_of(
            "source",
            lambda row: row.incident["source"],
            *("report", "patrol", "seizure", ["patrol", "report"]),
        ),
        "source_known": _whether("source_known", lambda row: row.incident["source"] is not None),
        "prefecture_known": _whether("prefecture_known", partial(_is_region_known, digits=4)),
        "county_known": _whether("county_known", partial(_is_region_known, digits=6)),
        "time_known": _is_time_known(path),
        **_periods(path),
        "bbox": Filter(_each("bbox", "117.4,43.2,118,44", "122,50,123,51", "10,10,20,20"), in_box),
        "near": Filter(
            [
                {"near": "117.542,43.318", "radius_m": radius}
                for radius in ("20000", "60000", "900000")
            ],
            is_near,
        ),
        "polygon": Filter(_each("polygon", *map(json.dumps, POLYGONS)), in_polygon),
        "updated_since": Filter(
            _each("updated_since", "2024-01-01", "2090-01-01", sorted(updated)[len(updated) // 2]),
            lambda row, asked: (
                datetime.fromisoformat(row.listed["updated_at"]) >= _moment(asked["updated_since"])
            ),
        ),
        "q": Filter(
            _each("q", "围栏", "雨", "rain", "沙"),
            lambda row, asked: asked["q"] in (row.listed["summary"] or ""),
        ),
        "duplicates": Filter(
            _each("duplicates", "exclude", "include"),
            lambda row, asked: asked["duplicates"] == "include" or not row.item["duplicate_of"],
        ),
        "officer": Filter(
            _each("officer", "150425001", "150425002", "150723001", "nobody"),
            lambda row, asked: asked["officer"] in _badges(row),
        ),
        "missing": _any_of(
            "missing",
            lambda row: _codes(row, "missing"),
            *("photo", "transfer_receipt", "quarantine", ["photo", "identification"]),
        ),
        "flag": _any_of(
            "flag",
            lambda row: _codes(row, "flags"),
            *("before_found", "released_far_away", ["before_found", "unknown_region"]),
        ),
        "overdue": _whether("overdue", lambda row: bool(row.incident["overdue"])),
        "has_photos": _whether(
            "has_photos",
            lambda row: bool(row.incident["photos"]),
            only=tuple(one for one in TIMES if one != "/photos"),
        ),
        "kind": _any_of(
            "kind", lambda row: row.item["kind"], "rescue", "road_hazard", only=("/incidents",)
        ),
        "species": _any_of(
            "species",
            lambda animal: animal["species_id"],
            *("canis_lupus", "anser_cygnoid", "grus_japonensis"),
            ["canis_lupus", "phalacrocorax_carbo"],
            **_of,
        ),
        "genus": rank("genus", "Canis", "Phalacrocorax", ["Egretta", "Anser"], "Grus"),
        "family": rank("family", "犬科", "鹭科", ["鸭科", "鸬鹚科"], "鹤科"),
        "order": rank("order", "食肉目", "雁形目", ["雁形目", "鲣鸟目"], "鹤形目"),
        "class": rank("class", "鸟纲", ["哺乳纲", "鸟纲"], "两栖纲"),
        "protection": _any_of(
            "protection",
            lambda animal: animal["protections"],
            *("national_2", "sanyou", "provincial", ["national_1", "sanyou"]),
            **_of,
        ),
        "strictest_protection": _any_of(
            "strictest_protection",
            lambda animal: animal["protection"],
            *("national_2", "sanyou", "provincial", ["national_1", "sanyou"]),
            **_of,
        ),
        "protection_known": _whether(
            "protection_known", lambda animal: animal["protection"] is not None, **_of
        ),
        "species_known": _whether(
            "species_known", lambda animal: animal["species_id"] is not None, **_of
        ),
        **{
            name: _any_of(name, partial(lambda name, one: one[name], name), *values, **_of)
            for name, values in {
                "life_stage": ("adult", "egg", ["juvenile", "egg"]),
                "sex": ("male", "unknown", ["male", "female"]),
            }.items()
        },
        "mark": Filter(
            _each("mark", "cna1", "ring:CN-B 2", "chip:cna1", "CN-C 1"),
            lambda animal, asked: bool(
                {
                    asked["mark"].partition(":")[0] == "chip" and "none",
                    "ring:"
                    + "".join(
                        c for c in asked["mark"].removeprefix("ring:").lower() if c.isalnum()
                    ),
                }
                & {*animal["marks"]}
            ),
            **_of,
        ),
        "has_mark": _whether("has_mark", lambda animal: bool(animal["marks"]), **_of),
        "method": _any_of(
            "method",
            lambda row: row.item["method"],
            *("hard", "self", ["soft", "hard"]),
            only=("/releases",),
        ),
        "confirmed": _whether(
            "confirmed", lambda row: row.item["confirmed"] is not None, only=("/transfers",)
        ),
        "about": _any_of(
            "about",
            lambda row: (row.item["about"] or "").partition(":")[0],
            *("animal", "site", "document"),
            only=("/photos",),
        ),
        "media_type": _any_of(
            "media_type",
            lambda row: row.item["media_type"],
            *("image/jpeg", "image/png", "image/webp"),
            only=("/photos",),
        ),
        "photo_flag": _any_of(
            "photo_flag",
            lambda row: row.item["flags"],
            *("taken_earlier", "taken_elsewhere", ["taken_earlier", "clock_skew"]),
            only=("/photos",),
        ),
        "renditions": _any_of(
            "renditions",
            lambda row: row.item["renditions"],
            *("made", "pending", ["made", "unreadable"]),
            only=("/photos",),
        ),
        "type": _any_of(
            "type",
            lambda row: row.item["types"],
            *("rockfall", "flooding", ["ice", "rockfall"]),
            only=("/hazards",),
        ),
        "type_all": _all_of(
            "type_all",
            lambda row: {*row.item["types"]},
            *(["rockfall"], ["flooding"], ["ice", "rockfall"]),
            only=("/hazards",),
        ),
        "cause_known": _whether(
            "cause_known", lambda row: row.item["cause"] is not None, only=("/hazards",)
        ),
        "outcome_all": _all_of(
            "outcome_all",
            _outcomes,
            *(["in_care"], ["released", "died_in_care"], ["in_care", "transferred"]),
            of_animals=True,
            only=("/animals",),
        ),
        "passability": _any_of(
            "passability",
            lambda row: row.item["passability"],
            *("blocked", "open", ["partly", "open"]),
            only=("/hazards",),
        ),
        "road_category": _any_of(
            "road_category",
            lambda row: row.item["road_category"],
            *("forest_road", "county", ["national", "forest_road"]),
            only=("/hazards",),
        ),
    }
    match path:
        case "/hazards":
            states = ("discovered", "cleared", ["secured", "cleared"])
            every["state"] = _any_of("state", lambda row: row.item["state"], *states)
            causes = ("natural", "other", ["natural", "accident"])
            every["cause"] = _any_of("cause", lambda row: row.item["cause"], *causes)
        case _:
            causes = ("injured", "shot", ["trapped", "shot"])
            every["cause"] = _any_of("cause", lambda animal: animal["cause"], *causes, **_of)
    if path == "/incidents":
        states = ("open", "closed", ["resolved", "closed"])
        every["state"] = _any_of("state", lambda row: row.item["state"], *states)
    ends = ("in_care", "escaped", ["released", "transferred"])
    if path == "/animals":
        every["state"] = _any_of("state", _outcomes, *ends, **_of)
    if path == "/transfers":
        every["outcome"] = _any_of("outcome", lambda row: row.item["outcome"], *ends, "allocated")
    else:
        every["outcome"] = _any_of("outcome", _outcomes, *ends, **_of)
    return {name: one for name, one in every.items() if not one.only or path in one.only}


class Asked(NamedTuple):
    """A filter with one of its values."""

    filter: Filter
    value: Mapping[str, Value]


def expected(rows: list[Row], asked: list[Asked]) -> Iterator[Row]:
    """The rows that all of it holds of; of those of several animals, of one of these."""
    of_rows = [one.filter for one in asked if not one.filter.of_animals]
    of_animals = [one.filter for one in asked if one.filter.of_animals]
    all_of_it = {name: value for one in asked for name, value in one.value.items()}
    for row in rows:
        if not all(one.holds(row, all_of_it) for one in of_rows):
            continue
        if not of_animals or any(
            all(one.holds(animal, all_of_it) for one in of_animals) for animal in row.animals
        ):
            yield row
