"""What a kind of incident is: a value. The timeline knows no kind by name, and all by this."""

import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import reduce
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from wildlife.people.may import Audience
from wildlife.timeline.chain import (
    Facts,
    Reader,
    Recorded,
    RecordedEntry,
    RecordedOpening,
    is_opening,
)
from wildlife.timeline.custody import Custody
from wildlife.timeline.entry import (
    APPENDABLE,
    Appendable,
    Entry,
    Impossible,
    Opening,
    Photo,
    Said,
    tag,
)
from wildlife.timeline.incident import Flag, Incident
from wildlife.web.problems import Problem
from wildlife.words.hidden_places import HiddenPlaces
from wildlife.words.places import ShownPlace
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import Owed

I = TypeVar("I", bound=Incident)  # noqa: E741 - an incident of one kind


class Gap(NamedTuple):
    """Something that the record still owes: what, of which animal, since when."""

    code: Owed
    animal: int | None
    since: datetime
    entry_id: UUID | None = None
    """The entry that it is about: a release, a death."""


class Placed(NamedTuple):
    """A row, and where what it tells of lies. It may have more fields than its table columns."""

    place: ShownPlace
    row: msgspec.Struct


class Table(msgspec.Struct, Generic[I], frozen=True):
    """A table of rows that follow from the timelines of one kind.

    It has the columns of `row` beside those of `wildlife.timeline.rows.RecordColumns`.
    """

    name: str
    row: type[msgspec.Struct]
    rows: Callable[[I], Iterator[Placed]]


class Kind(msgspec.Struct, Generic[I], frozen=True, kw_only=True):
    """A kind of incident. Whoever makes one says all of this, so that nothing is left to be one of
    the others. All of it is pure."""

    opening: type[Opening]
    """Its tag is the kind's name, and its `KIND` what people call it."""
    audience: Audience
    """Which officials see it."""
    hides: Callable[[I, HiddenPlaces], bool]
    """Whether its places are hidden, from all readers but those of its stations and above."""
    entries: tuple[type[Appendable], ...]
    """What may be said of it beside what may be said of all."""
    incident: type[I]
    """Has the same tag."""
    begin: Callable[[Any, Callable[..., I]], I]
    """Of an opening, and what makes an incident of the fields that are the kind's own: the incident
    as it was found."""
    advance: Callable[[I, Recorded[Any], tzinfo], I | Impossible]
    """The incident after one of `entries`, and in which zone a day is a day; or why it can't be."""
    supposing: Callable[[I, Recorded[Any], tzinfo], I | None]
    """The same after one of `entries` that could be when it came, and can't by what came late: with
    what it supposes, which nobody said, and a flag that tells so. None where it supposes what can't
    be."""
    number: Callable[[Entry, I, Collection[int]], int | None]
    """The number of what an entry adds, given those that its timeline gave before; none of one that
    adds nothing. Raises Problem."""
    meant: Callable[[Entry, I, Facts], Facts]
    """The facts with what an entry means and does not say itself, in the incident that has it: how
    many it is about, and which of them."""
    impossible: Callable[[I], Iterator[tuple[UUID, Impossible]]]
    """The entries that can't stand, when all is known, beside those that could not when they
    came."""
    flags: Callable[[I], Iterator[Flag]]
    """What contradicts itself, beside what may in every incident."""
    steps: Callable[[I], list[str]]
    """What is possible now."""
    is_settled: Callable[[I], bool]
    """Whether all is done that was to do."""
    unsettled: Sentence
    """What is to be recorded first where it is not."""
    check: Callable[[Opening | Entry, I], Iterator[Problem]]
    """All that is wrong with an opening or any entry, one that all kinds have too, what its type
    can't tell; first what can never be right. The incident has the opening in it, and an entry once
    it is there, which is when it is amended: what an entry did itself makes it neither right nor
    wrong."""
    species_of: Callable[[Entry], str | None]
    """The id of the species that an entry names: what the register says of it is frozen with it."""
    is_nothing: Callable[[I], bool]
    """Whether it turned out that there was nothing, of which nothing is owed."""
    gaps: Callable[[I], Iterator[Gap]]
    """What is owed beside what every incident owes."""
    words: Callable[[I], Iterator[str]]
    """What somebody may remember of it beside what was written: names from elsewhere."""
    officers: Callable[[I], Iterator[str]]
    """The badges of who dealt with it, beside who went there and who is, or was, responsible."""
    places: Callable[[I], Iterator[ShownPlace]]
    """Where it took place beside where it was found."""
    marks: Callable[[I], Iterator[str]]
    """By what its things are known again in other incidents: the same for two writings of one."""
    custody: Custody[I]
    """Of its things that go to a unit of this service, which has them then."""
    tables: tuple[Table[I], ...]

    @property
    def name(self) -> str:
        return str(self.opening.__struct_config__.tag)

    @property
    def label(self) -> Sentence:
        return self.opening.KIND

    @property
    def bodies(self) -> tuple[type[Said], ...]:
        """What is said of this kind alone."""
        return self.opening, *self.entries


AnyKind: TypeAlias = Kind[Any]


class Kinds:
    """All kinds of incident that there are, and the types that follow from them."""

    def __init__(self, kinds: Sequence[AnyKind]) -> None:
        self._by_name = {kind.name: kind for kind in kinds}
        own = [entry for kind in kinds for entry in kind.entries]
        self.entries: list[type[Entry]] = [*APPENDABLE, Photo, *own]
        # What each type of entry is called.
        self.labels: Mapping[str, Sentence] = {
            "opening": Opening.LABEL,
            **{tag(entry): entry.LABEL for entry in self.entries},
        }
        self.tables = [table for kind in kinds for table in kind.tables]
        self.opening = _any_of(kind.opening for kind in kinds)
        self.appendable = _any_of([*APPENDABLE, *own])
        self.incident = _any_of(kind.incident for kind in kinds)
        self._openings = Reader(self.opening)
        self.entry = _any_of(self.entries)
        self._entries = Reader(self.entry)

    def __iter__(self) -> Iterator[AnyKind]:
        return iter(self._by_name.values())

    def of(self, incident: Opening | Incident) -> AnyKind:
        """The kind of an incident, or of its opening."""
        return self._by_name[str(incident.__struct_config__.tag)]

    def decode_opening(self, canonical: str) -> RecordedOpening:
        """The first entry of a timeline. Raises msgspec.MsgspecError or UnicodeError."""
        opening: RecordedOpening = self._openings.read(canonical)
        return opening

    def decode_entry(self, canonical: str) -> RecordedEntry:
        """One entry after the opening. Raises the same."""
        entry: RecordedEntry = self._entries.read(canonical)
        return entry

    def decode(self, canonical: str) -> RecordedOpening | RecordedEntry:
        """Any entry. Raises the same."""
        read = self.decode_opening if is_opening(canonical) else self.decode_entry
        return read(canonical)

    def decode_timeline(
        self, canonicals: Sequence[str]
    ) -> tuple[RecordedOpening, list[RecordedEntry]]:
        """A timeline from its canonical texts in the order of arrival (`seq`)."""
        opening, *entries = canonicals
        return self.decode_opening(opening), [self.decode_entry(text) for text in entries]

    def read_incident(self, document: Any) -> Incident:
        """An incident as its row keeps it. Raises msgspec.ValidationError."""
        incident: Incident = msgspec.convert(document, self.incident)
        return incident

    @property
    def unions(self) -> dict[type, list[Any]]:
        """What a route that names one of these base types takes or answers: one of the unions."""
        return {
            Opening: [self.opening],
            Appendable: [self.appendable],
            Said: [self.opening, self.entry],
            Incident: [self.incident],
        }


def _any_of(types: Any) -> Any:
    return reduce(operator.or_, types)
