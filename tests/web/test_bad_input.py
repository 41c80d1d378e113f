"""Bad input gets a sentence that says what is wrong and what would be right; nothing changes."""

import json
import re
import socket
from itertools import combinations
from typing import Any, Final
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from db.database import Database
from tests.documented import application, document
from tests.serving import client_of, serving
from tests.users import API, Person, entry, rescue, road_hazard, whose
from tests.web.wrong import WRONG_ENTRIES, WRONG_OPENINGS, changed
from wildlife.kinds import KINDS
from wildlife.rescues.codes import Cause, Outcome
from wildlife.settings import Settings
from wildlife.web.catalogue import CATALOGUE, RETIRED
from wildlife.web.decoding import decode
from wildlife.web.problems import MOST_TOLD, Problem


def _address(base: str) -> tuple[str, int]:
    host, _, port = base.removeprefix("http://").partition(":")
    return host, int(port)


def at(body: Any, pointer: str) -> Any:
    """What a body has where a JSON Pointer leads to; nothing: None."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/")
        body = body[int(name)] if isinstance(body, list) else body.get(name)
    return body


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("克什克腾旗", ["150425"]),
        ("赤峰", ["150400"]),
        ("内蒙古", ["150000"]),
        ("巴林", ["150422", "150423"]),
        ("1504", ["150400"]),
        ("１５０４２５", ["150425"]),
        ("15O425", ["150425"]),
        ("1504 25", ["150425"]),
        ("1504255555255", []),
        ("某地", []),
    ],
)
async def test_a_region_by_its_name_or_with_a_slip_is_told_which_may_be_meant(
    officer: Person, given: str, meant: list[str]
) -> None:
    place = {"description": "林场", "region_code": given}
    answer = await officer.post("/incidents", rescue(place=place))
    [error] = answer.json()["errors"]
    assert [one["code"] for one in error.get("did_you_mean", [])] == meant
    whole = [code.removesuffix("00").removesuffix("00") for code in meant]
    asked = await officer.get("/animals", params={"region": given})
    if asked.status_code == 400:
        [error] = asked.json()["errors"]
        assert [one["code"] for one in error.get("did_you_mean", [])] == whole
    else:
        assert given == "1504"


async def test_a_wrong_opening_is_answered_with_its_field_and_what_would_be_right(
    officer: Person, subtests: pytest.Subtests
) -> None:
    for path, value, code, field, says in WRONG_OPENINGS:
        with subtests.test(path=path, value=value):
            body = changed(rescue(), path, value)
            answer = await officer.post("/incidents", body)
            problem = answer.json()
            assert answer.status_code == problem["status"] == CATALOGUE[code].status, problem
            assert answer.headers["content-type"].startswith("application/problem+json")
            assert problem["code"] == code
            assert problem["type"] == f"urn:wildlife:problem:{code}"
            assert problem["errors"][0]["field"] == field
            assert says in problem["detail"], problem["detail"]
            if value is not ... and code != "unknown_field":
                sent = at(body, problem["errors"][0]["pointer"])
                short = sent if len(str(sent)) < 400 else f"{sent[:99]}…"
                assert problem["errors"][0].get("given") == short
            assert (await officer.read("/incidents"))["items"] == []


async def test_all_that_is_wrong_with_a_body_is_told_in_one_answer(officer: Person) -> None:
    body = rescue(
        sourse="x", found_at="2024-07-29T15:20:00", officers=["张三", "150425001", "李四"]
    )
    body["animals"] = [{"count": "2", "cause": "雨淋失温"}, {"colour/size": 3, "count": 0}]
    body["place"]["point"] = {"latitude": 117.5, "longitude": 43.3}
    problem = (await officer.post("/incidents", body)).json()
    told = {error["pointer"]: error["code"] for error in problem["errors"]}
    assert told == {
        "/sourse": "unknown_field",
        "/found_at": "time_without_offset",
        "/officers/0": "invalid_value",
        "/officers/2": "invalid_value",
        "/animals/0/count": "wrong_type",
        "/animals/0/cause": "unknown_code",
        "/animals/1/colour~1size": "unknown_field",
        "/animals/1/count": "invalid_value",
        "/place/point/latitude": "invalid_value",
        "/place/point/datum": "missing_field",
    }
    assert problem["code"] == problem["errors"][0]["code"]
    assert problem["detail"].startswith("10 things are wrong. ")
    for error in problem["errors"]:
        assert error.get("given") == at(body, error["pointer"])
        assert error["detail"]
    [cause] = [error for error in problem["errors"] if error["pointer"] == "/animals/0/cause"]
    meant = Cause.WEATHER_SOAKED
    assert cause["did_you_mean"] == [{"code": meant, "zh": meant.zh, "en": meant.en}]
    assert [one["code"] for one in cause["codes"]] == list(Cause)


async def test_rules_that_need_nothing_of_each_other_are_told_together(officer: Person) -> None:
    body = rescue(place={}, summary="   ", found_at="2090-01-01T00:00:00Z")
    problem = (await officer.post("/incidents", body)).json()
    assert [error["field"] for error in problem["errors"]] == ["found_at", "summary", "place"]
    assert (problem["code"], problem["errors"][1]["code"]) == ("time_in_future", "invalid_value")


INVISIBLE: Final = [
    *"\u3164\uffa0\u2800\u115f\u1160\u17b4\u17b5\ufe0f\u0301\ufffd\ufdd0\ufffe\ue000\u200b",
    "\u3164 \u0301",
]


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
async def test_what_nobody_can_see_is_not_taken_as_text(officer: Person, text: str) -> None:
    await require_refused(officer, text, "text that can be read")


@pytest.mark.parametrize("control", "\x07\x1b\x7f\x85\u202e\u202b\u2067", ids=ascii)
async def test_no_text_has_characters_that_make_a_reader_see_another(
    officer: Person, control: str
) -> None:
    await require_refused(officer, f"环{control}1234", "text without control characters")


async def require_refused(officer: Person, text: str, expected: str) -> None:
    """By name, wherever a text may stand."""
    mark = {"kind": "other", "number": f"{text}A1"}
    for path, body in (
        ("summary", rescue(summary=text)),
        ("place.description", rescue(place={"description": text, "region_code": "150425"})),
        ("informant.name", rescue(informant={"name": text})),
        ("animals[0].reported_as", rescue(animals=[{"reported_as": text}])),
        ("animals[0].marks[0].number", rescue(animals=[{"marks": [mark]}])),
    ):
        if path.endswith("number") and "control" not in expected:
            continue  # beside a letter it is the number of a mark
        answer = await officer.post("/incidents", body)
        assert answer.status_code == 422, (path, answer.text)
        [error] = answer.json()["errors"]
        assert (error["field"], error["expected"]) == (path, expected)
    incident = await officer.opened()
    for body in (
        entry("note", note=text),
        entry("informant", informant={"name": text}),
        entry("amendment", entry_id=incident, changes={"summary": text}),
    ):
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.status_code == 422, (body, answer.text)
        assert answer.json()["errors"][0]["expected"] == expected


@pytest.mark.parametrize(
    "text",
    ["两行\n\t字", "👍", "？", "𮯰", "\u202d13947600001\u202c", "ᠮᠣᠩᠭᠣᠯ", "\ue000号"],
    ids=ascii,
)
async def test_what_people_write_and_phones_copy_is_taken(officer: Person, text: str) -> None:
    incident = await officer.opened(rescue(summary=text))
    assert (await officer.read(f"/incidents/{incident}"))["summary"] == text


async def test_a_time_that_can_not_be_is_told_beside_what_is_no_record(officer: Person) -> None:
    animals = [{"count": "2"}]
    body = rescue(found_at="1900-01-01T00:00:00Z", summary="", animals=animals)
    body["call"] = {"reported_at": "2204-07-29T15:20:00+08:00"}
    problem = (await officer.post("/incidents", body)).json()
    assert {error["field"]: error["code"] for error in problem["errors"]} == {
        "found_at": "invalid_value",
        "summary": "invalid_value",
        "animals[0].count": "wrong_type",
        "call.reported_at": "time_in_future",
    }


async def test_what_is_wrong_with_a_correction_is_pointed_at_where_it_was_sent(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    changes = {"animals": {"1": {"count": "x"}}}
    answer = await officer.post(
        f"/incidents/{incident_id}/entries",
        entry("amendment", entry_id=incident_id, changes=changes),
    )
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/changes/animals/1/count"


async def test_all_parameters_that_are_wrong_are_told_in_one_answer(officer: Person) -> None:
    problem = (await officer.get("/animals?limit=0&stat=x&protecton=y")).json()
    misspelt = problem["errors"][:2]
    assert [error["field"] for error in problem["errors"]] == ["stat", "protecton", "limit"]
    assert [one["did_you_mean"][0]["code"] for one in misspelt] == ["state", "protection"]
    problem = (await officer.get("/animals?limit=0&radius_m=x&sort=best")).json()
    assert {error["field"] for error in problem["errors"]} == {"limit", "radius_m", "sort"}


async def test_bytes_that_are_not_utf_8_are_refused_by_every_call(officer: Person) -> None:
    incident_id = await officer.opened()
    for path in ("/session", "/session/refresh", "/incidents", "/receipts"):
        for text in (
            '{"id": "狼"}',
            '{"狼": 1}',
            '{"found_at": "昨天"}',
            '{"sex": "雌", "ids": 3}',
        ):
            await require_not_utf_8(officer, path, text)
    for text in ('{"type": "照料"}', '{"type": "note", "note": "狼"}'):
        await require_not_utf_8(officer, f"/incidents/{incident_id}/entries", text)


async def require_not_utf_8(officer: Person, path: str, text: str) -> None:
    answer = await officer.request(
        "POST", path, content=text.encode("gbk"), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json"), (path, text)
    assert "GBK" in answer.json()["detail"]


async def test_no_refusal_repeats_a_password(officer: Person) -> None:
    body = {"badge": "150425001", "password": 12345678, "pasword": "geheim-geheim"}
    answer = await officer.post("/session", body)
    assert answer.status_code == 422
    assert "12345678" not in answer.text
    assert "geheim" not in answer.text


NO_RECORDS = [
    (b"", "empty_body"),
    (b"{", "malformed_json"),
    (b'{"id": "1" "kind": 2}', "malformed_json"),
    (b'{"id": ', "malformed_json"),
    (b"4\x15)", "malformed_json"),
    (b"\xff\xfe", "malformed_json"),
    (b"[" * 100_000, "malformed_json"),
    (b"[]", "wrong_type"),
    (b"null", "wrong_type"),
    (b"{}", "missing_field"),
    (b'{"id": "\\ud800"}', "malformed_json"),
]


async def test_what_is_no_record_at_all_is_named_as_such(
    officer: Person, subtests: pytest.Subtests
) -> None:
    for path in ("/incidents", f"/incidents/{await officer.opened()}/entries"):
        for content, code in NO_RECORDS:
            with subtests.test(path=path, content=content[:20]):
                answer = await officer.request(
                    "POST", path, content=content, headers={"Content-Type": "application/json"}
                )
                problem = answer.json()
                assert answer.status_code == CATALOGUE[code].status, problem
                assert problem["code"] == code


async def test_a_body_over_its_limit_is_refused(officer: Person) -> None:
    answer = await officer.post("/incidents", rescue(summary="x" * 1_000_001))
    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


async def test_a_wrong_entry_is_answered_with_its_field_and_leaves_the_timeline_as_it_was(
    officer: Person, subtests: pytest.Subtests
) -> None:
    incident_id = await officer.opened()
    before = await officer.read(f"/incidents/{incident_id}")
    for body, code, field in WRONG_ENTRIES:
        with subtests.test(type=body["type"], code=code, field=field):
            answer = await officer.post(f"/incidents/{incident_id}/entries", body)
            problem = answer.json()
            assert answer.status_code == CATALOGUE[code].status, problem
            assert problem["code"] == code
            assert problem["errors"][0]["field"] == field
            assert await officer.read(f"/incidents/{incident_id}") == before


async def test_what_was_given_is_not_echoed_without_end(officer: Person) -> None:
    bodies: tuple[Any, ...] = ("x" * 5000, "鸬" * 5000, ["x"] * 5000, {"x": "y" * 5000})
    for endless in bodies:
        for path in ("summary", "animals", "animals.0.cause", "found_at", "source"):
            answer = await officer.post("/incidents", changed(rescue(), path, endless))
            assert answer.is_error or path == "summary"
            assert len(answer.content) < 6000
        for query in ("species", "region", "cursor", "state", "q", "bbox"):
            answer = await officer.get("/animals", params={query: str(endless)})
            assert len(answer.content) < 6000


async def test_a_problem_is_told_in_chinese_to_who_prefers_it(officer: Person) -> None:
    body = changed(rescue(), "animals.0.cause", "rain")
    answer = await officer.request(
        "POST", "/incidents", json=body, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    )
    problem = answer.json()
    assert problem["title"] == "未知代码"
    assert problem["detail"].startswith(
        "救护原因（`animals[0].cause`）填的是“rain”，没有这个代码。可填：`injured`（受伤）、`sick`（病弱）"
    )


WRONG_FILTERS = [
    ({"bbox": "1,2,3"}, "bbox"),
    ({"bbox": "120,40,110,50"}, "bbox"),
    ({"bbox": "110,40,nan,50"}, "bbox"),
    ({"near": "117.5,43.3"}, "radius_m"),
    ({"near": "117.5;43.3", "radius_m": "100"}, "near"),
    ({"radius_m": "100"}, "near"),
    ({"near": "117.5,43.3", "radius_m": "-1"}, "radius_m"),
    ({"from": "last week"}, "from"),
    ({"to": "2024-08-04T00:00:00"}, "to"),
    ({"region": "赤峰"}, "region"),
    ({"limit": "0"}, "limit"),
    ({"limit": "many"}, "limit"),
    ({"cursor": "abc"}, "cursor"),
    ({"cursor": "W10"}, "cursor"),
    ({"format": "shp"}, "format"),
    ({"state": "gone"}, "state"),
]


async def test_a_wrong_filter_is_named(official: Person, subtests: pytest.Subtests) -> None:
    for parameters, field in WRONG_FILTERS:
        for path in ("/incidents", "/animals", "/hazards"):
            with subtests.test(path=path, parameters=parameters):
                answer = await official.get(path, params=parameters)
                problem = answer.json()
                assert answer.status_code == 400, problem
                assert problem["code"] == "invalid_parameter"
                assert problem["errors"][0]["field"] == field
                assert problem["errors"][0]["expected"]


# What can be seen of parameters by themselves, then by what they say, then by what there is.
WRONG_TOGETHER: list[list[tuple[str, str, str]]] = [
    [
        ("limit", "0", "invalid_parameter"),
        ("sort", "best", "invalid_parameter"),
        ("region", "赤峰", "invalid_parameter"),
        ("format", "shp", "invalid_parameter"),
        ("radius_m", "wide", "invalid_parameter"),
        ("q", "\0", "invalid_parameter"),
        ("regoin", "1504", "unknown_parameter"),
        ("staton", "1504", "unknown_parameter"),
    ],
    [
        ("from", "last week", "invalid_parameter"),
        ("to", "2024-08-04T00:00:00", "invalid_parameter"),
        ("bbox", "1,2,3", "invalid_parameter"),
        ("radius_m", "100", "invalid_parameter"),
    ],
    [
        ("station", "999999", "invalid_parameter"),
        ("species", "phoenix", "invalid_parameter"),
        ("mark", "-", "invalid_parameter"),
    ],
]


@pytest.mark.parametrize("wrong", WRONG_TOGETHER, ids=["form", "meaning", "register"])
async def test_every_two_filters_that_are_wrong_are_told_together(
    official: Person, wrong: list[tuple[str, str, str]]
) -> None:
    for several in [*combinations(wrong, 2), wrong]:
        answer = await official.get("/animals", params={name: text for name, text, _ in several})
        assert answer.status_code == 400
        told = {one["field"]: one["code"] for one in answer.json()["errors"]}
        # What is wrong with a radius alone is that there is nothing around which it lies.
        named = {"radius_m": "near"} if len(wrong) == 4 else {}
        assert told == {named.get(name, name): code for name, _, code in several}


async def test_chinese_typed_into_an_address_as_it_is_is_understood(
    officer: Person, settings: Settings
) -> None:
    """curl sends it unencoded, over a socket of its own."""
    with serving(settings) as base, socket.create_connection(_address(base)) as wire:
        request = (
            f"GET /api/v1/species?q=鸬鹚 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: Bearer {officer.access_token}\r\n\r\n"
        )
        wire.sendall(request.encode())
        answer = b"".join(iter(lambda: wire.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 200")
    assert answer.count("鸬鹚") >= 6


async def test_a_body_refused_unread_does_not_spoil_the_next_request(
    officer: Person, settings: Settings
) -> None:
    with serving(settings) as base:
        async with client_of(base) as phone:
            for _ in range(20):
                refused = await phone.post("/api/v1/incidents", content=b"x" * 300_000)
                assert refused.status_code == 401
                assert refused.headers["connection"] == "close"
                answer = await phone.get("/healthz")
                assert answer.status_code == 200


async def test_a_misspelt_filter_is_refused_rather_than_ignored(official: Person) -> None:
    answer = await official.get("/releases", params={"protecton": "sanyou"})
    problem = answer.json()
    assert answer.status_code == 400
    assert problem["code"] == "unknown_parameter"
    assert problem["errors"][0]["field"] == "protecton"
    assert "protection" in problem["detail"]


@pytest.mark.parametrize("path", ["/incidents", "/releases", "/session"])
async def test_thousands_of_unknown_parameters_are_not_all_told(officer: Person, path: str) -> None:
    """Each would name all that there are, and those that it is like."""
    several = "&".join(f"p{number}=1" for number in range(5_000))
    answer = await officer.get(f"{path}?{several}")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
    assert [one["field"] for one in answer.json()["errors"]] == [f"p{n}" for n in range(MOST_TOLD)]


def test_what_takes_several_values_is_told_as_a_list() -> None:
    several = {
        (path, method)
        for (path, method), names in application().state.query_parameters.items()
        if any(names.values())
    }
    assert len(several) > 10
    for path, method in several:
        names = application().state.query_parameters[path, method]
        told = document()["paths"][path][method.lower()].get("parameters", [])
        lists = {one["name"] for one in told if "array" in json.dumps(one["schema"])}
        # What is searched by a body has its parameters there.
        assert lists == {name for name, is_list in names.items() if is_list} or not told, path


async def test_a_parameter_that_is_given_twice_is_refused_by_name_on_every_route(
    officer: Person, chief: Person, auditor: Person, subtests: pytest.Subtests
) -> None:
    count = 0
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            declared = operation.get("parameters", [])
            for name in (one["name"] for one in declared if one["in"] == "query"):
                count += 1
                with subtests.test(path=path, method=method, name=name):
                    there = re.sub(r"\{\w+\}", str(uuid4()), path.removeprefix(API))
                    twice = {name: ["a", "b"]}
                    if application().state.query_parameters[path, method.upper()][name]:
                        continue  # any of them will do
                    person = whose(there, officer, chief, auditor)
                    answer = await person.request(method.upper(), there, params=twice)
                    problem = answer.json()
                    assert (answer.status_code, problem["code"]) == (400, "invalid_parameter")
                    [error] = problem["errors"]
                    assert (error["field"], error["given"]) == (name, ["a", "b"])
                    assert error["expected"] == "given once"
    assert count > 80


async def test_a_wrong_code_in_a_filter_is_answered_with_the_codes(official: Person) -> None:
    problem = (await official.get("/animals", params={"state": "gone"})).json()
    [error] = problem["errors"]
    assert (error["field"], error["given"]) == ("state", "gone")
    assert error["expected"] == ", ".join(Outcome)
    assert error["codes"] == [{"code": one, "zh": one.zh, "en": one.en} for one in Outcome]


async def test_a_database_that_went_away_is_no_fault_of_the_client(
    officer: Person, server_url: str, database_url: str
) -> None:
    """The connections break; what was sent is taken when the database is back."""
    body = rescue()
    name = database_url.partition("?")[0].rpartition("/")[2]
    connection = await asyncpg.connect(server_url)
    await connection.execute(f'alter database "{name}" allow_connections false')
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name
    )
    answer = await officer.post("/incidents", body)
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "unavailable"
    assert (await officer.client.get("/readyz")).status_code == 503
    assert (await officer.client.get("/healthz")).status_code == 200
    await connection.execute(f'alter database "{name}" allow_connections true')
    await connection.close()
    assert (await officer.post("/incidents", body)).status_code == 201
    assert (await officer.client.get("/readyz")).status_code == 200


async def test_what_is_not_there_and_what_is_not_yours_look_the_same(
    officer: Person, other_officer: Person
) -> None:
    incident_id = await other_officer.opened(road_hazard())
    strange = await officer.get(f"/incidents/{incident_id}")
    absent = await officer.get("/incidents/01910000-0000-7000-8000-00000000dead")
    assert strange.status_code == absent.status_code == 404
    assert strange.json() | {"request_id": ""} == absent.json() | {"request_id": ""}


async def test_an_address_or_method_that_is_not_there_is_a_problem_too(officer: Person) -> None:
    assert (await officer.get("/nothing")).json()["code"] == "not_found"
    answer = await officer.request("PATCH", "/incidents")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "POST"}


async def test_a_fault_of_ours_is_logged_whole_and_told_without_a_detail(
    officer: Person, database: Database, tmp_path: Any
) -> None:
    async with database.writing() as connection:
        await connection.execute("drop table hazard")
    answer = await officer.get("/hazards")
    assert answer.status_code == 500
    problem = answer.json()
    assert problem["code"] == "internal_error"
    assert "hazard" not in answer.text
    log = (tmp_path / "service.log").read_text()
    assert problem["request_id"] in log
    assert "UndefinedTableError" in log


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=8,
)


@given(st.binary(max_size=200) | json_values.map(msgspec.json.encode))
@examples(max_examples=300, suppress_health_check=list(HealthCheck))
def test_decoding_anything_gives_a_record_or_a_problem(body: bytes) -> None:
    for type_ in (KINDS.opening, KINDS.appendable):
        try:
            decode(body, type_)
        except Problem as problem:
            told = {problem.detail().detail, problem.detail(chinese=True).detail}
        else:
            told = {"a record"}
        assert all(told)


def test_a_code_that_was_retired_means_nothing_else_now() -> None:
    assert not set(RETIRED) & set(CATALOGUE)
    assert RETIRED
