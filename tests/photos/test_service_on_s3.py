"""The service with its photos in S3: the same as on the disk, and honest when S3 is away."""

import os
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from media.s3_store import S3Store
from media.store import StoreUnavailable
from tests.commandline import run
from tests.fixtures.service import running_application
from tests.pictures import encoded, noise
from tests.tus import PART, TUS, any_creation
from tests.users import Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment


@pytest.fixture
def settings(settings: Settings, bucket: str) -> Settings:
    return msgspec.structs.replace(settings, media_url=f"s3://{bucket}/wildlife")


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(2000, 1500))


def on_disk(settings: Settings) -> list[Path]:
    """Files of photos that lie on this machine."""
    return [
        path
        for path in settings.media_dir.rglob("*")
        if path.is_file() and path.parent.name not in ("locks", "finished")
    ]


async def test_a_photo_comes_goes_and_is_checked_as_on_the_disk(
    officer: Person, settings: Settings, jpeg: bytes
) -> None:
    incident, photo = await officer.opened(), uuid4()
    assert (await officer.put_photo(incident, jpeg, photo)).status_code == 201
    assert (await officer.put_photo(incident, jpeg, photo)).status_code == 200
    here = f"/incidents/{incident}/photos/{photo}"
    assert (await officer.get(f"{here}/original")).content == jpeg
    part = await officer.get(f"{here}/original", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, jpeg[5:10])
    for name in ("thumbnail", "screen"):
        assert (await officer.get(f"{here}/{name}")).headers["Content-Type"] == "image/jpeg"
    question = {"ids": [str(photo)], "sha256": [sha256(jpeg).hexdigest()]}
    assert (await officer.post("/receipts", question)).json() == question
    assert on_disk(settings) == []
    for command in ("check", "sweep"):
        ended = await run("media", command, **(os.environ | to_environment(settings)))
        assert (ended.status, ended.err) == (0, ""), command
    assert (await officer.get(f"{here}/original")).content == jpeg


async def test_an_upload_in_parts_ends_in_s3(
    officer: Person, settings: Settings, jpeg: bytes
) -> None:
    incident = await officer.opened()
    creation = any_creation(incident) | {"Upload-Length": str(len(jpeg))}
    answer = await officer.request("POST", "/uploads", headers=creation)
    path = "/uploads/" + answer.headers["Location"].rpartition("/")[2]
    for start in range(0, len(jpeg), 500_000):
        answer = await officer.request(
            "PATCH",
            path,
            content=jpeg[start : start + 500_000],
            headers=PART | {"Upload-Offset": str(start)},
        )
        assert answer.status_code == 204
    [photo] = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    here = f"/incidents/{incident}/photos/{photo['photo_id']}"
    assert (await officer.get(f"{here}/original")).content == jpeg
    assert (await officer.get(f"{here}/thumbnail")).is_success  # no decoder needs a copy any more
    assert on_disk(settings) == []


async def test_while_s3_is_away_a_photo_is_neither_taken_nor_lost(
    officer: Person, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, photo = await officer.opened(), uuid4()
    put_file = S3Store.put_file
    monkeypatch.setattr(S3Store, "put_file", _unreachable)
    creation = any_creation(incident) | {"Upload-Length": str(len(jpeg))}
    answer = await officer.request("POST", "/uploads", headers=creation)
    path = "/uploads/" + answer.headers["Location"].rpartition("/")[2]
    headers = PART | {"Upload-Offset": "0"}
    answer = await officer.request("PATCH", path, content=jpeg, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    answer = await officer.put_photo(incident, jpeg, photo)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert (await officer.read(f"/incidents/{incident}/photos"))["items"] == []
    monkeypatch.setattr(S3Store, "put_file", put_file)
    # What came is here still; asking how far it is finishes it.
    assert (await officer.request("HEAD", path, headers=TUS)).status_code == 200
    assert len((await officer.read(f"/incidents/{incident}/photos"))["items"]) == 1


async def _unreachable(*_: object) -> None:
    raise StoreUnavailable("it does not answer")


async def test_a_worker_that_comes_back_while_s3_is_away_serves_all_else(
    settings: Settings, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = os.environ["AWS_ENDPOINT_URL"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    async with running_application(settings) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        answer = await officer.put_photo(incident, jpeg)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        readiness = await client.get("/readyz")
        assert (readiness.status_code, readiness.json()["code"]) == (503, "not_ready")
        assert [one["field"] for one in readiness.json()["errors"]] == ["store"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", there)
    async with running_application(settings) as client:
        assert (await client.get("/readyz")).status_code == 200


async def test_a_bucket_that_is_not_there_is_named_before_serving(settings: Settings) -> None:
    environment = to_environment(settings) | {"WILDLIFE_MEDIA_URL": "s3://nowhere/at-all"}
    ended = await run("serve", **(os.environ | environment))
    assert ended.status != 0
    assert "nowhere" in ended.err
    assert "Traceback" not in ended.err
