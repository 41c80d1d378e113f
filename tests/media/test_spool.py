"""The spool: what comes in is whole and on disk when it is handed out, and gone after."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.files import HashedFile
from media.spool import Spool, TooLarge
from tests.files import files, open_files

LIMIT = 10_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def spool(root: Path) -> Spool:
    spool = Spool(root)
    spool.prepare()
    return spool


async def chunks(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def test_a_file_lies_aside_while_it_is_looked_at_and_is_gone_after(
    spool: Spool, root: Path
) -> None:
    async with spool.receive(chunks(b"a ", b"photo"), LIMIT) as received:
        assert (received.sha256, received.size) == (sha256(b"a photo").hexdigest(), 7)
        assert files(root) == [received.path]
        assert received.path.parent == root / "aside"
        assert received.path.read_bytes() == b"a photo"
    assert files(root) == []


async def test_a_stream_that_breaks_off_leaves_nothing(spool: Spool, root: Path) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        yield bytes(2_000_000)
        assert len(files(root)) == 1
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        async with spool.receive(breaks_off(), LIMIT):
            raise AssertionError("a file that is not whole was handed out")
    assert files(root) == []


async def test_a_refusal_after_it_came_in_leaves_nothing(spool: Spool, root: Path) -> None:
    with pytest.raises(LookupError):
        async with spool.receive(chunks(b"no photo"), LIMIT):
            raise LookupError
    assert files(root) == []


async def test_a_request_that_is_cancelled_leaves_nothing(spool: Spool, root: Path) -> None:
    halfway = asyncio.Event()

    async def never_ends() -> AsyncIterator[bytes]:
        yield bytes(2_000_000)
        halfway.set()
        await asyncio.Event().wait()

    async def receive() -> None:
        async with spool.receive(never_ends(), LIMIT):
            pass

    task = asyncio.create_task(receive())
    await halfway.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(root) == []


@pytest.mark.parametrize("beyond", [[b"56"], [b"5", b"6"], [b"5", b"", b"6" * 3_000_000]])
async def test_the_first_byte_beyond_the_limit_is_too_many(
    spool: Spool, root: Path, beyond: list[bytes]
) -> None:
    asked_on = False

    async def too_many() -> AsyncGenerator[bytes, None]:
        nonlocal asked_on
        for content in (b"1234", *beyond):
            yield content
        asked_on = True

    async with aclosing(too_many()) as stream:
        with pytest.raises(TooLarge):
            async with spool.receive(stream, 5):
                pass
    assert not asked_on, "nothing more is read once it is too large"
    assert files(root) == []
    async with spool.receive(chunks(b"1234", b"5"), 5) as received:
        assert received.path.read_bytes() == b"12345"


async def test_what_a_crash_left_is_swept_and_what_is_on_its_way_is_not(
    spool: Spool, root: Path
) -> None:
    left = root / "aside" / "left"
    left.write_bytes(b"half a ph")
    hours_ago = time.time() - 7200
    os.utime(left, (hours_ago, hours_ago))
    async with spool.receive(chunks(b"a photo"), LIMIT) as received:
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        assert spool.sweep(hour_ago) == 1
        assert files(root) == [received.path]
        assert spool.sweep(hour_ago) == 0


def test_a_crash_halfway_leaves_an_orphan_aside(root: Path) -> None:
    # A process of its own, killed while it writes as kill -9 or a power cut would.
    program = f"""
import asyncio
from pathlib import Path
from media.spool import Spool

async def chunks():
    yield bytes(3_000_000)
    print("halfway", flush=True)
    await asyncio.Event().wait()

async def receive():
    spool = Spool(Path({str(root)!r}))
    spool.prepare()
    async with spool.receive(chunks(), {LIMIT}):
        pass

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
@settings(max_examples=60)
async def test_any_bytes_in_any_chunks_come_in_as_they_were_sent(
    tmp_path_factory: pytest.TempPathFactory, contents: Sequence[bytes]
) -> None:
    root = tmp_path_factory.mktemp("spool")
    spool = Spool(root)
    spool.prepare()
    whole = b"".join(contents)
    async with spool.receive(chunks(*contents), len(whole)) as received:
        assert received.path.read_bytes() == whole
        assert (received.sha256, received.size) == (sha256(whole).hexdigest(), len(whole))
    assert files(root) == []


async def test_a_body_that_hangs_holds_no_file_and_lies_on_the_disk(
    spool: Spool, root: Path
) -> None:
    goes_on = asyncio.Event()
    content = bytes(range(256)) * 10

    async def hanging() -> AsyncIterator[bytes]:
        yield content
        await goes_on.wait()
        yield content

    async def receive() -> str:
        async with spool.receive(hanging(), LIMIT) as received:
            return received.sha256

    async with asyncio.TaskGroup() as group:
        receiving = [group.create_task(receive()) for _ in range(50)]
        lies_there = [len(content)] * len(receiving)
        async with asyncio.timeout(20):
            while (  # noqa: ASYNC110 - nobody tells when a file is written and closed
                [path.stat().st_size for path in files(root)] != lies_there or open_files(root)
            ):
                await asyncio.sleep(0.01)
        goes_on.set()
    assert {received.result() for received in receiving} == {sha256(content * 2).hexdigest()}
    assert files(root) == []


async def test_a_write_that_failed_halfway_and_is_tried_again_leaves_no_trace(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half of a piece is on the disk when it is full; then there is room again, and more comes.
    append, failed = HashedFile.append, asyncio.Event()
    loop = asyncio.get_running_loop()

    def fail_halfway(self: HashedFile, content: bytes, *, durably: bool) -> None:
        monkeypatch.setattr(HashedFile, "append", append)
        self._path.write_bytes(content[: len(content) // 2])
        loop.call_soon_threadsafe(failed.set)
        raise OSError(errno.ENOSPC, "No space left on device")

    async def body() -> AsyncIterator[bytes]:
        yield b"12345678"
        await failed.wait()
        yield b"90"

    monkeypatch.setattr(HashedFile, "append", fail_halfway)
    async with spool.receive(body(), LIMIT) as received:
        assert received.path.read_bytes() == b"1234567890"
        assert received.sha256 == sha256(b"1234567890").hexdigest()
