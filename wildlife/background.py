"""What the service does between requests: renditions, uploads that came whole, old ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from db.pool import UNAVAILABLE
from media.store import StoreUnavailable
from wildlife.service import Service
from wildlife.uploads.receiving import finish_complete

log = structlog.get_logger()

_EVERY_S: Final = 600


@asynccontextmanager
async def working_in_background(service: Service) -> AsyncIterator[None]:
    """Work off what is to be done until the end of the block; what is left is found again."""
    tasks = [
        asyncio.create_task(service.darkroom.run()),
        asyncio.create_task(_tend_uploads(service)),
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
