"""A file that is sent while it is written."""


class Pieces:
    """A file that is only written, of which what was written is taken away."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """What is written is there."""

    def close(self) -> None:
        """What is written stays until it is taken."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        written, self._written = b"".join(self._written), []
        return written
