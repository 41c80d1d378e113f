"""Questions that can't be meant: an empty list would answer them with silence."""

from db.connection import Connection
from wildlife.lists.conditions import Asked
from wildlife.people.asking import unmeant, unmeant_station
from wildlife.rescues.marks import keys_of
from wildlife.species.queries import find_taxon, near_species
from wildlife.web.problems import gather


async def require_meant(connection: Connection, asked: Asked) -> None:
    """That there is what is asked for by name.

    Raises Problem: invalid_parameter.
    """
    filters, species = asked.filters, getattr(asked, "species", None)
    mark = getattr(asked, "mark", None)
    wrong = []
    if mark is not None and not keys_of(mark):
        wrong.append(unmeant("mark", mark, "the number of a ring, a chip or a tag"))
    wrong += await unmeant_station(connection, filters.station)
    if species is not None and await find_taxon(connection, species) is None:
        near = await near_species(connection, species)
        wrong.append(
            unmeant("species", species, "the id of a species; GET /api/v1/species?q=", near)
        )
    gather(wrong)
