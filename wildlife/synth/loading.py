"""Writing what was invented: all of it or nothing, in one transaction."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from typing import Final, NamedTuple

from db.alone import connected
from db.codecs import set_codecs
from db.connection import Connection
from wildlife.kinds import KINDS
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.passwords import hash_password
from wildlife.synth import queries
from wildlife.synth.copying import Layout, columns_written
from wildlife.synth.making import Made, Maker
from wildlife.synth.planning import Piece, pieces
from wildlife.synth.story import Setting
from wildlife.synth.units import units_of
from wildlife.timeline.policy import Policy
from wildlife.timeline.row_queries import columns_of_rows
from wildlife.words.speaking import said
from wildlife.workers import working

_MOST_TEMPLATES: Final = 64
_FEW: Final = 10_000
"""For fewer no process is begun, which takes as long as they do; whole timelines take ten times as
long each."""


class Wanted(NamedTuple):
    """What is asked for."""

    releases: int
    hazards: int
    begins: date
    ends: date
    """The last day."""
    seed: int
    with_timelines: bool
    processes: int


class Loaded(NamedTuple):
    """What was written, and how long it took."""

    incidents: int
    rows_s: float
    indexes_s: float


async def load(
    url: str,
    wanted: Wanted,
    zone: tzinfo,
    policy: Policy,
    tell: Callable[[int, int], None],
) -> Loaded:
    """Fill the database at `url`, as who owns its tables.

    tell: is told of how many of the releases are written after so many seconds. Raises ValueError
    where the database holds any record, unit or account.
    """
    async with connected(url) as connection:
        await set_codecs(connection, zone)
        async with connection.transaction():
            await queries.lock_records(connection)
            await _require_nothing(connection)
            setting = Setting(
                seed=wanted.seed,
                zone=zone,
                until=datetime.combine(wanted.ends + timedelta(days=1), datetime.min.time(), zone),
                register=await queries.read_register(connection),
                policy=policy,
            )
            changes = await queries.protection_changes(connection)
            planned = pieces(wanted.releases, wanted.hazards, wanted.begins, wanted.ends, changes)
            units = units_of(wanted.seed)
            password_hash = hash_password(
                DEMO_PASSWORD, *(one.badge for one in units.accounts), demo=True
            )
            await queries.add_units(connection, units, password_hash)
            await queries.empty_records(connection)
            indexes = await queries.take_indexes(connection)
            started = time.monotonic()
            incidents = await _write(connection, wanted, setting, planned, tell)
            await queries.put_into_ledger(connection)
            written = time.monotonic()
            for definition in indexes:
                await queries.put_index(connection, definition)
            await queries.analyze(connection)
            return Loaded(incidents, written - started, time.monotonic() - written)


async def _require_nothing(connection: Connection) -> None:
    in_use = await queries.tables_in_use(connection)
    if in_use:
        names = ", ".join(in_use[:5])
        raise ValueError(
            said(
                f"This database is in use ({names}): what is invented is never mixed with a record,"
                " nor with what was invented before. Give it a folder of its own"
                " (WILDLIFE_DATA_DIR=./synth, without WILDLIFE_DATABASE_URL), or name a new, empty"
                " database. Nothing was changed.",
                f"本数据库已在使用（{names}）：虚构的数据不与任何记录混在一起，"
                "也不与此前虚构的数据混在一起。请另设目录（WILDLIFE_DATA_DIR=./synth，"
                "不设 WILDLIFE_DATABASE_URL），或指明一个新建的空数据库。未作任何改动。",
            )
        )


async def _write(
    connection: Connection,
    wanted: Wanted,
    setting: Setting,
    planned: Sequence[Piece],
    tell: Callable[[int, int], None],
) -> int:
    """Write all pieces in their order; how many incidents they are."""
    columns = columns_written(columns_of_rows(KINDS))
    layout = await queries.column_types(connection, columns)
    incidents = releases = 0
    started = time.monotonic()
    async with _made(wanted, setting, layout, planned) as made:
        async for one in made:
            for table, lines in one.lines.items():
                await queries.copy_lines(connection, table, columns[table], lines)
            await queries.add_counters(connection, one.counters)
            incidents += one.incidents
            releases += one.releases
            tell(releases, int(time.monotonic() - started))
    return incidents


@asynccontextmanager
async def _made(
    wanted: Wanted, setting: Setting, layout: Layout, planned: Sequence[Piece]
) -> AsyncIterator[AsyncIterator[Made]]:
    """What is made, by as many processes as are worth it."""
    templates = max(4, min(_MOST_TEMPLATES, wanted.releases // 1000))
    make = partial(
        _maker, setting, layout, with_timelines=wanted.with_timelines, templates=templates
    )
    work = (wanted.releases + wanted.hazards) * (10 if wanted.with_timelines else 1)
    processes = min(wanted.processes, len(planned))
    if processes == 1 or work < _FEW:
        yield _one_by_one(make(), planned)
        return
    with working(make, processes) as workers:
        yield workers.all(planned)


def _maker(
    setting: Setting, layout: Layout, *, with_timelines: bool, templates: int
) -> Callable[[Piece], Made]:
    return Maker(setting, layout, with_timelines=with_timelines, templates=templates).make


async def _one_by_one(
    make: Callable[[Piece], Made], planned: Sequence[Piece]
) -> AsyncIterator[Made]:
    for piece in planned:
        yield await asyncio.to_thread(make, piece)
