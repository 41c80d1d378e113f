"""Where photos lie: one content, one key made of its SHA-256; nothing is ever overwritten, and no
original is removed before it has lain aside for a while.

A file is put here before anybody records that it exists, and is durable when `put_file` returns:
a crash leaves an orphan, which a sweep takes when it is old, never a hole.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from anyio import to_thread


class NotHeld(LookupError):
    """Nothing lies under this key."""


class Damaged(Exception):
    """What was read back is not what was written."""


class StoreUnavailable(Exception):
    """The store cannot be reached, or refuses; the message is for the operator."""


class NoBucket(StoreUnavailable):
    """The store is reached and has no bucket of that name."""


class NotAllowed(StoreUnavailable):
    """The store is reached and refuses who asks."""


class NoCredentials(StoreUnavailable):
    """Nobody has said who asks, and the machine has no identity of its own."""


class UnfitStore(ValueError):
    """Variables that name no store; the sentence says what would, in English and in Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class Held(NamedTuple):
    """Something that lies in the store: its size in bytes, and since when, in UTC."""

    key: str
    size: int
    modified_at: datetime

    @property
    def digest(self) -> str:
        """The SHA-256 that its key is made of."""
        return self.key.rpartition("/")[2].partition(".")[0]


ORIGINALS: Final = "originals/"
RENDITIONS: Final = "renditions/"
EXPORTS: Final = "exports/"


def original_key(digest: str) -> str:
    """The key of the content with this SHA-256 (64 lower-case hexadecimal digits)."""
    return f"{ORIGINALS}{digest[:2]}/{digest}"


def rendition_key(digest: str, name: str) -> str:
    """The key of a rendition made of that content; `name` is, say, "thumbnail.webp"."""
    return f"{RENDITIONS}{digest[:2]}/{digest}.{name}"


def export_key(digest: str, export_id: str) -> str:
    """The key of the content with this SHA-256 as the file of one export: another that has the same
    content has a file of its own, and each is removed by itself."""
    return f"{EXPORTS}{digest[:2]}/{digest}.{export_id}"


ASIDE: Final = "swept/"
"""What originals that nothing names are put under before they are removed: `swept/originals/…`."""


BELONGS_TO: Final = "belongs_to.json"
"""Under which the store remembers whose it is."""


async def digest_of(store: "Store", key: str) -> str:
    """The SHA-256, in hexadecimal, of what lies under `key`. Raises NotHeld."""
    hasher = sha256()
    async for chunk in store.read(key):
        await to_thread.run_sync(hasher.update, chunk)
    return hasher.hexdigest()


class Store(Protocol):
    """A store of bytes. Only keys of `original_key`, `rendition_key` and `export_key` are used with
    it, BELONGS_TO, and, of one that several servers share, those of `media.shared_uploads`.

    Each call raises what its place raises: OSError the local disk, StoreUnavailable a service.
    """

    async def prepare(self) -> None:
        """Make ready what is not there yet, and find out whether it answers."""

    async def check(self) -> None:
        """Find out whether it takes a write now. Cheap enough for who asks every second."""

    async def put_file(self, key: str, path: Path, digest: str) -> None:
        """Keep the content of a local, fsynced file under `key`, durably when this returns.

        What is held already is left as it is, but its age begins anew, so that no sweep of
        orphans takes it. The local file stays the caller's to remove, but may be the stored one
        under a second name: it must not be written to again. Raises Damaged.
        """

    async def put(self, key: str, content: bytes) -> None:
        """Keep something small that can be made again; an earlier one is replaced whole."""

    async def put_new(self, key: str, content: bytes) -> bool:
        """Keep something small where nothing lies yet; False: something does, and stays. Of two at
        once one does, unless the place is one that takes no condition: read it back."""

    async def size(self, key: str) -> int | None:
        """The bytes under `key`; None: not held."""

    async def get(self, key: str) -> bytes:
        """All that lies under `key`, for what is small. Raises NotHeld."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes [start, end) in chunks of up to about 1 MiB; as of a slice, only what is there.

        Raises NotHeld at the first step.
        """

    def as_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A local path to read from: the file itself or a copy for the while. Raises NotHeld."""

    def list(self, prefix: str) -> AsyncIterator[Held]:
        """Everything below "originals/", "renditions/", "exports/" or "swept/originals/", in key
        order."""

    async def set_aside(self, key: str, older_than: datetime) -> bool:
        """Move what lies under `key` below ASIDE, where its age begins anew, if it is older when it
        is moved; False: younger or gone.

        The caller knows that nothing refers to it.
        """

    async def bring_back(self, key: str) -> bool:
        """Move what was set aside to `key` again; False: it does not lie there."""

    async def sweep(self, key: str, older_than: datetime) -> bool:
        """Remove what lies under `key` if it is older when it is removed; False: younger or gone.

        The caller knows that nothing refers to it.
        """


def open_store(url: str | None, folder: Path) -> Store:
    """The store at `url` ("s3://bucket/prefix"), or for None the one in `folder`.

    `folder` is also where a store that lies elsewhere keeps its copies for the while. Raises
    ValueError if the URL names no store.
    """
    # Here, since both import this module, and only who uses S3 loads its client.
    from media.local_store import LocalStore  # noqa: PLC0415
    from media.s3_store import S3Store  # noqa: PLC0415

    return LocalStore(folder) if url is None else S3Store(url, folder)
