"""Making exports: one at a time on each machine, beside all else that is served there.

What waits, in the database, is the work list. Who makes one says so as long as it goes on; whoever
was killed says no more, and another makes it anew, from its beginning: of half an answer nobody
knows the rest.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from litestar import Litestar

from db.pool import UNAVAILABLE
from media.spool import Spool
from media.store import StoreUnavailable, export_key
from wildlife.exports.answering import AnswerFile, BrokenOff
from wildlife.exports.claim_queries import (
    Claimed,
    claim_export,
    fail_export,
    finish_export,
    hold_export,
    name_file,
    release_claim,
    retry_later,
)
from wildlife.exports.keeping import forget_exports
from wildlife.exports.queries import LEASE
from wildlife.lists.progress import Progress
from wildlife.lists.subrequests import around_later
from wildlife.people.account_queries import find_actor
from wildlife.service import Service
from wildlife.web.problems import Problem

log = structlog.get_logger()

# How often exports are looked for that were asked for elsewhere, or left by somebody killed.
_LOOK_AGAIN_S: Final = 5
# How often it is said how far one is.
_TELL_S: Final = 1
# What went wrong and says nothing of the question is tried again, so many times in all.
_MOST_ATTEMPTS: Final = 3


class Exporter:
    """One a process; `run` works off the list until it is cancelled, or told to stop."""

    def __init__(self, app: Litestar, service: Service) -> None:
        self._app = app
        self._service = service
        self._wake = asyncio.Event()
        self._making: asyncio.Task[bool] | None = None
        self._stops = False

    def wake(self) -> None:
        """An export is asked for."""
        self._wake.set()

    def stop(self) -> None:
        """The service stops: what is being made is left to who serves then."""
        self._stops = True
        self._wake.set()
        if self._making is not None:
            self._making.cancel()

    async def run(self) -> None:
        """Work off the list, and again whenever something is asked for."""
        while not self._stops:
            self._wake.clear()
            try:
                with Spool(self._service.settings.media_dir).alone() as is_alone:
                    while is_alone and await self._make_next():
                        pass
            except (*UNAVAILABLE, StoreUnavailable, OSError) as error:
                log.warning("exports have to wait", error=error)
            except Exception:  # a fault of ours, which must not end all later ones
                log.exception("internal_error")
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN_S):
                    await self._wake.wait()

    async def _make_next(self) -> bool:
        """Make the first that waits; whether there was one."""
        if self._stops:
            return False
        async with self._service.database.writing() as connection:
            claimed = await claim_export(connection, LEASE)
        if claimed is None:
            return False
        try:
            await self._make(claimed)
        except Exception:
            # Whatever it was, the claim ends by itself.
            log.exception("export_not_made", export=str(claimed.export_id))
        return True

    async def _make(self, claimed: Claimed) -> None:
        if claimed.attempts > _MOST_ATTEMPTS:  # whoever made it was killed, again and again
            await self._fail(claimed, Problem("export_broken_off"))
            return
        try:
            with Spool(self._service.settings.media_dir).folder() as folder:
                progress = Progress()
                answer = AnswerFile(folder / "answer", progress)
                # A task of its own: it asks on behalf of the owner, and gets their share.
                self._making = asyncio.create_task(self._made(claimed, answer, progress))
                is_made = await self._watched(self._making, claimed, answer, progress)
        except asyncio.CancelledError:
            # To its end: who stops cancels once more, the making and then whoever works at it.
            releasing = asyncio.create_task(self._release(claimed))
            with suppress(asyncio.CancelledError):
                await asyncio.shield(releasing)
            await releasing
            if not self._stops:
                raise
            return
        except (Problem, BrokenOff, *UNAVAILABLE, StoreUnavailable, OSError) as error:
            await self._not_made(claimed, _problem_of(error, claimed.export_id))
            return
        finally:
            self._making = None
        if is_made:
            log.info("export_made", export=str(claimed.export_id), bytes=answer.size)
        else:
            log.info("export_ended", export=str(claimed.export_id))
            await self._release(claimed)
            await forget_exports(self._service.database, self._service.store, claimed.export_id)

    async def _watched(
        self, making: asyncio.Task[bool], claimed: Claimed, answer: AnswerFile, progress: Progress
    ) -> bool:
        """Say how far it is as long as it goes on, and end it where nobody wants it any more.
        Whether it was made, and is there. Raises what `_made` does."""
        try:
            while not making.done():
                await asyncio.wait({making}, timeout=_TELL_S)
                if not making.done() and not await self._still_wanted(claimed, answer, progress):
                    return making.done() and making.result()
            return await making
        finally:
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)

    async def _made(self, claimed: Claimed, answer: AnswerFile, progress: Progress) -> bool:
        """Take the answer, keep it, and note that it is there; False: nobody wants it any more.

        Raises Problem where it is refused, BrokenOff where it came to no end, and what the
        database, the store and the disk raise.
        """
        service = self._service
        async with service.database.identifying() as connection:
            actor = await find_actor(connection, claimed.account_id)
        if actor is None:
            return False
        client = None if claimed.address is None else str(claimed.address)
        around = around_later(self._app, claimed.language, claimed.origin, client)
        await answer.take(self._app, claimed.question, actor, claimed.export_id, around)
        digest = answer.digest
        async with service.database.writing() as connection:
            if not await name_file(connection, claimed, sha256=digest, lease=LEASE):
                return False
        await service.store.put_file(
            export_key(digest, str(claimed.export_id)), answer.path, digest
        )
        async with service.database.writing() as connection:
            return await finish_export(
                connection,
                claimed,
                kept_for=timedelta(seconds=service.settings.export_s),
                bytes_=answer.size,
                rows=progress.rows,
                expected_rows=progress.expected,
                media_type=answer.media_type,
                disposition=answer.disposition,
            )

    async def _still_wanted(self, claimed: Claimed, answer: AnswerFile, progress: Progress) -> bool:
        """Say how far it is; False: nobody wants it of us any more."""
        try:
            async with self._service.database.writing() as connection:
                return await hold_export(
                    connection,
                    claimed,
                    lease=LEASE,
                    bytes_=answer.size,
                    rows=progress.rows,
                    expected_rows=progress.expected,
                )
        except UNAVAILABLE:
            return True  # nobody knows; it is said again the next time

    async def _release(self, claimed: Claimed) -> None:
        with suppress(*UNAVAILABLE):  # else the claim ends by itself
            async with self._service.database.writing() as connection:
                await release_claim(connection, claimed)

    async def _not_made(self, claimed: Claimed, problem: Problem) -> None:
        """Let it be tried again where it may come to something; else note why it does not."""
        if problem.may_pass and claimed.attempts < _MOST_ATTEMPTS:
            async with self._service.database.writing() as connection:
                await retry_later(connection, claimed, LEASE)
            return
        await self._fail(claimed, problem)

    async def _fail(self, claimed: Claimed, problem: Problem) -> None:
        log.warning("export_failed", export=str(claimed.export_id), code=problem.code)
        said = problem.sentence()
        async with self._service.database.writing() as connection:
            await fail_export(connection, claimed, code=problem.code, en=said.en, zh=said.zh)


def _problem_of(error: Exception, export_id: UUID) -> Problem:
    """What is told of why an export was not made; of what is none of its question's, on the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, BrokenOff):  # which is on it where it broke
        return Problem("export_broken_off")
    if isinstance(error, UNAVAILABLE):
        code = "export_broken_off"
    elif isinstance(error, StoreUnavailable):
        code = "store_unavailable"
    else:  # the disk: it is full, or can't be written to
        code = "storage_full"
    log.warning(code, export=str(export_id), error=error)
    return Problem(code)
