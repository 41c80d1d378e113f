"""Locks on files, which the kernel frees when their holder ends, however it ends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

_open: set[int] = set()


def _close_in_fork() -> None:
    for descriptor in _open:
        os.close(descriptor)
    _open.clear()


# A worker that is forked while a lock is held would hold it as long as it lives.
os.register_at_fork(after_in_child=_close_in_fork)


class FileLock:
    """A lock on a file, made when missing; what is in it means nothing. Free at the block's end.

    Whoever inherits the descriptor keeps the lock, too, until it ends.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "FileLock":
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        self.descriptor = os.open(self._path, flags, 0o600)
        _open.add(self.descriptor)
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        _open.discard(self.descriptor)
        os.close(self.descriptor)

    def acquire(self) -> None:
        """Wait until nobody else holds it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def try_acquire(self) -> bool:
        """Whether it is held now, by nobody else; a share of it may be lost when it is not."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Hold it together with others who share it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)
