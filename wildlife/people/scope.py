"""What somebody sees: the one predicate, which every query of records has, and by which everybody
sees an incident once: as it is, or as those know it from whom its places are hidden."""

from typing import Any, Final

from wildlife.people.accounts import Actor

VISIBLE: Final = """
    (not t.generalized and (:sees_everything or :sees_stations and t.station_ids && :stations)
        or :sees_as_official and t.seen_in && :seen_in
            and not :sees_everything and not (:sees_stations and t.station_ids && :stations))
"""
"""Of a table `t` of records. What is constantly false the planner leaves out.

Where there are two rows of one thing, the one as it is asks nobody to see it: it is for the
stations that had a part, those above them, and who sees everything. All others see the one that is
generalized, and so do the former nowhere. A statement that reads a second table of records beside
`t` takes of it what is as generalized as `t` is.
"""


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
