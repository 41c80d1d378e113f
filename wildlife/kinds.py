"""The kinds of incident that there are."""

from typing import Final

from wildlife.hazards.kind import ROAD_HAZARD
from wildlife.rescues.kind import RESCUE
from wildlife.timeline.kind import Kinds

KINDS: Final = Kinds((RESCUE, ROAD_HAZARD))
