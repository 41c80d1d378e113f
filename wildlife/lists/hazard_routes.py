"""GET /hazards."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from wildlife.lists.hazards import Hazard, list_hazards
from wildlife.lists.listing import Filters, ListOperation, Page, answer
from wildlife.people.guard import FromActor
from wildlife.web.handling import FromService, problems
from wildlife.words.vocabularies import HazardState, HazardType, Passability


@get("/hazards", tags=["hazards"], operation_class=ListOperation, responses=problems(400, 401))
async def get_hazards(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    type_: Annotated[HazardType | None, QueryParameter(name="type")] = None,
    state_: Annotated[HazardState | None, QueryParameter(name="state")] = None,
    passability: FromQuery[Passability | None] = None,
) -> Response[Page[Hazard]]:
    """Road hazards by when they were found, newest first."""
    async with service.database.searching() as connection:
        found = await list_hazards(
            connection, actor, filters, type_=type_, state=state_, passability=passability
        )
    return answer(found, filters)
