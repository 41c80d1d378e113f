"""A client that leaves takes along what it only asked: nobody would read the answer, and others
wait for the connection on which it is looked for.

What is written goes on to its end, whoever left: a phone that lost its network is answered when it
sends the same again.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from wildlife.web.transport import has_body

LEFT: Final = 499
"""As what it is logged and counted that a client left before its answer began, as proxies do it."""

_AFTER_S: Final = 0.1
"""What is answered sooner is not worth a look whether somebody still waits for it."""


def for_who_waits(app: ASGIApp) -> ASGIApp:
    """End what is only read for a client that has left before its answer begins. A body that is
    streamed is looked after by the framework."""

    async def attended(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        asking = asyncio.current_task()
        assert asking is not None
        whole = not has_body(scope)
        watching: asyncio.Task[None] | None = None
        left = False

        async def receive_and_note() -> Any:
            nonlocal whole
            message = await receive()
            if message["type"] == "http.request":
                whole = not message.get("more_body", False)
            return message

        async def watch() -> None:
            nonlocal left
            while (await receive())["type"] != "http.disconnect":
                pass
            left = True
            asking.cancel()

        def begin() -> None:
            nonlocal watching
            if whole and _only_reads(scope):
                watching = asyncio.create_task(watch())

        def end() -> None:
            look.cancel()
            if watching is not None:
                watching.cancel()

        async def send_and_note(message: Message) -> None:
            end()
            await send(message)

        look = asyncio.get_running_loop().call_later(_AFTER_S, begin)
        try:
            await app(scope, receive_and_note, send_and_note)
        except asyncio.CancelledError:
            if not left:
                raise
            asking.uncancel()
            with suppress(Exception):  # nobody is there to take it
                await send({"type": "http.response.start", "status": LEFT, "headers": []})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            end()

    return attended


def _only_reads(scope: Any) -> bool:
    """Whether nothing is written: a search has its question in its body."""
    path: str = scope.get("path_template") or ""
    return scope["method"] in {"GET", "HEAD"} or path.endswith("/search")
