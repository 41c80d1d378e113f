"""Photos: sent over a bad network as often as it takes, kept as they came, shown as renditions."""

import asyncio
import io
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import pytest
from httpx import Response
from PIL import Image

from db.database import Database
from tests.pictures import encoded, exif, noise, oriented
from tests.uploading import lose_network
from tests.users import Person, entry, road_hazard
from wildlife.settings import Settings

PHOTO_LIMIT_BYTES = 400_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A smaller limit, so that a photo beyond it is quickly made."""
    return msgspec.structs.replace(settings, photo_limit_bytes=PHOTO_LIMIT_BYTES)


@pytest.fixture
async def incident(officer: Person) -> str:
    """A rescue of 大局子森林派出所."""
    return await officer.opened()


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(600, 400), exif=exif(Artist="林警"), quality=60)


def files(settings: Settings) -> list[Path]:
    """All that came in and is still there, aside too; not what is made of it in the background."""
    return sorted(
        path
        for folder in ("originals", "aside", "uploads/open")
        for path in (settings.media_dir / folder).rglob("*")
        if path.is_file()
    )


def original(settings: Settings, content: bytes) -> Path:
    """Where this content lies when it is held."""
    digest = sha256(content).hexdigest()
    return settings.media_dir / "originals" / digest[:2] / digest


async def timeline(person: Person, incident: str) -> list[dict[str, Any]]:
    """The entries after the opening."""
    entries: list[dict[str, Any]] = (await person.read(f"/incidents/{incident}/entries"))["items"]
    return entries[1:]


async def photos(person: Person, incident: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await person.read(f"/incidents/{incident}/photos"))["items"]
    return items


def refusal(answer: Response) -> tuple[int, str]:
    """The status and code of an answer."""
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {
            "taken_at": "2024-07-29T16:05:00+08:00",
            "caption": "发现时：蹲在林下",
            "about": "animal:1",
        },
    ],
    ids=["bare", "told"],
)
async def test_a_photo_sent_again_is_filed_once_and_answered_alike(
    officer: Person, incident: str, settings: Settings, jpeg: bytes, said: dict[str, str]
) -> None:
    photo = uuid4()
    first = await officer.put_photo(incident, jpeg, photo, **said)
    again = await officer.put_photo(incident, jpeg, photo, **said)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert await timeline(officer, incident) == [first.json()]
    assert first.json()["type"] == "photo"
    assert first.json()["facts"]["image"] == {
        "sha256": sha256(jpeg).hexdigest(),
        "media_type": "image/jpeg",
        "size": len(jpeg),
        "width": 600,
        "height": 400,
        "exif": {
            "taken_at_local": "2024-07-29T15:20:00",
            "latitude": 43.318,
            "longitude": 117.542,
            "camera": "Huawei P60",
        },
    }
    [shown] = await photos(officer, incident)
    alone = await officer.read(f"/incidents/{incident}/photos/{photo}")
    assert alone.pop("same_pictures") == []
    changing = {"renditions"}
    assert {name: alone[name] for name in alone if name not in changing} == {
        name: shown[name] for name in shown if name not in changing
    }
    assert {name: shown[name] for name in ("taken_at", "caption", "about")} == {
        "taken_at": None,
        "caption": None,
        "about": None,
    } | said
    assert first.json()["happened_at"] == said.get("taken_at", first.json()["recorded_at"])
    assert original(settings, jpeg).read_bytes() == jpeg


async def test_a_photo_retried_by_an_impatient_phone_is_filed_once(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    photo = uuid4()
    answers = await asyncio.gather(*(officer.put_photo(incident, jpeg, photo) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(await timeline(officer, incident)) == 1
    assert files(settings) == [original(settings, jpeg)]


async def test_an_id_that_is_taken_by_another_photo_is_refused_and_kept(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    photo, other = uuid4(), encoded(Image.new("RGB", (9, 9), "red"))
    said = {"caption": "带回派出所", "taken_at": "2024-07-29T18:00:00+08:00"}
    await officer.put_photo(incident, jpeg, photo, **said)
    for content, changes, differing in (
        (other, {}, ["sha256"]),
        (jpeg, {"caption": "响水水库放归"}, ["caption"]),
        (jpeg, {"about": "site"}, ["about"]),
        (jpeg, {"taken_at": "2024-07-29T18:01:00+08:00"}, ["taken_at"]),
        (other, {"caption": "响水水库放归"}, ["caption", "sha256"]),
    ):
        answer = await officer.put_photo(incident, content, photo, **(said | changes))
        assert refusal(answer) == (409, "id_conflict")
        assert answer.json()["differing"] == differing
    refused = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert [one["differing"] for one in refused][:2] == [["sha256"], ["caption"]]
    assert {one["entry_id"] for one in refused} == {str(photo)}
    assert refused[1]["body"]["caption"] == "响水水库放归"
    assert refused[1]["badge"] == "150425001"
    assert original(settings, other).read_bytes() == other, "refused, not lost"
    [shown] = await photos(officer, incident)
    assert shown["sha256"] == sha256(jpeg).hexdigest()
    assert shown["caption"] == "带回派出所"


async def test_a_refused_photo_can_be_found_again_by_its_hash(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    photo, other = uuid4(), encoded(Image.new("RGB", (9, 9), "red"))
    await officer.put_photo(incident, jpeg, photo)
    await officer.put_photo(incident, other, photo)
    [refused] = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert sha256(other).hexdigest() in str(refused)


async def test_an_id_that_is_taken_by_another_kind_of_entry_is_refused(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    note = entry("note", note="羽毛已干")
    await officer.appended(incident, note)
    for taken in (note["id"], incident):
        answer = await officer.put_photo(incident, jpeg, UUID(taken))
        assert refusal(answer) == (409, "id_conflict")
        assert "type" in answer.json()["differing"]
    photo = uuid4()
    await officer.put_photo(incident, jpeg, photo)
    answer = await officer.post(f"/incidents/{incident}/entries", note | {"id": str(photo)})
    assert refusal(answer) == (409, "id_conflict")
    assert len(await photos(officer, incident)) == 1


async def test_the_original_is_given_back_byte_for_byte_and_never_shown_in_place(
    officer: Person, incident: str
) -> None:
    for format_ in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF"):
        content = encoded(noise(60, 40), format_, exif=exif())
        photo = uuid4()
        # The bytes say what it is, not the header (which says JPEG).
        assert (await officer.put_photo(incident, content, photo)).status_code == 201
        path = f"/incidents/{incident}/photos/{photo}/original"
        answer = await officer.get(path)
        assert answer.status_code == 200
        assert answer.content == content
        suffix = "heic" if format_ == "HEIF" else format_.lower()
        assert answer.headers["Content-Type"] == f"image/{suffix}"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{photo}.{suffix}"'
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store", "the next look is on record too"
        again = await officer.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_renditions_are_small_upright_and_kept_by_the_browser(
    officer: Person, incident: str
) -> None:
    image, data = oriented(6, 2400, 1800)
    photo = uuid4()
    await officer.put_photo(incident, encoded(image, exif=data, quality=50), photo)
    shown = await officer.read(f"/incidents/{incident}/photos/{photo}")
    assert (shown["width"], shown["height"]) == (2400, 1800)
    tags = set()
    for name, size in (("thumbnail", (320, 240)), ("screen", (1600, 1200))):
        path = f"/incidents/{incident}/photos/{photo}/{name}"
        answer = await officer.get(path)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert b"Huawei" not in answer.content
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert (picture.format, picture.size) == ("JPEG", size)
        tag = answer.headers["ETag"]
        tags.add(tag)
        for given in (tag, f'"other", W/{tag}', "*"):
            again = await officer.get(path, headers={"If-None-Match": given})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["ETag"] == tag
            assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
        assert (await officer.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
    assert len(tags) == 2


async def test_a_rendition_that_is_gone_is_made_again(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    photo = uuid4()
    await officer.put_photo(incident, jpeg, photo)
    for name in ("thumbnail", "screen"):
        path = f"/incidents/{incident}/photos/{photo}/{name}"
        first = await officer.get(path)
        lost = [*settings.media_dir.rglob(f"*.{name}.*")]
        assert len(lost) == 2, "as WebP and as JPEG"
        for rendition in lost:
            rendition.unlink()
        again = await officer.get(path)
        assert again.content == first.content
        assert again.headers["ETag"] == first.headers["ETag"]
        assert all(rendition.exists() for rendition in lost)


def not_photos() -> Iterator[tuple[str, bytes, str]]:
    """What is sent as a photo and is none: its name, its bytes, the code of the refusal."""
    yield "html", b"<!doctype html><script>alert(1)</script>", "unsupported_image"
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported_image"
    yield "gif", encoded(Image.new("P", (9, 9)), "GIF"), "unsupported_image"
    yield "pdf", b"%PDF-1.7\n", "unsupported_image"
    yield "mp4", b"\0\0\0\x18ftypisom" + bytes(100), "unsupported_image"
    yield "nothing", b"", "unsupported_image"
    yield "zeros", bytes(1000), "unsupported_image"
    yield "too many bytes", bytes(PHOTO_LIMIT_BYTES + 1), "body_too_large"


async def test_what_is_no_photo_is_refused_by_name_and_nothing_of_it_is_kept(
    officer: Person, incident: str, settings: Settings
) -> None:
    before = await officer.read(f"/incidents/{incident}")
    for name, content, code in not_photos():
        answer = await officer.put_photo(incident, content)
        status = 413 if code == "body_too_large" else 422
        assert refusal(answer) == (status, code), name
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert str(settings.data_dir) not in answer.text, "no path of ours in an answer"
    assert await officer.read(f"/incidents/{incident}") == before
    assert await photos(officer, incident) == []
    assert files(settings) == []


async def test_what_is_no_photo_is_refused_with_its_first_bytes(
    officer: Person, incident: str, settings: Settings
) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1000
            yield b"GIF89a".ljust(1000, b"\0")

    path = f"/incidents/{incident}/photos/{uuid4()}"
    assert refusal(await officer.request("PUT", path, content=body())) == (422, "unsupported_image")
    assert read == 1000
    assert files(settings) == []


async def test_a_body_beyond_the_limit_is_refused_before_or_while_it_is_read(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 50_000
            yield jpeg[:50_000].ljust(50_000, b"\0")

    path = f"/incidents/{incident}/photos/{uuid4()}"
    announced = {"Content-Length": str(PHOTO_LIMIT_BYTES + 1)}
    answer = await officer.request("PUT", path, content=body(), headers=announced)
    assert refusal(answer) == (413, "body_too_large")
    assert str(PHOTO_LIMIT_BYTES) in answer.json()["detail"]
    assert read == 0, "not a byte was read"
    answer = await officer.request("PUT", path, content=body())
    assert refusal(answer) == (413, "body_too_large")
    assert read <= PHOTO_LIMIT_BYTES + 50_000, "no more was read than it takes to know"
    assert files(settings) == []
    # Exactly at the limit it is taken: a JPEG may have anything behind its end.
    full = jpeg + bytes(PHOTO_LIMIT_BYTES - len(jpeg))
    assert (await officer.put_photo(incident, full)).status_code == 201


async def test_a_content_length_that_is_no_number_is_the_senders_mistake(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    path = f"/incidents/{incident}/photos/{uuid4()}"
    answer = await officer.request("PUT", path, content=jpeg, headers={"Content-Length": "long"})
    assert answer.status_code == 400
    assert await photos(officer, incident) == []


async def test_a_phone_that_falls_silent_leaves_nothing_and_may_try_again(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    photo = uuid4()
    path = f"/incidents/{incident}/photos/{photo}"
    statuses = await lose_network(officer, "PUT", path, jpeg[: len(jpeg) // 2])
    assert all(400 <= status < 500 for status in statuses), "it is no fault of ours"
    assert files(settings) == []
    assert await timeline(officer, incident) == []
    assert (await officer.put_photo(incident, jpeg, photo)).status_code == 201


async def test_the_same_picture_of_two_incidents_is_one_file(
    officer: Person, other_officer: Person, settings: Settings, jpeg: bytes
) -> None:
    mine, theirs = await officer.opened(), await other_officer.opened(road_hazard())
    assert (await officer.put_photo(mine, jpeg)).status_code == 201
    assert (await other_officer.put_photo(theirs, jpeg)).status_code == 201
    # … and twice in one incident, by mistake: both are told, nothing is refused.
    assert (await officer.put_photo(mine, jpeg, caption="又一张")).status_code == 201
    assert files(settings) == [original(settings, jpeg)]
    assert [photo["sha256"] for photo in await photos(officer, mine)] == [
        sha256(jpeg).hexdigest()
    ] * 2
    assert len(await photos(other_officer, theirs)) == 1


async def test_who_may_not_add_to_the_incident_leaves_nothing_on_the_disk(
    officer: Person,
    other_officer: Person,
    official: Person,
    auditor: Person,
    incident: str,
    settings: Settings,
    jpeg: bytes,
) -> None:
    for person, at, expected in (
        (officer, str(uuid4()), (404, "not_found")),
        (other_officer, incident, (404, "not_found")),
        (official, incident, (403, "forbidden")),
        (auditor, incident, (403, "forbidden")),
    ):
        assert refusal(await person.put_photo(at, jpeg)) == expected
    assert files(settings) == []
    assert await photos(officer, incident) == []


async def test_a_photo_is_seen_by_who_may_see_its_incident(
    officer: Person, other_officer: Person, official: Person, auditor: Person, jpeg: bytes
) -> None:
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, jpeg, photo)
    here = f"/incidents/{incident}/photos"
    paths = [here, f"{here}/{photo}"]
    paths += [f"{here}/{photo}/{name}" for name in ("thumbnail", "screen")]
    for path in paths:
        for person in (official, auditor):
            assert (await person.get(path)).status_code == 200
        assert refusal(await other_officer.get(path)) == (404, "not_found")
    # Its id under another incident names nothing.
    mine = await other_officer.opened(road_hazard())
    for name in ("", "/original", "/thumbnail", "/accesses"):
        answer = await other_officer.get(f"/incidents/{mine}/photos/{photo}{name}")
        assert refusal(answer) == (404, "not_found")


async def test_what_is_said_wrongly_of_a_photo_is_named(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    for field, value, code in (
        ("about", "animal", "invalid_value"),
        ("about", "animal:0", "invalid_value"),
        ("about", "the bird", "invalid_value"),
        ("caption", "", "invalid_value"),
        ("caption", "字" * 4001, "invalid_value"),
        ("taken_at", "2024-07-29T16:05:00", "time_without_offset"),
        ("taken_at", "yesterday", "invalid_time"),
        ("taken_at", "1722240300", "invalid_time"),
        ("taken_at", "2024-02-30T16:05:00+08:00", "invalid_time"),
    ):
        answer = await officer.put_photo(incident, jpeg, uuid4(), **{field: value})
        assert refusal(answer) == (422, code), value
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    answer = await officer.put_photo(incident, jpeg, caption="a\0b")
    assert refusal(answer) == (400, "invalid_parameter")
    answer = await officer.put_photo(incident, jpeg, captoin="蹲在林下")
    assert refusal(answer) == (400, "unknown_parameter")
    assert "caption" in answer.json()["detail"]
    assert files(settings) == []
    assert await timeline(officer, incident) == []


WRONG: Final = {
    "about": "x",
    "taken_at": "1",
    "caption": "\ufeff",
    "taken_place": '{"point": {"longitude": 117.5, "latitude": 143, "datum": "WGS84"}, "by": 1}',
}


@pytest.mark.parametrize(
    "several", [{}, {"taken_place": "x"}, {"taken_at": "2090-01-01T00:00:00Z"}]
)
async def test_all_that_is_said_wrongly_of_a_photo_is_told_at_once_by_its_name_alone(
    officer: Person, incident: str, jpeg: bytes, several: dict[str, str]
) -> None:
    said = WRONG | several
    put = await officer.put_photo(incident, jpeg, None, **said)
    metadata = {"incident_id": incident, "photo_id": str(uuid4()), **said}
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "9",
        "Upload-Metadata": ",".join(
            f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items()
        ),
    }
    uploaded = await officer.request("POST", "/uploads", headers=headers)
    inner = {"taken_place.point.latitude", "taken_place.by"}
    place = {"taken_place"} if "taken_place" in several else inner
    named = {"about", "taken_at", "caption", *place}
    for answer in (put, uploaded):
        assert answer.status_code == 422, answer.text
        assert {error["field"] for error in answer.json()["errors"]} == named
        # There is no JSON into which a pointer could lead.
        assert not [error for error in answer.json()["errors"] if "pointer" in error]


async def test_a_photo_of_an_animal_that_is_not_there_is_refused(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    road = await officer.opened(road_hazard())
    for at, about in ((incident, "animal:2"), (road, "animal:1")):
        answer = await officer.put_photo(at, jpeg, about=about)
        assert refusal(answer) == (422, "unknown_animal")
        assert [error["field"] for error in answer.json()["errors"]] == ["about"]
        assert await photos(officer, at) == []


async def test_a_photo_from_the_future_is_refused_with_the_field_that_says_so(
    officer: Person, incident: str, settings: Settings, database: Database, jpeg: bytes
) -> None:
    now = datetime.now(settings.zone)
    soon, later = now + timedelta(minutes=5), now + timedelta(days=1)
    answer = await officer.put_photo(incident, jpeg, taken_at=later.isoformat())
    assert refusal(answer) == (422, "time_in_future")
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from photo") == 0
        assert await connection.fetchval("select count(*) from entry") == 1
    # A phone's clock may be a little ahead.
    answer = await officer.put_photo(incident, jpeg, taken_at=soon.isoformat())
    assert answer.status_code == 201
    assert answer.json()["clock_ahead_s"] == pytest.approx(300, abs=60)


async def test_a_time_that_can_not_be_is_named_as_the_phone_sent_it(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    for taken_at in ("2999-01-01T00:00:00+08:00", "0001-01-01T00:00:00+14:00"):
        answer = await officer.put_photo(incident, jpeg, taken_at=taken_at)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == ["taken_at"]
    assert files(settings) == [], "it is refused before a byte is read"


async def test_an_unescaped_plus_sign_in_a_time_is_understood(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    path = f"/incidents/{incident}/photos/{uuid4()}?taken_at=2024-07-29T16:05:00+08:00"
    answer = await officer.request("PUT", path, content=jpeg)
    assert answer.status_code == 201
    assert answer.json()["happened_at"] == "2024-07-29T16:05:00+08:00"


async def test_photos_are_listed_in_the_order_they_were_taken(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    for hour in (12, 8, 10):
        taken_at = f"2024-07-30T{hour:02}:00:00+08:00"
        await officer.put_photo(incident, jpeg, taken_at=taken_at, caption=str(hour))
    assert [p["caption"] for p in await photos(officer, incident)] == ["8", "10", "12"]
    document = await officer.read(f"/incidents/{incident}")
    assert [p["caption"] for p in document["photos"]] == ["8", "10", "12"]
    assert "photo" not in {missing["code"] for missing in document["missing"]}


async def test_an_amended_caption_is_shown_and_the_entry_stays_as_it_was(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    photo = uuid4()
    await officer.put_photo(incident, jpeg, photo, caption="鹭鸶", about="animal:1")
    path = f"/incidents/{incident}/photos/{photo}"
    before = await officer.get(path)
    amendment = entry("amendment", entry_id=str(photo), changes={"caption": "普通鸬鹚"})
    await officer.appended(incident, amendment)
    [shown] = await photos(officer, incident)
    assert (shown["caption"], shown["about"]) == ("普通鸬鹚", "animal:1")
    stands = next(e for e in await timeline(officer, incident) if e["id"] == str(photo))
    assert stands["body"]["caption"] == "鹭鸶"
    assert stands["amended_by"] == [amendment["id"]]
    # Whoever holds the old answer learns of the new caption.
    after = await officer.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.json()["caption"] == "普通鸬鹚"
    same = await officer.get(path, headers={"If-None-Match": after.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    # A replay says what was said first, and is no conflict.
    again = await officer.put_photo(incident, jpeg, photo, caption="鹭鸶", about="animal:1")
    assert again.status_code == 200


async def test_an_amendment_can_say_nothing_of_a_photo_that_sending_it_could_not(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    photo = uuid4()
    await officer.put_photo(incident, jpeg, photo)
    changes: list[dict[str, Any]] = [{"caption": "a\0b"}, {"about": ""}, {"about": "the bird"}]
    for change in changes:
        amendment = entry("amendment", entry_id=str(photo), changes=change)
        answer = await officer.post(f"/incidents/{incident}/entries", amendment)
        assert 400 <= answer.status_code < 500, change
    [shown] = await photos(officer, incident)
    assert (shown["caption"], shown["about"]) == (None, None)


async def test_a_voided_photo_is_in_no_list_and_is_shown_as_voided_by_its_id(
    officer: Person, incident: str, settings: Settings, jpeg: bytes
) -> None:
    wrong, right = uuid4(), uuid4()
    await officer.put_photo(incident, jpeg, wrong, caption="拍错了")
    await officer.put_photo(incident, jpeg, right)
    void = entry("void", entry_id=str(wrong), reason="不属本起警情")
    await officer.appended(incident, void)
    assert [photo["photo_id"] for photo in await photos(officer, incident)] == [str(right)]
    path = f"/incidents/{incident}/photos/{wrong}"
    shown = await officer.read(path)
    assert (shown["voided_by"], shown["caption"]) == (void["id"], "拍错了")
    assert (await officer.read(f"/incidents/{incident}/photos/{right}"))["voided_by"] is None
    assert (await officer.get(f"{path}/thumbnail")).headers["Content-Type"] == "image/jpeg"
    assert (await officer.read(path))["renditions"] == "made"
    assert (await officer.get(f"{path}/original")).content == jpeg
    stands = next(e for e in await timeline(officer, incident) if e["id"] == str(wrong))
    assert stands["voided_by"] == void["id"]
    assert stands["body"]["caption"] == "拍错了"
    assert original(settings, jpeg).exists()
    # The phone may still send it: it is known, and does not come back.
    answer = await officer.put_photo(incident, jpeg, wrong, caption="拍错了")
    assert answer.status_code == 200
    assert len(await photos(officer, incident)) == 1


async def test_a_photo_of_a_closed_incident_is_still_taken(
    officer: Person, incident: str, jpeg: bytes
) -> None:
    await officer.appended(incident, entry("escape", animal=1))
    await officer.appended(incident, entry("closing", "2024-07-30T12:00:00+08:00"))
    assert (await officer.read(f"/incidents/{incident}"))["state"] == "closed"
    answer = await officer.put_photo(incident, jpeg, taken_at="2024-07-30T13:00:00+08:00")
    assert answer.status_code == 201
    assert len(await photos(officer, incident)) == 1
    assert (await officer.read(f"/incidents/{incident}"))["state"] == "closed"


async def test_a_photo_with_two_pictures_or_odd_exif_is_taken_like_any(
    officer: Person, incident: str
) -> None:
    image, data = oriented(6)
    two = encoded(image, "MPO", save_all=True, append_images=[noise(60, 40)], exif=data)
    for content in (two, encoded(noise(60, 40), exif=b"Exif\0\0nothing of the kind")):
        answer = await officer.put_photo(incident, content)
        assert answer.status_code == 201, answer.text
        image = answer.json()["facts"]["image"]
        image.pop("exif", None)
        assert image == {
            "sha256": sha256(content).hexdigest(),
            "media_type": "image/jpeg",
            "size": len(content),
            "width": 60,
            "height": 40,
        }
