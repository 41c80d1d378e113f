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
        client = _Client(scope, receive)

        async def send_and_note(message: Message) -> None:
            client.is_answered = True
            await send(message)

        look = asyncio.get_running_loop().call_later(_AFTER_S, client.watch)
        try:
            await app(scope, client.receive, send_and_note)
        except asyncio.CancelledError:
            if not client.has_left:
                raise
            client.asking.uncancel()
            with suppress(Exception):  # nobody is there to take it
                await send({"type": "http.response.start", "status": LEFT, "headers": []})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            look.cancel()
            client.let_go()

    return attended


class _Client:
    """Who asks something, and what comes of them."""

    def __init__(self, scope: Any, receive: Receive) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.asking = task
        self.is_answered = False
        """Whether its answer began."""
        self.has_left = False
        """Whether it left before that, with what it asked."""
        self._scope = scope
        self._receive = receive
        self._is_whole = not has_body(scope)
        self._is_receiving = False
        self._watching: asyncio.Task[None] | None = None
        self._came = asyncio.Queue[Any]()

    async def receive(self) -> Any:
        if self._watching is not None:
            message = await self._came.get()
            if message["type"] == "http.disconnect":
                self._came.put_nowait(message)  # for who asks again
            return message
        self._is_receiving = True
        message = await self._receive()
        self._is_receiving = False
        if message["type"] == "http.request":
            self._is_whole = not message.get("more_body", False)
        return message

    def watch(self) -> None:
        """Look from now on whether it leaves, where that is worth a look."""
        is_asked = self._is_whole and not self._is_receiving
        if is_asked and not self.is_answered and _only_reads(self._scope):
            self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        # Alone, and until all is sent: where one `receive` is broken off and another begins,
        # granian tells that one that the client has left, who waits all the while.
        is_there = True
        while is_there:
            message = await self._receive()
            is_there = message["type"] != "http.disconnect"
            self._came.put_nowait(message)
        if not self.is_answered:
            self.has_left = True
            self.asking.cancel()

    def let_go(self) -> None:
        if self._watching is not None:
            self._watching.cancel()


def _only_reads(scope: Any) -> bool:
    """Whether nothing is written: a search has its question in its body."""
    path: str = scope.get("path_template") or ""
    return scope["method"] in {"GET", "HEAD"} or path.endswith("/search")
