"""GET /stations."""

from litestar import get

from wildlife.people.may import Verb
from wildlife.people.station_queries import list_stations
from wildlife.people.stations import Station
from wildlife.web.handling import FromService
from wildlife.web.responses import READING, problems


@get("/stations", opt={"verb": Verb.LOOK_UP}, tags=["stations"], responses=problems(*READING))
async def get_stations(service: FromService) -> list[Station]:
    """全部单位。All stations with their codes and their place in the tree."""
    async with service.database.reading() as connection:
        return await list_stations(connection)
