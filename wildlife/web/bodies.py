"""Bodies on their way in, and answers on their way out, over a network that is slow, or gone, or
somebody's who means harm: how long they may take, and how many at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, Protocol, TypeVar, cast
from uuid import UUID

import structlog
from anyio import to_thread
from litestar.enums import ScopeType
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import ASGIApp, HTTPScope, HTTPSendMessage, Message, Receive, Scope, Send

from media.files import has_room
from media.spool import Spool
from wildlife.web.heads import wants_no_body
from wildlife.web.problems import Problem
from wildlife.web.transport import has_body

log = structlog.get_logger()

T = TypeVar("T")

# A phone that lost its network says no goodbye; one that finds it again does so within a minute.
_SILENCE_S: Final = 60

# Less than one bar of signal gives; yet nobody can hold a connection for ever with it.
_BYTES_PER_S: Final = 1000

# Upload clients send up to twenty files side by side.
BODIES_PER_ACCOUNT: Final = 32

# When the service stops, what is under way gets this much to come whole.
_STOPPING_S: Final = 2

# Its answers end where the connection does, but for a length: broken off, one would look whole. By
# granian's name for it, and by ASGI's.
_HTTP_1_0: Final = "1", "1.0"

# Streams go out in pieces of this size; the server keeps a few for a client that reads slowly.
_PIECE_BYTES: Final = 64 * 1024


class _HasAccount(Protocol):
    @property
    def account_id(self) -> UUID: ...


class _HasFolder(Protocol):
    @property
    def media_dir(self) -> Path: ...


class Bodies:
    """All bodies that pass through this process."""

    def __init__(self) -> None:
        self._waits: set[asyncio.Timeout] = set()
        self._of_account: Counter[UUID] = Counter()
        self._stops_at: float | None = None

    def stop(self) -> None:
        """The service stops: whoever is waited for still has a moment."""
        self._stops_at = asyncio.get_running_loop().time() + _STOPPING_S
        for wait in self._waits:
            then = wait.when()
            if then is not None and not wait.expired():  # else it is over, and about to be told
                wait.reschedule(self._until(then))

    def in_time(self, app: ASGIApp) -> ASGIApp:
        """Give up a request whose client keeps it waiting, and bound how many an account sends.

        A client may be silent for a minute; each kilobyte earns back a second of it. So one that
        moves a kilobyte a second, however unevenly, may take as long as it takes, and so may what
        is done with the bytes. Raises Problem where the body is read: body_stalled,
        too_many_bodies, or stopping; and breaks off a stream that is not taken.
        """

        async def timed(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            incoming, outgoing = self._patience(), self._patience()
            # Else who only reads waits here for the client to leave, in no time limit and no share.
            whole = not has_body(scope)
            left = False
            account: UUID | None = None  # whose share it has a place in

            async def receive_in_time() -> Any:
                nonlocal account, whole
                if whole:  # now it is the client who waits
                    return await receive()
                if account is None:
                    account = self._share(scope.get("user"))
                try:
                    message = await incoming.wait_for(receive())
                except TimeoutError:
                    raise self._given_up() from None
                if message["type"] == "http.request":
                    incoming.earn(len(message["body"]))
                    whole = not message["more_body"]
                else:
                    whole = True  # the client is gone
                if whole:
                    leave()
                return message

            def leave() -> None:
                nonlocal account
                self._leave(account)
                account = None

            async def send_in_time(message: Message) -> None:
                nonlocal left
                if message["type"] != "http.response.body" or not message["more_body"]:
                    await send(message)
                    return
                body = message["body"]
                for start in range(0, len(body), _PIECE_BYTES):
                    piece = body[start : start + _PIECE_BYTES]
                    part = cast(HTTPSendMessage, {**message, "body": piece})
                    try:
                        await outgoing.wait_for(send(part))
                    except TimeoutError:
                        left = True
                        raise
                    outgoing.earn(len(piece))

            try:
                await app(scope, receive_in_time, send_in_time)
            except Exception:
                if not left:
                    raise
                # Broken off as it is, no client takes it for the whole answer.
                log.warning("answer_not_taken")
            finally:
                leave()

        return timed

    def _patience(self) -> "_Patience":
        return _Patience(self._until, self._waits)

    def _until(self, then: float) -> float:
        return then if self._stops_at is None else min(then, self._stops_at)

    def _share(self, actor: _HasAccount | None) -> UUID | None:
        """Take a place for one body more of this account, whose id is answered. Raises Problem
        too_many_bodies."""
        if actor is None:
            return None
        account = actor.account_id
        if self._of_account[account] >= BODIES_PER_ACCOUNT:
            raise Problem("too_many_bodies", expected=str(BODIES_PER_ACCOUNT))
        self._of_account[account] += 1
        return account

    def _leave(self, account: UUID | None) -> None:
        """Give the place back, where there is one."""
        if account is None:
            return
        self._of_account[account] -= 1
        if not self._of_account[account]:
            del self._of_account[account]

    def _given_up(self) -> Problem:
        if self._stops_at is not None:
            return Problem("stopping")
        return Problem("body_stalled", expected=str(_SILENCE_S))


class Streamed(Stream):
    """An answer that is streamed from an async generator, with a media type of its own: the
    framework would put the handler's in its place. The generator is closed at the end, and also
    where the client leaves in the middle."""

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> ASGIResponse:
        planned = super().to_asgi_response(*args, **(kwargs | {"media_type": self.media_type}))
        iterator = cast(AsyncGenerator[bytes, None], self.iterator)
        response = _ClosingResponse(iterator=iterator, status_code=planned.status_code)
        response.headers = planned.headers
        return response


class _ClosingResponse(ASGIStreamingResponse):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pieces = cast(AsyncGenerator[bytes, None], self.iterator)
        async with aclosing(pieces):
            if wants_no_body(cast(HTTPScope, scope)):
                self.iterator = _nothing()
            elif scope["http_version"] in _HTTP_1_0 and "content-length" not in self.headers:
                await self._send_whole(pieces, scope, receive, send)
                return
            else:
                # Until the first piece is there, an answer that fails can still say so.
                self.iterator = _after(await anext(pieces, b""), pieces)
            await super().__call__(scope, receive, send)

    async def _send_whole(
        self, pieces: AsyncGenerator[bytes, None], scope: Scope, receive: Receive, send: Send
    ) -> None:
        settings: _HasFolder = scope["litestar_app"].state.settings
        with (
            Spool(settings.media_dir).folder() as folder,
            SpooledTemporaryFile(_PIECE_BYTES, dir=str(folder)) as whole,
        ):
            async for piece in pieces:
                if not has_room(folder, len(piece)):
                    raise Problem("storage_full")
                await to_thread.run_sync(whole.write, piece)
            self.headers["content-length"] = str(whole.tell())
            whole.seek(0)
            self.iterator = _read(whole)
            await super().__call__(scope, receive, send)


async def _nothing() -> AsyncGenerator[bytes, None]:
    for piece in list[bytes]():
        yield piece


async def _read(file: IO[bytes]) -> AsyncGenerator[bytes, None]:
    while piece := await to_thread.run_sync(file.read, _PIECE_BYTES):
        yield piece


async def _after(first: bytes, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield first
    async for piece in pieces:
        yield piece


class _Patience:
    """How long one client may still be silent."""

    def __init__(self, until: Callable[[float], float], waits: set[asyncio.Timeout]) -> None:
        self._until = until
        self._waits = waits
        self._left_s: float = _SILENCE_S

    async def wait_for(self, awaitable: Awaitable[T]) -> T:
        """Raises TimeoutError when it runs out, or the service stops meanwhile."""
        clock = asyncio.get_running_loop().time
        began = clock()
        wait = asyncio.timeout_at(self._until(began + self._left_s))
        self._waits.add(wait)
        try:
            async with wait:
                return await awaitable
        finally:
            self._waits.discard(wait)
            self._left_s -= clock() - began

    def earn(self, size: int) -> None:
        """What a client that moved so many bytes has earned."""
        self._left_s = min(_SILENCE_S, self._left_s + size / _BYTES_PER_S)
