"""Accounts over HTTP: listed, added, changed, given a password, locked out."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, patch, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from db.connection import Connection
from wildlife.people import managing_queries, passwords
from wildlife.people.account_queries import find_account
from wildlife.people.accounts import Actor
from wildlife.people.asking import unmeant_station
from wildlife.people.codes import Role
from wildlife.people.directing import (
    APPOINTING,
    MANAGING,
    directed_account,
    directed_station,
    refusing,
    require_admin,
    require_one_left,
    require_role,
)
from wildlife.people.event_queries import has_password_by
from wildlife.people.guard import FromActor, author_of
from wildlife.people.listed_queries import (
    AccountKey,
    ListedAccount,
    ListedAppointment,
    find_listed,
    list_accounts,
)
from wildlife.people.managed import (
    ORIGINALS,
    AccountChange,
    NewAccount,
    NewPassword,
)
from wildlife.people.managing_queries import BadgeTaken
from wildlife.people.may import FOR_ONE_UNIT, Verb, sees_originals
from wildlife.people.refusals import UnfitPassword
from wildlife.people.routes import BODY_LIMIT_BYTES, NOT_KEPT
from wildlife.people.service import FromPeopleService
from wildlife.service import FromService, Service
from wildlife.web.answer_headers import documented_headers
from wildlife.web.expecting import fields_named
from wildlife.web.pages import (
    AskedCursor,
    AskedLimit,
    Page,
    answer_page,
    decode_cursor,
    question_of,
)
from wildlife.web.problems import FieldError, Problem, gather
from wildlife.web.responses import KNOWN, READING, SENDING_JSON, also_answers, problems
from wildlife.words.sentences import Sentence
from wildlife.words.values import STATION_CODE

_FIELDS: Final = fields_named(*AccountChange.__struct_fields__, of=AccountChange)

_OTHER_BADGE: Final = Sentence(
    "There is another account with this badge number, or one that nobody could tell from it."
    " Nothing was changed: change that one, if it is yours to manage, or choose another number.",
    "已有另一账号使用该警号，或使用与之难以区分的警号，未作任何改动。如由你管理，请修改该账号；"
    "否则请另选警号。",
)


@get(
    "/accounts",
    opt={"verb": Verb.READ_PEOPLE},
    tags=["people"],
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_accounts(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    station: Annotated[
        str | None,
        QueryParameter(
            pattern=STATION_CODE,
            description="单位代码。Only those who are something at this unit.",
            schema_extra={"examples": ["150425"]},
        ),
    ] = None,
    role: Annotated[
        Role | None, QueryParameter(description="角色。Only those who are this, at whichever unit.")
    ] = None,
    limit: AskedLimit = 100,
    cursor: AskedCursor = None,
) -> Response[Page[ListedAccount]]:
    """账号清单。Accounts by badge number, with all that each is. A chief sees those who are
    something at the own unit or below."""
    after = decode_cursor(question_of(request), cursor, AccountKey)
    async with service.database.reading() as connection:
        gather(await unmeant_station(connection, station))
        found = await list_accounts(
            connection,
            actor.directs(*actor.verbs),
            station=station,
            role=role,
            after=after and after.badge,
            limit=limit + 1,
        )
    return answer_page(request, found, limit, AccountKey, lambda one: one, named_by="badge")


@get(
    "/accounts/{badge:str}",
    opt={"verb": Verb.READ_PEOPLE},
    tags=["people"],
    cache_control=NOT_KEPT,
    responses=problems(*READING, "not_found"),
)
async def get_account(
    service: FromService, actor: FromActor, badge: FromPath[str]
) -> ListedAccount:
    """一个账号。An account, with all that it is."""
    async with service.database.reading() as connection:
        for one in await list_accounts(connection, actor.directs(*actor.verbs), badge=badge):
            return one
    raise Problem("not_found")


@post(
    "/accounts",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["people"],
    cache_control=NOT_KEPT,
    request_max_body_size=BODY_LIMIT_BYTES,
    responses=also_answers(200, ListedAccount)
    | problems(*KNOWN, *SENDING_JSON, *APPOINTING, "admin_only", "id_conflict"),
)
async def add_account(
    request: Request[Any, Any, Any],
    service: FromService,
    actor: FromActor,
    data: JSONBody[NewAccount],
) -> Response[ListedAccount]:
    """添加账号。Add an account that is one thing, at a unit.

    201 the first time, 200 for the same again, with the same password. A chief adds officers and
    chiefs at the own unit and below, who may fetch originals as their role may.
    """
    require_role(actor, data.role)
    if data.sees_originals is not None:
        require_admin(actor, ORIGINALS)
    password_hash = await _hashed(service, data.password, data.badge)
    async with service.database.transaction() as connection:
        station = data.station
        if station is not None or data.role in FOR_ONE_UNIT:
            station = (await directed_station(connection, actor, station)).code
        try:
            with refusing():
                await managing_queries.add_account(
                    connection,
                    author_of(request, actor),
                    badge=data.badge,
                    name=data.name,
                    role=data.role,
                    station=station,
                    password_hash=password_hash,
                    sees_originals=data.sees_originals,
                    sees_roads=data.sees_roads,
                )
        except BadgeTaken:
            account = await _added_before(connection, actor, data, station)
            return Response(account, status_code=200)
        return Response(await find_listed(connection, data.badge), status_code=201)


async def _added_before(
    connection: Connection, actor: Actor, data: NewAccount, station: str | None
) -> ListedAccount:
    """The account that this very body added. Raises Problem: id_conflict for another, of which
    nothing is told to who does not see it."""
    expected = ListedAccount(
        badge=data.badge,
        name=data.name,
        appointments=[ListedAppointment(data.role, station, data.sees_roads)],
        sees_originals=sees_originals(data.role, data.sees_originals),
        disabled=False,
    )
    for found in await list_accounts(connection, actor.directs(*actor.verbs), badge=data.badge):
        fields = ListedAccount.__struct_fields__
        differing = [one for one in fields if getattr(found, one) != getattr(expected, one)]
        # Of no other password is told whether it is right: it would be guessed here unslowed.
        if not (
            await has_password_by(connection, data.badge, actor.account_id)
            and await _has_password(connection, data.badge, data.password)
        ):
            differing.append("password")
        if not differing:
            return found
        raise Problem("id_conflict", said=_OTHER_BADGE, differing=differing)
    raise Problem("id_conflict", said=_OTHER_BADGE)


@patch(
    "/accounts/{badge:str}",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["people"],
    cache_control=NOT_KEPT,
    responses=problems(*MANAGING, *SENDING_JSON, *APPOINTING, "nothing_said"),
)
async def change_account(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    badge: FromPath[str],
    data: JSONBody[AccountChange],
) -> ListedAccount:
    """修改账号。Change what is named of an account; all else stays, its password and sessions too,
    unless it is locked out.

    `station` moves it: an officer goes on there at once.
    """
    if data == AccountChange():
        raise Problem("nothing_said", FieldError("name", choices=_FIELDS))
    if data.sees_originals is not None:
        require_admin(actor, ORIGINALS)
    author = author_of(request, actor)
    async with service.database.transaction() as connection:
        if data.disabled is True:
            await require_one_left(connection, actor)
        await directed_account(connection, actor, badge)
        if data.station is not None:
            await directed_station(connection, actor, data.station)
        with refusing():
            await managing_queries.change_account(
                connection,
                author,
                badge,
                name=data.name,
                station=data.station,
                sees_originals=data.sees_originals,
            )
            if data.disabled is True:
                await managing_queries.disable_account(connection, author, badge)
            elif data.disabled is False:
                await managing_queries.enable_account(connection, author, badge)
        changed = await find_listed(connection, badge)
    service.holders.forget()
    return changed


@put(
    "/accounts/{badge:str}/password",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["people"],
    cache_control=NOT_KEPT,
    status_code=204,
    request_max_body_size=BODY_LIMIT_BYTES,
    responses=problems(*MANAGING, *SENDING_JSON),
)
async def set_account_password(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    badge: FromPath[str],
    data: JSONBody[NewPassword],
) -> None:
    """重设密码。Give an account another password: who holds it has forgotten theirs. All its
    sessions end. One's own is changed by `PUT /session/password`."""
    password_hash = await _hashed(service, data.password, badge)
    async with service.database.transaction() as connection:
        await directed_account(connection, actor, badge)
        author = author_of(request, actor)
        await managing_queries.set_password(connection, author, badge, password_hash)
    service.holders.forget()


async def _hashed(service: Service, password: str, badge: str) -> str:
    """What is stored of a password for the account with this badge. Raises Problem."""
    try:
        return await passwords.hashed(password, badge, demo=service.settings.demo)
    except UnfitPassword as unfit:
        raise Problem("invalid_value", FieldError("password", said=unfit.sentence)) from None


async def _has_password(connection: Connection, badge: str, password: str) -> bool:
    """Whether this is the password of an account."""
    held = await find_account(connection, badge)
    if held is None or held.password_hash is None:
        return False
    return await passwords.are_the_same(held.password_hash, password)
