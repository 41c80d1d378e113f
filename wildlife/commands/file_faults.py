"""What an operator is told of a file or folder that can't be used: why, and what to do."""

import errno
from pathlib import Path
from typing import Final, NamedTuple

from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said

_PATH: Final = Sentence("Look at its path, and at what lies there.", "请检查路径，以及该处是什么。")
_WHO: Final = Sentence("Look at who may read and write there.", "请检查谁可以在那里读写。")
_ROOM: Final = Sentence(
    "Make room on its disk, or choose another place.", "请在其磁盘上腾出空间，或另选位置。"
)
_READ_ONLY: Final = Sentence(
    "Let its file system take writes (one with errors takes none any more: see dmesg), or choose"
    " another place.",
    "请让该文件系统可以写入（出错的文件系统会变为只读，见 dmesg），或另选位置。",
)
_DEVICE: Final = Sentence(
    "Look at the disk, or the network it is reached by (dmesg).",
    "请检查磁盘，或通往它的网络（dmesg）。",
)
_ANOTHER: Final = Sentence(
    "Its file system can't do that: choose another place.", "其文件系统不支持：请另选位置。"
)
_IN_USE: Final = Sentence("End what uses it, and do it again.", "请停止占用它的程序，然后重做。")
_LIMITS: Final = Sentence(
    "Let programs open more files (ulimit -n, LimitNOFILE).",
    "请调高可打开文件数的上限（ulimit -n、LimitNOFILE）。",
)
_MEMORY: Final = Sentence("Free some memory, and do it again.", "请释放内存，然后重做。")
_ANY: Final = Sentence(
    "Look at its path, who may write there, and the room on its disk.",
    "请检查路径、权限和磁盘空间。",
)


class _Reason(NamedTuple):
    """What the system says, in Chinese; and what to do."""

    zh: str
    advice: Sentence


# Of all that open, mkdir, read, write, fsync, link, rename, unlink and flock may say (Linux).
_REASONS: Final = {
    errno.ENOENT: _Reason("不存在", _PATH),
    errno.ENOTDIR: _Reason("不是文件夹", _PATH),
    errno.EISDIR: _Reason("是文件夹，不是文件", _PATH),
    errno.EEXIST: _Reason("已存在", _PATH),
    errno.ENOTEMPTY: _Reason("文件夹不为空", _PATH),
    errno.ELOOP: _Reason("符号链接成环", _PATH),
    errno.ENAMETOOLONG: _Reason("名称过长", _PATH),
    errno.EILSEQ: _Reason("名称中有其文件系统不接受的字符", _PATH),
    errno.EACCES: _Reason("没有权限", _WHO),
    errno.EPERM: _Reason("不允许", _WHO),
    errno.ENOSPC: _Reason("磁盘已满", _ROOM),
    errno.EDQUOT: _Reason("超出磁盘配额", _ROOM),
    errno.EFBIG: _Reason("文件过大", _ROOM),
    errno.EMLINK: _Reason("链接过多", _ROOM),
    errno.EROFS: _Reason("所在文件系统为只读", _READ_ONLY),
    errno.EINVAL: _Reason("其文件系统不接受", _ANOTHER),
    errno.EOPNOTSUPP: _Reason("其文件系统不支持", _ANOTHER),
    errno.ENOSYS: _Reason("其文件系统没有此功能", _ANOTHER),
    errno.EXDEV: _Reason("在另一个文件系统上", _ANOTHER),
    errno.EOVERFLOW: _Reason("数值过大", _ANOTHER),
    errno.ENOLCK: _Reason("其文件系统无法加锁", _ANOTHER),
    errno.EBUSY: _Reason("正被占用", _IN_USE),
    errno.ETXTBSY: _Reason("程序文件正在使用", _IN_USE),
    errno.EAGAIN: _Reason("暂时不可用", _IN_USE),
    errno.EDEADLK: _Reason("互相等待", _IN_USE),
    errno.EMFILE: _Reason("打开的文件过多", _LIMITS),
    errno.ENFILE: _Reason("本机打开的文件过多", _LIMITS),
    errno.ENOMEM: _Reason("内存不足", _MEMORY),
    errno.EIO: _Reason("读写出错", _DEVICE),
    errno.EUCLEAN: _Reason("文件系统已损坏", _DEVICE),
    errno.ENODEV: _Reason("没有该设备", _DEVICE),
    errno.ENXIO: _Reason("没有该设备", _DEVICE),
    errno.ESTALE: _Reason("网络文件系统上的文件已失效", _DEVICE),
    errno.ETIMEDOUT: _Reason("没有响应", _DEVICE),
    errno.ENOTCONN: _Reason("文件系统未连接", _DEVICE),
    errno.EHOSTDOWN: _Reason("主机没有响应", _DEVICE),
    errno.EREMOTEIO: _Reason("远端读写出错", _DEVICE),
}


def is_wrong_path(error: OSError) -> bool:
    """Whether the path itself is wrong, as it is written."""
    reason = _REASONS.get(error.errno or 0)
    return reason is not None and reason.advice is _PATH


def unusable_file(error: OSError) -> str:
    """Of a file or folder; or of what has no name, where the error tells none."""
    if error.filename is None and error.errno not in _REASONS:  # of no file, as of an address
        return str(error) or said("no answer", "没有响应")
    en, zh = (f"{error.filename}", f"{error.filename} ") if error.filename else ("A file", "有文件")
    says = error.strerror or said("no answer", "没有响应")
    reason = _REASONS.get(error.errno or 0, _Reason(says, _ANY))
    return said(
        f"{en} can't be used: {says}. {reason.advice.en}",
        f"{zh}无法使用：{reason.zh}。{reason.advice.zh}",
    )


def full_disk(folder: Path) -> str:
    """Of the disk of a folder where something new is to be made."""
    return said(
        f"The disk of {folder} is full. Make room there, or keep the data elsewhere"
        " (WILDLIFE_DATA_DIR).",
        f"{folder} 所在的磁盘已满。请腾出空间，或把数据放到别处（WILDLIFE_DATA_DIR）。",
    )
