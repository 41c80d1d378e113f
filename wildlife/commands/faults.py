"""What an operator is told of what stops a start: what is wrong, and what to do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOTDIR
from pathlib import Path
from typing import Final

import asyncpg
import click

from db.embedded import CannotRun
from db.identity import ReadOnly, TooMuchPower, UnfitConnection
from db.migrations import NewerDatabase
from db.pool import UNAVAILABLE
from media.store import NoBucket, NoCredentials, NotAllowed, StoreUnavailable, UnfitStore
from media.vault import UnfitKey
from wildlife.commands.database_faults import broke_off, short_of_room
from wildlife.commands.file_faults import is_wrong_path, unusable_file
from wildlife.commands.wrong import CalledWrongly, WrongSetting
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said
from wildlife.words.values import UnfitValue

OWN_LOGIN: Final = Sentence(
    "WILDLIFE_DATABASE_URL is for a login that owns nothing: give wildlife_service a password"
    " (`alter role wildlife_service login password '…'`) and name it there. The owner goes into"
    " WILDLIFE_OWNER_DATABASE_URL, which `wildlife migrate` uses.",
    "WILDLIFE_DATABASE_URL 中应写一个不拥有任何数据表的登录：请为 wildlife_service 设密码"
    "（`alter role wildlife_service login password '…'`）并写在那里。所有者写在"
    " WILDLIFE_OWNER_DATABASE_URL 中，供 `wildlife migrate` 使用。",
)

_PATHS: Final = ("WILDLIFE_DATA_DIR", "WILDLIFE_LOG_FILE", "WILDLIFE_POLICY_FILE")


def _of(variable: str) -> type[click.ClickException]:
    """Of what a setting names, or of what lies in the data folder where it is not given."""
    return WrongSetting if os.environ.get(variable) else click.ClickException


def _of_path(error: OSError) -> type[click.ClickException]:
    """A file that is missing in the data folder is no wrong setting; the folder itself is."""
    named = {Path(given) for given in map(os.environ.get, _PATHS) if given}
    if not is_wrong_path(error) or not isinstance(error.filename, str):
        return click.ClickException
    path = Path(error.filename)
    is_below = error.errno == ENOTDIR and bool(named & {*path.parents})
    return WrongSetting if path in named or is_below else click.ClickException


def unusable_store(error: StoreUnavailable) -> str:
    """Of the place where photos are kept."""
    match error:
        case NoBucket():
            return said(
                f"{str(error).capitalize()}. Make it, or name the right one in WILDLIFE_MEDIA_URL.",
                f"照片存储中没有这个存储桶（{error}）。请创建它，或在 WILDLIFE_MEDIA_URL 中写对。",
            )
        case NoCredentials():
            return said(
                "The photo store wants to know who asks: set AWS_ACCESS_KEY_ID and"
                " AWS_SECRET_ACCESS_KEY. Without them the machine is asked for an identity of its"
                f" own, and has none ({error}).",
                "访问照片存储需要凭据：请设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY。"
                f"没有设置时使用本机自身的身份，而本机没有（{error}）。",
            )
        case NotAllowed():
            return said(
                f"The photo store refuses the credentials ({error}). Look at AWS_ACCESS_KEY_ID and"
                " AWS_SECRET_ACCESS_KEY, and at what they may do in that bucket.",
                f"照片存储不接受所给的凭据（{error}）。请检查 AWS_ACCESS_KEY_ID 和"
                " AWS_SECRET_ACCESS_KEY，以及它们在该存储桶中的权限。",
            )
    return said(
        f"The photo store can't be used ({error}). Look at WILDLIFE_MEDIA_URL and AWS_ENDPOINT_URL,"
        " or for a local one at media in WILDLIFE_DATA_DIR.",
        f"无法使用照片存储（{error}）。请检查 WILDLIFE_MEDIA_URL 和 AWS_ENDPOINT_URL，"
        "本地存储则检查 WILDLIFE_DATA_DIR 中的 media。",
    )


@contextmanager
def saying_what_is_wrong() -> Iterator[None]:
    """Turn what an operator can put right into a sentence and exit status 1; 2 where a setting or
    an argument is what is wrong."""
    try:
        yield
    except TooMuchPower as error:
        raise click.ClickException(
            said(f"{error} {OWN_LOGIN.en}", f"{error.zh}{OWN_LOGIN.zh}")
        ) from None
    except NewerDatabase as newer:
        raise click.ClickException(
            said(
                f"A later version of this program has changed the tables ({newer}). Run that one,"
                " or restore the backup that was made before; nothing was changed.",
                f"数据表已被更高版本的程序修改（{newer}）。请运行那个版本，或恢复升级之前的备份；"
                "未作任何改动。",
            )
        ) from None
    except BrokenPipeError:
        raise  # nobody takes what it says any more
    except OSError as error:
        raise _of_path(error)(unusable_file(error)) from None
    except UnfitKey as error:
        raise _of("WILDLIFE_KEY_FILE")(said(str(error), error.zh)) from None
    except UnfitStore as error:
        raise WrongSetting(said(str(error), error.zh)) from None
    except StoreUnavailable as error:
        raise click.ClickException(unusable_store(error)) from None
    except (CannotRun, UnfitConnection) as error:
        raise click.ClickException(said(str(error), error.zh)) from None
    except UnfitValue as error:
        raise CalledWrongly(str(error)) from None
    except (LookupError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    except (asyncpg.DiskFullError, asyncpg.OutOfMemoryError) as error:
        raise click.ClickException(short_of_room(error)) from None
    except (
        asyncpg.InsufficientPrivilegeError,
        asyncpg.InvalidAuthorizationSpecificationError,
    ) as error:
        raise click.ClickException(
            said(
                f"The database does not allow it: {error}. Look at the login in"
                " WILDLIFE_DATABASE_URL, or of who owns the database in"
                " WILDLIFE_OWNER_DATABASE_URL: with that one `wildlife migrate` makes the tables,"
                " and grants anew what the service needs.",
                f"数据库不允许：{error}。请检查 WILDLIFE_DATABASE_URL 中的登录，或"
                " WILDLIFE_OWNER_DATABASE_URL 中数据库所有者的登录：以后者运行 `wildlife migrate`"
                " 会建立数据表，并重新授予服务所需的权限。",
            )
        ) from None
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError) as error:
        raise click.ClickException(
            said(
                f"A part of the database is gone: {error}. Somebody took it away: keep the database"
                " as it is, and restore the last backup elsewhere.",
                f"数据库有缺失（{error}），可能被人删除：请保留数据库现状，并在别处恢复最近的备份。",
            )
        ) from None
    except asyncpg.ReadOnlySQLTransactionError:
        raise click.ClickException(said(str(ReadOnly()), ReadOnly().zh)) from None
    except UNAVAILABLE as error:
        raise click.ClickException(broke_off(error)) from None
