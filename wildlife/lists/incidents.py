"""GET /incidents."""

from datetime import datetime
from typing import Annotated, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from wildlife.lists.conditions import OF_INCIDENT, AskedSpecies
from wildlife.lists.filters import Filters
from wildlife.lists.formats import ListOperation, answer
from wildlife.lists.listing import Listing
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.timeline.service import FromTimelineService
from wildlife.web.handling import problems
from wildlife.web.pages import Page
from wildlife.web.problems import FieldError, Problem
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
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


INCIDENTS: Final = Listing(
    ListedIncident,
    "incident",
    _Key,
    OF_INCIDENT,
    {
        "id": "t.incident_id",
        "case_number": "t.case_number",
        "summary": "t.document ->> 'summary'",
        "place": "t.document #>> '{place,description}'",
        "species": """array(select a.chinese_name from animal a
            where a.incident_id = t.incident_id order by a.number)""",
        "missing": "jsonb_array_length(t.document -> 'missing')",
        "overdue": "coalesce(t.next_due_at < now(), false)",
    },
)


@get(
    "/incidents",
    opt={"verb": Verb.READ},
    tags=["incidents"],
    operation_class=ListOperation,
    responses=problems(400, 401, 403),
)
async def get_incidents(
    service: FromTimelineService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    kind: FromQuery[str | None] = None,
    state_: Annotated[IncidentState | None, QueryParameter(name="state")] = None,
    species: AskedSpecies = None,
    protection: FromQuery[Protection | None] = None,
    overdue: FromQuery[bool | None] = None,
) -> Response[Page[ListedIncident]]:
    """Incidents by when they were found, newest first."""
    known = [one.name for one in service.kinds]
    if kind is not None and kind not in known:
        raise Problem("invalid_parameter", FieldError("kind", kind, ", ".join(known)))
    asked = {
        "kind": kind,
        "state": state_,
        "species": species,
        "protection": protection,
        "overdue": overdue,
    }
    async with service.database.searching() as connection:
        found = await INCIDENTS.page(connection, actor, filters, asked)
    return answer(found, geojson=filters.geojson)
