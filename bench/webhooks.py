"""How quickly a system that was away is told what it missed: `python -m bench.webhooks`.

Rescues are opened for a while; then a receiver on loopback, which answers at once, is told all of
them: by a subscription from the beginning, and beside it by a loop over the same bodies with httpx,
which is what somebody would write. The receiver counts, and works in a process of its own.

It takes about a minute.
"""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection as Pipe
from typing import Any, Final
from uuid import uuid4

import httpx
import uvloop
from aiohttp import web
from msgspec.structs import replace

from bench.disk import on_disk
from bench.load import opens_over_http
from bench.opening import running_service, sign_in
from bench.report import aim, machine
from bench.servers import Server
from bench.stage import AUDITOR, OFFICERS, put_auditor, put_officers
from wildlife.settings import Settings

SECONDS: Final = 6.0
WITHIN_S: Final = 120.0


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    settings = replace(settings, webhook_networks="127.0.0.0/8")
    with _receiving() as (url, counts), running_service(settings) as service:
        uvloop.run(put_officers(settings))
        uvloop.run(put_auditor(settings))
        tokens = [sign_in(service, officer.badge) for officer in OFFICERS]
        asyncio.run(_opened(service, tokens))
        auditor = sign_in(service, AUDITOR)
        base = service.memory_mb()
        count, told_s = uvloop.run(_told(service, auditor, url, counts))
        memory = service.memory_mb() - base
        plain_s = uvloop.run(_plain(url, count))
    print(f"{count} entries\n")
    print(f"| by | messages/s |\n|---|---:|\n| a subscription | {count / told_s:.0f} |")
    print(f"| a loop with httpx | {count / plain_s:.0f} |\n")
    print(aim("of what the loop does", 100 * plain_s / told_s, 50, unit=" %"))
    print(aim("memory meanwhile", memory, 50, unit=" MB", at_most=True))
    assert settings.database_url is not None
    print(f"\n{asyncio.run(machine(settings.database_url))}")


async def _opened(service: Server, tokens: list[str]) -> None:
    await opens_over_http(service.port, tokens)(SECONDS)


async def _told(service: Server, token: str, url: str, counts: Pipe) -> tuple[int, float]:
    """How many entries there are, and how long until the receiver has all of them."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=service.base_url, headers=headers, timeout=60) as client:
        count = await _entries(client)
        body = {"id": str(uuid4()), "name": "bench", "address": "/api/v1/changes"}
        begun = time.perf_counter()
        made = await client.post(
            "/api/v1/subscriptions", json=body | {"destination": url, "since": "-1d"}
        )
        made.raise_for_status()
        async with asyncio.timeout(WITHIN_S):
            received = 0
            while received <= count:  # and the first, which says that it comes through
                received += await asyncio.to_thread(counts.recv)
        return count, time.perf_counter() - begun


async def _entries(client: httpx.AsyncClient) -> int:
    """How many there are."""
    count, cursor = 0, None
    while True:
        asked = {"limit": 500} | ({} if cursor is None else {"cursor": cursor})
        page: dict[str, Any] = (await client.get("/api/v1/changes", params=asked)).json()
        count, cursor = count + len(page["items"]), page["next_cursor"]
        if page["is_at_end"]:
            return count


async def _plain(url: str, count: int) -> float:
    """How long a loop takes for as many messages of the same length."""
    body = b"x" * 2000
    begun = time.perf_counter()
    async with httpx.AsyncClient() as client:
        for _ in range(count):
            (await client.post(url, content=body)).raise_for_status()
    return time.perf_counter() - begun


@contextmanager
def _receiving() -> Iterator[tuple[str, Pipe]]:
    """The URL of a receiver, and what tells how many messages came since it was asked last."""
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    process = fresh.Process(target=_receive, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv(), ours
    finally:
        process.terminate()
        process.join()


def _receive(pipe: Pipe) -> None:
    uvloop.run(_serve(pipe))


async def _serve(pipe: Pipe) -> None:
    async with _listening(pipe):
        await asyncio.Event().wait()


@asynccontextmanager
async def _listening(pipe: Pipe) -> AsyncIterator[None]:
    async def handle(request: web.Request) -> web.Response:
        await request.read()
        if "webhook-id" in request.headers:
            pipe.send(1)
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    pipe.send(f"http://{host}:{port}/")
    yield
    await runner.cleanup()


if __name__ == "__main__":
    main()
