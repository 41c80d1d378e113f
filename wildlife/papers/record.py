"""All that one reader is told of a record: what papers are made of. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final
from uuid import UUID

import msgspec

from wildlife.informants.model import Informant
from wildlife.photos.queries import PhotoRecord
from wildlife.rescues.opening import HandedOverBy, Seizure
from wildlife.timeline.answers import ShownEntry
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.correcting import Corrected
from wildlife.timeline.entry import Call, Entry, Said, Told
from wildlife.timeline.generalizing import UNTOLD, may_hide
from wildlife.timeline.incident import Incident

_OF_THE_WHOLE: Final = {Call, Told, HandedOverBy, Seizure}
_SAID_OF_THE_WHOLE: Final = {
    (Incident, "summary"),
    (Incident, "told_at"),
    (Incident, "receipt_number"),
}
"""What is not told, or may be not, to who is told a part of it."""


class ToldEntry(msgspec.Struct, frozen=True):
    """An entry as it is told; `body` is what was said, as its type."""

    shown: ShownEntry
    body: Said


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it is told to somebody.

    timeline: what they are told of it, in the order in which things happened.
    counting: the same with the corrections that they are told applied.
    then: what the record was, as it is told to them, right after each entry that a paper is of, or
    by which an animal came; the opening among them.
    lists: who announced each list of protected species, and by what paper, by its code.
    informant: who reported, where they may read it; None: they may not, or nobody is known.
    knows_informant: whether they may read it.
    photos: in the order in which they were taken.
    is_part: whether they are told a part of it; of the others, that it is all that there is.
    unreadable: how many entries can't be shown.
    """

    incident: Incident
    timeline: Sequence[ToldEntry]
    counting: Corrected
    then: Mapping[UUID, Incident]
    lists: Mapping[str, str]
    informant: Informant | None
    knows_informant: bool
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

    def at(self, entry_id: UUID) -> Incident:
        """What it was right after an entry of which there is a paper."""
        return self.then.get(entry_id, self.incident)

    @property
    def found(self) -> Incident:
        """What it was when it was opened."""
        return self.at(self.incident.id)

    def hides(self, said_in: type[msgspec.Struct], name: str) -> bool:
        """Whether a field is withheld from them, if there is anything in it: where their other
        answers don't tell that, it is so too where there is nothing."""
        incident = self.incident
        if said_in is Informant:
            return not self.knows_informant and (incident.has_informant or self.is_part)
        if self.is_part and (said_in in _OF_THE_WHOLE or (said_in, name) in _SAID_OF_THE_WHOLE):
            return True
        return incident.generalized and may_hide(said_in, name)

    def told(self, said_in: type[msgspec.Struct], name: str, said: str | None) -> str | None:
        """A text of such a field, or that it is withheld."""
        return UNTOLD if said is None and self.hides(said_in, name) else said

    @property
    def said(self) -> Mapping[UUID, ToldEntry]:
        """What they are told, by the ids of the entries."""
        return {one.shown.id: one for one in self.timeline}
