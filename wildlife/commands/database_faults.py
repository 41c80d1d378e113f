"""What an operator is told of a PostgreSQL that can't be used: why, and what to do."""

import socket
import ssl
from pathlib import Path

import asyncpg
import click

from db.pool import Unreachable
from wildlife.commands.wrong import WrongSetting
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said


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
        case _ if is_short_of_room(error):
            advice = said(
                "Make room where it keeps its data.",
                "请在其数据所在处腾出空间。",
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


def unusable_private(folder: Path, error: Exception) -> click.ClickException:
    """Of the private database in this folder, which runs."""
    if is_short_of_room(error):
        advice = Sentence("Make room on its disk.", "请在其磁盘上腾出空间。")
    else:
        advice = Sentence(
            "It is there: look at whether it is stopped or the machine overloaded, and at its"
            " server.log.",
            "它已在运行：请检查它是否被暂停、机器是否过载，以及其中的 server.log。",
        )
    why = why_silent(error)
    return click.ClickException(
        said(
            f"The private PostgreSQL on {folder} can't be used: {why.en}. {advice.en}",
            f"{folder} 上的专用 PostgreSQL 无法使用（{why.zh}）。{advice.zh}",
        )
    )


def is_short_of_room(error: Exception) -> bool:
    """Whether a PostgreSQL says that its disk is full, or its memory."""
    return isinstance(_at_bottom(error), asyncpg.DiskFullError | asyncpg.OutOfMemoryError)


def short_of_room(error: Exception) -> str:
    """Of a PostgreSQL that had no room for what was under way."""
    why = why_silent(error)
    return said(
        f"PostgreSQL has no room: {why.en}. Make room where it keeps its data; what was under way"
        " is not done, and can be done again.",
        f"PostgreSQL 空间不足（{why.zh}）。请在其数据所在处腾出空间；正在进行的操作没有完成，"
        "可以重做。",
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
