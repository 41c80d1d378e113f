"""What is wrong with the marks that a body names. Pure."""

from collections.abc import Iterator, Sequence, Set

from wildlife.rescues.animal import AnimalState
from wildlife.rescues.marks import (
    Borne,
    borne_by,
    clashes,
    key_of,
    number_of,
    places_of,
    places_of_taken_off,
    roots_of,
    until_when,
)
from wildlife.rescues.opening import Mark, RescueOpening
from wildlife.timeline.entry import Entry, Opening
from wildlife.web.problems import FieldError, Problem
from wildlife.web.readable import as_far_as_known, is_known


def unfit_marks(body: Opening | Entry) -> Iterator[Problem]:
    """What is wrong with the marks of `body` by themselves: invalid_value."""
    on, off = [*places_of(body)], [*places_of_taken_off(body)]
    put_on = {key_of(mark) for _, mark in on if is_known(mark)}
    rules = [_unfit(field, mark, set()) for field, mark in on]
    yield from as_far_as_known(*(_unfit(field, mark, put_on) for field, mark in off), *rules)


def _unfit(field: str, mark: Mark, put_on: Set[str]) -> Iterator[Problem]:
    """What is wrong with a mark that comes off where these are put on."""
    if is_known(mark.number) and not number_of(mark):
        yield Problem("invalid_value", FieldError(field, mark.number, "letters or digits"))
    elif is_known(mark) and key_of(mark) in put_on:
        expected = "another mark than those that the same entry puts on"
        yield Problem("invalid_value", FieldError(field, mark.number, expected))


def marks_in_use(
    body: Opening | Entry, target: AnimalState | None, animals: Sequence[AnimalState]
) -> Iterator[Problem]:
    """Each mark of `body` that one of `animals`, but the one that it is about, carries at that
    time: mark_in_use."""
    if isinstance(body, RescueOpening):
        yield from _in_use_by_the_opening([*places_of(body)], animals)
    elif isinstance(body, Entry):
        others = _on_others(target, animals)
        yield from _put_on(body, target, others)
        yield from _taken_off(body, target, others)


def _on_others(target: AnimalState | None, animals: Sequence[AnimalState]) -> list[Borne]:
    """What those carried that are not of the group of `target`."""
    roots = roots_of(animals)
    group = None if target is None else roots[target.number]
    return [one for animal in animals if roots[animal.number] != group for one in borne_by(animal)]


def _put_on(entry: Entry, target: AnimalState | None, others: list[Borne]) -> Iterator[Problem]:
    at = entry.happened_at
    for field, mark in places_of(entry):
        key = key_of(mark)
        until = until_when(target, key, at)
        for other in others:
            if key_of(other.mark) == key and other.meets(at, until):
                yield _in_use(field, mark, other.animal)
                break


def _taken_off(entry: Entry, target: AnimalState | None, others: list[Borne]) -> Iterator[Problem]:
    """What another carries is taken off that one. What both carried is shown, and may be taken off
    either."""
    at = entry.happened_at
    for field, mark in places_of_taken_off(entry):
        if target is None or _wore(target, mark, entry):
            continue
        for other in others:
            if key_of(other.mark) == key_of(mark) and other.since < at < other.until:
                yield _in_use(field, mark, other.animal)
                break


def _wore(animal: AnimalState, mark: Mark, entry: Entry) -> bool:
    """Whether it is known otherwise that an animal carried what this entry takes off."""
    return any(
        one.entry_id != entry.id
        and key_of(one.mark) == key_of(mark)
        and one.since <= entry.happened_at
        and (one.until is None or one.until >= entry.happened_at)
        for one in animal.carried
    )


def _in_use_by_the_opening(
    said: list[tuple[str, Mark]], animals: Sequence[AnimalState]
) -> Iterator[Problem]:
    """The marks of its animals that others carry: the later ones of its own, or such as were added
    since. What was split off bears what the animal of the opening does."""
    roots = roots_of(animals)
    for clash in clashes(animals):
        for here, bearer in ((clash.later, clash.bearer), (clash.bearer, clash.later)):
            animal, key = f"animals[{roots[here.animal.number] - 1}].", key_of(here.mark)
            place = next((p for p in said if p[0].startswith(animal) and key_of(p[1]) == key), None)
            if place is not None:
                yield _in_use(*place, bearer.animal)
                break


def _in_use(field: str, mark: Mark, bearer: AnimalState) -> Problem:
    return Problem("mark_in_use", FieldError(field, mark.number, str(bearer.number)))
