"""Exports: answers that take longer than a bad line holds, made in the background and kept as a
file, which is fetched in as many pieces as it takes.

What is made is what its owner may see while it is made.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from wildlife.exports.codes import ExportState
from wildlife.lists.subrequests import Address
from wildlife.web.problem_details import ProblemDetail


class NewExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """新建导出。What is to be made."""

    id: UUID
    """编号。UUID, made by who sends it, so that sent twice it is one."""
    address: Address
    """查询地址。The address of a list with all that is asked of it, as
    `/api/v1/releases?protection=sanyou&format=csv`, in a format that comes whole; or of the photos'
    archive, the annual report or a statistic."""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """导出。An answer that is made in the background."""

    id: UUID
    """导出编号（UUID）。Its id, which who asked for it gave it."""
    address: str
    """查询地址。What is asked for."""
    state: ExportState
    """状态。How far it is."""
    bytes: int
    """已生成字节数。How many bytes are made so far; when it is done: how many the file has."""
    rows: int | None
    """已写入条数。How many rows are made so far; null before the first, and of what has none."""
    expected_rows: int | None
    """预计条数。About how many rows there will be; null: that is not known."""
    sha256: str | None
    """校验值。The SHA-256 of the file, in hexadecimal; null until it is done."""
    media_type: str | None
    """文件类型。The media type of the file; null until it is done."""
    url: str | None
    """下载地址。Where the file is fetched, in pieces (`Range`) too; null until it is done."""
    problem: ProblemDetail | None
    """未能完成的原因。Why it could not be made; null unless it failed."""
    asked_at: datetime
    """申请时间。When it was asked for."""
    begun_at: datetime | None
    """开始时间。When it was begun, the last time; null: it waits."""
    finished_at: datetime | None
    """结束时间。When it was done, or failed; null: not yet."""
    expires_at: datetime
    """保留至。When it is taken away, with its file."""


class Exports(msgspec.Struct, frozen=True):
    """本人的导出。One's own, the newest first."""

    items: list[Export]
    """导出。The newest first."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""
