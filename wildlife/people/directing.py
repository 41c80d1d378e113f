"""Whose people somebody directs: an administrator all, a chief the officers and chiefs of the own
unit and of those below."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from db.connection import Connection
from wildlife.people.accounts import Actor
from wildlife.people.appointing_queries import hold_account_of, is_still_administrator
from wildlife.people.codes import Role
from wildlife.people.listed_queries import is_wholly_at, list_accounts
from wildlife.people.managing_queries import BadgeTaken
from wildlife.people.may import BY_CHIEFS
from wildlife.people.refusals import NoAccount, NoStation, UnfitChange, UnfitRegion
from wildlife.people.station_queries import StationTaken, find_station, near_stations
from wildlife.people.stations import StationRef
from wildlife.web.problems import FieldError, Problem
from wildlife.web.responses import KNOWN
from wildlife.words.sentences import Sentence

# What may be answered where an account is managed,
MANAGING: Final = (*KNOWN, "not_found", "own_account", "admin_only")
# … and where it is appointed to anything.
APPOINTING: Final = ("not_your_unit", "unknown_station", "unfit_change")

_ROLES: Final = Sentence(
    "A chief appoints officers and chiefs, and dismisses them; the other roles are an"
    " administrator's to give and to take.",
    "所队领导只能任免民警和所队领导；其他角色由管理员任免。",
)
_MORE: Final = Sentence(
    "The account is more than officer or chief at your units: an administrator manages it.",
    "该账号除本单位及下级单位的民警、所队领导外另有任职，须由管理员管理。",
)


async def directed_station(
    connection: Connection, actor: Actor, code: str | None, field: str = "station"
) -> StationRef:
    """The unit with this code, or who asks' own, if they direct it.

    Raises Problem: missing_field where it is not named and they have none, unknown_station,
    not_your_unit.
    """
    if code is None:
        own = next((one.station for one in actor.appointed_to(*actor.verbs) if one.station), None)
        if own is None:
            raise Problem("missing_field", FieldError(field))
        return own
    station = await find_station(connection, code)
    if station is None:
        near = await near_stations(connection, code)
        raise Problem("unknown_station", FieldError(field, code, near=near))
    directed = actor.directs(*actor.verbs)
    if not directed.everything and station.station_id not in directed.stations:
        raise Problem("not_your_unit")
    return station


async def directed_account(connection: Connection, actor: Actor, badge: str) -> None:
    """Hold the account with this badge until the transaction ends, if who asks may manage it.

    Raises Problem: not_found where they do not see it, own_account, admin_only.
    """
    directed = actor.directs(*actor.verbs)
    try:
        await hold_account_of(connection, badge)
    except NoAccount:
        raise Problem("not_found") from None
    found = await list_accounts(connection, directed, badge=badge)
    if not found:
        raise Problem("not_found")
    if badge == actor.badge:
        raise Problem("own_account")
    if directed.everything:
        return
    if not await is_wholly_at(connection, badge, directed.stations, BY_CHIEFS):
        raise Problem("admin_only", said=_MORE)


async def require_one_left(connection: Connection, actor: Actor) -> None:
    """Before an account is locked out or dismissed: of administrators who do so to each other at
    once, the second finds that it was done to them. Nobody does it to themself, so one is left.

    Raises Problem: invalid_token.
    """
    if not actor.directs(*actor.verbs).everything:
        return  # no administrator is a chief's to manage
    if not await is_still_administrator(connection, actor.account_id):
        raise Problem("invalid_token")


def require_role(actor: Actor, role: Role) -> None:
    """That who asks may appoint somebody to this. Raises Problem: admin_only."""
    if role not in BY_CHIEFS:
        require_admin(actor, _ROLES)


def require_admin(actor: Actor, why: Sentence) -> None:
    """That who asks directs all people. Raises Problem: admin_only, which says why."""
    if not actor.directs(*actor.verbs).everything:
        raise Problem("admin_only", said=why)


@contextmanager
def refusing() -> Iterator[None]:
    """Answer what the rules of people refuse as a problem; but for what is there already."""
    try:
        yield
    except (BadgeTaken, StationTaken):
        raise
    except NoStation as missing:
        raise Problem("unknown_station", FieldError(missing.field, missing.code)) from None
    except UnfitRegion as unfit:
        raise Problem("invalid_value", FieldError(unfit.field, said=unfit.sentence)) from None
    except UnfitChange as unfit:
        raise Problem("unfit_change", said=unfit.sentence) from None
