"""What an operator is told of what stops a start: what is wrong, and what to do."""

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg
import click

from db.embedded import CannotRun
from db.identity import ReadOnly, TooMuchPower, UnfitConnection
from db.migrations import NewerDatabase
from db.pool import UNAVAILABLE, Unreachable
from media.store import NoBucket, NoCredentials, NotAllowed, StoreUnavailable, UnfitStore
from media.vault import UnfitKey
from wildlife.timeline.policy import UnfitPolicy
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

_IN_CHINESE: Final = {
    errno.ENOENT: "不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许",
    errno.ENOTDIR: "不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.EROFS: "所在文件系统为只读",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EBUSY: "正被占用",
    errno.ELOOP: "符号链接成环",
    errno.EADDRINUSE: "地址已被占用",
}


# A path that is wrong as it is written.
_WRONG_PATH: Final = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG}


_PATHS: Final = ("WILDLIFE_DATA_DIR", "WILDLIFE_LOG_FILE", "WILDLIFE_POLICY_FILE")


class CalledWrongly(click.ClickException):
    """An argument can't be meant; it is told like any fault."""

    exit_code = 2


class WrongSetting(CalledWrongly):
    """A setting is what is wrong."""


def _of(variable: str) -> type[click.ClickException]:
    """Of what a setting names, or of what lies in the data folder where it is not given."""
    return WrongSetting if os.environ.get(variable) else click.ClickException


def _of_path(error: OSError) -> type[click.ClickException]:
    """A file that is missing in the data folder is no wrong setting; the folder itself is."""
    named = {Path(given) for given in map(os.environ.get, _PATHS) if given}
    if error.errno not in _WRONG_PATH or not isinstance(error.filename, str):
        return click.ClickException
    path = Path(error.filename)
    is_below = error.errno == errno.ENOTDIR and bool(named & {*path.parents})
    return WrongSetting if path in named or is_below else click.ClickException


def why(error: OSError) -> str:
    """What the system says of it, in the operator's language."""
    told = error.strerror or str(error)
    return said(told, _IN_CHINESE.get(error.errno or 0, told))


def unusable_file(error: OSError) -> str:
    """Of a file or folder."""
    if error.filename is None:
        return str(error) or said("no answer", "没有响应")
    return said(
        f"{error.filename} can't be used: {why(error)}. Look at its path, who may write there, and"
        " the room on its disk.",
        f"{error.filename} 无法使用：{why(error)}。请检查路径、权限和磁盘空间。",
    )


def full_disk(folder: Path) -> str:
    """Of the disk of a folder where something new is to be made."""
    return said(
        f"The disk of {folder} is full. Make room there, or keep the data elsewhere"
        " (WILDLIFE_DATA_DIR).",
        f"{folder} 所在的磁盘已满。请腾出空间，或把数据放到别处（WILDLIFE_DATA_DIR）。",
    )


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


def unreachable(name: str, error: Exception) -> click.ClickException:
    """Of the database that the variable `name` names."""
    kind = click.ClickException
    error = _at_bottom(error)
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():  # a wrong password is one, too
            advice = said(
                f"Look at the login and the password in {name}.",
                f"请检查 {name} 中的登录名和密码。",
            )
        case asyncpg.InvalidCatalogNameError():
            advice = said(
                f"Make that database, or name the right one in {name}.",
                f"请创建该数据库，或在 {name} 中写对数据库名。",
            )
        case asyncpg.CannotConnectNowError() | asyncpg.TooManyConnectionsError():
            advice = said("Try again in a moment.", "请稍后再试。")
        case ValueError() | FileNotFoundError():
            kind = WrongSetting
            advice = said(
                "Write it like postgresql://login:password@host:5432/database.",
                "写法如 postgresql://登录名:密码@主机:5432/数据库。",
            )
        case _:
            advice = said(
                f"Look whether it runs, and at host and port in {name}.",
                f"请检查它是否在运行，以及 {name} 中的主机和端口。",
            )
    why = why_silent(error)
    return kind(
        said(
            f"The PostgreSQL that {name} names can't be used: {why.en}. {advice}",
            f"{name} 所指的 PostgreSQL 无法使用（{why.zh}）。{advice}",
        )
    )


def why_silent(error: Exception) -> Sentence:
    """Why a database can't be used. What PostgreSQL itself says is quoted; what the client's parts
    say is for who writes programs."""
    match error := _at_bottom(error):
        case asyncpg.PostgresConnectionError(severity=None):  # the client says it, not the server
            return Sentence("the connection broke off", "连接中断")
        case asyncpg.PostgresError():
            told = " ".join(str(error).split()).rstrip(".")
            return Sentence(f"it says “{told}”", f"它的答复：“{told}”")
        case ConnectionRefusedError():
            return Sentence("nobody listens there", "那里没有服务在监听")
        case socket.gaierror():
            return Sentence("there is no such host", "没有这个主机")
        case ssl.SSLError():
            return Sentence("no trust by TLS", "无法建立可信的 TLS 连接")
        case FileNotFoundError():
            return Sentence("a file that the URL names is not there", "地址中所写的文件不存在")
        case TimeoutError():
            return Sentence("no answer", "没有响应")
        case ValueError():
            return Sentence("that is no URL of a PostgreSQL", "所写的不是 PostgreSQL 的地址")
        case _:
            return Sentence("no connection", "无法连接")


def _at_bottom(error: Exception) -> Exception:
    """What a connection that is not to be had, or broke off, comes from."""
    before = error.__cause__ if isinstance(error, Unreachable) else None
    return before if isinstance(before, Exception) else error


def broke_off(error: Exception) -> str:
    """Of a database that went away, or refused, in the middle of what was done there."""
    why = why_silent(error)
    return said(
        f"The database can't be used any more: {why.en}. Look whether it runs, and at its log; then"
        " do it again: what was under way is not done.",
        f"数据库中途无法使用（{why.zh}）。请检查它是否在运行，并查看其日志，然后重做："
        "正在进行的操作没有完成。",
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
    except UnfitPolicy as error:
        raise WrongSetting(str(error)) from None
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
        raise click.ClickException(
            said(
                f"PostgreSQL has no room: {error}. Make room where it keeps its data; what was"
                " under way is not done, and can be done again.",
                f"PostgreSQL 空间不足：{error}。请在其数据所在处腾出空间；正在进行的操作没有完成，"
                "可以重做。",
            )
        ) from None
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
    except asyncpg.ReadOnlySQLTransactionError:
        raise click.ClickException(said(str(ReadOnly()), ReadOnly().zh)) from None
    except UNAVAILABLE as error:
        raise click.ClickException(broke_off(error)) from None
