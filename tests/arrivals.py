"""What happened, as phones send it: in any order, and again what was refused."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

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
