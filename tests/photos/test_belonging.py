"""A database and a store of photos belong together: a misspelt one of the two is noticed."""

import asyncio
import os
import time
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from db.alone import connected
from media.store import BELONGS_TO, open_store
from tests.commandline import WITHIN_S, lines_until, run, started
from tests.files import files
from tests.fixtures.database import ServiceLogin, new_database
from tests.pictures import encoded, noise
from tests.serving import free_port, serving
from tests.users import Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.photos.owning import Owner, own_store
from wildlife.settings import Settings, to_environment


async def refused(settings: Settings, *command: str, status: int = 1) -> str:
    """Why the command does not begin its work: one sentence."""
    ended = await run(*command, **to_environment(replace(settings, port=free_port())))
    assert (ended.status, ended.out) == (status, ""), ended
    assert len(ended.err.splitlines()) == 1
    return ended.err


async def photographed(officer: Person) -> str:
    incident = await officer.opened()
    assert (await officer.put_photo(incident, encoded(noise(60, 40)))).status_code == 201
    return incident


async def test_a_store_that_holds_none_of_the_photos_is_refused(
    settings: Settings, officer: Person, tmp_path: Path
) -> None:
    await photographed(officer)
    with serving(settings):
        pass
    # With the right key, and WILDLIFE_DATA_DIR or WILDLIFE_MEDIA_URL misspelt.
    elsewhere = replace(settings, data_dir=tmp_path / "elsewhere", key_file=settings.key_path)
    assert "holds none of 1 photos" in await refused(elsewhere, "serve")
    assert "holds none of 1 photos" in await refused(elsewhere, "media", "sweep")


async def test_photos_that_are_lost_keep_nobody_from_reporting(
    settings: Settings, officer: Person, tmp_path: Path
) -> None:
    """An operator who knows it starts once with a word for it; the first new photo is enough."""
    await photographed(officer)
    port = free_port()
    lost = replace(
        settings, data_dir=tmp_path / "disk", key_file=settings.key_path, port=port, log_file=None
    )
    async with started("serve", "--photos-lost", **to_environment(lost)) as process:
        await lines_until(process, "Serving on")
        address = f"http://127.0.0.1:{port}"
        transport = httpx.AsyncHTTPTransport(retries=8)
        async with httpx.AsyncClient(base_url=address, transport=transport, timeout=WITHIN_S) as c:
            await photographed(await Person.sign_in(c, officer.badge, DEMO_PASSWORD))
    with serving(lost):
        pass


async def test_a_store_with_photos_is_not_swept_for_a_database_that_knows_nothing(
    settings: Settings,
    officer: Person,
    server_url: str,
    service_login: ServiceLogin,
    template: str,
) -> None:
    """Every photo was an orphan to a misspelt, empty database."""
    await photographed(officer)
    originals = files(settings.media_dir)
    for path in originals:
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    async with new_database(server_url, like=template) as url:
        wrong = replace(settings, database_url=service_login.on(url), owner_database_url=None)
        for command in (("media", "sweep"), ("serve",)):
            assert "this database has no entry yet" in await refused(wrong, *command)
    assert all(path.exists() for path in originals)


async def test_a_photo_that_lost_its_entry_in_a_crash_keeps_no_service_from_starting(
    settings: Settings, officer: Person
) -> None:
    await officer.opened()
    left = settings.media_dir / "originals" / "ab" / ("ab" + "0" * 62)
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"a photo")
    with serving(settings):
        pass


async def test_a_log_that_cannot_be_written_is_named_before_serving(
    settings: Settings, tmp_path: Path
) -> None:
    nowhere = tmp_path / str(uuid4()) / "log"
    unlogged = replace(settings, log_file=nowhere, port=free_port())
    ended = await run("serve", **to_environment(unlogged))
    assert (ended.status, len(ended.err.splitlines())) == (2, 1)
    assert ended.out.startswith("New key: ")  # whatever comes of the start: nobody tells it again
    assert "No such file or directory" in ended.err
    assert str(tmp_path) in ended.err


@pytest.mark.parametrize("kind", ["local", "s3"])
async def test_of_two_databases_that_begin_with_a_store_at_once_it_remembers_one(
    kind: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    server_url: str,
    template: str,
    tmp_path: Path,
) -> None:
    """Both have looked, and it remembered none; of S3 that takes the condition, and of a disk."""
    url = f"s3://{request.getfixturevalue('bucket')}/photos" if kind == "s3" else None
    met, turn = asyncio.Barrier(2), asyncio.Lock()

    async def begin(database: str) -> Owner:
        store = open_store(url, tmp_path / "media")
        await store.prepare()
        get, put_new, looked = store.get, store.put_new, False

        async def get_with_the_other(key: str) -> bytes:
            nonlocal looked
            try:
                return await get(key)
            finally:
                if not looked:
                    looked = True
                    await met.wait()

        async def put_in_turn(key: str, content: bytes) -> bool:
            async with turn:  # the S3 of the tests looks and puts with no lock
                return await put_new(key, content)

        monkeypatch.setattr(store, "get", get_with_the_other)
        monkeypatch.setattr(store, "put_new", put_in_turn)
        async with connected(database) as connection:
            return await own_store(connection, store)

    async with (
        new_database(server_url, like=template) as one,
        new_database(server_url, like=template) as other,
    ):
        owners = await asyncio.gather(begin(one), begin(other), return_exceptions=True)
    [refused] = [owner for owner in owners if isinstance(owner, ValueError)]
    [owner] = [owner for owner in owners if isinstance(owner, Owner)]
    assert f"belongs to another database: {owner.name}" in str(refused)
    remembered = await open_store(url, tmp_path / "media").get(BELONGS_TO)
    assert msgspec.json.decode(remembered, type=Owner) == owner
