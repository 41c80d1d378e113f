"""Renditions: made behind the officer's back, once, whatever happens to who makes them."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import psutil
import pytest
from httpx import AsyncClient

from db.connection import Connection
from db.database import Database
from media.renditions import render
from tests.decoders import (
    WORKS_S,
    crashes,
    is_killed,
    is_killed_at_first,
    never_ends,
    takes_memory,
    waits_and_works,
)
from tests.fixtures.database import database_of_the_service
from tests.fixtures.service import running_application
from tests.photos.renditions import settled
from tests.pictures import encoded, noise, scans
from tests.serving import Server, client_of, killable, until, wait_until
from tests.uploading import service_of
from tests.users import Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.photos import darkroom
from wildlife.photos.codes import Renditions, RenditionsReason
from wildlife.photos.reasons import SENTENCES
from wildlife.photos.rendition_queries import (
    PhotoToRender,
    claim_photo,
    list_photos_to_render,
    put_renditions,
    release_photo,
    retry_renditions,
)
from wildlife.settings import Settings

WITHIN_S = 100


async def explained(phone: Person, path: str) -> dict[str, Any] | None:
    """A photo if there is a reason why it is not shown."""
    shown: dict[str, Any] = await phone.read(path)
    return None if shown["renditions_reason"] is None else shown


async def test_nobody_has_to_ask_for_renditions(officer: Person, settings: Settings) -> None:
    incident = await officer.opened()
    contents = [encoded(noise(400, 300)) for _ in range(3)]
    for content in contents:
        await officer.put_photo(incident, content)
    assert [photo["renditions"] for photo in await settled(officer, incident)] == ["made"] * 3
    made = {path.name for path in (settings.media_dir / "renditions").rglob("*.*")}
    names = ("thumbnail.webp", "thumbnail.jpeg", "screen.webp", "screen.jpeg")
    digests = [sha256(content).hexdigest() for content in contents]
    assert made == {f"{digest}.{name}" for digest in digests for name in names}


async def test_a_photo_that_others_work_on_is_left_to_them_until_they_die(
    officer: Person, database: Database, settings: Settings
) -> None:
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(40, 30)), photo)
    await settled(officer, incident)
    one = PhotoToRender(UUID(incident), photo, "")
    async with database.writing() as connection:
        assert not await claim_photo(connection, one), "it is done"
        async with connection.transaction():  # or the service, which looks again, would be first
            await connection.execute("update photo set renditions = null")
            await until(lambda: claim_photo(connection, one))  # it lets go after it is done
        async with database_of_the_service(settings) as db, db.writing() as other:
            assert [p.photo_id for p in await list_photos_to_render(other)] == [photo]
            assert not await claim_photo(other, one)
            await release_photo(connection, one)
            assert await claim_photo(other, one)
        # The other connection is gone, and its claim with it.
        await until(lambda: claim_photo(connection, one))
        await put_renditions(
            connection, one, renditions=Renditions.UNREADABLE, difference_hash=None
        )
        await release_photo(connection, one)
    [shown] = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert shown["renditions"] == "unreadable"


async def test_who_asks_before_it_is_made_waits_for_it(officer: Person) -> None:
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(3000, 2000)), photo)
    path = f"/incidents/{incident}/photos/{photo}"
    answers = await asyncio.gather(
        *(officer.get(f"{path}/{name}") for name in ("thumbnail", "screen") * 3)
    )
    assert [answer.status_code for answer in answers] == [200] * 6


async def test_what_the_browser_takes_decides_the_format(officer: Person) -> None:
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(400, 300)), photo)
    path = f"/incidents/{incident}/photos/{photo}/thumbnail"
    tags = set()
    for accepted, media_type in (
        ("image/avif,image/webp,image/apng,*/*;q=0.8", "image/webp"),
        ("image/jpeg", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("text/html,IMAGE/WebP ; q=0.5", "image/webp"),
        ("image/webp;q=0, */*", "image/jpeg"),
        ("image/jpeg;q=0.5, image/webp;q=0.1", "image/jpeg"),
        ("image/webp;q=0.1, */*;q=0.9", "image/jpeg"),
        ("image/jpeg;q=0, image/*", "image/webp"),
        ("image/*", "image/jpeg"),
        ("no media type", "image/jpeg"),
    ):
        answer = await officer.get(path, headers={"Accept": accepted})
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Vary"] == "Accept, Authorization"
        assert answer.headers["Content-Length"] == str(len(answer.content))
        tags.add(answer.headers["ETag"])
        head = await officer.request("HEAD", path, headers={"Accept": accepted})
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(answer.content))
        assert head.headers["ETag"] == answer.headers["ETag"]
    assert len(tags) == 2
    for accepted in ("application/json", "image/webp2", "image/webp;q=0, image/jpeg;q=0"):
        answer = await officer.get(path, headers={"Accept": accepted})
        assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
        assert "`image/jpeg`, `image/webp`" in answer.json()["detail"]


async def test_an_amendment_does_not_send_a_photo_back_into_the_darkroom(officer: Person) -> None:
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(40, 30)), photo)
    await settled(officer, incident)
    amendment = {
        "type": "amendment",
        "id": str(uuid4()),
        "happened_at": "2024-07-30T10:00:00+08:00",
        "recorded_at": "2024-07-30T10:00:00+08:00",
        "entry_id": str(photo),
        "changes": {"caption": "普通鸬鹚"},
    }
    await officer.appended(incident, amendment)
    [shown] = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert (shown["caption"], shown["renditions"]) == ("普通鸬鹚", "made")


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    with killable(msgspec.structs.replace(settings, workers=2)) as server:
        yield server


def signed_in(server: Server) -> httpx.AsyncClient:
    return client_of(server.base, timeout=60)


async def test_after_a_kill_it_goes_on_where_it_was(server: Server) -> None:
    async with signed_in(server) as client:
        phone = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await phone.opened()
        content = encoded(noise(1200, 900))
        for number in range(6):
            answer = await phone.put_photo(incident, content + bytes(number))
            assert answer.status_code == 201
    server.kill()
    server.start()
    async with signed_in(server) as client:
        phone = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        photos = await settled(phone, incident)
        assert [photo["renditions"] for photo in photos] == ["made"] * 6


async def test_a_decoder_that_is_killed_costs_one_photo_a_while_and_the_others_nothing(
    server: Server,
) -> None:
    """Killed from outside while it works, as the kernel does when memory runs out."""
    async with signed_in(server) as client:
        phone = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await phone.opened()
        slow, good = uuid4(), uuid4()
        await phone.put_photo(incident, scans(99, 6000), slow)
        await phone.put_photo(incident, encoded(noise(40, 30)), good)
        path = f"/incidents/{incident}/photos/{slow}"

        async def explained_after_kills() -> dict[str, Any] | None:
            for decoder in decoders_at_work(server):
                with suppress(psutil.NoSuchProcess):
                    decoder.kill()
            return await explained(phone, path)

        shown = await until(explained_after_kills)
        assert (shown["renditions"], shown["renditions_reason"]) == ("pending", "interrupted")
        other = f"/incidents/{incident}/photos/{good}"

        async def is_made() -> bool:
            return bool((await phone.read(other))["renditions"] == "made")

        await until(is_made)
        answer = await phone.get(f"{path}/thumbnail")
        assert (answer.status_code, answer.json()["code"]) == (503, "rendition_pending")
        assert answer.json()["detail"].startswith("Decoding it was interrupted. ")
        original = await phone.get(f"{path}/original")
        assert original.status_code == 200


def decoders_at_work(server: Server) -> list[psutil.Process]:
    """The processes that decode photos and have been at it for a while."""
    workers = psutil.Process(server.pids[0]).children()
    decoders = [decoder for worker in workers for decoder in worker.children()]
    at_work = []
    for decoder in decoders:
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            if decoder.cpu_times().user > 0.7:
                at_work.append(decoder)
    return at_work


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong is tried again without waiting."""
    monkeypatch.setattr(darkroom, "_FIRST_RETRY", timedelta(0))


async def test_what_was_interrupted_is_tried_again(
    at_once: None, officer: Person, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(darkroom, "render", is_killed_at_first)
    incident = await officer.opened()
    await officer.put_photo(incident, encoded(noise(40, 30)))
    [photo] = await settled(officer, incident)
    assert (settings.media_dir / "tried").exists()
    assert (photo["renditions"], photo["renditions_reason"]) == ("made", None)


async def test_an_original_that_is_away_is_looked_for_again(
    officer: Person, database: Database, settings: Settings
) -> None:
    incident, photo = await officer.opened(), uuid4()
    content = encoded(noise(40, 30))
    await officer.put_photo(incident, content, photo)
    await settled(officer, incident)
    digest = sha256(content).hexdigest()
    original = settings.media_dir / "originals" / digest[:2] / digest
    away = original.rename(original.with_suffix(".away"))
    for rendition in (settings.media_dir / "renditions").rglob(f"{digest}.*"):
        rendition.unlink()
    async with database.writing() as connection:
        await connection.execute("update photo set renditions = null")
    other = await officer.opened()
    await officer.put_photo(other, encoded(noise(40, 30)))  # which wakes the darkroom
    path = f"/incidents/{incident}/photos/{photo}"
    shown = await until(lambda: explained(officer, path))
    assert (shown["renditions"], shown["renditions_reason"]) == ("pending", "original_missing")
    answer = await officer.get(f"{path}/thumbnail")
    assert (answer.status_code, answer.json()["code"]) == (500, "original_missing")
    away.rename(original)
    async with database.writing() as connection:
        assert await retry_renditions(connection) == 1
    await officer.put_photo(other, encoded(noise(40, 30)))
    [shown] = await settled(officer, incident)
    assert (shown["renditions"], shown["renditions_reason"]) == ("made", None)


@pytest.fixture
def one_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with one core."""
    monkeypatch.setattr(darkroom, "CORES", 1)


async def test_what_is_slow_to_decode_holds_up_nobody_else(
    one_lane: None, officer: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(darkroom, "_QUICK_CPU_S", 0.1)
    incident, slow = await officer.opened(), scans(99, 2000)
    await officer.put_photo(incident, slow)
    for _ in range(3):
        await officer.put_photo(incident, encoded(noise(40, 30)))
    assert {photo["renditions"] for photo in await settled(officer, incident)} == {"made"}
    made = (settings.media_dir / "renditions").rglob("*.*")
    last = max(made, key=lambda path: path.stat().st_mtime_ns)
    assert last.name.startswith(sha256(slow).hexdigest())


async def claims(database: Database) -> int:
    """How many photos somebody is at."""
    async with database.reading() as connection:
        number: int = await connection.fetchval(
            "select count(*) from pg_locks where locktype = 'advisory'"
        )
    return number


async def nobody_claims(database: Database) -> bool:
    return await claims(database) == 0


async def test_a_long_try_is_not_given_up_with_a_short_one(
    client: AsyncClient,
    officer: Person,
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(40, 30)), photo)
    await settled(officer, incident)
    for path in (settings.media_dir / "renditions").rglob("*.*"):
        path.unlink()
    monkeypatch.setattr(darkroom, "render", waits_and_works)
    monkeypatch.setattr(darkroom, "_QUICK_CPU_S", WORKS_S / 2)
    looking = asyncio.create_task(officer.get(f"/incidents/{incident}/photos/{photo}/thumbnail"))
    async with asyncio.timeout(WITHIN_S):
        await asyncio.to_thread(wait_until, (settings.media_dir / "started").exists)
        async with database.writing() as connection:
            await connection.execute("update photo set renditions = null, renditions_attempts = 1")
        service_of(client).darkroom.wake()
        await until(lambda: claims(database))
        (settings.media_dir / "go").touch()
        assert (await looking).status_code == 200
    [shown] = await settled(officer, incident)
    assert (shown["renditions"], shown["renditions_reason"]) == ("made", None)


async def test_decoding_holds_up_nobody_who_writes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(darkroom, "render", waits_and_works)
    one = msgspec.structs.replace(settings, database_connections=1)
    async with running_application(one) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        await officer.put_photo(incident, encoded(noise(40, 30)))
        await asyncio.to_thread(wait_until, (settings.media_dir / "started").exists)
        await officer.opened()
        (settings.media_dir / "go").touch()
        [photo] = await settled(officer, incident)
    assert photo["renditions"] == "made"


async def test_a_photo_is_let_go_of_whatever_happens_while_it_is_claimed(
    officer: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = asyncio.Event()

    async def claim_and_break_down(connection: Connection, photo: PhotoToRender) -> bool:
        assert await claim_photo(connection, photo)
        broken.set()
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(darkroom, "claim_photo", claim_and_break_down)
    await officer.put_photo(await officer.opened(), encoded(noise(40, 30)))
    async with asyncio.timeout(WITHIN_S):
        await broken.wait()
    await until(lambda: nobody_claims(database))


@pytest.mark.parametrize(
    ("function", "reason", "sentence"),
    [
        (never_ends, "too_much_time", "Decoding it takes more CPU time than is allowed."),
        (takes_memory, "too_much_memory", "Decoding it takes more memory than is allowed."),
        (crashes, "decoder_crashed", "The decoder crashes on it."),
    ],
)
async def test_what_takes_too_much_is_given_up_and_says_why(
    officer: Person,
    monkeypatch: pytest.MonkeyPatch,
    function: object,
    reason: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(darkroom, "render", function)
    monkeypatch.setattr(darkroom, "_QUICK_CPU_S", 0.2)
    monkeypatch.setattr(darkroom, "_RENDER_CPU_S", 0.4)
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(40, 30)), photo)
    [shown] = await settled(officer, incident)
    assert (shown["renditions"], shown["renditions_reason"]) == ("abandoned", reason)
    path = f"/incidents/{incident}/photos/{photo}/thumbnail"
    answer = await officer.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_rendition")
    assert answer.json()["detail"].startswith(sentence)
    chinese = (await officer.get(path, headers={"Accept-Language": "zh"})).json()["detail"]
    assert re.search("[A-Za-z]", chinese) is None


def test_every_reason_is_a_whole_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(RenditionsReason)
    for reason, sentence in SENTENCES.items():
        assert re.fullmatch(r"[A-Z][^.]*\.", sentence.en), reason
        assert re.fullmatch(r"[^A-Za-z.]*。", sentence.zh), reason


def test_the_same_picture_is_rendered_alike_each_time(tmp_path: Path) -> None:
    photo = tmp_path / "photo"
    photo.write_bytes(encoded(noise(400, 300)))
    assert render(photo, 100_000_000) == render(photo, 100_000_000)


async def test_a_file_whose_header_can_not_be_read_in_time_is_kept_without_a_size(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(darkroom, "inspect", never_ends)
    monkeypatch.setattr(darkroom, "_INSPECT_CPU_S", 0.5)
    incident, photo = await officer.opened(), uuid4()
    content = encoded(noise(40, 30))
    answer = await officer.put_photo(incident, content, photo)
    assert answer.status_code == 201
    image = answer.json()["facts"]["image"]
    assert image == {
        "sha256": sha256(content).hexdigest(),
        "media_type": "image/jpeg",
        "size": len(content),
    }


async def test_a_look_that_was_interrupted_is_nothing_to_put_on_record(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, photo = await officer.opened(), uuid4()
    content = encoded(noise(40, 30))
    with monkeypatch.context() as patch:
        patch.setattr(darkroom, "inspect", is_killed)
        answer = await officer.put_photo(incident, content, photo)
        assert (answer.status_code, answer.json()["code"]) == (503, "darkroom_unavailable")
    assert (await officer.read(f"/incidents/{incident}/photos"))["items"] == []
    answer = await officer.put_photo(incident, content, photo)
    assert answer.status_code == 201
    assert answer.json()["facts"]["image"]["width"] == 40


async def test_a_fault_of_ours_does_not_end_the_work_for_good(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = asyncio.Event()

    async def break_down(*_: object) -> None:
        broken.set()
        raise RuntimeError("a fault of ours")

    incident = await officer.opened()
    with monkeypatch.context() as patch:
        patch.setattr(darkroom, "list_photos_to_render", break_down)
        await officer.put_photo(incident, encoded(noise(40, 30)))
        await broken.wait()
    await officer.put_photo(incident, encoded(noise(40, 30)))
    assert [photo["renditions"] for photo in await settled(officer, incident)] == ["made"] * 2
