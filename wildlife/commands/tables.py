"""That the database has the tables of this version, and the service may use them."""

from typing import Final

import asyncpg

from db.connection import Connection
from db.grants import SERVICE_LOGIN, find_amiss
from db.migrations import migrate, migrations, pending
from wildlife.commands.faults import OWN_LOGIN
from wildlife.settings import Settings
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said


def service_url(settings: Settings) -> str:
    """The URL that the service signs in with. Raises ValueError where only the owner's is given."""
    if settings.database_url is None:
        raise ValueError(
            said(
                f"WILDLIFE_DATABASE_URL is missing. {OWN_LOGIN.en}",
                f"缺少 WILDLIFE_DATABASE_URL。{OWN_LOGIN.zh}",
            )
        )
    return settings.database_url


def owner_url(settings: Settings) -> str:
    """The URL that tables are made and changed with. Raises ValueError where it is missing."""
    if settings.owner_database_url is None:
        raise ValueError(
            said(
                "WILDLIFE_OWNER_DATABASE_URL is missing: tables are made and changed by the login"
                " that owns them, which the service itself never is.",
                "缺少 WILDLIFE_OWNER_DATABASE_URL：数据表由其所有者的登录建立和更改，服务本身从不是"
                "所有者。",
            )
        )
    return settings.owner_database_url


def require_restored(settings: Settings) -> None:
    """That no restore was begun that has not ended. Raises ValueError with a sentence."""
    if settings.restore_mark.exists():
        raise ValueError(
            said(
                f"A restore into {settings.data_dir} has not ended: run the same `wildlife restore`"
                " again, which goes on with it.",
                f"对 {settings.data_dir} 的恢复尚未完成：请再次运行同一条 `wildlife restore`，"
                "它会继续进行。",
            )
        )


async def make_tables(settings: Settings) -> None:
    """Make the tables, or bring them up to date, where their owner's login is at hand."""
    require_restored(settings)
    service_url(settings)  # before anything is changed
    if settings.owner_database_url is not None:
        await migrate(settings.owner_database_url)


async def require_tables(settings: Settings) -> None:
    """Raises ValueError with a sentence where a table is lacking, the service may not use it, or
    half a restore is there."""
    require_restored(settings)
    if settings.owner_database_url is not None:
        # Before the service signs in: of a private database, its login comes with the tables.
        await require_owners_tables(settings)
    await _require_tables(service_url(settings), _OWNERS_MIGRATE)


async def require_owners_tables(settings: Settings) -> None:
    """The same, for what works as the tables' owner."""
    await _require_tables(owner_url(settings), _MIGRATE)


_MIGRATE: Final = Sentence(
    "`wildlife migrate` or `wildlife serve`", "`wildlife migrate` 或 `wildlife serve`"
)
_OWNERS_MIGRATE: Final = Sentence(
    "`wildlife migrate`, as the login that owns its tables (WILDLIFE_OWNER_DATABASE_URL)",
    "`wildlife migrate`（以数据表所有者登录：WILDLIFE_OWNER_DATABASE_URL）",
)


async def _require_tables(url: str, command: Sentence) -> None:
    """command: what makes the tables, for who has only this login."""
    try:
        lacking = await pending(url)
    except asyncpg.InsufficientPrivilegeError as error:
        raise ValueError(_may_not_use(str(error))) from None
    if not lacking:
        return
    if len(lacking) == len(migrations()):
        raise ValueError(
            said(
                "The database has no tables yet. If it is the right one, make them with"
                f" {command.en}.",
                f"数据库中还没有数据表。如果没有指错数据库，请运行 {command.zh}建立。",
            )
        )
    raise ValueError(
        said(
            f"The database lacks {', '.join(lacking)}. If it is the right one, bring it up to date"
            f" with {command.en}.",
            f"数据库缺少 {'、'.join(lacking)}。如果没有指错数据库，请运行 {command.zh}使之更新。",
        )
    )


def _may_not_use(what: str) -> str:
    return said(
        f"The login of WILDLIFE_DATABASE_URL may not use the tables ({what}). `wildlife migrate`,"
        " as their owner (WILDLIFE_OWNER_DATABASE_URL), grants anew what the service needs; where"
        f" the login is another than {SERVICE_LOGIN}, also: `grant {SERVICE_LOGIN} to …`.",
        f"WILDLIFE_DATABASE_URL 中的登录无权使用数据表（{what}）。请以所有者的身份运行"
        " `wildlife migrate`（WILDLIFE_OWNER_DATABASE_URL），它会重新授予服务所需的权限；登录不是"
        f" {SERVICE_LOGIN} 的，还须执行：`grant {SERVICE_LOGIN} to …`。",
    )


async def require_grants(connection: Connection) -> None:
    """That every table is there, and the service may do with it what it was granted; ValueError
    with a sentence else."""
    gone, refused = await find_amiss(connection)
    if gone:
        names = ", ".join(gone)
        raise ValueError(
            said(
                f"The tables {names} are gone, or have another name: somebody changed the database"
                " by hand. Give them their names back, or restore the last backup.",
                f"数据表 {names} 不见了或已改名：有人手工改动过数据库。"
                "请改回原名，或恢复最近的备份。",
            )
        )
    if refused:
        more = said(f", and {len(refused) - 3} more", f"等 {len(refused)} 项")
        what = ", ".join(refused[:3]) + (more if len(refused) > 3 else "")
        raise ValueError(_may_not_use(what))
