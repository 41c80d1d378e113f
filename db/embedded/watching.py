"""A server that ends by itself is started again."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeAlias

from db.embedded.account import CannotRun
from db.embedded.locks import FileLock
from db.embedded.server import Server

_EVERY_S: Final = 0.5
_AT_MOST_S: Final = 30
_CALM_S: Final = 60

Tell: TypeAlias = Callable[[str, str], None]
"""Who is told something: a sentence in English, and the same in Chinese."""


@contextmanager
def watching(server: Server, starting: Path, over: threading.Event, tell: Tell) -> Iterator[None]:
    """Look after the server until the end of the block, in a thread; `over` is set then.

    starting: the file whose lock decides which of several watchers acts.
    """

    def say(en: str, zh: str) -> None:
        with suppress(OSError):  # nobody reads it any more, or there is no room for it
            tell(en, zh)

    thread = threading.Thread(target=_watch, args=(server, starting, over, say), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _watch(server: Server, starting: Path, over: threading.Event, say: Tell) -> None:
    pause: float = _EVERY_S
    acted_at = time.monotonic()
    while not over.wait(pause):
        longer = min(pause * 2, _AT_MOST_S)
        try:
            acted = _revive(server, starting, over, say)
        except (CannotRun, OSError) as error:
            acted = True
            say(
                f"PostgreSQL could not be started; the next attempt is in {longer:g} s. {error}",
                f"PostgreSQL 未能启动，{longer:g} 秒后再试。{getattr(error, 'zh', error)}",
            )
        if acted:
            pause, acted_at = longer, time.monotonic()
        elif time.monotonic() - acted_at > _CALM_S:
            pause = _EVERY_S


def _revive(server: Server, starting: Path, over: threading.Event, say: Tell) -> bool:
    """Start the server if it has ended and nobody else is about to; whether that was so."""
    with FileLock(starting) as lock:
        if not lock.try_acquire() or over.is_set() or not server.is_dead():
            return False
        say(
            "The private PostgreSQL has ended by itself; it is started again.",
            "专用 PostgreSQL 自行终止，正在重新启动。",
        )
        server.ensure_running(over.is_set)
        if not over.is_set():
            say("The private PostgreSQL runs again.", "专用 PostgreSQL 已重新运行。")
        return True
