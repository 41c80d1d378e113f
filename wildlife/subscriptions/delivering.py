"""Telling what is new: each subscription by one process at a time, which reads `/changes` on
behalf of its owner and goes on where its destination took something last.

Whoever was killed says no more, and another goes on from that place: what was told and not noted is
told once more, with the same id.
"""

import asyncio
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Final

import structlog
from litestar import Litestar

from db.pool import UNAVAILABLE
from wildlife.changes.following import FOLLOWING, Following
from wildlife.changes.places import Place
from wildlife.changes.reading import News, Told
from wildlife.lists.question import Question
from wildlife.lists.subrequests import answered, around_later
from wildlife.people.account_queries import find_actor
from wildlife.people.guard import UNMETERED
from wildlife.subscriptions.channels import Channel, open_channel
from wildlife.subscriptions.claim_queries import (
    Claimed,
    claim_subscriptions,
    hold_subscriptions,
    note_begun,
    note_delivered,
    note_failed,
    release_subscriptions,
)
from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.subscriptions.destinations import DeliveryFailed
from wildlife.subscriptions.resolving import Resolver
from wildlife.timeline.service import TimelineService
from wildlife.web.problems import Problem

log = structlog.get_logger()

# How often it is looked for those that are due, and said of ours that they go on; for how long that
# is believed.
_LOOK_AGAIN_S: Final = 2
_LEASE: Final = timedelta(seconds=30)
_GRACE_S: Final = 3
"""So long a message that is on its way has when the service stops."""
_MOST: Final = 500
"""So many one process tells at a time."""
_WAIT_S: Final = 25
"""So long it waits for something new before it looks whose account it is."""
_PAGE: Final = 100
"""So many entries are read at once: of what was told and not noted no more is told twice."""
_FRESH_S: Final = 1
"""So long what was read is told, as its owner saw it then; of a slow receiver the rest is read
again."""

_LASTING: Final = timedelta(days=5)
"""What fails for so long has ended."""


class Lost(Exception):
    """It is another's now, or was ended."""


class Deliverer:
    """One a process; `run` tells what is new until it is told to stop."""

    def __init__(self, app: Litestar, service: TimelineService) -> None:
        self._app = app
        self._service = service
        self._wake = asyncio.Event()
        self._following: dict[Claimed, asyncio.Task[None]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._stops = False
        self._resolver = Resolver()
        # Of this machine; to read them takes longer than most messages do.
        self._trusted = cache(ssl.create_default_context)

    def wake(self) -> None:
        """A subscription is made, or restarted."""
        self._wake.set()

    def stop(self) -> None:
        """The service stops: what is told now is told, and the rest left to who serves then."""
        self._stops = True
        self._wake.set()

    async def run(self) -> None:
        """Begin with what nobody tells, and go on with it."""
        try:
            while not self._stops:
                self._wake.clear()
                try:
                    await self._look()
                except UNAVAILABLE as error:
                    log.warning("subscriptions have to wait", error=error)
                except Exception:  # a fault of ours, which must not end all later rounds
                    log.exception("internal_error")
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN_S):
                        await self._wake.wait()
        finally:
            await self._let_go()

    async def _look(self) -> None:
        ours = [*self._following]
        async with self._service.database.writing() as connection:
            held = await hold_subscriptions(connection, ours, _LEASE) if ours else set()
            found = await claim_subscriptions(connection, _LEASE, max(_MOST - len(ours), 0))
        for one in ours:
            if one.subscription_id not in held and (task := self._following.get(one)):
                task.cancel()
        for one in found:
            task = asyncio.create_task(self._follow(one))
            self._following[one] = task
            task.add_done_callback(lambda _, one=one: self._following.pop(one))  # type: ignore[misc]

    async def _let_go(self) -> None:
        self._stops, ours = True, dict(self._following)
        for task in {*ours.values()} - self._telling:
            task.cancel()
        if ours:
            await asyncio.wait(ours.values(), timeout=_GRACE_S)
            for task in ours.values():
                task.cancel()
            await asyncio.gather(*ours.values(), return_exceptions=True)
            with suppress(*UNAVAILABLE):  # else the claims end by themselves
                async with self._service.database.writing() as connection:
                    await release_subscriptions(connection, [*ours])

    async def _follow(self, claimed: Claimed) -> None:
        """Tell what is new, until that fails or is enough for a while."""
        try:
            async with open_channel(
                claimed, self._service, self._resolver, self._trusted
            ) as channel:
                if claimed.begun_at is None:
                    await channel.begin()
                    await self._note_begun(claimed)
                place: Place | None = claimed.place
                while place is not None:
                    place = await self._tell_next(claimed, channel, place)
        except DeliveryFailed as failed:
            await self._note_failed(claimed, failed)
        except Lost:
            pass
        except UNAVAILABLE as error:
            log.warning("unavailable", subscription=str(claimed.subscription_id), error=error)
        except Exception:  # a fault of ours, which is told as what it is, and tried again
            log.exception("internal_error")
            await self._note_failed(claimed, DeliveryFailed(DeliveryFailure.INTERNAL))

    async def _tell_next(self, claimed: Claimed, channel: Channel, place: Place) -> Place | None:
        """Tell what is new from a place on; where to go on at once, None: not yet.

        Raises DeliveryFailed, once it is noted what was taken before, and Lost.
        """
        news = await self._news(claimed, place)
        clock = asyncio.get_running_loop().time
        until = clock() + _FRESH_S
        delivered, at = 0, place
        try:
            for some in _batched(news.items, channel.at_once):
                if self._stops or (delivered and clock() >= until):
                    break
                await self._tell(channel, some)
                delivered, at = delivered + len(some), some[-1].after
            else:
                at = news.place
        finally:
            pause = channel.pause if delivered else None
            if at != place:
                await self._note_delivered(claimed, at, delivered, pause)
        return None if pause or self._stops else at

    async def _tell(self, channel: Channel, some: Sequence[Told]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._telling.add(task)
        try:
            await channel.tell(some)
        finally:
            self._telling.discard(task)

    async def _news(self, claimed: Claimed, place: Place) -> News:
        """What is new, as its owner is told of it now. Raises DeliveryFailed."""
        async with self._service.database.identifying() as connection:
            actor = await find_actor(connection, claimed.account_id)
        if actor is None:
            raise DeliveryFailed(DeliveryFailure.ACCOUNT_CHANGED, is_over=True)
        following = Following(place)
        asked = f"{claimed.query}&limit={_PAGE}&wait={_WAIT_S}".removeprefix("&")
        around = around_later(self._app, claimed.language, claimed.origin)
        around["state"] |= {FOLLOWING: following, UNMETERED: True}
        by = ("subscription", claimed.subscription_id)
        try:
            await answered(self._app.state.answers, Question("/changes", asked), actor, by, around)
        except Problem as problem:
            raise _not_read(problem) from problem
        if following.news is None:
            raise DeliveryFailed(DeliveryFailure.NOT_READ)
        return following.news

    async def _note_begun(self, claimed: Claimed) -> None:
        async with self._service.database.writing() as connection:
            if not await note_begun(connection, claimed):
                raise Lost

    async def _note_delivered(
        self, claimed: Claimed, place: Place, delivered: int, pause: timedelta | None
    ) -> None:
        async with self._service.database.writing() as connection:
            is_noted = await note_delivered(
                connection, claimed, place, delivered=delivered, pause=pause
            )
        if not is_noted:
            raise Lost

    async def _note_failed(self, claimed: Claimed, failed: DeliveryFailed) -> None:
        log.warning(
            "not_delivered",
            subscription=str(claimed.subscription_id),
            failure=failed.failure,
            status=failed.status,
        )
        with suppress(*UNAVAILABLE):  # else the claim ends by itself, and it is tried again
            async with self._service.database.writing() as connection:
                await note_failed(
                    connection,
                    claimed,
                    failed.failure,
                    status=failed.status,
                    is_over=failed.is_over,
                    retry_after_s=failed.retry_after_s,
                    lasting=_LASTING,
                )


def _not_read(problem: Problem) -> DeliveryFailed:
    if problem.code == "changes_lost":
        return DeliveryFailed(DeliveryFailure.PLACE_LOST, is_over=True)
    if problem.may_pass:
        return DeliveryFailed(DeliveryFailure.NOT_READ)
    return DeliveryFailed(DeliveryFailure.NOT_ANSWERED, is_over=True)


def _batched(items: Sequence[Told], size: int) -> Iterator[Sequence[Told]]:
    for begin in range(0, len(items), size):
        yield items[begin : begin + size]
