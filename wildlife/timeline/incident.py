"""An incident as it is now, and what it is made of."""

from datetime import datetime
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
    """A photo that shows something of the incident."""

    photo_id: UUID
    sha256: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    received_at: datetime
    taken_at: datetime | None
    caption: str | None
    about: str | None
    taken_place: ShownTakenPlace | None = None
    """Where the phone says that it was taken."""
    exif: ExifFacts | None = None
    """What the photo says of itself."""
    flags: list[PhotoFlag] = []
    """Where these do not agree with each other and the report. What comes of looking at its
    picture, and at those of other incidents, `GET …/photos` flags as well."""


class Responsible(msgspec.Struct, frozen=True):
    """Who answers for the incident: a station, and one of its officers unless it has yet to say."""

    station: StationRef
    officer: OfficerRef | None
    since: datetime | None = None
    """When it was handed over to them; none for the station that opened it."""
    until: datetime | None = None
    """When they handed it over."""


class Closed(msgspec.Struct, frozen=True):
    """When and why the incident was closed."""

    closed_at: datetime
    reason: ClosingReason
    duplicate_of: UUID | None


class Duplicate(msgspec.Struct, frozen=True):
    """An incident that was closed as a duplicate."""

    id: UUID
    case_number: str


class SameMark(msgspec.Struct, frozen=True):
    """Another incident in which an animal carries the same ring, chip or tag."""

    mark: str
    """Its kind and its number, folded: `ring:a1234`."""
    id: UUID
    case_number: str


class Missing(msgspec.Struct, frozen=True):
    """Something that the record still owes, of an animal or of the whole, until a time or not."""

    code: Owed
    animal: int | None = None
    due_at: datetime | None = None
    entry_id: UUID | None = None
    """The entry that it is about: which of several releases, which death."""


class Flag(msgspec.Struct, frozen=True):
    """A contradiction on the record, for a person to look at."""

    code: RecordFlag
    animal: int | None = None
    entry_id: UUID | None = None
    """The entry that it is about; none where it is the opening."""


class Incident(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """An incident as it is now: all that follows from its timeline. Each kind adds to it.

    The fold makes it, the incident's row keeps it, the API answers it.
    """

    id: UUID
    case_number: str
    state: IncidentState
    source: Source
    station: StationRef
    responsible: Responsible
    responsible_before: list[Responsible] = []
    """Those who were responsible before, in their order."""
    opened_by: OfficerRef
    found_at: datetime
    received_at: datetime
    place: ShownPlace
    station_region: str
    """The code of the region in which its station lies: what took place nobody knows where counts
    to it."""
    summary: str | None
    call: Call | None = None
    told_at: datetime | None = None
    """When who reported it was told what came of it."""
    officers: list[str]
    officers_named: list[NamedOfficer] | None = None
    """Who they are: those whose badge somebody had, each once. Null where nobody looked them up, as
    before 0.2."""
    receipt_number: str | None
    has_informant: bool
    """Whether it is known who reported; not any more where they were erased."""
    informant_by: UUID | None = None
    """The entry that names who reported, the last that does; the incident's own id for its opening.
    Whom it names is told to the station that is responsible."""
    photos: list[PhotoState] = []
    closing: Closed | None = None
    flags: list[Flag] = []
    """Where what was said contradicts itself."""
    duplicates: list[Duplicate] = []
    """Those that were closed as duplicates of it and that the reader may see; said when it is asked
    for."""
    same_marks: list[SameMark] = []
    """Other incidents of the same animals by their marks, that the reader may see, at most the
    hundred newest; said when it is asked for."""
    missing: list[Missing] = []
    overdue: list[Missing] = []
    """What is missing and past its time; said when it is asked for."""
    entries: int = 0
    """How many entries its timeline has."""
    digest: str = ""
    """SHA-256 of the last entry, which names the one before it, and so on to the first."""

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


FOLD_VERSION = 4
"""What this version makes of a timeline. A row that another version made is folded again: count
this up with any change of what the fold says, or of how it is written."""
