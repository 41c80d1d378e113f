"""Photos of a selection in one archive: whole, each told of in its list, and none that may not be
seen."""

import csv
import io
import re
import shutil
import subprocess
from functools import partial
from math import cos, pi, sin
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import httpx
import pytest
from anyio import to_thread

from db.database import Database
from tests.files import files
from tests.lists.many import multiply
from tests.photos.renditions import settled
from tests.pictures import encoded, noise
from tests.serving import serving
from tests.users import API, Person, rescue
from wildlife.photos.codes import NoPicture
from wildlife.settings import Settings

LIST = "photos.csv"

MANY = 5000
"""More than the network holds of it, so that not all is read at once."""


async def archive_of(person: Person, *, by_body: bool = False, **asked: Any) -> ZipFile:
    if by_body:
        answer = await person.post("/photos/archive/search", asked)
    else:
        answer = await person.get("/photos/archive", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    name = r'attachment; filename="photos-archive-\d{8}-\d{4}\.zip"'
    assert re.fullmatch(name, answer.headers["content-disposition"])
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def listed(archive: ZipFile) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(archive.read(LIST).decode("utf-8-sig")))]


async def test_an_archive_has_the_picture_of_each_photo_and_a_list_of_all(
    officer: Person, tmp_path: Path
) -> None:
    pictures: dict[str, bytes] = {}
    for number in range(3):
        incident = await officer.opened(rescue())
        for seed in range(2):
            await officer.put_photo(incident, encoded(noise(60 + number, 40 + seed)))
        for shown in await settled(officer, incident):
            path = f"/incidents/{incident}/photos/{shown['photo_id']}/screen"
            answer = await officer.get(path, headers={"Accept": "image/jpeg"})
            pictures[shown["photo_id"]] = answer.content
    archive = await archive_of(officer)
    rows = listed(archive)
    assert [row["id"] for row in rows] == [
        one["id"] for one in (await officer.read("/photos"))["items"]
    ]
    assert {row["id"]: archive.read(row["file"]) for row in rows} == pictures
    assert {row["file"] for row in rows} | {LIST} == {*archive.namelist()}
    assert all(row["file"] == f"{row['case_number']}_{row['id']}.jpg" for row in rows)
    one = await archive_of(officer, q=rows[0]["case_number"], labels="zh")
    assert len(one.namelist()) == 3
    assert one.read(LIST).decode("utf-8-sig").startswith("照片编号,")
    if shutil.which("unzip"):
        file = tmp_path / "photos.zip"
        file.write_bytes((await officer.get("/photos/archive")).content)
        await to_thread.run_sync(partial(subprocess.run, ["unzip", "-tqq", file], check=True))


async def test_what_can_not_be_shown_is_told_of_in_the_list_and_the_archive_is_whole(
    officer: Person, settings: Settings, database: Database
) -> None:
    incident = await officer.opened()
    for seed in range(3):
        await officer.put_photo(incident, encoded(noise(60, 40 + seed)))
    await settled(officer, incident)
    lost = [one for one in files(settings.media_dir / "renditions") if "screen.jpeg" in one.name]
    for broken in lost[:2]:
        broken.unlink()
    lost[0].mkdir()  # what is there and can't be read
    rows = await _set_renditions(officer, database, incident)
    archive = await archive_of(officer)
    there = [row["file"] for row in listed(archive) if row["file"]]
    assert len(there) == 1
    assert {*there, LIST} == {*archive.namelist()}
    why = {row["id"]: row["no_picture"] for row in listed(archive)}
    assert {why.pop(photo): photo for photo in rows} == {code: one for one, code in rows.items()}
    assert sorted(why.values()) == ["", "lost", "lost"]
    for language in ("zh", "en"):
        told = listed(await archive_of(officer, labels=language))
        label = {"zh": "缺图原因", "en": "No picture"}[language]
        assert {row[label] for row in told} == {*(getattr(one, language) for one in NoPicture), ""}


async def _set_renditions(officer: Person, database: Database, incident: str) -> dict[str, str]:
    """Three photos more, of which none can be shown, or not yet; why, by their ids."""
    codes = {None: "not_yet", "unreadable": "not_showable", "abandoned": "not_showable"}
    photos = {str(uuid4()): code for code in codes}
    for seed, photo in enumerate(photos):
        await officer.put_photo(incident, encoded(noise(60, 90 + seed)), UUID(photo))
    await settled(officer, incident)
    async with database.writing() as connection:
        for photo, code in photos.items():
            await connection.execute(
                """
                update photo set renditions = $2, renditions_after =
                    case when $2::text is null then now() + interval '1 hour' end
                where photo_id = $1
                """,
                UUID(photo),
                code,
            )
    return {photo: codes[code] for photo, code in photos.items()}


async def test_an_archive_is_asked_for_by_a_body_where_no_address_holds_the_question(
    officer: Person,
) -> None:
    for number in range(2):
        longitude = 117.542 + number
        point = {"longitude": longitude, "latitude": 43.318, "datum": "WGS84"}
        place = {"description": "林场", "region_code": "150425", "point": point}
        incident = await officer.opened(rescue(place=place))
        await officer.put_photo(incident, encoded(noise(60, 40 + number)))
        await settled(officer, incident)
    ring = [
        [117.5 + 0.3 * cos(at * pi / 450), 43.3 + 0.3 * sin(at * pi / 450)] for at in range(900)
    ]
    area = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    asked = {"polygon": area, "labels": "zh", "about": None}
    archive = await archive_of(officer, by_body=True, **asked)
    assert len(archive.namelist()) == 2
    assert [row["警情 UUID"] for row in listed(archive)] != [incident]
    [expected] = (await officer.post("/photos/search", {"polygon": area})).json()["items"]
    assert [row["照片编号"] for row in listed(archive)] == [expected["id"]]
    for wrong in ({"format": "csv"}, {"polygon": [1, 2]}, {"labels": "fr"}):
        refused = await officer.post("/photos/archive/search", wrong)
        assert refused.status_code == 400
        assert [one["field"] for one in refused.json()["errors"]] == [*wrong]


async def test_an_archive_has_no_photo_that_its_reader_may_not_see_and_is_on_record(
    officer: Person, other_officer: Person, auditor: Person
) -> None:
    incident = await officer.opened()
    await officer.put_photo(incident, encoded(noise(60, 40)))
    await settled(officer, incident)
    assert (await archive_of(other_officer)).namelist() == [LIST]
    assert listed(await archive_of(other_officer)) == []
    assert len((await archive_of(officer)).namelist()) == 2
    reads = await auditor.read("/accesses", params={"listed": "photo_archive"})
    assert [one["reading"] for one in reads["items"]] == ["export"] * 3


async def test_one_that_breaks_off_is_taken_for_no_archive(
    officer: Person, settings: Settings, database: Database
) -> None:
    incident = await officer.opened()
    await officer.put_photo(incident, encoded(noise(300, 200)))
    await settled(officer, incident)
    await multiply(database, incident, MANY)
    headers = {"Authorization": f"Bearer {officer.access_token}"}
    with serving(settings) as base:
        async with (
            httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client,
            client.stream("GET", f"{base}{API}/photos/archive") as answer,
        ):
            assert answer.status_code == 200
            pieces = answer.aiter_bytes()
            assert await anext(pieces)
            async with database.writing() as connection:
                await connection.execute("alter table photo rename to gone")
            with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
                async for _ in pieces:
                    pass
