"""Where an entry contradicts what was known of its animal at that moment. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from wildlife.rescues.animal import AnimalState, is_dead
from wildlife.rescues.codes import (
    Attitude,
    Condition,
    DeathCircumstance,
    Outcome,
    Quarantine,
)
from wildlife.rescues.ends import Death, Release, Settling, Transfer
from wildlife.rescues.entries import AgencyOpinion, AnimalEntry, Assessment, Care, Identification
from wildlife.rescues.marks import noticed_of_marks
from wildlife.words.vocabularies import RecordFlag

_FREE: Final = {Outcome.RELEASED, Outcome.ESCAPED}


def noticed(
    animal: AnimalState, entry: AnimalEntry, found_at: datetime, *, awaits_opinion: bool
) -> Iterator[RecordFlag]:
    """animal: as it was before the entry; awaits_opinion: whether who seized it has yet to say what
    is to be done with it."""
    # A release has a flag of its own; what is seized may have been spoken of before.
    if entry.happened_at < found_at and not isinstance(entry, Release | AgencyOpinion):
        yield RecordFlag.BEFORE_FOUND
    if _says_it_lives(entry) and (animal.condition is Condition.DEAD or is_dead(animal)):
        yield RecordFlag.ALIVE_AFTER_DEATH
    yield from noticed_of_marks(animal, entry)
    match entry:
        case Care(isolated_until=datetime() as until):
            since = entry.isolated_from or animal.isolated_from
            if since is not None and until < since:
                yield RecordFlag.ISOLATION_OUT_OF_ORDER
        case Transfer(received_at=datetime() as received_at) if received_at < entry.happened_at:
            yield RecordFlag.RECEIVED_BEFORE_SENT
        case Death(circumstance=DeathCircumstance.DEAD_ON_ARRIVAL) if _was_let_go(animal, entry):
            yield RecordFlag.DEAD_ON_ARRIVAL_AFTER_RELEASE
        case Release(quarantine=quarantine) if animal.under_suspicion:
            if quarantine is not Quarantine.PASSED:
                yield RecordFlag.RELEASED_UNDER_SUSPICION
        case Identification(species_id=species_id) if (before := animal.species) is not None:
            if before.identified_at == entry.happened_at and before.species_id != species_id:
                yield RecordFlag.IDENTIFIED_AS_TWO
        case _:
            pass
    if awaits_opinion and isinstance(entry, Settling) and entry.disposes:
        yield RecordFlag.OPINION_MISSING


def _was_let_go(animal: AnimalState, death: Death) -> bool:
    """Whether those who died had been let go or got away, and had not come in once more. Whoever
    took them over may well have received them dead."""
    let_go = [one for one in animal.settled if one.left and one.outcome in _FREE]
    if death.entry_id is not None:
        return any(one.entry_id == death.entry_id for one in let_go)
    return not animal.remaining and let_go != []


def _says_it_lives(entry: AnimalEntry) -> bool:
    """Whether it can't be said of a dead animal; a release has a flag of its own."""
    match entry:
        case Assessment(condition=condition, attitude=attitude):
            living = condition not in (None, Condition.UNKNOWN, Condition.DEAD)
            return living or attitude not in (None, Attitude.NON_RESPONSIVE)
        case Care(feeding=feeding):
            return feeding is not None
        case Death() | Release():
            return False
        case _:
            return entry.IN_HANDS and not entry.OF_THE_DEAD
