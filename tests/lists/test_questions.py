"""What is asked of the lists is answered rightly or refused by name: never an empty answer to what
can't be meant."""

from typing import Any, Final

import pytest

from tests.documented import document
from tests.lists.many import LISTS
from tests.pictures import encoded, noise
from tests.rescues.custody import transfer
from tests.uploading import until_shown
from tests.users import API, Person, entry, identification, release, rescue, road_hazard

SQUARE: Final = (
    '{{"type":"Polygon","coordinates":[[[{0},{1}],[{2},{1}],[{2},{3}],[{0},{3}],[{0},{1}]]]}}'
)

OF_ALL: Final = {
    "region": (["1504", "150425", "150000"], ["99", "160000", "00", "1", "赤峰", "1504x"]),
    "station": (["150425"], ["999999", "15", "x"]),
    "from": (["2024-07-01", "2024-07-01T00:00:00+08:00"], ["2024-13-01", "2024-07-01T00:00:00"]),
    "to": (["2098-12-31", "2098-12-31T00:00:00Z"], ["yesterday", "2024-02-30", "0001-01-01x"]),
    "bbox": (
        ["117,43,118,44", "-180,-90,180,90"],
        ["118,43,117,44", "117,44,118,43", "117,43,118", "43,117,44,118", "nan,43,118,44"],
    ),
    "near": (["117.5,43.5"], ["43.5,117.5", "117.5", "117.5,nan", "inf,43", "117.5;43.5"]),
    "radius_m": (["50000"], ["0", "-1", "nan", "inf", "1000001", "5km"]),
    "q": (["大局子林场", "响水", "普通鸬鹚"], ["", " ", "\u200b"]),
    "limit": (["1", "500"], ["0", "501", "-1", "x"]),
    "cursor": ([], ["x", "", "WzFd", "bnVsbA", "WyIyMDI0LTA3LTI5Il0"]),
    "sort": (
        ["time", "-time", "distance", "-distance", "number", "-number"],
        ["newest", "found_at", "", "--time"],
    ),
    "below": (["true", "false"], ["yes", ""]),
    "polygon": (
        [SQUARE.format(117, 43, 118, 44)],
        [
            *("", "{}", "117,43,118,44", '{"type":"Point","coordinates":[117,43]}'),
            SQUARE.format(117, 43, 118, 44).replace("[117,43]]]", "[117,43.1]]]"),
            SQUARE.format(43, 117, 44, 118),
            SQUARE.format(-170, 43, 170, 44),
            SQUARE.format(117, 43, 118, 1e999),
            '{"type":"Polygon","coordinates":[[[117,43],[118,43],[117,43]]]}',
            '{"type":"Polygon","coordinates":[]}',
            '{"type":"Polygon","coordinates":[[' + "[117,43]," * 1000 + "[117,43]]]}",
        ],
    ),
    "updated_since": (["2024-07-01"], ["2024-07-01T00:00:00", "1h", ""]),
    "officer": (["150425001"], ["王", "x y", ""]),
    "responsible": (["150425"], ["999999", "大局子", ""]),
    "source": (["report"], ["phone", ""]),
    "source_known": (["true"], ["yes", ""]),
    "prefecture_known": (["true"], ["1504", ""]),
    "county_known": (["true"], ["150425", ""]),
    "time_known": (["true"], ["found", ""]),
    "missing": (["transfer_receipt"], ["photos", ""]),
    "flag": (["before_found"], ["strange", "names_informant", ""]),
    "overdue": (["true"], ["maybe"]),
    "has_photos": (["true"], ["some"]),
    "format": (["json", "geojson"], ["pdf", "GeoJSON"]),
    "fields": (["station", "case_number,station"], ["", "caseNumber", "station,"]),
    "labels": (["zh", "en"], ["fr", "ZH"]),
    "count": (["exact", "estimated"], ["true", "5"]),
    "duplicates": (["exclude", "include"], ["true", "only"]),
}
"""Of each parameter, what finds the one record there is in each list, and what is refused."""

_SPECIES: Final = {
    "genus": (["Phalacrocorax"], ["phalacrocorax carbo", "鸬鹚", ""]),
    "family": (["鸬鹚科"], ["鸬鹚", "Phalacrocoracidae", ""]),
    "order": (["鲣鸟目"], ["newest", "oldest", "鲣鸟", ""]),
    "class": (["鸟纲"], ["鸟", "aves", ""]),
    "cause": (["weather_soaked"], ["rain", ""]),
    "life_stage": (["unknown"], ["young", ""]),
    "sex": (["unknown"], ["m", ""]),
    "outcome": (["released"], ["free", ""]),
    "strictest_protection": (["sanyou"], ["三有", ""]),
    "species_known": (["true"], ["canis_lupus", ""]),
    "protection_known": (["true"], ["sanyou", ""]),
    "has_mark": (["true"], ["1x"]),
    "mark": (["CN-A1234", "cn a 1234", "ring:cna1234"], ["", " ", "-", "\u200b"]),
    "species": (["phalacrocorax_carbo"], ["普通鸬鹚", "canis_lupos", ""]),
    "protection": (["sanyou"], ["三有", "class_2"]),
}
OF_ONE: Final[dict[str, dict[str, tuple[list[str], list[str]]]]] = {
    "/incidents": _SPECIES
    | {
        "kind": (["rescue"], ["Rescue", "snare"]),
        "state": (["resolved"], ["done"]),
        "by": (["found", "received", "updated", "closed"], ["released", ""]),
    },
    "/animals": _SPECIES
    | {
        "state": (["released"], ["free"]),
        "outcome_all": (["released"], ["free", ""]),
        "by": (["found", "outcome", "received", "updated"], ["closed", ""]),
    },
    "/releases": _SPECIES
    | {
        "method": (["hard"], ["gentle", ""]),
        "by": (["released", "found", "received", "updated"], ["outcome", ""]),
    },
    "/transfers": _SPECIES
    | {
        "outcome": (["transferred"], ["sent", ""]),
        "confirmed": (["false"], ["no!"]),
        "by": (["transferred", "confirmed", "found", "received", "updated"], ["released", ""]),
    },
    "/photos": _SPECIES
    | {
        "about": (["animal"], ["animal:1", "bird", ""]),
        "media_type": (["image/jpeg"], ["jpeg", ""]),
        "photo_flag": (["taken_earlier"], ["released_far_away", "same_picture", "incomplete", ""]),
        "renditions": (["made"], ["done", ""]),
        "by": (["received", "taken", "found", "updated"], ["released", ""]),
    },
    "/hazards": {
        "type": (["rockfall"], ["rock"]),
        "type_all": (["rockfall"], ["rock", ""]),
        "cause_known": (["true"], ["natural", ""]),
        "state": (["clearing"], ["found"]),
        "passability": (["blocked"], ["closed"]),
        "cause": (["natural"], ["rain", ""]),
        "road_category": (["forest_road"], ["forest", ""]),
        "by": (["found", "secured", "cleared", "reopened", "received", "updated"], ["closed", ""]),
    },
}

# What says something of a road in the north-east, where the other records are in the west.
OF_HAZARDS: Final = {
    "region": ["1507", "150723"],
    "station": ["150723"],
    "bbox": ["122,50,123,51"],
    "near": ["122.35,50.62"],
    "q": ["防火公路"],
    "polygon": [SQUARE.format(122, 50, 123, 51)],
    "officer": ["150723001"],
    "responsible": ["150723"],
    "source": ["patrol"],
    "missing": ["photo"],
    "has_photos": ["false"],
}

TOGETHER: Final = [
    ({"from": "2024-07-03", "to": "2024-07-02"}, "to"),
    ({"from": "2024-07-02T12:00:00Z", "to": "2024-07-02T12:00:00Z"}, "to"),
    ({"near": "117,43"}, "radius_m"),
    ({"radius_m": "1000"}, "near"),
    ({"below": "true"}, "station"),
    ({"sort": "distance"}, "near"),
    ({"sort": "-distance"}, "near"),
]


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    """One in each list; two incidents, in both of which something is said to be of before."""
    bird = await officer.opened(rescue(animals=[{"count": 2, "cause": "weather_soaked"}]))
    before = "2024-07-29T10:00:00+08:00"
    await officer.appended(bird, entry("assessment", before, animal=1, condition="weak"))
    await officer.appended(bird, identification())
    await officer.appended(bird, transfer(1, None, count=1))
    await officer.appended(bird, release(ring_number="CN-A1234", count=1))
    early = {"about": "animal:1", "taken_at": "2024-07-20T10:00:00+08:00"}
    content = encoded(noise(40, 30))
    assert (await officer.put_photo(bird, content, None, **early)).status_code == 201
    await until_shown(officer, bird)
    hazard = road_hazard()
    hazard["hazard"]["cause"] = "natural"
    road = await other_officer.opened(hazard)
    await other_officer.appended(road, entry("clearing", before, method="by_hand"))


def asked(name: str, value: str, path: str = "") -> dict[str, str]:
    """The parameter, with what has to stand beside it."""
    is_of_roads = path == "/hazards"
    near = "122.35,50.62" if is_of_roads else "117.5,43.5"
    if name == "near":
        return {name: value, "radius_m": "50000"}
    if value.endswith("distance"):
        return {name: value, "near": near, "radius_m": "50000"}
    if name == "below":
        return {name: value, "station": "150723" if is_of_roads else "150425"}
    return {"near": near, name: value} if name == "radius_m" else {name: value}


def test_the_table_has_every_parameter_of_every_list() -> None:
    for path in LISTS:
        parameters = document()["paths"][f"{API}{path}"]["get"]["parameters"]
        names = {*OF_ALL, *OF_ONE[path]} - ({"has_photos"} if path == "/photos" else set())
        assert {one["name"] for one in parameters} == names, path


async def test_what_can_be_meant_finds_what_is_there(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    for path in LISTS:
        table = OF_ALL | OF_ONE[path]
        if path == "/photos":
            del table["has_photos"]
        for name, (good, _) in table.items():
            values = OF_HAZARDS.get(name, good) if path == "/hazards" else good
            for value in values:
                with subtests.test(path=path, name=name, value=value):
                    answer = await auditor.get(path, params=asked(name, value, path))
                    assert answer.status_code == 200, answer.text
                    told = answer.json()
                    assert told.get("items") or told.get("features"), told


async def test_what_cannot_be_meant_is_refused_by_name(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    for path in LISTS:
        for name, (_, bad) in (OF_ALL | OF_ONE[path]).items():
            if (path, name) == ("/photos", "has_photos"):
                continue
            for value in bad:
                with subtests.test(path=path, name=name, value=value):
                    answer = await auditor.get(path, params=asked(name, value))
                    assert answer.status_code == 400, answer.text
                    assert answer.json()["code"] == "invalid_parameter"
                    assert answer.json()["errors"][0]["field"] == name
        for parameters, field in TOGETHER:
            answer = await auditor.get(path, params=parameters)
            assert answer.status_code == 400, answer.text
            assert answer.json()["errors"][0]["field"] == field
        unknown = await auditor.get(path, params={"specie": "canis_lupus"})
        assert unknown.json()["code"] == "unknown_parameter"


@pytest.mark.parametrize("filtered", [{"species": "canis_lupus"}, {"protection": "sanyou"}])
async def test_a_kind_without_animals_is_asked_for_no_species(
    officer: Person, filtered: dict[str, Any]
) -> None:
    [name] = filtered
    asked = filtered | {"kind": "road_hazard"}
    for language, says in (("en", "has no animals"), ("zh", "该类警情不涉及动物")):
        headers = {"Accept-Language": language}
        answer = await officer.get("/incidents", params=asked, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
        assert answer.json()["errors"][0]["field"] == name
        assert says in answer.text
    assert (await officer.get("/incidents", params=asked | {"kind": "rescue"})).status_code == 200


async def test_a_region_elsewhere_is_no_mistake_since_a_record_may_lie_there_too(
    officer: Person, official: Person
) -> None:
    """Found here and released there: seen by the officials of both."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    site = {"description": "克一河", "region_code": "150723"}
    assert (await official.read("/releases?region=1507"))["items"] == []
    await officer.appended(incident_id, release(site=site))
    [row] = (await official.read("/releases?region=1507"))["items"]
    assert row["region_code"] == "150723"


async def test_a_family_of_another_order_is_refused_by_name(officer: Person) -> None:
    [goose, *_] = (await officer.read("/species", params={"order": "雁形目"}))["items"]
    both = {"order": "雁形目", "family": goose["family"]}
    assert (await officer.read("/species", params=both))["items"]
    answer = await officer.get("/species", params=both | {"family": "鸬鹚科"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "family")
    for region in ("99", "160000"):
        answer = await officer.get("/species", params={"region": region})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "region")
