"""What version 0.1 left behind: this version starts on it, serves it, adds to it, and checks it."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copytree
from typing import Any

import asyncpg
import pytest

from db.database import Database
from db.migrations import migrate
from media.vault import open_vault
from tests.fixtures.database import new_database
from tests.tus import PART, TUS
from tests.uploading import service_of
from tests.users import Person, add_account, entry
from wildlife.kinds import KINDS
from wildlife.people.accounts import DEMO_PASSWORD, Tokens
from wildlife.people.codes import Role
from wildlife.photos.receiving import finish_complete
from wildlife.settings import Settings
from wildlife.timeline.incident import FOLD_VERSION
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify

DATA = Path(__file__).parents[1] / "data/version_0_1"

CORMORANT = "01910000-0000-7000-8000-000000000001"
ROCKFALL = "01910000-0000-7000-8000-000000000011"
# What 0.1 took and no version takes any more: a find amended to the year 1; a region code with
# digits of another script, and one with a line break behind it.
ZERO_TIME = "01910000-0000-7000-8000-000000000017"
STRANGE_DIGITS = "01910000-0000-7000-8000-000000000019"
LINE_BREAK = "01910000-0000-7000-8000-000000000020"
UPLOADS: list[dict[str, str]] = json.loads((DATA / "uploads.json").read_text("utf-8"))


@pytest.fixture
def is_all_known() -> bool:
    """What 0.1 took may break the forms of today, and is shown as it was said."""
    return False


@pytest.fixture
async def database_url(server_url: str, template: str, tmp_path: Path) -> AsyncIterator[str]:
    """A database as 0.1 left it, with the tables of today; its files lie in the data folder."""
    assert template, "it is made after the role that the tables are for"
    copytree(DATA / "media", tmp_path / "media")
    (tmp_path / "informants.key").write_bytes((DATA / "informants.key").read_bytes())
    (tmp_path / "informants.key").chmod(0o600)
    async with new_database(server_url, like="template0") as url:
        connection = await asyncpg.connect(url)
        await connection.execute((DATA / "dump.sql").read_text("utf-8"))
        await connection.close()
        await migrate(url)
        yield url


@pytest.fixture
def sessions() -> dict[str, Tokens]:
    """Nobody is signed in there."""
    return {}


async def checked(database: Database, settings: Settings) -> list[Any]:
    """What verifying and rebuilding say of each incident that is not in order."""
    vault, policy = open_vault(settings.key_path), read_policy(None)
    flaws = [flaw async for one in verify(database, KINDS, vault) for flaw in one.flaws]
    rebuilt = rebuild(database, KINDS, policy, settings.zone)
    return flaws + [flaw async for one in rebuilt for flaw in one.flaws]


async def test_everything_is_shown_and_listed(
    officer: Person, other_officer: Person, official: Person, database: Database
) -> None:
    await add_account(database, "auditor", None, role=Role.AUDITOR)
    auditor = await Person.sign_in(officer.client, "auditor", DEMO_PASSWORD)
    for person in (officer, other_officer, official, auditor):
        for path in ("/incidents", "/animals", "/releases", "/hazards"):
            assert "unreadable" not in await person.read(path), path
    listed = (await auditor.read("/incidents?sort=time"))["items"]
    assert len(listed) == 6
    shown = {one["id"]: await auditor.read(f"/incidents/{one['id']}") for one in listed}
    cormorant, rockfall = shown[CORMORANT], shown[ROCKFALL]
    assert (cormorant["kind"], cormorant["state"], cormorant["entries"]) == ("rescue", "closed", 10)
    [animal] = cormorant["animals"]
    assert animal["species"]["protection"]["protection"] == "sanyou"
    assert animal["releases"][0]["habitat"] == "水域"
    assert (rockfall["hazard"]["state"], rockfall["state"]) == ("reopened", "resolved")
    assert shown[ZERO_TIME]["found_at"] == "2024-07-29T15:20:00+08:00"
    for strange in (STRANGE_DIGITS, LINE_BREAK):
        assert shown[strange]["place"]["region_code"] is None
        assert shown[strange]["place"]["description"] == "大局子林场三道沟"
    [refused] = (await officer.read(f"/incidents/{CORMORANT}/refused"))["items"]
    assert refused["readable"]
    assert refused["body"]["summary"] == "别的"
    assert (await officer.read(f"/incidents/{CORMORANT}/informant"))["name"] == "王建国"
    [release] = (await official.read("/releases"))["items"]
    assert release["site"]["description"] == "响水水库"


async def test_it_is_added_to_and_checked(
    officer: Person, database: Database, settings: Settings
) -> None:
    for incident in (ROCKFALL, ZERO_TIME, STRANGE_DIGITS, LINE_BREAK):
        await officer.appended(incident, entry("note", "2024-09-01T10:00:00+08:00", note="补记"))
        shown = await officer.read(f"/incidents/{incident}/entries")
        assert shown["items"][-1]["body"]["note"] == "补记"
    place = {"place": {"region_code": "150425"}}
    amendment = entry("amendment", entry_id=STRANGE_DIGITS, changes=place)
    await officer.appended(STRANGE_DIGITS, amendment)
    shown = await officer.read(f"/incidents/{STRANGE_DIGITS}")
    assert shown["place"]["region_code"] == "150425"

    assert await checked(database, settings) == []
    again = rebuild(database, KINDS, read_policy(None), settings.zone)
    assert [one.tables async for one in again if one.tables] == []
    async with database.reading() as connection:
        versions = await connection.fetch("select distinct fold_version from incident")
    assert [row["fold_version"] for row in versions] == [FOLD_VERSION]


async def test_whoever_saw_it_goes_on_seeing_it(
    official: Person, database: Database, settings: Settings
) -> None:
    """What a station saw, its own region, is what it is competent for. Where no region was named,
    the code of the station that opened it counts as that, as it did."""
    for station in await official.read("/stations"):
        assert station["competent_for"] == {"regions": [station["region_code"]], "stations": []}
    seen = {CORMORANT, ZERO_TIME, LINE_BREAK}
    assert seen <= {one["id"] for one in (await official.read("/incidents"))["items"]}
    assert await checked(database, settings) == []
    # What no region can be read of any more is found by rebuilding alone.
    seen |= {STRANGE_DIGITS}
    assert seen <= {one["id"] for one in (await official.read("/incidents"))["items"]}


async def test_whoever_was_something_is_appointed_to_it_and_officials_see_roads_where_granted(
    officer: Person,
    other_officer: Person,
    official: Person,
    admin: Person,
    database: Database,
    settings: Settings,
) -> None:
    for person, role, code in (
        (officer, "officer", "150425"),
        (other_officer, "officer", "150723"),
        (official, "official", "1504"),
        (admin, "admin", None),
    ):
        [only] = (await person.read("/session"))["appointments"]
        assert (only["role"], (only["station"] or {}).get("code")) == (role, code)
    assert (await admin.get("/incidents")).json()["code"] == "forbidden"
    for station, sees_roads, expected in (
        ("150723", False, set[str]()),
        ("150723", True, {ROCKFALL}),
        ("1504", True, set()),
    ):
        name = f"LC{station}{int(sees_roads)}"
        await add_account(database, name, station, role=Role.OFFICIAL, sees_roads=sees_roads)
        person = await Person.sign_in(officer.client, name, DEMO_PASSWORD)
        # By the rows that the migration brought over, and by those of the timeline.
        for _ in range(2):
            listed = (await person.read("/hazards"))["items"]
            assert {one["incident_id"] for one in listed} == expected, (station, sees_roads)
            assert await checked(database, settings) == []


async def test_its_photos_are_there_and_its_uploads_go_on(
    officer: Person, settings: Settings
) -> None:
    [photo] = (await officer.read(f"/incidents/{CORMORANT}/photos"))["items"]
    path = f"/incidents/{CORMORANT}/photos/{photo['photo_id']}"
    assert len((await officer.get(f"{path}/original")).content) == photo["size"]
    assert (await officer.get(f"{path}/screen")).status_code == 200
    gone_on_with, whole = UPLOADS
    for upload in UPLOADS:
        asked = await officer.request("HEAD", f"/uploads/{upload['location']}", headers=TUS)
        assert asked.headers["Upload-Offset"] == "400"
    rest, headers = b64decode(gone_on_with["rest"]), PART | {"Upload-Offset": "400"}
    path = f"/uploads/{gone_on_with['location']}"
    answer = await officer.request("PATCH", path, content=rest, headers=headers)
    assert answer.status_code == 204, answer.text
    # The other came whole and was not attached; nobody comes back for it.
    [bytes_] = (settings.media_dir / "uploads/open").rglob(f"*.{whole['location']}.bytes")
    with bytes_.open("ab") as file:
        file.write(b64decode(whole["rest"]))
    await finish_complete(service_of(officer.client))
    attached = (await officer.read(f"/incidents/{UPLOADS[0]['incident']}/photos"))["items"]
    assert {one["photo_id"] for one in attached} == {one["photo"] for one in UPLOADS}
    assert {one["caption"] for one in attached} == {"续传"}
