"""Questions that can't be meant: an empty list would answer them with silence."""

from db.pool import Connection
from wildlife.lists.conditions import Asked
from wildlife.people.station_queries import find_station, near_stations
from wildlife.rescues.marks import keys_of
from wildlife.species.queries import find_taxon, near_species
from wildlife.web.near import Choice
from wildlife.web.problems import FieldError, Problem, gather


async def require_meant(connection: Connection, asked: Asked) -> None:
    """That there is what is asked for by name.

    Raises Problem: invalid_parameter.
    """
    filters, species = asked.filters, getattr(asked, "species", None)
    mark = getattr(asked, "mark", None)
    wrong = []
    if mark is not None and not keys_of(mark):
        wrong.append(_unmeant("mark", mark, "the number of a ring, a chip or a tag"))
    if filters.station is not None and await find_station(connection, filters.station) is None:
        near = await near_stations(connection, filters.station)
        expected = "the code of a station; GET /api/v1/stations"
        wrong.append(_unmeant("station", filters.station, expected, near))
    if species is not None and await find_taxon(connection, species) is None:
        near = await near_species(connection, species)
        wrong.append(
            _unmeant("species", species, "the id of a species; GET /api/v1/species?q=", near)
        )
    gather(wrong)


def _unmeant(name: str, given: str | None, expected: str, near: tuple[Choice, ...] = ()) -> Problem:
    return Problem("invalid_parameter", FieldError(name, given, expected, near=near))
