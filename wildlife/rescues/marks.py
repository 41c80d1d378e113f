"""Rings, chips and tags: by which an animal is known again, here and in other incidents. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from wildlife.rescues.animal import AnimalState, is_dead
from wildlife.rescues.codes import MarkKind
from wildlife.rescues.entries import Addition, Marking, Release
from wildlife.rescues.opening import Mark, RescueOpening
from wildlife.timeline.entry import Entry, Opening
from wildlife.web.problems import FieldError, Problem
from wildlife.words.text import fold_text


def key_of(mark: Mark) -> str:
    """What two writings of one mark have in common: `A 1234`, `a-1234`."""
    return f"{mark.kind}:{_number(mark.number)}"


def _number(written: str) -> str:
    return fold_text(written).replace(" ", "").replace("-", "")


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
    number = release.ring_number
    ring = [] if number is None else [Mark(kind=MarkKind.RING, number=number)]
    return [*ring, *release.marks]


def with_marks(before: list[Mark], more: list[Mark]) -> list[Mark]:
    """Each once, as it was written first."""
    by_key: dict[str, Mark] = {}
    for mark in (*before, *more):
        by_key.setdefault(key_of(mark), mark)
    return list(by_key.values())


Borne: TypeAlias = tuple[Mark, AnimalState]


def on_two(animals: Sequence[AnimalState]) -> Iterator[Borne]:
    """The marks that two animals carry at once, which no two do, each with the later one; the ring
    of a dead one is free again."""
    bearers: dict[str, AnimalState] = {}
    for animal in animals:
        for mark in animal.marks if not is_dead(animal) else []:
            first = bearers.setdefault(key_of(mark), animal)
            if not _are_of_one_group(first, animal, animals):
                yield mark, animal


def require_free(
    body: Opening | Entry, target: AnimalState | None, animals: Sequence[AnimalState]
) -> None:
    """That none of `animals` but the one that `body` is about carries a mark that it names.

    Raises Problem mark_in_use.
    """
    others: Iterable[Borne]
    if isinstance(body, Opening):
        others = on_two(animals)
    else:
        others = (
            (mark, animal)
            for animal in animals
            if not is_dead(animal) and not (target and _are_of_one_group(target, animal, animals))
            for mark in animal.marks
        )
    said = {key_of(mark): mark.number for mark in marks_of(body)}
    for mark, animal in others:
        if key_of(mark) in said:
            given = said[key_of(mark)]
            raise Problem("mark_in_use", FieldError("marks", given, str(animal.number)))


def _are_of_one_group(one: AnimalState, other: AnimalState, animals: Sequence[AnimalState]) -> bool:
    """Which of a group carries which mark is not told: what was split off may carry any of them."""
    return _root(one, animals) == _root(other, animals)


def _root(animal: AnimalState, animals: Sequence[AnimalState]) -> int:
    split_from = {one.number: one.split_from for one in animals}
    number = animal.number
    while (above := split_from.get(number)) is not None:
        number = above
    return number
