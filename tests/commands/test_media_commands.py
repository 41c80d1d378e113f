"""`wildlife media`: what is damaged is named, what nothing needs is removed, all else stays."""

import os
import time
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from db.database import Database
from tests.commandline import Ended, run
from tests.photos.renditions import settled
from tests.pictures import encoded, noise
from tests.tus import TUS
from tests.uploading import began_upload
from tests.users import Person
from wildlife.settings import Settings, to_environment

DAY_S = 24 * 3600


async def media(settings: Settings, command: str) -> Ended:
    return await run("media", command, **to_environment(settings))


def original(settings: Settings, content: bytes) -> Path:
    digest = sha256(content).hexdigest()
    return settings.media_dir / "originals" / digest[:2] / digest


def left_lying(path: Path, content: bytes, *, age_s: float = 2 * DAY_S) -> Path:
    """A file that a crash left there a while ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - age_s,) * 2)
    return path


@pytest.fixture
def contents() -> list[bytes]:
    return [encoded(noise(60, 40)) for _ in range(4)]


async def test_every_original_is_read_and_what_is_wrong_is_named(
    officer: Person, settings: Settings, contents: list[bytes]
) -> None:
    incident, photo = await officer.opened(), uuid4()
    whole, changed, missing, refused = contents
    for content in (whole, changed, missing):
        await officer.put_photo(incident, content)
    await officer.put_photo(incident, whole, photo)
    await officer.put_photo(incident, refused, photo)  # its id is taken; its bytes are kept
    ended = await media(settings, "check")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == "4 originals whole, 0 put back, 0 missing, 0 changed, 0 orphaned\n"

    path = original(settings, changed)
    path.chmod(0o644)
    path.write_bytes(changed[:-1] + b"!")
    original(settings, missing).unlink()
    orphan = left_lying(original(settings, b"nobody's"), b"nobody's")
    ended = await media(settings, "check")
    assert ended.status == 1
    assert sorted(ended.err.splitlines()) == sorted(
        [
            f"{sha256(changed).hexdigest()}: changed",
            f"{sha256(missing).hexdigest()}: missing",
            f"{orphan.name}: orphaned",
        ]
    )
    assert ended.out == "2 originals whole, 0 put back, 1 missing, 1 changed, 1 orphaned\n"


async def test_a_photo_that_cannot_be_decoded_now_is_counted_and_named(
    officer: Person, settings: Settings, contents: list[bytes]
) -> None:
    incident, there, away = await officer.opened(), uuid4(), uuid4()
    await officer.put_photo(incident, contents[0], there)
    await officer.put_photo(incident, contents[1], away)
    await settled(officer, incident)
    original(settings, contents[1]).unlink()
    ended = await run("media", "check", "--pixels", **(os.environ | to_environment(settings)))
    assert ended.status == 1
    assert f"{away}: Its file is not where it should be." in ended.err.splitlines()
    assert ended.out.splitlines()[-1] == (
        "1 photos decoded, 0 with another result, 1 could not be decoded now"
    )


async def test_an_original_is_not_taken_for_a_column_that_somebody_emptied(
    officer: Person, settings: Settings, database: Database, contents: list[bytes]
) -> None:
    incident = await officer.opened()
    await officer.put_photo(incident, contents[0])
    path = original(settings, contents[0])
    os.utime(path, (time.time() - 2 * DAY_S,) * 2)
    async with database.writing() as connection:
        await connection.execute("update entry set sha256 = null, type = 'note'")
        await connection.execute("delete from photo")
    ended = await media(settings, "sweep")
    assert "0 orphans" in ended.out
    assert path.read_bytes() == contents[0]
    ended = await media(settings, "check")
    assert ended.out == "1 originals whole, 0 put back, 0 missing, 0 changed, 0 orphaned\n"


async def test_an_original_lies_aside_for_a_month_and_is_put_back_when_it_is_named(
    officer: Person, settings: Settings, contents: list[bytes]
) -> None:
    incident = await officer.opened()
    await officer.put_photo(incident, contents[1])
    orphan = left_lying(original(settings, contents[0]), contents[0])
    aside = settings.media_dir / "swept" / orphan.relative_to(settings.media_dir)
    assert (
        f"set aside originals/{orphan.parent.name}/{orphan.name}"
        in (await media(settings, "sweep")).out
    )
    assert aside.read_bytes() == contents[0]
    # A phone sends it after all; the copy that came is taken from us, as a restore might.
    await officer.put_photo(incident, contents[0])
    orphan.unlink()
    ended = await media(settings, "check")
    assert ended.out == "1 originals whole, 1 put back, 0 missing, 0 changed, 0 orphaned\n"
    assert orphan.read_bytes() == contents[0]
    assert not aside.exists()

    nobodys = left_lying(original(settings, b"nobody's"), b"nobody's")
    aside = settings.media_dir / "swept" / nobodys.relative_to(settings.media_dir)
    await media(settings, "sweep")
    os.utime(aside, (time.time() - 29 * DAY_S,) * 2)
    assert "0 orphans" in (await media(settings, "sweep")).out
    os.utime(aside, (time.time() - 31 * DAY_S,) * 2)
    assert "removed swept/originals/" in (await media(settings, "sweep")).out
    assert not aside.exists()


async def test_orphans_older_than_a_day_are_cleared_away_and_nothing_else(
    officer: Person, settings: Settings, contents: list[bytes]
) -> None:
    incident, photo = await officer.opened(), uuid4()
    kept, voided, refused, _ = contents
    await officer.put_photo(incident, kept, photo)
    await officer.put_photo(incident, refused, photo)
    wrong = uuid4()
    await officer.put_photo(incident, voided, wrong)
    await officer.appended(
        incident,
        {
            "type": "void",
            "id": str(uuid4()),
            "happened_at": "2024-07-30T10:00:00+08:00",
            "recorded_at": "2024-07-30T10:00:00+08:00",
            "entry_id": str(wrong),
        },
    )
    for name in ("thumbnail", "screen"):
        assert (await officer.get(f"/incidents/{incident}/photos/{photo}/{name}")).is_success
    upload = await began_upload(officer, incident)
    root = settings.media_dir
    # Not what is on its way: renditions of the other photos may still be made.
    named = {path for path in root.rglob("*") if path.is_file() and path.parent.name != "aside"}
    for path in named:
        if "uploads" not in path.parts:
            os.utime(path, (time.time() - 2 * DAY_S,) * 2)

    young = left_lying(original(settings, b"young"), b"young", age_s=DAY_S / 2)
    digest = sha256(b"old").hexdigest()
    old = [
        left_lying(original(settings, b"old"), b"old"),
        left_lying(root / "renditions" / digest[:2] / f"{digest}.screen.webp", b"its rendition"),
        left_lying(root / "aside" / uuid4().hex, b"half a file"),
        left_lying(root / "uploads/open" / f"{uuid4()}.{uuid4()}.bytes", b"of no upload"),
    ]
    ended = await media(settings, "sweep")
    assert (ended.status, ended.err) == (0, "")
    assert "2 orphans, 2 unfinished files" in ended.out
    assert not any(path.exists() for path in old)
    assert young.exists()
    assert all(path.exists() for path in named)
    assert (await officer.request("HEAD", f"/uploads/{upload}", headers=TUS)).status_code == 200


async def test_photos_that_were_given_up_are_tried_again_when_asked(
    officer: Person, settings: Settings, database: Database, contents: list[bytes]
) -> None:
    incident = await officer.opened()
    photos = [uuid4() for _ in contents]
    for photo, content in zip(photos, contents, strict=True):
        await officer.put_photo(incident, content, photo)
        assert (await officer.get(f"/incidents/{incident}/photos/{photo}/screen")).is_success
    await settled(officer, incident)
    async with database.writing() as connection:
        for photo, change in zip(
            photos,
            (
                "renditions = 'unreadable', renditions_reason = 'undecodable'",
                "renditions = 'abandoned', renditions_reason = 'decoder_crashed'",
                "renditions = null, renditions_reason = 'interrupted', renditions_attempts = 9,"
                " renditions_after = now() + '1 day'",
                "renditions = renditions",
            ),
            strict=True,
        ):
            await connection.execute(f"update photo set {change} where photo_id = $1", photo)
    ended = await media(settings, "retry")
    assert (ended.status, ended.out) == (0, "3 photos are tried again\n")
    await officer.put_photo(incident, encoded(noise(60, 40)))  # which wakes the darkroom
    made = [(p["renditions"], p["renditions_reason"]) for p in await settled(officer, incident)]
    assert made == [("made", None)] * 5
    assert (await media(settings, "retry")).out == "0 photos are tried again\n"


async def test_a_store_that_is_none_is_named(settings: Settings) -> None:
    ended = await run(
        "media", "check", **(to_environment(settings) | {"WILDLIFE_MEDIA_URL": "ftp://x"})
    )
    assert ended.status != 0
    assert "ftp://x" in ended.err
    assert "Traceback" not in ended.err
