"""Uploads go on at whichever of two servers, which share a database and a store and no disk.

Phones whose requests come to one or the other, as a proxy sends them.
"""

from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from media.s3_store import S3Store
from media.shared_uploads import SharedUploads
from media.store import StoreUnavailable, open_store
from media.upload_state import Limits
from tests.fixtures.service import running_application
from tests.photos.phones import Phones, Sent, Server, came, play, served, share, which
from tests.pictures import encoded, noise
from tests.tus import PART, TUS, creation
from tests.users import API, Person
from wildlife.photos.upload import open_uploads
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings, bucket: str) -> Settings:
    return msgspec.structs.replace(settings, media_url=f"s3://{bucket}/wildlife")


@pytest.fixture
def another(settings: Settings, tmp_path: Path) -> Settings:
    """Those of a second server."""
    folder = tmp_path / "another"
    folder.mkdir()
    key = settings.key_path
    return msgspec.structs.replace(settings, data_dir=folder, key_file=key, log_file=None)


class Roaming(Phones):
    """The same phones; each request comes to the next server."""

    servers: tuple[Server, Server]

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        self.roam()
        return super().call(method, path, **request)

    def ask(self, photo: Sent) -> None:
        """That it is finished knows the server that finished it; another one knows it no more, and
        tells who begins it anew that it is held."""
        answer = self.call("HEAD", self.path_of(photo), headers=TUS)
        if answer.status_code == HTTPStatus.OK:
            self.note(photo, answer)
            return
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert photo.is_attached or photo.offset == 0, "nobody took it back"
        photo.forget()
        self.begin(self.sent.index(photo), None)

    @rule(which=which, part=share, checked=st.booleans())
    def send(self, which: int, part: float, checked: bool) -> None:
        if not self.is_whole(which):
            super().send(which, part, checked)

    @rule(which=which, off_by=st.sampled_from([-1000, -1, 1, 1000]))
    def send_at_the_wrong_place(self, which: int, off_by: int) -> None:
        if not self.is_whole(which):
            super().send_at_the_wrong_place(which, off_by)

    def is_whole(self, which: int) -> bool:
        """Whether a phone knows that there is nothing more to send."""
        photo = self.begun(which)
        return photo.offset == len(photo.content)

    def half_sent(self, *args: Any) -> Any:
        self.roam()
        return super().half_sent(*args)

    @rule()
    def roam(self) -> None:
        first, second = self.servers
        type(self).server = second if self.server is first else first

    def bytes_of(self, photo: Sent) -> list[Path]:
        """What lies on a disk says nothing of what there is."""
        return []

    @rule()
    def expire(self) -> None:
        """It is looked for what has expired; nothing has."""
        self.server.expire()

    @rule(which=which, part=share, checked=st.booleans(), came=came, really=st.booleans())
    def cut_the_power(
        self, which: int, part: float, checked: bool, came: float, really: bool
    ) -> None:
        """Of one of them; the other goes on."""
        if not really:
            return
        killed = self.server
        self.break_off(self.begun(which), part, checked, came, meanwhile=killed.kill)
        self.let_go()
        killed.start()
        for photo in self.sent:
            photo.is_certain = False

    def held(self, photo: Sent) -> bytes:
        path = f"/incidents/{self.incident}/photos/{photo.photo}/original"
        return self.call("GET", path).content


def test_whatever_breaks_and_wherever_it_goes_on_each_photo_comes_once_and_whole(
    settings: Settings, another: Settings
) -> None:
    with ExitStack() as stack:

        class OnTheseServers(Roaming):
            pass

        first, second = (stack.enter_context(served(one)) for one in (settings, another))
        OnTheseServers.servers, OnTheseServers.server = (first, second), first
        play(OnTheseServers, times=6)


JPEG: Final = encoded(noise(64, 64))


async def test_what_is_over_leaves_nothing_in_the_store_and_is_over_everywhere(
    officer: Person, settings: Settings, another: Settings
) -> None:
    incident = await officer.opened()
    async with running_application(another) as client:
        elsewhere = replace(officer, client)
        taken_back = await begun(officer, incident, JPEG[:100])
        assert await offset_at(elsewhere, taken_back) == 100
        assert (await officer.request("DELETE", taken_back, headers=TUS)).status_code == 204
        assert (await elsewhere.request("HEAD", taken_back, headers=TUS)).status_code == 404
        assert await left(settings) == []

        finished = await begun(officer, incident, JPEG[:100])
        part = PART | {"Upload-Offset": "100"}
        answer = await elsewhere.request("PATCH", finished, content=JPEG[100:], headers=part)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, f"{len(JPEG)}")
        assert (await officer.request("HEAD", finished, headers=TUS)).status_code == 404
        assert await left(settings) == []

        await begun(officer, incident, JPEG)
        assert await left(settings) == []
    assert len((await officer.read(f"/incidents/{incident}/photos"))["items"]) == 2


async def test_what_nobody_goes_on_with_expires_in_the_store_too_whichever_server_began_it(
    officer: Person, settings: Settings, another: Settings
) -> None:
    path = await begun(officer, await officer.opened(), JPEG[:100])
    store = open_store(another.media_url, another.media_dir)
    open_uploads(another, store).prepare()
    await open_uploads(another, store).expire()
    assert len(await left(settings)) == 2
    await SharedUploads(another.media_dir, Limits(1, 1, -60, -60), store).expire()
    assert await left(settings) == []
    assert (await officer.request("HEAD", path, headers=TUS)).status_code == 404


async def test_while_the_store_is_away_nobody_is_told_that_a_part_came(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await begun(officer, await officer.opened(), JPEG[:100])
    with monkeypatch.context() as patched:
        patched.setattr(S3Store, "put_new", unreachable)
        part = PART | {"Upload-Offset": "100"}
        answer = await officer.request("PATCH", path, content=JPEG[100:200], headers=part)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        answer = await officer.request("HEAD", path, headers=TUS)
        assert answer.status_code == 503
    assert await offset_at(officer, path) == 200


async def unreachable(*_: object) -> bool:
    raise StoreUnavailable("it does not answer")


def replace(person: Person, client: httpx.AsyncClient) -> Person:
    """The same person at another server."""
    return Person(client, person.badge, person.access_token, person.refresh_token)


async def begun(person: Person, incident: str, part: bytes) -> str:
    """The address of an upload of a photo of its own, with its first part."""
    said = {"incident_id": incident, "photo_id": str(uuid4()), "filename": f"{uuid4()}.jpg"}
    headers = PART | creation(len(JPEG), **said)
    answer = await person.request("POST", "/uploads", content=part, headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, f"{len(part)}")
    return answer.headers["Location"].partition(API)[2]


async def offset_at(person: Person, path: str) -> int:
    answer = await person.request("HEAD", path, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


async def left(settings: Settings) -> list[str]:
    """What lies in the store of uploads."""
    store = open_store(settings.media_url, settings.media_dir)
    return [one.key async for one in store.list("uploads/")]
