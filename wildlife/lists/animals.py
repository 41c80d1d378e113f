"""GET /animals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from wildlife.lists.conditions import AS_STATE, PROTECTED, Asked, AskedSpecies, asks, where
from wildlife.lists.formats import OFFERED, ListOperation
from wildlife.lists.listing import Listing
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.codes import Outcome
from wildlife.rescues.rows import AnimalRow
from wildlife.web.handling import FromService
from wildlife.web.pages import Page
from wildlife.web.responses import PAGED, READING, problems
from wildlife.words.values import Moment, Number
from wildlife.words.vocabularies import Protection


class ListedAnimal(AnimalRow, frozen=True, kw_only=True):
    """An animal in a list, with the incident that it belongs to."""

    incident_id: UUID
    case_number: str
    station: str
    found_at: datetime
    duplicate_of: UUID | None
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID
    number: Number


@dataclass(frozen=True, kw_only=True)
class OfAnimals(Asked):
    """What animals can be asked for beside what every list can; `state` is what became of any
    of their heads."""

    species: AskedSpecies = where("t.species_id = :species")
    protection: FromQuery[Protection | None] = where(PROTECTED.format("t"))
    state_: Annotated[Outcome | None, AS_STATE] = where(
        "t.outcomes @> jsonb_build_array(jsonb_build_object('outcome', :state_::text))"
    )


ANIMALS: Final = Listing(ListedAnimal, "animal", _Key, OfAnimals)


@get(
    "/animals",
    opt={"verb": Verb.READ, "offers": OFFERED},
    dependencies=asks(OfAnimals),
    tags=["animals"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=PAGED,
)
async def get_animals(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfAnimals],
) -> Response[Page[ListedAnimal]]:
    """Animals by when they were found, newest first. `state` is what became of any
    of their heads."""
    return await ANIMALS.answer(service, request, actor, asked)
