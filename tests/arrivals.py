"""What happened, as phones send it: in any order, and again what was refused."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any, TypeVar

from tests.users import Person
from wildlife.timeline.chain import RecordedEntry

T = TypeVar("T")


def until_taken(things: Iterable[T], order: Random) -> Iterator[tuple[T, list[T]]]:
    """Each of these in any order, with where to put it if it is refused: it comes again."""
    waiting = [*things]
    for _ in range(len(waiting)):
        order.shuffle(waiting)
        refused: list[T] = []
        for one in waiting:
            yield one, refused
        waiting = refused
    assert waiting == []


def taken_in_the_end(
    happened: Sequence[T],
    arrived: Callable[[T, list[RecordedEntry]], list[RecordedEntry]],
    is_taken: Callable[[list[RecordedEntry]], bool],
    random: Random,
) -> list[RecordedEntry]:
    """The timeline of all that happened, each thing having come when nothing stood in its way.

    arrived: the timeline with one more thing; is_taken: whether that one is taken there.
    """
    taken: list[RecordedEntry] = []
    for one, refused in until_taken(happened, random):
        after = arrived(one, taken)
        if is_taken(after):
            taken = after
        else:
            refused.append(one)
    return taken


async def send_until_taken(
    person: Person, requests: Iterable[tuple[str, Any]], order: Random
) -> None:
    """Each a path and a body, sent as a phone with one bar would."""
    for (path, body), refused in until_taken(requests, order):
        answer = await person.post(path, body)
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 409:
            assert answer.json()["code"] == "impossible_step"
            refused.append((path, body))
