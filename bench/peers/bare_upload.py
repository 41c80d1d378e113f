"""The limit of storing a photo: an ASGI application that does what no other way can leave out.

It streams a body to a file, hashes it, and answers when the bytes would outlive a power cut. There
is no framework, no token, no database, and nobody asks what the bytes are. On granian with one
worker, as the service runs on it.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from bench.servers import Server, free_port, running_server

_Message: TypeAlias = dict[str, Any]

_FOLDER = "BARE_UPLOAD_FOLDER"
_WRITE_BYTES = 1024 * 1024


async def app(
    scope: _Message,
    receive: Callable[[], Awaitable[_Message]],
    send: Callable[[_Message], Awaitable[None]],
) -> None:
    """`PUT /<name>` keeps the body in a new file of that name; anything else answers 200."""
    if scope["method"] == "PUT":
        path = Path(os.environ[_FOLDER], scope["path"].strip("/"))
        status, content = 201, (await _keep(path, receive)).encode()
    else:
        status, content = 200, b""
    headers = [(b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})


async def _keep(path: Path, receive: Callable[[], Awaitable[_Message]]) -> str:
    """Write the body as it comes; its SHA-256."""
    in_thread = asyncio.get_running_loop().run_in_executor
    hasher = sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)

    def write(chunks: list[bytes], durably: bool) -> None:
        content = b"".join(chunks)
        hasher.update(content)
        os.write(descriptor, content)
        if durably:
            os.fdatasync(descriptor)

    try:
        more = True
        waiting: list[bytes] = []
        waiting_bytes = 0
        while more:
            message = await receive()
            more = message["more_body"]
            waiting.append(message["body"])
            waiting_bytes += len(message["body"])
            # A thread for each chunk costs more than its writing, and writing them all in the
            # loop makes the other connections wait: both were slower.
            if waiting_bytes >= _WRITE_BYTES or not more:
                await in_thread(None, write, waiting, not more)
                waiting, waiting_bytes = [], 0
    finally:
        os.close(descriptor)
    return hasher.hexdigest()


@contextmanager
def running_bare_upload(folder: Path) -> Iterator[Server]:
    """The application on granian: one worker, uvloop; it keeps files in `folder`."""
    port = free_port()
    # asginl: ASGI, without asking the application about its start and end.
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--loop", "uvloop"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    command.append("bench.peers.bare_upload:app")
    with running_server(command, {_FOLDER: str(folder)}, port, "/") as server:
        yield server
