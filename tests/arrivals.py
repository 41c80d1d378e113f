"""What happened, as phones send it: in any order, and again what was refused."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, TypeVar

from tests.users import Person
from wildlife.timeline.chain import RecordedEntry

T = TypeVar("T")


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
    waiting = [*happened]
    for _ in happened:
        random.shuffle(waiting)
        left = []
        for one in waiting:
            after = arrived(one, taken)
            if is_taken(after):
                taken = after
            else:
                left.append(one)  # answered with 409, and sent again
        waiting = left
    assert waiting == []
    return taken


async def send_until_taken(
    person: Person, requests: Iterable[tuple[str, Any]], order: Random
) -> None:
    """Each a path and a body, sent as a phone with one bar would: in any order, until all is
    taken."""
    waiting = [*requests]
    for _ in range(len(waiting)):
        order.shuffle(waiting)
        left = []
        for path, body in waiting:
            answer = await person.post(path, body)
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 409:
                assert answer.json()["code"] == "impossible_step"
                left.append((path, body))
        waiting = left
    assert waiting == []
