"""Rings, chips and tags: by which an animal is known again, here and in other incidents. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from wildlife.rescues.animal import AnimalState, Carried, is_dead
from wildlife.rescues.codes import MarkKind
from wildlife.rescues.entries import Addition, Marking, Release
from wildlife.rescues.opening import Mark, RescueOpening
from wildlife.timeline.entry import Entry, Opening
from wildlife.web.problems import FieldError, Problem
from wildlife.words.text import fold_text

_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


def key_of(mark: Mark) -> str:
    """What all writings of one mark have in common: `A 1234`, `a-1234`, `A.1234`."""
    return f"{mark.kind}:{number_of(mark)}"


def number_of(mark: Mark) -> str:
    """Its letters and digits, folded; nothing where it has none, which then is no mark."""
    return "".join(c for c in fold_text(mark.number) if c.isalnum())


def marks_of(body: Opening | Entry) -> list[Mark]:
    """The marks that somebody says an animal carries."""
    match body:
        case RescueOpening(animals=animals):
            return [mark for animal in animals for mark in animal.marks]
        case Addition(reported=reported):
            return reported.marks
        case Marking(marks=marks):
            return marks
        case Release():
            return marks_of_release(body)
        case _:
            return []


def marks_of_release(release: Release) -> list[Mark]:
    """Those that it was let go with; its ring number is one of them."""
    ring = [Mark(kind=MarkKind.RING, number=release.ring_number)] if release.ring_number else []
    return [*ring, *release.marks]


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
    roots = _roots(animals)
    for animal in animals:
        if off and roots[animal.number] == roots[about.number] and animal.number != about.number:
            yield replace(animal, carried=_without(animal.carried, off, at))
    # What is taken off was on it until then, whether somebody said so before or not.
    carried = _with(_without(_with(about.carried, off, at), off, at), on, at)
    yield replace(about, marks=with_marks(about.marks, [*off, *on]), carried=carried)


def taken_off_by(entry: Opening | Entry) -> list[Mark]:
    """The marks that an animal carries no longer."""
    return entry.taken_off if isinstance(entry, Marking) else []


def _with(carried: list[Carried], marks: list[Mark], since: datetime) -> list[Carried]:
    there = {key_of(one.mark) for one in carried if one.until is None}
    new = [mark for mark in with_marks([], marks) if key_of(mark) not in there]
    return [*carried, *(Carried(mark, since) for mark in new)]


def _without(carried: list[Carried], marks: list[Mark], until: datetime) -> list[Carried]:
    keys = {key_of(mark) for mark in marks}
    return [
        replace(one, until=until) if one.until is None and key_of(one.mark) in keys else one
        for one in carried
    ]


class Clash(NamedTuple):
    """A mark that two animals carried at once, which no two do."""

    mark: Mark
    """As it is written of the later one."""
    bearer: AnimalState
    later: AnimalState


class _Borne(NamedTuple):
    """A mark on an animal that lives."""

    mark: Mark
    since: datetime
    until: datetime
    animal: AnimalState

    def meets(self, since: datetime, until: datetime) -> bool:
        """Whether it was there at some time in between."""
        return max(self.since, since) < min(self.until, until)


def clashes(animals: Sequence[AnimalState]) -> Iterator[Clash]:
    """Those of some animals, each once. What was taken off is free again, and so is the ring of a
    dead one."""
    roots = _roots(animals)
    borne: dict[str, dict[int, list[_Borne]]] = defaultdict(lambda: defaultdict(list))
    for animal in animals:
        root, told = roots[animal.number], set[str]()
        for one in _borne(animal):
            key = key_of(one.mark)
            for other in _on_others(borne[key], root):
                if key not in told and other.meets(one.since, one.until):
                    told.add(key)
                    yield Clash(one.mark, other.animal, animal)
            borne[key][root].append(one)


def _on_others(by_root: dict[int, list[_Borne]], root: int) -> Iterator[_Borne]:
    """Which of a group carries which mark is not told: what was split off may carry any of them."""
    for of, borne in by_root.items():
        if of != root:
            yield from borne


def _borne(animal: AnimalState) -> Iterator[_Borne]:
    for one in animal.carried:
        yield _Borne(one.mark, one.since, min(one.until or _FOR_EVER, _end(animal)), animal)


def _end(animal: AnimalState) -> datetime:
    return animal.outcome_at if animal.outcome_at and is_dead(animal) else _FOR_EVER


def _roots(animals: Sequence[AnimalState]) -> dict[int, int]:
    """Of each number, that of the group which it was split off from, at the very first."""
    roots: dict[int, int] = {}
    for animal in animals:  # what is split off has a higher number
        above = animal.split_from
        roots[animal.number] = animal.number if above is None else roots.get(above, above)
    return roots


def unfit_marks(body: Opening | Entry) -> Iterator[Problem]:
    """What is wrong with the marks of `body` by themselves: invalid_value, nothing_said."""
    off, on = taken_off_by(body), marks_of(body)
    if isinstance(body, Marking) and not (on or off):
        yield Problem("nothing_said", FieldError("marks", None, "marks, taken_off"))
    for field, marks in (("taken_off", off), ("marks", on)):
        for mark in marks:
            if not number_of(mark):
                yield Problem("invalid_value", FieldError(field, mark.number, "letters or digits"))


def marks_in_use(
    body: Opening | Entry, target: AnimalState | None, animals: Sequence[AnimalState]
) -> Iterator[Problem]:
    """Each mark of `body` that one of `animals`, but the one that it is about, carries at that
    time: mark_in_use."""
    if isinstance(body, RescueOpening):
        yield from _in_use_by_the_opening(body, animals)
    elif isinstance(body, Entry):
        yield from _in_use_by(body, target, animals)


def _in_use_by(
    entry: Entry, target: AnimalState | None, animals: Sequence[AnimalState]
) -> Iterator[Problem]:
    said = {key_of(mark): mark for mark in marks_of(entry)}
    roots = _roots(animals)
    for animal in animals:
        if target is not None and roots[animal.number] == roots[target.number]:
            continue
        for one in _borne(animal):
            key = key_of(one.mark)
            if key in said and one.meets(entry.happened_at, _until(target, key, entry.happened_at)):
                yield _in_use("marks", said.pop(key), animal)


def _in_use_by_the_opening(
    opening: RescueOpening, animals: Sequence[AnimalState]
) -> Iterator[Problem]:
    """The marks of its animals that others carry: the later ones of its own, or such as were added
    since. What was split off bears what the animal of the opening does."""
    roots = _roots(animals)
    for clash in clashes(animals):
        key = key_of(clash.mark)
        for here, bearer in ((clash.later, clash.bearer), (clash.bearer, clash.later)):
            at = roots[here.number] - 1
            said = opening.animals[at].marks if at < len(opening.animals) else []
            mark = next((one for one in said if key_of(one) == key), None)
            if mark is not None:
                yield _in_use(f"animals[{at}].marks", mark, bearer)
                break


def _until(animal: AnimalState | None, key: str, since: datetime) -> datetime:
    """When an animal that carries a mark since then does no longer: it is taken off, or dead."""
    if animal is None:
        return _FOR_EVER
    off = [one.until for one in animal.carried if one.until and key_of(one.mark) == key]
    return min(_end(animal), *(until for until in off if until > since), _FOR_EVER)


def _in_use(field: str, mark: Mark, bearer: AnimalState) -> Problem:
    return Problem("mark_in_use", FieldError(field, mark.number, str(bearer.number)))
