"""Storing photos of 2 MB, side by side in one run: `python -m bench.photos`.

Eight officers of eight stations send photos as fast as they are answered, each on a connection of
their own, to incidents that were opened beforehand: twenty photos each, then the next. No two
photos have the same bytes. They do so

- at the service, as `wildlife serve` runs it, with one worker: by PUT, and as a resumable upload
  (tus) in one request and in parts of 512 KiB;
- at a bare ASGI application on the same server, which only streams to a file, hashes and fsyncs
  (`bench/peers/bare_upload.py`): the limit.

Renditions are made of the service's photos all the while, in processes that get only the CPU time
that nobody else wants, and more are sent than they keep up with. How much that costs after all is
seen by PUT and the limit once more, with no renditions to make.

All take turns of a few seconds, share one disk, and this one process as their client; a figure is
the median over the turns. It takes about three minutes, and some 10 GB of disk.
"""

import asyncio
import shutil
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop

from bench.disk import DISK, on_disk
from bench.load import Job, Request, does_over_http, opens_over_http
from bench.peers.bare_upload import running_bare_upload
from bench.pictures import photo_like
from bench.report import aim, machine, table
from bench.rounds import Contestant, Figures, Round, alternate, new_id
from bench.servers import Server
from bench.service import running_service, sign_in
from bench.stage import CONNECTIONS, OFFICERS, put_officers
from wildlife.settings import Settings

ROUNDS = 5
SECONDS = 3.0
WARM_UP_S = 1.5

PHOTO_BYTES = 2_000_000
PART_BYTES = 512 * 1024
PHOTOS_AN_INCIDENT = 20  # every photo is an entry, and who appends one reads all before it
FREE_BYTES = 20_000_000_000

PUT = "the service: PUT"
ONE_POST = "the service: tus, one POST"
PATCHES = "the service: tus, PATCHes of 512 KiB"
LIMIT = "the limit: a bare ASGI app"
PUT_ALONE = "PUT, no renditions beside"
LIMIT_ALONE = "the limit, no renditions beside"


def main() -> None:
    """Measure and print."""
    DISK.mkdir(exist_ok=True)
    if shutil.disk_usage(DISK).free < FREE_BYTES:
        sys.exit(f"{DISK.resolve()}: less than {FREE_BYTES / 1e9:.0f} GB are free")
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    assert settings.owner_database_url is not None
    url = settings.owner_database_url
    photo = _photo()
    kept = settings.data_dir / "bare"
    kept.mkdir()
    with running_service(settings) as service, running_bare_upload(kept) as bare:
        uvloop.run(put_officers(settings))
        tokens = [sign_in(service, officer.badge) for officer in OFFICERS]
        measured, made = uvloop.run(_take_turns(url, service, bare, kept, tokens, photo))
        memory_mb = {PUT: service.memory_mb(), LIMIT: bare.memory_mb()}
    limit = measured[LIMIT_ALONE]
    print(table(measured, limit, memory_mb, what="photos"))
    print()
    of_limit = measured[PUT].per_second / limit.per_second * 100
    print(aim("PUT against the limit", of_limit, 60, unit=" %"))
    of_alone = measured[PUT].per_second / measured[PUT_ALONE].per_second
    print(f"- PUT beside the making of renditions against PUT alone: {of_alone:.0%}")
    seconds = ROUNDS * SECONDS
    for name in (PUT, ONE_POST, PATCHES, LIMIT):
        print(f"- photos whose renditions were made beside {name}: {made[name] / seconds:.1f}/s")
    print()
    print(f"{len(photo) + len(_trailer())} bytes a photo, {CONNECTIONS} connections,", end=" ")
    print(f"{ROUNDS} rounds of {SECONDS:.0f} s;", asyncio.run(machine(url)))


async def _take_turns(
    url: str, service: Server, bare: Server, kept: Path, tokens: Sequence[str], photo: bytes
) -> tuple[dict[str, Figures], Counter[str]]:
    await opens_over_http(service.port, tokens)(SECONDS)
    made: Counter[str] = Counter()
    async with _renditions(url) as renditions:
        incidents = [await renditions.incidents(officer.badge) for officer in OFFICERS]
        phones = [
            Phone(service.port, token, photo, ids)
            for token, ids in zip(tokens, incidents, strict=True)
        ]

        def at_service(job: Callable[[Phone], Callable[[], Job]]) -> Contestant:
            return does_over_http(service.port, [job(phone) for phone in phones])

        put = at_service(lambda phone: phone.put)
        limit = _emptying(
            kept, does_over_http(bare.port, [lambda: _keep(bare.port, photo)] * len(phones))
        )
        contestants = {
            PUT: put,
            ONE_POST: at_service(lambda phone: phone.upload),
            PATCHES: at_service(lambda phone: phone.upload_in_parts),
            LIMIT: limit,
        }
        measured = await alternate(
            {name: renditions.counted(one, made, name) for name, one in contestants.items()}
            | {PUT_ALONE: renditions.off(put), LIMIT_ALONE: renditions.off(limit)},
            rounds=ROUNDS,
            seconds=SECONDS,
            warm_up_s=WARM_UP_S,
        )
    return measured, made


class Phone:
    """One officer's phone, and the ways in which it sends a photo. Each has other bytes at its end,
    behind the picture's."""

    def __init__(self, port: int, token: str, photo: bytes, incidents: Sequence[UUID]) -> None:
        self._photo = photo
        self._length = len(photo) + len(_trailer())
        self._common = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        self._tus = self._common + "Tus-Resumable: 1.0.0\r\n"
        self._incidents: Iterator[UUID] = cycle(
            one for one in incidents for _ in range(PHOTOS_AN_INCIDENT)
        )

    def put(self) -> Job:
        """One request."""
        head = (
            f"PUT /api/v1/incidents/{next(self._incidents)}/photos/{new_id()} HTTP/1.1\r\n"
            f"{self._common}Content-Length: {self._length}\r\n\r\n"
        )
        yield Request((head.encode(), self._photo, _trailer()), 201)

    def upload(self) -> Job:
        """One request, of tus: creation with upload."""
        head = (
            f"{self._creation()}Content-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {self._length}\r\n\r\n"
        )
        answer = yield Request((head.encode(), self._photo, _trailer()), 201)
        assert f"upload-offset: {self._length}\r\n".encode() in answer.lower()

    def upload_in_parts(self) -> Job:
        """A request without a byte of it, and one for each part."""
        answer = yield Request((f"{self._creation()}Content-Length: 0\r\n\r\n".encode(),), 201)
        _, _, location = answer.decode().partition("/api/v1/uploads/")
        photo = self._photo + _trailer()
        for offset in range(0, len(photo), PART_BYTES):
            part = photo[offset : offset + PART_BYTES]
            head = (
                f"PATCH /api/v1/uploads/{location.splitlines()[0]} HTTP/1.1\r\n"
                f"{self._tus}Upload-Offset: {offset}\r\n"
                "Content-Type: application/offset+octet-stream\r\n"
                f"Content-Length: {len(part)}\r\n\r\n"
            )
            yield Request((head.encode(), part), 204)

    def _creation(self) -> str:
        said = {"incident_id": next(self._incidents), "photo_id": new_id()}
        metadata = ",".join(
            f"{name} {b64encode(str(one).encode()).decode()}" for name, one in said.items()
        )
        return (
            f"POST /api/v1/uploads HTTP/1.1\r\n{self._tus}"
            f"Upload-Length: {self._length}\r\nUpload-Metadata: {metadata}\r\n"
        )


def _keep(port: int, photo: bytes) -> Job:
    """The same at the limit."""
    head = (
        f"PUT /{new_id()} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Length: {len(photo) + len(_trailer())}\r\n\r\n"
    )
    yield Request((head.encode(), photo, _trailer()), 201)


def _emptying(folder: Path, contestant: Contestant) -> Contestant:
    """The same, with what it left in `folder` removed behind it."""

    async def run(seconds: float) -> Round:
        measured = await contestant(seconds)
        _empty(folder)
        await asyncio.sleep(0.5)  # the disk may be at it still
        return measured

    return run


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def _photo() -> bytes:
    """A picture of 5 megapixels in 2 MB but for the trailer: the missing bytes are zeros behind
    its end."""
    photo = photo_like(2592, 1944, noise=8)
    length = PHOTO_BYTES - len(_trailer())
    assert length * 0.8 < len(photo) <= length, len(photo)
    return photo.ljust(length, b"\0")


def _trailer() -> bytes:
    return new_id().bytes


class Renditions:
    """The making of renditions, watched and switched off from below: in the database."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def incidents(self, badge: str) -> list[UUID]:
        """What this officer opened."""
        rows = await self._connection.fetch(
            """
            select incident_id from entry
            where seq = 1 and canonical::jsonb -> 'actor' ->> 'badge' = $1
            """,
            badge,
        )
        return [row["incident_id"] for row in rows]

    async def install(self) -> None:
        """Prepare `off`."""
        await self._connection.execute(
            """
            create function none_wanted() returns trigger language plpgsql as
                $$ begin new.renditions := 'abandoned'; return new; end $$;
            create trigger none_wanted before insert on photo
                for each row execute function none_wanted();
            alter table photo disable trigger none_wanted;
            """
        )

    def counted(self, contestant: Contestant, made: Counter[str], name: str) -> Contestant:
        """The same, with how many photos got their renditions meanwhile added to `made`."""

        async def run(seconds: float) -> Round:
            before = await self._made()
            measured = await contestant(seconds)
            if seconds == SECONDS:
                made[name] += await self._made() - before
            return measured

        return run

    def off(self, contestant: Contestant) -> Contestant:
        """The same while none are to be made: not of its photos, nor of any before."""

        async def run(seconds: float) -> Round:
            await self._connection.execute(
                """
                alter table photo enable trigger none_wanted;
                update photo set renditions = 'abandoned' where renditions is null;
                """
            )
            await asyncio.sleep(1)  # for the one that was begun
            measured = await contestant(seconds)
            await self._connection.execute("alter table photo disable trigger none_wanted")
            return measured

        return run

    async def _made(self) -> int:
        count: int = await self._connection.fetchval(
            "select count(*) from photo where renditions = 'made'"
        )
        return count


@asynccontextmanager
async def _renditions(url: str) -> AsyncIterator[Renditions]:
    connection = await asyncpg.connect(url)
    try:
        renditions = Renditions(connection)
        await renditions.install()
        yield renditions
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
