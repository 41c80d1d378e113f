"""The SQL of animals."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from db.pool import Connection
from wildlife.lists.listing import SHARED_CONDITION, Filters, Page, decode_cursor, fetch_page
from wildlife.people.accounts import Actor
from wildlife.words.values import Moment, Number
from wildlife.words.vocabularies import (
    Cause,
    Condition,
    Confidence,
    LifeStage,
    Outcome,
    Protection,
    Sex,
)


class Animal(msgspec.Struct, frozen=True, kw_only=True):
    """An animal in a list, with the incident that it belongs to."""

    incident_id: UUID
    case_number: str
    station: str
    number: int
    found_at: datetime
    reported_as: str | None
    species_id: str | None
    chinese_name: str | None
    scientific_name: str | None
    protection: Protection | None
    protection_list: str | None
    confidence: Confidence | None
    count: int
    remaining: int
    life_stage: LifeStage
    sex: Sex
    cause: Cause
    condition: Condition
    outcome: Outcome
    outcome_at: datetime | None
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID
    number: Number


async def list_animals(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    *,
    species: str | None,
    protection: Protection | None,
    outcome: Outcome | None,
) -> Page[Animal]:
    """Animals that `actor` may see, by when they were found, newest first."""
    after = decode_cursor(filters.cursor, _Key)
    return await fetch_page(
        connection,
        Animal,
        ("found_at", "incident_id", "number"),
        filters.limit,
        """
        select t.*, i.case_number, s.name as station, t.location[0] as longitude,
            t.location[1] as latitude
        from (select *, found_at as at from animal) as t
        join incident i using (incident_id)
        join station s on s.station_id = t.responsible_station_id
        """
        + SHARED_CONDITION
        + """
            and ($15::text is null or t.species_id = $15)
            and ($16::text is null or t.protection = $16)
            and ($17::text is null or t.outcome = $17)
            and ($18::timestamptz is null
                or (t.at, t.incident_id, t.number) < ($18, $19::uuid, $20::int))
        order by t.at desc, t.incident_id desc, t.number desc
        limit $21
        """,
        *filters.arguments(actor),
        species,
        protection,
        outcome,
        *(after or (None, None, None)),
        filters.limit + 1,
    )
