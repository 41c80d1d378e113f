"""GET /incidents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from wildlife.lists.conditions import AS_STATE, PROTECTED, Asked, AskedSpecies, asks, where
from wildlife.lists.formats import OFFERED, ListOperation
from wildlife.lists.listing import Listing
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.timeline.service import FromTimelineService, TimelineService
from wildlife.web.pages import Page
from wildlife.web.problems import FieldError, Problem
from wildlife.web.responses import PAGED, READING, problems
from wildlife.words.values import Moment
from wildlife.words.vocabularies import IncidentState, Protection


class ListedIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident in a list."""

    id: UUID
    kind: str
    case_number: str
    state: IncidentState
    station: str
    found_at: datetime
    received_at: datetime
    summary: str | None
    place: str | None
    species: list[str | None]
    """The animals' Chinese names; null for one not identified."""
    missing: int
    """How many things the record still owes."""
    overdue: bool
    duplicate_of: UUID | None
    """The incident that it was closed as a duplicate of."""
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


_ANIMALS_OF_IT: Final = "select from animal a where a.incident_id = t.incident_id"


@dataclass(frozen=True, kw_only=True)
class OfIncidents(Asked):
    """What incidents can be asked for beside what every list can."""

    kind: FromQuery[str | None] = where("t.kind = :kind")
    state_: Annotated[IncidentState | None, AS_STATE] = where("t.state = :state_")
    species: AskedSpecies = where(f"exists ({_ANIMALS_OF_IT} and a.species_id = :species)")
    protection: FromQuery[Protection | None] = where(
        f"exists ({_ANIMALS_OF_IT} and {PROTECTED.format('a')})"
    )
    overdue: FromQuery[bool | None] = where("coalesce(t.next_due_at < now(), false) = :overdue")


INCIDENTS: Final = Listing(
    ListedIncident,
    "incident",
    _Key,
    OfIncidents,
    columns={
        "id": "t.incident_id",
        "case_number": "t.case_number",
        "summary": "t.document ->> 'summary'",
        "place": "t.document #>> '{place,description}'",
        "species": """array(select a.chinese_name from animal a
            where a.incident_id = t.incident_id order by a.number)""",
        "missing": "jsonb_array_length(t.document -> 'missing')",
        "overdue": "coalesce(t.next_due_at < now(), false)",
    },
    conditions={
        # On the row itself, whose index then finds a rare word at once.
        "text": """
            (t.search_terms @> :text_terms and t.search_text like :text
                or t.case_number like :text_beginning)
        """,
    },
)


@get(
    "/incidents",
    opt={"verb": Verb.READ, "offers": OFFERED},
    dependencies=asks(OfIncidents),
    tags=["incidents"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=PAGED,
)
async def get_incidents(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfIncidents],
) -> Response[Page[ListedIncident]]:
    """Incidents by when they were found, newest first."""
    require_kind(service, asked.kind)
    _require_animals(service, asked)
    return await INCIDENTS.answer(service, request, actor, asked)


def require_kind(service: TimelineService, kind: str | None) -> None:
    """That there is such a kind, where one is given. Raises Problem: invalid_parameter."""
    known = [one.name for one in service.kinds]
    if kind is not None and kind not in known:
        raise Problem("invalid_parameter", FieldError("kind", kind, ", ".join(known)))


def _require_animals(service: TimelineService, asked: OfIncidents) -> None:
    """That nobody asks a kind that has none for a species. Raises Problem: invalid_parameter."""
    tables = [table.name for one in service.kinds if one.name == asked.kind for table in one.tables]
    if asked.kind is None or "animal" in tables:
        return
    for name, given in (("species", asked.species), ("protection", asked.protection)):
        if given is not None:
            expected = "left out: what is of that kind has no animals"
            raise Problem("invalid_parameter", FieldError(name, given, expected))
