"""Questions that can't be meant: an empty list would answer them with silence."""

from itertools import chain
from typing import Any

from db.connection import Connection
from wildlife.lists.conditions import Asked
from wildlife.people.asking import unmeant, unmeant_station
from wildlife.people.station_queries import find_station
from wildlife.rescues.marks import keys_of
from wildlife.species.queries import find_taxon, near_species
from wildlife.web.problems import gather
from wildlife.words.case_numbers import station_code_in
from wildlife.words.text import query_terms


async def read_meant(connection: Connection, asked: Asked) -> dict[str, Any]:
    """What is asked for, by the parameters of its conditions, with what the database knows of it.

    Raises Problem: invalid_parameter, where there is not what is asked for by name.
    """
    filters, species = asked.filters, getattr(asked, "species", None)
    mark, values = getattr(asked, "mark", None), asked.values()
    wrong = []
    if mark is not None and not keys_of(mark):
        wrong.append(unmeant("mark", mark, "the number of a ring, a chip or a tag"))
    if filters.station is not None:
        station = await find_station(connection, filters.station)
        wrong += [] if station else await unmeant_station(connection, filters.station)
        values["station_id"] = station and station.station_id
    if species is not None and await find_taxon(connection, species) is None:
        near = await near_species(connection, species)
        wrong.append(
            unmeant("species", species, "the id of a species; GET /api/v1/species?q=", near)
        )
    gather(wrong)
    if filters.words:
        numbers = [word for word in filters.words if await _is_case_number(connection, word)]
        terms_of = [query_terms(word) for word in filters.words if word not in numbers]
        terms = [*dict.fromkeys(chain(*terms_of))]
        values |= {"numbers": numbers or None, "terms": terms or None, "terms_of": terms_of}
    return values


async def _is_case_number(connection: Connection, word: str) -> bool:
    """Whether it is a whole one: what begins with no station's code may be the end of another."""
    code = station_code_in(word)
    return code is not None and await find_station(connection, code) is not None
