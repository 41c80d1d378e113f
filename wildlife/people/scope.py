"""What somebody sees: the one predicate, which every query of records has."""

from typing import Any, Final

from wildlife.people.accounts import Actor

VISIBLE: Final = """
    (:sees_everything
        or :sees_stations and t.station_ids && :stations
        or :sees_regions and t.seen_in && :regions)
"""
"""Of a table `t` of records. What is constantly false the planner leaves out."""


def scope_arguments(actor: Actor) -> dict[str, Any]:
    """The parameters of VISIBLE."""
    scope = actor.scope
    return {
        "sees_everything": scope.everything,
        "sees_stations": bool(scope.stations),
        "stations": scope.stations,
        "sees_regions": bool(scope.regions),
        "regions": scope.regions,
    }
