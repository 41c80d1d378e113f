"""The darkroom: photos are looked at and their renditions made in processes that may die.

A photo without renditions is the work list, in the database; nothing else says so. Whatever a file
does to the process that decodes it costs that photo its renditions, and nobody else anything. What
says nothing of the file (a process killed from outside, a store that is away) is tried again.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from db.connection import Connection
from db.database import Database
from db.pool import UNAVAILABLE
from media.images import ImageInfo, UnsupportedImage, inspect, sniff_file
from media.processes import CORES, Bound, Interrupted, Killed, run_killable
from media.renditions import Rendered, TooManyPixels, TooManyScans, UnreadableImage, render
from media.store import NotHeld, Store, StoreUnavailable, original_key, rendition_key
from wildlife.photos.codes import Renditions, RenditionsReason
from wildlife.photos.rendition_queries import (
    PhotoToRender,
    claim_photo,
    list_photos_to_render,
    put_back,
    put_renditions,
    release_all,
    release_photo,
)
from wildlife.settings import Settings

log = structlog.get_logger()

# CPU time. Nobody waits longer than a look at a header should take.
_INSPECT_CPU_S: Final = 5
_INSPECT_S: Final = 15
# Nearly every photo is decoded within the first of these. One that isn't is put back behind all
# that nobody tried yet, and has the second: what costs that much holds up nobody else.
_QUICK_CPU_S: Final = 3
_RENDER_CPU_S: Final = 20
# What runs behind everybody else may have to wait long for its CPU time.
_RENDER_S: Final = 300

# How often photos are looked for that another process, or an earlier one, left undone.
_LOOK_AGAIN: Final = timedelta(minutes=1)
# What went wrong and says nothing of the file is tried again after this, twice this, and so on.
_FIRST_RETRY: Final = timedelta(minutes=1)
_LAST_RETRY: Final = timedelta(days=1)

_GIVEN_UP: Final[dict[Bound, RenditionsReason]] = {
    "cpu_time": RenditionsReason.TOO_MUCH_TIME,
    "memory": RenditionsReason.TOO_MUCH_MEMORY,
    "crash": RenditionsReason.DECODER_CRASHED,
}


class Developed(NamedTuple):
    """What became of a photo for good; why it can't be shown, if it can't."""

    renditions: Renditions
    reason: RenditionsReason | None = None
    # Of its likeness.
    difference_hash: int | None = None
    is_incomplete: bool = False


class NotNow(Exception):
    """Something went wrong that says nothing of the photo: it is tried again later."""

    def __init__(self, reason: RenditionsReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Darkroom:
    """One a process; `run` works off the list until it is cancelled.

    lanes: how many photos it works on at once. limit_pixels: of `media.renditions.render`.
    """

    def __init__(
        self, database: Database, store: Store, *, memory_bytes: int, limit_pixels: int, lanes: int
    ) -> None:
        self._database = database
        self._store = store
        self._memory_bytes = memory_bytes
        self._limit_pixels = limit_pixels
        self._lanes = lanes
        self._wake = asyncio.Event()
        self._under_way: dict[tuple[str, float], asyncio.Task[Developed]] = {}

    def wake(self) -> None:
        """A photo came."""
        self._wake.set()

    async def inspect(self, path: Path) -> ImageInfo:
        """What a file is, by its header. Raises UnsupportedImage or Interrupted."""
        try:
            try:
                return await self._inspect(path)
            except Interrupted as error:
                log.warning("header looked at again", error=error)
                return await self._inspect(path)
        except Killed as killed:  # whatever it did: it is kept, and can't be shown
            log.warning("header unreadable", bound=killed.bound)
            return ImageInfo(sniff_file(path))

    async def _inspect(self, path: Path) -> ImageInfo:
        return await run_killable(
            inspect,
            path,
            cpu_s=_INSPECT_CPU_S,
            wall_s=_INSPECT_S,
            memory_bytes=self._memory_bytes,
        )

    async def develop(self, digest: str) -> Developed:
        """Make the renditions of this content now; who asks meanwhile waits for the same ones.

        Raises NotNow.
        """
        developed = await self._develop_once(digest, _QUICK_CPU_S)
        if developed.reason is RenditionsReason.TOO_MUCH_TIME:
            developed = await self._develop_once(digest, _RENDER_CPU_S)
        return developed

    async def run(self) -> None:
        """Work off the list, and again whenever a photo comes."""
        while True:
            self._wake.clear()
            try:
                await self._work_off()
            except (*UNAVAILABLE, OSError) as error:
                log.warning("renditions have to wait", error=error)
            except Exception:  # a fault of ours, which must not end all later ones
                log.exception("internal_error")
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN.total_seconds()):
                    await self._wake.wait()

    async def _work_off(self) -> None:
        """Keep all lanes busy until nothing is left that others are not at."""
        at_work: dict[asyncio.Task[Developed], PhotoToRender] = {}
        # Its session holds the claims to all photos that are worked on.
        async with self._database.claiming() as connection:
            try:
                while True:
                    await self._fill_lanes(connection, at_work)
                    if not at_work:
                        return
                    for task in await self._first_done(set(at_work)):
                        await _note(connection, at_work[task], task)
                        await release_photo(connection, at_work.pop(task))
            finally:
                for task in at_work:
                    task.cancel()
                await release_all(connection)

    async def _fill_lanes(
        self, connection: Connection, at_work: dict[asyncio.Task[Developed], PhotoToRender]
    ) -> None:
        self._wake.clear()
        if len(at_work) == self._lanes:
            return
        # Some of the first may be claimed by other processes.
        waiting = await list_photos_to_render(connection, 4 * self._lanes + 20)
        for photo in waiting:
            if len(at_work) == self._lanes:
                return
            if photo not in at_work.values() and await claim_photo(connection, photo):
                cpu_s = _RENDER_CPU_S if photo.attempts else _QUICK_CPU_S
                task = asyncio.create_task(self._develop_once(photo.sha256, cpu_s))
                at_work[task] = photo

    async def _first_done(
        self, at_work: set[asyncio.Task[Developed]]
    ) -> set[asyncio.Task[Developed]]:
        """Those that are done; none when a photo came before one is, for which a lane may be
        free."""
        woken = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait({woken, *at_work}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
        return {task for task in at_work if task.done()}

    async def _develop_once(self, digest: str, cpu_s: float) -> Developed:
        # What comes of a shorter try says nothing of a longer one.
        attempt = digest, cpu_s
        task = self._under_way.get(attempt)
        if task is None:
            task = asyncio.create_task(self._develop(digest, cpu_s))
            self._under_way[attempt] = task
            task.add_done_callback(lambda _: self._under_way.pop(attempt))
        return await asyncio.shield(task)

    async def _develop(self, digest: str, cpu_s: float) -> Developed:
        """Raises NotNow and nothing else."""
        try:
            return await self._rendered(digest, cpu_s)
        except NotHeld:
            log.warning("original missing", sha256=digest)
            raise NotNow(RenditionsReason.ORIGINAL_MISSING) from None
        except (StoreUnavailable, OSError) as error:
            log.warning("store does not answer", sha256=digest, error=error)
            raise NotNow(RenditionsReason.STORE_UNAVAILABLE) from None
        except Interrupted as error:
            log.warning("renditions interrupted", sha256=digest, error=error)
            raise NotNow(RenditionsReason.INTERRUPTED) from None
        except Exception:
            log.exception("internal_error", sha256=digest)
            raise NotNow(RenditionsReason.INTERNAL_ERROR) from None

    async def _rendered(self, digest: str, cpu_s: float) -> Developed:
        async with self._store.as_file(original_key(digest)) as path:
            try:
                rendered: Rendered = await run_killable(
                    render,
                    path,
                    self._limit_pixels,
                    cpu_s=cpu_s,
                    wall_s=_RENDER_S,
                    memory_bytes=self._memory_bytes,
                    in_background=True,
                )
            except (UnreadableImage, UnsupportedImage):
                return Developed(Renditions.UNREADABLE, RenditionsReason.UNDECODABLE)
            except TooManyPixels:
                return Developed(Renditions.ABANDONED, RenditionsReason.TOO_MANY_PIXELS)
            except TooManyScans:
                return Developed(Renditions.ABANDONED, RenditionsReason.TOO_MANY_SCANS)
            except Killed as killed:
                return Developed(Renditions.ABANDONED, _GIVEN_UP[killed.bound])
        for name, content in rendered.files.items():
            await self._store.put(rendition_key(digest, name), content)
        return Developed(Renditions.MADE, None, rendered.difference_hash, rendered.is_incomplete)


def open_darkroom(settings: Settings, database: Database, store: Store) -> Darkroom:
    """The darkroom of a process."""
    return Darkroom(
        database,
        store,
        memory_bytes=settings.rendering_memory_bytes,
        limit_pixels=settings.rendering_limit_pixels,
        lanes=max(1, CORES // settings.workers),
    )


async def _note(
    connection: Connection, photo: PhotoToRender, done: asyncio.Task[Developed]
) -> None:
    """What became of a photo, or when it is tried again."""
    try:
        developed = done.result()
    except NotNow as error:
        after = min(_FIRST_RETRY * 2 ** min(photo.attempts, 20), _LAST_RETRY)
        await put_back(connection, photo, after=after, reason=error.reason)
        return
    if developed.reason is RenditionsReason.TOO_MUCH_TIME and not photo.attempts:
        await put_back(connection, photo, after=timedelta(0))
        return
    if developed.reason is not None:
        log.info("photo not shown", sha256=photo.sha256, reason=developed.reason)
    await put_renditions(
        connection,
        photo,
        renditions=developed.renditions,
        reason=developed.reason,
        difference_hash=developed.difference_hash,
        is_incomplete=developed.is_incomplete,
    )
