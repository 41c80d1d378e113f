"""What an account is, over HTTP: appointed, dismissed."""

from contextlib import suppress
from typing import Annotated, Any

from litestar import Request, delete, post
from litestar.params import FromPath, JSONBody, QueryParameter

from wildlife.people import appointing_queries
from wildlife.people.asking import unmeant_station
from wildlife.people.codes import Role
from wildlife.people.directing import (
    APPOINTING,
    MANAGING,
    directed_account,
    directed_station,
    refusing,
    require_one_left,
    require_role,
)
from wildlife.people.guard import FromActor, author_of
from wildlife.people.listed_queries import (
    ListedAccount,
    find_listed,
)
from wildlife.people.managed import (
    NewAppointment,
)
from wildlife.people.may import FOR_ONE_UNIT, Verb
from wildlife.people.refusals import NoAppointment
from wildlife.people.routes import NOT_KEPT
from wildlife.people.service import FromPeopleService
from wildlife.web.problems import gather
from wildlife.web.responses import SENDING_JSON, problems
from wildlife.words.values import STATION_CODE


@post(
    "/accounts/{badge:str}/appointments",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["people"],
    cache_control=NOT_KEPT,
    status_code=200,
    responses=problems(*MANAGING, *SENDING_JSON, *APPOINTING),
)
async def appoint_account(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    badge: FromPath[str],
    data: JSONBody[NewAppointment],
) -> ListedAccount:
    """添加任职。Make an account one thing more, at a unit, or say anew whether it sees roads as
    that; its sessions end. What it is already, just so, changes nothing."""
    require_role(actor, data.role)
    async with service.database.transaction() as connection:
        await directed_account(connection, actor, badge)
        station = data.station
        if station is not None or data.role in FOR_ONE_UNIT:
            station = (await directed_station(connection, actor, station)).code
        with refusing():
            await appointing_queries.appoint(
                connection,
                author_of(request, actor),
                badge,
                data.role,
                station,
                sees_roads=data.sees_roads,
            )
        appointed = await find_listed(connection, badge)
    service.holders.forget()
    return appointed


@delete(
    "/accounts/{badge:str}/appointments",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["people"],
    responses=problems(*MANAGING, "unfit_change"),
)
async def dismiss_account(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    badge: FromPath[str],
    role: Annotated[Role, QueryParameter(description="角色。What the account is to be no more.")],
    station: Annotated[
        str | None,
        QueryParameter(
            pattern=STATION_CODE,
            description="单位代码。At which unit; left out: at whichever it is so.",
            schema_extra={"examples": ["150425"]},
        ),
    ] = None,
) -> None:
    """免去任职。Let an account be one thing less; its sessions end. What it is not, it is not after
    it."""
    async with service.database.transaction() as connection:
        await require_one_left(connection, actor)
        await directed_account(connection, actor, badge)
        gather(await unmeant_station(connection, station))
        with refusing(), suppress(NoAppointment):
            author = author_of(request, actor)
            await appointing_queries.dismiss(connection, author, badge, role, station)
    service.holders.forget()
