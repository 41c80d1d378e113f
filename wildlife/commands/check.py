"""`wildlife check`: whether all is as it should be, a line for each part."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from shutil import disk_usage
from typing import Final, Literal

import asyncpg
import click
import msgspec

from db.identity import require_fit
from db.migrations import NewerDatabase, pending
from db.pool import Connection
from media.files import has_room
from media.store import StoreUnavailable, open_store
from wildlife.commands.running import load_settings, running_database, say, service_url
from wildlife.commands.showing import json_option, say_json
from wildlife.informants.keys import name_of, open_fitting_vault
from wildlife.informants.queries import find_fingerprints
from wildlife.settings import Settings
from wildlife.words.speaking import said

State = Literal["ok", "warning", "fault"]

_BACKUP_OLD: Final = timedelta(days=2)
_CLOCK_OFF_S: Final = 5
_LITTLE_ROOM_BYTES: Final = 2_000_000_000
_WITHIN_S: Final = 20


class Finding(msgspec.Struct, frozen=True):
    """How a part is, and what to do where that is not well."""

    part: str
    state: State
    says: str


@click.command()
@json_option
def check(as_json: bool) -> None:
    """Say in one go whether the service is as it should be; exit status 1 where there is a fault.

    Settings, the login's rights, tables, key, photo store, disk, clock and backups: each is ok, a
    warning, or a fault with what to do. Changes nothing; the service may run meanwhile.
    """
    with running_database(load_settings(), begins=False) as settings:
        findings = asyncio.run(_look(settings))
    if as_json:
        say_json(findings)
    else:
        for one in findings:
            state = {
                "ok": said("ok", "正常"),
                "warning": said("warning", "警告"),
                "fault": said("fault", "故障"),
            }[one.state]
            say(f"{one.part}\t{state}\t{one.says}")
    if any(one.state == "fault" for one in findings):
        raise SystemExit(1)


async def _look(settings: Settings) -> list[Finding]:
    parts: dict[str, Callable[[Settings], Awaitable[Finding]]] = {
        "roles": _roles,
        "tables": _tables,
        "key": _key,
        "store": _store,
        "disk": _disk,
        "clock": _clock,
        "backups": _backups,
    }
    findings = [Finding("settings", "ok", said("read", "已读取"))]
    for name, part in parts.items():
        try:
            async with asyncio.timeout(_WITHIN_S):
                findings.append(await part(settings))
        except TimeoutError:
            findings.append(Finding(name, "fault", said("no answer", "没有响应")))
        except Exception as error:
            findings.append(Finding(name, "fault", " ".join(str(error).split())))
    return findings


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(service_url(settings), timeout=_WITHIN_S / 2)
    try:
        yield connection
    finally:
        await connection.close()


async def _roles(settings: Settings) -> Finding:
    async with _connected(settings) as connection:
        await require_fit(connection, confined=True)
    return Finding("roles", "ok", said("the service owns nothing", "服务不拥有任何数据表"))


async def _tables(settings: Settings) -> Finding:
    try:
        lacking = await pending(service_url(settings))
    except NewerDatabase as newer:
        return Finding(
            "tables",
            "fault",
            said(f"of a later version ({newer}): run that one", f"属于更高版本（{newer}）"),
        )
    if lacking:
        names = ", ".join(lacking)
        return Finding(
            "tables",
            "fault",
            said(f"{names} missing: `wildlife migrate`", f"缺少 {names}：`wildlife migrate`"),
        )
    return Finding("tables", "ok", said("of this version", "与本版本一致"))


async def _key(settings: Settings) -> Finding:
    async with _connected(settings) as connection:
        if not await find_fingerprints(connection):
            return Finding(
                "key",
                "warning",
                said("none yet: the first start makes it", "尚无密钥：首次启动时生成"),
            )
        vault = await open_fitting_vault(connection, settings.key_path)
    if len(vault.fingerprints) > 1:
        return Finding(
            "key",
            "warning",
            said("being changed: run `wildlife key rotate`", "更换未完：`wildlife key rotate`"),
        )
    return Finding("key", "ok", name_of(vault.fingerprint))


async def _store(settings: Settings) -> Finding:
    try:
        await open_store(settings.media_url, settings.media_dir).check()
    except StoreUnavailable as error:
        return Finding("store", "fault", said(f"{error}", f"无法使用：{error}"))
    where = settings.media_url or str(settings.media_dir)
    return Finding("store", "ok", where)


async def _disk(settings: Settings) -> Finding:
    free = disk_usage(settings.data_dir).free
    room = said(f"{free // 1_000_000} MB free", f"剩余 {free // 1_000_000} MB")
    if not has_room(settings.data_dir):
        return Finding("disk", "fault", said(f"{room}: make room", f"{room}：请腾出空间"))
    if free < _LITTLE_ROOM_BYTES:
        return Finding("disk", "warning", said(f"{room}: make room soon", f"{room}：请腾出空间"))
    return Finding("disk", "ok", room)


async def _clock(settings: Settings) -> Finding:
    async with _connected(settings) as connection:
        before = datetime.now(UTC)
        there = await connection.fetchval("select clock_timestamp()")
        after = datetime.now(UTC)
    off = max((before - there).total_seconds(), (there - after).total_seconds(), 0)
    if off > _CLOCK_OFF_S:
        return Finding(
            "clock",
            "fault",
            said(
                f"{off:.0f} s apart from the database's: set both by one time server",
                f"与数据库时钟相差 {off:.0f} 秒：请让两者与同一时间服务器同步",
            ),
        )
    return Finding("clock", "ok", said("as the database's", "与数据库一致"))


async def _backups(settings: Settings) -> Finding:
    marker = settings.backup_mark
    if not marker.exists():
        return Finding(
            "backups",
            "warning",
            said(
                f"none is on record: back up, then touch {marker}",
                f"没有备份记录：请备份，然后 touch {marker}",
            ),
        )
    last = datetime.fromtimestamp(marker.stat().st_mtime, settings.zone)
    told = f"{last:%Y-%m-%d %H:%M}"
    if datetime.now(UTC) - last > _BACKUP_OLD:
        return Finding(
            "backups", "warning", said(f"the last one: {told}: back up", f"上次：{told}：请备份")
        )
    return Finding("backups", "ok", told)
