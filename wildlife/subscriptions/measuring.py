"""Whether all subscriptions are told what is new, for whoever watches over the service."""

from db.database import Database
from wildlife.subscriptions.operating_queries import count_failing
from wildlife.web.metrics import Values, at_a_glance


async def measure_subscriptions(database: Database) -> Values:
    """By the names of `wildlife.web.metrics.MEASURED`."""
    return {"wildlife_subscriptions_failing": await at_a_glance(database, count_failing)}
