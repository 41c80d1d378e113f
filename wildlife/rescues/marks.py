"""Rings, chips and tags: by which an animal is known again, here and in other incidents. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, NamedTuple, TypeAlias
from uuid import UUID

from msgspec.structs import replace

from wildlife.rescues.animal import AnimalState, Carried, is_dead
from wildlife.rescues.codes import MarkKind
from wildlife.rescues.ends import Release
from wildlife.rescues.entries import Marking
from wildlife.rescues.numbers import Addition
from wildlife.rescues.opening import Mark, RescueOpening
from wildlife.timeline.entry import Entry, Opening
from wildlife.words.sentences import Sentence
from wildlife.words.text import letters_and_digits
from wildlife.words.vocabularies import RecordFlag, named_by

_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


def key_of(mark: Mark) -> str:
    """What all writings of one mark have in common: `A 1234`, `a-1234`, `A.1234`."""
    return f"{mark.kind}:{number_of(mark)}"


def number_of(mark: Mark) -> str:
    """Its letters and digits, folded; nothing where it has none, which then is no mark."""
    return letters_and_digits(mark.number)


def keys_in(marks: Iterable[Mark]) -> list[str]:
    """The keys of these, but of such as have no number, or one that is not told."""
    return [key_of(mark) for mark in marks if number_of(mark)]


def name_of_key(key: str) -> Sentence:
    """What a key is called: by the kind of the mark, and its number."""
    kind, _, number = key.partition(":")
    called = MarkKind(kind)
    return Sentence(f"{called.en} {number}", f"{called.zh} {number}")


MarkName: TypeAlias = Annotated[str, named_by(name_of_key)]
"""The key of a mark, which has what it is called beside it where labels are asked for."""


def keys_of(text: str) -> list[str]:
    """Those of the marks whose number is this text, however it is written: of whatever kind, where
    it does not begin with one as a key does."""
    kind, _, rest = text.strip().partition(":")
    kinds = [one for one in MarkKind if one == kind and rest]
    number = letters_and_digits(rest if kinds else text)
    return [f"{one}:{number}" for one in kinds or MarkKind] if number else []


def marks_of(body: Opening | Entry) -> list[Mark]:
    """The marks that somebody says an animal carries."""
    return [mark for _, mark in places_of(body)]


def places_of(body: Opening | Entry) -> Iterator[tuple[str, Mark]]:
    """The same, each with where in the body it is said. The ring number of a release is one."""
    match body:
        case RescueOpening(animals=animals):
            for number, animal in enumerate(animals):
                yield from _listed(f"animals[{number}].marks", animal.marks)
        case Addition(reported=reported):
            yield from _listed("reported.marks", reported.marks)
        case Marking(marks=marks):
            yield from _listed("marks", marks)
        case Release(ring_number=ring_number, marks=marks):
            if ring_number:
                yield "ring_number", Mark(kind=MarkKind.RING, number=ring_number)
            yield from _listed("marks", marks)
        case _:
            pass


def places_of_taken_off(body: Opening | Entry) -> Iterator[tuple[str, Mark]]:
    """The marks that an animal carries no longer, each with where in the body it is said."""
    yield from _listed("taken_off", taken_off_by(body))


def _listed(field: str, marks: list[Mark]) -> Iterator[tuple[str, Mark]]:
    for index, mark in enumerate(marks):
        yield f"{field}[{index}]", mark


def with_marks(before: list[Mark], more: list[Mark]) -> list[Mark]:
    """Each once, as it was written first; "-" for a ring, which 0.1 took, is none."""
    by_key: dict[str, Mark] = {}
    for mark in filter(number_of, (*before, *more)):
        by_key.setdefault(key_of(mark), mark)
    return list(by_key.values())


def remarked(
    animals: Sequence[AnimalState], about: AnimalState, entry: Entry
) -> Iterator[AnimalState]:
    """Those whose marks an entry about one of them changes, that one last. What is taken off one
    of a group was on none of the others any more."""
    at, off, on = entry.happened_at, taken_off_by(entry), marks_of(entry)
    if not (off or on):
        yield about
        return
    roots = roots_of(animals)
    for animal in animals:
        if off and roots[animal.number] == roots[about.number] and animal.number != about.number:
            yield replace(animal, carried=_without(animal.carried, off, at))
    # What is taken off was on it until then, whether somebody said so before or not.
    worn = _with(about.carried, off, entry)
    carried = _with(_without(worn, off, at), on, entry)
    yield replace(about, marks=with_marks(about.marks, [*off, *on]), carried=carried)


def taken_off_by(entry: Opening | Entry) -> list[Mark]:
    """The marks that an animal carries no longer."""
    return entry.taken_off if isinstance(entry, Marking) else []


def noticed_of_marks(animal: AnimalState, entry: Entry) -> Iterator[RecordFlag]:
    """Where an entry contradicts what was said of the marks of its animal until then. What comes
    late may tell of it still, so it is not refused."""
    on = {key_of(one.mark) for one in animal.carried if one.until is None}
    if any(key_of(mark) not in on for mark in taken_off_by(entry)):
        yield RecordFlag.TAKEN_OFF_UNRECORDED
    if isinstance(entry, Release):
        off = {key_of(one.mark) for one in animal.carried} - on
        if any(key_of(mark) in off for mark in marks_of(entry)):
            yield RecordFlag.RELEASED_WITH_TAKEN_OFF


def _with(carried: list[Carried], marks: list[Mark], entry: Entry) -> list[Carried]:
    there = {key_of(one.mark) for one in carried if one.until is None}
    new = [mark for mark in with_marks([], marks) if key_of(mark) not in there]
    return [*carried, *(Carried(mark, entry.happened_at, entry_id=entry.id) for mark in new)]


def _without(carried: list[Carried], marks: list[Mark], until: datetime) -> list[Carried]:
    keys = {key_of(mark) for mark in marks}
    return [
        replace(one, until=until) if one.until is None and key_of(one.mark) in keys else one
        for one in carried
    ]


class Borne(NamedTuple):
    """A mark on an animal that lives."""

    mark: Mark
    since: datetime
    until: datetime
    entry_id: UUID | None
    """By which entry; None: by the opening."""
    animal: AnimalState

    def meets(self, since: datetime, until: datetime) -> bool:
        """Whether it was there at some time in between."""
        return max(self.since, since) < min(self.until, until)


class Clash(NamedTuple):
    """A mark that two animals carried at once, which no two do."""

    bearer: Borne
    later: Borne
    """The one that came to it later; of the same moment, that of the higher number."""


def clashes(animals: Sequence[AnimalState]) -> Iterator[Clash]:
    """Those of some animals, each once. What was taken off is free again, and so is the ring of a
    dead one."""
    roots = roots_of(animals)
    borne: dict[str, dict[int, list[Borne]]] = defaultdict(lambda: defaultdict(list))
    for animal in animals:
        root, told = roots[animal.number], set[str]()
        for one in borne_by(animal):
            key = key_of(one.mark)
            for other in _on_others(borne[key], root):
                if key not in told and other.meets(one.since, one.until):
                    told.add(key)
                    yield Clash(one, other) if one.since < other.since else Clash(other, one)
            borne[key][root].append(one)


def _on_others(by_root: dict[int, list[Borne]], root: int) -> Iterator[Borne]:
    """Which of a group carries which mark is not told: what was split off may carry any of them."""
    for of, borne in by_root.items():
        if of != root:
            yield from borne


def borne_by(animal: AnimalState) -> Iterator[Borne]:
    for one in animal.carried:
        until = min(one.until or _FOR_EVER, _end(animal))
        yield Borne(one.mark, one.since, until, one.entry_id, animal)


def _end(animal: AnimalState) -> datetime:
    return animal.outcome_at if animal.outcome_at and is_dead(animal) else _FOR_EVER


def roots_of(animals: Sequence[AnimalState]) -> dict[int, int]:
    """Of each number, that of the group which it was split off from, at the very first."""
    roots: dict[int, int] = {}
    for animal in animals:  # what is split off has a higher number
        above = animal.split_from
        roots[animal.number] = animal.number if above is None else roots.get(above, above)
    return roots


def until_when(animal: AnimalState | None, key: str, since: datetime) -> datetime:
    """When an animal that carries a mark since then does no longer: it is taken off, or dead."""
    if animal is None:
        return _FOR_EVER
    off = [one.until for one in animal.carried if one.until and key_of(one.mark) == key]
    return min(_end(animal), *(until for until in off if until > since), _FOR_EVER)
