"""Where every head was at any time, told backwards from what became of all of them: what the fold
of what had happened by then says."""

from collections import Counter, defaultdict
from datetime import datetime
from random import Random

import msgspec
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.timeline.stories import ALL, arrived, folded, story
from wildlife.rescues.codes import Outcome
from wildlife.rescues.incident import RescueIncident
from wildlife.statistics.annual.moves import Move, moves
from wildlife.statistics.annual.told import Animal, Rescue
from wildlife.timeline.chain import RecordedEntry

CARE = Outcome.IN_CARE


def animals_after(entries: list[RecordedEntry]) -> dict[int, Animal]:
    incident = folded(entries).incident
    assert isinstance(incident, RescueIncident)
    rescue = msgspec.json.decode(msgspec.json.encode(incident), type=Rescue)
    return {one.number: one for one in rescue.animals}


def first_of(animals: dict[int, Animal], number: int) -> int:
    """Of which animal it was split off in the end."""
    before = animals[number].split_from
    return number if before is None else first_of(animals, before)


def in_care(animals: dict[int, Animal], went: list[Move], at: datetime) -> Counter[int]:
    """How many of each number of now were in care then."""
    heads = Counter({number: one.count for number, one in animals.items()})
    for move in went:
        if move.at <= at:
            heads[move.number] += (move.after is CARE) * move.heads
            heads[move.number] -= (move.before is CARE) * move.heads
    return heads


@given(st.integers(0, 10**9))
@examples(max_examples=150)
def test_at_any_time_as_many_are_in_care_as_the_fold_says(seed: int) -> None:
    entries: list[RecordedEntry] = []
    for said in story(Random(seed), ALL):
        entries = arrived(said, entries)
    animals = animals_after(entries)
    went = [*moves([*animals.values()])]
    assert all(move.heads > 0 for move in went)
    for at in {one.body.happened_at for one in entries}:
        then = animals_after([one for one in entries if one.body.happened_at <= at])
        kept: defaultdict[int, int] = defaultdict(int)
        for number, heads in in_care(animals, went, at).items():
            assert 0 <= heads <= animals[number].count
            kept[first_of(animals, number)] += heads
        # What was added later is told of since the find.
        for first in {first_of(then, number) for number in then}:
            of_it = [one for number, one in then.items() if first_of(then, number) == first]
            assert kept[first] == sum(one.remaining for one in of_it), at
    # As many went by each end as the record tells.
    told: Counter[tuple[datetime, Outcome]] = Counter()
    for one in animals.values():
        for end in one.settled:
            told[end.happened_at, end.outcome] += end.count
    found: Counter[tuple[datetime, Outcome]] = Counter()
    for move in went:
        if move.after is not CARE:
            found[move.at, move.after] += move.heads
    assert found == told


def test_heads_that_were_split_off_take_with_them_what_happened_before() -> None:
    """Of five that were let go three came back, and two of these turn out to be another species."""
    told = [
        {
            "number": 1,
            "count": 3,
            "remaining": 1,
            "settled": [
                {
                    "entry_id": "00000000-0000-0000-0000-000000000001",
                    "outcome": "released",
                    "count": 5,
                    "happened_at": "2024-08-01T00:00:00+08:00",
                    "returned": 3,
                }
            ],
            "taken_back": [
                {
                    "count": 3,
                    "happened_at": "2024-08-02T00:00:00+08:00",
                    "been": ["00000000-0000-0000-0000-000000000001"],
                }
            ],
        },
        {
            "number": 2,
            "count": 2,
            "remaining": 2,
            "split_from": 1,
            "split_at": "2024-08-03T00:00:00+08:00",
        },
    ]
    went = [*moves(msgspec.convert(told, list[Animal]))]
    assert Counter({(one.number, one.after): one.heads for one in went}) == {
        (1, CARE): 1,
        (2, CARE): 2,
        (1, Outcome.RELEASED): 3,
        (2, Outcome.RELEASED): 2,
    }
