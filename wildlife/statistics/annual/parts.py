"""Of which part of the records a report can be made: one of nothing, with a seal, says that nothing
happened there.

Who asks for a region, or a unit, of which they see nothing and which is not theirs is told that,
whether or not there is anything: what they see is all that is looked at.
"""

from typing import Final
from uuid import UUID

from db.connection import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.may import Scope
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.people.stations import StationRef
from wildlife.web.near import near_region
from wildlife.web.problems import FieldError, Problem
from wildlife.words.region_names import may_be_region
from wildlife.words.regions import may_lie_in, prefix_of
from wildlife.words.sentences import Sentence

_NO_REGION: Final = Sentence(
    "No region has this code. Give that of a province (2 digits), a prefecture (4), a county (6) or"
    " of what lies in one (9 or 12).",
    "没有这个行政区划代码。请填写省级（2 位）、地级（4 位）、县级（6 位）或县以下（9 位或 12 位）的"
    "代码。",
)
_NOT_YOUR_REGION: Final = Sentence(
    "It is no region of yours, and nothing that you see was found there: give one of yours, or"
    " leave `region` out for all that you see.",
    "该行政区划不属于您的管辖范围，您有权查看的记录中也没有在该地发现的：请填写本辖区的代码，或去掉"
    " `region`，统计您有权查看的全部记录。",
)
_NOT_YOUR_UNIT: Final = Sentence(
    "It is no unit of yours, and it is responsible for nothing that you see: give one of yours, or"
    " leave `station` out for all that you see.",
    "该单位不属于您的管辖范围，您有权查看的记录中也没有由其负责的：请填写本辖区单位的代码，或去掉"
    " `station`，统计您有权查看的全部记录。",
)

_ANY: Final = Statement(f"""
    select exists (
        select from incident t
        where {VISIBLE} and t.kind = 'rescue'
            and (:region::text is null or t.region_code like :region || '%')
            and (:units::uuid[] is null or t.responsible_station_id = any(:units)))
    """)

_LIE_IN: Final = Statement("""
    select region_code from station
    where station_id = any(:stations::uuid[]) or station_id::text = any(:named::text[])
    """)

_LIES_IN: Final = Statement("select region_code from station where station_id = :station::uuid")


async def unmeant_region(connection: Connection, actor: Actor, region: str | None) -> list[Problem]:
    """What is wrong with the region that a report is asked of, where one is given."""
    if region is None:
        return []
    there_is = may_be_region(region)
    if there_is and await _is_theirs(connection, actor.scope(*actor.verbs), region):
        return []
    if await _sees_any(connection, actor, region=region):
        return []
    said = _NOT_YOUR_REGION if there_is else _NO_REGION
    meant = () if there_is else near_region(region, is_whole=False)
    return [
        Problem("invalid_parameter", FieldError("region", region, said=said, near=meant)),
    ]


async def unmeant_unit(
    connection: Connection, actor: Actor, station: StationRef | None, units: list[UUID] | None
) -> list[Problem]:
    """What is wrong with the unit that a report is asked of, where one is given. units: it, and
    those below it."""
    if station is None:
        return []
    scope = actor.scope(*actor.verbs)
    own = {*map(str, scope.stations), *scope.seen_in}
    if scope.everything or not own.isdisjoint(map(str, units or ())):
        return []
    [lies_in] = await _LIES_IN.rows(connection, {"station": station.station_id})
    if await _is_theirs(connection, scope, lies_in["region_code"]):
        return []
    if await _sees_any(connection, actor, units=units):
        return []
    error = FieldError("station", station.code, said=_NOT_YOUR_UNIT)
    return [Problem("invalid_parameter", error)]


async def _is_theirs(connection: Connection, scope: Scope, region: str) -> bool:
    """Whether it lies in a region of theirs, or one of these in it."""
    if scope.everything:
        return True
    named = {"stations": scope.stations, "named": scope.seen_in}
    rows = await _LIE_IN.rows(connection, named)
    regions = [one for one in scope.seen_in if one.isdecimal()]
    return may_lie_in(region, [*regions, *(prefix_of(row["region_code"]) for row in rows)])


async def _sees_any(
    connection: Connection,
    actor: Actor,
    *,
    region: str | None = None,
    units: list[UUID] | None = None,
) -> bool:
    values = scope_arguments(actor) | {"region": region, "units": units}
    [row] = await _ANY.rows(connection, values)
    found: bool = row["exists"]
    return found
