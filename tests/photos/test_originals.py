"""Originals: byte for byte, by a permission of their own, every look on record, in any part."""

from datetime import datetime
from hashlib import sha256
from stat import S_IMODE
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from litestar import Request

from db.database import Database
from tests.people.world import events
from tests.pictures import encoded, noise
from tests.uploading import originals
from tests.users import Person, add_account
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.settings import Settings
from wildlife.web.problems import Problem
from wildlife.web.ranges import asked_part


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(600, 400))


@pytest.fixture
async def photo(officer: Person, jpeg: bytes) -> str:
    """The address of a photo of 大局子森林派出所."""
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, jpeg, photo)
    return f"/incidents/{incident}/photos/{photo}"


def refusal(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def looks(person: Person, photo: str) -> list[str]:
    """Who looked at the original, latest first."""
    return [one["badge"] for one in (await person.read(f"{photo}/accesses"))["items"]]


async def test_every_look_is_on_record_and_what_is_no_look_is_not(
    officer: Person, auditor: Person, photo: str, jpeg: bytes
) -> None:
    assert await looks(officer, photo) == []
    first = await officer.get(f"{photo}/original")
    assert first.content == jpeg
    await officer.get(f"{photo}/original", headers={"Range": "bytes=0-9"})
    accesses = (await auditor.read(f"{photo}/accesses"))["items"]
    assert [one["badge"] for one in accesses] == ["150425001"] * 2
    assert accesses[0]["name"] == "大局子民警"
    times = [datetime.fromisoformat(one["accessed_at"]) for one in accesses]
    assert times == sorted(times, reverse=True)
    # Who sees nothing of it has not looked.
    await officer.get(f"{photo}/thumbnail")
    await officer.get(f"{photo}/original", headers={"Range": "bytes=9999999-"})
    await auditor.get(f"{photo}/original")
    assert await looks(officer, photo) == ["150425001"] * 2
    # Who is told that it is what they kept looks at that.
    kept = {"If-None-Match": first.headers["ETag"]}
    assert (await officer.get(f"{photo}/original", headers=kept)).status_code == 304
    assert await looks(officer, photo) == ["150425001"] * 3
    # Its digest, and how long it is, are of it, too.
    assert (await officer.request("HEAD", f"{photo}/original")).status_code == 200
    assert await looks(officer, photo) == ["150425001"] * 4


async def test_it_takes_a_permission_that_officials_have_only_when_it_is_given(
    officer: Person, official: Person, database: Database, photo: str, jpeg: bytes
) -> None:
    answer = await official.get(f"{photo}/original")
    assert refusal(answer) == (403, "originals_forbidden")
    assert (await official.get(f"{photo}/screen")).status_code == 200
    await add_account(database, "LC1504", "1504", role=Role.OFFICIAL, sees_originals=True)
    await add_account(database, "150425003", "150425", sees_originals=False)
    trusted = await Person.sign_in(official.client, "LC1504", DEMO_PASSWORD)
    assert (await trusted.get(f"{photo}/original")).content == jpeg
    trainee = await Person.sign_in(official.client, "150425003", DEMO_PASSWORD)
    assert refusal(await trainee.get(f"{photo}/original")) == (403, "originals_forbidden")
    assert await looks(officer, photo) == ["LC1504"]


async def test_what_a_role_gave_ends_with_it_and_reaches_no_further(
    officer: Person, admin: Person, photo: str, jpeg: bytes, database: Database
) -> None:
    account = "/accounts/150723001"  # who is an officer far away
    official = {"role": "official", "station": "1504"}

    async def asked() -> Response:
        far = await Person.sign_in(officer.client, "150723001", DEMO_PASSWORD)
        return await far.get(f"{photo}/original")

    assert (await admin.post(f"{account}/appointments", official)).status_code == 200
    assert (await admin.read(account))["sees_originals"]
    # The incident they see as the official; what officers may is for what they see as officer.
    assert refusal(await asked()) == (403, "originals_forbidden")
    far = await Person.sign_in(officer.client, "150723001", DEMO_PASSWORD)
    own, own_photo = await far.opened(), uuid4()
    await far.put_photo(own, jpeg, own_photo)
    of_own = f"/incidents/{own}/photos/{own_photo}/original"
    assert (await far.get(of_own)).content == jpeg
    # Given by an administrator it is for all that they are, and outlasts each.
    assert (await admin.request("PATCH", account, json={"sees_originals": True})).is_success
    assert (await asked()).content == jpeg
    gone = {"role": "officer"}
    answer = await admin.request("DELETE", f"{account}/appointments", params=gone)
    assert answer.status_code == 204
    assert (await asked()).content == jpeg
    [dismissed] = await events(admin, kind="dismissed")
    assert dismissed["change"].get("sees_originals") is None


async def test_who_was_dismissed_as_officer_fetches_no_originals(
    officer: Person, admin: Person, photo: str
) -> None:
    account = "/accounts/150425001"
    official = {"role": "official", "station": "1504"}
    assert (await admin.post(f"{account}/appointments", official)).status_code == 200
    now = await Person.sign_in(officer.client, "150425001", DEMO_PASSWORD)
    assert (await now.get(f"{photo}/original")).status_code == 200
    gone = {"role": "officer"}
    answer = await admin.request("DELETE", f"{account}/appointments", params=gone)
    assert answer.status_code == 204
    now = await Person.sign_in(officer.client, "150425001", DEMO_PASSWORD)
    assert refusal(await now.get(f"{photo}/original")) == (403, "originals_forbidden")
    assert (await now.read(photo))["exif"] is None
    assert not (await admin.read(account))["sees_originals"]
    [dismissed] = await events(admin, kind="dismissed")
    assert dismissed["change"]["sees_originals"] is False


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, None),
        ("bytes=-7", -7, None),
        ("bytes=5-99999999", 5, None),
        ("bytes=-99999999", 0, None),
    ],
)
async def test_a_part_is_that_part(
    officer: Person, photo: str, jpeg: bytes, asked: str, start: int, end: int | None
) -> None:
    for name, whole in (
        ("original", jpeg),
        ("screen", (await officer.get(f"{photo}/screen")).content),
    ):
        answer = await officer.get(f"{photo}/{name}", headers={"Range": asked})
        part = whole[start:end]
        first = start % len(whole)
        assert answer.content == part
        if part == whole:
            assert answer.status_code == 200
            continue
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == (
            f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
        )
        assert answer.headers["Content-Length"] == str(len(part))


async def test_a_part_of_another_version_or_of_no_meaning_is_the_whole(
    officer: Person, photo: str, jpeg: bytes
) -> None:
    tag = f'"{sha256(jpeg).hexdigest()}"'
    for headers, status in (
        ({"Range": "bytes=0-9", "If-Range": tag}, 206),
        ({"Range": "bytes=0-9", "If-Range": '"another"'}, 200),
        ({"Range": "bytes=9-0"}, 200),
        ({"Range": "bytes=0-1,5-6"}, 200),
        ({"Range": "pages=1-2"}, 200),
        ({"Range": "bytes=-"}, 200),
        ({"Range": f"bytes={len(jpeg)}-"}, 416),
        ({"Range": "bytes=-0"}, 416),
    ):
        answer = await officer.get(f"{photo}/original", headers=headers)
        assert answer.status_code == status, headers
        if status == 200:
            assert answer.content == jpeg
            assert answer.headers["Accept-Ranges"] == "bytes"
        if status == 416:
            assert answer.json()["code"] == "range_not_satisfiable"
            assert answer.headers["Content-Range"] == f"bytes */{len(jpeg)}"


@given(st.integers(1, 50), st.text("0123456789-", max_size=6))
def test_any_range_is_within_the_file_or_refused(size: int, asked: str) -> None:
    request: Request[Any, Any, Any] = Request(
        {"type": "http", "headers": [(b"range", f"bytes={asked}".encode())]}  # type: ignore[arg-type]
    )
    try:
        part = asked_part(request, '"tag"', size)
    except Problem as problem:
        part, code = None, problem.code
    if part is None:
        assert code == "range_not_satisfiable"
        return
    assert 0 <= part.start < part.end <= size == part.size


async def test_an_original_that_is_gone_is_our_fault_and_says_so(
    officer: Person, photo: str, settings: Settings
) -> None:
    [path] = originals(settings)
    path.unlink()
    answer = await officer.get(f"{photo}/original")
    assert refusal(answer) == (500, "original_missing")
    assert await looks(officer, photo) == []


async def test_nobody_can_write_to_an_original(
    officer: Person, photo: str, settings: Settings, jpeg: bytes
) -> None:
    [path] = originals(settings)
    assert S_IMODE(path.stat().st_mode) == 0o400
    assert path.read_bytes() == jpeg
    assert path.name == sha256(jpeg).hexdigest()
