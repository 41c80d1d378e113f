"""What a crash, a disk or another version left of an upload: it is found, named, moved aside, and
keeps no other from going on."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from media.upload_state import Upload
from tests.pictures import encoded, noise
from tests.uploading import (
    EXPIRY_S,
    Sending,
    age,
    attached,
    kept,
    limited,
    offset,
    original,
    refusal,
    remembered,
    service_of,
    unfinished,
)
from tests.users import Person
from wildlife.photos import receiving
from wildlife.photos.attaching import hash_file
from wildlife.photos.receiving import finish_complete
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return limited(settings)


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(120, 80), quality=60)


@pytest.fixture
async def sending(officer: Person, jpeg: bytes) -> Sending:
    """A small photo of an incident of the officer's, not begun yet."""
    return Sending(officer, await officer.opened(), jpeg)


async def another(sending: Sending) -> Sending:
    """A photo of another incident of the same officer's, not begun yet."""
    content = sending.content + uuid4().bytes
    return Sending(sending.person, await sending.person.opened(), content)


def of(sending: Sending, settings: Settings) -> Path:
    """Where the plan of an unfinished upload lies."""
    upload_id = sending.path.rpartition("/")[2]
    [path] = (settings.media_dir / "uploads" / "open").rglob(f"*.{upload_id}.json")
    return path


def set_aside(settings: Settings) -> list[Path]:
    return sorted((settings.media_dir / "uploads" / "unreadable").iterdir())


def logged(settings: Settings, event: str) -> list[dict[str, str]]:
    assert settings.log_file is not None
    lines = map(msgspec.json.decode, settings.log_file.read_text().splitlines())
    return [line for line in lines if line["event"] == event]


def with_note(plan: Path, note: bytes) -> None:
    """Let the upload have been begun with this note."""
    said = json.loads(plan.read_bytes())
    plan.write_bytes(json.dumps(said | {"note": b64encode(note).decode()}).encode())


def cut(plan: Path) -> None:
    plan.write_bytes(plan.read_bytes()[:100])


def another_ones(plan: Path) -> None:
    said = json.loads(plan.read_bytes())
    plan.write_bytes(json.dumps(said | {"upload_id": str(uuid4())}).encode())


# What may have become of a plan, by name.
OF_THE_PLAN: dict[str, Callable[[Path], object]] = {
    "empty": lambda plan: plan.write_bytes(b""),
    "cut": cut,
    "zeros": lambda plan: plan.write_bytes(bytes(len(plan.read_bytes()))),
    "no text": lambda plan: plan.write_bytes(b'{"owner":"\xff\xfe"}'),
    "a list": lambda plan: plan.write_bytes(b"[]"),
    "another upload's": another_ones,
}
OF_ITS_BYTES: dict[str, Callable[[Path], object]] = {
    "its bytes gone": lambda plan: plan.with_suffix(".bytes").unlink(),
    "more bytes than it is long": lambda plan: plan.with_suffix(".bytes").write_bytes(
        bytes(json.loads(plan.read_bytes())["length"] + 1)
    ),
}
OF_THE_NOTE: dict[str, Callable[[Path], object]] = {
    "no note": lambda plan: with_note(plan, b""),
    "a note that is no JSON": lambda plan: with_note(plan, b"\0" * 500),
    "a note of a version to come": lambda plan: with_note(plan, b'{"version":9,"photo":{}}'),
    "a note without who began it": lambda plan: with_note(plan, b'{"said":{},"metadata":""}'),
}


@pytest.mark.parametrize("damage", [*OF_THE_PLAN, *OF_ITS_BYTES, *OF_THE_NOTE])
async def test_an_upload_that_cannot_be_read_is_moved_aside_and_begun_again(
    sending: Sending, settings: Settings, damage: str
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    plan = of(sending, settings)
    (OF_THE_PLAN | OF_ITS_BYTES | OF_THE_NOTE)[damage](plan)
    damaged = {path.suffix: path.read_bytes() for path in plan.parent.glob(f"{plan.stem}.[bj]*")}
    for _ in range(2):
        assert (await sending.ask()).status_code == 404
    assert {path.suffix: path.read_bytes() for path in set_aside(settings)} == damaged
    assert all(path.name.startswith(plan.stem) for path in set_aside(settings))
    [line] = logged(settings, "upload_unreadable")
    assert (line["level"], line["upload"]) == ("error", plan.stem)
    assert line["error"]
    assert offset(await sending.begin()) == 0
    assert offset(await sending.send()) == len(sending.content)
    assert await attached(sending)
    assert len(set_aside(settings)) == len(damaged), "that is left to people"


@pytest.mark.parametrize("damage", [*OF_THE_PLAN, *OF_ITS_BYTES])
async def test_an_upload_that_cannot_be_read_can_be_begun_again_at_once(
    sending: Sending, settings: Settings, damage: str
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    (OF_THE_PLAN | OF_ITS_BYTES)[damage](of(sending, settings))
    assert refusal(await sending.send(500)) == (404, "upload_not_found")
    assert offset(await sending.begin(sending.content)) == len(sending.content)
    assert await attached(sending)
    assert set_aside(settings)


@pytest.mark.parametrize("damage", [*OF_THE_PLAN, *OF_ITS_BYTES, *OF_THE_NOTE])
async def test_one_upload_that_cannot_be_read_stops_no_other(
    sending: Sending, settings: Settings, damage: str
) -> None:
    torn = [
        await another(sending) for _ in range(3)
    ]  # before and behind the others, whatever order
    whole, old, new = [await another(sending) for _ in range(3)]
    for one in (*torn, whole, old):
        await one.begin()
    of(whole, settings).with_suffix(".bytes").write_bytes(whole.content)
    age(of(old, settings), EXPIRY_S + 60)
    for one in torn:
        if damage in OF_THE_NOTE:  # read when all of it is there
            of(one, settings).with_suffix(".bytes").write_bytes(one.content)
        (OF_THE_PLAN | OF_ITS_BYTES | OF_THE_NOTE)[damage](of(one, settings))
    assert offset(await new.begin()) == 0
    service = service_of(sending.person.client)
    await finish_complete(service)
    assert await attached(whole)
    await service.uploads.expire()
    assert (await old.ask()).status_code == 404
    assert len(logged(settings, "upload_unreadable")) == len(torn)
    assert offset(await new.send()) == len(new.content)
    assert await attached(new)
    names = {path.name.split(".")[1] for path in set_aside(settings)}
    assert names == {one.path.rpartition("/")[2] for one in torn}
    for one in torn:
        assert not await attached(one)


async def test_a_fault_of_ours_with_one_upload_stops_no_other(
    sending: Sending, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = [await another(sending) for _ in range(3)]
    for one in begun:
        await one.begin()
        of(one, settings).with_suffix(".bytes").write_bytes(one.content)
    faulty = of(begun[0], settings).with_suffix(".bytes")

    async def hash_all_but_one(path: Path) -> str:
        assert path != faulty, "a fault of ours"
        return await hash_file(path)

    monkeypatch.setattr(receiving, "hash_file", hash_all_but_one)
    await finish_complete(service_of(sending.person.client))
    assert [await attached(one) for one in begun] == [False, True, True]
    [line] = logged(settings, "upload not attached")
    assert "a fault of ours" in line["exception"]
    monkeypatch.undo()
    assert offset(await begun[0].ask()) == len(begun[0].content)
    assert await attached(begun[0])


@pytest.mark.parametrize("damage", OF_THE_PLAN)
async def test_a_memory_that_cannot_be_read_is_moved_aside_and_the_photo_stays(
    sending: Sending, settings: Settings, damage: str
) -> None:
    await sending.begin(sending.content)
    OF_THE_PLAN[damage](remembered(settings))
    assert (await sending.ask()).status_code == 404
    assert len(set_aside(settings)) == 1
    sending.said = {"sha256": sending.sha256}
    assert offset(await sending.begin()) == len(sending.content)
    assert await attached(sending)
    assert original(settings, sending.content).read_bytes() == sending.content


@pytest.mark.parametrize(
    "garbage", [b"", b"\xff\xfe" * 20, bytes(32)], ids=["empty", "no text", "zeros"]
)
async def test_what_is_left_of_who_wrote_last_is_of_no_consequence(
    sending: Sending, settings: Settings, garbage: bytes
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    unfinished(settings).with_suffix(".writer").write_bytes(garbage)
    (settings.media_dir / "uploads" / "open" / f"{unfinished(settings).stem}.aside").touch()
    service_of(sending.person.client).uploads.sweep(datetime.now(UTC))
    assert offset(await sending.send(500, 600)) == 600
    assert offset(await sending.send(600)) == len(sending.content)
    assert await attached(sending)
    assert set_aside(settings) == []


async def test_what_an_operator_put_there_is_left_alone(
    sending: Sending, settings: Settings
) -> None:
    for name in ("notes.json", "notes.txt", f"{uuid4()}.json"):
        (settings.media_dir / "uploads" / "open" / name).write_text("an operator's")
    before = kept(settings)
    assert offset(await sending.begin(sending.content)) == len(sending.content)
    await finish_complete(service_of(sending.person.client))
    await service_of(sending.person.client).uploads.expire()
    assert kept(settings) == sorted([*before, remembered(settings)])
    assert set_aside(settings) == []


NOTE_OF_0_1 = """{"said":{"incident_id":"INCIDENT","photo_id":"PHOTO",\
"taken_at":"2024-07-29T16:05:00+08:00","caption":"发现时：蹲在林下","about":"animal:1"},\
"sha256":null,"metadata":"METADATA",\
"actor":{"account_id":"OWNER","session_id":"0193627c-42c0-7d4e-9d52-6a1f8f1f4f11",\
"badge":"150425001","name":"大局子民警","role":"officer",\
"station":{"station_id":"STATION","code":"150425","name":"大局子森林派出所"},\
"stations":["STATION"],"region":null,"sees_originals":true}}"""


async def test_what_version_0_1_had_begun_is_gone_on_with(
    sending: Sending, settings: Settings
) -> None:
    """With who began it inside; by the phone, or by the service where the phone does not come."""
    for comes_back in (True, False):
        begun = await another(sending)
        await begun.begin()
        await begun.send(0, 500)
        plan = of(begun, settings)
        now = msgspec.json.decode(msgspec.json.decode(plan.read_bytes(), type=Upload).note)
        assert sorted(now) == ["metadata", "said", "sha256"]
        me = await begun.person.read("/session")
        note = NOTE_OF_0_1
        for name, value in {
            "INCIDENT": begun.incident,
            "PHOTO": begun.photo,
            "METADATA": begun.metadata,
            "OWNER": plan.name.split(".")[0],
            "STATION": me["station"]["station_id"],
        }.items():
            note = note.replace(name, value)
        with_note(plan, note.encode())
        assert (await begun.ask()).headers["Upload-Metadata"] == begun.metadata
        if comes_back:
            assert offset(await begun.send(500)) == len(begun.content)
        else:
            plan.with_suffix(".bytes").write_bytes(begun.content)
            await finish_complete(service_of(sending.person.client))
        assert await attached(begun)
        shown = await begun.person.read(f"/incidents/{begun.incident}/photos/{begun.photo}")
        assert shown["caption"] == "发现时：蹲在林下"
