"""Whether this process can take a record: each part it needs, asked for real, and soon."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import asyncpg
import msgspec
import structlog
from anyio import to_thread

from db.connection import Connection
from db.database import Database
from db.grants import find_amiss
from db.identity import ReadOnly
from db.migrations import lacking
from db.pool import UNAVAILABLE
from db.writable import require_writable
from media.files import has_room
from media.store import Store, StoreUnavailable
from media.vault import UnfitKey, Vault
from wildlife.web.problems import FieldError, Problem

log = structlog.get_logger()

# Whoever asks wants to know within a second, whatever hangs.
_WITHIN_S: Final = 0.8

# That all is well holds for so long, however many ask.
_FRESH_S: Final = 1.0


class Readiness(msgspec.Struct, frozen=True):
    """服务就绪状态。What the service needs, and that it is well."""

    status: str = "ok"
    """总体状态。`ok`: the process can take a record."""
    database: str = "ok"
    """数据库。`ok`: it takes a write, and its disk has room for one."""
    tables: str = "ok"
    """数据表。`ok`: they are those of this version, and the service may use them as it has to."""
    key: str = "ok"
    """报告人信息密钥。`ok`: the one that this process seals with is the database's, and lies in its
    file."""
    store: str = "ok"
    """照片存储。`ok`: it answers."""
    disk: str = "ok"
    """磁盘。`ok`: it takes a write and has room, and the folders of what comes in are there."""


class _Unready(Exception):
    """A part can't be used: which, and why, in one word."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(part, reason)
        self.part, self.reason = part, reason


class Checkup:
    """Finds out whether the process is ready, once for all who ask at the same time."""

    def __init__(
        self,
        database: Database,
        store: Store,
        vault: Vault,
        folder: Path,
        *written: Callable[[], None],
    ) -> None:
        """written: what raises OSError where a folder that is written to can't be."""
        self._database = database
        self._store = store
        self._vault = vault
        self._folder = folder
        self._written = written
        self._asked: asyncio.Task[list[FieldError]] | None = None
        self._well_until = 0.0

    async def require_ready(self) -> Readiness:
        """Raises Problem not_ready, which names each part that fails."""
        if failing := await self.failing():
            raise Problem("not_ready", *failing)
        return Readiness()

    async def failing(self) -> list[FieldError]:
        """Each part that fails, and why."""
        now = asyncio.get_running_loop().time()
        if now >= self._well_until and (self._asked is None or self._asked.done()):
            self._asked = asyncio.create_task(self._look())
        assert self._asked is not None
        return await asyncio.shield(self._asked)

    async def _look(self) -> list[FieldError]:
        parts = {
            "database": self._ask_database(),
            "store": self._store.check(),
            "disk": to_thread.run_sync(self._write, abandon_on_cancel=True),
        }
        found = await asyncio.gather(*(_ask(name, answer) for name, answer in parts.items()))
        failing = [one for one in found if one is not None]
        if not failing:
            self._well_until = asyncio.get_running_loop().time() + _FRESH_S
        return failing

    def _write(self) -> None:
        if not has_room(self._folder):
            raise _Unready("disk", "no_room")
        with tempfile.TemporaryFile(dir=self._folder) as file:
            file.write(os.urandom(1))
        for check in self._written:
            check()

    async def _ask_database(self) -> None:
        """That it takes a write, has the tables of this version and lets the service use them, and
        remembers the keys in hand."""
        async with self._database.identifying() as connection:
            await require_writable(connection)
            await _require_own_tables(connection)
            await self._require_own_key(connection)

    async def _require_own_key(self, connection: Connection) -> None:
        """In hand, and in the file: what is sealed with a key that lies nowhere is lost with the
        process."""
        for is_last in (False, True):  # a rotation may go on between the two looks
            remembered = await connection.fetchval(
                "select array(select fingerprint from key_fingerprint)"
            )
            amiss = self._amiss(remembered)
            if amiss is None:
                return
            if is_last:
                raise _Unready("key", amiss)

    def _amiss(self, remembered: list[bytes]) -> str | None:
        """What is wrong with the key, in one word."""
        self._vault.renew()
        try:
            there = self._vault.in_file()
        except FileNotFoundError:
            return "gone"
        except UnfitKey:
            return "changed"
        fits = self._vault.fits(remembered) and there.fits(remembered)
        return None if fits else "changed"


async def _require_own_tables(connection: Connection) -> None:
    """Of those that a later version added it says nothing: this process goes on with its own."""
    try:
        applied = await connection.fetchval("select array(select name from migration)")
    except asyncpg.UndefinedTableError:
        applied = []
    if lacking(applied):
        raise _Unready("tables", "behind")
    gone, refused = await find_amiss(connection)
    if gone or refused:
        log.warning("tables_amiss", gone=gone, refused=refused)
        raise _Unready("tables", "gone" if gone else "not_allowed")


async def _ask(part: str, answer: Awaitable[None]) -> FieldError | None:
    error: Exception | None
    try:
        async with asyncio.timeout(_WITHIN_S):
            await answer
    except TimeoutError:
        reason, error = "no_answer", None
    except _Unready as unready:
        part, reason, error = unready.part, unready.reason, None
    except (ReadOnly, asyncpg.ReadOnlySQLTransactionError) as read_only:
        reason, error = "read_only", read_only
    except asyncpg.DiskFullError as full:
        reason, error = "no_room", full
    except (*UNAVAILABLE, asyncpg.PostgresError, StoreUnavailable, OSError) as unavailable:
        reason, error = "unavailable", unavailable
    else:
        return None
    log.warning("not_ready", code="not_ready", part=part, reason=reason, error=error)
    return FieldError(part, reason)
