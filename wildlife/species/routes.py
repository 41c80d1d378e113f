"""GET /species: the register."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from wildlife.people.may import Verb
from wildlife.service import Service
from wildlife.species.model import FoundTaxon, Taxon
from wildlife.species.queries import fetch_species, search_species
from wildlife.web.etags import content_etag, is_current, not_modified
from wildlife.web.handling import FromService, problems
from wildlife.web.problems import Problem
from wildlife.words.values import NOT_BLANK


class FoundTaxa(msgspec.Struct, frozen=True):
    """What a search found, best first. There are no further pages: a search is made narrower."""

    items: list[FoundTaxon]
    next_cursor: None = None


@get("/species", opt={"verb": Verb.LOOK_UP}, tags=["species"], responses=problems(400, 401))
async def search(
    service: FromService,
    q: Annotated[
        str,
        QueryParameter(
            min_length=1,
            max_length=64,
            pattern=NOT_BLANK,
            description="A part of the Chinese name, an alias, pinyin or its initials, the Latin or"
            " English name; one wrong character is forgiven.",
        ),
    ],
    on: FromQuery[date | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
) -> FoundTaxa:
    """Find a species. 鸬鹚 names several: offer them with their protection side by side."""
    async with service.database.searching() as connection:
        return FoundTaxa(await search_species(connection, q, on or _today(service), limit))


@get(
    "/species/{species_id:str}",
    opt={"verb": Verb.LOOK_UP},
    tags=["species"],
    responses=problems(400, 401, 404),
)
async def get_species(
    service: FromService,
    request: Request[Any, Any, Any],
    species_id: FromPath[str],
    on: FromQuery[date | None] = None,
) -> Response[Taxon]:
    """One species, with its protection on a day (default: today) and before."""
    async with service.database.reading() as connection:
        taxon = await fetch_species(connection, species_id, on or _today(service))
    if taxon is None:
        raise Problem("not_found")
    tag = content_etag(taxon)
    return not_modified(tag) if is_current(request, tag) else Response(taxon, headers={"ETag": tag})


def _today(service: Service) -> date:
    return datetime.now(service.settings.zone).date()
