"""A phone that sends a photo in parts, and what lies on the disk behind it: for several tests."""

import asyncio
import os
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import new as new_hasher
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast
from uuid import uuid4

import msgspec
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from tests.files import files
from tests.serving import until
from tests.tus import PART, TUS, any_creation, metadata
from tests.users import (
    API,
    Person,
)
from wildlife.photos.service import PhotoService
from wildlife.settings import Settings

PHOTO_LIMIT_BYTES: Final = 2_000_000
QUOTA_BYTES: Final = 3_000_000
EXPIRY_S: Final = 3600

# More than is collected before it is written, so that a part of this size is on disk at once.
WRITTEN_BYTES: Final = 600_000


def limited(settings: Settings) -> Settings:
    """The settings with limits that are quickly reached."""
    return msgspec.structs.replace(
        settings,
        photo_limit_bytes=PHOTO_LIMIT_BYTES,
        upload_quota_bytes=QUOTA_BYTES,
        upload_expiry_s=EXPIRY_S,
    )


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

    @property
    def path_whole(self) -> str:
        """The same as logs have it."""
        return API + self.path

    def headers(self) -> dict[str, str]:
        """Those of the request that begins it."""
        return TUS | {"Upload-Length": str(len(self.content)), "Upload-Metadata": self.metadata}

    async def begin(self, body: Any = None, **changes: str | bytes) -> Response:
        """POST, with these headers changed; a body makes it creation-with-upload."""
        headers: dict[str, Any] = self.headers()
        headers |= {name.replace("_", "-"): given for name, given in changes.items()}
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
        self,
        offset: int,
        body: bytes | AsyncIterator[bytes],
        headers: dict[str, str] | None = None,
        *,
        method: str = "PATCH",
    ) -> Response:
        """PATCH with these bytes; as POST, which says what it is meant to be."""
        headers = PART | {"Upload-Offset": str(offset)} | (headers or {})
        if method == "POST":
            headers["X-HTTP-Method-Override"] = "Patch"
        return await self.person.request(method, self.path, content=body, headers=headers)

    async def take_back(self) -> Response:
        return await self.person.request("DELETE", self.path, headers=TUS)


@dataclass
class Body:
    """A body that notes whether anybody read of it."""

    content: bytes
    read: bool = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.read = True
        yield self.content


@dataclass
class Halting:
    """A body that stops after its first part, as on one bar of signal, until it may go on."""

    first: bytes
    rest: bytes = b""
    halted: asyncio.Event = field(default_factory=asyncio.Event)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.first
        self.halted.set()
        await self.may_go_on.wait()
        if self.rest:
            yield self.rest


async def break_off(sending: Sending, offset: int, part: bytes, **headers: str) -> list[int]:
    """PATCH `part` at `offset` and lose the network before the end; the statuses answered."""
    announced = {"Content-Length": str(len(sending.content) - offset), "Upload-Offset": str(offset)}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await lose_network(sending.person, "PATCH", sending.path, part, PART | announced | given)


async def lose_network(
    person: Person, method: str, path: str, part: bytes, headers: dict[str, str] | None = None
) -> list[int]:
    """Send `part` of a body and lose the network before the end; the statuses answered."""
    given = {
        "Host": "wildlife.test",
        "Authorization": f"Bearer {person.access_token}",
        **(headers or {}),
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

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "scheme": "http",
        "path": API + path,
        "raw_path": (API + path).encode(),
        "query_string": b"",
        "server": ("wildlife.test", 80),
        "client": ("127.0.0.1", 123),
        "root_path": "",
    }
    await cast(Any, app_of(person.client))(scope, receive, send)
    return statuses


# ---------------------------------------------------------------- what is looked at behind it


def app_of(client: AsyncClient) -> Litestar:
    transport = client._transport
    assert isinstance(transport, ASGITransport)
    return cast(Litestar, transport.app)


def service_of(client: AsyncClient) -> PhotoService:
    service: PhotoService = app_of(client).state.service
    return service


def kept(settings: Settings) -> list[Path]:
    """Every file of an upload, unfinished or remembered, but for locks, which say nothing."""
    root = settings.media_dir / "uploads"
    return sorted(p for p in root.rglob("*") if p.is_file() and p.parent != root / "locks")


def unfinished(settings: Settings) -> Path:
    """The bytes of the only upload that is not finished."""
    [path] = (settings.media_dir / "uploads" / "open").rglob("*.bytes")
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
    return files(settings.media_dir / "originals")


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


async def began_upload(person: Person, incident: str) -> str:
    """The id of an upload that this person began."""
    answer = await person.request("POST", "/uploads", headers=any_creation(incident))
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"].rpartition("/")[2]


async def until_shown(person: Person, incident: str) -> None:
    """Wait until all photos of an incident can be shown: what is told of them is settled then."""

    async def are_shown() -> bool:
        photos = (await person.read(f"/incidents/{incident}/photos"))["items"]
        return all(one["renditions"] == "made" for one in photos)

    await until(are_shown)
