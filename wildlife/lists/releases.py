"""GET /releases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from wildlife.lists.conditions import PROTECTED, Asked, AskedSpecies, asks, where
from wildlife.lists.formats import OFFERED, ListOperation
from wildlife.lists.listing import Listing
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.animal import ReleaseRow
from wildlife.web.handling import FromService
from wildlife.web.pages import Page
from wildlife.web.responses import PAGED, READING, problems
from wildlife.words.values import Moment
from wildlife.words.vocabularies import Protection


class ListedRelease(ReleaseRow, frozen=True, kw_only=True):
    """A release in a list, with the incident that it belongs to."""

    entry_id: UUID = msgspec.field(name="id")
    """The id of the release's entry on the timeline."""
    incident_id: UUID
    case_number: str
    station: str
    found_at: datetime
    duplicate_of: UUID | None
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    released_at: Moment
    incident_id: UUID
    entry_id: UUID


@dataclass(frozen=True, kw_only=True)
class OfReleases(Asked):
    """What releases can be asked for beside what every list can."""

    species: AskedSpecies = where("t.species_id = :species")
    protection: FromQuery[Protection | None] = where(PROTECTED.format("t"))


RELEASES: Final = Listing(ListedRelease, "release", _Key, OfReleases)


@get(
    "/releases",
    opt={"verb": Verb.READ, "offers": OFFERED},
    dependencies=asks(OfReleases),
    tags=["releases"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=PAGED,
)
async def get_releases(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfReleases],
) -> Response[Page[ListedRelease]]:
    """Releases to the wild, newest first; from, to and places are those of the release."""
    return await RELEASES.answer(service, request, actor, asked)
