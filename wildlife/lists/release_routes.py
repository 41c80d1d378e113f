"""GET /releases."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from wildlife.lists.listing import AskedSpecies, Filters, ListOperation, Page, answer
from wildlife.lists.releases import Release, list_releases
from wildlife.people.guard import FromActor
from wildlife.web.handling import FromService, problems
from wildlife.words.vocabularies import Protection


@get("/releases", tags=["releases"], operation_class=ListOperation, responses=problems(400, 401))
async def get_releases(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    species: AskedSpecies = None,
    protection: FromQuery[Protection | None] = None,
) -> Response[Page[Release]]:
    """Releases to the wild, newest first."""
    async with service.database.searching() as connection:
        found = await list_releases(
            connection, actor, filters, species=species, protection=protection
        )
    return answer(found, filters)
