"""What an upload is, how far it may be, and why it can't be gone on with."""

import time
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec


class WrongOffset(Exception):
    """A part was sent for another offset than the upload has."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class TakenOver(Exception):
    """A later request goes on with the upload; this one has to stop."""


class TooLong(Exception):
    """More bytes were sent than the upload has room for."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        self.room = room


class TooMany(Exception):
    """The owner has as many unfinished uploads as they may have."""


class QuotaExceeded(Exception):
    """The owner's unfinished uploads would be larger than they may be together."""


class DiskFull(Exception):
    """There is no room for the upload."""


def upload_name(owner: UUID, upload_id: UUID) -> str:
    """What its files are named by."""
    return f"{owner}.{upload_id}"


class Upload(msgspec.Struct, frozen=True):
    """What an upload is to be; `note` is the caller's, and any bytes."""

    owner: UUID
    upload_id: UUID
    length: int
    note: bytes

    @property
    def name(self) -> str:
        return upload_name(self.owner, self.upload_id)

    @property
    def kin(self) -> str:
        """How the names of all begin whose ids have the same first half: they are of one thing."""
        return self.name[:-18]


class Progress(NamedTuple):
    """How far an upload is. `expires_at` is a Unix time; `path`: its bytes, until finished;
    `sha256`, in hexadecimal, that of all of them, where it is known already."""

    upload: Upload
    offset: int
    expires_at: float
    path: Path | None
    sha256: str | None = None

    @property
    def room(self) -> int:
        """How many bytes are still to come."""
        return self.upload.length - self.offset

    @property
    def is_complete(self) -> bool:
        return self.offset == self.upload.length

    @property
    def is_finished(self) -> bool:
        return self.path is None

    @property
    def has_expired(self) -> bool:
        return self.expires_at < time.time()


class Limits(NamedTuple):
    """What one owner may have, and how long.

    most, quota_bytes: how many unfinished uploads, and how large together. expiry_s: how long one
    is kept after its last byte; finished_s: how long it is remembered that one was finished.
    """

    most: int
    quota_bytes: int
    expiry_s: float
    finished_s: float
