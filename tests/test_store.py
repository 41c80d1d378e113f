"""The store: one content, one file, under its hash only when it is whole and durable."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.store import Store, TooLarge

LIMIT = 10_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def store(root: Path) -> Store:
    store = Store(root)
    store.prepare()
    return store


async def chunks(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def put(store: Store, *contents: bytes, limit: int = LIMIT) -> str:
    """Take in these chunks and keep them; answers the hash they lie under."""
    async with store.receive(chunks(*contents), limit) as received:
        await received.keep()
    return received.sha256


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_a_file_is_seen_under_its_hash_only_once_it_is_kept(store: Store, root: Path) -> None:
    digest = sha256(b"a photo").hexdigest()
    async with store.receive(chunks(b"a ", b"photo"), LIMIT) as received:
        assert (received.sha256, received.size) == (digest, 7)
        assert files(root) == [received.path], "it lies aside"
        await received.keep()
        assert store.path(digest).read_bytes() == b"a photo"
    assert files(root) == [store.path(digest)]
    assert store.path(digest) == root / "originals" / digest[:2] / digest


async def test_what_is_not_kept_is_gone(store: Store, root: Path) -> None:
    async with store.receive(chunks(b"a photo"), LIMIT):
        pass
    assert files(root) == []


async def test_a_stream_that_breaks_off_leaves_nothing(store: Store, root: Path) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        yield bytes(2_000_000)
        assert len(files(root)) == 1
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        async with store.receive(breaks_off(), LIMIT):
            raise AssertionError("a file that is not whole was handed out")
    assert files(root) == []


async def test_a_refusal_after_it_came_in_leaves_nothing(store: Store, root: Path) -> None:
    with pytest.raises(LookupError):
        async with store.receive(chunks(b"no photo"), LIMIT):
            raise LookupError
    assert files(root) == []


async def test_a_request_that_is_cancelled_leaves_nothing(store: Store, root: Path) -> None:
    halfway = asyncio.Event()

    async def never_ends() -> AsyncIterator[bytes]:
        yield bytes(2_000_000)
        halfway.set()
        await asyncio.Event().wait()

    async def receive() -> None:
        async with store.receive(never_ends(), LIMIT):
            pass

    task = asyncio.create_task(receive())
    await halfway.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(root) == []


@pytest.mark.parametrize("beyond", [[b"56"], [b"5", b"6"], [b"5", b"", b"6" * 3_000_000]])
async def test_the_first_byte_beyond_the_limit_is_too_many(
    store: Store, root: Path, beyond: list[bytes]
) -> None:
    asked_on = False

    async def too_many() -> AsyncGenerator[bytes, None]:
        nonlocal asked_on
        for content in (b"1234", *beyond):
            yield content
        asked_on = True

    async with aclosing(too_many()) as stream:
        with pytest.raises(TooLarge):
            async with store.receive(stream, 5):
                pass
    assert not asked_on, "nothing more is read once it is too large"
    assert files(root) == []
    assert store.path(await put(store, b"1234", b"5", limit=5)).read_bytes() == b"12345"


async def test_the_same_content_at_once_is_one_file(store: Store, root: Path) -> None:
    content = os.urandom(3_000_000)
    digests = await asyncio.gather(
        *(put(store, content[:k], content[k:]) for k in range(0, 3_000_000, 300_000))
    )
    assert set(digests) == {sha256(content).hexdigest()}
    assert files(root) == [store.path(digests[0])]
    assert store.path(digests[0]).read_bytes() == content


async def test_content_that_is_held_is_left_as_it_is(store: Store) -> None:
    digest = await put(store, b"a photo")
    before = store.path(digest).stat()
    assert await put(store, b"a ", b"photo") == digest
    after = store.path(digest).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


async def test_a_rendition_is_replaced_whole_and_lies_beside_the_originals(
    store: Store, root: Path
) -> None:
    digest = await put(store, b"a photo")
    for content in (b"small", b"smaller"):
        await store.put_rendition(digest, "thumbnail", content)
        assert store.rendition_path(digest, "thumbnail").read_bytes() == content
    thumbnail = root / "renditions" / digest[:2] / f"{digest}.thumbnail"
    assert files(root) == [store.path(digest), thumbnail]


async def test_preparing_again_keeps_what_is_there(store: Store, root: Path) -> None:
    digest = await put(store, b"a photo")
    Store(root).prepare()
    assert store.path(digest).read_bytes() == b"a photo"


def test_a_crash_halfway_leaves_an_orphan_aside_and_never_a_hole(root: Path) -> None:
    # A process of its own, killed while it writes as kill -9 or a power cut would.
    program = f"""
import asyncio
from pathlib import Path
from media.store import Store

async def chunks():
    yield bytes(3_000_000)
    print("halfway", flush=True)
    await asyncio.Event().wait()

async def receive():
    store = Store(Path({str(root)!r}))
    store.prepare()
    async with store.receive(chunks(), {LIMIT}) as received:
        await received.keep()

asyncio.run(receive())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"halfway\n"
        process.kill()
        assert process.wait() == -signal.SIGKILL
    [orphan] = files(root)
    assert orphan.parent == root / "aside"


@given(contents=st.lists(st.binary(max_size=50) | st.just(bytes(600_000)), max_size=8))
@settings(deadline=None, max_examples=60)
async def test_any_bytes_in_any_chunks_are_kept_as_they_came(
    tmp_path_factory: pytest.TempPathFactory, contents: Sequence[bytes]
) -> None:
    root = tmp_path_factory.mktemp("store")
    store = Store(root)
    store.prepare()
    whole = b"".join(contents)
    digest = await put(store, *contents, limit=len(whole))
    assert digest == sha256(whole).hexdigest()
    assert store.path(digest).read_bytes() == whole
    assert await put(store, whole) == digest
    assert files(root) == [store.path(digest)]
