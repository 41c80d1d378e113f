"""Lists in GDAL, which is what QGIS and its like read with: whole, or not at all."""

import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.database import Database
from tests.lists.many import LISTS, multiply
from tests.serving import serving
from tests.users import API, Person, identification, release, road_hazard
from wildlife.settings import Settings

MANY = 1203

pytestmark = pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="needs gdal-bin")


@pytest.fixture
async def base(
    officer: Person, other_officer: Person, database: Database, settings: Settings
) -> AsyncIterator[str]:
    """The API of a running service that has many of everything."""
    bird, road = await officer.opened(), await other_officer.opened(road_hazard())
    await officer.appended(bird, identification())
    await officer.appended(bird, release())
    for incident_id in (bird, road):
        await multiply(database, incident_id, MANY)
    with serving(settings) as address:
        yield f"{address}{API}"


def run(person: Person, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A program of GDAL that sends somebody's token, as QGIS does where it is told to."""
    environment = os.environ | {
        "GDAL_HTTP_HEADERS": f"Authorization: Bearer {person.access_token}",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    return subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def read_by_gdal(person: Person, address: str, folder: Path) -> list[dict[str, Any]]:
    """The features that `ogr2ogr` finds at an address, without a word of complaint."""
    target = folder / "read.geojson"
    target.unlink(missing_ok=True)
    ended = run(person, "ogr2ogr", "-f", "GeoJSON", str(target), address)
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    features: list[dict[str, Any]] = json.loads(target.read_text("utf-8"))["features"]
    return features


async def test_an_address_given_to_gdal_yields_every_feature_of_every_list(
    auditor: Person, base: str, tmp_path: Path
) -> None:
    for path in LISTS:
        expected = MANY * 2 if path == "/incidents" else MANY
        features = read_by_gdal(auditor, f"{base}{path}?format=geojson", tmp_path)
        assert len({one["id"] for one in features}) == len(features) == expected, path
        assert all(one["geometry"]["type"] == "Point" for one in features)
        said = run(auditor, "ogrinfo", "-ro", "-so", "-al", f"{base}{path}?format=geojson")
        assert f"Feature Count: {expected}" in said.stdout, said
        assert f"Layer name: {path.strip('/')}\n" in said.stdout
        assert said.stderr == ""


async def test_a_layer_that_is_not_all_is_called_so(
    auditor: Person, base: str, tmp_path: Path
) -> None:
    said = run(auditor, "ogrinfo", "-ro", "-so", "-al", f"{base}/releases?format=geojson&limit=500")
    assert "Layer name: releases (not all)\n" in said.stdout
    assert "Feature Count: 500\n" in said.stdout


async def test_a_list_that_breaks_off_in_the_middle_is_no_layer(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    async with database.writing() as connection:
        await connection.execute("analyze incident")
        # Of a page behind the first, whose rows alone are counted before.
        await connection.execute(
            """
            update incident set document = jsonb_set(document, '{missing}', '5')
            where incident_id = (select incident_id from incident order by found_at, incident_id
                limit 1)
            """
        )
    address = f"{base}/incidents?format=geojson"
    headers = {"Authorization": f"Bearer {auditor.access_token}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
            await client.get(address)
    said = run(auditor, "ogrinfo", "-ro", "-so", "-al", address)
    assert said.returncode != 0, said
    assert "Feature Count" not in said.stdout
    assert settings.log_file is not None
    assert "list_broken_off" in settings.log_file.read_text("utf-8")


async def test_gdal_is_told_of_a_question_that_is_refused(auditor: Person, base: str) -> None:
    for query in ("format=geojson&station=999999", "format=geojson&form=x"):
        said = run(auditor, "ogrinfo", "-ro", "-so", "-al", f"{base}/releases?{query}")
        assert said.returncode != 0, said
        assert "Feature Count" not in said.stdout


async def test_who_asks_for_parts_of_a_list_as_of_a_file_gets_no_layer(
    auditor: Person, base: str
) -> None:
    said = run(auditor, "ogrinfo", "-ro", "-so", "-al", f"/vsicurl/{base}/releases?format=geojson")
    assert said.returncode != 0, said
    assert "Feature Count" not in said.stdout
