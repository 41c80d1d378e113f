"""Whole lists as files, beside what could not be quicker: `python -m bench.exports`.

An auditor asks for all releases on one connection, in turns with

- PostgreSQL's own `COPY … TO STDOUT (FORMAT csv)` of the same query, for CSV;
- xlsxwriter alone, with the same cells in memory, for XLSX;

and it is told how long the first byte takes, and what the service's memory grows by at its most.
On a machine that others use, too, the processor time tells more than the clock: it is that of all
who have a part, PostgreSQL among them. It takes some minutes.
"""

import asyncio
import http.client
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from xlsxwriter import Workbook

from bench.disk import on_disk
from bench.many import analyze, file_release, multiply, put_official
from bench.report import aim, machine
from bench.servers import Server, postgresql_in
from bench.service import running_service, sign_in
from bench.stage import AUDITOR, OFFICERS, put_auditor
from db.database import open_database
from db.sql import Statement
from wildlife.lists.composing import Selection
from wildlife.lists.listing import Listing
from wildlife.lists.releases import RELEASES, ListedRelease
from wildlife.settings import Settings
from wildlife.tables.flat import flatten

RECORDS: Final = 40_000
ROUNDS: Final = 5

SCOPE: Final = {
    "sees_everything": True,
    "sees_stations": False,
    "stations": [],
    "is_asked": False,
    "seen_in": [],
    "is_asked_twice": False,
    "custody": None,
    "limit": 2**31 - 1,
}


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    assert settings.database_url is not None
    with running_service(settings) as service:
        asyncio.run(put_official(settings))
        asyncio.run(put_auditor(settings))
        officer = sign_in(service, OFFICERS[0].badge)
        incident = file_release(service, officer, "phalacrocorax_carbo")
        asyncio.run(multiply(settings, incident, RECORDS))
        asyncio.run(analyze(settings))
        token = sign_in(service, AUDITOR)
        rows = asyncio.run(_cells(settings))
        told: dict[str, list[float]] = {name: [] for name in ("copy", "csv", "xlsx", "alone")}
        first: dict[str, list[float]] = {name: [] for name in ("csv", "ndjson", "geojson")}
        of_postgresql = postgresql_in(settings.data_dir)

        def taken() -> float:
            """The processor time that all who have a part have taken."""
            return service.processor_s() + of_postgresql() + time.process_time()

        worked: dict[str, list[float]] = {name: [] for name in ("copy", "csv")}
        _fetch(service, token, "csv")
        _fetch(service, token, "xlsx", limit=True)
        base = service.memory_mb()
        with _watching(service) as most:
            for turn in range(ROUNDS):
                begun_at = taken()
                told["copy"].append(_timed(lambda: asyncio.run(_copy(settings))))
                worked["copy"].append(taken() - begun_at)
                for name, begins in first.items():
                    begun_at = taken()
                    took, begun = _fetch(service, token, name)
                    begins.append(begun)
                    if name == "csv":
                        told["csv"].append(took)
                        worked["csv"].append(taken() - begun_at)
                if turn % 2 == 0:
                    told["alone"].append(_timed(lambda: _alone(rows)))
                    told["xlsx"].append(_fetch(service, token, "xlsx")[0])
    medians = {name: statistics.median(seconds) for name, seconds in told.items()}
    print(f"| all of {RECORDS} releases | rows/s |\n|---|---:|")
    for name, seconds in medians.items():
        print(f"| {name} | {RECORDS / seconds:.0f} |")
    print()
    print(aim("CSV, of COPY", 100 * medians["copy"] / medians["csv"], 50, unit="%"))
    cpu = {name: statistics.median(seconds) for name, seconds in worked.items()}
    print(aim("the same by processor time", 100 * cpu["copy"] / cpu["csv"], 50, unit="%"))
    print(aim("XLSX, of xlsxwriter alone", 100 * medians["alone"] / medians["xlsx"], 70, unit="%"))
    slowest = max(statistics.median(seconds) for seconds in first.values())
    print(aim("first byte", slowest * 1000, 200, unit=" ms", at_most=True))
    print(aim("memory above the base", most[0] - base, 60, unit=" MB", at_most=True))
    print(f"\none connection, medians; {asyncio.run(machine(settings.database_url))}")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _fetch(service: Server, token: str, name: str, *, limit: bool = False) -> tuple[float, float]:
    """How long a whole answer took, and its first byte, in seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    path = f"/api/v1/releases?format={name}&labels=zh{'&limit=5' if limit else ''}"
    path = path.replace("&labels=zh", "") if name in ("csv", "ndjson", "geojson") else path
    started = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read(1)
    begun = time.perf_counter() - started
    while answer.read(1 << 20):
        pass
    connection.close()
    if answer.status != http.HTTPStatus.OK:
        sys.exit(f"{path} answered {answer.status}")
    return time.perf_counter() - started, begun


async def _copy(settings: Settings) -> None:
    """All that the list asks the database for, as the database writes it."""
    assert settings.database_url is not None
    async with (
        open_database(settings.database_url, confined=True, zone=settings.zone, size=1) as database,
        database.reading() as connection,
    ):
        query, arguments = _query(RELEASES)
        size = 0

        async def take(data: bytes) -> None:
            nonlocal size
            size += len(data)

        await connection.copy_from_query(query, *arguments, output=take, format="csv")
        assert size > RECORDS


def _query(listing: Listing[Any]) -> tuple[str, list[object]]:
    selection = Selection(("originals",), None, "-time")
    select = (
        f"select {listing.sql._selected(ListedRelease, selection)} {listing.sql.rows(selection)}"
    )
    statement = Statement(f"{select} order by {listing.sql._ordered(selection)}")
    return statement.text, statement._numbered(SCOPE | {"originals": True})


async def _cells(settings: Settings) -> list[Any]:
    """All cells of the table."""
    assert settings.database_url is not None
    async with (
        open_database(settings.database_url, confined=True, zone=settings.zone, size=1) as database,
        database.reading() as connection,
    ):
        query, arguments = _query(RELEASES)
        found = await connection.fetch(query, *arguments)
        items = [msgspec.convert(dict(row), ListedRelease) for row in found]
    return flatten(ListedRelease, None, "zh").rows(items)


def _alone(rows: list[Any]) -> None:
    """The library, with cells of the same types and formats."""
    with TemporaryDirectory(dir="var") as folder:
        options = {"constant_memory": True, "tmpdir": folder}
        book = Workbook(str(Path(folder, "alone.xlsx")), options)
        text = book.add_format({"num_format": "@"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, bool):
                    sheet.write_boolean(at, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(at, column, value)
                elif isinstance(value, datetime):
                    sheet.write_datetime(at, column, value.replace(tzinfo=None), moment)
                else:
                    sheet.write_string(at, column, str(value), text)
        book.close()


@contextmanager
def _watching(service: Server) -> Iterator[list[float]]:
    """The most memory that a process of the service has had, in the end."""
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            most[0] = max(most[0], service.memory_mb())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    main()
