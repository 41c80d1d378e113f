"""The SQL that writes the rows of incidents, and compares them with what follows from the timeline.

A kind's own tables are known by their names and columns only, so the statements are put together
from those, once for all kinds; no value ever enters them.
"""

from collections.abc import Container, Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple
from uuid import UUID

from db.connection import Connection
from wildlife.timeline.kind import Kinds
from wildlife.timeline.rows import IncidentRow, PhotoRow, RecordColumns, Rows

_INCIDENT: Final = IncidentRow.__struct_fields__
_PHOTO: Final = PhotoRow.__struct_fields__
"""The other columns of `photo` were found out by decoding the bytes: they stay as they are."""
_INCIDENT_KEY: Final = {"incident_id", "view"}
_PHOTO_KEY: Final = {"incident_id", "photo_id"}


class _Table(NamedTuple):
    name: str
    columns: Sequence[str]


class _Statements(NamedTuple):
    write: str
    compare: str


async def write_rows(connection: Connection, kinds: Kinds, rows: Rows) -> None:
    """Let the tables hold these rows of the incident and no others.

    What is the same already is left alone: an entry changes little of an incident. The incident's
    own row is updated, not replaced: whoever waits for its lock finds it again. Photos are, too:
    what was found out by decoding them stays beside what the timeline says.
    """
    incident_id, photo_ids = rows.incident.incident_id, [photo.photo_id for photo in rows.photos]
    await connection.execute(_statements(kinds).write, incident_id, rows.encode(), photo_ids)


async def differing_tables(connection: Connection, kinds: Kinds, rows: Rows) -> list[str]:
    """The tables that hold something else of the incident than `rows`."""
    found = await connection.fetch(
        _statements(kinds).compare, rows.incident.incident_id, rows.encode()
    )
    return [row["t"] for row in found]


def inserts(
    kinds: Kinds,
    document: str,
    *,
    source: str,
    behind: str = "",
    into: Container[str] | None = None,
) -> list[str]:
    """The CTEs that insert the rows of the kinds' tables which the jsonb `document` holds.

    source: a CTE whose rows they are inserted for, one each; `{name}` is the table's. behind: what
    ends each insert. into: into which tables, where it is not all.
    """
    return [
        f"""{name}_rows as (insert into {name} ({_list(columns)})
            select {_list(columns, "r")}
            from {source.format(name=name)},
                jsonb_populate_recordset(null::{name}, {document} -> '{name}') as r
            {behind})"""
        for name, columns in _tables(kinds)
        if into is None or name in into
    ]


def columns_of_rows(kinds: Kinds) -> dict[str, Sequence[str]]:
    """Of each table the columns that follow from a timeline."""
    return {"incident": _INCIDENT, "photo": _PHOTO, **dict(_tables(kinds))}


def _tables(kinds: Kinds) -> list[_Table]:
    return [
        _Table(table.name, [*RecordColumns.__struct_fields__, *table.row.__struct_fields__])
        for table in kinds.tables
    ]


@cache
def _statements(kinds: Kinds) -> _Statements:
    own = _tables(kinds)
    every = [_Table("incident", _INCIDENT), _Table("photo", _PHOTO), *own]
    # What takes the place of a row waits for its end: a CTE is done when all is counted.
    clear = [
        f"""{name}_gone as (delete from {name} r where incident_id = $1
            and {_as_json(columns)} not in (
                select {_as_json(columns)}
                from jsonb_populate_recordset(null::{name}, $2::jsonb -> '{name}') r)
            returning true),
        {name}_cleared as (select count(*) from {name}_gone)"""
        for name, columns in own
    ]
    write = inserts(kinds, "$2::jsonb", source="{name}_cleared", behind="on conflict do nothing")
    wanted = [
        f"""select '{name}' as t, {_as_json(columns)} as row
            from jsonb_populate_recordset(null::{name}, $2::jsonb -> '{name}') r"""
        for name, columns in every
    ]
    held = [
        f"select '{name}' as t, {_as_json(columns)} as row from {name} r where incident_id = $1"
        for name, columns in every
    ]
    return _Statements(
        write=f"""
        with {", ".join((*clear, *write))},
            incident_gone as (
                delete from incident where incident_id = $1 and view not in (
                    select r ->> 'view' from jsonb_array_elements($2::jsonb -> 'incident') as r)),
            photo_gone as (
                delete from photo where incident_id = $1 and photo_id <> all($3::uuid[])),
            photo_rows as (insert into photo as p ({_list(_PHOTO)})
                select {_list(_PHOTO)}
                from jsonb_populate_recordset(null::photo, $2::jsonb -> 'photo')
                on conflict (incident_id, photo_id) do update set {_update(_PHOTO, _PHOTO_KEY)}
                where ({_list(_PHOTO, "p")}) is distinct from ({_list(_PHOTO, "excluded")}))
        insert into incident ({_list(_INCIDENT)})
        select {_list(_INCIDENT)}
        from jsonb_populate_recordset(null::incident, $2::jsonb -> 'incident')
        on conflict (incident_id, view) do update set {_update(_INCIDENT, _INCIDENT_KEY)}
        """,
        compare=f"""
        with wanted as ({" union all ".join(wanted)}), held as ({" union all ".join(held)})
        select distinct t from (
            (select * from wanted except select * from held)
            union all
            (select * from held except select * from wanted)
        ) as difference
        order by t
        """,
    )


def _list(columns: Iterable[str], table: str = "") -> str:
    prefix = f"{table}." if table else ""
    return ", ".join(f"{prefix}{column}" for column in columns)


def _update(columns: Iterable[str], key: Container[str]) -> str:
    return ", ".join(f"{one} = excluded.{one}" for one in columns if one not in key)


def _as_json(columns: Iterable[str]) -> str:
    """These columns of the row `r`; a `point` knows no other way to be compared."""
    return f"(select to_jsonb(x) from (select {_list(columns, 'r')}) as x)"


async def list_incident_ids(connection: Connection, after: UUID | None, limit: int) -> list[UUID]:
    """The ids of all that has a timeline or should have one, in their order."""
    rows = await connection.fetch(
        """
        (select distinct incident_id from entry where $1::uuid is null or incident_id > $1
            order by incident_id limit $2)
        union
        (select incident_id from incident where $1::uuid is null or incident_id > $1
            order by incident_id limit $2)
        order by incident_id limit $2
        """,
        after,
        limit,
    )
    return [row["incident_id"] for row in rows]


async def lock_incident(connection: Connection, incident_id: UUID) -> bool:
    """Keep others from appending to it until the transaction ends; whether it is there."""
    there: bool | None = await connection.fetchval(
        "select true from incident where incident_id = $1 and view = 'whole' for update",
        incident_id,
    )
    return bool(there)
