"""All that one reader is told of a record: what papers are made of. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from uuid import UUID

import msgspec

from wildlife.informants.model import Informant
from wildlife.photos.queries import PhotoRecord
from wildlife.timeline.answers import ShownEntry
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.correcting import Corrected
from wildlife.timeline.entry import Entry, Said
from wildlife.timeline.incident import Incident


class ToldEntry(msgspec.Struct, frozen=True):
    """An entry as it is told; `body` is what was said, as its type."""

    shown: ShownEntry
    body: Said


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it is told to somebody.

    timeline: what they are told of it, in the order in which things happened.
    counting: the same with the corrections that they are told applied.
    informant: who reported, where they may read it; None: they may not, or nobody is known.
    photos: in the order in which they were taken.
    is_part: whether they are told a part of it; of the others, that it is all that there is.
    unreadable: how many entries can't be shown.
    """

    incident: Incident
    timeline: Sequence[ToldEntry]
    counting: Corrected
    informant: Informant | None
    photos: Sequence[PhotoRecord]
    is_part: bool
    unreadable: int
    zone: tzinfo
    printed_at: datetime
    printed_by: str

    def entry(self, entry_id: UUID | None) -> Entry | None:
        """What counts of an entry that they are told of."""
        found = self.recorded(entry_id)
        return None if found is None else found.body

    def recorded(self, entry_id: UUID | None) -> RecordedEntry | None:
        """The same with what the service established."""
        return None if entry_id is None else self.counting.entries.get(entry_id)

    @property
    def said(self) -> Mapping[UUID, ToldEntry]:
        """What they are told, by the ids of the entries."""
        return {one.shown.id: one for one in self.timeline}
