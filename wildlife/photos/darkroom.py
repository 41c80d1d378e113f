"""The darkroom: photos are looked at and their renditions made in processes that may die.

A photo without renditions is the work list, in the database; nothing else says so. Whatever a file
does to the process that decodes it costs that photo its renditions, and nobody else anything.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from db.pool import UNAVAILABLE, Connection, Database
from media.exif import Exif
from media.images import SNIFF_BYTES, ImageInfo, inspect, sniff
from media.processes import Killed, run_killable
from media.renditions import Rendered, UnreadableImage, render
from media.store import NotHeld, Store, StoreUnavailable, original_key, rendition_key
from wildlife.photos.queries import (
    PhotoToRender,
    claim_photo,
    list_photos_to_render,
    put_renditions,
    release_photo,
)
from wildlife.vocabularies import Renditions

log = structlog.get_logger()

# Nobody waits longer than a look at a header should take; a photo is decoded in a fraction of this.
_INSPECT_S: Final = 5
_RENDER_CPU_S: Final = 20
_RENDER_S: Final = 120

# How often photos are looked for that another process, or an earlier one, left undone.
_LOOK_AGAIN: Final = timedelta(minutes=1)


class Developed(NamedTuple):
    """What became of a photo, and its difference hash where it could be decoded."""

    renditions: Renditions
    difference_hash: int | None


class Darkroom:
    """One a process; `run` works off the list until it is cancelled."""

    def __init__(self, database: Database, store: Store, memory_bytes: int) -> None:
        self._database = database
        self._store = store
        self._memory_bytes = memory_bytes
        self._wake = asyncio.Event()
        self._under_way: dict[str, asyncio.Task[Developed]] = {}

    def wake(self) -> None:
        """A photo came."""
        self._wake.set()

    async def inspect(self, path: Path) -> ImageInfo:
        """What a file is, by its header. Raises UnsupportedImage."""
        try:
            return await run_killable(
                inspect,
                path,
                cpu_s=_INSPECT_S,
                wall_s=_INSPECT_S,
                memory_bytes=self._memory_bytes,
            )
        except Killed as killed:  # whatever it did: it is kept, and can't be shown
            log.warning("header unreadable", reason=killed.reason)
            with path.open("rb") as file:
                return ImageInfo(sniff(file.read(SNIFF_BYTES)), None, None, Exif())

    async def develop(self, digest: str) -> Developed:
        """Make the renditions of this content now; who asks meanwhile waits for the same ones."""
        task = self._under_way.get(digest)
        if task is None:
            task = asyncio.create_task(self._develop(digest))
            self._under_way[digest] = task
            task.add_done_callback(lambda _: self._under_way.pop(digest))
        return await asyncio.shield(task)

    async def run(self) -> None:
        """Work off the list, and again whenever a photo comes."""
        while True:
            self._wake.clear()
            try:
                await self._work_off()
            except (*UNAVAILABLE, StoreUnavailable, OSError) as error:
                log.warning("renditions have to wait", error=str(error))
            except Exception:  # a fault of ours, which must not end all later ones
                log.exception("internal_error")
            try:
                async with asyncio.timeout(_LOOK_AGAIN.total_seconds()):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _work_off(self) -> None:
        while True:
            async with self._database.reading() as connection:
                waiting = await list_photos_to_render(connection)
            done = [await self._work_on(photo) for photo in waiting]
            if not any(done):
                return  # nothing is left, or others are at it

    async def _work_on(self, photo: PhotoToRender) -> bool:
        """Develop a photo unless another process is at it; whether it is done."""
        async with self._claimed(photo) as connection:
            if connection is None:
                return False
            try:
                developed = await self.develop(photo.sha256)
            except NotHeld:
                log.warning("original missing", sha256=photo.sha256, photo=str(photo.photo_id))
                developed = Developed(Renditions.ABANDONED, None)
            await put_renditions(
                connection,
                photo,
                renditions=developed.renditions,
                difference_hash=developed.difference_hash,
            )
            return True

    @asynccontextmanager
    async def _claimed(self, photo: PhotoToRender) -> AsyncIterator[Connection | None]:
        async with self._database.writing() as connection:
            if not await claim_photo(connection, photo):
                yield None
                return
            try:
                yield connection
            finally:
                await release_photo(connection, photo)

    async def _develop(self, digest: str) -> Developed:
        async with self._store.as_file(original_key(digest)) as path:
            try:
                rendered: Rendered = await run_killable(
                    render,
                    path,
                    cpu_s=_RENDER_CPU_S,
                    wall_s=_RENDER_S,
                    memory_bytes=self._memory_bytes,
                    in_background=True,
                )
            except UnreadableImage as error:
                log.info("photo unreadable", sha256=digest, reason=str(error))
                return Developed(Renditions.UNREADABLE, None)
            except Exception as error:  # killed, too costly, or a fault of ours
                log.warning("renditions abandoned", sha256=digest, error=repr(error))
                return Developed(Renditions.ABANDONED, None)
        for name, content in rendered.files.items():
            await self._store.put(rendition_key(digest, name), content)
        return Developed(Renditions.MADE, rendered.difference_hash)
