"""Resumable uploads (tus 1.0.0): what a client may rely on, and what it may not do."""

import asyncio
import errno
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from db.database import Database
from media import upload_folder
from media.local_store import LocalStore
from media.upload_state import Upload
from tests.pictures import encoded, noise
from tests.tus import PART, TUS, metadata
from tests.uploading import (
    EXPIRY_S,
    PHOTO_LIMIT_BYTES,
    QUOTA_BYTES,
    WRITTEN_BYTES,
    Body,
    Halting,
    Sending,
    age,
    attached,
    checksum,
    kept,
    limited,
    offset,
    original,
    originals,
    refusal,
    remembered,
    service_of,
    timeline,
    unfinished,
)
from tests.users import API, Person, add_account, entry, road_hazard
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.photos.receiving import finish_complete
from wildlife.photos.upload import MOST_UNFINISHED
from wildlife.settings import Settings
from wildlife.web import bodies

FOUR_WEEKS_S = 28 * 24 * 3600


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Limits that are quickly reached."""
    return limited(settings)


@pytest.fixture
async def incident(officer: Person) -> str:
    """A rescue of 大局子森林派出所."""
    return await officer.opened()


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(120, 80), quality=60)


@pytest.fixture(scope="module")
def large_jpeg(jpeg: bytes) -> bytes:
    """A photo of several chunks: a JPEG may have anything behind its end."""
    return jpeg + os.urandom(2 * WRITTEN_BYTES)


@pytest.fixture
async def colleague(officer: Person, database: Database) -> Person:
    """Officer 150425002, of the same station as 150425001."""
    await add_account(database, "150425002", "150425", name="大局子民警二")
    return await Person.sign_in(officer.client, "150425002", DEMO_PASSWORD)


@pytest.fixture
def sending(officer: Person, incident: str, jpeg: bytes) -> Sending:
    """A small photo of the officer's incident, not begun yet."""
    return Sending(officer, incident, jpeg)


# ---------------------------------------------------------------- what is refused before a byte


def wrong_metadata() -> Iterator[tuple[dict[str, str], tuple[int, str]]]:
    """What is said wrongly of a photo, and how it is refused."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for said, code in (
        ({"about": "animal:2"}, "unknown_animal"),
        ({"about": "animal:0"}, "invalid_value"),
        ({"about": "the bird"}, "invalid_value"),
        ({"taken_at": tomorrow}, "time_in_future"),
        ({"taken_at": "2024-07-29T16:05:00"}, "time_without_offset"),
        ({"taken_at": "yesterday"}, "invalid_time"),
        ({"caption": "字" * 4001}, "invalid_value"),
        ({"caption": "a\0b"}, "invalid_value"),
        ({"incident_id": ""}, "missing_field"),
        ({"photo_id": ""}, "missing_field"),
        ({"incident_id": "150425-2024-1"}, "invalid_value"),
        ({"photo_id": "IMG_0001.jpg"}, "invalid_value"),
        ({"sha256": "d41d8cd98f00b204e9800998ecf8427e"}, "invalid_value"),
        ({"happend_at": "2024-07-29T16:05:00+08:00"}, "unknown_field"),
    ):
        yield said, (422, code)
    yield {"incident_id": str(uuid4())}, (404, "not_found")


async def test_a_key_that_there_is_not_is_told_which_was_meant_with_all_else_that_is_wrong(
    sending: Sending,
) -> None:
    given = {"incident_id": sending.incident, "photo_id": "IMG_1", "taken-at": "x", "captoin": "鸟"}
    answer = await sending.begin(Upload_Metadata=metadata(**given, sha256="x", is_confidential="1"))
    meant = {
        one["field"]: (one["code"], [near["code"] for near in one.get("did_you_mean", [])])
        for one in answer.json()["errors"]
    }
    assert meant == {
        "photo_id": ("invalid_value", []),
        "taken-at": ("unknown_field", ["taken_at"]),
        "captoin": ("unknown_field", ["caption"]),
        "sha256": ("invalid_value", []),
        "is_confidential": ("unknown_field", []),  # as the protocol itself has it
    }


async def test_metadata_is_checked_as_that_of_a_photo_sent_in_one_request(
    sending: Sending, settings: Settings
) -> None:
    for wrong, expected in wrong_metadata():
        given = {"incident_id": sending.incident, "photo_id": sending.photo} | wrong
        body = Body(sending.content)
        answer = await sending.begin(aiter(body), Upload_Metadata=metadata(**given))
        assert refusal(answer) == expected, wrong
        if expected[0] == 422:
            assert answer.json()["errors"][0]["field"] in wrong
        assert not body.read, wrong
    assert kept(settings) == []
    assert not await attached(sending)


async def test_an_upload_without_metadata_lacks_its_incident(
    sending: Sending, settings: Settings
) -> None:
    for answer in (
        await sending.person.request(
            "POST", "/uploads", headers=TUS | {"Upload-Length": str(len(sending.content))}
        ),
        await sending.begin(Upload_Metadata=""),
    ):
        assert refusal(answer) == (422, "missing_field")
        assert "incident_id" in answer.json()["detail"]
    assert kept(settings) == []


async def test_who_may_not_add_to_the_incident_leaves_nothing_on_the_disk(
    sending: Sending,
    client: AsyncClient,
    other_officer: Person,
    official: Person,
    admin: Person,
    settings: Settings,
) -> None:
    nobody = Person(client, "", "no such token", "")
    elsewhere = await other_officer.opened(road_hazard())
    for person, incident, expected in (
        (nobody, sending.incident, (401, "invalid_token")),
        (other_officer, sending.incident, (404, "not_found")),
        (sending.person, elsewhere, (404, "not_found")),
        (official, sending.incident, (403, "forbidden")),
        (admin, sending.incident, (403, "forbidden")),
    ):
        body = Body(sending.content)
        refused = Sending(person, incident, sending.content)
        assert refusal(await refused.begin(aiter(body))) == expected
        assert not body.read
    body = Body(sending.content)
    headers = sending.headers() | PART
    answer = await client.post(f"{API}/uploads", headers=headers, content=body)
    assert refusal(answer) == (401, "unauthenticated")
    assert not body.read
    assert kept(settings) == []
    assert originals(settings) == []


async def test_an_upload_is_nobody_elses(
    sending: Sending,
    client: AsyncClient,
    colleague: Person,
    other_officer: Person,
    official: Person,
    admin: Person,
    settings: Settings,
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    nobody = Person(client, "", "no such token", "")
    for person, expected in (
        (nobody, (401, "invalid_token")),
        (colleague, (404, "upload_not_found")),
        (other_officer, (404, "upload_not_found")),
        (official, (403, "forbidden")),
        (admin, (403, "forbidden")),
    ):
        theirs = Sending(person, "", sending.content, location=sending.location)
        body = Body(sending.content[500:])
        assert refusal(await theirs.send_bytes(500, aiter(body))) == expected
        assert (await theirs.ask()).status_code == expected[0]
        assert refusal(await theirs.take_back()) == expected
        assert not body.read
    assert unfinished(settings).read_bytes() == sending.content[:500]
    assert offset(await sending.ask()) == 500


async def test_a_colleague_who_sends_the_same_photo_has_an_upload_of_their_own(
    sending: Sending, colleague: Person
) -> None:
    theirs = Sending(colleague, sending.incident, sending.content, photo=sending.photo)
    await sending.begin()
    await sending.send(0, 500)
    assert offset(await theirs.begin()) == 0
    assert theirs.location != sending.location
    assert offset(await theirs.send()) == len(sending.content)
    assert offset(await sending.send(500)) == len(sending.content)
    assert await attached(sending)


async def test_a_photo_that_is_too_large_is_refused_before_a_byte_is_read(
    sending: Sending, settings: Settings
) -> None:
    body = Body(sending.content)
    answer = await sending.begin(aiter(body), Upload_Length=str(PHOTO_LIMIT_BYTES + 1))
    assert refusal(answer) == (413, "body_too_large")
    assert str(PHOTO_LIMIT_BYTES) in answer.json()["detail"]
    assert not body.read
    assert kept(settings) == []
    assert (await sending.begin(Upload_Length=str(PHOTO_LIMIT_BYTES))).status_code == 201


async def test_a_photo_of_no_bytes_is_refused_by_name(sending: Sending, settings: Settings) -> None:
    answer = await sending.begin(Upload_Length="0")
    assert refusal(answer) == (422, "unsupported_image")
    assert "empty" in answer.json()["detail"]
    assert kept(settings) == []


async def test_unfinished_uploads_are_bounded_together_until_they_end(
    sending: Sending, settings: Settings, large_jpeg: bytes
) -> None:
    large = Sending(sending.person, sending.incident, large_jpeg)
    more = Sending(sending.person, sending.incident, large_jpeg)
    full = QUOTA_BYTES - len(large_jpeg)
    rest = {"Upload_Length": str(full)}
    await large.begin()
    assert (await sending.begin(**rest)).status_code == 201
    for end in (sending.take_back, large.send):
        body = Body(large_jpeg)
        before = kept(settings)
        answer = await more.begin(aiter(body))
        assert refusal(answer) == (413, "upload_quota_exceeded")
        assert str(QUOTA_BYTES) in answer.json()["detail"]
        assert not body.read
        assert kept(settings) == before
        # What is begun already may be begun again, and gone on with.
        assert (await large.begin()).status_code == 201
        assert (await end()).is_success
        again = Sending(sending.person, sending.incident, large_jpeg)
        assert (await again.begin()).status_code == 201
        if end == sending.take_back:
            assert (await again.take_back()).is_success
            assert (await sending.begin(**rest)).status_code == 201


async def test_the_bound_is_each_officers_own(
    sending: Sending, colleague: Person, large_jpeg: bytes
) -> None:
    for _ in range(2):
        mine = Sending(sending.person, sending.incident, large_jpeg)
        assert (await mine.begin()).status_code == 201
    third = Sending(sending.person, sending.incident, large_jpeg)
    assert refusal(await third.begin()) == (413, "upload_quota_exceeded")
    assert (await Sending(colleague, sending.incident, large_jpeg).begin()).status_code == 201


async def test_a_hundred_uploads_may_be_unfinished_and_no_more(
    sending: Sending, colleague: Person, settings: Settings
) -> None:
    begun = []
    for _ in range(MOST_UNFINISHED):
        begun.append(Sending(sending.person, sending.incident, sending.content))
        assert (await begun[-1].begin()).status_code == 201
    body = Body(sending.content)
    before = kept(settings)
    refused = await sending.begin(aiter(body))
    assert refusal(refused) == (429, "too_many_uploads")
    assert "100 unfinished uploads" in refused.json()["detail"]
    chinese = await sending.begin(Accept_Language="zh")
    assert "100 个未完成的上传" in chinese.json()["detail"]
    assert not body.read
    assert kept(settings) == before
    # Those that are begun go on, and may be begun again; and others have a bound of their own.
    assert offset(await begun[0].ask()) == 0
    assert offset(await begun[0].send(0, 500)) == 500
    assert offset(await begun[0].begin()) == 0
    assert (await Sending(colleague, sending.incident, sending.content).begin()).is_success
    for end in (begun[0].take_back, begun[1].send):
        assert (await end()).is_success
        again = Sending(sending.person, sending.incident, sending.content)
        assert (await again.begin()).status_code == 201
        assert refusal(await sending.begin()) == (429, "too_many_uploads")
    age(unfinished_of(begun[2], settings), EXPIRY_S + 60)
    assert (await sending.begin()).status_code == 201


def unfinished_of(sending: Sending, settings: Settings) -> Path:
    """The bytes of this upload."""
    name = f"*.{sending.path.rpartition('/')[2]}.bytes"
    [path] = (settings.media_dir / "uploads" / "open").rglob(name)
    return path


async def test_a_photo_that_is_held_is_complete_however_many_are_unfinished(
    sending: Sending,
) -> None:
    await sending.person.put_photo(await sending.person.opened(), sending.content)
    for _ in range(MOST_UNFINISHED):
        other = Sending(sending.person, sending.incident, sending.content)
        assert (await other.begin()).status_code == 201
    sending.said = {"sha256": sending.sha256}
    assert offset(await sending.begin()) == len(sending.content)
    assert await attached(sending)


# ---------------------------------------------------------------- beginning again


async def test_who_begins_again_goes_on(sending: Sending) -> None:
    sending.said = {"sha256": sending.sha256}
    first = await sending.begin()
    again = await sending.begin()
    assert again.status_code == first.status_code == 201
    assert again.headers["Location"] == first.headers["Location"]
    await sending.send(0, 500)
    again = await sending.begin()
    assert again.headers["Location"] == first.headers["Location"]
    assert offset(again) == 500
    await sending.send(500)
    again = await sending.begin()
    assert again.headers["Location"] == first.headers["Location"]
    assert offset(again) == len(sending.content)
    assert await attached(sending)


async def test_what_is_said_last_of_an_unfinished_photo_is_what_counts(sending: Sending) -> None:
    sending.said = {"caption": "鹭鸶", "sha256": sending.sha256}
    await sending.begin()
    await sending.send(0, 500)
    sending.said |= {"caption": "普通鸬鹚"}
    assert offset(await sending.begin()) == 500
    assert (await sending.ask()).headers["Upload-Metadata"] == sending.metadata
    await sending.send(500)
    shown = await sending.person.read(f"/incidents/{sending.incident}/photos/{sending.photo}")
    assert shown["caption"] == "普通鸬鹚"


@pytest.mark.parametrize(
    "wrong",
    [{"about": "animal:99"}, {"taken_at": "2124-07-29T15:20:00+08:00"}],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_is_refused_of_an_unfinished_photo_takes_nothing_back(
    sending: Sending, wrong: dict[str, str]
) -> None:
    sending.said = {"caption": "普通鸬鹚"}
    await sending.begin()
    await sending.send(0, 500)
    good = sending.metadata
    sending.said = wrong
    assert (await sending.begin()).status_code == 422
    asked = await sending.ask()
    assert (offset(asked), asked.headers["Upload-Metadata"]) == (500, good)
    await sending.send(500)
    assert await attached(sending)


async def test_what_is_said_otherwise_of_a_finished_photo_is_refused_and_kept(
    sending: Sending,
) -> None:
    sending.said = {"caption": "鹭鸶"}
    await sending.begin(sending.content)
    sending.said = {"caption": "普通鸬鹚"}
    assert refusal(await sending.begin(sending.content)) == (409, "id_conflict")
    [refused] = (await sending.person.read(f"/incidents/{sending.incident}/refused"))["items"]
    assert refused["differing"] == ["caption"]


async def test_beginning_and_sending_are_one_request_if_it_suits(sending: Sending) -> None:
    answer = await sending.begin(sending.content)
    assert (answer.status_code, offset(answer)) == (201, len(sending.content))
    assert offset(await sending.ask()) == len(sending.content)
    assert await attached(sending)
    part = Sending(sending.person, await sending.person.opened(), sending.content)
    answer = await part.begin(part.content[:500])
    assert (answer.status_code, offset(answer)) == (201, 500)
    # Who does it again, since the answer got lost, is told how far it came.
    assert offset(await part.begin(part.content[:500])) == 500
    assert offset(await part.send(500)) == len(part.content)
    assert await attached(part)


async def test_the_first_part_has_its_checksum_too(sending: Sending) -> None:
    wrong = checksum(b"other")["Upload-Checksum"]
    answer = await sending.begin(sending.content[:500], Upload_Checksum=wrong)
    assert refusal(answer) == (460, "wrong_checksum")
    right = checksum(sending.content[:500])["Upload-Checksum"]
    assert offset(await sending.begin(sending.content[:500], Upload_Checksum=right)) == 500


async def test_a_first_part_that_is_refused_unread_begins_nothing(
    sending: Sending, settings: Settings
) -> None:
    for body, changes, expected in (
        (sending.content[:500], {"Upload_Checksum": "md5 A"}, (400, "invalid_header")),
        (sending.content + b"!", {}, (413, "body_too_large")),
    ):
        assert refusal(await sending.begin(body, **changes)) == expected
        assert kept(settings) == []


# ---------------------------------------------------------------- what is held already


async def test_a_photo_that_is_held_already_is_complete_without_a_byte(
    sending: Sending, settings: Settings
) -> None:
    elsewhere = await sending.person.opened()
    await sending.person.put_photo(elsewhere, sending.content)
    held = originals(settings)
    sending.said = {"sha256": sending.sha256.upper(), "caption": "又一案"}
    body = Body(sending.content)
    for _ in range(2):
        answer = await sending.begin(aiter(body))
        assert (answer.status_code, offset(answer)) == (201, len(sending.content))
        assert offset(await sending.ask()) == len(sending.content)
        assert await attached(sending)
    assert not body.read
    assert originals(settings) == held
    assert offset(await sending.send_bytes(len(sending.content), b"")) == len(sending.content)


async def test_a_photo_that_is_held_by_now_is_complete_although_it_was_begun(
    sending: Sending, settings: Settings
) -> None:
    sending.said = {"sha256": sending.sha256}
    await sending.begin()
    await sending.send(0, 500)
    elsewhere = await sending.person.opened()
    await sending.person.put_photo(elsewhere, sending.content)
    assert offset(await sending.begin()) == len(sending.content)
    assert await attached(sending)
    assert kept(settings) == [remembered(settings)]


async def test_of_a_photo_that_is_held_by_now_what_was_said_last_is_remembered(
    sending: Sending,
) -> None:
    sending.said = {"sha256": sending.sha256, "caption": "鹭鸶"}
    await sending.begin()
    await sending.person.put_photo(await sending.person.opened(), sending.content)
    sending.said |= {"caption": "普通鸬鹚"}
    assert offset(await sending.begin()) == len(sending.content)
    assert (await sending.ask()).headers["Upload-Metadata"] == sending.metadata


async def test_whether_others_hold_a_photo_is_found_out_by_nobody(
    sending: Sending, other_officer: Person
) -> None:
    elsewhere = await other_officer.opened(road_hazard())
    await other_officer.put_photo(elsewhere, sending.content)
    sending.said = {"sha256": sending.sha256}
    assert offset(await sending.begin()) == 0
    assert offset(await sending.ask()) == 0
    assert not await attached(sending)
    assert offset(await sending.send()) == len(sending.content)
    assert await attached(sending)


async def test_a_photo_whose_entry_cannot_be_read_must_be_sent_again(
    sending: Sending, database: Database
) -> None:
    elsewhere = await sending.person.opened()
    await sending.person.put_photo(elsewhere, sending.content)
    async with database.writing() as connection:
        await connection.execute(
            "update entry set canonical = left(canonical, 20) where sha256 is not null"
        )
    sending.said = {"sha256": sending.sha256}
    assert offset(await sending.begin()) == 0
    await sending.send()
    assert await attached(sending)


async def test_a_digest_that_is_held_of_another_length_says_nothing(sending: Sending) -> None:
    await sending.person.put_photo(await sending.person.opened(), sending.content)
    sending.said = {"sha256": sending.sha256}
    assert offset(await sending.begin(Upload_Length=str(len(sending.content) - 1))) == 0


async def test_a_photo_whose_file_is_gone_must_be_sent_again(
    sending: Sending, settings: Settings
) -> None:
    await sending.person.put_photo(await sending.person.opened(), sending.content)
    original(settings, sending.content).unlink()
    sending.said = {"sha256": sending.sha256}
    assert offset(await sending.begin()) == 0
    assert offset(await sending.send()) == len(sending.content)
    assert original(settings, sending.content).read_bytes() == sending.content


@pytest.mark.parametrize("declared", [True, False])
async def test_a_finished_upload_whose_file_is_gone_can_be_begun_again(
    sending: Sending, settings: Settings, declared: bool
) -> None:
    sending.said = {"sha256": sending.sha256} if declared else {}
    await sending.begin(sending.content)
    original(settings, sending.content).unlink()
    assert offset(await sending.begin()) == 0
    assert offset(await sending.send()) == len(sending.content)
    assert original(settings, sending.content).read_bytes() == sending.content


# ---------------------------------------------------------------- what is refused by its bytes


@pytest.mark.parametrize("checked", [True, False])
async def test_what_is_no_photo_is_refused_with_the_first_part(
    officer: Person, incident: str, settings: Settings, checked: bool
) -> None:
    for content in (
        b"<!doctype html><script>alert(1)</script>" * 10,
        b"GIF89a" + bytes(1000),
        b"%PDF-1.7\n" + bytes(1000),
        bytes(1000),
        b"tiny",
    ):
        refused = Sending(officer, incident, content)
        await refused.begin()
        part = content[:200]
        answer = await refused.send_bytes(0, part, checksum(part) if checked else {})
        assert refusal(answer) == (422, "unsupported_image")
        assert (await refused.ask()).status_code == 404
        assert refusal(await refused.begin(part)) == (422, "unsupported_image")
    assert kept(settings) == []
    assert originals(settings) == []
    assert await timeline(officer, incident) == []


async def test_what_is_no_photo_is_refused_however_small_the_parts_are(
    sending: Sending, settings: Settings
) -> None:
    refused = Sending(sending.person, sending.incident, b"GIF89a" + bytes(60))
    await refused.begin()
    assert offset(await refused.send(0, 3)) == 3
    assert refusal(await refused.send(3)) == (422, "unsupported_image")
    assert kept(settings) == []
    assert originals(settings) == []


async def test_an_id_that_is_taken_by_another_photo_is_refused_and_kept(
    sending: Sending, settings: Settings
) -> None:
    other = encoded(noise(9, 9))
    sending.said = {"caption": "响水水库放归"}
    await sending.begin()
    await sending.send(0, 500)
    await sending.person.request(
        "PUT", f"/incidents/{sending.incident}/photos/{sending.photo}", content=other
    )
    answer = await sending.send(500)
    assert refusal(answer) == (409, "id_conflict")
    assert answer.json()["differing"] == ["caption", "sha256"]
    [refused] = (await sending.person.read(f"/incidents/{sending.incident}/refused"))["items"]
    assert refused["entry_id"] == sending.photo
    assert refused["body"]["caption"] == "响水水库放归"
    assert sending.sha256 in str(refused)
    assert original(settings, sending.content).read_bytes() == sending.content, "refused, not lost"
    assert kept(settings) == []
    assert (await sending.ask()).status_code == 404
    [photo] = await timeline(sending.person, sending.incident)
    assert photo["facts"]["image"]["sha256"] == sha256(other).hexdigest()


async def test_a_request_looks_once_how_far_its_upload_is(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending.said = {"sha256": sending.sha256}
    decode, looks = upload_folder._decode, 0

    def count(plan: Path) -> Upload:
        nonlocal looks
        looks += 1
        return decode(plan)

    monkeypatch.setattr(upload_folder, "_decode", count)
    for send, expected in (
        (sending.begin, 0),
        (sending.begin, 1),
        (lambda: sending.send(0, 500), 1),
        (lambda: sending.send(0, 500), 1),
        (sending.ask, 1),
        (lambda: sending.send(500), 2),  # and once more to attach it, whoever else may write
        (sending.take_back, 1),
    ):
        looks = 0
        await send()  # type: ignore[no-untyped-call]
        assert looks == expected


# ---------------------------------------------------------------- taken back, finished, expired


async def test_an_upload_that_is_taken_back_is_gone(sending: Sending, settings: Settings) -> None:
    await sending.begin()
    await sending.send(0, 500)
    answer = await sending.take_back()
    assert (answer.status_code, answer.content) == (204, b"")
    assert kept(settings) == []
    assert (await sending.ask()).status_code == 404
    assert refusal(await sending.take_back()) == (404, "upload_not_found")
    assert refusal(await sending.send(500)) == (404, "upload_not_found")
    assert offset(await sending.begin()) == 0


async def test_a_photo_on_the_timeline_stays_when_its_upload_is_taken_back(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin(sending.content)
    assert (await sending.take_back()).status_code == 204
    assert (await sending.ask()).status_code == 404
    assert kept(settings) == []
    assert original(settings, sending.content).read_bytes() == sending.content
    assert await attached(sending)
    # Sent again, it is known.
    assert offset(await sending.begin(sending.content)) == len(sending.content)
    assert await attached(sending)


async def test_that_an_upload_was_finished_is_remembered_for_four_weeks(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin(sending.content)
    age(remembered(settings), FOUR_WEEKS_S - 60)
    await service_of(sending.person.client).uploads.expire()
    answer = await sending.ask()
    assert offset(answer) == int(answer.headers["Upload-Length"]) == len(sending.content)
    age(remembered(settings), FOUR_WEEKS_S + 60)
    assert (await sending.ask()).status_code == 404
    await service_of(sending.person.client).uploads.expire()
    assert kept(settings) == []
    assert (await sending.ask()).status_code == 404
    assert original(settings, sending.content).read_bytes() == sending.content
    assert await attached(sending)


async def test_an_upload_nobody_goes_on_with_expires_and_can_be_begun_again(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    age(unfinished(settings), EXPIRY_S - 60)
    assert offset(await sending.ask()) == 500
    assert offset(await sending.send(500, 600)) == 600
    assert unfinished(settings).stat().st_mtime > time.time() - 60, "it counts from the last byte"
    age(unfinished(settings), EXPIRY_S + 60)
    assert (await sending.ask()).status_code == 404
    assert refusal(await sending.send(600)) == (404, "upload_not_found")
    assert refusal(await sending.take_back()) == (404, "upload_not_found")
    await service_of(sending.person.client).uploads.expire()
    assert kept(settings) == []
    assert offset(await sending.begin(sending.content)) == len(sending.content)
    assert await attached(sending)


async def test_an_expired_upload_can_be_begun_again_before_it_is_swept(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    age(unfinished(settings), EXPIRY_S + 60)
    begun = await sending.begin()
    assert offset(begun) == offset(await sending.ask()) == 0
    assert parsedate_to_datetime(begun.headers["Upload-Expires"]) > datetime.now(UTC)
    assert offset(await sending.send()) == len(sending.content)
    assert await attached(sending)


async def test_an_expired_upload_takes_no_room(
    sending: Sending, settings: Settings, large_jpeg: bytes
) -> None:
    for _ in range(2):
        await Sending(sending.person, sending.incident, large_jpeg).begin()
    for path in (settings.media_dir / "uploads" / "open").rglob("*.bytes"):
        age(path, EXPIRY_S + 60)
    answer = await Sending(sending.person, sending.incident, large_jpeg).begin()
    assert answer.status_code == 201


# ---------------------------------------------------------------- finishing


async def test_a_photo_put_while_its_upload_is_under_way_is_one_photo(sending: Sending) -> None:
    await sending.begin()
    await sending.send(0, 500)
    put = await sending.person.request(
        "PUT", f"/incidents/{sending.incident}/photos/{sending.photo}", content=sending.content
    )
    assert put.status_code == 201
    assert await attached(sending)
    assert offset(await sending.send(500)) == len(sending.content)
    assert offset(await sending.ask()) == len(sending.content)
    assert await attached(sending)
    put = await sending.person.request(
        "PUT", f"/incidents/{sending.incident}/photos/{sending.photo}", content=sending.content
    )
    assert put.status_code == 200


async def test_an_upload_that_came_whole_is_finished_by_whoever_asks(
    sending: Sending, settings: Settings
) -> None:
    # As after a crash between the last byte and the entry.
    await sending.begin()
    unfinished(settings).write_bytes(sending.content)
    assert not await attached(sending)
    assert offset(await sending.ask()) == len(sending.content)
    assert await attached(sending)
    assert kept(settings) == [remembered(settings)]


@pytest.mark.parametrize("declared", [True, False])
async def test_an_upload_that_came_whole_is_finished_by_who_begins_it_again(
    sending: Sending, settings: Settings, declared: bool
) -> None:
    sending.said = {"sha256": sending.sha256} if declared else {}
    await sending.begin()
    unfinished(settings).write_bytes(sending.content)
    assert offset(await sending.begin()) == (len(sending.content) if declared else 0)
    assert await attached(sending)


async def test_an_upload_that_came_whole_is_finished_when_the_service_starts(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    unfinished(settings).write_bytes(sending.content)
    for _ in range(2):
        await finish_complete(service_of(sending.person.client))
        assert await attached(sending)
    assert kept(settings) == [remembered(settings)]
    assert offset(await sending.ask()) == len(sending.content)


async def test_an_upload_that_cannot_be_attached_keeps_no_other_from_it(
    sending: Sending, settings: Settings
) -> None:
    wrong = Sending(sending.person, sending.incident, bytes(1000))
    await wrong.begin()
    unfinished(settings).write_bytes(wrong.content)
    right = Sending(sending.person, sending.incident, sending.content)
    await right.begin()
    [path] = (
        p for p in (settings.media_dir / "uploads/open").rglob("*.bytes") if not p.stat().st_size
    )
    path.write_bytes(right.content)
    await finish_complete(service_of(sending.person.client))
    assert await attached(right)
    assert kept(settings) == [remembered(settings)]


async def test_an_upload_whose_last_part_failed_to_be_kept_is_finished_later(
    sending: Sending, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_file = LocalStore.put_file

    async def fail_once(*_: Any) -> None:
        monkeypatch.setattr(LocalStore, "put_file", put_file)
        raise OSError(errno.EIO, "the disk is gone for a moment")

    monkeypatch.setattr(LocalStore, "put_file", fail_once)
    await sending.begin()
    answer = await sending.send()
    assert answer.status_code >= 500
    assert not await attached(sending)
    assert unfinished(settings).read_bytes() == sending.content
    assert offset(await sending.ask()) == len(sending.content)
    assert await attached(sending)


async def test_a_disk_that_fills_up_keeps_what_came_and_says_so(
    sending: Sending, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", _filling_up(os.write, room=100))
        answer = await sending.send(500)
    assert unfinished(settings).read_bytes() == sending.content[:600]
    assert refusal(answer) == (507, "storage_full")
    assert offset(await sending.ask()) == 600
    assert offset(await sending.send(600)) == len(sending.content)
    assert await attached(sending)


def _filling_up(write: Callable[[int, Any], int], room: int) -> Callable[[int, Any], int]:
    """`os.write` on a disk that has room for so many bytes more of uploads."""

    def write_while_there_is_room(descriptor: int, content: Any) -> int:
        nonlocal room
        if Path(f"/proc/self/fd/{descriptor}").readlink().suffix != ".bytes":
            return write(descriptor, content)
        if room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, content[:room])
        room -= written
        return written

    return write_while_there_is_room


async def test_a_photo_that_was_voided_does_not_come_back(sending: Sending) -> None:
    await sending.begin(sending.content)
    void = entry("void", entry_id=sending.photo, reason="不属本起警情")
    await sending.person.appended(sending.incident, void)
    await sending.take_back()
    assert offset(await sending.begin(sending.content)) == len(sending.content)
    assert (await sending.person.read(f"/incidents/{sending.incident}/photos"))["items"] == []
    entries = await timeline(sending.person, sending.incident)
    assert sorted(one["type"] for one in entries) == ["photo", "void"]
    receipts = await sending.person.post(
        "/receipts", {"ids": [sending.photo], "sha256": [sending.sha256]}
    )
    assert receipts.json() == {"ids": [sending.photo], "sha256": [sending.sha256]}


# ---------------------------------------------------------------- several at once


@pytest.mark.parametrize("checked", [False, True])
async def test_a_later_request_takes_over_from_one_that_hangs(
    officer: Person, incident: str, settings: Settings, large_jpeg: bytes, checked: bool
) -> None:
    sending = Sending(officer, incident, large_jpeg)
    await sending.begin()
    body = Halting(large_jpeg[:WRITTEN_BYTES], large_jpeg[WRITTEN_BYTES:])
    headers = checksum(large_jpeg) if checked else {}
    hanging = asyncio.create_task(sending.send_bytes(0, aiter(body), headers))
    await body.halted.wait()
    async with asyncio.timeout(10):
        at = offset(await sending.ask())
        assert at == (0 if checked else WRITTEN_BYTES)
        assert offset(await sending.send(at)) == len(large_jpeg)
    body.may_go_on.set()
    assert refusal(await hanging) == (409, "upload_taken_over")
    assert await attached(sending)
    assert original(settings, large_jpeg).read_bytes() == large_jpeg
    assert kept(settings) == [remembered(settings)]


async def test_of_parts_sent_at_once_each_byte_is_written_by_one(
    officer: Person, incident: str, settings: Settings, large_jpeg: bytes
) -> None:
    sending = Sending(officer, incident, large_jpeg)
    await sending.begin()
    answers = await asyncio.gather(*(sending.send(0) for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(204) <= 1
    assert {refusal(one)[1] for one in answers if one.status_code != 204} <= {
        "upload_taken_over",
        "wrong_offset",
    }
    at = offset(await sending.ask())
    if at < len(large_jpeg):
        assert offset(await sending.send(at)) == len(large_jpeg)
    assert await attached(sending)
    assert original(settings, large_jpeg).read_bytes() == large_jpeg


@pytest.mark.parametrize("declared", [True, False])
async def test_of_an_upload_begun_by_an_impatient_phone_one_comes_whole(
    sending: Sending, settings: Settings, declared: bool
) -> None:
    sending.said = {"sha256": sending.sha256} if declared else {}
    answers = await asyncio.gather(*(sending.begin(sending.content) for _ in range(4)))
    locations = {one.headers["Location"] for one in answers if one.is_success}
    assert len(locations) == 1 or not declared
    at = offset(await sending.begin())
    assert offset(await sending.send(at)) == len(sending.content)
    assert await attached(sending)
    assert not [*(settings.media_dir / "uploads" / "open").rglob("*.*")]


async def test_a_request_that_was_taken_over_takes_nothing_away(
    sending: Sending,
) -> None:
    await sending.begin()
    body = Halting(b"G", b"IF89a" + bytes(100))
    hanging = asyncio.create_task(sending.send_bytes(0, aiter(body)))
    await body.halted.wait()
    assert offset(await sending.ask()) == 0
    assert offset(await sending.send(0, 500)) == 500
    body.may_go_on.set()
    assert not (await hanging).is_success
    assert offset(await sending.ask()) == 500


async def test_a_body_that_stops_coming_is_given_up_and_what_came_is_kept(
    officer: Person, incident: str, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_SILENCE_S", 0.4)
    sending = Sending(officer, incident, jpeg)
    await sending.begin()
    answer = await sending.send_bytes(0, aiter(Halting(jpeg[:1000])))
    assert refusal(answer) == (408, "body_stalled")
    assert offset(await sending.ask()) == 1000
    assert (await sending.send(1000)).status_code == 204
    assert await attached(sending)


async def test_what_came_is_on_the_disk_soon_though_nothing_more_comes(
    officer: Person, incident: str, jpeg: bytes, settings: Settings
) -> None:
    sending = Sending(officer, incident, jpeg)
    await sending.begin()
    body = Halting(jpeg[:1000], jpeg[1000:])
    async with asyncio.TaskGroup() as group:
        hanging = group.create_task(sending.send_bytes(0, aiter(body)))
        async with asyncio.timeout(30):
            while unfinished(settings).read_bytes() != jpeg[:1000]:  # noqa: ASYNC110 - it is a file
                await asyncio.sleep(0.01)
        body.may_go_on.set()
    assert hanging.result().status_code == 204
    assert await attached(sending)
