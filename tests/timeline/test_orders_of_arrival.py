"""What happened to the animals of a rescue, in any order of arrival: all of it is taken in the end,
and what is taken comes to the same, whatever was known as it came.

In about one of 3,000 such stories two late truths hold each other up: three birds were let go and
came back, and afterwards somebody said of all that were left that they had died. Without the return
those who died are others, so that the one is refused without the other; both together are taken.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.arrivals import taken_in_the_end
from tests.timeline.stories import ALL, BY_HEADS, arrived, folded, is_taken, story
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.chain import RecordedEntry


def told_of(incident: Any) -> list[Any]:
    """What became of every animal, by what it is called that does not come by chance."""
    assert isinstance(incident, RescueIncident)
    said = [msgspec.to_builtins(animal) for animal in incident.animals]
    for one in said:
        for numbered in (one, *one["releases"]):
            numbered.pop("number", None)
            numbered.pop("animal", None)
        for counted in (*one["settled"], *one["taken_back"]):
            counted.pop("filed")  # as it came, and so is what it meant then
        noticed = [(flag["code"], flag["entry_id"]) for flag in one["noticed"]]
        one["noticed"] = [flag for flag in noticed if flag[0] != "end_changed"]
        one.pop("split_from")
    return sorted(said, key=lambda one: str(one["entry_id"]))


# One seed, and no more to draw: of several, most stories would have the same beginnings.
playing = examples(
    max_examples=200,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def chances(seed: int, thorough: bool) -> Iterator[Random]:
    """Of one seed, one; ten where nothing is spared."""
    yield from map(Random, range(seed, seed + (10 if thorough else 1)))


@pytest.mark.parametrize("types", [ALL, BY_HEADS], ids=["all", "by heads"])
@given(seed=st.integers(0, 2**64))
@playing
def test_every_order_of_arrival_is_taken_in_the_end_and_ends_in_the_same_animals(
    types: Sequence[str], thorough: bool, seed: int
) -> None:
    for chance in chances(seed, thorough):
        happened = story(chance, types)
        taken, waiting = taken_in_the_end(happened, arrived, is_taken, chance)
        for one in sorted(waiting, key=happened.index):
            taken = arrived(one, taken)
        assert not folded(taken).refusals
        assert not folded(taken).supposed
        in_order: list[RecordedEntry] = []
        for one in happened:
            in_order = arrived(one, in_order)
        assert told_of(folded(taken).incident) == told_of(folded(in_order).incident)


@given(seed=st.integers(0, 2**64))
@playing
def test_what_is_taken_comes_to_the_same_whatever_was_known_as_it_came(
    thorough: bool, seed: int
) -> None:
    """Also where not all is: what the one order took is all that counts."""
    for chance in chances(seed, thorough):
        said = story(chance, BY_HEADS, only_possible=False)
        taken = [list[RecordedEntry]() for _ in range(4)]
        for order in range(4):
            for one in chance.sample(said, len(said)):
                after = arrived(one, taken[order])
                taken[order] = after if is_taken(after) else taken[order]
        came_to: dict[frozenset[UUID], Any] = {}
        for entries in taken:
            animals = told_of(folded(entries).incident)
            assert came_to.setdefault(frozenset(one.body.id for one in entries), animals) == animals
