"""GET /animals."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from wildlife.lists.animals import Animal, list_animals
from wildlife.lists.listing import AskedSpecies, Filters, ListOperation, Page, answer
from wildlife.people.guard import FromActor
from wildlife.web.handling import FromService, problems
from wildlife.words.vocabularies import Outcome, Protection


@get("/animals", tags=["animals"], operation_class=ListOperation, responses=problems(400, 401))
async def get_animals(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    species: AskedSpecies = None,
    protection: FromQuery[Protection | None] = None,
    state_: Annotated[Outcome | None, QueryParameter(name="state")] = None,
) -> Response[Page[Animal]]:
    """Animals by when they were found, newest first. `state` is what became of them."""
    async with service.database.searching() as connection:
        found = await list_animals(
            connection, actor, filters, species=species, protection=protection, outcome=state_
        )
    return answer(found, filters)
