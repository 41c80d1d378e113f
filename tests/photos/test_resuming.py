"""Photos over a network that breaks, sent by the tus clients that others use, unmodified.

Whatever breaks, every photo arrives with its hash, exactly once, and of its bytes at most one chunk
is sent again for each break.
"""

import asyncio
import json
import os
import random
import resource
import shutil
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeAlias
from uuid import uuid4

import aiotus
import httpx
import psutil
import pytest
from httpx import Response
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests.fixtures.database import ServiceLogin, new_database
from tests.network import Break, How, Network, breaking_network
from tests.pictures import encoded, noise
from tests.serving import Server, client_of, killable
from tests.tus import PART, TUS, creation
from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings

CHUNK: Final = 192 * 1024
SIZE: Final = 5 * CHUNK + CHUNK // 2
"""Of a photo: six chunks, the last one shorter."""

BOUNDARIES: Final = (0, *range(CHUNK, SIZE, CHUNK), SIZE)

WITHIN_S: Final = 60
AT_ONCE_S: Final = 30
"""Well before the server gives up a silent connection by itself, after a minute."""
RETRY_S: Final = 0.05
RETRIES: Final = 400


DRIVER: Final = Path(__file__).parents[1] / "clients" / "upload.mjs"
NODE: Final = shutil.which("node")
HAS_TUS_JS: Final = NODE is not None and (DRIVER.parent / "node_modules/tus-js-client").is_dir()


@dataclass
class Sending:
    """A photo that a phone sends, and what the phone remembers of it until it is there."""

    network: Network
    token: str
    file: Path
    incident_id: str
    photo_id: str = field(default_factory=lambda: str(uuid4()))
    url: str | None = None
    thread: "asyncio.Future[None] | None" = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.network.port}{API}/uploads"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def sha256(self) -> str:
        return sha256(self.file.read_bytes()).hexdigest()

    @property
    def metadata(self) -> dict[str, str]:
        return {
            "incident_id": self.incident_id,
            "photo_id": self.photo_id,
            "sha256": self.sha256,
            "filename": "鸬鹚.jpg",
        }

    @property
    def resent(self) -> int:
        """How many bytes passed the network more often than once."""
        return self.network.body_bytes - self.file.stat().st_size


class GaveUp(Exception):
    """The client ended without having sent the photo."""


Client: TypeAlias = Callable[[Sending], Awaitable[None]]
"""Begins to send a photo, or goes on; raises GaveUp."""


async def tuspy(sending: Sending) -> None:
    """A thread, which no one can stop: cancelled, it goes on beside what is started after it."""

    def send() -> None:
        with sending.file.open("rb") as stream:
            uploader = TusClient(sending.endpoint, headers=sending.headers).uploader(
                file_stream=stream,
                url=sending.url,
                chunk_size=CHUNK,
                metadata=sending.metadata,
                retries=RETRIES,
                retry_delay=RETRY_S,
            )
            if uploader.url is None:
                uploader.set_url(uploader.create_url())
            sending.url = uploader.url
            uploader.upload()

    sending.thread = asyncio.ensure_future(asyncio.to_thread(send))
    try:
        await asyncio.shield(sending.thread)
    except TusCommunicationError as error:
        raise GaveUp from error


async def aiotus_(sending: Sending) -> None:
    """Keeps no address: it begins each time, and is told how far it came."""
    config = aiotus.RetryConfiguration(retry_attempts=RETRIES, max_retry_period_seconds=RETRY_S)
    metadata = {key: value.encode() for key, value in sending.metadata.items()}
    with sending.file.open("rb") as stream:
        url = await aiotus.upload(
            sending.endpoint,
            stream,
            metadata,
            config=config,
            headers=sending.headers,
            chunksize=CHUNK,
        )
    if url is None:
        raise GaveUp


async def tus_js(sending: Sending, **options: Any) -> None:
    """tus-js-client in a process of its own, which is killed when this is cancelled."""
    assert NODE is not None
    job = {
        "file": str(sending.file),
        "endpoint": sending.endpoint,
        "url": sending.url,
        "token": sending.token,
        "metadata": sending.metadata,
        "chunk_size": CHUNK,
        "retry_delays_ms": [1000 * RETRY_S] * RETRIES,
        "options": options,
    }
    process = await asyncio.create_subprocess_exec(NODE, DRIVER, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(job).encode())
        process.stdin.close()
        said = {"error": "it said nothing"}
        async for line in process.stdout:
            said = json.loads(line)
            sending.url = said.get("url", sending.url)
        if "done" not in said:
            raise GaveUp(said)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


CLIENTS: Final[list[Client]] = [tuspy, aiotus_, *([tus_js] if HAS_TUS_JS else [])]

needs_tus_js = pytest.mark.skipif(not HAS_TUS_JS, reason="needs node; `make test` adds the rest")

each_client = pytest.mark.parametrize(
    "client",
    [
        pytest.param(tuspy, id="tuspy"),
        pytest.param(aiotus_, id="aiotus"),
        pytest.param(tus_js, id="tus-js-client", marks=needs_tus_js),
    ],
)


async def send_until_it_is_there(client: Client, sending: Sending) -> None:
    """As a phone does it: a client that gives up is started again a moment later."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            with suppress(GaveUp):
                return await client(sending)
            await asyncio.sleep(RETRY_S)


# ---------------------------------------------------------------- a server, a phone, photos


@asynccontextmanager
async def served(
    server_url: str, login: ServiceLogin, template: str, data_dir: Path
) -> AsyncIterator[Server]:
    """A server with a database of its own."""
    async with new_database(server_url, like=template) as url:
        settings = Settings(data_dir=data_dir, database_url=login.on(url), demo=True)
        with killable(settings) as server:
            yield server


@pytest.fixture(scope="module")
async def server(
    server_url: str,
    service_login: ServiceLogin,
    template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Server]:
    """A server that these tests share: each has its own incident."""
    async with served(
        server_url, service_login, template, tmp_path_factory.mktemp("resuming")
    ) as server:
        yield server


@asynccontextmanager
async def signed_in(server: Server) -> AsyncIterator[Person]:
    """An officer at a desk, whose own network never breaks."""
    async with client_of(server.base) as client:
        yield await Person.sign_in(client, "150425001", DEMO_PASSWORD)


@pytest.fixture
async def officer(server: Server) -> AsyncIterator[Person]:
    """An officer at a desk of the server that is shared."""
    async with signed_in(server) as person:
        yield person


@pytest.fixture(scope="module")
def picture() -> bytes:
    """Nearly all of a photo."""
    content = encoded(noise(1240, 900))
    assert SIZE - CHUNK < len(content) < SIZE
    return content


NewPhoto: TypeAlias = Callable[[], Path]


@pytest.fixture
def new_photo(picture: bytes, tmp_path: Path) -> NewPhoto:
    """Makes a photo whose content is held nowhere yet."""

    def make() -> Path:
        file = tmp_path / f"{uuid4()}.jpg"
        file.write_bytes(picture + random.randbytes(SIZE - len(picture)))
        return file

    return make


async def require_photos(officer: Person, incident_id: str, sent: list[Sending]) -> None:
    """That these photos, and no others, are on the incident's timeline, and lie in the store."""
    entries = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    on_timeline = [entry["id"] for entry in entries if entry["type"] == "photo"]
    assert sorted(on_timeline) == sorted(sending.photo_id for sending in sent)
    ids, digests = [one.photo_id for one in sent], [one.sha256 for one in sent]
    receipts = await officer.post("/receipts", {"ids": ids, "sha256": digests})
    assert receipts.json() == {"ids": ids, "sha256": digests}
    for one in sent:
        address = f"/incidents/{incident_id}/photos/{one.photo_id}"
        assert (await officer.read(address))["sha256"] == one.sha256
        original = await officer.get(f"{address}/original")
        assert original.content == one.file.read_bytes()


# ---------------------------------------------------------------- connections that break


def plans(how: How, client: Client, thorough: bool) -> list[list[Break]]:
    """For each upload its breaks: at every boundary of chunks, and in the middle of every chunk;
    where it is to take less, at both ends of the photo and at a boundary within, another one for
    each client and way to break.

    After a break a client goes on with a whole chunk from where it is, so the middle of that is as
    good as any. Node starts slowly: it sends a photo with all the breaks on its way.
    """
    middle = [] if how is How.LOSE_ANSWER else [Break(how, CHUNK // 2)]  # an answer has none
    if client is tus_js:
        every = [Break(how), *[Break(how, CHUNK)] * 5, Break(how, SIZE - 5 * CHUNK)]
        return [every, [Break(how, CHUNK), *middle] * 3] if middle else [every]
    first, *within, last = BOUNDARIES
    if not thorough:
        turn = CLIENTS.index(client) * len(How) + [*How].index(how)
        within = [within[turn % len(within)]]
    return [[Break(how, at), *(middle if at < SIZE else ())] for at in (first, *within, last)]


@each_client
@pytest.mark.parametrize("how", [How.RESET, How.CLOSE, How.LOSE_ANSWER])
async def test_a_broken_connection_costs_at_most_a_chunk_wherever_it_breaks(
    server: Server,
    officer: Person,
    new_photo: NewPhoto,
    client: Client,
    how: How,
    thorough: bool,
) -> None:
    incident_id, sent = await officer.opened(), []
    for plan in plans(how, client, thorough):
        async with breaking_network(server.port) as network:
            sending = Sending(network, officer.access_token, new_photo(), incident_id)
            network.plan.extend(plan)
            await send_until_it_is_there(client, sending)
        assert network.breaks == len(plan), plan
        assert sending.resent <= CHUNK * len(plan), plan
        sent.append(sending)
    await require_photos(officer, incident_id, sent)


@each_client
async def test_after_a_stall_a_client_that_is_started_again_goes_on_at_once(
    server: Server, officer: Person, new_photo: NewPhoto, client: Client, thorough: bool
) -> None:
    incident_id, sent = await officer.opened(), []
    for plan in plans(How.STALL, client, thorough):
        async with breaking_network(server.port) as network:
            sending = Sending(network, officer.access_token, new_photo(), incident_id)
            network.plan.extend(plan)
            threads = []
            for times in range(1, len(plan) + 1):
                stalling = asyncio.create_task(send_until_it_is_there(client, sending))
                async with asyncio.timeout(AT_ONCE_S):
                    await network.broken(times)
                stalling.cancel()
                await asyncio.wait([stalling])
                threads.append(sending.thread)
            async with asyncio.timeout(AT_ONCE_S):
                await send_until_it_is_there(client, sending)
            assert sending.resent <= CHUNK * len(plan), plan
            network.thaw()
            await asyncio.gather(*filter(None, threads), return_exceptions=True)
        sent.append(sending)
    await require_photos(officer, incident_id, sent)


# ---------------------------------------------------------------- a client's own ways


@needs_tus_js
async def test_a_client_that_can_send_no_patch_sends_by_post(
    server: Server, officer: Person, new_photo: NewPhoto
) -> None:
    incident_id = await officer.opened()
    async with breaking_network(server.port) as network:
        sending = Sending(network, officer.access_token, new_photo(), incident_id)
        network.plan.extend([Break(How.RESET, CHUNK // 2), Break(How.LOSE_ANSWER, CHUNK)])
        await send_until_it_is_there(partial(tus_js, overridePatchMethod=True), sending)
    assert network.answers[405] == 0
    await require_photos(officer, incident_id, [sending])


@needs_tus_js
async def test_a_client_that_sends_halves_at_once_is_told_what_is_offered(
    server: Server, officer: Person, new_photo: NewPhoto
) -> None:
    incident_id = await officer.opened()
    async with breaking_network(server.port) as network:
        sending = Sending(network, officer.access_token, new_photo(), incident_id)
        with pytest.raises(GaveUp, match="unsupported_extension"):
            await tus_js(sending, parallelUploads=2)
    assert set(network.answers) == {400}, "it does not try again"
    await require_photos(officer, incident_id, [])


async def test_an_answer_to_a_head_that_comes_as_a_post_is_whole(
    server: Server, officer: Person, new_photo: NewPhoto
) -> None:
    async with breaking_network(server.port) as network:
        sending = Sending(network, officer.access_token, new_photo(), await officer.opened())
        path = await begin(officer, sending, SIZE)
        head = sending.headers | TUS | {"X-HTTP-Method-Override": "HEAD"}
        for at, status in ((path, 200), (path[:-8] + "00000000", 404), (path, 200)):
            answer = await officer.client.post(at, headers=head, timeout=AT_ONCE_S)
            assert (answer.status_code, bool(answer.content)) == (status, status == 404)


# ---------------------------------------------------------------- a server that is killed


async def test_photos_arrive_though_the_server_is_killed_at_random_bytes(
    server_url: str, service_login: ServiceLogin, template: str, tmp_path: Path, new_photo: NewPhoto
) -> None:
    kills = sorted(random.sample(range(SIZE * len(CLIENTS)), 3))
    async with (
        served(server_url, service_login, template, tmp_path) as server,
        signed_in(server) as officer,
        breaking_network(server.port) as network,
        asyncio.timeout(2 * WITHIN_S),
    ):
        incident_id = await officer.opened()
        sent = [Sending(network, officer.access_token, new_photo(), incident_id) for _ in CLIENTS]
        async with asyncio.TaskGroup() as sending:
            for client, photo in zip(CLIENTS, sent, strict=True):
                sending.create_task(send_until_it_is_there(client, photo))
            for body_bytes in kills:
                await network.passed(body_bytes)
                server.kill()
                await asyncio.to_thread(server.start)
        resent = network.body_bytes - SIZE * len(sent)
        assert resent <= CHUNK * len(kills) * len(CLIENTS), kills
        await require_photos(officer, incident_id, sent)


# ---------------------------------------------------------------- a disk that is full


@contextmanager
def no_file_larger(server: Server, size: int) -> Iterator[None]:
    """The server's writes fail (EFBIG) beyond this size until the end of the block."""
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in server.pids}
    try:
        for pid, (_, hard) in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
        yield
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


async def test_what_a_full_disk_refuses_arrives_when_there_is_room_again(
    server: Server, officer: Person, new_photo: NewPhoto
) -> None:
    incident_id = await officer.opened()
    async with breaking_network(server.port) as network, asyncio.timeout(WITHIN_S):
        sent = [Sending(network, officer.access_token, new_photo(), incident_id) for _ in CLIENTS]
        async with asyncio.TaskGroup() as sending:
            with no_file_larger(server, CHUNK + CHUNK // 2):
                for client, photo in zip(CLIENTS, sent, strict=True):
                    sending.create_task(send_until_it_is_there(client, photo))
                await network.answered(507, 2 * len(CLIENTS))
    resent = network.body_bytes - SIZE * len(sent)
    assert resent <= CHUNK * network.answers[507]
    assert set(network.answers) == {200, 201, 204, 507}
    await require_photos(officer, incident_id, sent)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 100 MB; skipped where the tests may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs root, and to be allowed to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_disk_that_fills_up_during_an_upload_loses_nothing(
    server_url: str,
    service_login: ServiceLogin,
    template: str,
    small_disk: Path,
    new_photo: NewPhoto,
) -> None:
    ballast = small_disk / "ballast"
    async with (
        served(server_url, service_login, template, small_disk) as server,
        signed_in(server) as officer,
        breaking_network(server.port) as network,
        asyncio.timeout(WITHIN_S),
    ):
        incident_id = await officer.opened()
        sending = Sending(network, officer.access_token, new_photo(), incident_id)
        network.plan.append(Break(How.STALL, CHUNK))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send_until_it_is_there(tuspy, sending))
            await network.broken(1)
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(CHUNK))
            network.thaw()
            await network.answered(507, 3)
            ballast.unlink()
        assert sending.resent <= CHUNK * network.answers[507]
        await require_photos(officer, incident_id, [sending])


# ---------------------------------------------------------------- one request at a time


async def begin(officer: Person, sending: Sending, size: int) -> str:
    """The path of a new upload."""
    headers = creation(size, **sending.metadata)
    answer = await officer.request("POST", "/uploads", headers=headers)
    assert answer.status_code == 201, answer.text
    return str(httpx.URL(answer.headers["Location"]).path)


async def offset(officer: Person, path: str) -> int:
    """How far an upload is, asked on a connection that holds."""
    answer = await officer.client.head(
        path, headers=TUS | {"Authorization": f"Bearer {officer.access_token}"}
    )
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


async def patch(
    sending: Sending,
    path: str,
    at: int,
    content: bytes | AsyncIterator[bytes],
    **headers: str,
) -> Response:
    """Send `content`, with these headers besides, through the network that breaks."""
    headers = sending.headers | PART | {"Upload-Offset": str(at)} | headers
    async with client_of(f"http://127.0.0.1:{sending.network.port}") as client:
        return await client.patch(path, headers=headers, content=content)


@pytest.mark.parametrize("how", [How.RESET, How.CLOSE])
async def test_what_arrived_before_a_break_is_kept(
    server: Server, officer: Person, new_photo: NewPhoto, how: How
) -> None:
    incident_id, arrived = await officer.opened(), 600_000
    async with breaking_network(server.port) as network:
        sending = Sending(network, officer.access_token, new_photo(), incident_id)
        path, content = await begin(officer, sending, SIZE), sending.file.read_bytes()
        network.plan.append(Break(how, arrived))
        with pytest.raises(httpx.TransportError):
            await patch(sending, path, 0, content)
        folder = server.settings.media_dir / "uploads/open"
        (received,) = folder.rglob(f"*.{path.rpartition('/')[2]}.bytes")
        async with asyncio.timeout(AT_ONCE_S):
            while received.stat().st_size < arrived:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(RETRY_S)
        assert await offset(officer, path) == arrived
        assert (await patch(sending, path, arrived, content[arrived:])).status_code == 204
    await require_photos(officer, incident_id, [sending])


async def test_a_stalled_request_writes_nothing_once_another_asked_how_far_it_is(
    server: Server, officer: Person, new_photo: NewPhoto
) -> None:
    incident_id = await officer.opened()
    async with breaking_network(server.port) as network, asyncio.timeout(AT_ONCE_S):
        sending = Sending(network, officer.access_token, new_photo(), incident_id)
        path, content = await begin(officer, sending, SIZE), sending.file.read_bytes()
        network.plan.append(Break(How.STALL, SIZE // 2))
        stalling = asyncio.create_task(patch(sending, path, 0, content))
        await network.broken(1)
        kept = await offset(officer, path)
        network.thaw()
        with suppress(httpx.TransportError):  # it is answered before all of it was read
            answer = await stalling
            assert (answer.status_code, answer.json()["code"]) == (409, "upload_taken_over")
        assert await offset(officer, path) == kept
        assert (await patch(sending, path, kept, content[kept:])).status_code == 204
    await require_photos(officer, incident_id, [sending])


async def test_a_photo_whose_last_answer_nobody_heard_is_attached_once(
    server: Server, officer: Person, new_photo: NewPhoto
) -> None:
    incident_id = await officer.opened()
    async with breaking_network(server.port) as network:
        sending = Sending(network, officer.access_token, new_photo(), incident_id)
        path = await begin(officer, sending, SIZE)
        network.plan.append(Break(How.LOSE_ANSWER, SIZE))
        with pytest.raises(httpx.TransportError):
            await patch(sending, path, 0, sending.file.read_bytes())
        await require_photos(officer, incident_id, [sending])
        assert await offset(officer, path) == SIZE
        assert (await patch(sending, path, SIZE, b"")).status_code == 204
    await require_photos(officer, incident_id, [sending])


async def test_a_large_body_passes_through_little_memory(
    server: Server, officer: Person, new_photo: NewPhoto
) -> None:
    def memory() -> int:
        return sum(psutil.Process(pid).memory_info().rss for pid in server.pids)

    async def body() -> AsyncIterator[bytes]:
        for _ in range(times):
            taken.append(memory())
            yield content

    file, times = new_photo(), 32
    content = file.read_bytes()
    file.write_bytes(content * times)
    taken = [memory()]
    async with breaking_network(server.port) as network:
        sending = Sending(network, officer.access_token, file, await officer.opened())
        path = await begin(officer, sending, SIZE * times)
        answer = await patch(sending, path, 0, body(), **{"Content-Length": str(SIZE * times)})
    assert answer.status_code == 204
    taken.append(memory())
    assert max(taken) - taken[0] < 16 * 1024 * 1024
