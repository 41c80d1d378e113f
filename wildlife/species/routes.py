"""GET /species: the register."""

from datetime import date, datetime
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from db.connection import Connection
from wildlife.people.may import Verb
from wildlife.service import FromService, Service
from wildlife.species.model import FoundTaxon, Taxon, TaxonKey, Within, key_of
from wildlife.species.protections import WHOLE_COUNTRY
from wildlife.species.queries import (
    fetch_species,
    has_family,
    has_order,
    list_species,
    search_species,
)
from wildlife.web.answer_headers import documented_headers
from wildlife.web.etags import content_etag, is_current, not_modified
from wildlife.web.pages import decode_cursor, encode_cursor, next_link, question_of
from wildlife.web.problems import FieldError, Problem, gather
from wildlife.web.responses import READING, problems
from wildlife.words.regions import A_REGION_OR_ITS_BEGINNING
from wildlife.words.sentences import Sentence
from wildlife.words.values import NOT_BLANK
from wildlife.words.vocabularies import Protection

AskedRegion: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        pattern=A_REGION_OR_ITS_BEGINNING,
        description="行政区划。A region code, or its beginning: what holds there beside what holds"
        " in the whole country. Without it: the latter alone.",
        schema_extra={"examples": ["15"]},
    ),
]


AskedDay: TypeAlias = Annotated[
    date | None,
    QueryParameter(
        description="日期。The day on which the protection is to hold; without it: today.",
        schema_extra={"examples": ["2024-07-29"]},
    ),
]

_NO_SPECIES: Final = Sentence(
    "The register has no species with this id. Search with GET /api/v1/species?q=…",
    "物种名录中没有这个物种。可用 GET /api/v1/species?q=… 按名称查询。",
)


class FoundTaxa(msgspec.Struct, frozen=True):
    """物种查询结果。What a search found, best first; there are no further pages: a search is made
    narrower.

    Or a page of the register; `next_cursor` gets the next one, and is null on the last.
    """

    items: list[FoundTaxon]
    """物种。What a search found, best first; or a page of the register."""
    next_cursor: str | None = None
    """下一页游标。Gets the next page of the register; null on the last, and after a search."""


@get(
    "/species",
    opt={"verb": Verb.LOOK_UP},
    tags=["species"],
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def find_species(
    service: FromService,
    request: Request[Any, Any, Any],
    q: Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=64,
            pattern=NOT_BLANK,
            description="名称。A part of the Chinese name, an alias, pinyin or its initials, the"
            " Latin or English name; one wrong character is forgiven. Without it: the whole"
            " register.",
            schema_extra={"examples": ["ptlc"]},
        ),
    ] = None,
    protection: Annotated[
        Protection | None,
        QueryParameter(description="保护级别。Any that holds on that day and in that region."),
    ] = None,
    order: Annotated[
        str | None,
        QueryParameter(
            max_length=100,
            description="目。An order, by its Chinese name.",
            schema_extra={"examples": ["鸮形目"]},
        ),
    ] = None,
    family: Annotated[
        str | None,
        QueryParameter(
            max_length=100,
            description="科。A family, by its Chinese name.",
            schema_extra={"examples": ["鸱鸮科"]},
        ),
    ] = None,
    on: AskedDay = None,
    region: AskedRegion = None,
    limit: Annotated[
        int, QueryParameter(ge=1, le=100, description="每页条数。How many are told, at most.")
    ] = 20,
    cursor: Annotated[
        str | None,
        QueryParameter(
            description="游标。The `next_cursor` of the page before, together with all that was"
            " asked there but `limit`, which may change. Or follow `Link`. Not beside `q`."
        ),
    ] = None,
) -> Response[FoundTaxa]:
    """查找物种。Find a species, or go through the register by class, order and family.

    鸬鹚 names several: offer them with their protection side by side.
    """
    if q is not None and cursor is not None:
        expected = "left out beside q: a search has no further pages"
        raise Problem("invalid_parameter", FieldError("cursor", cursor, expected))
    question = question_of(request)
    after = decode_cursor(question, cursor, TaxonKey)
    if protection is Protection.PROVINCIAL and region is None:
        expected = "the region whose list is meant"
        raise Problem("invalid_parameter", FieldError("region", None, expected))
    within, day = Within(protection, order, family), on or _today(service)
    where = region or WHOLE_COUNTRY
    async with service.database.searching() as connection:
        await _require_known(connection, within)
        if q is not None:
            found = await search_species(connection, q, day, limit, within, where)
            return Response(FoundTaxa(found))
        taxa = await list_species(connection, within, day, where, limit + 1, after)
    goes_on = encode_cursor(question, key_of(taxa[limit - 1])) if len(taxa) > limit else None
    return Response(FoundTaxa(taxa[:limit], goes_on), headers=next_link(request, goes_on))


async def _require_known(connection: Connection, within: Within) -> None:
    """Raises Problem for an order or a family that the register does not have: a misspelt one, of
    which an empty answer would say that nothing is in it; and for a family of another order."""
    wrong = []
    if within.order is not None and not await has_order(connection, within.order):
        expected = "an order as the register names it"
        wrong.append(Problem("invalid_parameter", FieldError("order", within.order, expected)))
    if within.family is not None and not await has_family(connection, within.family):
        expected = "a family as the register names it"
        wrong.append(Problem("invalid_parameter", FieldError("family", within.family, expected)))
    gather(wrong)
    if within.order and within.family:
        is_in_it = await has_family(connection, within.family, within.order)
        if not is_in_it:
            expected = "a family of that order"
            raise Problem("invalid_parameter", FieldError("family", within.family, expected))


@get(
    "/species/{species_id:str}",
    opt={"verb": Verb.LOOK_UP},
    tags=["species"],
    response_headers=documented_headers("ETag"),
    responses=problems(*READING, "not_found"),
)
async def get_species(
    service: FromService,
    request: Request[Any, Any, Any],
    species_id: FromPath[str],
    on: AskedDay = None,
    region: AskedRegion = None,
) -> Response[Taxon]:
    """一个物种。One species, with its protections on a day (default: today) in a region, and
    before."""
    async with service.database.reading() as connection:
        day, where = on or _today(service), region or WHOLE_COUNTRY
        taxon = await fetch_species(connection, species_id, day, where)
    if taxon is None:
        raise Problem("not_found", said=_NO_SPECIES)
    tag = content_etag(taxon)
    return not_modified(tag) if is_current(request, tag) else Response(taxon, headers={"ETag": tag})


def _today(service: Service) -> date:
    return datetime.now(service.settings.zone).date()
