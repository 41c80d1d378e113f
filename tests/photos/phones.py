"""Phones that send photos over a bad network, to the real service in processes of their own, which
are now and then killed as by a power cut: a state machine."""

import asyncio
import os
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from media.store import open_store
from tests import serving
from tests.pictures import encoded, noise
from tests.tus import PART, TUS, creation
from tests.users import API, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.photos.upload import open_uploads
from wildlife.settings import Settings

# ---------------------------------------------------------------- the service


class Server(serving.Server):
    """The service with two processes on one folder, and the phones' way to it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.settings = settings
        self.client = self._new_client()

    def _new_client(self) -> httpx.Client:
        base = f"{self.base}{API}"
        return httpx.Client(base_url=base, timeout=30, trust_env=False, verify=False)

    def kill(self) -> None:
        self.client.close()
        super().kill()
        self.client = self._new_client()

    @property
    def open_uploads(self) -> Path:
        return self.settings.media_dir / "uploads" / "open"

    def expire(self) -> None:
        """Expire what has expired, as another process of the service does it now and then."""
        store = open_store(self.settings.media_url, self.settings.media_dir)
        asyncio.run(open_uploads(self.settings, store).expire())


@contextmanager
def served(settings: Settings) -> Iterator[Server]:
    server = Server(settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.client.close()


# ---------------------------------------------------------------- the phones


@dataclass
class Sent:
    """A photo that a phone sends, and what the service said of it."""

    content: bytes
    incident: str
    declared: bool
    photo: str = field(default_factory=lambda: str(uuid4()))
    path: str | None = None
    """Its upload's address below `/api/v1`, while the phone believes in it."""
    offset: int = 0
    """The latest the service said; more may be there."""
    is_certain: bool = False
    """Whether it can't be more."""
    is_attached: bool = False
    last: dict[str, Any] | None = None
    """The latest request that wrote, to be sent again."""

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def headers(self) -> dict[str, str]:
        said = {"incident_id": self.incident, "photo_id": self.photo}
        if self.declared:
            said["sha256"] = self.digest
        return creation(len(self.content), **said)

    @property
    def upload_id(self) -> str:
        return (self.path or "").rpartition("/")[2]

    def forget(self) -> None:
        """The service said that there is no such upload."""
        self.path, self.offset, self.is_certain, self.last = None, 0, False, None


PHOTOS = tuple(
    encoded(noise(side, side), quality=quality) for side, quality in ((48, 90), (64, 90), (96, 80))
)

which = st.integers(0, len(PHOTOS) - 1)
# How much of what is left a part has.
share = st.sampled_from([0.0, 0.001, 0.1, 0.5, 0.9, 1.0, 1.0])
# How much of a part comes before the network is gone; all of it, and the answer is lost.
came = st.sampled_from([0.0, 0.01, 0.5, 0.99, 1.0])


def part_at(offset: int, body: bytes, *, checked: bool = False) -> dict[str, Any]:
    """The headers and content of a PATCH."""
    headers = PART | {"Upload-Offset": str(offset)}
    if checked:
        headers["Upload-Checksum"] = f"sha256 {b64encode(sha256(body).digest()).decode()}"
    return {"headers": headers, "content": body}


class Phones(RuleBasedStateMachine):
    """Phones that send photos of one incident."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.hanging: list[tuple[Sent, socket.socket, bytes]] = []

    @initialize(declared=st.lists(st.booleans(), min_size=len(PHOTOS), max_size=len(PHOTOS)))
    def sign_in(self, declared: list[bool]) -> None:
        answer = self.server.client.post(
            "/session", json={"badge": "150425001", "password": DEMO_PASSWORD}
        )
        self.token = answer.json()["access_token"]
        opening = rescue()
        assert self.call("POST", "/incidents", json=opening).status_code == 201
        self.incident = opening["id"]
        # No content twice, or one would be held as soon as the other is.
        self.sent = [
            Sent(content + uuid4().bytes, self.incident, one)
            for content, one in zip(PHOTOS, declared, strict=True)
        ]

    # ------------------------------------------------------------ what phones do

    @rule(which=which, part=st.none() | share)
    def begin(self, which: int, part: float | None) -> None:
        """POST, the first time or again, with a first part or without."""
        photo = self.sent[which]
        headers, body = TUS | photo.headers, None
        if part is not None:
            headers |= PART
            body = photo.content[: int(part * len(photo.content))]
        answer = self.call("POST", "/uploads", headers=headers, content=body)
        assert answer.status_code == 201, answer.text
        path = answer.headers["Location"].partition(API)[2]
        if photo.declared:
            assert photo.path in (None, path), "the same photo has the same upload"
        else:
            # Nothing but the bytes tells whether this is the same picture.
            assert photo.path != path
            photo.forget()
        photo.path = path
        self.note(photo, answer)

    @rule(which=which, part=share, checked=st.booleans())
    def send(self, which: int, part: float, checked: bool) -> None:
        """PATCH at the right offset; who is not certain of it asks first."""
        photo = self.begun(which)
        for _ in range(1 + len(self.hanging)):
            body = self.next_part(photo, part)
            photo.last = part_at(photo.offset, body, checked=checked)
            answer = self.call("PATCH", self.path_of(photo), **photo.last)
            if answer.status_code != 409 or answer.json()["code"] != "upload_taken_over":
                break
            self.ask(photo)  # what hangs was read only now: that is the later one
        assert answer.status_code == 204, answer.text
        before = photo.offset
        self.note(photo, answer)
        assert photo.offset == before + len(body)

    @rule(which=which, off_by=st.sampled_from([-1000, -1, 1, 1000]))
    def send_at_the_wrong_place(self, which: int, off_by: int) -> None:
        photo = self.begun(which)
        wrong = photo.offset + off_by
        if not 0 <= wrong < len(photo.content):
            return
        body = photo.content[wrong : wrong + 100]
        answer = self.call("PATCH", self.path_of(photo), **part_at(wrong, body))
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_offset")
        before = photo.offset
        self.ask(photo)
        assert photo.offset == before, "nothing has changed"

    @rule(which=which)
    def send_the_same_again(self, which: int) -> None:
        """The answer got lost, so the phone believes."""
        photo = self.sent[which]
        if photo.path is None or photo.last is None:
            return
        answer = self.call("PATCH", self.path_of(photo), **photo.last)
        if answer.status_code == 204:
            self.note(photo, answer)
        else:
            assert answer.status_code in (404, 409), answer.text
            photo.is_certain = False

    @rule(which=which, part=share, checked=st.booleans(), came=came)
    def lose_the_network(self, which: int, part: float, checked: bool, came: float) -> None:
        self.break_off(self.begun(which), part, checked, came)

    @rule(
        which=which,
        part=share,
        checked=st.booleans(),
        came=came,
        really=st.sampled_from([False, True]),
    )
    def cut_the_power(
        self, which: int, part: float, checked: bool, came: float, really: bool
    ) -> None:
        """Kill -9, while parts are on their way; not each time, since a start takes a while."""
        if not really:
            return
        self.break_off(self.begun(which), part, checked, came, meanwhile=self.server.kill)
        self.let_go()
        self.server.start()
        for photo in self.sent:
            photo.is_certain = False

    @rule(which=which, part=share, checked=st.booleans(), came=came)
    def hang(self, which: int, part: float, checked: bool, came: float) -> None:
        """The network is as good as gone: a part of a part came, and the rest does not yet."""
        photo = self.begun(which)
        self.hanging.append((photo, *self.half_sent(photo, part, checked, came)))

    @precondition(lambda self: self.hanging)
    @rule()
    def come_back(self) -> None:
        """The rest comes, after whatever else was sent and said in the meantime."""
        photo, wire, rest = self.hanging.pop()
        photo.is_certain = False
        with wire, suppress(ConnectionError):  # it may have been answered, and closed, by now
            wire.sendall(rest)
            answer = wire.recv(10_000)
            assert not answer or int(answer.split()[1]) in (204, 404, 408, 409), answer

    @rule(which=which)
    def resume(self, which: int) -> None:
        """HEAD, then all that is left."""
        photo = self.begun(which)
        self.ask(photo)
        self.send(which, 1.0, False)
        assert photo.offset == len(photo.content)

    @rule(which=which)
    def take_back(self, which: int) -> None:
        photo = self.sent[which]
        if photo.path is None:
            return
        answer = self.call("DELETE", photo.path, headers=TUS)
        assert answer.status_code in (204, 404)
        if answer.status_code == 404:
            assert not self.bytes_of(photo)
        photo.forget()

    @rule(which=which)
    def expire(self, which: int) -> None:
        """Nobody goes on with it for weeks. One that is finished is remembered."""
        photo = self.begun(which)
        self.ask(photo)  # a stale connection might still write, which would keep it
        for path in self.bytes_of(photo):
            os.utime(path.with_suffix(".json"), (0, 0))
        self.server.expire()
        if photo.offset < len(photo.content):
            answer = self.call("HEAD", self.path_of(photo), headers=TUS)
            assert answer.status_code == 404
            photo.forget()
        else:
            self.ask(photo)

    @rule(which=which)
    def put(self, which: int) -> None:
        """An older phone sends the same photo in one request."""
        photo = self.sent[which]
        path = f"/incidents/{self.incident}/photos/{photo.photo}"
        answer = self.call("PUT", path, content=photo.content)
        assert answer.status_code in (200, 201), answer.text
        photo.is_attached = True

    # ------------------------------------------------------------ how they do it

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | request.pop("headers", {})
        answer = self.server.client.request(method, path, headers=headers, **request)
        assert answer.status_code < 500, answer.text
        return answer

    def path_of(self, photo: Sent) -> str:
        assert photo.path is not None
        return photo.path

    def next_part(self, photo: Sent, part: float) -> bytes:
        left = photo.content[photo.offset :]
        return left[: int(part * len(left)) if part < 1 else None]

    def begun(self, which: int) -> Sent:
        """The photo, whose upload is begun, and how far it is is certain."""
        photo = self.sent[which]
        if photo.path is None:
            self.begin(which, None)
        if not photo.is_certain:
            self.ask(photo)
        return photo

    def ask(self, photo: Sent) -> None:
        """HEAD. Nobody took it back, and it has not expired."""
        answer = self.call("HEAD", self.path_of(photo), headers=TUS)
        assert answer.status_code == 200, answer.headers
        self.note(photo, answer)

    def note(self, photo: Sent, answer: httpx.Response) -> None:
        """What the service said of how far it is."""
        said = int(answer.headers["Upload-Offset"])
        assert photo.offset <= said <= len(photo.content), "the offset never falls"
        photo.offset, photo.is_certain = said, True
        photo.is_attached |= said == len(photo.content)

    def break_off(
        self,
        photo: Sent,
        part: float,
        checked: bool,
        came: float,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """PATCH, and close the connection after a share of the body; nobody reads an answer."""
        wire, _ = self.half_sent(photo, part, checked, came)
        with wire:
            meanwhile()

    def half_sent(
        self, photo: Sent, part: float, checked: bool, came: float
    ) -> tuple[socket.socket, bytes]:
        """A connection over which a share of a PATCH was sent, and what is left of its body."""
        body = self.next_part(photo, part)
        photo.last = part_at(photo.offset, body, checked=checked)
        photo.is_certain = False
        lines = [
            f"PATCH {API}{photo.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {self.token}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in photo.last["headers"].items()),
        ]
        wire = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
        share = int(came * len(body))
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + body[:share])
        return wire, body[share:]

    def let_go(self) -> None:
        """Close what hangs."""
        while self.hanging:
            self.hanging.pop()[1].close()

    # ------------------------------------------------------------ what must hold

    def bytes_of(self, photo: Sent) -> list[Path]:
        """Where its bytes lie until it is finished."""
        return list(self.server.open_uploads.rglob(f"*.{photo.upload_id}.bytes"))

    @invariant()
    def what_lies_on_the_disk_is_the_files_beginning(self) -> None:
        for photo in self.sent:
            for path in self.bytes_of(photo) if photo.path else []:
                with suppress(FileNotFoundError):  # finished in this moment
                    there = path.read_bytes()
                    assert photo.content.startswith(there)
                    assert len(there) >= photo.offset, "what was acknowledged is there"

    @invariant()
    def no_photo_is_there_twice_or_damaged(self) -> None:
        if not self.sent:
            return
        shown = self.call("GET", f"/incidents/{self.incident}/entries").json()["items"][1:]
        digests = {one["id"]: one["facts"]["image"]["sha256"] for one in shown}
        assert len(digests) == len(shown)
        for photo in self.sent:
            assert digests.get(photo.photo, photo.digest) == photo.digest
            if photo.is_attached:
                assert photo.photo in digests, "what was said to be done is done"
                assert self.held(photo) == photo.content

    def held(self, photo: Sent) -> bytes:
        """What the store has of it."""
        path = self.server.settings.media_dir / "originals"
        return (path / photo.digest[:2] / photo.digest).read_bytes()

    def teardown(self) -> None:
        """In the end each photo comes, whatever happened to it."""
        try:
            for which, photo in enumerate(self.sent):
                self.begin(which, None)
                self.resume(which)
                assert photo.is_attached
        finally:
            self.let_go()
        self.no_photo_is_there_twice_or_damaged()


def play(phones: type[Phones], times: int) -> None:
    """Let them send their photos so many times, each time otherwise."""
    run_state_machine_as_test(
        phones,
        settings=examples(
            max_examples=times,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            # What fails is not made smaller, which would kill the service a thousand times.
            phases=[Phase.generate],
        ),
    )
