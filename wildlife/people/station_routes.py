"""Units over HTTP: listed, added, changed."""

from typing import Any, Final

from litestar import Request, Response, get, patch, post
from litestar.params import FromPath, JSONBody

from wildlife.people.directing import directed_station, refusing, require_admin
from wildlife.people.guard import FromActor, author_of
from wildlife.people.managed import NewStation, StationChange
from wildlife.people.may import Verb
from wildlife.people.service import FromPeopleService
from wildlife.people.station_queries import (
    StationTaken,
    add_station,
    change_station,
    find_listed_station,
    list_stations,
)
from wildlife.people.stations import Station, region_of
from wildlife.service import FromService
from wildlife.web.expecting import fields_named
from wildlife.web.problems import FieldError, Problem
from wildlife.web.responses import KNOWN, READING, SENDING_JSON, also_answers, problems
from wildlife.words.regions import lies_in
from wildlife.words.sentences import Sentence

_MANAGING: Final = (
    *(*KNOWN, *SENDING_JSON, "unknown_station", "not_your_unit", "admin_only", "unfit_change"),
)

_COMPETENCE: Final = Sentence(
    "Where a unit lies and what it is competent for says which officials see its records: an"
    " administrator changes it. Leave it out.",
    "单位所在地区和管辖范围决定哪些主管部门可以查看其记录，由管理员更改。请去掉这些项。",
)
_WITHIN: Final = Sentence(
    "A unit that a chief adds lies within the region of the unit above it, since that says which"
    " officials see its records. Give such a `region_code`, or ask an administrator to add it.",
    "所队领导添加的单位应位于其上级单位的行政区划内，因为所在地区决定哪些主管部门可以查看其记录。"
    "请填写该区划内的 `region_code`，或请管理员添加。",
)
_TOP: Final = Sentence(
    "What stands above a unit that you direct, an administrator changes. Within your units you may"
    " name any but the own one a new unit above it.",
    "本单位的上级由管理员更改。你可以在本单位范围内为下级单位指定上级。",
)
_OTHER_CODE: Final = Sentence(
    "There is another unit with this code, and it was not touched. Change that one by PATCH, or"
    " choose another code.",
    "已有另一单位使用该代码，未作任何改动。请用 PATCH 修改该单位，或另选代码。",
)


@get("/stations", opt={"verb": Verb.LOOK_UP}, tags=["stations"], responses=problems(*READING))
async def get_stations(service: FromService) -> list[Station]:
    """全部单位。All stations with their codes and their place in the tree."""
    async with service.database.reading() as connection:
        return await list_stations(connection)


@post(
    "/stations",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["stations"],
    responses=also_answers(200, Station) | problems(*_MANAGING, "id_conflict"),
)
async def add_unit(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    data: JSONBody[NewStation],
) -> Response[Station]:
    """添加单位。Add a unit: 201 the first time, 200 for the same again. A chief adds it below the
    own unit, within the region of the unit above it."""
    if data.competent_for is not None:
        require_admin(actor, _COMPETENCE)
    author = author_of(request, actor)
    async with service.database.transaction() as connection:
        parent = data.parent_code
        if parent is not None or not actor.directs(*actor.verbs).everything:
            parent = (await directed_station(connection, actor, parent, "parent_code")).code
        try:
            with refusing():
                if parent is not None:
                    above = await find_listed_station(connection, parent)
                    if not lies_in(data.region_code or region_of(data.code), above.region_code):
                        require_admin(actor, _WITHIN)
                added = await add_station(
                    connection,
                    author,
                    code=data.code,
                    name=data.name,
                    kind=data.kind,
                    region_code=data.region_code,
                    parent=parent,
                    competent_for=data.competent_for,
                )
        except StationTaken as taken:
            if taken.differing:
                raise Problem("id_conflict", said=_OTHER_CODE, differing=taken.differing) from None
            return Response(taken.station, status_code=200)
    service.holders.forget()
    return Response(added, status_code=201)


@patch(
    "/stations/{station_code:str}",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["stations"],
    responses=problems(*_MANAGING, "not_found", "nothing_said"),
)
async def change_unit(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    station_code: FromPath[str],
    data: JSONBody[StationChange],
) -> Station:
    """修改单位。Change what is named of a unit; all else stays. A chief changes what the own unit
    and those below are called, their kind, and which stands below which."""
    if data == StationChange():
        fields = fields_named(*StationChange.__struct_fields__, of=StationChange)
        raise Problem("nothing_said", FieldError("name", choices=fields))
    if data.region_code is not None or data.competent_for is not None:
        require_admin(actor, _COMPETENCE)
    moves = data.parent_code is not None or data.no_parent
    async with service.database.transaction() as connection:
        try:
            station = await directed_station(connection, actor, station_code)
        except Problem as problem:
            if problem.code == "unknown_station":
                raise Problem("not_found") from None
            raise
        if moves:
            tops = [one.station for one in actor.appointed_to(*actor.verbs)]
            if data.no_parent or station in tops:
                require_admin(actor, _TOP)
            if data.parent_code is not None:
                await directed_station(connection, actor, data.parent_code, "parent_code")
        with refusing():
            changed = await change_station(
                connection,
                author_of(request, actor),
                station_code,
                name=data.name,
                kind=data.kind,
                region_code=data.region_code,
                parent=data.parent_code,
                no_parent=data.no_parent,
                competent_for=data.competent_for,
            )
    service.holders.forget()
    return changed
