"""An answer of the service as a file: taken down piece by piece, and whole or not at all."""

import asyncio
import errno
import os
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from anyio import to_thread
from litestar import Litestar
from litestar.types import Message

from media.files import HashedFile, has_room
from wildlife.lists.progress import PROGRESS, Progress
from wildlife.lists.question import Question
from wildlife.lists.subrequests import ask
from wildlife.people.accounts import Actor
from wildlife.web.exceptions import REFUSED
from wildlife.web.problems import Problem

_PIECE_BYTES: Final = 1024 * 1024


class BrokenOff(Exception):
    """The answer came to no end, which is on the log where it broke."""


class AnswerFile:
    """What is answered, in a new file at `path`."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self.path = path
        self._file = HashedFile(path, "sha256")
        self._progress = progress
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._status: int | None = None
        self._is_asked = False
        self._whole = asyncio.Event()
        self._failed: OSError | None = None
        self._headers: dict[str, str] = {}

    @property
    def size(self) -> int:
        """How many bytes have come."""
        return self._file.size + self._waiting_bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of what was written, in hexadecimal."""
        return self._file.digest().hex()

    @property
    def media_type(self) -> str:
        return self._headers["content-type"]

    @property
    def disposition(self) -> str | None:
        return self._headers.get("content-disposition")

    async def take(
        self, app: Litestar, question: Question, actor: Actor, by: UUID, around: dict[str, Any]
    ) -> None:
        """Take the answer to a question of `actor`, asked by the export of this id; durable when
        this returns. around: what the request has beside.

        Raises Problem where it is refused, BrokenOff where it came to no end, and OSError.
        """
        state: dict[str, Any] = {PROGRESS: self._progress, REFUSED: None}
        try:
            await ask(
                app.state.answers,
                question,
                actor,
                ("export", by),
                around={**around, "state": state},
                receive=self._receive,
                send=self._send,
            )
        except Exception as error:
            raise self._failed or BrokenOff from error
        problem: Problem | None = state[REFUSED]
        if problem is not None:
            raise problem
        if not self._whole.is_set():
            raise self._failed or BrokenOff
        await self._write(is_last=True)

    async def _receive(self) -> Any:
        """A request without a body, whose client leaves when it has the answer, and not before."""
        if self._is_asked:
            await self._whole.wait()
            return {"type": "http.disconnect"}
        self._is_asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "http.response.body" and self._status == HTTPStatus.OK:
            self._waiting.append(message.get("body", b""))
            self._waiting_bytes += len(self._waiting[-1])
            if self._waiting_bytes >= _PIECE_BYTES:
                await self._write()
            if not message.get("more_body", False):
                self._whole.set()

    async def _write(self, *, is_last: bool = False) -> None:
        content = b"".join(self._waiting)
        try:
            await to_thread.run_sync(self._append, content, is_last)
        except OSError as error:
            self._failed = error
            raise
        self._waiting, self._waiting_bytes = [], 0

    def _append(self, content: bytes, is_last: bool) -> None:
        if not has_room(self.path.parent, len(content)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._file.append(content, durably=is_last)
