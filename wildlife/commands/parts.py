"""The parts that `wildlife check` looks at, each by itself."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from shutil import disk_usage
from typing import Final, Literal, NamedTuple, TypeAlias

import asyncpg

from db.embedded import require_entry
from db.identity import require_fit
from db.migrations import NewerDatabase, pending
from db.pool import Connection
from db.writable import require_writable
from media.files import has_room
from media.store import open_store
from media.vault import open_vault, remains
from wildlife.commands.data_folder import nearest
from wildlife.commands.running import service_url
from wildlife.informants.keys import name_of, open_fitting_vault
from wildlife.informants.queries import find_fingerprints
from wildlife.settings import Settings
from wildlife.words.speaking import said

State = Literal["ok", "warning", "fault", "unchecked"]

WITHIN_S: Final = 20
"""How long a part may take."""

_BACKUP_OLD: Final = timedelta(days=2)
_CLOCK_OFF_S: Final = 5
_LITTLE_ROOM_BYTES: Final = 2_000_000_000


class Told(NamedTuple):
    """What is told of a part."""

    state: State
    says: str


Look: TypeAlias = Callable[[Settings], Awaitable[Told]]


async def _settings(_: Settings) -> Told:
    return Told("ok", said("read", "已读取"))


async def _folders(settings: Settings) -> Told:
    log_folder = [settings.log_file.parent] if settings.log_file else []
    for folder in (settings.data_dir, *log_folder):
        require_entry(folder)
        if not folder.is_dir():
            return Told(
                "fault",
                said(
                    f"{folder} is not there: name the right one (WILDLIFE_DATA_DIR,"
                    " WILDLIFE_LOG_FILE)",
                    f"{folder} 不存在：请写对（WILDLIFE_DATA_DIR、WILDLIFE_LOG_FILE）",
                ),
            )
        if not os.access(folder, os.W_OK | os.X_OK):
            return Told(
                "fault",
                said(
                    f"nothing can be written to {folder}: look at who may, and at its disk",
                    f"{folder} 不可写入：请检查权限和磁盘",
                ),
            )
    return Told("ok", str(settings.data_dir))


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(service_url(settings), timeout=WITHIN_S / 2)
    try:
        yield connection
    finally:
        await connection.close()


async def _unchecked(_: Settings) -> Told:
    return Told("unchecked", said("not without the database", "须待数据库可用"))


async def _database(settings: Settings) -> Told:
    async with _connected(settings) as connection:
        await require_writable(connection)
    return Told("ok", said("takes a write", "可以写入"))


async def _roles(settings: Settings) -> Told:
    async with _connected(settings) as connection:
        await require_fit(connection, confined=True)
    return Told("ok", said("the service owns nothing", "服务不拥有任何数据表"))


async def _tables(settings: Settings) -> Told:
    try:
        lacking = await pending(service_url(settings))
    except NewerDatabase as newer:
        return Told(
            "fault",
            said(f"of a later version ({newer}): run that one", f"属于更高版本（{newer}）"),
        )
    if lacking:
        names = ", ".join(lacking)
        return Told(
            "fault",
            said(f"{names} missing: `wildlife migrate`", f"缺少 {names}：`wildlife migrate`"),
        )
    return Told("ok", said("of this version", "与本版本一致"))


async def _key(settings: Settings) -> Told:
    async with _connected(settings) as connection:
        if not await find_fingerprints(connection):
            return Told(
                "warning",
                said("none yet: the first start makes it", "尚无密钥：首次启动时生成"),
            )
        vault = await open_fitting_vault(connection, settings.key_path)
    if len(vault.fingerprints) > 1:
        return Told(
            "warning",
            said("being changed: run `wildlife key rotate`", "更换未完：`wildlife key rotate`"),
        )
    if left := remains(settings.key_path):
        names = ", ".join(map(str, left))
        return Told(
            "warning",
            said(
                f"a change that was killed left whole keys: remove {names}",
                f"被强行中止的更换留下了完整的密钥：请删除 {names}",
            ),
        )
    return Told("ok", name_of(vault.fingerprint))


async def _key_alone(settings: Settings) -> Told:
    """Whether there is a key at all; whose it is, only the database knows."""
    where = settings.key_path
    try:
        name = name_of(open_vault(where).fingerprint)
    except FileNotFoundError:
        return Told(
            "warning",
            said(
                f"none at {where}: only a new database has none",
                f"{where} 处没有：只有新数据库才没有密钥",
            ),
        )
    return Told(
        "unchecked", said(f"{name}, if it is the database's", f"{name}，是否属于本数据库待核对")
    )


async def _store(settings: Settings) -> Told:
    await open_store(settings.media_url, settings.media_dir).check()
    return Told("ok", settings.media_url or str(settings.media_dir))


async def _disk(settings: Settings) -> Told:
    folder = nearest(settings.data_dir)
    free = disk_usage(folder).free
    room = said(f"{free // 1_000_000} MB free", f"剩余 {free // 1_000_000} MB")
    if not has_room(folder):
        return Told("fault", said(f"{room}: make room", f"{room}：请腾出空间"))
    if free < _LITTLE_ROOM_BYTES:
        return Told("warning", said(f"{room}: make room soon", f"{room}：请尽快腾出空间"))
    return Told("ok", room)


async def _clock(settings: Settings) -> Told:
    async with _connected(settings) as connection:
        before = datetime.now(UTC)
        there = await connection.fetchval("select clock_timestamp()")
        after = datetime.now(UTC)
    off = max((before - there).total_seconds(), (there - after).total_seconds(), 0)
    if off > _CLOCK_OFF_S:
        return Told(
            "fault",
            said(
                f"{off:.0f} s apart from the database's: set both by one time server",
                f"与数据库时钟相差 {off:.0f} 秒：请让两者与同一时间服务器同步",
            ),
        )
    alone = await _clock_alone(settings)
    if alone.state == "fault":
        return alone
    return Told("ok", said("as the database's", "与数据库一致"))


async def _clock_alone(settings: Settings) -> Told:
    """What was written here is no later than now, unless the clock was set back or lost its time.

    The database of the same machine has the same clock, and notices nothing.
    """
    written = [one.stat().st_mtime for one in nearest(settings.data_dir).iterdir()]
    last = datetime.fromtimestamp(max(written, default=0), settings.zone)
    if last > datetime.now(UTC) + timedelta(seconds=_CLOCK_OFF_S):
        told = f"{last:%Y-%m-%d %H:%M:%S}"
        return Told(
            "fault",
            said(
                f"behind: the data folder was written to at {told}: set it by a time server",
                f"慢了：数据目录在 {told} 有写入：请与时间服务器同步",
            ),
        )
    return Told(
        "unchecked", said("behind nothing written here", "不早于本机写入的内容，与数据库待核对")
    )


async def _backups(settings: Settings) -> Told:
    marker = settings.backup_mark
    if not marker.exists():
        return Told(
            "warning",
            said(
                f"none is on record: back up, then touch {marker}",
                f"没有备份记录：请备份，然后 touch {marker}",
            ),
        )
    last = datetime.fromtimestamp(marker.stat().st_mtime, settings.zone)
    told = f"{last:%Y-%m-%d %H:%M}"
    if datetime.now(UTC) - last > _BACKUP_OLD:
        return Told("warning", said(f"the last one: {told}: back up", f"上次：{told}：请备份"))
    return Told("ok", told)


class Part(NamedTuple):
    """What it is called in Chinese, and how one looks at it: with the database, and without."""

    zh: str
    look: Look
    look_alone: Look


PARTS: Final = {
    "settings": Part("设置", _settings, _settings),
    "folders": Part("目录", _folders, _folders),
    "database": Part("数据库", _database, _unchecked),
    "roles": Part("权限", _roles, _unchecked),
    "tables": Part("数据表", _tables, _unchecked),
    "key": Part("密钥", _key, _key_alone),
    "store": Part("照片库", _store, _store),
    "disk": Part("磁盘", _disk, _disk),
    "clock": Part("时钟", _clock, _clock_alone),
    "backups": Part("备份", _backups, _backups),
}
