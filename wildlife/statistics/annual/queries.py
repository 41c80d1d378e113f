"""The SQL of the annual report, and how a rescue is read as it was known then."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
from asyncpg import Record

from db.connection import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.may import GENERALIZED
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.rescues.kind import RESCUE
from wildlife.statistics.annual.report import Basis
from wildlife.statistics.annual.told import Rescue
from wildlife.timeline.fold import fold
from wildlife.timeline.generalizing import COUNTY
from wildlife.timeline.incident import FOLD_VERSION, Incident
from wildlife.timeline.service import TimelineService

log = structlog.get_logger()

_AT_ONCE: Final = 100
"""So many are counted without a pause, in which others are answered: in some milliseconds."""


class Asked(msgspec.Struct, frozen=True):
    """Which rescues are counted, and as known when."""

    since: datetime
    until: datetime
    """The year: what is over before it, or begins after it, is no part of the report."""
    region: str | None
    """What the codes of the regions of the finds begin with."""
    units: list[UUID] | None
    """Which may be responsible."""
    as_of: datetime

    def counts(self, incident: Incident, view: str) -> bool:
        """Whether an incident is one that is asked for, as it is told by a view; the statement says
        the same of those that nothing arrived of since."""
        found_in = incident.found_in[:COUNTY] if view == GENERALIZED else incident.found_in
        return (
            incident.duplicate_of is None
            and (self.region is None or found_in.startswith(self.region))
            and (self.units is None or incident.responsible.station.station_id in self.units)
        )


_RESCUES: Final = Statement(f"""
    select t.incident_id, t.view, is_to_fold,
        case when not is_to_fold then t.document::text end as document
    from incident t
    cross join lateral (
        select t.updated_at > :as_of or t.fold_version <> :fold_version as is_to_fold) as how
    where {VISIBLE} and t.kind = 'rescue' and t.received_at <= :as_of
        and (is_to_fold or (
            t.duplicate_of is null and t.found_at < :until
            and (:region::text is null or t.region_code like :region || '%')
            and (:units::uuid[] is null or t.responsible_station_id = any(:units))
            and (t.found_at >= :since or exists (
                select from animal a
                where a.incident_id = t.incident_id and a.view = t.view
                    and (a.outcome_at is null or a.outcome_at >= :since)))))
    """)

_TIMELINES: Final = Statement("""
    select incident_id, array_agg(canonical order by seq) as canonicals
    from entry where incident_id = any(:ids::uuid[]) and received_at <= :as_of
    group by incident_id
    """)

_read: Final = msgspec.json.Decoder(Rescue).decode


async def read_rescues(
    service: TimelineService, connection: Connection, actor: Actor, asked: Asked
) -> AsyncIterator[Rescue]:
    """Those that `actor` may see and that may count, as they were known; in one transaction, of
    which they are a part of one moment."""
    values = scope_arguments(actor) | msgspec.structs.asdict(asked) | {"fold_version": FOLD_VERSION}
    async for rows in _RESCUES.batches(connection, values, _AT_ONCE):
        to_fold: list[Record] = []
        for row in rows:
            rescue = None if row["is_to_fold"] else _as_kept(row)
            if rescue is None:
                to_fold.append(row)
            else:
                yield rescue
        for rescue in await _folded(service, connection, asked, to_fold):
            yield rescue


def _as_kept(row: Record) -> Rescue | None:
    try:
        return _read(row["document"])
    except msgspec.ValidationError as error:
        log.warning("unreadable", id=str(row["incident_id"]), error=error)
        return None


async def _folded(
    service: TimelineService, connection: Connection, asked: Asked, rows: Sequence[Record]
) -> list[Rescue]:
    """What these came to by what had arrived by then."""
    if not rows:
        return []
    zone, views = service.settings.zone, {row["incident_id"]: row["view"] for row in rows}
    values: dict[str, Any] = {"ids": [*views], "as_of": asked.as_of}
    found = []
    for row in await _TIMELINES.rows(connection, values):
        opening, entries = service.kinds.decode_timeline(row["canonicals"])
        incident = fold(service.kinds, opening, entries, zone).incident
        if isinstance(incident, RESCUE.incident) and asked.counts(
            incident, views[row["incident_id"]]
        ):
            found.append(_read(msgspec.json.encode(incident)))
    return found


async def taxa_of(
    connection: Connection, species_ids: Sequence[str]
) -> dict[str, tuple[str, str, str]]:
    """Class, order and family of species, as the register has them."""
    rows = await connection.fetch(
        'select species_id, class, "order", family from species where species_id = any($1::text[])',
        species_ids,
    )
    return {row["species_id"]: (row["class"], row["order"], row["family"]) for row in rows}


async def bases_of(connection: Connection, lists: Sequence[str]) -> list[Basis]:
    """The lists of these numbers, the oldest first."""
    rows = await connection.fetch(
        """
        select list, title, valid_from, valid_to from protection_list
        where list = any($1::text[]) order by valid_from, list
        """,
        lists,
    )
    return [Basis(*row) for row in rows]
