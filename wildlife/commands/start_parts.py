"""What a start needs, each once. `wildlife serve` makes what may be made and then holds every one;
`wildlife check` holds the same and makes nothing: what one refuses, the other says, with the same
sentence."""

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import asyncpg

from db import alone
from db.connection import Connection
from db.embedded import require_entry
from db.identity import require_fit
from db.pool import Unreachable
from db.replica import has_replayed, position_of, require_replica
from media.spool import Spool
from media.store import open_store
from media.vault import open_vault, remains
from wildlife.commands.data_folder import nearest, real
from wildlife.commands.database_faults import unreachable
from wildlife.commands.holding import is_serving
from wildlife.commands.reporting import State
from wildlife.commands.tables import make_tables, require_grants, require_tables, service_url
from wildlife.informants.keys import find_fitting_vault, name_of, open_fitting_vault
from wildlife.photos.belonging import require_own_photos
from wildlife.photos.upload import open_uploads
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.words.speaking import said

WITHIN_S: Final = 20
"""How long it may take to look at one."""


# How often, and for how long, a replica is looked at until it holds what the primary does now.
_LOOKS: Final = 12
_LOOKS_EVERY_S: Final = 0.25


class Finding(NamedTuple):
    """What is told of a part."""

    state: State
    says: str


Look: TypeAlias = Callable[[Settings], Awaitable[Finding]]


async def unchecked(_: Settings) -> Finding:
    """Only the database knows."""
    return Finding("unchecked", said("not without the database", "须待数据库可用"))


async def nothing(_: Settings) -> None:
    """Makes nothing."""


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Connection]:
    """A connection as who the service is."""
    async with alone.connected(service_url(settings), within_s=WITHIN_S / 2) as connection:
        yield connection


async def _policy(settings: Settings) -> Finding:
    read_policy(settings.policy_file)
    return Finding("ok", str(settings.policy_file or said("built in", "内置")))


async def _tables(settings: Settings) -> Finding:
    await require_tables(settings)
    return Finding("ok", said("of this version", "与本版本一致"))


async def _roles(settings: Settings) -> Finding:
    async with connected(settings) as connection:
        await require_fit(connection, confined=True)
        await require_grants(connection)
    return Finding(
        "ok",
        said(
            "the service owns nothing, and may do what it has to",
            "服务不拥有任何数据表，且有所需的权限",
        ),
    )


async def _replica_alone(settings: Settings) -> Finding:
    if settings.read_database_url is None:
        return Finding("ok", said("none is set up", "未设置"))
    return await unchecked(settings)


async def _replica(settings: Settings) -> Finding:
    """One that is away, or far behind, stops nobody: the database itself answers then."""
    if settings.read_database_url is None:
        return await _replica_alone(settings)
    try:
        async with alone.connected(settings.read_database_url, within_s=WITHIN_S / 4) as replica:
            async with connected(settings) as primary:
                await require_replica(replica, primary)
                position = await position_of(primary)
            await require_fit(replica, confined=True, read_only=True)
            for _ in range(_LOOKS):
                if await has_replayed(replica, position):
                    return Finding("ok", said("keeps up", "与主库同步"))
                await asyncio.sleep(_LOOKS_EVERY_S)
    except (OSError, TimeoutError, Unreachable, asyncpg.PostgresError) as error:
        return Finding("warning", unreachable("WILDLIFE_READ_DATABASE_URL", error).message)
    behind_s = _LOOKS * _LOOKS_EVERY_S
    return Finding(
        "warning",
        said(
            f"is more than {behind_s:.0f} s behind: beyond WILDLIFE_READ_DATABASE_BEHIND_S the"
            " database answers everybody. Look at its load, and at what it waits for",
            f"落后超过 {behind_s:.0f} 秒：超过 WILDLIFE_READ_DATABASE_BEHIND_S 后由主库回答所有"
            "请求。请检查其负载和复制状态",
        ),
    )


async def _make_key(settings: Settings) -> None:
    async with connected(settings) as connection:
        await open_fitting_vault(connection, settings.key_path)


async def _key(settings: Settings) -> Finding:
    async with connected(settings) as connection:
        vault = await find_fitting_vault(connection, settings.key_path)
    if vault is None:
        return Finding(
            "warning", said("none yet: the first start makes it", "尚无密钥：首次启动时生成")
        )
    if len(vault.fingerprints) > 1:
        return Finding(
            "warning",
            said("being changed: run `wildlife key rotate`", "更换未完：`wildlife key rotate`"),
        )
    if settings.key_path.stat().st_mode & stat.S_IRWXO:
        return Finding(
            "warning",
            said(
                f"{settings.key_path} is open to everybody on this machine: chmod 600 it",
                f"{settings.key_path} 对本机所有人开放：请 chmod 600",
            ),
        )
    if left := remains(settings.key_path):
        names = ", ".join(map(str, left))
        return Finding(
            "warning",
            said(
                f"a change that was killed left whole keys: remove {names}",
                f"被强行中止的更换留下了完整的密钥：请删除 {names}",
            ),
        )
    return Finding("ok", name_of(vault.fingerprint))


async def _key_alone(settings: Settings) -> Finding:
    """Whether there is a key at all; whose it is, only the database knows."""
    where = settings.key_path
    try:
        name = name_of(open_vault(where).fingerprint)
    except FileNotFoundError:
        return Finding(
            "warning",
            said(
                f"none at {where}: only a new database has none",
                f"{where} 处没有：只有新数据库才没有密钥",
            ),
        )
    return Finding(
        "unchecked", said(f"{name}, if it is the database's", f"{name}，是否属于本数据库待核对")
    )


async def _make_folders(settings: Settings) -> None:
    """After the key: a misspelt folder that is not there is not made."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.log_file is not None:
        with settings.log_file.open("a"):
            pass


async def _folders(settings: Settings) -> Finding:
    require_entry(settings.data_dir)
    folder = nearest(settings.data_dir)
    if folder != real(settings.data_dir) and os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            "warning",
            said(
                f"{settings.data_dir} is not there yet: the first start makes it. Where there was"
                " one, name the right one (WILDLIFE_DATA_DIR).",
                f"{settings.data_dir} 尚不存在：首次启动时创建。若本应存在，请写对"
                "（WILDLIFE_DATA_DIR）。",
            ),
        )
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        return Finding(
            "fault",
            said(
                f"Nothing can be written to {settings.data_dir}: look at who may, and at its disk.",
                f"{settings.data_dir} 不可写入：请检查权限和磁盘。",
            ),
        )
    if settings.log_file is not None:
        _require_appendable(settings.log_file)
    return Finding("ok", str(settings.data_dir))


def _require_appendable(file: Path) -> None:
    """That lines can be added, or the file be made; none is. Raises OSError that names the file."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_APPEND))
    except FileNotFoundError:
        if not file.parent.is_dir():
            raise
        if not os.access(file.parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file)) from None


async def _make_store(settings: Settings) -> None:
    store = open_store(settings.media_url, settings.media_dir)
    await store.prepare()
    Spool(settings.media_dir).prepare()
    open_uploads(settings, store).prepare()


async def _store(settings: Settings) -> Finding:
    try:
        store = open_store(settings.media_url, settings.media_dir)
        await store.check()
        Spool(settings.media_dir).check()
        open_uploads(settings, store).check()
    except FileNotFoundError as error:
        if await is_serving(settings):
            return Finding(
                "fault",
                said(
                    f"{error.filename} is gone, and the service that runs needs it: start it anew,"
                    " which makes it; what lay in it is to be put back from the backup",
                    f"{error.filename} 不见了，而正在运行的服务需要它：重新启动服务即会创建；"
                    "其中原有的内容请从备份中放回",
                ),
            )
        return Finding(
            "warning",
            said(
                f"{error.filename} is not there: the next start makes it",
                f"{error.filename} 不存在：下次启动时创建",
            ),
        )
    return Finding("ok", settings.media_url or str(settings.media_dir))


async def _photos(settings: Settings, *, lost: bool = False) -> Finding:
    store = open_store(settings.media_url, settings.media_dir)
    async with connected(settings) as connection:
        await require_own_photos(connection, store, lost=lost)
    return Finding("ok", said("those of this database", "属于本数据库"))


async def _photos_lost(settings: Settings) -> Finding:
    return await _photos(settings, lost=True)


class Part(NamedTuple):
    """What it is called in Chinese, how one looks at it, with the database and without; what a
    start makes for it before; and how a start looks whose operator knows that it is lost.

    A look raises what `saying_what_is_wrong` has a sentence for, or tells of a fault.
    """

    zh: str
    look: Look
    look_alone: Look = unchecked
    make: Callable[[Settings], Awaitable[None]] = nothing
    look_if_lost: Look | None = None


START_PARTS: Final = {
    "policy": Part("策略", _policy, _policy),
    "tables": Part("数据表", _tables, make=make_tables),
    "roles": Part("权限", _roles),
    "replica": Part("备库", _replica, _replica_alone),
    "key": Part("密钥", _key, _key_alone, make=_make_key),
    "folders": Part("目录", _folders, _folders, make=_make_folders),
    "store": Part("照片库", _store, _store, make=_make_store),
    "photos": Part("照片", _photos, look_if_lost=_photos_lost),
}
"""In the order in which a start holds them."""
