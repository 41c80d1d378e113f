"""Whether all subscriptions are told what is new, for whoever watches over the service."""

import asyncio
from typing import Final

from db.database import Database
from db.pool import UNAVAILABLE
from wildlife.subscriptions.operating_queries import count_failing
from wildlife.web.metrics import Values

# Whoever asks gets an answer, whatever hangs.
_WITHIN_S: Final = 1


async def measure_subscriptions(database: Database) -> Values:
    """By the names of `wildlife.web.metrics.MEASURED`."""
    try:
        async with asyncio.timeout(_WITHIN_S), database.reading() as connection:
            return {"wildlife_subscriptions_failing": await count_failing(connection)}
    except (TimeoutError, *UNAVAILABLE):
        return {}
