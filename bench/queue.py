"""Working off a queue of photos without renditions: `python -m bench.queue`.

Photos of 12 megapixels lie in the service's store, and all are to be made renditions of, on a
machine with nothing else to do: how many a second. Then the same with a file before them that is
legal and costs far more than any photo: how long the others take now. It takes about two minutes.
"""

import asyncio
import io
import time

import asyncpg
import httpx
import uvloop
from PIL import Image

from bench.disk import on_disk
from bench.pictures import photo_like
from bench.report import machine
from bench.rounds import new_id
from bench.service import running_service, sign_in
from bench.stage import OFFICERS, OPENING_AFTER_ID, OPENING_BEFORE_ID, put_officers
from wildlife.settings import Settings

PHOTOS = 60
SIZE = (4032, 3024)
COSTLY_SCANS, COSTLY_SIDE = 99, 7000
_POLL_S = 0.05


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    with running_service(settings) as service:
        uvloop.run(put_officers(settings))
        token = sign_in(service, OFFICERS[0].badge)
        api = httpx.Client(
            base_url=f"{service.base_url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        assert settings.database_url is not None
        with api:
            uvloop.run(_work_off(settings.database_url, api))


async def _work_off(url: str, api: httpx.Client) -> None:
    database = await asyncpg.connect(url)
    incident = _opened(api)
    photo = photo_like(*SIZE)
    for number in range(PHOTOS):
        _put(api, incident, photo + number.to_bytes(4))
    await _until_made(database, PHOTOS)
    seconds = await _again(database, api, PHOTOS)
    print(f"- {PHOTOS / seconds:.2f} photos/s of 12 megapixels, {len(photo) / 1e6:.1f} MB each")
    _put(api, incident, _costly())
    await database.execute(
        "update photo set received_at = '-infinity' where width = $1", COSTLY_SIDE
    )
    held_up = await _again(database, api, PHOTOS)
    print(
        f"- behind a file of {COSTLY_SCANS} scans: all after {held_up:.1f} s, not {seconds:.1f} s"
    )
    print(f"\n{PHOTOS} photos;", await machine(url))
    await database.close()


def _opened(api: httpx.Client) -> str:
    incident = str(new_id())
    body = OPENING_BEFORE_ID + incident.encode() + OPENING_AFTER_ID
    headers = {"Content-Type": "application/json"}
    api.post("/incidents", content=body, headers=headers).raise_for_status()
    return incident


def _put(api: httpx.Client, incident: str, content: bytes) -> None:
    api.put(f"/incidents/{incident}/photos/{new_id()}", content=content).raise_for_status()


async def _again(
    database: "asyncpg.Connection[asyncpg.Record]", api: httpx.Client, photos: int
) -> float:
    """How long it takes until these many, but for the costly one, are made once more."""
    await database.execute("update photo set renditions = null")
    started = time.monotonic()
    _put(api, _opened(api), photo_like(64, 48))  # which wakes the darkroom
    await _until_made(database, photos)
    return time.monotonic() - started


async def _until_made(database: "asyncpg.Connection[asyncpg.Record]", photos: int) -> None:
    made = "select count(*) from photo where renditions = 'made' and size > 100000 and width <> $1"
    while await database.fetchval(made, COSTLY_SIDE) < photos:  # noqa: ASYNC110
        await asyncio.sleep(_POLL_S)


def _costly() -> bytes:
    """A progressive JPEG of one colour whose last scan is repeated: a few hundred kilobytes."""
    file = io.BytesIO()
    picture = Image.new("L", (COSTLY_SIDE, COSTLY_SIDE), 90)
    picture.save(file, "JPEG", progressive=True)
    jpeg = file.getvalue()
    last = jpeg.rindex(b"\xff\xda")
    repeated = COSTLY_SCANS - jpeg.count(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * repeated + jpeg[-2:]


if __name__ == "__main__":
    main()
