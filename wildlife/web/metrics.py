"""What is counted and measured, for Prometheus: one answer for all processes of the server.

Each worker counts where `wildlife.web.counting` says, and whichever is asked adds up those of all.
What is true of the service as a whole (its queue, its disk) is looked up by the one that is asked,
once a second at most.
"""

import asyncio
import platform
import time
from collections import ChainMap
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from db.connection import Connection
from db.database import Database
from db.pool import UNAVAILABLE
from wildlife import __version__
from wildlife.web.counting import SEGMENTS, Counter, Gauge, Histogram
from wildlife.web.health import Checkup
from wildlife.web.log import LOST_LINES

T = TypeVar("T")

_ROUTE: Final = ("method", "route")

REQUESTS: Final = Counter(
    "wildlife_requests_total", "Requests answered, by route and status.", (*_ROUTE, "status")
)
SECONDS: Final = Histogram(
    "wildlife_request_seconds", "Seconds from a request to the end of its answer.", _ROUTE
)
REFUSALS: Final = Counter(
    "wildlife_refusals_total",
    "Requests answered with a problem, by its code; of POST /api/v1/session: sign-ins that failed.",
    (*_ROUTE, "code"),
)
_CONNECTIONS_LIMIT: Final = Gauge(
    "wildlife_database_connections_limit",
    "Connections to the database that all workers may open, by what they are for.",
    ("pool",),
)
_CONNECTIONS_USED: Final = Gauge(
    "wildlife_database_connections_in_use",
    "Connections to the database that are in use.",
    ("pool",),
)
_CONNECTIONS_WAITING: Final = Gauge(
    "wildlife_database_connections_waiting",
    "Requests and background work that wait for a connection to the database.",
    ("pool",),
)
_COUNTED: Final = (
    REQUESTS,
    SECONDS,
    REFUSALS,
    _CONNECTIONS_LIMIT,
    _CONNECTIONS_USED,
    _CONNECTIONS_WAITING,
    LOST_LINES,
)

Values: TypeAlias = Mapping[str, float | None]
"""Of gauges, by name; None: nobody can tell now."""

Measure: TypeAlias = Callable[[], Awaitable[Values]]

MEASURED: Final = {
    "wildlife_ready": "1 where a record can be taken, 0 where /readyz names what is in the way.",
    "wildlife_database_up": "1 where the database answers, 0 where it does not.",
    "wildlife_replica_used": "1 where the replica answers who only reads, 0 where it does not.",
    "wildlife_renditions_waiting": "Photos that have no renditions yet, up to 10000.",
    "wildlife_renditions_oldest_waiting_seconds": "For how many seconds the first has waited.",
    "wildlife_uploads_open": "Uploads in parts that are not finished, on this machine.",
    "wildlife_uploads_oldest_open_seconds": "For how many seconds the most silent got nothing.",
    "wildlife_subscriptions_failing": "Subscriptions that are told nothing: the last try failed, or"
    " they have ended by that.",
    "wildlife_disk_free_bytes": "What the disk of the data folder has left for the service.",
    "wildlife_last_verify_timestamp_seconds": "When `wildlife verify` last came to its end.",
    "wildlife_last_verify_flaws": "How many flaws it found.",
    "wildlife_last_backup_timestamp_seconds": "When the mark of the last backup was made.",
}
"""What is looked up when somebody asks, each with its HELP."""

_MEASURED_AT_MOST_EVERY_S: Final = 1
_SAMPLED_EVERY_S: Final = 1
_WITHIN_S: Final = 1


async def at_a_glance(database: Database, look: Callable[[Connection], Awaitable[T]]) -> T | None:
    """What is found there; None where the database does not answer at once: whoever asks gets an
    answer, whatever hangs."""
    try:
        async with asyncio.timeout(_WITHIN_S), database.reading() as connection:
            return await look(connection)
    except (TimeoutError, *UNAVAILABLE):
        return None


async def watch(database: Database) -> None:
    """Note again and again how busy the connections of this process are."""
    while True:
        _sample(database)
        await asyncio.sleep(_SAMPLED_EVERY_S)


def _sample(database: Database) -> None:
    for pool, usage in database.usage().items():
        _CONNECTIONS_LIMIT.set(usage.limit, pool)
        _CONNECTIONS_USED.set(usage.used, pool)
        _CONNECTIONS_WAITING.set(usage.waiting, pool)


class Exposition:
    """The answer to whoever asks for all of it."""

    def __init__(self, database: Database, checkup: Checkup, measures: Sequence[Measure]) -> None:
        self._database = database
        self._checkup = checkup
        self._measures = measures
        self._values: Values = {}
        self._measured_at: float | None = None
        self._turn = asyncio.Lock()

    async def text(self) -> bytes:
        """All metrics, as Prometheus reads them."""
        async with self._turn:
            now = time.monotonic()
            if self._measured_at is None or now - self._measured_at >= _MEASURED_AT_MOST_EVERY_S:
                failing, measured = await asyncio.gather(
                    self._checkup.failing(), asyncio.gather(*(one() for one in self._measures))
                )
                self._values = {"wildlife_ready": not failing, **ChainMap(*map(dict, measured))}
                self._measured_at = time.monotonic()
        _sample(self._database)
        return generate_latest(_Now(self._values))


class _Now:
    """All families, each made when it is asked for."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def collect(self) -> Iterator[Metric]:
        totals = SEGMENTS.totals()
        for family in _COUNTED:
            yield family.exposed(totals)
        build = GaugeMetricFamily(
            "wildlife_build_info",
            "The version of the service and of Python; always 1.",
            labels=("version", "python"),
        )
        build.add_metric((__version__, platform.python_version()), 1)
        yield build
        for name, help_text in MEASURED.items():
            if (value := self._values.get(name)) is not None:
                yield GaugeMetricFamily(name, help_text, value=value)
