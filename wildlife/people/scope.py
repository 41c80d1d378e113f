"""What somebody sees: the one predicate, which every query of records has."""

from typing import Any, Final

from wildlife.people.accounts import Actor

VISIBLE: Final = """
    (:sees_everything
        or :sees_stations and t.station_ids && :stations
        or :sees_as_official and t.seen_in && :seen_in)
"""
"""Of a table `t` of records. What is constantly false the planner leaves out."""


def scope_arguments(actor: Actor) -> dict[str, Any]:
    """The parameters of VISIBLE, for what `actor` is doing."""
    scope = actor.scope(*actor.verbs)
    return {
        "sees_everything": scope.everything,
        "sees_stations": bool(scope.stations),
        "stations": scope.stations,
        "sees_as_official": bool(scope.seen_in),
        "seen_in": scope.seen_in,
    }
