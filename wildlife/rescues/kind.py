"""What the timeline has to know of a rescue."""

from typing import Final, get_args

from wildlife.people.may import Audience
from wildlife.rescues.animal import ReleaseRow
from wildlife.rescues.checking import check
from wildlife.rescues.entries import RescueEntry
from wildlife.rescues.flags import flags
from wildlife.rescues.gaps import gaps
from wildlife.rescues.incident import (
    RescueIncident,
    advance,
    begin,
    impossible,
    is_settled,
    marks,
    meant,
    number,
    places,
    species_of,
    steps,
    supposing,
    words,
)
from wildlife.rescues.opening import RescueOpening
from wildlife.rescues.rows import AnimalRow, animals, releases
from wildlife.timeline.kind import Kind, Table

RESCUE: Final = Kind(
    zh=RescueOpening.KIND.zh,
    en=RescueOpening.KIND.en,
    opening=RescueOpening,
    audience=Audience.COMPETENT,
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
    check=check,
    species_of=species_of,
    is_nothing=lambda _: False,
    gaps=gaps,
    words=words,
    places=places,
    marks=marks,
    tables=(Table("animal", AnimalRow, animals), Table("release", ReleaseRow, releases)),
)
