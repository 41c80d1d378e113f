"""What the service does between requests: renditions, uploads that came whole, what has expired."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from typing import Final

import structlog

from db.pool import UNAVAILABLE, ask_for
from media.store import StoreUnavailable
from wildlife.accounts.attempt_queries import forget_attempts
from wildlife.accounts.queries import forget_tokens
from wildlife.service import Service
from wildlife.uploads.receiving import finish_complete

log = structlog.get_logger()

_EVERY_S: Final = 600


@asynccontextmanager
async def working_in_background(service: Service) -> AsyncIterator[None]:
    """Work off what is to be done until the end of the block; what is left is found again."""
    context = copy_context()
    context.run(ask_for, "background")  # it gets its share of the database, and no more
    tasks = [
        asyncio.create_task(service.darkroom.run(), context=context),
        asyncio.create_task(_tend_uploads(service), context=context),
        asyncio.create_task(_forget_expired(service), context=context),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _tend_uploads(service: Service) -> None:
    while True:
        try:
            await finish_complete(service)
            await service.uploads.expire()
        except (*UNAVAILABLE, StoreUnavailable, OSError) as error:
            log.warning("uploads have to wait", error=str(error))
        except Exception:  # a fault of ours, which must not end all later rounds
            log.exception("internal_error")
        await asyncio.sleep(_EVERY_S)


async def _forget_expired(service: Service) -> None:
    """Tokens and attempts to sign in."""
    while True:
        try:
            async with service.database.writing() as connection:
                await forget_tokens(connection)
                await forget_attempts(connection)
        except UNAVAILABLE as error:
            log.warning("what has expired has to wait", error=str(error))
        except Exception:  # a fault of ours, which must not end all later rounds
            log.exception("internal_error")
        await asyncio.sleep(_EVERY_S)
