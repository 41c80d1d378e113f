"""What the timeline has to know of a rescue."""

from typing import Final, get_args

from wildlife.people.may import Audience
from wildlife.rescues.animal import ReleaseRow
from wildlife.rescues.checking import check
from wildlife.rescues.custody import CUSTODY
from wildlife.rescues.entries import RescueEntry
from wildlife.rescues.flags import flags
from wildlife.rescues.gaps import gaps
from wildlife.rescues.incident import (
    RescueIncident,
    advance,
    begin,
    hides,
    impossible,
    is_settled,
    marks,
    meant,
    number,
    officers,
    places,
    species_of,
    steps,
    supposing,
    words,
)
from wildlife.rescues.opening import RescueOpening
from wildlife.rescues.rows import AnimalRow, TransferRow, animals, releases, transfers
from wildlife.timeline.kind import Kind, Table
from wildlife.words.sentences import Sentence

RESCUE: Final = Kind(
    opening=RescueOpening,
    audience=Audience.COMPETENT,
    hides=hides,
    entries=get_args(RescueEntry),
    incident=RescueIncident,
    begin=begin,
    advance=advance,
    supposing=supposing,
    number=number,
    meant=meant,
    impossible=impossible,
    flags=flags,
    steps=steps,
    is_settled=is_settled,
    unsettled=Sentence("Record first what became of every animal.", "请先记录每只动物的处置结果。"),
    check=check,
    species_of=species_of,
    is_nothing=lambda _: False,
    gaps=gaps,
    words=words,
    officers=officers,
    places=places,
    marks=marks,
    custody=CUSTODY,
    tables=(
        Table("animal", AnimalRow, animals),
        Table("release", ReleaseRow, releases),
        Table("transfer", TransferRow, transfers),
    ),
)
