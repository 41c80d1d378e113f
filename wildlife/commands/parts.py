"""The parts that `wildlife check` looks at, each by itself: those of a start, and what may go
wrong while the service runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from db.durability import turned_off
from db.writable import require_writable
from media.files import free_bytes, has_room
from wildlife.commands.data_folder import nearest
from wildlife.commands.holding import held_folder, is_held, is_serving, require_address
from wildlife.commands.start_parts import START_PARTS, Finding, Part, connected
from wildlife.lists.hidden_queries import tells_hidden, unknown_species
from wildlife.people.station_queries import find_station
from wildlife.settings import Settings
from wildlife.words.hidden_places import read_hidden_places
from wildlife.words.speaking import said

_MANY_ADDRESSES: Final = 1 << 16
_BACKUP_OLD: Final = timedelta(days=2)
_VERIFY_OLD: Final = timedelta(days=8)
_CLOCK_OFF_S: Final = 5
_LITTLE_ROOM_BYTES: Final = 2_000_000_000
_NO_ROOM_BYTES: Final = 1_000_000


async def _settings(settings: Settings) -> Finding:
    if not settings.is_on_loopback and settings.trusted_proxy is None:
        return Finding(
            "warning",
            said(
                f"passwords and names come to {settings.host} as they are: let a proxy with TLS"
                " stand in front (deploy/Caddyfile), and name it (WILDLIFE_TRUSTED_PROXY)",
                f"密码和姓名以明文发到 {settings.host}：请在前面设置带 TLS 的代理"
                "（deploy/Caddyfile），并写明其地址（WILDLIFE_TRUSTED_PROXY）",
            ),
        )
    if large := [one for one in settings.trusted_proxies if one.num_addresses > _MANY_ADDRESSES]:
        return Finding(
            "warning",
            said(
                f"whoever is in {large[0]} may say that they come from anywhere: name the proxy"
                " itself (WILDLIFE_TRUSTED_PROXY)",
                f"{large[0]} 中的任何机器都可以冒充任何地址：请写明代理本身的地址"
                "（WILDLIFE_TRUSTED_PROXY）",
            ),
        )
    return Finding("ok", said("read", "已读取"))


async def _address(settings: Settings) -> Finding:
    at = f"{settings.host}:{settings.port}"
    if await is_serving(settings):
        return Finding("ok", said(f"the service answers at {at}", f"服务在 {at} 有响应"))
    if is_held(settings):
        return Finding("fault", held_folder(settings))
    require_address(settings)
    return Finding("ok", said(f"nobody listens at {at}", f"{at} 空闲"))


def not_serving(settings: Settings) -> Finding:
    """Of a service that is meant to run, and does not."""
    at = f"{settings.host}:{settings.port}"
    return Finding(
        "fault",
        said(
            f"nobody answers at {at}: start the service, and look at its log",
            f"{at} 没有服务响应：请启动服务，并查看其日志",
        ),
    )


async def _database(settings: Settings) -> Finding:
    async with connected(settings) as connection:
        await require_writable(connection)
        off = await turned_off(connection)
    if off:
        return Finding("warning", not_durable(off))
    return Finding("ok", said("takes a write", "可以写入"))


def not_durable(off: list[str]) -> str:
    """What is told where these settings of the server are off."""
    return said(
        f"takes a write, but {' and '.join(off)} is off: a power cut takes records that were"
        " answered, or all of them. Turn it on in postgresql.conf, and reload",
        f"可以写入，但 {'、'.join(off)} 已关闭：断电会丢失已答复的记录，甚至损坏整个数据库。"
        "请在 postgresql.conf 中开启并重新加载",
    )


async def _disk(settings: Settings) -> Finding:
    folder = nearest(settings.data_dir)
    free = free_bytes(folder)
    if free is None:
        return Finding(
            "unchecked",
            said(f"the file system of {folder} does not say", f"{folder} 的文件系统不提供该信息"),
        )
    room = said(f"{free // 1_000_000} MB free", f"剩余 {free // 1_000_000} MB")
    if not has_room(folder):
        return Finding("fault", said(f"{room}: make room", f"{room}：请腾出空间"))
    if settings.log_file is not None and (amiss := _disk_of_log(settings.log_file)):
        return amiss
    if free < _LITTLE_ROOM_BYTES:
        return Finding("warning", said(f"{room}: make room soon", f"{room}：请尽快腾出空间"))
    return Finding("ok", room)


def _disk_of_log(file: Path) -> Finding | None:
    """What is amiss with it; a service whose log takes no line goes on all the same."""
    if file.exists() and not file.is_file():  # a pipe, a terminal
        return None
    folder = nearest(file.parent)
    free = free_bytes(folder)
    if free is None or has_room(folder):
        return None
    room = f"{free // 1_000_000} MB"
    return Finding(
        "fault" if free < _NO_ROOM_BYTES else "warning",
        said(
            f"{room} free for the log, in {folder}: make room, or lines of it are lost",
            f"日志所在的 {folder} 剩余 {room}：请腾出空间，否则会丢失日志内容",
        ),
    )


async def _clock(settings: Settings) -> Finding:
    async with connected(settings) as connection:
        before = datetime.now(UTC)
        there = await connection.fetchval("select clock_timestamp()")
        after = datetime.now(UTC)
    off = max((before - there).total_seconds(), (there - after).total_seconds(), 0)
    if off > _CLOCK_OFF_S:
        return Finding(
            "fault",
            said(
                f"{off:.0f} s apart from the database's: set both by one time server",
                f"与数据库时钟相差 {off:.0f} 秒：请让两者与同一时间服务器同步",
            ),
        )
    alone = await _clock_alone(settings)
    if alone.state == "fault":
        return alone
    return Finding("ok", said("as the database's", "与数据库一致"))


async def _clock_alone(settings: Settings) -> Finding:
    """What was written here is no later than now, unless the clock was set back or lost its time.

    The database of the same machine has the same clock, and notices nothing.
    """
    written = [one.stat().st_mtime for one in nearest(settings.data_dir).iterdir()]
    last = datetime.fromtimestamp(max(written, default=0), settings.zone)
    if last > datetime.now(UTC) + timedelta(seconds=_CLOCK_OFF_S):
        told = f"{last:%Y-%m-%d %H:%M:%S}"
        return Finding(
            "fault",
            said(
                f"behind: the data folder was written to at {told}: set it by a time server",
                f"慢了：数据目录在 {told} 有写入：请与时间服务器同步",
            ),
        )
    return Finding(
        "unchecked", said("behind nothing written here", "不早于本机写入的内容，与数据库待核对")
    )


async def _hidden_places(settings: Settings) -> Finding:
    """Whether the rows are those of this setting, and it names what there is."""
    hidden = read_hidden_places(settings.hidden_places)
    async with connected(settings) as connection:
        if await tells_hidden(connection, hidden):
            return Finding(
                "fault",
                said(
                    "officials are told places that WILDLIFE_HIDDEN_PLACES hides: run `wildlife"
                    " rebuild`",
                    "主管部门仍能看到 WILDLIFE_HIDDEN_PLACES 应隐匿的位置：请运行"
                    " `wildlife rebuild`",
                ),
            )
        unknown = await unknown_species(connection, hidden)
    if unknown:
        names = ", ".join(unknown)
        return Finding(
            "warning",
            said(
                f"the register has no species {names}: look at WILDLIFE_HIDDEN_PLACES",
                f"名录中没有物种 {names}：请检查 WILDLIFE_HIDDEN_PLACES",
            ),
        )
    return Finding("ok", settings.hidden_places)


async def _provider(settings: Settings) -> Finding:
    """Whether it answers, and the units are there at which it lets anybody be something."""
    alone = await _provider_alone(settings)
    if settings.provider is None or alone.state == "fault":
        return alone
    async with connected(settings) as connection:
        codes = dict.fromkeys(one.station for one in settings.provider.roles if one.station)
        missing = [code for code in codes if await find_station(connection, code) is None]
    if missing:
        names = ", ".join(missing)
        return Finding(
            "warning",
            said(
                f"there is no unit {names}, which WILDLIFE_OIDC_ROLES names: whose role is there is"
                " not let in. Add it: `wildlife station add`",
                f"没有 WILDLIFE_OIDC_ROLES 中的单位 {names}：角色在该单位的人员不能登录。"
                "请添加：`wildlife station add`",
            ),
        )
    return Finding("ok", alone.says)


async def _provider_alone(settings: Settings) -> Finding:
    if settings.provider is None:
        return Finding("ok", said("none is set up", "未设置"))
    # Both take as long to load as all else.
    from wildlife.people.oidc.provider import open_provider  # noqa: PLC0415
    from wildlife.web.problems import Problem  # noqa: PLC0415

    async with open_provider(settings.provider) as provider:
        assert provider is not None, "there is one"
        try:
            await provider.look()
        except Problem as problem:
            told = said(*problem.reason) if problem.reason else problem.code
            return Finding("fault", f"{settings.provider.issuer}: {told}")
    return Finding(
        "unchecked",
        said(
            f"{settings.provider.issuer} answers and publishes its keys; whether the client, its"
            " secret and WILDLIFE_OIDC_REDIRECT_URL are registered there so, the first sign-in"
            " shows",
            f"{settings.provider.issuer} 有响应并公布了密钥；客户端、密钥和"
            " WILDLIFE_OIDC_REDIRECT_URL 是否与那里登记的一致，首次登录时才能知道",
        ),
    )


async def _backups(settings: Settings) -> Finding:
    marker = settings.backup_mark
    if not marker.exists():
        return Finding(
            "warning",
            said(
                f"none is on record: `wildlife backup DIR`, or back up, then touch {marker}",
                f"没有备份记录：`wildlife backup 文件夹`，或另行备份后 touch {marker}",
            ),
        )
    last = datetime.fromtimestamp(marker.stat().st_mtime, settings.zone)
    told = f"{last:%Y-%m-%d %H:%M}"
    if datetime.now(UTC) - last > _BACKUP_OLD:
        return Finding("warning", said(f"the last one: {told}: back up", f"上次：{told}：请备份"))
    return Finding("ok", told)


async def _verified(settings: Settings) -> Finding:
    marker = settings.verified_mark
    again = said("run `wildlife verify`", "请运行 `wildlife verify`")
    try:
        flaws = int(marker.read_text("ascii"))
    except FileNotFoundError:
        return Finding("warning", said(f"none is on record: {again}", f"没有记录：{again}"))
    except ValueError:
        return Finding(
            "warning", said(f"{marker} can't be read: {again}", f"{marker} 无法读取：{again}")
        )
    last = datetime.fromtimestamp(marker.stat().st_mtime, settings.zone)
    told = f"{last:%Y-%m-%d %H:%M}"
    if flaws:
        return Finding(
            "fault",
            said(
                f"{told}: {flaws} flaws. `wildlife verify` names them: keep the database as it is,"
                " and hold it against the last backup without them",
                f"{told}：{flaws} 处不符。`wildlife verify` 会逐一指出：请保留数据库现状，"
                "与没有不符的最近备份核对",
            ),
        )
    if datetime.now(UTC) - last > _VERIFY_OLD:
        return Finding("warning", said(f"the last one: {told}: {again}", f"上次：{told}：{again}"))
    return Finding("ok", told)


PARTS: Final = {
    "settings": Part("设置", _settings, _settings),
    "address": Part("监听地址", _address, _address),
    "database": Part("数据库", _database),
    **START_PARTS,
    "hidden places": Part("隐匿位置", _hidden_places),
    "identity provider": Part("身份提供方", _provider, _provider_alone),
    "disk": Part("磁盘", _disk, _disk),
    "clock": Part("时钟", _clock, _clock_alone),
    "backups": Part("备份", _backups, _backups),
    "verify": Part("核验", _verified, _verified),
}
