"""Resumable uploads (tus 1.0.0): what a client may rely on, and what it may not do."""

import asyncio
import errno
import os
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from hashlib import new as new_hasher
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import msgspec
import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from db.pool import Database
from media.local_store import LocalStore
from tests.people import API, Person, entry, road_hazard
from tests.pictures import encoded, noise
from tests.tus import PART, TUS, metadata
from wildlife.accounts.model import DEMO_PASSWORD
from wildlife.accounts.passwords import hash_password
from wildlife.accounts.queries import put_account
from wildlife.photos import bodies
from wildlife.service import Service
from wildlife.settings import Settings
from wildlife.uploads.receiving import finish_complete
from wildlife.vocabularies import Role

PHOTO_LIMIT_BYTES = 1_000_000
QUOTA_BYTES = 1_500_000
EXPIRY_S = 3600
FOUR_WEEKS_S = 28 * 24 * 3600

# More than is collected before it is written, so that a part of this size is on disk at once.
WRITTEN_BYTES = 300_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Limits that are quickly reached."""
    return msgspec.structs.replace(
        settings,
        photo_limit_bytes=PHOTO_LIMIT_BYTES,
        upload_quota_bytes=QUOTA_BYTES,
        upload_expiry_s=EXPIRY_S,
    )


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
    async with database.transaction() as connection:
        await put_account(
            connection,
            account_id=uuid4(),
            badge="150425002",
            name="大局子民警二",
            role=Role.OFFICER,
            station="150425",
            password_hash=hash_password(DEMO_PASSWORD),
        )
    return await Person.sign_in(officer.client, "150425002", DEMO_PASSWORD)


# ---------------------------------------------------------------- what a phone does


def checksum(content: bytes, algorithm: str = "sha256") -> dict[str, str]:
    """`Upload-Checksum` of a chunk."""
    digest = new_hasher(algorithm, content).digest()
    return {"Upload-Checksum": f"{algorithm} {b64encode(digest).decode()}"}


@dataclass
class Sending:
    """A photo that a person sends in parts to an incident."""

    person: Person
    incident: str
    content: bytes
    said: dict[str, str] = field(default_factory=dict)
    photo: str = field(default_factory=lambda: str(uuid4()))
    location: str = ""

    @cached_property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def metadata(self) -> str:
        return metadata(incident_id=self.incident, photo_id=self.photo, **self.said)

    @property
    def path(self) -> str:
        """The upload's address below `/api/v1`."""
        return self.location.partition(API)[2]

    def headers(self) -> dict[str, str]:
        """Those of the request that begins it."""
        return TUS | {"Upload-Length": str(len(self.content)), "Upload-Metadata": self.metadata}

    async def begin(self, body: Any = None, **changes: str) -> Response:
        """POST, with these headers changed; a body makes it creation-with-upload."""
        headers = self.headers() | {
            name.replace("_", "-"): given for name, given in changes.items()
        }
        if body is not None:
            headers |= PART
        answer = await self.person.request("POST", "/uploads", headers=headers, content=body)
        self.location = answer.headers.get("Location", self.location)
        return answer

    async def ask(self, **headers: str) -> Response:
        return await self.person.request("HEAD", self.path, headers=TUS | headers)

    async def send(
        self, start: int = 0, end: int | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        """PATCH with the content's bytes [start, end)."""
        return await self.send_bytes(start, self.content[start:end], headers)

    async def send_bytes(
        self, offset: int, body: bytes | AsyncIterator[bytes], headers: dict[str, str] | None = None
    ) -> Response:
        headers = PART | {"Upload-Offset": str(offset)} | (headers or {})
        return await self.person.request("PATCH", self.path, content=body, headers=headers)

    async def take_back(self) -> Response:
        return await self.person.request("DELETE", self.path, headers=TUS)


@pytest.fixture
def sending(officer: Person, incident: str, jpeg: bytes) -> Sending:
    """A small photo of the officer's incident, not begun yet."""
    return Sending(officer, incident, jpeg)


@dataclass
class Body:
    """A body that notes whether anybody read of it."""

    content: bytes
    read: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.read = True
        yield self.content


async def break_off(sending: Sending, offset: int, part: bytes, **headers: str) -> list[int]:
    """PATCH `part` at `offset` and lose the network before the end; the statuses answered."""
    announced = {"Content-Length": str(len(sending.content) - offset), "Upload-Offset": str(offset)}
    given = {
        "Host": "wildlife.test",
        "Authorization": f"Bearer {sending.person.access_token}",
        **PART,
        **announced,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    messages = iter(
        [
            {"type": "http.request", "body": part, "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    statuses = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    path = API + sending.path
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PATCH",
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("wildlife.test", 80),
        "client": ("127.0.0.1", 123),
        "root_path": "",
    }
    await cast(Any, app_of(sending.person.client))(scope, receive, send)
    return statuses


# ---------------------------------------------------------------- what is looked at behind it


def app_of(client: AsyncClient) -> Litestar:
    transport = client._transport
    assert isinstance(transport, ASGITransport)
    return cast(Litestar, transport.app)


def service_of(client: AsyncClient) -> Service:
    service: Service = app_of(client).state.service
    return service


def kept(settings: Settings) -> list[Path]:
    """Every file of an upload, unfinished or remembered, but for locks, which say nothing."""
    root = settings.media_dir / "uploads"
    return sorted(p for p in root.rglob("*") if p.is_file() and p.parent != root / "locks")


def unfinished(settings: Settings) -> Path:
    """The bytes of the only upload that is not finished."""
    [path] = (settings.media_dir / "uploads" / "open").glob("*.bytes")
    return path


def remembered(settings: Settings) -> Path:
    """What is remembered of the only finished upload."""
    [path] = (settings.media_dir / "uploads" / "finished").iterdir()
    return path


def age(path: Path, seconds: float) -> None:
    """Let the file be written so long ago."""
    then = time.time() - seconds
    for one in path.parent.glob(f"{path.stem}.*"):
        os.utime(one, (then, then))


def original(settings: Settings, content: bytes) -> Path:
    """Where this content lies when it is held."""
    digest = sha256(content).hexdigest()
    return settings.media_dir / "originals" / digest[:2] / digest


def originals(settings: Settings) -> list[Path]:
    return [path for path in (settings.media_dir / "originals").rglob("*") if path.is_file()]


async def timeline(person: Person, incident: str) -> list[dict[str, Any]]:
    """The entries after the opening."""
    entries: list[dict[str, Any]] = (await person.read(f"/incidents/{incident}/entries"))["items"]
    return entries[1:]


async def attached(sending: Sending) -> bool:
    """Whether the photo is on its timeline, and nothing else is."""
    entries = await timeline(sending.person, sending.incident)
    if not entries:
        return False
    [photo] = entries
    assert (photo["type"], photo["id"]) == ("photo", sending.photo)
    assert photo["facts"]["image"]["sha256"] == sending.sha256
    return True


def refusal(answer: Response) -> tuple[int, str]:
    """The status and code of an answer, which speaks tus."""
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def offset(answer: Response) -> int:
    """How far it is, says an answer that is no refusal."""
    assert answer.is_success, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return int(answer.headers["Upload-Offset"])


# ---------------------------------------------------------------- the protocol


async def test_what_of_tus_is_spoken_is_told_to_anybody(client: AsyncClient) -> None:
    for path in (f"{API}/uploads", f"{API}/uploads/{uuid4()}"):
        answer = await client.options(path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Max-Size"] == str(PHOTO_LIMIT_BYTES)
        assert set(answer.headers["Tus-Extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination",
        }
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


async def test_a_photo_is_sent_in_parts_and_is_on_the_timeline_with_the_last(
    sending: Sending, settings: Settings
) -> None:
    sending.said = {
        "taken_at": "2024-07-29T16:05:00+08:00",
        "caption": "发现时：蹲在林下",
        "about": "animal:1",
        "filename": "大局子.jpg",
    }
    begun = await sending.begin()
    assert (begun.status_code, offset(begun)) == (201, 0)
    assert begun.headers["Location"].startswith(f"http://wildlife.test{API}/uploads/")
    third = len(sending.content) // 3
    for start, end in ((0, third), (third, 2 * third), (2 * third, len(sending.content))):
        assert not await attached(sending)
        answer = await sending.send(start, end)
        assert (answer.status_code, offset(answer), answer.content) == (204, end, b"")
    assert await attached(sending)
    assert original(settings, sending.content).read_bytes() == sending.content
    shown = await sending.person.read(f"/incidents/{sending.incident}/photos/{sending.photo}")
    for name in ("taken_at", "caption", "about"):
        assert shown[name] == sending.said[name]


async def test_how_far_an_upload_is_can_be_asked_at_any_time(sending: Sending) -> None:
    sending.said = {"filename": "大局子.jpg"}
    await sending.begin()
    half = len(sending.content) // 2
    for at, send in ((0, None), (half, (0, half)), (len(sending.content), (half, None))):
        if send is not None:
            await sending.send(*send)
        answer = await sending.ask()
        assert (answer.status_code, offset(answer), answer.content) == (200, at, b"")
        assert answer.headers["Upload-Length"] == str(len(sending.content))
        assert answer.headers["Upload-Metadata"] == sending.metadata
        assert answer.headers["Cache-Control"] == "no-store"


async def test_until_when_an_upload_is_kept_is_said(sending: Sending) -> None:
    for answer in (await sending.begin(), await sending.send(0, 100), await sending.ask()):
        until = parsedate_to_datetime(answer.headers["Upload-Expires"])
        assert abs(until - datetime.now(UTC) - timedelta(seconds=EXPIRY_S)).total_seconds() < 60
    await sending.send(100)
    until = parsedate_to_datetime((await sending.ask()).headers["Upload-Expires"])
    assert until > datetime.now(UTC) + timedelta(days=27)


async def test_behind_a_proxy_for_tls_the_location_is_secure_too(sending: Sending) -> None:
    for said, scheme in (("https", "https"), ("http", "http"), ("ftp", "http")):
        answer = await sending.begin(X_Forwarded_Proto=said)
        assert answer.headers["Location"].startswith(f"{scheme}://wildlife.test{API}/uploads/")


async def test_another_version_of_tus_is_refused(sending: Sending, settings: Settings) -> None:
    await sending.begin()
    before = kept(settings)
    body = Body(sending.content)
    for version in (None, "0.2.2", "1.0.1", ""):
        said = {} if version is None else {"Tus-Resumable": version}
        headers = sending.headers() | PART | {"Upload-Offset": "0"}
        del headers["Tus-Resumable"]
        for method, path in (
            ("POST", "/uploads"),
            ("PATCH", sending.path),
            ("DELETE", sending.path),
            ("HEAD", sending.path),
        ):
            answer = await sending.person.request(
                method, path, headers=headers | said, content=aiter(body)
            )
            assert (answer.status_code, method) == (412, method)
            if method != "HEAD":
                assert refusal(answer) == (412, "unsupported_tus_version")
                assert "1.0.0" in answer.json()["detail"]
    assert not body.read
    assert kept(settings) == before
    assert offset(await sending.ask()) == 0


async def test_a_refusal_of_the_version_names_those_spoken(sending: Sending) -> None:
    answer = await sending.begin(Tus_Resumable="0.2.2")
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"


async def test_every_answer_says_the_version(sending: Sending, client: AsyncClient) -> None:
    path = f"/uploads/{uuid4()}"
    for answer, expected in (
        (await client.request("HEAD", API + path, headers=TUS), 401),
        (await client.post(f"{API}/uploads", headers=TUS), 401),
        (await sending.person.request("HEAD", path, headers=TUS), 404),
        (await sending.person.request("DELETE", path, headers=TUS), 404),
        (await sending.person.request("HEAD", path), 412),
        (await sending.begin(), 201),
        (await sending.send(0, 100), 204),
        (await sending.send(0, 100), 409),
        (await sending.send_bytes(100, b"", {"Content-Type": "image/jpeg"}), 415),
        (await sending.ask(), 200),
        (await sending.take_back(), 204),
    ):
        assert answer.status_code == expected
        assert answer.headers.get_list("Tus-Resumable") == ["1.0.0"], expected


async def test_a_part_is_taken_only_as_a_part(sending: Sending) -> None:
    await sending.begin()
    body = Body(sending.content)
    for content_type in (None, "image/jpeg", "application/octet-stream"):
        headers = TUS | {"Upload-Offset": "0"}
        if content_type:
            headers["Content-Type"] = content_type
        answer = await sending.person.request(
            "PATCH", sending.path, headers=headers, content=aiter(body)
        )
        assert refusal(answer) == (415, "unsupported_media_type")
        assert "application/offset+octet-stream" in answer.json()["detail"]
    assert not body.read
    assert offset(await sending.ask()) == 0


async def test_a_part_for_another_offset_changes_nothing(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    before = unfinished(settings).read_bytes()
    for wrong in (0, 499, 501, 900):
        answer = await sending.send(wrong, wrong + 100)
        assert refusal(answer) == (409, "wrong_offset")
        assert "500" in answer.json()["detail"]
    assert unfinished(settings).read_bytes() == before == sending.content[:500]
    assert offset(await sending.ask()) == 500
    assert offset(await sending.send(500)) == len(sending.content)
    assert await attached(sending)


async def test_a_part_that_would_go_beyond_the_end_for_another_offset_has_the_wrong_offset(
    sending: Sending,
) -> None:
    # A client tries again after 409, and gives up after 413.
    await sending.begin()
    await sending.send(0, 500)
    for wrong in (len(sending.content), len(sending.content) + 1):
        answer = await sending.send_bytes(wrong, b"more")
        assert refusal(answer) == (409, "wrong_offset")


async def test_more_than_the_upload_is_long_is_refused_and_what_is_there_stays(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    announced = Body(sending.content[500:] + b"!")
    headers = {"Content-Length": str(len(announced.content))}
    answer = await sending.send_bytes(500, aiter(announced), headers)
    assert refusal(answer) == (413, "body_too_large")
    assert not announced.read
    unannounced = Body(sending.content[500:] + b"!")
    answer = await sending.send_bytes(500, aiter(unannounced))
    assert refusal(answer) == (413, "body_too_large")
    assert sending.content.startswith(unfinished(settings).read_bytes())
    at = offset(await sending.ask())
    assert at >= 500
    assert offset(await sending.send(at)) == len(sending.content)
    assert await attached(sending)


async def test_an_empty_part_is_taken_and_changes_nothing(sending: Sending) -> None:
    await sending.begin()
    assert offset(await sending.send_bytes(0, b"")) == 0
    await sending.send(0, 500)
    assert offset(await sending.send_bytes(500, b"")) == 500
    await sending.send(500)
    assert offset(await sending.send_bytes(len(sending.content), b"")) == len(sending.content)
    assert await attached(sending)


async def test_the_last_part_sent_again_is_told_that_it_is_there(sending: Sending) -> None:
    await sending.begin()
    await sending.send(0, 500)
    await sending.send(500)
    answer = await sending.send(500)
    assert refusal(answer) == (409, "wrong_offset")
    assert offset(await sending.ask()) == len(sending.content)
    assert await attached(sending)


# ---------------------------------------------------------------- headers that are wrong


async def test_a_number_that_is_none_is_named(sending: Sending, settings: Settings) -> None:
    body = Body(sending.content)
    wrong = (None, "", "-1", "1.5", "１２", "0x10", "1" * 30, "long")
    for given in wrong:
        headers = sending.headers() | PART
        del headers["Upload-Length"]
        answer = await sending.person.request(
            "POST",
            "/uploads",
            headers=as_sent(headers, "Upload-Length", given),
            content=aiter(body),
        )
        assert refusal(answer) == (400, "invalid_header"), given
        assert answer.json()["errors"][0]["field"] == "Upload-Length"
        assert "a whole number" in answer.json()["detail"]
    assert kept(settings) == []
    await sending.begin()
    for given in wrong:
        headers = as_sent(PART, "Upload-Offset", given)
        answer = await sending.person.request(
            "PATCH", sending.path, headers=headers, content=aiter(body)
        )
        assert refusal(answer) == (400, "invalid_header"), given
        assert answer.json()["errors"][0]["field"] == "Upload-Offset"
    assert not body.read


def as_sent(headers: dict[str, str], name: str, given: str | None) -> dict[str, Any]:
    """The headers with one more, if any, which may be no ASCII."""
    return headers if given is None else headers | {name: given.encode()}


async def test_metadata_that_is_no_base64_of_text_is_named(
    sending: Sending, settings: Settings
) -> None:
    for given in (
        "photo_id not-base64!",
        "photo_id YQ",
        "photo_id " + b64encode(b"\xff\xfe").decode(),
        "filename YQ==,photo_id ?",
    ):
        answer = await sending.begin(Upload_Metadata=given)
        assert refusal(answer) == (400, "invalid_header"), given
        [error] = answer.json()["errors"]
        assert error["field"] == "Upload-Metadata"
        assert "Base64" in error["expected"]
    assert kept(settings) == []


async def test_a_checksum_that_cannot_be_read_is_named(sending: Sending) -> None:
    await sending.begin()
    body = Body(sending.content)
    for given in ("md5 " + b64encode(bytes(16)).decode(), "crc32 AAAA", "sha256 no-base64!", ""):
        answer = await sending.send_bytes(0, aiter(body), {"Upload-Checksum": given})
        assert refusal(answer) == (400, "invalid_header"), given
        [error] = answer.json()["errors"]
        assert error["field"] == "Upload-Checksum"
        assert "sha1, sha256" in error["expected"]
    assert not body.read
    assert offset(await sending.ask()) == 0


async def test_a_checksum_of_another_length_than_its_algorithm_has_is_named(
    sending: Sending,
) -> None:
    await sending.begin()
    for given in ("sha1", "sha256 " + b64encode(bytes(20)).decode()):
        answer = await sending.send(headers={"Upload-Checksum": given})
        assert refusal(answer) == (400, "invalid_header")


@pytest.mark.parametrize("name", ["Upload-Metadata", "Upload-Checksum"])
async def test_a_header_that_is_no_ascii_is_named(sending: Sending, name: str) -> None:
    await sending.begin()
    headers = as_sent(sending.headers() | PART | {"Upload-Offset": "0"}, name, "sha1 大局子")
    for method, path in (("POST", "/uploads"), ("PATCH", sending.path)):
        if (method, name) != ("PATCH", "Upload-Metadata"):
            answer = await sending.person.request(method, path, headers=headers)
            assert refusal(answer) == (400, "invalid_header")
            assert answer.json()["errors"][0]["field"] == name


async def test_what_is_wrong_with_a_header_is_said_in_chinese(sending: Sending) -> None:
    for changes, words in (
        ({"Upload_Length": "long"}, "Upload-Length 为 long；应为"),
        ({"Upload_Metadata": "photo_id ?"}, "Upload-Metadata 为 photo_id ?；应为"),
        ({"Tus_Resumable": "0.2.2"}, "请发送 Tus-Resumable: 1.0.0；收到的是 0.2.2"),
    ):
        answer = await sending.begin(**changes, Accept_Language="zh-CN,zh;q=0.9,en;q=0.5")
        assert words in answer.json()["detail"]
    await sending.begin()
    answer = await sending.send(headers={"Upload-Checksum": "md5 A", "Accept-Language": "zh"})
    assert "Upload-Checksum 为 md5 A；应为" in answer.json()["detail"]
    answer = await sending.send(1, headers={"Accept-Language": "zh"})
    assert "已收到 0 字节" in answer.json()["detail"]


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
    ):
        yield said, (422, code)
    yield {"incident_id": str(uuid4())}, (404, "not_found")


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


# ---------------------------------------------------------------- beginning again


async def test_who_begins_again_goes_on(sending: Sending) -> None:
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
    sending.said = {"caption": "鹭鸶"}
    await sending.begin()
    await sending.send(0, 500)
    sending.said = {"caption": "普通鸬鹚"}
    assert offset(await sending.begin()) == 500
    assert (await sending.ask()).headers["Upload-Metadata"] == sending.metadata
    await sending.send(500)
    shown = await sending.person.read(f"/incidents/{sending.incident}/photos/{sending.photo}")
    assert shown["caption"] == "普通鸬鹚"


async def test_what_is_said_otherwise_of_a_finished_photo_is_refused_and_kept(
    sending: Sending,
) -> None:
    sending.said = {"caption": "鹭鸶"}
    await sending.begin(sending.content)
    sending.said = {"caption": "普通鸬鹚"}
    assert refusal(await sending.begin()) == (409, "id_conflict")
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


# ---------------------------------------------------------------- checksums


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_part_with_its_checksum_is_kept_and_any_other_is_not(
    sending: Sending, settings: Settings, algorithm: str
) -> None:
    await sending.begin()
    half = len(sending.content) // 2
    right = checksum(sending.content[:half], algorithm)
    assert offset(await sending.send(0, half, right)) == half
    before = kept(settings)
    wrong = checksum(b"other", algorithm)
    answer = await sending.send(half, None, wrong)
    assert refusal(answer) == (460, "wrong_checksum")
    assert answer.json()["errors"][0]["field"] == "Upload-Checksum"
    assert unfinished(settings).read_bytes() == sending.content[:half]
    assert kept(settings) == before, "nothing aside either"
    assert offset(await sending.ask()) == half
    right = checksum(sending.content[half:], algorithm)
    assert offset(await sending.send(half, None, right)) == len(sending.content)
    assert await attached(sending)


async def test_a_part_that_breaks_off_is_kept_as_far_as_it_came(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    statuses = await break_off(sending, 0, sending.content[:1000])
    assert all(400 <= status < 500 for status in statuses), "it is no fault of ours"
    assert offset(await sending.ask()) == 1000
    assert unfinished(settings).read_bytes() == sending.content[:1000]
    assert offset(await sending.send(1000)) == len(sending.content)
    assert await attached(sending)


async def test_of_a_part_with_a_checksum_that_breaks_off_nothing_is_kept(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    before = kept(settings)
    right = checksum(sending.content[500:])["Upload-Checksum"]
    statuses = await break_off(sending, 500, sending.content[500:1000], Upload_Checksum=right)
    assert all(400 <= status < 500 for status in statuses), "it is no fault of ours"
    assert kept(settings) == before
    assert offset(await sending.ask()) == 500
    assert offset(await sending.send(500)) == len(sending.content)
    assert await attached(sending)


async def test_a_photo_that_is_not_what_was_declared_is_begun_again(
    sending: Sending, settings: Settings
) -> None:
    sending.said = {"sha256": sending.sha256}
    await sending.begin()
    await sending.send(0, 500)
    broken = bytes(len(sending.content) - 500)
    answer = await sending.send_bytes(500, broken)
    assert refusal(answer) == (460, "wrong_checksum")
    assert answer.json()["errors"][0] == {
        "field": "sha256",
        "given": sha256(sending.content[:500] + broken).hexdigest(),
        "expected": sending.sha256,
    }
    assert kept(settings) == []
    assert originals(settings) == []
    assert (await sending.ask()).status_code == 404
    assert offset(await sending.begin(sending.content)) == len(sending.content)
    assert await attached(sending)


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
    for path in (settings.media_dir / "uploads" / "open").glob("*.bytes"):
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


async def test_an_upload_that_came_whole_is_finished_by_who_begins_it_again(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    unfinished(settings).write_bytes(sending.content)
    assert offset(await sending.begin()) == len(sending.content)
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
        p for p in (settings.media_dir / "uploads/open").glob("*.bytes") if not p.stat().st_size
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
    void = entry("void", entry_id=sending.photo, reason="不是本案")
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


@dataclass
class Halting:
    """A body that stops after its first part, as on one bar of signal, until it may go on."""

    first: bytes
    rest: bytes
    halted: asyncio.Event = field(default_factory=asyncio.Event)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.first
        self.halted.set()
        await self.may_go_on.wait()
        yield self.rest


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


async def test_an_upload_begun_by_an_impatient_phone_is_one(
    sending: Sending, settings: Settings
) -> None:
    answers = await asyncio.gather(*(sending.begin(sending.content) for _ in range(4)))
    assert {one.headers["Location"] for one in answers if one.is_success} <= {sending.location}
    at = offset(await sending.begin())
    assert offset(await sending.send(at)) == len(sending.content)
    assert await attached(sending)
    assert kept(settings) == [remembered(settings)]


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
    answer = await sending.send_bytes(0, aiter(Halting(jpeg[:1000], b"")))
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
    hanging = asyncio.create_task(sending.send_bytes(0, aiter(body)))
    async with asyncio.timeout(10):
        while unfinished(settings).read_bytes() != jpeg[:1000]:
            await officer.get("/session")
    body.may_go_on.set()
    assert (await hanging).status_code == 204
    assert await attached(sending)
