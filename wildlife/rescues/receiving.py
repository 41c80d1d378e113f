"""What who took an animal over says of its arrival. Pure."""

from msgspec.structs import replace

from wildlife.rescues.animal import AnimalState, Received, flagged, is_dead
from wildlife.rescues.ends import Receipt
from wildlife.rescues.steps import awaits_receipt, no_transfer
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Impossible
from wildlife.words.vocabularies import RecordFlag


def receive(animal: AnimalState, entry: Receipt, facts: Facts) -> AnimalState | Impossible:
    """The animal, with its transfer confirmed: the one that is named, or was meant as it came."""
    named = entry.entry_id or next(iter(facts.ends or ()), None)
    waiting = [
        end for end in animal.settled if awaits_receipt(end) and named in (None, end.entry_id)
    ]
    if len(waiting) != 1:
        return no_transfer(animal, named, waiting)
    [end] = waiting
    count = end.count if entry.count is None else entry.count
    confirmed = replace(
        end,
        received=Received(entry.id, count, entry.happened_at),
        receipt_number=entry.receipt_number or end.receipt_number,
    )
    after = replace(
        animal,
        condition=animal.condition if is_dead(animal) else entry.condition or animal.condition,
        settled=[confirmed if one is end else one for one in animal.settled],
    )
    return after if count == end.count else flagged(after, entry.id, RecordFlag.RECEIVED_OTHERS)


def unmatched(animal: AnimalState, entry: Receipt) -> AnimalState:
    """The animal where what a receipt confirmed is told otherwise by now: that something came stays
    true, and nobody has to void it to say what is right."""
    return flagged(animal, entry.id, RecordFlag.RECEIVED_NOTHING)
