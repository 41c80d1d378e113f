"""For those who run the service: health, metrics, logs, and every word that a record may use."""

import json
import re
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from tests.bodies import ENTRY_TYPES
from tests.users import Person, rescue
from wildlife.words.vocabularies import Code


async def test_health_and_readiness_are_told_to_anybody(client: AsyncClient) -> None:
    health, readiness = await client.get("/healthz"), await client.get("/readyz")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    parts = {"database": "ok", "store": "ok", "disk": "ok"}
    assert (readiness.status_code, readiness.json()) == (200, {"status": "ok"} | parts)


async def test_requests_are_counted_by_route_and_not_by_address(officer: Person) -> None:
    incident_id = await officer.opened()
    await officer.read(f"/incidents/{incident_id}")
    metrics = await officer.client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert (
        'wildlife_requests_total{method="GET",route="/api/v1/incidents/{incident_id}",status="200"}'
        in metrics.text
    )
    assert incident_id not in metrics.text


async def test_a_request_is_one_line_that_names_who_asked_and_no_secret(
    officer: Person, tmp_path: Path
) -> None:
    answer = await officer.post("/incidents", rescue())
    lines = [json.loads(line) for line in (tmp_path / "service.log").read_text().splitlines()]
    [line] = [one for one in lines if one.get("request_id") == answer.headers["x-request-id"]]
    assert line["method"] == "POST"
    assert line["path"] == "/api/v1/incidents"
    assert line["status"] == 201
    assert line["badge"] == "150425001"
    assert line["ms"] > 0
    log = (tmp_path / "service.log").read_text()
    for secret in ("王建国", "13800000000", officer.access_token, "demo-only"):
        assert secret not in log


async def test_a_refused_request_is_observed_like_any_other(
    client: AsyncClient, tmp_path: Path
) -> None:
    answer = await client.get("/api/v1/incidents")
    lines = [json.loads(line) for line in (tmp_path / "service.log").read_text().splitlines()]
    [line] = [one for one in lines if one.get("request_id") == answer.headers["x-request-id"]]
    assert (answer.status_code, line["status"]) == (401, 401)
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_every_code_has_its_label_in_both_languages(officer: Person) -> None:
    words: dict[str, Any] = await officer.read("/vocabularies")
    # … and the kinds of incidents, and the types of entries.
    assert len(words) == len(Code.__subclasses__()) + 2
    assert [one["code"] for one in words["incident_kind"]] == ["rescue", "road_hazard"]
    assert {"code": "sanyou", "zh": "三有", "en": "of ecological, scientific or social value"} in (
        words["protection"]
    )
    assert {"code": "rockfall", "zh": "落石", "en": "rockfall"} in words["hazard_type"]
    assert {one["code"] for one in words["entry_type"]} == {"opening", "photo", *ENTRY_TYPES}
    assert {"code": "release", "zh": "放归", "en": "release"} in words["entry_type"]
    for codes in words.values():
        assert all(one["zh"] and one["en"] for one in codes)
        assert len({one["code"] for one in codes}) == len(codes)


async def test_the_api_describes_itself_without_help_from_outside(client: AsyncClient) -> None:
    page = await client.get("/docs/")
    assert page.status_code == 200
    for address in re.findall(r"""(?:src|href)=["']([^"']+)""", page.text):
        assert address.startswith(("/docs/", "data:")), address
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-standalone-preset.js"):
        assert f"/docs/assets/{asset}" in page.text
        assert (await client.get(f"/docs/assets/{asset}")).status_code == 200
    document = (await client.get("/docs/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["schemas"]["RescueOpening"]["additionalProperties"] is False


async def test_a_stranger_cannot_make_the_counters_grow(client: AsyncClient) -> None:
    for path in ("/healthz", "/api/v1/session", "/teapot"):
        answer = await client.request("BREW", path)
        assert answer.json()["code"] in ("method_not_allowed", "not_found")
    metrics = (await client.get("/metrics")).text
    assert "BREW" not in metrics
    assert "teapot" not in metrics
