"""What is sent together, and what is answered to each."""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from wildlife.sync.codes import SyncOutcome
from wildlife.timeline.entry import Appendable, Opening
from wildlife.timeline.photo import Said
from wildlife.web.problem_details import ProblemDetail
from wildlife.web.read_later import ReadAs
from wildlife.words.values import Digest, IncidentId

MOST_ITEMS: Final = 500

_ABSENT: Any = msgspec.field(default_factory=msgspec.Raw)


class DeclaredPhoto(Said, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """待上传照片。A photo that is on the phone: what is said of it, and by what its bytes are known
    when they come."""

    size: Annotated[int, msgspec.Meta(ge=1, description="How many bytes it has.")]
    """字节数。How many bytes it has."""
    sha256: Digest
    """校验值。The SHA-256 of its bytes."""


class SyncItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """一项内容。One of: an `opening`; an `entry`, with the `incident_id` of whose timeline it is; a
    `photo`. Each as it is sent by itself."""

    incident_id: IncidentId | None = None
    """所属警情。Of an entry: the id of its incident."""
    opening: Annotated[msgspec.Raw, ReadAs(Opening)] = _ABSENT
    """新警情。What opens an incident."""
    entry: Annotated[msgspec.Raw, ReadAs(Appendable)] = _ABSENT
    """时间线记录。An entry of a timeline."""
    photo: Annotated[msgspec.Raw, ReadAs(DeclaredPhoto)] = _ABSENT
    """待上传照片。A photo that is to be sent."""


class SyncBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """离线期间的内容。What was gathered without a network."""

    items: Annotated[
        list[Annotated[msgspec.Raw, ReadAs(SyncItem)]], msgspec.Meta(max_length=MOST_ITEMS)
    ]
    """内容。Up to 500, in any order: an incident is opened before its entries are looked at, and
    they are taken in the order in which they happened."""


class SyncResult(msgspec.Struct, frozen=True, kw_only=True):
    """一项的处理结果。What became of one item."""

    id: UUID | None
    """编号。Of what the item says: the incident's, the entry's, the photo's; null where none can be
    read."""
    incident_id: UUID | None
    """所属警情。Of which incident it is; null where that can't be read."""
    outcome: SyncOutcome
    """处理结果。What became of it."""
    case_number: str | None = None
    """警情编号。The number of the incident that an opening opened."""
    digest: str | None = None
    """校验值。With which the incident's timeline ended behind it; null of what is not on it, and of
    what is told in part."""
    upload: str | None = None
    """上传地址。Where the bytes of a photo go on to be sent (tus)."""
    offset: int | None = None
    """已收字节数。How many of a photo's bytes are here."""
    waits_for: list[UUID] = []
    """等待的编号。What has to be there before it: incidents or entries."""
    problem: ProblemDetail | None = None
    """原因。Why it was not taken, as it would be answered by itself."""


class SyncResults(msgspec.Struct, frozen=True):
    """处理结果。What became of each item."""

    items: list[SyncResult]
    """处理结果。One for each item, in the order of the items."""
