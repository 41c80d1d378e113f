"""Links of a chain, made by hand."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from wildlife.kinds import KINDS
from wildlife.people.accounts import OfficerRef
from wildlife.people.codes import Role
from wildlife.people.stations import StationRef
from wildlife.species.model import ProtectionPeriod, TaxonRef
from wildlife.timeline import chain
from wildlife.timeline.chain import Facts, Recorded
from wildlife.words.vocabularies import Protection

ZONE = ZoneInfo("Asia/Shanghai")
STATION = StationRef(UUID(int=1), "150425", "大局子森林派出所")
OFFICER = OfficerRef(UUID(int=2), "150425001", "民警", Role.OFFICER, STATION)
START = datetime(2024, 7, 29, 7, 20, tzinfo=UTC)
INCIDENT = UUID(int=3)


def taxon(species_id: str) -> TaxonRef:
    period = ProtectionPeriod(
        protection=Protection.SANYOU, valid_from=date(2023, 6, 26), list="SANYOU-2023-17"
    )
    return TaxonRef(species_id, species_id, species_id, species_id, species_id == "alien", [period])


def recorded_opening(body: dict[str, Any]) -> chain.RecordedOpening:
    opening = msgspec.convert(
        {"id": str(INCIDENT), "found_at": START.isoformat(), "place": {"description": "林中"}}
        | body,
        KINDS.opening,
    )
    return Recorded(INCIDENT, 1, "00" * 32, START, OFFICER, opening, Facts(case_number="1-1-001"))


OPENINGS = [
    recorded_opening(
        {"kind": "rescue", "source": "report", "animals": [{"count": 3}, {"reported_as": "鸟"}]}
    ),
    recorded_opening(
        {
            "kind": "road_hazard",
            "source": "patrol",
            "hazard": {"type": "rockfall", "passability": "blocked"},
        }
    ),
]
