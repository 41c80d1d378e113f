"""A streaming replica, for those who only read: how far behind it is, and whether it is used."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, NamedTuple, TypeAlias

import asyncpg

from db.connection import Connection
from db.identity import UnfitConnection
from db.pool import UNAVAILABLE, Pool, Unreachable, may_be_behind
from db.turns import TurnedAway

_EVERY_S: Final = 1
_WITHIN_S: Final = 2

# Positions in the log are told as bytes from its beginning: the driver knows no `pg_lsn`.
_PRIMARY: Final = """
    select (pg_current_wal_lsn() - '0/0')::bigint as position, system_identifier
    from pg_control_system()
"""
_REPLICA: Final = """
    select pg_is_in_recovery() as follows, (pg_last_wal_replay_lsn() - '0/0')::bigint as position,
        system_identifier
    from pg_control_system()
"""


class Standing(NamedTuple):
    """How a replica stands: `used`, or why it is not: `behind`, `away`, or `unfit`."""

    state: str
    behind_s: float | None = None
    """None: farther than anybody remembers, or nobody knows."""


Tell: TypeAlias = Callable[[Standing, Exception | None], None]


class NoReplica(UnfitConnection):
    """What is named as the replica is not one of this database."""


_NO_STANDBY: Final = (
    "It follows no other server: it is a primary itself. Name a standby that streams from the"
    " database in WILDLIFE_DATABASE_URL, or take the setting away.",
    "该服务器不跟随其他服务器：它本身就是主库。请写从 WILDLIFE_DATABASE_URL 中的数据库"
    "流复制的备库，或去掉此项设置。",
)
_ANOTHER: Final = (
    "It follows another server than the database in WILDLIFE_DATABASE_URL: its records are others."
    " Name a standby of that one.",
    "该服务器跟随的不是 WILDLIFE_DATABASE_URL 中的数据库，其中的记录与之不同。请写该数据库的备库。",
)


class Replica:
    """Its connections, and where it stands.

    It is as the primary was at the last moment whose place in the log it has replayed; that moment
    the primary itself was asked for, by the clock of this process: no other clock counts, and a
    primary on which nobody writes leaves nobody behind.
    """

    def __init__(
        self, *, read: Pool, search: Pool, primary: Pool, behind_s: float, tell: Tell
    ) -> None:
        self.read = read
        self.search = search
        self.standing = Standing("away")
        self._primary = primary
        self._most_behind_s = behind_s
        self._tell = tell
        self._positions: deque[tuple[float, int]] = deque()

    def serves(self) -> bool:
        """Whether it answers whom this task asks for."""
        return self.standing.state == "used" and may_be_behind()

    @asynccontextmanager
    async def connection(self, own: Pool, instead: Pool) -> AsyncIterator[Connection]:
        """One of its connections; one of the primary's `instead` where none is to be had."""
        async with AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(own.connection())
            except TurnedAway:
                raise
            except UNAVAILABLE as error:
                self._stand(Standing("away"), error)
                connection = await stack.enter_async_context(instead.connection())
            try:
                yield connection
            except (Unreachable, ConnectionError, asyncpg.PostgresConnectionError) as error:
                self._stand(Standing("away"), error)  # whoever asks again is answered
                raise

    async def follow(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(_WITHIN_S):
                    self._stand(await self.look())
            except UnfitConnection as error:
                self._stand(Standing("unfit"), error)
            except Exception as error:  # whatever it is: who looks no more would trust it for ever
                self._stand(Standing("away"), error)
            await asyncio.sleep(_EVERY_S)

    async def look(self) -> Standing:
        """How it stands now. Raises NoReplica, or what UNAVAILABLE lists."""
        async with self._primary.connection() as connection:
            asked_at = time.monotonic()
            primary = await _told(connection, _PRIMARY)
        async with self.read.connection() as connection:
            replica = await _told(connection, _REPLICA)
        _require_following(replica, primary)
        self._positions.append((asked_at, primary["position"]))
        while len(self._positions) > 1 and self._positions[1][1] <= replica["position"]:
            self._positions.popleft()
        while asked_at - self._positions[0][0] > self._most_behind_s + _EVERY_S:
            self._positions.popleft()
        at, position = self._positions[0]
        if position > replica["position"]:
            return Standing("behind")
        behind_s = asked_at - at
        return Standing("used" if behind_s <= self._most_behind_s else "behind", behind_s)

    def _stand(self, standing: Standing, error: Exception | None = None) -> None:
        was, self.standing = self.standing, standing
        if was.state != standing.state:
            self._tell(standing, error)


async def _told(connection: Connection, statement: str) -> asyncpg.Record:
    found = await connection.fetchrow(statement)
    assert found is not None
    return found


def _require_following(replica: asyncpg.Record, primary: asyncpg.Record) -> None:
    """That one follows the other, as `_REPLICA` and `_PRIMARY` found them. Raises NoReplica."""
    if not replica["follows"]:
        raise NoReplica(*_NO_STANDBY)
    if replica["system_identifier"] != primary["system_identifier"]:
        raise NoReplica(*_ANOTHER)


async def position_of(primary: Connection) -> int:
    """How far its log goes."""
    position: int = (await _told(primary, _PRIMARY))["position"]
    return position


async def has_replayed(replica: Connection, position: int) -> bool:
    """Whether it holds all that the log says up to there."""
    return bool((await _told(replica, _REPLICA))["position"] >= position)


async def require_replica(connection: Connection, primary: Connection) -> None:
    """That the database of one connection follows that of the other. Raises NoReplica."""
    _require_following(await _told(connection, _REPLICA), await _told(primary, _PRIMARY))
