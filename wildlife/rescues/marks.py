"""Rings, chips and tags: by which an animal is known again, here and in other incidents. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wildlife.rescues.animal import AnimalState, is_dead
from wildlife.rescues.codes import MarkKind
from wildlife.rescues.entries import Addition, Marking, Release
from wildlife.rescues.opening import Mark, RescueOpening
from wildlife.timeline.entry import Entry, Opening
from wildlife.web.problems import FieldError, Problem
from wildlife.words.text import fold_text


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


class Clash(NamedTuple):
    """A mark that two animals carry at once, which no two do."""

    mark: Mark
    """As it is written of the later one."""
    bearer: AnimalState
    later: AnimalState


def clashes(animals: Sequence[AnimalState]) -> Iterator[Clash]:
    """Those of some animals; the ring of a dead one is free again."""
    bearers: dict[str, AnimalState] = {}
    for animal in animals:
        for mark in animal.marks if not is_dead(animal) else []:
            bearer = bearers.setdefault(key_of(mark), animal)
            if not _are_of_one_group(bearer, animal, animals):
                yield Clash(mark, bearer, animal)


def check_marks(
    body: Opening | Entry, target: AnimalState | None, animals: Sequence[AnimalState]
) -> None:
    """That each mark that `body` names has a number, and none of `animals` but the one that it is
    about carries it.

    Raises Problem: invalid_value or mark_in_use.
    """
    said = {key_of(mark): mark for mark in marks_of(body)}
    for mark in said.values():
        if not number_of(mark):
            raise Problem("invalid_value", FieldError("marks", mark.number, "letters or digits"))
    if isinstance(body, Opening):
        for clash in clashes(animals):
            if key_of(clash.mark) in said:
                raise _in_use(f"animals[{clash.later.number - 1}].marks", clash.mark, clash.bearer)
        return
    for animal in animals:
        is_its_own = target is not None and _are_of_one_group(target, animal, animals)
        for mark in [] if is_its_own or is_dead(animal) else animal.marks:
            if key_of(mark) in said:
                raise _in_use("marks", said[key_of(mark)], animal)


def _in_use(field: str, mark: Mark, bearer: AnimalState) -> Problem:
    return Problem("mark_in_use", FieldError(field, mark.number, str(bearer.number)))


def _are_of_one_group(one: AnimalState, other: AnimalState, animals: Sequence[AnimalState]) -> bool:
    """Which of a group carries which mark is not told: what was split off may carry any of them."""
    return _root(one, animals) == _root(other, animals)


def _root(animal: AnimalState, animals: Sequence[AnimalState]) -> int:
    split_from = {one.number: one.split_from for one in animals}
    number = animal.number
    while (above := split_from.get(number)) is not None:
        number = above
    return number
