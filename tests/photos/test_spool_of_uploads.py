"""Uploads on the disk: whoever writes, and whatever dies, what is there is the file's beginning."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import new as new_hasher
from pathlib import Path
from random import Random
from typing import IO, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from media.upload_state import (
    DiskFull,
    Limits,
    Progress,
    QuotaExceeded,
    TakenOver,
    TooLong,
    TooMany,
    Upload,
    WrongOffset,
)
from media.uploads import Checksum, Uploads, WrongChecksum
from tests.files import open_files
from tests.uploading import WRITTEN_BYTES, Halting

OWNER = UUID(int=1)
MOST = 60
QUOTA_BYTES = 20_000_000
DAY_S = 24 * 3600.0


def uploads_in(root: Path) -> Uploads:
    """The uploads of this folder, as one more process of the service sees them."""
    limits = Limits(MOST, quota_bytes=QUOTA_BYTES, expiry_s=DAY_S, finished_s=28 * DAY_S)
    uploads = Uploads(root, limits)
    uploads.prepare()
    return uploads


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def uploads(root: Path) -> Uploads:
    return uploads_in(root)


def an_upload(length: int, *, owner: UUID = OWNER, note: bytes = b"a photo") -> Upload:
    return Upload(owner, uuid4(), length, note)


async def chunks(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


def checksum(content: bytes, algorithm: str = "sha256") -> Checksum:
    return Checksum(algorithm, new_hasher(algorithm, content).digest())


def kept(root: Path) -> list[str]:
    """The names of all files but locks."""
    return sorted(
        f"{name}/{path.name}"
        for name in ("open", "finished")
        for path in (root / "uploads" / name).rglob("*")
        if path.is_file()
    )


def bytes_of(root: Path, upload: Upload) -> Path:
    """Where what has come of it lies."""
    return opened(root) / f"{upload.name}.bytes"


def opened(root: Path, owner: UUID = OWNER) -> Path:
    """Where the unfinished uploads of somebody lie."""
    return root / "uploads" / "open" / str(owner)


async def ask(uploads: Uploads, upload: Upload) -> Progress | None:
    """How far it is; who was writing has to stop."""
    async with uploads.finishing(upload.owner, upload.upload_id) as progress:
        return progress


class Gone(Exception):
    """There is no such upload."""


async def add(
    uploads: Uploads,
    upload: Upload,
    at: int,
    chunks: AsyncIterator[bytes],
    checksum: Checksum | None,
) -> int:
    """Go on with it at this offset; the new one. Raises Gone."""
    claim = await uploads.claim(upload.owner, upload.upload_id, at, 0)
    if claim is None:
        raise Gone
    return (await uploads.append(claim, chunks, checksum)).offset


async def offset_of(uploads: Uploads, upload: Upload) -> int:
    progress = await ask(uploads, upload)
    assert progress is not None
    return progress.offset


# ---------------------------------------------------------------- what it hashes to


PART = 4
TURN = st.tuples(
    st.sampled_from(["add", "add checked", "begin anew", "ask"]), st.integers(0, 1), st.booleans()
)


@example(
    turns=[
        ("add", 0, True),
        ("begin anew", 1, False),
        ("add", 1, False),
        ("add", 0, True),
        ("add", 0, True),
    ]
)
@given(turns=st.lists(TURN, max_size=12))
@examples(max_examples=80)
async def test_a_hash_that_is_known_at_the_end_is_that_of_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[str, int, bool]]
) -> None:
    """Two processes write in turn, and now and then one of them begins anew with other bytes."""
    root = tmp_path_factory.mktemp("uploads")
    processes = [uploads_in(root), uploads_in(root)]
    upload, at = an_upload(length=3 * PART), 0
    await processes[0].create(upload)
    for what, process, other in turns:
        uploads = processes[process]
        if what == "begin anew":
            async with uploads.finishing(upload.owner, upload.upload_id):
                await uploads.discard(upload)
            await uploads.create(upload)
            at = 0
        elif what == "ask":
            assert await offset_of(uploads, upload) == at
        elif at < upload.length:
            part = (b"ab" if other else b"cd") * (PART // 2)
            right = checksum(part) if what == "add checked" else None
            at = await add(uploads, upload, at, chunks(part[:1], part[1:]), right)
    for uploads in processes:
        progress = await ask(uploads, upload)
        assert progress is not None
        found = new_hasher("sha256", bytes_of(root, upload).read_bytes()).hexdigest()
        assert progress.sha256 in (None, found)


async def test_who_writes_all_of_it_need_not_read_it_again(uploads: Uploads) -> None:
    upload = an_upload(length=6)
    await uploads.create(upload)
    await add(uploads, upload, 0, chunks(b"a p"), None)
    assert await offset_of(uploads, upload) == 3
    await add(uploads, upload, 3, chunks(b"hot"), checksum(b"hot"))
    progress = await ask(uploads, upload)
    assert progress is not None
    assert progress.sha256 == new_hasher("sha256", b"a phot").hexdigest()


# ---------------------------------------------------------------- one writer


@given(
    parts=st.lists(
        st.tuples(
            st.lists(st.binary(max_size=40) | st.just(bytes(WRITTEN_BYTES)), max_size=4),
            st.sampled_from([None, "sha1", "sha256"]),
        ),
        max_size=5,
    )
)
@examples(max_examples=50)
async def test_any_bytes_in_any_chunks_and_parts_are_the_same_file(
    tmp_path_factory: pytest.TempPathFactory,
    parts: Sequence[tuple[Sequence[bytes], str | None]],
) -> None:
    root = tmp_path_factory.mktemp("uploads")
    uploads = uploads_in(root)
    whole = b"".join(chunk for part, _ in parts for chunk in part)
    upload = an_upload(len(whole))
    await uploads.create(upload)
    at = 0
    for part, algorithm in parts:
        content = b"".join(part)
        right = checksum(content, algorithm) if algorithm else None
        at = await add(uploads, upload, at, chunks(*part), right)
        assert whole[:at] == bytes_of(root, upload).read_bytes()
    progress = await ask(uploads, upload)
    assert progress is not None
    assert progress.is_complete
    assert progress.path is not None
    assert progress.path.read_bytes() == whole
    assert await uploads.complete() == [upload]


class BrokenOff(Exception):
    """The network is gone."""


@given(
    before=st.lists(st.binary(max_size=40) | st.just(b"\1" * WRITTEN_BYTES), max_size=4),
    checked=st.booleans(),
)
@examples(max_examples=30)
async def test_what_came_before_a_break_is_kept_unless_it_had_a_checksum(
    tmp_path_factory: pytest.TempPathFactory, before: Sequence[bytes], checked: bool
) -> None:
    async def break_off() -> AsyncIterator[bytes]:
        for content in before:
            yield content
        raise BrokenOff

    root = tmp_path_factory.mktemp("uploads")
    uploads = uploads_in(root)
    came = b"".join(before)
    whole = b"begun: " + came + b" and the rest"
    upload = an_upload(len(whole))
    await uploads.create(upload)
    at = await add(uploads, upload, 0, chunks(b"begun: "), None)
    files = kept(root)
    with pytest.raises(BrokenOff):
        await add(uploads, upload, at, break_off(), checksum(whole[at:]) if checked else None)
    at = at if checked else at + len(came)
    assert await offset_of(uploads, upload) == at
    assert bytes_of(root, upload).read_bytes() == whole[:at]
    assert kept(root) == files, "nothing aside"
    assert await add(uploads, upload, at, chunks(whole[at:]), None) == len(whole)
    assert bytes_of(root, upload).read_bytes() == whole


async def test_a_request_that_is_cancelled_keeps_what_came(uploads: Uploads, root: Path) -> None:
    upload = an_upload(1000)
    await uploads.create(upload)
    halfway = asyncio.Event()

    async def never_ends() -> AsyncIterator[bytes]:
        yield b"1" * 500
        halfway.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(add(uploads, upload, 0, never_ends(), None))
    await halfway.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bytes_of(root, upload).read_bytes() == b"1" * 500
    assert await offset_of(uploads, upload) == 500


async def test_a_chunk_that_does_not_fit_changes_nothing(uploads: Uploads, root: Path) -> None:
    upload = an_upload(10)
    await uploads.create(upload)
    await add(uploads, upload, 0, chunks(b"12345"), None)
    asked = False

    async def unread() -> AsyncIterator[bytes]:
        nonlocal asked
        asked = True
        yield b"never"

    for wrong in (0, 4, 6, 10, 11):
        with pytest.raises(WrongOffset) as told:
            await add(uploads, upload, wrong, unread(), None)
        assert told.value.offset == 5
    assert not asked
    for right in (None, checksum(b"678901")):
        with pytest.raises(TooLong):
            await add(uploads, upload, 5, chunks(b"678", b"901"), right)
    for algorithm in ("sha1", "sha256"):
        with pytest.raises(WrongChecksum):
            await add(uploads, upload, 5, chunks(b"67890"), checksum(b"other", algorithm))
    assert bytes_of(root, upload).read_bytes() == b"12345"
    assert await add(uploads, upload, 5, chunks(b"67890"), None) == 10


async def test_a_finished_upload_takes_no_more(uploads: Uploads, root: Path) -> None:
    upload = an_upload(5)
    await uploads.create(upload)
    await add(uploads, upload, 0, chunks(b"12345"), None)
    async with uploads.finishing(upload.owner, upload.upload_id):
        await uploads.finished(upload)
    for progress in (await ask(uploads, upload), await uploads.create(upload)):
        assert progress is not None
        assert progress.is_finished
        assert progress.is_complete
    assert kept(root) == [f"finished/{upload.name}.json"]
    assert await uploads.complete() == []
    with pytest.raises(WrongOffset):
        await add(uploads, upload, 0, chunks(b"12345"), None)
    assert await add(uploads, upload, 5, chunks(), None) == 5


# ---------------------------------------------------------------- who may begin


async def test_one_owner_has_so_much_room_and_the_disk_keeps_a_reserve(
    uploads: Uploads, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = an_upload(QUOTA_BYTES // 2)
    for upload in (half, an_upload(QUOTA_BYTES // 2)):
        await uploads.create(upload)
    files = kept(root)
    with pytest.raises(QuotaExceeded):
        await uploads.create(an_upload(1))
    assert kept(root) == files
    await uploads.create(half)
    for _ in range(MOST):
        await uploads.create(an_upload(1, owner=UUID(int=2)))
    with pytest.raises(TooMany):
        await uploads.create(an_upload(1, owner=UUID(int=2)))
    async with uploads.finishing(half.owner, half.upload_id):
        await uploads.discard(half)
    nearly_full = shutil.disk_usage(root)._replace(free=64 * 1024 * 1024)
    monkeypatch.setattr("shutil.disk_usage", lambda _: nearly_full)
    files = kept(root)
    with pytest.raises(DiskFull):
        await uploads.create(an_upload(1))
    assert kept(root) == files


async def test_uploads_begun_at_once_have_no_more_room_than_one_after_the_other(
    uploads: Uploads, root: Path
) -> None:
    others = [uploads, uploads_in(root)]
    begun = await asyncio.gather(
        *(others[number % 2].create(an_upload(QUOTA_BYTES // 2)) for number in range(12)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Progress) for one in begun) == 2
    begun = await asyncio.gather(
        *(others[n % 2].create(an_upload(1, owner=UUID(int=2))) for n in range(MOST + 20)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Progress) for one in begun) == MOST


# ---------------------------------------------------------------- several writers


@examples(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=2, max_size=5, unique=True),
    length=st.integers(1, 3 * WRITTEN_BYTES),
)
async def test_however_writers_interleave_each_byte_is_written_once(
    tmp_path_factory: pytest.TempPathFactory, seeds: list[int], length: int
) -> None:
    root = tmp_path_factory.mktemp("uploads")
    content = Random(length).randbytes(length)
    upload = an_upload(length)
    processes = [uploads_in(root), uploads_in(root)]
    await processes[0].create(upload)
    done = asyncio.Event()

    async def watch() -> None:
        at = 0
        while not done.is_set():
            there = bytes_of(root, upload).read_bytes()
            assert len(there) >= at, "the offset never falls"
            assert content.startswith(there)
            at = len(there)
            await asyncio.sleep(0.002)

    async def write(uploads: Uploads, random: Random) -> None:
        at = await offset_of(uploads, upload)
        # A phone that tries again and again: the last who asks goes on.
        for _ in range(8):
            if at == length:
                break
            end = min(length, at + random.randrange(1, length + 1))
            part = checksum(content[at:end]) if random.random() < 0.3 else None
            body = _slowly(content[at:end], random)
            try:
                at = await add(uploads, upload, at, body, part)
            except (TakenOver, WrongOffset, BrokenOff):
                now = await offset_of(uploads, upload)
                assert now >= at
                at = now

    watching = asyncio.create_task(watch())
    try:
        await asyncio.gather(
            *(write(processes[n % 2], Random(seed)) for n, seed in enumerate(seeds))
        )
    finally:
        done.set()
        await watching
    at = await offset_of(processes[0], upload)
    assert await add(processes[1], upload, at, chunks(content[at:]), None) == length
    assert bytes_of(root, upload).read_bytes() == content


async def _slowly(content: bytes, random: Random) -> AsyncIterator[bytes]:
    """The content in chunks of any size, with pauses, and now and then not to its end."""
    at = 0
    while at < len(content):
        size = random.choice([100, 10_000, 200_000])
        yield content[at : at + size]
        at += size
        await asyncio.sleep(random.choice([0, 0, 0.001]))
        if random.random() < 0.05:
            raise BrokenOff


@pytest.mark.parametrize("checked", [False, True])
async def test_the_latest_request_wins_at_once_while_an_earlier_one_waits_for_its_client(
    uploads: Uploads, root: Path, checked: bool
) -> None:
    content = os.urandom(2 * WRITTEN_BYTES)
    upload = an_upload(len(content))
    await uploads.create(upload)
    halfway, goes_on = asyncio.Event(), asyncio.Event()

    async def hangs() -> AsyncIterator[bytes]:
        yield content[:WRITTEN_BYTES]
        halfway.set()
        await goes_on.wait()
        yield content[WRITTEN_BYTES:]

    part = checksum(content) if checked else None
    earlier = asyncio.create_task(add(uploads, upload, 0, hangs(), part))
    await halfway.wait()
    async with asyncio.timeout(5):
        other = uploads_in(root)
        at = await offset_of(other, upload)
        assert at == (0 if checked else WRITTEN_BYTES)
        assert await add(other, upload, at, chunks(content[at:]), None) == len(content)
    goes_on.set()
    with pytest.raises(TakenOver):
        await earlier
    assert bytes_of(root, upload).read_bytes() == content
    assert kept(root) == [f"open/{upload.name}.{suffix}" for suffix in ("bytes", "json", "writer")]


# ---------------------------------------------------------------- bodies that hang


@pytest.mark.parametrize("checked", [False, True])
async def test_a_body_that_hangs_holds_no_file_and_no_time(
    uploads: Uploads, root: Path, checked: bool
) -> None:
    content = os.urandom(1000)
    begun = [an_upload(2000) for _ in range(50)]
    bodies = [Halting(content) for _ in begun]
    for upload in begun:
        await uploads.create(upload)
    timers = scheduled()
    part = checksum(content) if checked else None
    folder = opened(root)

    def written() -> int:
        return sum(path.stat().st_size == len(content) for path in folder.iterdir())

    async with asyncio.TaskGroup() as group:
        sending = [
            group.create_task(add(uploads, upload, 0, aiter(body), part))
            for upload, body in zip(begun, bodies, strict=True)
        ]
        async with asyncio.timeout(20):
            while written() < len(begun) or open_files(root):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        assert scheduled() < timers + len(begun), "nobody looks again whether more has come"
        for body in bodies:
            body.may_go_on.set()
    assert [sent.result() for sent in sending] == [len(content)] * len(begun)


def scheduled() -> int:
    """How much the event loop does when its time comes."""
    loop: Any = asyncio.get_running_loop()
    return sum(not timer.cancelled() for timer in loop._scheduled)


async def test_what_comes_over_one_bar_of_signal_is_on_the_disk_a_moment_later(
    uploads: Uploads, root: Path
) -> None:
    upload = an_upload(1000)
    await uploads.create(upload)

    async def trickle() -> AsyncIterator[bytes]:
        """A byte at a time, and never a pause, until some are on the disk."""
        async with asyncio.timeout(20):
            for _ in range(upload.length):
                yield b"1"
                if bytes_of(root, upload).stat().st_size:
                    return
                await asyncio.sleep(0.02)

    assert 0 < await add(uploads, upload, 0, trickle(), None) < upload.length


# ---------------------------------------------------------------- several processes

_PROGRAM = """
import asyncio, sys
from pathlib import Path
from random import Random
from uuid import UUID
from media.upload_state import TakenOver, Upload, WrongOffset
from tests.photos.test_spool_of_uploads import (
    WRITTEN_BYTES, add, checksum, content_of, offset_of, uploads_in
)

root, name, seed, what = sys.argv[1:]
owner, upload_id = map(UUID, name.split("."))
content = content_of(upload_id)
upload = Upload(owner, upload_id, len(content), b"a photo")
uploads = uploads_in(Path(root))
random = Random(int(seed))

async def slowly(part):
    for at in range(0, len(part), 100_000):
        yield part[at : at + 100_000]
        await asyncio.sleep(random.choice([0, 0.001]))

async def write():
    while (at := await offset_of(uploads, upload)) < len(content):
        part = content[at : at + random.randrange(1, 700_000)]
        try:
            await add(uploads, upload, at, slowly(part), random.choice([None, checksum(part)]))
        except (TakenOver, WrongOffset):
            pass

async def hold():
    async with uploads.finishing(owner, upload_id):
        print("held", flush=True)
        await asyncio.Event().wait()

async def receive(checksum=None):
    async def part():
        yield content[:WRITTEN_BYTES]
        print("halfway", flush=True)
        await asyncio.Event().wait()
    await add(uploads, upload, 0, part(), checksum)

print("started", flush=True)
match what:
    case "write":
        asyncio.run(write())
    case "hold":
        asyncio.run(hold())
    case "receive":
        asyncio.run(receive())
    case "receive checked":
        asyncio.run(receive(checksum(content)))
"""


def content_of(upload_id: UUID) -> bytes:
    """Bytes that every process knows."""
    return Random(upload_id.int).randbytes(3_000_000)


@contextmanager
def process(root: Path, upload: Upload, seed: int, what: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process, which does this with the upload; killed at the end."""
    command = [sys.executable, "-c", _PROGRAM, str(root), upload.name, str(seed), what]
    project = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=project) as started:
        try:
            assert _output(started).readline() == b"started\n"
            yield started
        finally:
            started.kill()


def _output(started: subprocess.Popen[bytes]) -> IO[bytes]:
    assert started.stdout is not None
    return started.stdout


async def begun(root: Path) -> tuple[Uploads, Upload]:
    """An upload that other processes know, too."""
    uploads, upload_id = uploads_in(root), uuid4()
    upload = Upload(OWNER, upload_id, len(content_of(upload_id)), b"a photo")
    await uploads.create(upload)
    return uploads, upload


async def test_processes_that_write_at_once_and_are_killed_leave_the_files_beginning(
    root: Path,
) -> None:
    uploads, upload = await begun(root)
    content = content_of(upload.upload_id)
    at = 0
    with process(root, upload, 1, "write") as one, process(root, upload, 2, "write") as other:
        killed = False
        deadline = time.monotonic() + 100
        while one.poll() is None or other.poll() is None:
            assert time.monotonic() < deadline
            there = bytes_of(root, upload).read_bytes()
            assert len(there) >= at, "the offset never falls"
            assert content.startswith(there)
            at = len(there)
            if not killed and at > len(content) // 3:
                one.kill()
                killed = True
            await asyncio.sleep(0.005)
        assert other.returncode == 0, "it went on to the end"
    assert await offset_of(uploads, upload) == len(content)
    assert bytes_of(root, upload).read_bytes() == content


async def test_a_process_that_is_killed_while_it_holds_the_lock_blocks_nobody(root: Path) -> None:
    uploads, upload = await begun(root)
    with process(root, upload, 1, "hold") as holder:
        assert _output(holder).readline() == b"held\n"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask(uploads, upload)
        holder.kill()
        assert holder.wait() == -signal.SIGKILL
        async with asyncio.timeout(5):
            assert await offset_of(uploads, upload) == 0
            assert await add(uploads, upload, 0, chunks(b"12345"), None) == 5


async def test_who_only_looks_waits_for_who_is_finishing_it(uploads: Uploads, root: Path) -> None:
    """In the middle of finishing, its bytes are gone and what it was to be may not be."""
    upload = an_upload(5)
    await uploads.create(upload)
    await add(uploads, upload, 0, chunks(b"12345"), None)
    async with uploads.finishing(upload.owner, upload.upload_id):
        bytes_of(root, upload).unlink()
        looking = asyncio.create_task(uploads.under_way(upload))
        await asyncio.wait({looking}, timeout=0.2)
        await uploads.finished(upload)
    assert await looking is None
    assert kept(root) == [f"finished/{upload.name}.json"]


async def test_who_stops_waiting_for_the_lock_blocks_nobody(uploads: Uploads, root: Path) -> None:
    upload = an_upload(5)
    await uploads.create(upload)
    async with uploads.finishing(upload.owner, upload.upload_id):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask(uploads_in(root), upload)
    async with asyncio.timeout(5):
        assert await add(uploads, upload, 0, chunks(b"12345"), None) == 5


@pytest.mark.parametrize("what", ["receive", "receive checked"])
async def test_what_a_killed_process_had_written_is_gone_on_with(root: Path, what: str) -> None:
    uploads, upload = await begun(root)
    content = content_of(upload.upload_id)
    with process(root, upload, 1, what) as receiver:
        assert _output(receiver).readline() == b"halfway\n"
        receiver.kill()
        assert receiver.wait() == -signal.SIGKILL
    at = await offset_of(uploads, upload)
    assert at == (0 if what == "receive checked" else WRITTEN_BYTES)
    assert await add(uploads, upload, at, chunks(content[at:]), None) == len(content)
    assert bytes_of(root, upload).read_bytes() == content
    async with uploads.finishing(upload.owner, upload.upload_id):
        await uploads.finished(upload)
    # What it had aside is nobody's, and swept.
    uploads.sweep(_in_an_hour())
    assert kept(root) == [f"finished/{upload.name}.json"]


# ---------------------------------------------------------------- ends of all kinds


@examples(max_examples=40)
@given(seed=st.integers(0, 2**32))
async def test_whatever_happens_at_once_the_upload_is_there_whole_or_gone(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    root = tmp_path_factory.mktemp("uploads")
    random = Random(seed)
    content = random.randbytes(1000)
    upload = an_upload(len(content))
    processes = [uploads_in(root), uploads_in(root)]

    async def create(uploads: Uploads) -> None:
        await uploads.create(upload)

    async def create_finished(uploads: Uploads) -> None:
        await uploads.create_finished(upload)

    async def append(uploads: Uploads) -> None:
        progress = await ask(uploads, upload)
        if progress is not None:
            body = _slowly(content[progress.offset :], random)
            await add(uploads, upload, progress.offset, body, None)

    async def finish(uploads: Uploads) -> None:
        async with uploads.finishing(upload.owner, upload.upload_id) as progress:
            if progress is not None and progress.is_complete and progress.path is not None:
                assert progress.path.read_bytes() == content
                await uploads.finished(upload)

    async def discard(uploads: Uploads) -> None:
        async with uploads.finishing(upload.owner, upload.upload_id):
            await uploads.discard(upload)

    async def expire(uploads: Uploads) -> None:
        for path in (root / "uploads").rglob(f"{upload.name}.*"):
            with suppress(FileNotFoundError):  # it was faster
                os.utime(path, (0, 0))
        await uploads.expire()

    async def look(uploads: Uploads) -> None:
        assert await uploads.complete() in ([], [upload])

    steps = [create, create, create_finished, append, append, finish, discard, expire, look]
    chosen = random.choices(steps, k=12)
    outcomes = await asyncio.gather(
        *(step(processes[number % 2]) for number, step in enumerate(chosen)),
        return_exceptions=True,
    )
    for outcome in outcomes:
        assert outcome is None or isinstance(outcome, TakenOver | WrongOffset | BrokenOff | Gone), (
            chosen
        )
    progress = await ask(processes[0], upload)
    if progress is None:
        await processes[0].expire()
        assert kept(root) == []
    elif progress.path is None:
        assert kept(root) == [f"finished/{upload.name}.json"]
    else:
        assert content.startswith(progress.path.read_bytes())
    # And it can be begun and ended as ever.
    await discard(processes[1])
    await create(processes[0])
    assert await add(processes[1], upload, 0, chunks(content), None) == len(content)
    await finish(processes[0])
    assert kept(root) == [f"finished/{upload.name}.json"]


async def test_what_nobody_goes_on_with_expires_and_what_was_finished_later(
    uploads: Uploads, root: Path
) -> None:
    stays, goes, done = (an_upload(10) for _ in range(3))
    for upload in (stays, goes, done):
        await uploads.create(upload)
    async with uploads.finishing(done.owner, done.upload_id):
        await uploads.finished(done)
    then = time.time() - DAY_S - 60
    for folder, upload in ((opened(root), goes), (root / "uploads" / "finished", done)):
        os.utime(folder / f"{upload.name}.json", (then, then))
    assert await ask(uploads, goes) is None
    with pytest.raises(Gone):
        await add(uploads, goes, 0, chunks(b"12345"), None)
    await uploads.expire()
    assert {name.split(".")[1] for name in kept(root)} == {
        str(stays.upload_id),
        str(done.upload_id),
    }
    assert await ask(uploads, done) is not None


# ---------------------------------------------------------------- what crashes leave


def _in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


async def test_what_a_crash_left_does_no_harm(uploads: Uploads, root: Path) -> None:
    folder = opened(root)
    upload, other = an_upload(5), an_upload(5)
    await uploads.create(other)
    whole = kept(root)
    (folder / f"{upload.name}.bytes").write_bytes(b"other bytes than it will have")
    (folder / f"{upload.name}.json.new").write_bytes(b'{"owner": ')
    (folder / f"{upload.name}.new").write_bytes(b'{"owner": ')
    (folder / f"{upload.name}.writer").write_text("somebody")
    (folder / f"{upload.name}.{uuid4().hex}").write_bytes(b"a chunk aside")
    (root / "uploads" / "finished" / f"{upload.name}.new").write_bytes(b"")
    assert await ask(uploads, upload) is None
    assert await uploads.complete() == []
    await uploads.expire()
    progress = await uploads.create(upload)
    assert (progress.upload, progress.offset) == (upload, 0)
    assert await add(uploads, upload, 0, chunks(b"12345"), None) == 5
    assert bytes_of(root, upload).read_bytes() == b"12345"
    assert await uploads.complete() == [upload]
    async with uploads.finishing(upload.owner, upload.upload_id):
        await uploads.discard(upload)
    uploads.sweep(_in_an_hour())
    left = [name for name in kept(root) if not name.startswith("finished/")]
    assert left == [name for name in whole if name.startswith("open/")]


def test_what_a_crash_left_of_a_memory_is_swept(uploads: Uploads, root: Path) -> None:
    (root / "uploads" / "finished" / f"{an_upload(5).name}.new").write_bytes(b"")
    assert uploads.sweep(_in_an_hour()) == 1
    assert kept(root) == []


def test_a_file_that_somebody_put_there_keeps_nothing_from_being_swept(
    uploads: Uploads, root: Path
) -> None:
    (root / "uploads" / "open" / "notes").write_bytes(b"an operator's")
    left = bytes_of(root, an_upload(5))
    left.parent.mkdir()
    left.write_bytes(b"12345")
    uploads.sweep(_in_an_hour())
    assert not left.exists()


async def test_what_lay_beside_all_others_is_gone_on_with_in_the_folder_of_its_owner(
    uploads: Uploads, root: Path
) -> None:
    upload, others = an_upload(10), an_upload(10, owner=uuid4())
    for one in (upload, others):
        await uploads.create(one)
        await add(uploads, one, 0, chunks(b"12345"), None)
    for path in [*(root / "uploads" / "open").glob("*/*")]:
        path.rename(path.parent.parent / path.name)
    uploads_in(root).prepare()
    for one in (upload, others):
        assert await add(uploads, one, 5, chunks(b"67890"), None) == 10
        assert (opened(root, one.owner) / f"{one.name}.bytes").read_bytes() == b"1234567890"


async def test_who_begins_is_not_held_up_by_what_others_have_under_way(
    uploads: Uploads, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await uploads.create(an_upload(5, owner=uuid4()))
    looked_into = list[Path]()

    def scandir(folder: Path) -> Any:
        looked_into.append(folder)
        return listed(folder)

    listed = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)
    mine = [an_upload(5), an_upload(5)]
    for one in mine:
        await uploads.create(one)
        await uploads.kin(one)
    assert {*looked_into} == {opened(root)}


async def test_nothing_that_is_under_way_is_swept(uploads: Uploads, root: Path) -> None:
    content = os.urandom(WRITTEN_BYTES)
    upload = an_upload(len(content))
    await uploads.create(upload)
    halfway, goes_on = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield content[:500]
        halfway.set()
        await goes_on.wait()
        yield content[500:]

    sending = asyncio.create_task(add(uploads, upload, 0, body(), checksum(content)))
    await halfway.wait()
    assert uploads_in(root).sweep(_in_an_hour()) == 0
    goes_on.set()
    assert await sending == len(content)


async def test_beginning_again_does_not_cut_what_the_store_has_linked(
    uploads: Uploads, root: Path
) -> None:
    # Complete, put into the store, and not attached since the database was away: then it expired.
    upload = an_upload(5)
    await uploads.create(upload)
    await add(uploads, upload, 0, chunks(b"12345"), None)
    original = root / "original"
    original.hardlink_to(bytes_of(root, upload))
    os.utime(bytes_of(root, upload).with_suffix(".json"), (0, 0))
    progress = await uploads.create(upload)
    assert progress.offset == 0
    assert original.read_bytes() == b"12345"
