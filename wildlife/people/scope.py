"""What somebody sees: the one predicate, which every query of records has, and by which everybody
sees an incident once: as it is, as those know it from whom its places are hidden, or that part of
it which their unit has in its custody."""

from collections.abc import Set as AbstractSet
from typing import Any, Final
from uuid import UUID

from wildlife.people.accounts import Actor
from wildlife.people.may import Scope

VISIBLE: Final = """
    (t.view = 'whole' and (:sees_everything or :sees_stations and t.station_ids && :stations)
        or :is_asked and t.seen_in && :seen_in
            and not :sees_everything and not (:sees_stations and t.station_ids && :stations)
            and (not :is_asked_twice or t.view = :custody or not exists (
                select from incident c
                where c.incident_id = t.incident_id and c.view = :custody)))
"""
"""Of a table `t` of records. What is constantly false the planner leaves out.

Where there are several rows of one thing, those that somebody is asked to see are for those who do
not see it as it is: for the stations that had a part, those above them, and who sees everything, it
is the row of that. Who is asked as an official and as a custodian sees what is in custody.
A statement that reads a second table of records beside `t` takes of it what has the view of `t`.
"""

IN_VIEW: Final = "({0} in ('whole', 'generalized', 'withheld') or {0} = any(p.shown_in))"
"""Whether a photo `p` belongs to what a view tells of their incident."""


def scope_arguments(actor: Actor) -> dict[str, Any]:
    """The parameters of VISIBLE, for what `actor` is doing."""
    scope = actor.scope(*actor.verbs)
    return {
        "sees_everything": scope.everything,
        "sees_stations": bool(scope.stations),
        "stations": scope.stations,
        "is_asked": bool(scope.seen_in),
        "seen_in": scope.seen_in,
        "is_asked_twice": scope.custody is not None and len(scope.seen_in) > 1,
        "custody": scope.custody,
    }


def may_see(scope: Scope, station_ids: AbstractSet[UUID], seen_in: AbstractSet[str]) -> bool:
    """Whether VISIBLE may hold of a record that says any of these of who sees it. Of one that says
    none of them it never holds: so it need not be asked of everybody what is new."""
    return (
        scope.everything
        or not station_ids.isdisjoint(scope.stations)
        or not seen_in.isdisjoint(scope.seen_in)
    )
