"""Questions that can't be meant: an empty list would answer them with silence."""

from db.pool import Connection
from wildlife.lists.conditions import Asked
from wildlife.people.accounts import Actor
from wildlife.web.problems import FieldError, Problem


async def require_meant(connection: Connection, actor: Actor, asked: Asked) -> None:
    """That there is what is asked for by name, and that it lies within what the actor sees.

    Raises Problem: invalid_parameter.
    """
    filters, species = asked.filters, getattr(asked, "species", None)
    if filters.since and filters.until and filters.since >= filters.until:
        raise _unmeant("to", filters.until.isoformat(), "later than `from`")
    scope = actor.scope
    regions = [] if scope.everything or scope.stations else scope.regions
    if filters.region and regions and not _meet(filters.region, regions):
        raise _unmeant("region", filters.region, f"within your own: {', '.join(regions)}")
    if filters.station is None and species is None:
        return
    station_is_there, species_is_there = await connection.fetchrow(
        """
        select $1::text is null or exists (select from station where code = $1),
            $2::text is null or exists (select from species where species_id = $2)
        """,
        filters.station,
        species,
    )  # type: ignore[misc]
    if not station_is_there:
        raise _unmeant("station", filters.station, "the code of a station; GET /api/v1/stations")
    if not species_is_there:
        raise _unmeant("species", species, "the id of a species; GET /api/v1/species?q=")


def _meet(region: str, regions: list[str]) -> bool:
    return any(region.startswith(one) or one.startswith(region) for one in regions)


def _unmeant(name: str, given: str | None, expected: str) -> Problem:
    return Problem("invalid_parameter", FieldError(name, given, expected))
