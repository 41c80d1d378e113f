"""POST …/search: the GET that it stands for, asked by a body; that it finds the same,
tests/lists/test_filters.py compares for every filter."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.lists.following import next_of
from tests.lists.many import LISTS
from tests.users import API, Person, rescue

AREA = {
    "type": "Polygon",
    "coordinates": [[[117, 43], [118, 43], [118, 44], [117, 44], [117, 43]]],
}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"limit": "5"}, "invalid_parameter", "limit"),
        ({"limit": 501}, "invalid_parameter", "limit"),
        ({"overdue": "true"}, "invalid_parameter", "overdue"),
        ({"flag": "before_found"}, "invalid_parameter", "flag"),
        ({"flag": ["strange"]}, "invalid_parameter", "flag"),
        ({"flag": []}, "invalid_parameter", "flag"),
        ({"region": 1504}, "invalid_parameter", "region"),
        ({"bbox": [117, 43]}, "invalid_parameter", "bbox"),
        ({"polygon": [117, 43]}, "invalid_parameter", "polygon"),
        ({"polygon": AREA | {"type": "Point"}}, "invalid_parameter", "polygon"),
        ({"station": "999999"}, "invalid_parameter", "station"),
        ({"regions": "1504"}, "unknown_parameter", "regions"),
        ({"q": "a\0b"}, "invalid_parameter", "q"),
        ({"from": "2024-08-04", "to": "2024-08-01"}, "invalid_parameter", "to"),
        ({"cursor": "x"}, "invalid_parameter", "cursor"),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_name_as_in_an_address(
    officer: Person, body: dict[str, Any], code: str, field: str
) -> None:
    for path in LISTS:
        answer = await officer.post(f"{path}/search", body)
        assert answer.status_code == 400, (path, answer.text)
        assert answer.json()["code"] == code
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "empty_body"),
        (b"{", 400, "malformed_json"),
        (b"[]", 422, "wrong_type"),
        (b'"q"', 422, "wrong_type"),
        (b'{"q":"' + b"x" * 3_000_000 + b'"}', 413, "body_too_large"),
    ],
)
async def test_what_is_no_body_of_a_search_is_refused(
    officer: Person, content: bytes, status: int, code: str
) -> None:
    answer = await officer.request("POST", "/releases/search", content=content)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


SEVERAL: dict[str, list[Any]] = {
    "fields": ["station", "case_number"],
    "group_by": ["county", "month"],
    "bbox": [117, 42.5, 118, 44],
    "near": [117.5, 43.3],
    "source": ["report", "patrol"],
    "missing": ["receipt", "photo"],
    "flag": ["before_found"],
    "species": ["phalacrocorax_carbo", "canis_lupus"],
    "genus": ["Phalacrocorax", "Canis"],
    "family": ["鸬鹚科", "犬科"],
    "order": ["鲣鸟目", "食肉目"],
    "class": ["鸟纲"],
    "protection": ["sanyou", "national_2"],
    "strictest_protection": ["sanyou"],
    "cause": ["weather_soaked", "sick"],
    "life_stage": ["unknown", "adult"],
    "sex": ["unknown", "male"],
    "outcome": ["released", "transferred"],
    "outcome_all": ["released"],
    "method": ["hard", "soft"],
    "type": ["rockfall", "ice"],
    "type_all": ["rockfall"],
    "road_category": ["forest_road"],
    "passability": ["blocked", "open"],
}
WITH_COMMAS = ("fields", "group_by", "bbox", "near")


async def test_what_is_several_in_an_address_is_a_list_in_a_body(
    auditor: Person, bird: str, subtests: pytest.Subtests
) -> None:
    document = (await auditor.client.get("/docs/openapi.json")).json()
    asked = set[str]()
    for path in document["paths"]:
        if not path.endswith("/search") or "archive" in path:
            continue
        listed = path.removesuffix("/search")
        parameters = document["paths"][listed]["get"]["parameters"]
        for parameter in parameters:
            name, schema = parameter["name"], parameter["schema"]
            if name not in WITH_COMMAS and "array" not in json.dumps(schema):
                continue
            asked.add(name)
            values = SEVERAL.get(name)
            if name in ("state", "cause", "photo_flag") or values is None:
                values = next(enums(document, schema))["enum"][:2]
            beside = {"radius_m": 50_000} if name == "near" else {}
            one_by_one = [(name, str(one)) for one in values]
            if name in WITH_COMMAS:
                one_by_one = [(name, ",".join(map(str, values)))]
            given = [*one_by_one, *((key, str(one)) for key, one in beside.items())]
            with subtests.test(path=path, name=name):
                direct = await auditor.get(listed.removeprefix(API), params=given)
                found = await auditor.post(path.removeprefix(API), {name: values, **beside})
                assert (found.status_code, direct.status_code) == (200, 200), found.text
                assert found.json() == direct.json()
    assert {*WITH_COMMAS, "species", "state", "type"} <= asked


def enums(document: dict[str, Any], schema: Any) -> Iterator[dict[str, Any]]:
    """Every enumeration in a schema."""
    match schema:
        case {"$ref": reference}:
            yield from enums(document, document["components"]["schemas"][reference.split("/")[-1]])
        case {"enum": _}:
            yield schema
        case dict():
            for one in schema.values():
                yield from enums(document, one)
        case list():
            for one in schema:
                yield from enums(document, one)


async def test_a_search_goes_on_by_its_cursor_or_by_its_link_which_is_a_get(
    officer: Person,
) -> None:
    ids = [await officer.opened(rescue(summary=f"第{n}起")) for n in range(5)]
    asked = {"polygon": AREA, "sort": "number", "cause": ["weather_soaked", "sick"], "q": None}
    body = asked | {"limit": 2}
    first = await officer.post("/incidents/search", body)
    cursor = first.json()["next_cursor"]
    second = await officer.post("/incidents/search", body | {"cursor": cursor})
    address = urlsplit(next_of(first) or "")
    assert address.path == f"{API}/incidents"
    by_link = await officer.get("/incidents", params=parse_qsl(address.query))
    assert by_link.json() == second.json()
    third = await officer.post("/incidents/search?limit=3", asked | {"cursor": cursor})
    found = [one["id"] for page in (first, third) for one in page.json()["items"]]
    assert found == ids
    other = await officer.post("/incidents/search", body | {"cursor": cursor, "overdue": True})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (400, "cursor")
    twice = await officer.post("/incidents/search?limit=3", body)
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (400, "limit")
    as_map = await officer.post("/incidents/search", asked | {"format": "geojson"})
    assert [one["id"] for one in as_map.json()["features"]] == ids
    assert as_map.json()["name"] == "incidents"


async def test_a_link_is_no_longer_than_clients_take_in_a_header(officer: Person) -> None:
    """Of an area of a thousand points it would be: 47 KB, of which Node takes no answer."""
    ids = [await officer.opened() for _ in range(3)]
    for points in (50, 990):
        around = [[117 + n / points, 43] for n in range(points)]
        ring = [*around, [118, 44], around[0]]
        body = {"polygon": {"type": "Polygon", "coordinates": [ring]}, "limit": 2}
        first = await officer.post("/incidents/search", body)
        assert (next_of(first) is None) == (points == 990)
        assert len(first.headers.get("link", "")) <= 4000
        following = {"cursor": first.json()["next_cursor"]}
        second = await officer.post("/incidents/search", body | following)
        found = [one["id"] for page in (first, second) for one in page.json()["items"]]
        assert {*found} == {*ids}
