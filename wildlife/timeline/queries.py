"""The SQL of incidents and their timelines."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from db.connection import Connection
from db.rows import fetch_all, fetch_one
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.badge_queries import holders_of
from wildlife.people.may import GENERALIZED, WHOLE, WITHHELD
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.timeline.chain import Columns, Link
from wildlife.timeline.kind import Kinds
from wildlife.timeline.row_queries import inserts
from wildlife.timeline.rows import IncidentRow, Rows
from wildlife.words.values import IncidentId


class Head(msgspec.Struct, frozen=True):
    """The entry that an incident's timeline ends with, and the stations that had a part in it.

    view: of what who asked is told; `digest` is empty where that is not the whole.
    named_in: its texts that name who reported.
    """

    seq: int
    digest: bytes
    station_ids: list[UUID]
    responsible_station_id: UUID
    view: str = WHOLE
    named_in: list[str] = []

    @property
    def withheld(self) -> list[str]:
        """Of its texts those that are not told to who asked."""
        return [] if self.view == WHOLE else self.named_in

    @property
    def generalized(self) -> bool:
        """Whether its places are hidden from who asked."""
        return self.view == GENERALIZED

    @property
    def is_part(self) -> bool:
        """Whether who asked is told a part of it."""
        return self.view not in (WHOLE, GENERALIZED, WITHHELD)


class Kept(msgspec.Struct, frozen=True):
    """An incident as its row keeps it, by the fold of some version."""

    incident_id: UUID
    view: str
    seq: int
    digest: bytes
    fold_version: int
    document: Any
    informants_erased: list[UUID]
    """By which entries those were named who were erased since: the timeline does not know."""
    named_in: list[str]
    """Its texts that name who reported: the timeline does not know."""


class StoredEntry(msgspec.Struct, frozen=True):
    """An entry as it is kept, with what later entries did to it."""

    seq: int
    entry_id: UUID
    canonical: str
    digest: bytes
    voided_by: UUID | None = None
    amended_by: list[UUID] = []


NAMED_IN: Final = """
    array(
        select unnest(f.named_in) from informant f where f.incident_id = t.incident_id
    ) as named_in
"""

_ACCESS: Final = Statement(f"""
    select t.seq, t.digest, t.station_ids, t.responsible_station_id, t.view, {NAMED_IN}
    from incident t
    where t.incident_id = :incident_id and {VISIBLE}
    """)


async def access_incident(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> Head | None:
    """The incident, if `actor` may see it."""
    values = scope_arguments(actor) | {"incident_id": incident_id}
    return await _ACCESS.one(connection, Head, values)


async def find_head(connection: Connection, incident_id: UUID) -> Head | None:
    """The same, for nobody: of checks. None where the row is lost."""
    return await fetch_one(
        connection,
        Head,
        """
        select seq, digest, station_ids, responsible_station_id
        from incident where incident_id = $1 and view = 'whole'
        """,
        incident_id,
    )


_DOCUMENT: Final = Statement(f"""
    select t.incident_id, t.view, t.seq, t.digest, t.fold_version, t.document, array(
            select f.entry_id from informant f
            where f.incident_id = t.incident_id and f.sealed is null
        ) as informants_erased, {NAMED_IN}
    from incident t where t.incident_id = :incident_id and {VISIBLE}
    """)


async def access_document(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> Kept | None:
    """The same with all that its row says of it."""
    values = scope_arguments(actor) | {"incident_id": incident_id}
    return await _DOCUMENT.one(connection, Kept, values)


async def access_incident_to_append(
    connection: Connection,
    station_ids: list[UUID],
    custodian_ids: list[UUID],
    incident_id: IncidentId,
) -> Head | None:
    """The incident, locked, if one of these stations had a part in it, or one of these units had
    anything of it in its custody; what they may still add is for `wildlife.timeline.responsibility`
    to say."""
    return await fetch_one(
        connection,
        Head,
        """
        select seq, digest, station_ids, responsible_station_id from incident
        where incident_id = $1 and view = 'whole'
            and (station_ids && $2::uuid[] or custodian_ids && $3::uuid[])
        for update
        """,
        incident_id,
        station_ids,
        custodian_ids,
    )


async def had_custody(connection: Connection, units: list[UUID], incident_id: IncidentId) -> bool:
    """Whether one of these units has anything of an incident in its custody, or had."""
    found = units and await connection.fetchval(
        """
        select true from incident
        where incident_id = $1 and view = 'whole' and custodian_ids && $2::uuid[]
        """,
        incident_id,
        units,
    )
    return bool(found)


@cache
def _opening(kinds: Kinds, tables: tuple[str, ...]) -> str:
    """The statement for an opening that has rows in these tables of its kind's, put in by name, and
    no value ever. One for all tables would prepare to write to each."""
    of_kind = inserts(kinds, "$10::jsonb", source="opening", into=tables)
    columns = ", ".join(IncidentRow.__struct_fields__)
    selected = ", ".join(f"r.{column}" for column in IncidentRow.__struct_fields__)
    return f"""
        with counter as (
            insert into case_counter as c (station_id, day, last)
            select $2, $4, 1
            where not exists (select from entry where incident_id = $1)
                and ($14::text is null or $14 = {holders_of("$15")})
            on conflict (station_id, day) do update set last = c.last + 1
            returning last
        ), counted as (
            select $3 || '-' || to_char($4::date, 'YYYYMMDD') || '-'
                || lpad(last::text, greatest(3, length(last::text)), '0') as case_number
            from counter
        ), numbered as (
            -- Its terms as `wildlife.timeline.rows` has them: the characters, then the pairs.
            select case_number, string_to_array(case_number, null) || array(
                select substr(case_number, n, 2) from generate_series(1, length(case_number) - 1) n
            ) as terms
            from counted
        ), opening as (
            insert into entry (incident_id, entry_id, seq, type, happened_at, recorded_at,
                received_at, canonical, digest)
            select $1, $1, 1, 'opening', $6, $7, $5, canonical,
                sha256(convert_to(canonical, 'UTF8'))
            from (select $8 || case_number || $9 as canonical from numbered) as c
            returning digest
        ), unsequenced_row as (
            insert into unsequenced (incident_id, entry_id, seq, digest)
            select $1, $1, 1, digest from opening
        ), incident_row as (
            insert into incident ({columns})
            select {selected}
            from numbered, opening, jsonb_array_elements($10::jsonb -> 'incident') as g,
                jsonb_populate_record(null::incident,
                    jsonb_set(g, '{{document,case_number}}', to_jsonb(numbered.case_number))
                    || jsonb_build_object('case_number', numbered.case_number,
                        'digest', case when g ->> 'view' = 'whole' then opening.digest
                            else '' end,
                        'search_text', (g ->> 'search_text') || ' ' || numbered.case_number,
                        'search_terms', (g -> 'search_terms') || to_jsonb(numbered.terms))) as r
        ), {"".join(f"{one}, " for one in of_kind)}
        informant_row as (
            insert into informant (incident_id, entry_id, salt, sealed, sealed_by, named_in)
            select $1, $1, $11::bytea, $12::bytea,
                (select fingerprint from key_fingerprint where fingerprint = $13::bytea),
                $16::text[]
            from opening where $11::bytea is not null
        )
        select case_number, digest from numbered, opening
        """


class Numbered(msgspec.Struct, frozen=True):
    """What opening an incident gave: its case number and the digest of its first entry."""

    case_number: str
    digest: bytes


async def open_incident(
    connection: Connection,
    *,
    station_id: UUID,
    station_code: str,
    day: date,
    received_at: datetime,
    happened_at: datetime,
    recorded_at: datetime,
    around_case_number: tuple[str, str],
    kinds: Kinds,
    rows: Rows,
    salt: bytes | None,
    sealed_informant: bytes | None,
    sealed_by: bytes | None,
    named_in: list[str],
    holders: str | None,
    badges: list[str],
) -> Numbered | None:
    """Open an incident: number it, begin its timeline, write its rows; all in one statement.

    None where the incident is there already, or the `badges` are not those of the `holders` any
    more: nothing is changed then, and no number used. The check in `counter` spares a replay the
    number; what decides is the primary key, at which a race rolls the whole statement back, the
    counter with it.
    """
    before, after = around_case_number
    try:
        return await fetch_one(
            connection,
            Numbered,
            _opening(kinds, tuple(name for name, found in rows.of_kind.items() if found)),
            rows.incident.incident_id,
            station_id,
            station_code,
            day,
            received_at,
            happened_at,
            recorded_at,
            before,
            after,
            rows.encode(),
            salt,
            sealed_informant,
            sealed_by,
            holders,
            badges,
            named_in,
        )
    except asyncpg.UniqueViolationError:
        return None


async def append_entries(
    connection: Connection, incident_id: UUID, added: Sequence[tuple[Columns, StoredEntry]]
) -> None:
    """Add entries to a timeline whose incident is locked."""
    await connection.executemany(
        """
        with added as (
            insert into entry (incident_id, entry_id, seq, type, happened_at, recorded_at,
                received_at, target_id, sha256, canonical, digest)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            returning incident_id, entry_id, seq, digest
        )
        insert into unsequenced (incident_id, entry_id, seq, digest) select * from added
        """,
        [
            (incident_id, *msgspec.structs.astuple(columns), stored.canonical, stored.digest)
            for columns, stored in added
        ],
    )


async def fetch_timeline(connection: Connection, incident_id: UUID) -> list[StoredEntry]:
    """A whole timeline in the order of arrival."""
    return await fetch_all(
        connection,
        StoredEntry,
        "select seq, entry_id, canonical, digest from entry where incident_id = $1 order by seq",
        incident_id,
    )


async def fetch_links(connection: Connection, incident_id: UUID) -> list[Link]:
    """A whole timeline with all its columns, for checking them, in the order of arrival."""
    rows = await connection.fetch(
        """
        select entry_id, seq, type, happened_at, recorded_at, received_at, target_id, sha256,
            canonical, digest
        from entry where incident_id = $1 order by seq, entry_id
        """,
        incident_id,
    )
    return [Link(Columns(*row[:-2]), row["canonical"], row["digest"]) for row in rows]


async def find_entry(
    connection: Connection, incident_id: UUID, entry_id: UUID
) -> StoredEntry | None:
    """One entry of an incident that the caller has access to."""
    return await fetch_one(
        connection,
        StoredEntry,
        """
        select seq, entry_id, canonical, digest from entry
        where incident_id = $1 and entry_id = $2
        """,
        incident_id,
        entry_id,
    )


class HeldEntry(msgspec.Struct, frozen=True):
    """An entry with what its columns repeat of it."""

    seq: int
    entry_id: UUID
    type: str
    happened_at: datetime
    recorded_at: datetime
    target_id: UUID | None
    canonical: str
    digest: bytes


async def list_entries(connection: Connection, incident_id: UUID) -> list[HeldEntry]:
    """A whole timeline in the order of arrival."""
    return await fetch_all(
        connection,
        HeldEntry,
        """
        select seq, entry_id, type, happened_at, recorded_at, target_id, canonical, digest
        from entry where incident_id = $1 order by seq
        """,
        incident_id,
    )
