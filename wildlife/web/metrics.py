"""What is counted and measured, for Prometheus: one answer for all processes of the server.

Each worker writes what it counts to files of its own, in a folder that the server makes
(`wildlife.commands.serving`) before any of them imports this, and whichever is asked adds up those
of all. What a worker counted that died stays counted; how many connections it had in use does not.
What is true of the service as a whole (its queue, its disk) is looked up by the one that is asked,
once a second at most.
"""

import asyncio
import os
import platform
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from db.pool import Database
from wildlife import __version__

# When a counter began is told by its falling back to 0.
disable_created_metrics()  # type: ignore[no-untyped-call]

_ROUTE: Final = ("method", "route")

REQUESTS: Final = Counter(
    "wildlife_requests_total", "Requests answered, by route and status.", [*_ROUTE, "status"]
)
SECONDS: Final = Histogram(
    "wildlife_request_seconds", "Seconds from a request to the end of its answer.", _ROUTE
)
REFUSALS: Final = Counter(
    "wildlife_refusals_total",
    "Requests answered with a problem, by its code; of POST /api/v1/session: sign-ins that failed.",
    [*_ROUTE, "code"],
)
_PLACES: Final = Gauge(
    "wildlife_database_connections_limit",
    "Connections to the database that all workers may open, by what they are for.",
    ["pool"],
    multiprocess_mode="livesum",
)
_USED: Final = Gauge(
    "wildlife_database_connections_in_use",
    "Connections to the database that are in use.",
    ["pool"],
    multiprocess_mode="livesum",
)
_WAITING: Final = Gauge(
    "wildlife_database_connections_waiting",
    "Requests and background work that wait for a connection to the database.",
    ["pool"],
    multiprocess_mode="livesum",
)

Values: TypeAlias = Mapping[str, float | None]
"""Of gauges, by name; None: nobody can tell now."""

Measure: TypeAlias = Callable[[], Awaitable[Values]]

MEASURED: Final = {
    "wildlife_database_up": "1 where the database answers, 0 where it does not.",
    "wildlife_renditions_waiting": "Photos that have no renditions yet, up to 10000.",
    "wildlife_renditions_oldest_waiting_seconds": "For how many seconds the first has waited.",
    "wildlife_uploads_open": "Uploads in parts that are not finished, on this machine.",
    "wildlife_uploads_oldest_open_seconds": "For how many seconds the most silent got nothing.",
    "wildlife_disk_free_bytes": "What the disk of the data folder has left for the service.",
    "wildlife_last_verify_timestamp_seconds": "When `wildlife verify` last came to its end.",
    "wildlife_last_verify_flaws": "How many flaws it found.",
    "wildlife_last_backup_timestamp_seconds": "When the mark of the last backup was made.",
}
"""What is looked up when somebody asks, each with its HELP."""

_MEASURED_AT_MOST_EVERY_S: Final = 1
_SAMPLED_EVERY_S: Final = 1

_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_PID: Final = re.compile(r"gauge_live\w*_([0-9]+)\.db")


async def watch(database: Database) -> None:
    """Note again and again how busy the connections of this process are."""
    while True:
        _sample(database)
        await asyncio.sleep(_SAMPLED_EVERY_S)


def _sample(database: Database) -> None:
    for pool, usage in database.usage().items():
        _PLACES.labels(pool).set(usage.places)
        _USED.labels(pool).set(usage.used)
        _WAITING.labels(pool).set(usage.waiting)


class Exposition:
    """The answer to whoever asks for all of it."""

    def __init__(self, database: Database, measure: Measure) -> None:
        self._database = database
        self._measure = measure
        self._values: Values = {}
        self._measured_at: float | None = None
        self._turn = asyncio.Lock()

    async def text(self) -> bytes:
        """All metrics, as Prometheus reads them."""
        async with self._turn:
            now = time.monotonic()
            if self._measured_at is None or now - self._measured_at >= _MEASURED_AT_MOST_EVERY_S:
                self._values = await self._measure()
                self._measured_at = time.monotonic()
        _sample(self._database)
        return generate_latest(_of_workers()) + generate_latest(_of_service(self._values))


def _of_workers() -> CollectorRegistry:
    folder = os.environ.get(_FOLDER)
    if folder is None:  # the only process, as in the tests
        return REGISTRY
    for file in Path(folder).iterdir():
        if (match := _PID.fullmatch(file.name)) and not Path("/proc", match[1]).exists():
            mark_process_dead(match[1], folder)  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry


def _of_service(values: Values) -> CollectorRegistry:
    registry = CollectorRegistry()
    build = Gauge(
        "wildlife_build_info",
        "The version of the service and of Python; always 1.",
        ["version", "python"],
        registry=registry,
        multiprocess_mode="all",
    )
    build.labels(__version__, platform.python_version()).set(1)
    for name, help_text in MEASURED.items():
        if (value := values.get(name)) is not None:
            Gauge(name, help_text, registry=registry).set(value)
    return registry
