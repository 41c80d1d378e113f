"""The store in an S3 bucket, of Amazon's or of what speaks like it (MinIO, Ceph, SeaweedFS).

The bucket and prefix are the URL's; all else is read from the environment, by Amazon's names:

- AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if temporary, AWS_SESSION_TOKEN; without them the
  credentials of the machine (container, web identity or instance).
- AWS_REGION or AWS_DEFAULT_REGION; us-east-1 if neither is set.
- AWS_ENDPOINT_URL (or AWS_ENDPOINT, AWS_ENDPOINT_URL_S3): where a server that is not Amazon's
  listens. The bucket is named in the path, unless AWS_VIRTUAL_HOSTED_STYLE_REQUEST=true says that
  the endpoint has it in its host name.
- AWS_ALLOW_HTTP=true, without which an http:// endpoint is refused.
- What else object_store calls a configuration of S3, say AWS_SERVER_SIDE_ENCRYPTION.

The bucket wants a lifecycle rule that ends unfinished multipart uploads after a day: a process
that is killed leaves one, which is no object and costs space.
"""

import atexit
import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from math import inf
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import obstore
from anyio import to_thread
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import S3Store as Bucket

from media.store import (
    ASIDE,
    Damaged,
    Held,
    NoBucket,
    NoCredentials,
    NotAllowed,
    NotHeld,
    StoreUnavailable,
    UnfitStore,
    digest_of,
)

_URL = re.compile(r"s3://(?P<bucket>[A-Za-z0-9][A-Za-z0-9._-]*)(?:/(?P<prefix>[^?#]*))?")

# What S3 calls its reason in the body of a refusal.
_CODE = re.compile(r"<Code>(?P<code>\w{1,100})</Code>")

_ELAPSED = re.compile(r" in [0-9.]+(?:s|ms|µs|ns)\b")

# Who without credentials is asked for those of the machine, where a cloud has some for it.
_MACHINE = "http://169.254.169.254"

# Younger than any orphan that is swept, so what is this young is safe as it is.
_YOUNG = timedelta(hours=12)

_READ_BYTES = 256 * 1024

# What is written to find out whether anything can be, and how often it is at most.
_PROBE = "readiness/probe"
_WRITES_AGAIN_S = 60


def _require_meant(environment: Mapping[str, str]) -> None:
    """That the client can be made with these variables. Raises UnfitStore."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    missing = [name for name in names if not environment.get(name)]
    if len(missing) == 1:
        raise UnfitStore(
            f"{missing[0]} is missing: the photo store wants both {' and '.join(names)}.",
            f"缺少 {missing[0]}：照片存储需要 {' 和 '.join(names)} 两项。",
        )
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"):
        url = environment.get(name)
        if url and not re.match(r"https?://[^/]", url):
            raise UnfitStore(
                f"{name}={url!r}: write it like https://s3.example.cn:9000.",
                f"{name}={url!r}：写法如 https://s3.example.cn:9000。",
            )
        if url and url.startswith("http:") and not _allows_http(environment):
            raise UnfitStore(
                f"{name}={url!r} is not encrypted: write https://, or allow it with"
                " AWS_ALLOW_HTTP=true.",
                f"{name}={url!r} 未加密：请改用 https://，或设置 AWS_ALLOW_HTTP=true 予以允许。",
            )


def _allows_http(environment: Mapping[str, str]) -> bool:
    return environment.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true"}


@cache
def _let_threads_end() -> None:
    """Wait a moment before the process ends: the client's threads still let go of what they were
    handed, and one that asks for the interpreter while that ends is aborted, with the process."""
    atexit.register(sleep, 0.1)


class S3Store:
    """A Store in the bucket that `url` names; copies for the while lie in `folder/aside`.

    A store that says nothing for `answer_within` is given up: so no call hangs for longer than
    about twice that, and one that gets bytes, however slowly, goes on.
    """

    def __init__(
        self, url: str, folder: Path, *, answer_within: timedelta = timedelta(seconds=30)
    ) -> None:
        if (named := _URL.fullmatch(url)) is None:
            raise UnfitStore(
                "WILDLIFE_MEDIA_URL: a store's URL reads s3://bucket or s3://bucket/prefix, not"
                f" {url!r}",
                "WILDLIFE_MEDIA_URL 写法如 s3://bucket 或 s3://bucket/prefix，所写的不是这样。",
            )
        _require_meant(os.environ)
        _let_threads_end()
        self._url = url
        self._aside = folder / "aside"
        self._wrote_at = -inf
        self._bucket = Bucket(
            named["bucket"],
            prefix=(named["prefix"] or "").strip("/") or None,
            # One request an object: not every server understands the one that removes many.
            disable_bulk_delete=True,
            client_options={
                # Options given here replace all that the environment says of the client.
                "allow_http": _allows_http(os.environ),
                "connect_timeout": min(answer_within, timedelta(seconds=5)),
                "read_timeout": answer_within,
                # A phone may read an original through us for minutes.
                "timeout": timedelta(hours=1),
            },
            retry_config={"max_retries": 2, "retry_timeout": answer_within},
        )

    async def prepare(self) -> None:
        """Find out whether the bucket answers and takes a write; raises StoreUnavailable."""
        self._aside.mkdir(parents=True, exist_ok=True)
        await self.check()

    async def check(self) -> None:
        """Raises StoreUnavailable where the bucket does not answer, is gone, or takes no write.

        A bucket may keep a version of each write, so what was written a while ago counts, too.
        """
        if monotonic() - self._wrote_at > _WRITES_AGAIN_S:
            await self._write(_PROBE, b"")
            return
        try:
            with self._translated(self._url):
                async for _ in obstore.list(self._bucket, "readiness/"):
                    break
        except NotHeld:
            raise NoBucket(f"there is no bucket for {self._url}") from None

    async def put_file(self, key: str, path: Path, digest: str) -> None:
        """Keep a file under `key` and read it back; raises Damaged if that is something else.

        It looks before it writes and never asks for "only if it is not there": several servers
        take the condition and overwrite silently.
        """
        await to_thread.run_sync(os.stat, path)  # a missing file is the caller's error, as it comes
        held = await self._look(key)
        if held is not None:
            await self._check(key, digest)
            # By two clocks: what is not there yet by ours is as old as they differ.
            if abs(datetime.now(UTC) - held.modified_at) < _YOUNG:
                return
            # Written anew, which alone makes it young: the same bytes, so nothing is overwritten.
        await self._write(key, path)
        try:
            await self._check(key, digest)
        except Damaged:
            if held is None:
                with suppress(StoreUnavailable):
                    await self._remove(key)
            raise

    async def put(self, key: str, content: bytes) -> None:
        """Keep a rendition; an earlier one is replaced whole."""
        await self._write(key, content)

    async def put_new(self, key: str, content: bytes) -> bool:
        """Keep it on the condition that nothing is there (`If-None-Match: *`): where the server
        knows none it says so, and it is kept as if there were none, or overwrites silently."""
        with self._translated(key):
            try:
                await obstore.put_async(self._bucket, key, content, mode="create")
            except AlreadyExistsError:
                return False
            except BaseError as error:
                told = _CODE.search(str(error))
                if told is None or told["code"] != "NotImplemented":
                    raise
                await obstore.put_async(self._bucket, key, content)
        return True

    async def size(self, key: str) -> int | None:
        """The bytes under `key`; None: not held."""
        held = await self._look(key)
        return None if held is None else held.size

    async def get(self, key: str) -> bytes:
        """All that lies under `key`."""
        return b"".join([chunk async for chunk in self.read(key)])

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes [start, end), as they come in."""
        options: obstore.GetOptions = {}
        if start or end is not None:
            # A range that begins behind the last byte is an error, and only the size tells.
            size = await self.size(key)
            if size is None:
                raise NotHeld(key)
            end = size if end is None else min(end, size)
            if start >= end:
                return
            options = {"range": (start, end)}
        with self._translated(key):
            result = await obstore.get_async(self._bucket, key, options=options)
            async for chunk in result.stream(min_chunk_size=_READ_BYTES):
                yield chunk

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        """A copy that is gone at the end."""
        path = self._aside / uuid4().hex
        try:
            with path.open("xb") as file:
                async for chunk in self.read(key):
                    await to_thread.run_sync(file.write, chunk)
            yield path
        finally:
            path.unlink(missing_ok=True)

    async def list(self, prefix: str) -> AsyncIterator[Held]:
        """Everything below `prefix`, a page at a time, as S3 lists it: in the order of keys."""
        with self._translated(prefix):
            async for page in obstore.list(self._bucket, prefix, chunk_size=1000):
                for held in page:
                    yield Held(held["path"], held["size"], held["last_modified"])

    async def sweep(self, key: str, older_than: datetime) -> bool:
        """Remove what lies under `key` if it is older.

        A window remains, as S3 cannot remove on a condition: an orphan that is put again after it
        was looked at here and before it is removed, is lost. It is a request wide, and open only
        to the very bytes that nobody referred to for as long as orphans are left.
        """
        held = await self._look(key)
        if held is None or held.modified_at >= older_than:
            return False
        await self._remove(key)
        return True

    async def set_aside(self, key: str, older_than: datetime) -> bool:
        """Copy what lies under `key` aside and remove it, if it is older; the window is `sweep`'s.

        A crash in between leaves both, and the next one goes on.
        """
        held = await self._look(key)
        if held is None or held.modified_at >= older_than:
            return False
        with self._translated(key):
            await obstore.copy_async(self._bucket, key, ASIDE + key)
        await self._remove(key)
        return True

    async def bring_back(self, key: str) -> bool:
        """Copy what was set aside to its key again."""
        try:
            with self._translated(key):
                await obstore.copy_async(self._bucket, ASIDE + key, key)
        except NotHeld:
            return False
        await self._remove(ASIDE + key)
        return True

    async def _look(self, key: str) -> Held | None:
        try:
            with self._translated(key):
                found = await obstore.head_async(self._bucket, key)
        except NotHeld:
            return None
        return Held(key, found["size"], found["last_modified"])

    async def _write(self, key: str, content: Path | bytes) -> None:
        wrote_at, self._wrote_at = monotonic(), -inf
        try:
            with self._translated(key):
                # Two parts of 5 MB are in memory at once; a smaller file is one request.
                await obstore.put_async(self._bucket, key, content, max_concurrency=2)
            self._wrote_at = wrote_at
        except NotHeld:
            raise NoBucket(f"there is no bucket for {self._url}") from None

    async def _remove(self, key: str) -> None:
        with suppress(NotHeld), self._translated(key):
            await obstore.delete_async(self._bucket, key)

    async def _check(self, key: str, digest: str) -> None:
        if await digest_of(self, key) != digest:
            raise Damaged(f"what lies under {key} in {self._url} has another hash")

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise NotHeld(key) from None
        except (PermissionDeniedError, UnauthenticatedError) as error:
            told = _CODE.search(str(error))
            reason = told["code"] if told else "401 or 403"
            raise NotAllowed(f"{self._url}: {reason}") from None
        except (BaseError, OSError) as error:
            # The first line says all; the others are the client's inner state. How long it took is
            # another each time, and nobody's concern.
            reason = " ".join(_ELAPSED.sub("", str(error).partition("\n")[0]).split())
            if os.environ.get("AWS_METADATA_ENDPOINT", _MACHINE) in reason:
                raise NoCredentials(f"{self._url}: {reason}") from None
            raise StoreUnavailable(f"{self._url}: {reason}") from None
