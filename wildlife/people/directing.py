"""Whose people somebody directs: an administrator all, a chief those of the own unit and those
below."""

from db.pool import Connection
from wildlife.people.accounts import Actor
from wildlife.people.may import Scope
from wildlife.people.station_queries import find_station, near_stations
from wildlife.people.stations import StationRef
from wildlife.web.problems import FieldError, Problem


async def directed_station(
    connection: Connection, actor: Actor, code: str | None, field: str = "station"
) -> StationRef:
    """The unit with this code, or who asks' own, if they direct it.

    Raises Problem: missing_field where it is not named and they have none, unknown_station,
    not_your_unit.
    """
    own = next((one.station for one in actor.appointed_to(*actor.verbs) if one.station), None)
    if code is None:
        if own is None:
            raise Problem("missing_field", FieldError(field))
        return own
    station = await find_station(connection, code)
    if station is None:
        near = await near_stations(connection, code)
        raise Problem("unknown_station", FieldError(field, code, near=near))
    if not covers(actor.directs(*actor.verbs), station):
        raise Problem("not_your_unit")
    return station


def covers(directed: Scope, station: StationRef) -> bool:
    """Whether a unit is one of these."""
    return directed.everything or station.station_id in directed.stations
