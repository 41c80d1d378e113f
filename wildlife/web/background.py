"""What the service does between requests: renditions, uploads that came whole, what has expired."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from typing import Final

import structlog

from db.pool import UNAVAILABLE, ask_for
from media.store import StoreUnavailable
from wildlife.people.account_queries import forget_tokens
from wildlife.people.attempt_queries import forget_attempts
from wildlife.photos.receiving import finish_complete
from wildlife.service import Service

log = structlog.get_logger()

_EVERY_S: Final = 600


@asynccontextmanager
async def working_in_background(service: Service) -> AsyncIterator[None]:
    """Work off what is to be done until the end of the block; what is left is found again."""
    context = copy_context()
    context.run(ask_for, "background")  # it gets its share of the database, and no more
    rounds = {
        "uploads have to wait": _tend_uploads,
        "what has expired has to wait": _forget_expired,
    }
    work = [
        service.darkroom.run(),
        *(_again_and_again(put_off, one, service) for put_off, one in rounds.items()),
    ]
    tasks = [asyncio.create_task(one, context=context) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _again_and_again(
    put_off: str, work: Callable[[Service], Awaitable[None]], service: Service
) -> None:
    """put_off: what the log says when the database or the disk is away."""
    while True:
        try:
            await work(service)
        except (*UNAVAILABLE, StoreUnavailable, OSError) as error:
            log.warning(put_off, error=str(error))
        except Exception:  # a fault of ours, which must not end all later rounds
            log.exception("internal_error")
        await asyncio.sleep(_EVERY_S)


async def _tend_uploads(service: Service) -> None:
    await finish_complete(service)
    await service.uploads.expire()


async def _forget_expired(service: Service) -> None:
    """Tokens and attempts to sign in."""
    async with service.database.writing() as connection:
        await forget_tokens(connection)
        await forget_attempts(connection)
