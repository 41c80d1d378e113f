"""Who and which unit a list is asked about: an empty one would answer with silence."""

from typing import Any

from litestar.params import QueryParameter

from db.connection import Connection
from wildlife.people.event_queries import knows_of
from wildlife.people.may import Scope
from wildlife.people.station_queries import find_station, near_stations
from wildlife.web.near import Choice
from wildlife.web.problems import FieldError, Problem
from wildlife.words.values import NO_NUL, STATION_CODE


def unmeant(name: str, given: str, expected: str, near: tuple[Choice, ...] = ()) -> Problem:
    """What is said of a parameter that names nothing."""
    return Problem("invalid_parameter", FieldError(name, given, expected, near=near))


def station_parameter(description: str) -> Any:
    """A parameter that is the code of a station. Whoever gives its name is told the code by
    `unmeant_station`."""
    return QueryParameter(
        max_length=200,
        description=description,
        schema_extra={"pattern": STATION_CODE, "examples": ["150425"]},
    )


def badge_parameter(description: str) -> Any:
    """A parameter that is a badge number."""
    return QueryParameter(max_length=64, pattern=NO_NUL, description=description)


async def unmeant_station(
    connection: Connection, code: str | None, name: str = "station"
) -> list[Problem]:
    """What is wrong with the code of a station, where one is given. name: of the parameter."""
    if code is None or await find_station(connection, code) is not None:
        return []
    near = await near_stations(connection, code)
    return [unmeant(name, code, "the code of a station; GET /api/v1/stations", near)]


async def unmeant_badge(
    connection: Connection, directed: Scope, badge: str | None
) -> list[Problem]:
    """What is wrong with a badge number, where one is given: also with that of somebody elsewhere,
    of whom nothing is told."""
    if badge is None or await knows_of(connection, directed, badge):
        return []
    return [unmeant("badge", badge, "the badge number of an account that you may see")]
