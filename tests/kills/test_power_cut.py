"""The power goes at any moment: whatever was committed, or answered, that names a file, finds it as
it was; a file that nothing names yet may be gone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from db.database import Database
from media.local_store import LocalStore
from media.store import original_key
from media.vault import keep_key, make_key, new_key
from tests.exports.made import done
from tests.ledger.places import sequenced
from tests.pictures import encoded, noise
from tests.power import Disk, on_commit, watched
from tests.sync.outbox import declared, synced
from tests.tus import PART, TUS, creation
from tests.users import API, Person
from wildlife.backups.folder import BackupFolder
from wildlife.backups.making import make_backup
from wildlife.ledger.signing import Checkpoints
from wildlife.settings import Settings

FAR_AHEAD = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    with watched(monkeypatch) as disk:
        yield disk


@pytest.fixture
async def client(disk: Disk, client: AsyncClient) -> AsyncClient:
    """Of a service that has been watched since before its start."""
    return client


class Named:
    """The originals that were named by what was committed, and those that a power cut would have
    taken then."""

    def __init__(self, root: Path, disk: Disk, contents: list[bytes]) -> None:
        self._root, self._disk = root, disk
        self._digests = [sha256(one).digest() for one in contents]
        self.named = set[bytes]()
        self.lost = list[str]()

    def look(self, said: list[bytes]) -> None:
        for digest in self._digests:
            if any(digest in one or digest.hex().encode() in one for one in said):
                self.named.add(digest)
                file = self._root / "media" / original_key(digest.hex())
                self.lost += self._disk.lost(self._root, file)


def photos(number: int) -> list[bytes]:
    return [encoded(noise(50 + n, 50)) for n in range(number)]


async def test_an_original_is_on_the_disk_before_what_names_it_is_committed(
    officer: Person, settings: Settings, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, in_parts, announced, refused = contents = photos(4)
    named = Named(settings.data_dir, disk, contents)
    incident = await officer.opened()
    on_commit(monkeypatch, named.look)
    assert (await officer.put_photo(incident, put)).status_code == 201
    said = {"incident_id": incident, "photo_id": "0f901089-40b1-4d69-874f-14cede252e89"}
    headers = TUS | creation(len(in_parts), **said)
    begun = await officer.request("POST", "/uploads", headers=headers)
    addresses = [(begun.headers["Location"], in_parts)]
    [expected] = await synced(officer, declared(incident, announced))
    addresses.append((expected["upload"], announced))
    for address, content in addresses:
        for at, end in ((0, 500), (500, len(content))):
            part = PART | {"Upload-Offset": f"{at}"}
            path = address.partition(API)[2]
            answer = await officer.request("PATCH", path, content=content[at:end], headers=part)
            assert answer.status_code == 204, answer.text
    taken_at = "2099-01-01T00:00:00+08:00"
    answer = await officer.put_photo(incident, refused, taken_at=taken_at)
    assert answer.status_code == 422
    assert named.lost == []
    assert named.named == {sha256(one).digest() for one in (put, in_parts, announced)}


async def test_how_far_an_upload_is_is_not_told_before_the_disk_has_it(
    officer: Person, settings: Settings, disk: Disk
) -> None:
    content, incident = photos(1)[0], await officer.opened()
    under_way = settings.media_dir / "uploads" / "open"

    def lost() -> list[str]:
        """But for who writes, which is of no consequence."""
        kept = [one for one in under_way.rglob("*.*") if one.suffix in (".json", ".bytes")]
        assert len(kept) == 2
        return disk.lost(settings.data_dir, *kept)

    [expected] = await synced(officer, declared(incident, content))
    assert lost() == []
    path = expected["upload"].partition(API)[2]
    for at in range(0, 900, 300):
        part = PART | {"Upload-Offset": f"{at}"}
        sent = content[at : at + 300]
        answer = await officer.request("PATCH", path, content=sent, headers=part)
        assert answer.headers["Upload-Offset"] == f"{at + 300}"
        assert lost() == []


async def test_an_export_that_is_told_to_be_done_is_on_the_disk(
    official: Person, settings: Settings, disk: Disk
) -> None:
    export = await done(official, f"{API}/releases?format=csv")
    [file] = (one for one in (settings.media_dir / "exports").rglob("*") if one.is_file())
    assert export["sha256"] in file.name
    assert disk.lost(settings.data_dir, file) == []


async def test_what_is_set_aside_and_brought_back_is_on_the_disk(
    tmp_path: Path, disk: Disk
) -> None:
    store, content = LocalStore(tmp_path / "media"), photos(1)[0]
    digest = sha256(content).hexdigest()
    key = original_key(digest)
    await store.prepare()
    (tmp_path / "came").write_bytes(content)
    with (tmp_path / "came").open("rb") as came:
        disk.synced(came.fileno())
    await store.put_file(key, tmp_path / "came", digest)
    (tmp_path / "came").unlink()
    assert await store.set_aside(key, FAR_AHEAD)
    assert disk.lost(tmp_path) == []
    assert await store.bring_back(key)
    assert disk.lost(tmp_path) == []


async def test_a_checkpoint_outside_a_key_and_a_backup_are_on_the_disk_when_they_are_made(
    officer: Person, settings: Settings, database: Database, tmp_path: Path, disk: Disk
) -> None:
    assert (await officer.put_photo(await officer.opened(), photos(1)[0])).status_code == 201
    outside, backups, keys = (tmp_path / name for name in ("outside", "backups", "keys"))
    for folder in (outside, backups, keys):
        folder.mkdir()
    await sequenced(database)
    await Checkpoints(database, replace(settings, checkpoint_dir=outside)).sign_and_keep()
    make_key(keys / "informants.key")
    keep_key(keys / "checkpoint.key", new_key())
    assert settings.owner_database_url is not None
    made = await make_backup(
        settings.owner_database_url, LocalStore(settings.media_dir), BackupFolder(backups)
    )
    assert made.manifest.lost == []
    for folder, number in ((outside, 1), (keys, 2), (backups, 4)):
        assert len([one for one in folder.rglob("*") if one.is_file()]) == number
        assert disk.lost(folder) == []
