"""What the API takes and answers of what was refused and kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from wildlife.web.problem_details import ProblemDetail
from wildlife.words.values import Text
from wildlife.words.vocabularies import DismissalReason, RefusedOutcome


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """接受登记。That what was refused is to be filed, as it was sent or corrected."""

    corrected: dict[str, Any] | None = None
    """更正后的内容。The whole body as it is to be filed, of the same type and `id`, as it would be
    sent by itself; left out: as it was sent. Whom the body named that was sent stays named where
    this says no `informant`."""


class Dismissal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """不予登记。Why what was refused is put aside."""

    reason: DismissalReason
    """原因。Why it is not filed."""
    note: Text | None = None
    """备注。What is to be known beside that, as under which id it was filed."""


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """处理结果。What a person did with it, which is never undone."""

    outcome: RefusedOutcome
    """处理结果。Whether it was accepted or put aside."""
    settled_at: datetime
    """处理时间。When that was."""
    badge: str
    """处理人警号。Badge number of who did so."""
    name: str
    """处理人姓名。Their name."""
    corrected: bool = False
    """是否经更正。Whether it was accepted corrected."""
    reason: DismissalReason | None = None
    """不予登记的原因。Why it was put aside."""
    note: str | None = None
    """备注。What was said beside that."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """未被接受而留存的内容。A body that was refused, kept for a person to look at.

    Of an opening of a stranger's, who came upon an id that was taken, there is no more to see than
    that it came.
    """

    refused_id: UUID
    """留存编号。By which it is looked at, accepted and put aside; the id of what was sent is
    `entry_id`."""
    incident_id: UUID
    """警情 UUID。The incident that it was sent to, which may not be there yet."""
    entry_id: UUID
    """记录编号。The id that the body named, of an entry or an incident."""
    received_at: datetime
    """系统接收时间。When it arrived, by the service's clock."""
    code: str
    """拒收原因代码。The problem that it was refused with."""
    badge: str | None
    """警号。Badge number of who sent it; null: it is not told."""
    station: str | None
    """单位代码。Code of the station whose it is: of who sent it; null: it is not told."""
    differing: list[str]
    """不一致的字段。In what it differs from what was held under its id."""
    body: dict[str, Any] | None
    """提交内容。What was sent; null where it is a stranger's, or can't be read any more."""
    readable: bool = True
    """是否可读。Whether what is kept is whole; if not, tell the operator."""
    key_lost_at: datetime | None = None
    """密钥登记遗失的时间。Since when the key that opens it is on record as lost; it is kept, and
    can be read again if that is found."""
    settled: Settlement | None = None
    """处理结果。What a person did with it; null: nobody has yet."""


class RefusedCount(msgspec.Struct, frozen=True):
    """留存内容数量。How many of a unit's were refused for the same reason, and wait for somebody to
    look at them."""

    station: str
    """单位代码。Code of the station whose they are."""
    code: str
    """拒收原因代码。The problem that they were refused with; `not_found`, `unknown_entry` and
    `unknown_incident` of what waits for something that was not there."""
    count: int
    """条数。How many there are."""
    oldest_at: datetime
    """最早接收时间。When the first of them arrived, by the service's clock."""


class RefusedCounts(msgspec.Struct, frozen=True):
    """留存内容统计。How much was refused and kept that nobody has settled."""

    items: list[RefusedCount]
    """各单位各原因的数量。By station and reason."""
    total: int
    """总条数。How many these are together."""


class SettledBody(msgspec.Struct, frozen=True, kw_only=True):
    """已处理的留存内容。What came of one of them."""

    refused_id: UUID
    """留存编号。Of what was kept."""
    incident_id: UUID
    """警情 UUID。The incident on whose timeline it is, if it was accepted."""
    entry_id: UUID
    """记录编号。Its id there: of an entry, or of the incident that it opened."""
    settled: Settlement
    """处理结果。What became of it, and by whom."""


class RefusedBody(Refused, frozen=True, kw_only=True):
    """一项留存内容。One of them, with what would be answered now if you accepted it as it is."""

    acceptable: bool | None
    """现在能否接受登记。Whether it could be accepted as it is; null: it is not yours to accept, or
    is settled."""
    problem: ProblemDetail | None
    """现在的原因。Why it could not be, as things stand now; null: it could."""
