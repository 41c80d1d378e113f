"""An incident as it is now, and what it is made of."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from wildlife.people.accounts import NamedOfficer, OfficerRef
from wildlife.people.stations import StationRef
from wildlife.timeline.entry import Call
from wildlife.timeline.photo import ExifFacts, ShownTakenPlace
from wildlife.words.places import ShownPlace
from wildlife.words.vocabularies import (
    ClosingReason,
    IncidentState,
    Owed,
    PhotoFlag,
    RecordFlag,
    Source,
)


class PhotoState(msgspec.Struct, frozen=True):
    """警情中的照片。A photo that shows something of the incident."""

    TELLS_NO_PLACE: ClassVar = ("media_type", "about")

    photo_id: UUID
    """照片编号。The photo's id, which the phone gave it; it is that of its entry, too."""
    sha256: str | None
    """完整性校验值。SHA-256 of the photo's bytes as they came, in lower-case hexadecimal; null
    where its place is hidden from the reader."""
    media_type: str
    """媒体类型。What the bytes are by their own account, as `image/jpeg`."""
    size: int | None
    """文件大小。How many bytes the photo has; null where its place is hidden from the reader."""
    width: int | None
    """宽度。Pixels across, held upright; null where the file's header can't be read."""
    height: int | None
    """高度。Pixels from top to bottom, held upright; null where the header can't be read."""
    received_at: datetime
    """系统接收时间。When it arrived, by the service's clock."""
    taken_at: datetime | None
    """拍摄时间。When it was taken, by the phone's clock."""
    caption: str | None
    """照片说明。What is to be seen, in words."""
    about: str | None
    """拍摄对象。What it shows: `animal:1`, by number or the id of its entry; `site`, `before`,
    `after`, `document`."""
    taken_place: ShownTakenPlace | None = None
    """拍摄位置。Where the phone says that it was when the photo was taken."""
    exif: ExifFacts | None = None
    """照片自带信息。What the file says of itself: hints, never trusted over what was said; for who
    may see originals."""
    flags: list[PhotoFlag] = []
    """照片疑点。Where the photo's own data, what the phone said and the report do not agree; what
    its picture shows (`same_picture`, `incomplete`) `GET …/photos` flags as well."""

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes, of a photo that is not told to anybody yet."""
        assert self.sha256 is not None, "it is left out of what is told alone"
        return self.sha256


class Responsible(msgspec.Struct, frozen=True):
    """责任单位与责任人。Who answers for the incident: a station, and one of its officers unless it
    has yet to say."""

    station: StationRef
    """责任单位。The station, as it was called then."""
    officer: OfficerRef | None
    """责任民警。The officer who answers for it; null: the station has yet to say who."""
    since: datetime | None = None
    """接手时间。When it was handed over to them; null for the station that opened it."""
    until: datetime | None = None
    """移交时间。When they handed it over; null: they are responsible now."""


class Closed(msgspec.Struct, frozen=True):
    """办结情况。When and why the incident was closed."""

    closed_at: datetime
    """办结时间。When it was closed."""
    reason: ClosingReason
    """办结原因。Why it was closed."""
    duplicate_of: UUID | None
    """所重复的警情。The incident that this one was closed as a duplicate of; null: it is none."""
    entry_id: UUID | None = None
    """办结记录编号。The entry that closed it: whoever goes on voids it first."""


class Duplicate(msgspec.Struct, frozen=True):
    """重复登记的警情。An incident that was closed as a duplicate."""

    id: UUID
    """编号。The id of the incident that was closed as a duplicate."""
    case_number: str
    """警情编号。Of the incident that was closed as a duplicate."""


class SameMark(msgspec.Struct, frozen=True):
    """标识相同的其他警情。Another incident in which an animal carries the same ring, chip or
    tag."""

    mark: str
    """标识。Its kind and its number, folded: `ring:a1234`."""
    id: UUID
    """编号。The id of the other incident."""
    case_number: str
    """警情编号。Of the other incident."""


class Missing(msgspec.Struct, frozen=True):
    """待补项。Something that the record still owes, of an animal or of the whole, until a time or
    not."""

    code: Owed
    """待补项目。What the record owes."""
    animal: int | None = None
    """动物序号。The animal that it is about; null: the whole incident."""
    due_at: datetime | None = None
    """补齐期限。Until when, by the operator's policy; null: it has no deadline."""
    entry_id: UUID | None = None
    """时间线记录编号。The entry that it is about: which of several releases, which death; null: no
    single one."""


class Flag(msgspec.Struct, frozen=True):
    """矛盾提示。A contradiction on the record, for a person to look at."""

    code: RecordFlag
    """疑点。What contradicts itself."""
    animal: int | None = None
    """动物序号。The animal that it is about; null: it is about none, or the whole."""
    entry_id: UUID | None = None
    """时间线记录编号。The entry that it is about; null where it is the opening."""


class Incident(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """An incident as it is now: all that follows from its timeline. Each kind adds to it.

    The fold makes it, the incident's row keeps it, the API answers it.
    """

    TELLS_NO_PLACE: ClassVar = ("case_number", "station_region", "officers")

    id: UUID
    """编号。The incident's id, by which it is read."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    state: IncidentState
    """警情状态。How far the incident is."""
    source: Source
    """警情来源。How the station learnt of it."""
    station: StationRef
    """登记单位。The station that opened it, as it was called then."""
    responsible: Responsible
    """责任单位。Who answers for it now."""
    responsible_before: list[Responsible] = []
    """此前责任单位。Those who were responsible before, in their order."""
    opened_by: OfficerRef
    """登记人。Whose account opened it, with name and unit as they were then."""
    found_at: datetime
    """发现时间。When the animal or the hazard was found, which is not when it was reported."""
    received_at: datetime
    """系统接收时间。When it arrived, by the service's clock."""
    place: ShownPlace
    """发现地点。Where it was found."""
    station_region: str
    """单位所在区划代码。Where its station lay: what took place nobody knows where counts to that
    region."""
    summary: str | None
    """简要情况。What happened, in a few sentences."""
    call: Call | None = None
    """接处警情况。How the report came in, and who set out on it; null: nobody said."""
    told_at: datetime | None = None
    """反馈时间。When who reported it was told what came of it; null: not yet."""
    officers: list[str]
    """到场民警警号。Of those who went there, beside the one who reported."""
    officers_named: list[NamedOfficer] | None = None
    """到场民警。Those of `officers` whose badge somebody had, each once; null: nobody looked them
    up, as before 0.2."""
    receipt_number: str | None
    """接收凭证编号。The number of the receipt given to whom handed the animal over."""
    has_informant: bool
    """是否有报告人。Whether it is known who reported; not any more where they were erased."""
    informant_by: UUID | None = None
    """报告人登记记录。The last entry that names who reported, or the incident's own id, of those
    whose informant was not erased; whom, its station reads apart."""
    informants_by: list[UUID] = []
    """报告人登记记录（全部）。All entries that name who reported, in the order in which they
    happened, the incident's own id for its opening; also where they were erased since."""
    photos: list[PhotoState] = []
    """照片。Those that show something of it, voided ones left out."""
    closing: Closed | None = None
    """办结情况。When and why it was closed; null: it is not."""
    flags: list[Flag] = []
    """疑点。Where what was said contradicts itself."""
    duplicates: list[Duplicate] = []
    """重复警情。Those closed as duplicates of it that the reader may see; only where the incident
    itself is asked for."""
    same_marks: list[SameMark] = []
    """同标识警情。Others in which an animal carries the same mark, of those that the reader may see
    the hundred newest."""
    missing: list[Missing] = []
    """待补项。What the record still owes, by the operator's policy."""
    overdue: list[Missing] = []
    """逾期待补项。What is missing and past its time, as of this answer."""
    entries: int = 0
    """记录条数。How many entries its timeline has."""
    digest: str | None = None
    """末条记录摘要值。SHA-256 of the last entry, which names the one before it, and so on to the
    first; null where its places are hidden from the reader."""
    generalized: bool = False
    """位置是否隐匿。Whether its places are hidden from the reader: a point is the middle of a cell
    of 0.1°, `accuracy_m` what it is uncertain by, a region ends at the county, and what people
    wrote is left out, or `…` (Darwin Core `dataGeneralizations`)."""

    @property
    def found_in(self) -> str:
        """The code of the region that the find counts to."""
        return self.place.region_code or self.station_region

    @property
    def duplicate_of(self) -> UUID | None:
        """The other incident that it was closed as a duplicate of."""
        closing = self.closing
        if closing is None or closing.reason is not ClosingReason.DUPLICATE:
            return None
        # Earlier versions took an incident for a duplicate of itself, too.
        return None if closing.duplicate_of == self.id else closing.duplicate_of


FOLD_VERSION = 8
"""What this version makes of a timeline. A row that another version made is folded again: count
this up with any change of what the fold says, or of how it is written."""
