"""The kinds of incident that there are."""

from typing import Annotated, Final, TypeAlias

from wildlife.hazards.kind import ROAD_HAZARD
from wildlife.rescues.kind import RESCUE
from wildlife.timeline.kind import Kinds
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import named_by

KINDS: Final = Kinds((RESCUE, ROAD_HAZARD))


def name_of_kind(name: str) -> Sentence:
    """What a kind is called; one that there is not, by its name."""
    return next((one.label for one in KINDS if one.name == name), Sentence(name, name))


KindName: TypeAlias = Annotated[str, named_by(name_of_kind)]
"""A kind of incident, which has what it is called beside it where labels are asked for."""
