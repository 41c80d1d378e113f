"""Named conditions on a table `t` of records: each only narrows, there where it is asked for.

Each is named like its parameter; `:name_…` are further ones. No value ever enters the text.
"""

from typing import Annotated, Final, TypeAlias

from litestar.params import QueryParameter

from wildlife.words.datums import EARTH_RADIUS_M
from wildlife.words.values import NO_NUL

SHARED: Final = {
    "region": "t.region_code like :region || '%'",
    "station": "(select s.station_id from station s where s.code = :station) = any(t.station_ids)",
    "since": "t.{at} >= :since",
    "until": "t.{at} < :until",
    "box": "t.location <@ :box::box",
    "near": f"""
        t.location <@ :near::box and 2 * {EARTH_RADIUS_M} * asin(sqrt(least(1,
            sin(radians(t.location[1] - :near_latitude::float8) / 2) ^ 2
            + cos(radians(:near_latitude)) * cos(radians(t.location[1]))
            * sin(radians(t.location[0] - :near_longitude::float8) / 2) ^ 2))) <= :near_radius_m
    """,
    "text": """
        exists (select from incident i where i.incident_id = t.incident_id
            and (i.search_terms @> :text_terms and i.search_text like :text
                or i.case_number like :text_beginning))
    """,
}
"""`{at}` is the time that a list is ordered by."""

OF_INCIDENT: Final = {
    "kind": "t.kind = :kind",
    "state": "t.state = :state",
    "species": """
        exists (select from animal a where a.incident_id = t.incident_id
            and a.species_id = :species)
    """,
    "protection": """
        exists (select from animal a where a.incident_id = t.incident_id
            and a.protection = :protection)
    """,
    "overdue": "coalesce(t.next_due_at < now(), false) = :overdue",
    # On the row itself, whose index then finds a rare word at once.
    "text": """
        (t.search_terms @> :text_terms and t.search_text like :text
            or t.case_number like :text_beginning)
    """,
}
OF_ANIMAL: Final = {
    "species": "t.species_id = :species",
    "protection": "t.protection = :protection",
    "outcome": "t.outcome = :outcome",
}
OF_RELEASE: Final = {
    "species": "t.species_id = :species",
    "protection": "t.protection = :protection",
}
OF_HAZARD: Final = {
    "type": "t.type = :type",
    "state": "t.state = :state",
    "passability": "t.passability = :passability",
}

AskedSpecies: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=200, pattern=NO_NUL, description="A species by its id: phalacrocorax_carbo."
    ),
]
