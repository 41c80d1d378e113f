"""The stores: what was kept is there, whole, and stays what it was; the same on disk and in S3."""

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import cast
from uuid import uuid4

import httpx
import pytest
from moto.s3.models import s3_backends

from media.local_store import LocalStore
from media.s3_store import S3Store
from media.store import (
    Damaged,
    NotHeld,
    Store,
    StoreUnavailable,
    open_store,
    original_key,
    rendition_key,
)
from tests.files import files
from tests.serving import wait_until

WITHIN_S = 12

ACCOUNT = "123456789012"  # the one there is in moto

PHOTO = b"a photo"
DIGEST = sha256(PHOTO).hexdigest()
KEY = original_key(DIGEST)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
async def local(root: Path) -> LocalStore:
    store = LocalStore(root)
    await store.prepare()
    return store


@pytest.fixture
async def remote(root: Path, bucket: str) -> S3Store:
    store = S3Store(f"s3://{bucket}/some/where", root)
    await store.prepare()
    return store


@pytest.fixture(params=["local", "remote"])
def store(request: pytest.FixtureRequest) -> Store:
    """Each of the stores in turn; they are no different to whom uses them."""
    return cast(Store, request.getfixturevalue(request.param))


async def keep(store: Store, folder: Path, content: bytes = PHOTO) -> str:
    """Put a file of this content; answers its key."""
    digest = sha256(content).hexdigest()
    path = folder / uuid4().hex
    path.write_bytes(content)
    await store.put_file(original_key(digest), path, digest)
    path.unlink()
    return original_key(digest)


def make_older(store: Store, key: str, hours: float) -> None:
    """Let what lies under `key` have been put that long ago."""
    then = datetime.now(UTC) - timedelta(hours=hours)
    if isinstance(store, LocalStore):
        os.utime(store._root / key, (then.timestamp(), then.timestamp()))
        return
    # S3 has no call for it, and the server is a thread of this process.
    assert isinstance(store, S3Store)
    name = store._url.split("/")[2]
    stored = s3_backends[ACCOUNT]["aws"].buckets[name].keys[f"some/where/{key}"]
    stored.last_modified = then.replace(tzinfo=None)


def ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


async def read(store: Store, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in store.read(key, start, end)])


# Either store


async def test_what_is_kept_is_read_as_it_was(store: Store, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    key = await keep(store, tmp_path, content)
    assert await store.size(key) == 3_000_000
    assert await store.get(key) == content
    chunks = [chunk async for chunk in store.read(key)]
    assert b"".join(chunks) == content
    assert max(map(len, chunks)) < 2_000_000, "it is never in memory as a whole"


async def test_a_file_in_several_parts_is_read_as_it_was(store: Store, tmp_path: Path) -> None:
    content = os.urandom(11_000_000)
    assert await read(store, await keep(store, tmp_path, content)) == content


async def test_an_empty_file_is_held_too(store: Store, tmp_path: Path) -> None:
    key = await keep(store, tmp_path, b"")
    assert await store.size(key) == 0
    assert await store.get(key) == b""
    assert await read(store, key, 0, 5) == b""


@pytest.mark.parametrize(
    ("start", "end"), [(0, 3), (2, 5), (2, None), (0, 100), (5, 100), (7, None), (9, 12), (3, 3)]
)
async def test_a_range_is_what_a_slice_would_be(
    store: Store, tmp_path: Path, start: int, end: int | None
) -> None:
    key = await keep(store, tmp_path)
    assert await read(store, key, start, end) == PHOTO[start:end]


async def test_a_reader_may_stop_halfway(store: Store, tmp_path: Path) -> None:
    key = await keep(store, tmp_path, os.urandom(3_000_000))
    async with aclosing(cast(AsyncGenerator[bytes, None], store.read(key))) as chunks:
        assert await anext(chunks)


async def test_the_local_file_stays_the_callers(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(PHOTO)
    await store.put_file(KEY, path, DIGEST)
    assert path.read_bytes() == PHOTO
    path.unlink()
    assert await store.get(KEY) == PHOTO


async def test_nothing_is_overwritten_but_its_age_begins_anew(store: Store, tmp_path: Path) -> None:
    await keep(store, tmp_path)
    inode = (store._root / KEY).stat().st_ino if isinstance(store, LocalStore) else None
    make_older(store, KEY, 48)
    [held] = [held async for held in store.list("originals/")]
    assert held.modified_at < ago(47)
    await keep(store, tmp_path)
    [held] = [held async for held in store.list("originals/")]
    assert held.modified_at > ago(1)
    assert await store.get(KEY) == PHOTO
    if isinstance(store, LocalStore):
        assert (store._root / KEY).stat().st_ino == inode


async def test_a_file_that_was_long_on_its_way_begins_its_age_when_it_is_kept(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "photo"
    path.write_bytes(PHOTO)
    os.utime(path, (time.time() - 200_000, time.time() - 200_000))
    await store.put_file(KEY, path, DIGEST)
    assert not await store.sweep(KEY, ago(24))


async def test_the_same_content_at_once_is_one(store: Store, tmp_path: Path) -> None:
    content = os.urandom(300_000)
    [key] = set(await asyncio.gather(*(keep(store, tmp_path, content) for _ in range(8))))
    assert [held.key async for held in store.list("originals/")] == [key]
    assert await store.get(key) == content


async def test_what_is_not_held_is_said_to_be_so(store: Store) -> None:
    assert await store.size(KEY) is None
    with pytest.raises(NotHeld):
        await store.get(KEY)
    for start, end in ((0, None), (0, 3), (3, None)):
        with pytest.raises(NotHeld):
            await anext(store.read(KEY, start, end))
    with pytest.raises(NotHeld):
        async with store.as_file(KEY):
            pass
    assert not await store.sweep(KEY, ago(-1))


async def test_all_is_listed_in_the_order_of_keys(store: Store, tmp_path: Path) -> None:
    assert [held async for held in store.list("originals/")] == []
    keys = [await keep(store, tmp_path, f"photo {number}".encode()) for number in range(30)]
    await store.put(rendition_key(DIGEST, "thumbnail.webp"), b"small")
    await store.put(rendition_key(DIGEST, "display.webp"), b"smaller")
    listed = [held async for held in store.list("originals/")]
    assert [held.key for held in listed] == sorted(keys)
    assert {held.size for held in listed} == {7, 8}
    assert all(ago(1) < held.modified_at < ago(-1) for held in listed)
    assert [(held.key, held.size) async for held in store.list("renditions/")] == [
        (f"renditions/{DIGEST[:2]}/{DIGEST}.display.webp", 7),
        (f"renditions/{DIGEST[:2]}/{DIGEST}.thumbnail.webp", 5),
    ]


async def test_a_sweep_takes_only_what_is_old_enough(store: Store, tmp_path: Path) -> None:
    key = await keep(store, tmp_path)
    other = await keep(store, tmp_path, b"another photo")
    assert not await store.sweep(key, ago(24))
    make_older(store, key, 48)
    assert not await store.sweep(key, ago(72))
    assert await store.sweep(key, ago(24))
    assert await store.size(key) is None
    assert not await store.sweep(key, ago(24)), "it is gone"
    assert [held.key async for held in store.list("originals/")] == [other]
    assert await keep(store, tmp_path) == key
    assert await store.get(key) == PHOTO


async def test_a_file_put_again_is_swept_no_more(store: Store, tmp_path: Path) -> None:
    key = await keep(store, tmp_path)
    make_older(store, key, 48)
    await keep(store, tmp_path)
    assert not await store.sweep(key, ago(24))
    assert await store.get(key) == PHOTO


async def test_what_is_new_is_kept_once(store: Store, root: Path) -> None:
    """Of many at once one is kept, and stays."""
    puts = [store.put_new("belongs_to.json", b"%d" % n) for n in range(8)]
    if isinstance(store, S3Store):  # the server of the tests looks and puts with no lock
        kept = [await put for put in puts]
    else:
        kept = await asyncio.gather(*puts)
    assert kept.count(True) == 1
    assert await store.get("belongs_to.json") == b"%d" % kept.index(True)
    assert not await store.put_new("belongs_to.json", b"later")
    assert await store.get("belongs_to.json") == b"%d" % kept.index(True)
    assert files(root / "aside") == []


async def test_a_rendition_is_replaced_whole(store: Store, root: Path) -> None:
    key = rendition_key(DIGEST, "thumbnail.webp")
    for content in (b"small", b"smaller", b""):
        await store.put(key, content)
        assert await store.get(key) == content
    assert files(root / "aside") == []


async def test_a_file_to_read_from_is_there_for_the_while(
    store: Store, root: Path, tmp_path: Path
) -> None:
    key = await keep(store, tmp_path, bytes(2_000_000))
    async with store.as_file(key) as path:
        assert path.read_bytes() == bytes(2_000_000)
    assert files(root / "aside") == []
    with pytest.raises(KeyError):
        async with store.as_file(key):
            raise KeyError
    assert files(root / "aside") == []
    assert await store.size(key) == 2_000_000


async def test_preparing_again_keeps_what_is_there(store: Store, tmp_path: Path) -> None:
    key = await keep(store, tmp_path)
    await store.prepare()
    assert await store.get(key) == PHOTO


async def test_a_missing_file_is_the_callers_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await store.put_file(KEY, tmp_path / "nowhere", DIGEST)
    assert await store.size(KEY) is None


# On this machine's disk


async def test_a_kept_file_is_written_to_by_nobody(local: LocalStore, tmp_path: Path) -> None:
    async with local.as_file(await keep(local, tmp_path)) as path:
        assert path.stat().st_mode & 0o777 == 0o400


async def test_a_file_that_cannot_be_linked_is_copied(
    local: LocalStore, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: Path, target: Path) -> None:
        raise OSError(18, f"{source} and {target} are on two devices")

    monkeypatch.setattr(os, "link", link)
    key = await keep(local, tmp_path)
    assert await local.get(key) == PHOTO
    assert files(root) == [root / key]
    assert (root / key).stat().st_mode & 0o777 == 0o400


def test_a_copy_that_is_killed_halfway_leaves_nothing_under_the_key(
    root: Path, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    os.mkfifo(slow)  # from which the process gets half of the file, and waits for more
    program = f"""
import asyncio, os
from pathlib import Path
from media.local_store import LocalStore

def link(source, target):
    raise OSError(18, "on two devices")

async def put():
    store = LocalStore(Path({str(root)!r}))
    await store.prepare()
    os.link = link
    await store.put_file({KEY!r}, Path({str(slow)!r}), {DIGEST!r})

asyncio.run(put())
"""
    with (
        subprocess.Popen([sys.executable, "-c", program]) as process,
        slow.open("wb", buffering=0) as half,
    ):
        half.write(bytes(3_000_000))
        process.kill()
        assert process.wait() == -signal.SIGKILL
    [orphan] = files(root)
    assert orphan.parent == root / "aside"


async def somebody_waits_for(folder: int) -> None:
    """Until a lock on this open folder is waited for, as the kernel lists it."""
    inode = f":{os.fstat(folder).st_ino} "

    def is_waited_for() -> bool:
        locks = Path("/proc/locks").read_text().splitlines()
        return any("->" in lock and inode in lock for lock in locks)

    await asyncio.to_thread(wait_until, is_waited_for)


async def test_a_file_swept_while_it_is_put_again_is_put_anew(
    local: LocalStore, root: Path, tmp_path: Path
) -> None:
    await keep(local, tmp_path)
    folder = os.open((root / KEY).parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # as a sweep does, that has just found it old
    putting = asyncio.create_task(keep(local, tmp_path))
    await somebody_waits_for(folder)
    assert not putting.done(), "it waits for the sweep"
    (root / KEY).unlink()
    os.close(folder)
    await putting
    assert await local.get(KEY) == PHOTO


async def test_a_file_put_again_while_a_sweep_comes_for_it_stays(
    local: LocalStore, root: Path, tmp_path: Path
) -> None:
    await keep(local, tmp_path)
    make_older(local, KEY, 48)
    folder = os.open((root / KEY).parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_SH)  # as a put does, that finds it there
    sweeping = asyncio.create_task(local.sweep(KEY, ago(24)))
    await somebody_waits_for(folder)
    assert not sweeping.done(), "it waits for the put"
    os.utime(root / KEY)
    os.close(folder)
    assert not await sweeping
    assert await local.get(KEY) == PHOTO


async def test_whatever_sweeps_go_on_a_file_is_there_once_it_was_put(
    local: LocalStore, root: Path, tmp_path: Path
) -> None:
    swept = 0

    async def put() -> None:
        await keep(local, tmp_path)
        assert await local.get(KEY) == PHOTO
        assert await local.size(KEY) == len(PHOTO)

    for _ in range(60):
        await keep(local, tmp_path)
        make_older(local, KEY, 48)
        sweeps = [local.sweep(KEY, ago(24)) for _ in range(3)]
        done = await asyncio.gather(sweeps[0], put(), sweeps[1], put(), sweeps[2])
        swept += sum(answer is True for answer in done)
        assert files(root) == [root / KEY]
    assert swept, "no sweep ever came first"


# In S3


@asynccontextmanager
async def before(url: str, pass_on: Callable[[bytes], Awaitable[bytes]]) -> AsyncIterator[str]:
    """A proxy before a server; what comes in for the server, goes through `pass_on`."""
    tasks = set()

    async def pipe(
        reader: StreamReader, writer: StreamWriter, through: Callable[[bytes], Awaitable[bytes]]
    ) -> None:
        with closing(writer), suppress(ConnectionError):
            while piece := await reader.read(65536):
                writer.write(await through(piece))
                await writer.drain()

    async def unchanged(piece: bytes) -> bytes:
        return piece

    async def nothing(_: bytes) -> bytes:
        return b""

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        there = httpx.URL(url)
        try:
            from_server, to_server = await asyncio.open_connection(there.host, there.port)
        except OSError:  # there is none: who comes is let in and told nothing
            tasks.add(asyncio.create_task(pipe(reader, writer, nothing)))
            return
        tasks.add(asyncio.create_task(pipe(reader, to_server, pass_on)))
        tasks.add(asyncio.create_task(pipe(from_server, writer, unchanged)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_the_store_changes_is_noticed_and_removed(
    remote: S3Store, root: Path, tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def change(piece: bytes) -> bytes:
        return piece.replace(PHOTO, PHOTO.upper())

    async with before(s3, change) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        changing = S3Store(remote._url, root)
        with pytest.raises(Damaged):
            await keep(changing, tmp_path)
    assert await remote.size(KEY) is None


@pytest.mark.parametrize("other", [b"A PHOTO", b"a pho"])
@pytest.mark.parametrize("hours", [0, 48])
async def test_what_is_there_is_not_believed_to_be_the_same(
    remote: S3Store, tmp_path: Path, other: bytes, hours: float
) -> None:
    await remote.put(KEY, other)
    make_older(remote, KEY, hours)
    with pytest.raises(Damaged):
        await keep(remote, tmp_path)
    assert await remote.get(KEY) == other, "whoever looks into it finds it as it was"


async def test_a_young_file_is_not_sent_again(
    remote: S3Store, root: Path, tmp_path: Path, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    methods = []

    async def look(piece: bytes) -> bytes:
        methods.append(piece.split(b" ")[0])
        return piece

    await keep(remote, tmp_path)
    async with before(s3, look) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        await keep(S3Store(remote._url, root), tmp_path)
    assert methods == [b"HEAD", b"GET"]


async def test_a_put_that_is_killed_halfway_leaves_nothing_under_the_key(
    remote: S3Store, root: Path, tmp_path: Path, s3: str
) -> None:
    size = 12_000_000
    digest = sha256(bytes(size)).hexdigest()
    (tmp_path / "photo").write_bytes(bytes(size))
    program = f"""
import asyncio
from pathlib import Path
from media.s3_store import S3Store

store = S3Store({remote._url!r}, Path({str(root)!r}))
photo = Path({str(tmp_path / "photo")!r})
asyncio.run(store.put_file({original_key(digest)!r}, photo, {digest!r}))
"""
    passed = 0
    halfway = asyncio.Event()

    async def count(piece: bytes) -> bytes:
        nonlocal passed
        passed += len(piece)
        if passed > size / 2:
            halfway.set()
            await asyncio.Event().wait()
        return piece

    async with before(s3, count) as url:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env=os.environ | {"AWS_ENDPOINT_URL": url}
        )
        await halfway.wait()
        process.kill()
        assert await process.wait() == -signal.SIGKILL
    assert [held async for held in remote.list("originals/")] == []


@pytest.mark.parametrize("listens", [True, False])
async def test_a_dead_store_is_given_up_in_time(
    remote: S3Store, root: Path, tmp_path: Path, listens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence(piece: bytes) -> bytes:
        assert piece
        await asyncio.Event().wait()
        return b""

    async with before("http://127.0.0.1:9", silence) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url if listens else "http://127.0.0.1:9")
        store = S3Store(remote._url, root, answer_within=timedelta(seconds=0.3))
        for call in (
            store.prepare(),
            store.size(KEY),
            store.get(KEY),
            store.put(KEY, PHOTO),
            keep(store, tmp_path),
            anext(store.list("originals/")),
            store.sweep(KEY, ago(0)),
        ):
            with pytest.raises(StoreUnavailable, match=r"s3://photos-.*Error performing"):
                # Less than half of what it waits for where nobody says how long.
                async with asyncio.timeout(WITHIN_S):
                    await call
    assert files(root) == []


async def test_a_bucket_that_is_not_there_is_no_empty_store(
    remote: S3Store, root: Path, tmp_path: Path
) -> None:
    store = S3Store("s3://nobody-made-it", root)
    with pytest.raises(StoreUnavailable, match="there is no bucket"):
        await store.prepare()
    with pytest.raises(StoreUnavailable, match="no bucket"):
        await keep(store, tmp_path)
    assert await remote.size(KEY) is None


async def test_two_prefixes_are_two_stores(
    remote: S3Store, root: Path, tmp_path: Path, bucket: str
) -> None:
    await keep(remote, tmp_path)
    for url in (f"s3://{bucket}", f"s3://{bucket}/some/", f"s3://{bucket}/some/where/else"):
        assert await S3Store(url, root).size(KEY) is None
    assert await S3Store(f"s3://{bucket}/some/where/", root).get(KEY) == PHOTO
    assert await S3Store(f"s3://{bucket}", root).get(f"some/where/{KEY}") == PHOTO


def test_the_url_says_which_store_it_is(root: Path) -> None:
    assert isinstance(open_store(None, root), LocalStore)
    assert isinstance(open_store("s3://bucket/prefix", root), S3Store)
    for url in ("", "s3://", "s3:///prefix", "http://bucket", "s3://key:secret@bucket", "s3://b?x"):
        with pytest.raises(ValueError, match="s3://bucket/prefix"):
            open_store(url, root)
