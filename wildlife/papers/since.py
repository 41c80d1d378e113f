"""What was corrected of an event, and added of the time before it, once it was written down: who
compares a paper with the one that was signed has to know. Pure."""

from collections.abc import Iterator
from uuid import UUID

from wildlife.hazards.entries import HazardEntry
from wildlife.papers.animals import is_about
from wildlife.papers.record import Record, ToldEntry
from wildlife.papers.shared import told_in
from wildlife.papers.sheet import Part, Remark
from wildlife.rescues.animal import AnimalState
from wildlife.rescues.ends import Settling
from wildlife.rescues.entries import Identification
from wildlife.rescues.numbers import OfAnimal
from wildlife.timeline.entry import Amendment, Said, Void
from wildlife.words.sentences import Sentence

_IS_CORRECTED = Sentence(
    "Printed as it was known then. What was corrected of it since is printed as corrected; the"
    " table at the end says what was corrected or added, and when.",
    "本件按当时的记录印制。其后有更正或补录：对当时事项的更正已列入，逐条见文末“事后更正与补录”。",
)
_TITLE = Sentence("Corrected and added since", "事后更正与补录")


def since(
    record: Record, entry_id: UUID, animal: AnimalState | None = None
) -> tuple[list[Part], list[Part]]:
    """What stands above a paper of an entry, and below it, of what was corrected and added since;
    nothing where nothing was. animal: of which it is; None: of a road."""
    found = [*_since(record, entry_id, animal)]
    if not found:
        return [], []
    return [Remark(_IS_CORRECTED)], [told_in(record, _TITLE, found)]


def _since(record: Record, entry_id: UUID, animal: AnimalState | None) -> Iterator[ToldEntry]:
    event = record.said.get(entry_id)
    if event is None:
        return  # it can't be read, which the paper says
    places = {one.shown.id: at for at, one in enumerate(record.timeline)}
    here = places[entry_id]
    for told in record.timeline:
        body, shown = told.body, told.shown
        is_later = shown.recorded_at > event.shown.recorded_at
        match body:
            case _ if shown.voided_by is not None or shown.id == record.incident.id:
                pass
            case Amendment(entry_id=target) | Void(entry_id=target):
                corrected = record.said.get(target)
                if corrected is None or places[target] > here:
                    continue
                if target == entry_id or (is_later and _concerns(record, animal, corrected.body)):
                    yield told
            case Identification() if animal is not None and is_about(record, animal, body):
                if is_later:
                    yield told
            case _ if places[shown.id] < here and is_later and _concerns(record, animal, body):
                yield told


def _concerns(record: Record, animal: AnimalState | None, said: Said) -> bool:
    """Whether something of a paper may follow from what was said."""
    if said.id == record.incident.id:
        return True
    if animal is None:
        return isinstance(said, HazardEntry)
    if isinstance(said, Settling):
        return False  # another end has a paper of its own
    return isinstance(said, OfAnimal) and is_about(record, animal, said)
