"""Questions that can't be meant: an empty list would answer them with silence."""

from itertools import chain
from typing import Any, Final

from db.connection import Connection
from wildlife.lists.conditions import Asked
from wildlife.lists.parameters import RANKS
from wildlife.people.asking import unmeant, unmeant_station
from wildlife.people.station_queries import find_station, list_ids_below
from wildlife.rescues.marks import keys_of
from wildlife.species.queries import find_taxon, list_names_of, near_species
from wildlife.web.near import Choice, near
from wildlife.web.problems import FieldError, Problem, gather
from wildlife.words.case_numbers import parts_of
from wildlife.words.sentences import Sentence
from wildlife.words.text import query_terms
from wildlife.words.vocabularies import Code, PhotoFlag, RecordFlag

_EXPECTED: Final = {
    "genus": "a genus as the register names it",
    "family": "a family as the register names it",
    "order": "an order as the register names it",
    "class": "a class as the register names it",
}
_ORDERS_BEFORE: Final = {"newest", "oldest"}
_SORT: Final = Sentence(
    "Which comes first says `sort`: `-time` is the newest, `time` the oldest.",
    "排列次序用 `sort`：`-time` 为最新在前，`time` 为最早在前。",
)


_TOLD_ELSEWHERE: Final[dict[str, set[Code]]] = {
    "flag": {RecordFlag.NAMES_INFORMANT},
    "photo_flag": {PhotoFlag.SAME_PICTURE, PhotoFlag.INCOMPLETE},
}
"""Flags that no row has: what they tell is found out for who reads the incident, or its photos."""


async def read_meant(connection: Connection, asked: Asked) -> dict[str, Any]:
    """The parameters of the conditions that are asked for, by name, if there is what is asked for
    by name.

    Raises Problem: invalid_parameter.
    """
    mark = getattr(asked, "mark", None)
    wrong = []
    if mark is not None and not keys_of(mark):
        wrong.append(unmeant("mark", mark, "the number of a ring, a chip or a tag"))
    station = None
    if asked.filters.station is not None:
        station = await find_station(connection, asked.filters.station)
        wrong += [] if station else await unmeant_station(connection, asked.filters.station)
    responsible = None
    if asked.responsible is not None:
        responsible = await find_station(connection, asked.responsible)
        if responsible is None:
            wrong += await unmeant_station(connection, asked.responsible, "responsible")
    for species in getattr(asked, "species", None) or ():
        if await find_taxon(connection, species) is None:
            alike = await near_species(connection, species)
            expected = "the id of a species; GET /api/v1/species?q="
            wrong.append(unmeant("species", species, expected, alike))
    for rank in RANKS:
        if given := getattr(asked, rank, None):
            wrong += await _unmeant_taxa(connection, rank.rstrip("_"), given)
    for name, elsewhere in _TOLD_ELSEWHERE.items():
        for flag in elsewhere.intersection(getattr(asked, name, None) or ()):
            wrong.append(unmeant(name, flag, "a flag that lists tell: the incident tells this one"))
    gather(wrong)
    values = asked.values() | {"station_id": station and station.station_id}
    values["responsible_id"] = responsible and responsible.station_id
    if words := asked.filters.words:
        numbers_of = {word: await _numbers_in(connection, word) for word in words}
        numbers = [*chain.from_iterable(numbers_of.values())]
        terms_of = [query_terms(word) for word in words if not numbers_of[word]]
        terms = [*dict.fromkeys(chain(*terms_of))]
        values |= {"numbers": numbers or None, "terms": terms or None, "terms_of": terms_of}
    if values["below"] is not None:
        values["below"] = await list_ids_below(connection, values["below"])
    return values


async def _unmeant_taxa(connection: Connection, rank: str, given: list[str]) -> list[Problem]:
    """What is wrong with the names of parts of the register."""
    known = await list_names_of(connection, rank)
    return [
        Problem(
            "invalid_parameter",
            FieldError(
                rank,
                name,
                _EXPECTED[rank],
                near=near(name, [Choice(one, one, one) for one in known]),
                hint=_SORT if rank == "order" and name in _ORDERS_BEFORE else None,
            ),
        )
        for name in given
        if name not in known
    ]


async def _numbers_in(connection: Connection, word: str) -> list[str]:
    """What stands by itself, with no digit beside it, wherever this word does: a whole case number,
    or the station and the day that one begins with. None where the word begins with no station's
    code: it may be the end of another."""
    parts = parts_of(word)
    if parts is None or await find_station(connection, parts.station) is None:
        return []
    return [word] if parts.is_whole else [parts.station, parts.day]
