"""Decoders that misbehave. They run in processes of their own, which import this and nothing else
of the tests: that would take each a second."""

import os
import signal
import time
from pathlib import Path

from media.renditions import Rendered, render


def never_ends(*_: object) -> None:
    while True:
        pass


def takes_memory(*_: object) -> None:
    bytearray(1 << 40)


def crashes(*_: object) -> None:
    os.abort()


def is_killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def is_killed_at_first(path: Path, limit_pixels: int) -> Rendered:
    tried = path.parents[2] / "tried"
    if not tried.exists():
        tried.touch()
        is_killed()
    return render(path, limit_pixels)


WORKS_S = 0.4


def waits_and_works(path: Path, limit_pixels: int) -> Rendered:
    """Waits until somebody says so, and then works for a while."""
    media = path.parents[2]
    (media / "started").touch()
    while not (media / "go").exists():
        time.sleep(0.01)
    busy(WORKS_S)
    return render(path, limit_pixels)


def busy(seconds: float) -> int:
    """Who worked for so long."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return os.getpid()


def take(size: int) -> int:
    """How much memory was to be had."""
    return len(bytearray(size))


def end_itself(number: signal.Signals) -> None:
    """As another would do it, and the kernel when memory runs out."""
    os.kill(os.getpid(), number)
    signal.pause()
