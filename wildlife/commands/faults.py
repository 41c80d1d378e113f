"""What an operator is told of what stops a start: what is wrong, and what to do."""

import errno
from typing import Final

import asyncpg

from wildlife.words.speaking import in_chinese, said

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
}


def unusable_file(error: OSError) -> str:
    """Of a file or folder."""
    if error.filename is None:
        return str(error) or said("no answer", "没有响应")
    if in_chinese():
        why = _IN_CHINESE.get(error.errno or 0, error.strerror)
        return f"{error.filename} 无法使用：{why}。请检查路径、权限和磁盘空间。"
    return (
        f"{error.filename} can't be used: {error.strerror}. Look at its path, who may write there,"
        " and the room on its disk."
    )


def unreachable(name: str, error: Exception) -> str:
    """Of the database that the variable `name` names."""
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
            advice = said(
                "Write it like postgresql://login:password@host:5432/database.",
                "写法如 postgresql://登录名:密码@主机:5432/数据库。",
            )
        case _:
            advice = said(
                f"Look whether it runs, and at host and port in {name}.",
                f"请检查它是否在运行，以及 {name} 中的主机和端口。",
            )
    why = " ".join(str(error).split()) or said("no answer", "没有响应")
    why = why.rstrip(".")
    return said(
        f"The PostgreSQL that {name} names can't be used: {why}. {advice}",
        f"{name} 所指的 PostgreSQL 无法使用（{why}）。{advice}",
    )
