"""What happened, as phones send it: in any order, and again what was refused."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.fold import Folded

T = TypeVar("T")


def taken_in_the_end(
    happened: Sequence[T],
    arrived: Callable[[T, list[RecordedEntry]], list[RecordedEntry]],
    folded: Callable[[list[RecordedEntry]], Folded],
    random: Random,
) -> list[RecordedEntry]:
    """The timeline of all that happened, each thing having come when nothing stood in its way.

    arrived: the timeline with one more thing.
    """
    taken: list[RecordedEntry] = []
    waiting = [*happened]
    for _ in happened:
        random.shuffle(waiting)
        left = []
        for one in waiting:
            after = arrived(one, taken)
            if folded(after).refusals:
                left.append(one)  # answered with 409, and sent again
            else:
                taken = after
        waiting = left
    assert waiting == []
    return taken
