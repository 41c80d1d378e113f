"""What is asked of the lists is answered rightly or refused by name: never an empty answer to what
can't be meant."""

from typing import Any, Final

import pytest

from tests.documented import document
from tests.lists.many import LISTS
from tests.users import API, Person, identification, release, road_hazard

OF_ALL: Final = {
    "region": (["1504", "150425", "150000"], ["99", "160000", "00", "1", "赤峰", "1504x"]),
    "station": (["150425"], ["999999", "15", "x"]),
    "from": (["2024-07-01", "2024-07-01T00:00:00+08:00"], ["2024-13-01", "2024-07-01T00:00:00"]),
    "to": (["2024-12-31", "2024-12-31T00:00:00Z"], ["yesterday", "2024-02-30", "0001-01-01x"]),
    "bbox": (
        ["117,43,118,44", "-180,-90,180,90"],
        ["118,43,117,44", "117,44,118,43", "117,43,118", "43,117,44,118", "nan,43,118,44"],
    ),
    "near": (["117.5,43.5"], ["43.5,117.5", "117.5", "117.5,nan", "inf,43", "117.5;43.5"]),
    "radius_m": (["50000"], ["0", "-1", "nan", "inf", "1000001", "5km"]),
    "q": (["大局子林场", "响水", "普通鸬鹚"], ["", " ", "\u200b"]),
    "limit": (["1", "500"], ["0", "501", "-1", "x"]),
    "cursor": ([], ["x", "", "WzFd", "bnVsbA", "WyIyMDI0LTA3LTI5Il0"]),
    "order": (["newest", "oldest"], ["desc", "found_at"]),
    "format": (["json", "geojson"], ["pdf", "GeoJSON"]),
    "fields": (["station", "case_number,station"], ["", "caseNumber", "station,"]),
    "labels": (["zh", "en"], ["fr", "ZH"]),
    "count": (["exact", "estimated"], ["true", "5"]),
    "duplicates": (["exclude", "include"], ["true", "only"]),
}
"""Of each parameter, what finds the one record there is in each list, and what is refused."""

_SPECIES: Final = {
    "mark": (["CN-A1234", "cn a 1234", "ring:cna1234"], ["", " ", "-", "\u200b"]),
    "species": (["phalacrocorax_carbo"], ["普通鸬鹚", "canis_lupos", ""]),
    "protection": (["sanyou"], ["三有", "class_2"]),
}
OF_ONE: Final[dict[str, dict[str, tuple[list[str], list[str]]]]] = {
    "/incidents": _SPECIES
    | {
        "kind": (["rescue"], ["Rescue", "snare"]),
        "state": (["resolved"], ["done"]),
        "overdue": (["true"], ["maybe"]),
    },
    "/animals": _SPECIES | {"state": (["released"], ["free"])},
    "/releases": _SPECIES,
    "/hazards": {
        "type": (["rockfall"], ["rock"]),
        "state": (["discovered"], ["found"]),
        "passability": (["blocked"], ["closed"]),
    },
}

# What says something of a road in the north-east, where the other records are in the west.
OF_HAZARDS: Final = {
    "region": ["1507", "150723"],
    "station": ["150723"],
    "bbox": ["122,50,123,51"],
    "near": ["122.35,50.62"],
    "q": ["防火公路"],
}

TOGETHER: Final = [
    ({"from": "2024-07-03", "to": "2024-07-02"}, "to"),
    ({"from": "2024-07-02T12:00:00Z", "to": "2024-07-02T12:00:00Z"}, "to"),
    ({"near": "117,43"}, "radius_m"),
    ({"radius_m": "1000"}, "near"),
]


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    """One in each list; two incidents."""
    bird = await officer.opened()
    await officer.appended(bird, identification())
    await officer.appended(bird, release(ring_number="CN-A1234"))
    await other_officer.opened(road_hazard())


def asked(name: str, value: str) -> dict[str, str]:
    """The parameter, with what has to stand beside it."""
    if name == "near":
        return {name: value, "radius_m": "50000"}
    return {"near": "117.5,43.5", name: value} if name == "radius_m" else {name: value}


def test_the_table_has_every_parameter_of_every_list() -> None:
    for path in LISTS:
        parameters = document()["paths"][f"{API}{path}"]["get"]["parameters"]
        assert {one["name"] for one in parameters} == {*OF_ALL, *OF_ONE[path]}, path


async def test_what_can_be_meant_finds_what_is_there(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    for path in LISTS:
        table = OF_ALL | OF_ONE[path]
        for name, (good, _) in table.items():
            values = OF_HAZARDS.get(name, good) if path == "/hazards" else good
            for value in values:
                if path == "/hazards" and name == "radius_m":
                    continue
                with subtests.test(path=path, name=name, value=value):
                    answer = await auditor.get(path, params=asked(name, value))
                    assert answer.status_code == 200, answer.text
                    told = answer.json()
                    assert told.get("items") or told.get("features"), told


async def test_what_cannot_be_meant_is_refused_by_name(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    for path in LISTS:
        for name, (_, bad) in (OF_ALL | OF_ONE[path]).items():
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
