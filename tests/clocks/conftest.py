"""A machine whose clock jumps: the service and its database tell another time from one moment to
the next; what waits does not."""

import time
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from msgspec.structs import replace

from tests.clocks.clock import Clock
from tests.fixtures.database import execute
from wildlife.settings import Settings

_ROOT: Final = Path(__file__).parents[2]
ASKING: Final = [
    ".".join(path.relative_to(_ROOT).with_suffix("").parts)
    for folder in ("wildlife", "db", "media")
    for path in (_ROOT / folder).rglob("*.py")
    if "datetime.now(" in path.read_text("utf-8")
]
"""The modules of ours that ask what time it is."""

# A name that PostgreSQL finds before its own.
_CLOCK = (
    "create schema clock",
    "create table clock.ahead (by interval not null)",
    "insert into clock.ahead values ('0')",
    *(
        f"create function clock.{name}() returns timestamptz {kind} language sql"
        f" return pg_catalog.{name}() + (select by from clock.ahead)"
        for name, kind in (("now", "stable"), ("clock_timestamp", "volatile"))
    ),
    "grant usage on schema clock to public",
    "grant select on clock.ahead to public",
)


@pytest.fixture
async def settings(settings: Settings, database_url: str) -> Settings:
    """Of a service whose database asks that clock."""
    await execute(database_url, *_CLOCK)
    assert settings.database_url is not None
    join = "&" if "?" in settings.database_url else "?"
    path = f"{join}search_path=clock,pg_catalog,public"
    return replace(settings, database_url=settings.database_url + path)


@pytest.fixture
async def clock(
    settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Clock]:
    """That of this machine: of `time.time`, and of all modules that ask `datetime` for it."""
    connection = await asyncpg.connect(database_url)
    clock, seconds = Clock(connection), time.time
    shifted: Callable[[], float] = lambda: seconds() + clock.ahead.total_seconds()  # noqa: E731
    monkeypatch.setattr(time, "time", shifted)
    assert ASKING
    for name in ASKING:
        monkeypatch.setattr(import_module(name), "datetime", clock.as_datetime)
    yield clock
    await connection.close()
