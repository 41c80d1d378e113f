"""The log: a line of JSON for each thing that happened, and nothing that anybody said."""

import json
import logging
from base64 import b64encode
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar
from litestar.routes import HTTPRoute

from tests.bodies import changed_at, full_entries, full_hazard, full_rescue, leaves
from tests.draws import Draw
from tests.users import Person
from wildlife.app import create_app
from wildlife.people.holders import Holders
from wildlife.settings import Settings
from wildlife.web.log import ServerLogHandler, as_logged, logging_to

SECRET = "机密secret9"
PHONE = "13912345678"


def lines(settings: Settings) -> list[dict[str, Any]]:
    """All that the log says; each of its lines is one object."""
    assert settings.log_file is not None
    return [json.loads(line) for line in settings.log_file.read_text("utf-8").splitlines()]


def require_silence(settings: Settings, *more: str) -> None:
    """That the log repeats none of what was said, in whatever way it may be written."""
    assert settings.log_file is not None
    log = settings.log_file.read_text("utf-8")
    encoded = b64encode(SECRET.encode()).decode()
    for said in (SECRET, "secret9", quote(SECRET), encoded, PHONE, "demo-only", *more):
        assert said not in log, said


def require_told(all_lines: list[dict[str, Any]]) -> None:
    """That each line of a request names it, and the code of what was refused."""
    asked = [one for one in all_lines if one["event"] == "request"]
    assert asked
    ids = {one["request_id"] for one in asked}
    assert len(ids) == len(asked)
    for one in all_lines:
        assert one["level"] in ("info", "warning", "error")
        assert one.get("request_id", asked[0]["request_id"]) in ids
        if one["event"] == "request" and one["path"] != "/docs/{path}":  # a page of its own
            assert ("code" in one) == (one["status"] >= 400), one


def require_every_fault(all_lines: list[dict[str, Any]], answers: list[Response]) -> int:
    """That the line of each request names all that is wrong with it, and no field by what somebody
    typed: so many are told."""
    told = {one["request_id"]: one for one in all_lines if one["event"] == "request"}
    count = 0
    for answer in answers:
        faults = answer.json().get("errors", [])
        errors = told[answer.headers["x-request-id"]].get("errors", [])
        assert [one["code"] for one in errors] == [fault["code"] for fault in faults]
        for one, fault in zip(errors, faults, strict=True):
            known, _, typed = one["field"].partition("…")
            assert fault["field"].startswith(known), (one, fault)
            assert typed == ""
            if one["field"].endswith("…"):
                assert fault["code"] in ("unknown_field", "unknown_parameter", "invalid_value")
            else:
                assert one["field"] == fault["field"]
        count += len(errors)
    return count


async def test_the_line_of_a_refusal_names_all_that_is_wrong(
    officer: Person, settings: Settings
) -> None:
    body = deepcopy(full_rescue()) | {SECRET: 1, "found_at": "yesterday", "source": SECRET}
    body["animals"][0] |= {"sex": "drake", f"a.b[13].{PHONE}": PHONE}
    del body["place"]["point"]["datum"]
    refused = await officer.post("/incidents", body)
    assert refused.status_code == 422
    [line] = [one for one in lines(settings) if one.get("errors")]
    assert sorted((one["field"], one["code"]) for one in line["errors"]) == [
        ("animals[0].sex", "unknown_code"),
        ("animals[0].…", "unknown_field"),
        ("found_at", "invalid_time"),
        ("place.point.datum", "missing_field"),
        ("source", "unknown_code"),
        ("…", "unknown_field"),
    ]
    await officer.get(f"/animals?limit=0&{SECRET}=1")
    await officer.get("/animals?limit=0&order=best")
    require_silence(settings)


async def test_no_field_of_any_body_is_repeated_by_the_log(
    officer: Person, settings: Settings
) -> None:
    answers = []
    incidents = {"rescue": full_rescue(), "hazard": full_hazard()}
    for body in incidents.values():
        assert (await officer.post("/incidents", body)).status_code == 201
    rescue_id, other_id = incidents["rescue"]["id"], incidents["hazard"]["id"]
    for body in incidents.values():
        for path in leaves(body):
            sent = changed_at(body, path, SECRET) | {"id": str(uuid4())}
            answers.append(await officer.post("/incidents", sent))
    for entry in full_entries():
        named = entry | ({"duplicate_of": other_id} if "duplicate_of" in entry else {})
        for path in leaves(named):
            sent = changed_at(named, path, SECRET) | {"id": str(uuid4())}
            if sent.get("entry_id") is ...:
                sent["entry_id"] = rescue_id
            answers.append(await officer.post(f"/incidents/{rescue_id}/entries", sent))
    await officer.post("/session", {"badge": SECRET, "password": SECRET})
    await officer.post("/session", {"badge": "150425001", "password": SECRET})
    await officer.post("/session/refresh", {"refresh_token": SECRET})
    await officer.post("/receipts", {"ids": [SECRET], "sha256": [SECRET]})
    require_silence(settings, officer.access_token, officer.refresh_token, "王建国", "13800000000")
    told_of = lines(settings)
    require_told(told_of)
    assert len(told_of) > 300
    assert require_every_fault(told_of, answers) > 200


def routes(app: Litestar) -> list[tuple[str, str, list[str]]]:
    """Each method of each path, with the names of its parameters in the query."""
    return [
        (method, route.path_format, list(app.state.query_parameters[route.path_format, method]))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.route_handler_map
        if method != "OPTIONS" and (method, route.path) != ("DELETE", "/api/v1/session")
    ]


def headers() -> dict[str, str]:
    """Every header that is read, with something that nobody else is to know."""
    encoded = b64encode(SECRET.encode()).decode()
    plain = ["Accept", "Accept-Language", "Cookie", "Origin", "User-Agent", "If-None-Match"]
    tus = ["Upload-Length", "Upload-Offset", "Upload-Checksum"]
    return {
        **dict.fromkeys([*plain, *tus, "Content-Type", "X-Request-Id"], f"secret9 {PHONE}"),
        "Tus-Resumable": "1.0.0",
        "Upload-Metadata": f"caption {encoded},incident_id {encoded},filename {encoded}",
    }


async def test_no_parameter_and_no_header_of_any_call_is_repeated_by_the_log(
    officer: Person, settings: Settings, draw: Draw
) -> None:
    tokens = {"theirs": officer.access_token, "nobody's": SECRET.encode().hex()}
    app = create_app(settings)
    known = str(uuid4())
    async with (
        app.lifespan(),
        AsyncClient(
            transport=ASGITransport(app, raise_app_exceptions=False),  # type: ignore[arg-type]
            base_url="http://wildlife.test",
        ) as client,
    ):
        for whose, token in tokens.items():
            for method, path, parameters in routes(app):
                for value in (SECRET, known):
                    at = path
                    while "{" in at:
                        before, _, rest = at.partition("{")
                        at = before + quote(value) + rest.partition("}")[2]
                    sent = headers() | {"Authorization": f"Bearer {token}"}
                    names = [*parameters, SECRET]
                    some = draw.some(
                        names,
                        (len(names) + 3) // 4,
                        method,
                        path,
                        whose,
                        "" if value is known else value,
                    )
                    for query in ({}, *({name: SECRET} for name in some)):
                        await client.request(
                            method, at, params=query, headers=sent, content=SECRET.encode()
                        )
        for at in (f"/{SECRET}", f"/api/v1/{SECRET}?q={SECRET}", f"/docs/{SECRET}"):
            await client.get(at)
            await client.request("BREW", at)
    require_silence(settings, *tokens.values())
    told_of = lines(settings)
    require_told(told_of)
    paths = {one["path"] for one in told_of if one["event"] == "request"}
    assert f"/api/v1/incidents/{known}" in paths
    assert {"none", "/api/v1/species/{species_id}"} <= paths


async def test_a_fault_of_ours_is_one_line_with_its_traceback_and_no_value_of_it(
    officer: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Holders, token: str) -> None:
        try:
            int(token + SECRET)
        except ValueError as error:
            raise RuntimeError(f"{SECRET}\n{token}") from error

    monkeypatch.setattr(Holders, "holder_of", fail)
    answer = await officer.get("/session")
    assert answer.status_code == 500
    of_it = [one for one in lines(settings) if one.get("request_id") == answer.json()["request_id"]]
    fault, request = of_it
    said = fault["event"], fault["level"], fault["code"]
    assert said == ("internal_error", "error", "internal_error")
    assert (request["event"], request["code"]) == ("request", "internal_error")
    assert "in authenticate" in fault["exception"]
    assert "ValueError" in fault["exception"].split("RuntimeError")[0]
    require_silence(settings, officer.access_token)


async def test_what_the_parts_of_the_service_say_is_one_line_of_the_same_form(
    tmp_path: Path,
) -> None:
    handler, path = ServerLogHandler(), tmp_path / "service.log"
    loggers = [logging.getLogger(name) for name in ("_granian", "asyncpg.pool", "multipart")]
    with logging_to(path):
        for logger in loggers:
            logger.addHandler(handler)
            try:
                logger.warning("went away\nfuture: <Task exception=%r>", SECRET)
            finally:
                logger.removeHandler(handler)
    said = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(one["event"], one["message"], one.get("logger")) for one in said] == [
        ("server", "went away", None),
        ("library", "went away", "asyncpg.pool"),
        ("library", "went away", "multipart"),
    ]
    assert SECRET not in path.read_text("utf-8")


def test_an_exception_says_what_it_is_and_no_value_that_it_repeats() -> None:
    taken = asyncpg.UniqueViolationError(SECRET)
    taken.table_name, taken.constraint_name, taken.message = "account", "account_badge", SECRET
    full = asyncpg.TooManyConnectionsError("sorry, too many clients already")
    full.message = "sorry, too many clients already"
    assert as_logged(ValueError(SECRET)) == "ValueError"
    undecodable = UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET)
    assert as_logged(undecodable) == "UnicodeDecodeError"
    assert as_logged(OSError(28, "No space left on device")) == (
        "OSError: [Errno 28] No space left on device"
    )
    assert as_logged(taken) == (
        "asyncpg.exceptions.UniqueViolationError: 23505 account account_badge"
    )
    assert as_logged(full).endswith(
        "TooManyConnectionsError: 53300 sorry, too many clients already"
    )
