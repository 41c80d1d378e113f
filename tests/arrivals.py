"""What happened, as phones send it: in any order, and again what was refused."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any, TypeVar

from tests.users import Person
from wildlife.timeline.chain import RecordedEntry

T = TypeVar("T")


def until_taken(waiting: list[T], order: Random) -> Iterator[T]:
    """Each of those that wait, in any order: again and again, until it is removed."""
    for _ in range(len(waiting)):
        order.shuffle(waiting)
        yield from [*waiting]


def taken_in_the_end(
    happened: Sequence[T],
    arrived: Callable[[T, list[RecordedEntry]], list[RecordedEntry]],
    is_taken: Callable[[list[RecordedEntry]], bool],
    random: Random,
) -> tuple[list[RecordedEntry], list[T]]:
    """The timeline of what happened, each thing having come when nothing stood in its way; and what
    waits for another that waits.

    arrived: the timeline with one more thing; is_taken: whether that one is taken there.
    """
    taken: list[RecordedEntry] = []
    waiting = [*happened]
    for one in until_taken(waiting, random):
        after = arrived(one, taken)
        if is_taken(after):
            taken = after
            waiting.remove(one)
    return taken, waiting


async def send_until_taken(
    person: Person, requests: Iterable[tuple[str, Any]], order: Random
) -> None:
    """Each a path and a body, sent as a phone with one bar would."""
    waiting = [*requests]
    for path, body in until_taken(waiting, order):
        answer = await person.post(path, body)
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 201:
            waiting.remove((path, body))
        else:
            assert answer.json()["code"] == "impossible_step"
    assert waiting == []
