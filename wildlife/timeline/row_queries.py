"""The SQL that writes the projections, and compares them with what follows from the timeline."""

from uuid import UUID

import msgspec

from db.pool import Connection
from db.rows import fetch_one
from wildlife.timeline.rows import Projections

NOT_FROM_THE_TIMELINE = [
    "renditions",
    "renditions_reason",
    "renditions_attempts",
    "renditions_after",
    "incomplete",
    "difference_hash",
]
"""The columns of `photo` that were found out by decoding the bytes."""


async def write_projections(connection: Connection, rows: Projections) -> None:
    """Let the projections hold these rows of the incident and no others.

    What is the same already is left alone: an entry changes little of an incident. The incident's
    own row is updated, not replaced: whoever waits for its lock finds it again. Photos are, too:
    what was found out by decoding them stays beside what the timeline says.
    """
    encoded = msgspec.json.encode(rows)
    await connection.execute(
        """
        with animals as (delete from animal r where incident_id = $1 and to_jsonb(r) not in (
                select to_jsonb(w)
                from jsonb_populate_recordset(null::animal, $2::jsonb -> 'animal') w)),
            releases as (delete from release r where incident_id = $1 and to_jsonb(r) not in (
                select to_jsonb(w)
                from jsonb_populate_recordset(null::release, $2::jsonb -> 'release') w)),
            hazards as (delete from hazard r where incident_id = $1 and to_jsonb(r) not in (
                select to_jsonb(w)
                from jsonb_populate_recordset(null::hazard, $2::jsonb -> 'hazard') w))
        delete from photo where incident_id = $1 and photo_id <> all($3::uuid[])
        """,
        rows.incident[0].incident_id,
        encoded,
        [photo.photo_id for photo in rows.photo],
    )
    await connection.execute(
        """
        with animals as (insert into animal
                select * from jsonb_populate_recordset(null::animal, $1::jsonb -> 'animal')
                on conflict do nothing),
            releases as (insert into release
                select * from jsonb_populate_recordset(null::release, $1::jsonb -> 'release')
                on conflict do nothing),
            hazards as (insert into hazard
                select * from jsonb_populate_recordset(null::hazard, $1::jsonb -> 'hazard')
                on conflict do nothing),
            photos as (insert into photo as p
                select * from jsonb_populate_recordset(null::photo, $1::jsonb -> 'photo')
                on conflict (incident_id, photo_id) do update set
                    sha256 = excluded.sha256,
                    media_type = excluded.media_type,
                    size = excluded.size,
                    width = excluded.width,
                    height = excluded.height,
                    taken_at = excluded.taken_at,
                    received_at = excluded.received_at,
                    about = excluded.about,
                    caption = excluded.caption,
                    exif = excluded.exif,
                    flags = excluded.flags
                where to_jsonb(p) - $2::text[] <> to_jsonb(excluded) - $2::text[])
        insert into incident
        select * from jsonb_populate_recordset(null::incident, $1::jsonb -> 'incident')
        on conflict (incident_id) do update set
            kind = excluded.kind,
            case_number = excluded.case_number,
            station_ids = excluded.station_ids,
            responsible_station_id = excluded.responsible_station_id,
            region_code = excluded.region_code,
            location = excluded.location,
            found_at = excluded.found_at,
            received_at = excluded.received_at,
            state = excluded.state,
            next_due_at = excluded.next_due_at,
            seq = excluded.seq,
            digest = excluded.digest,
            search_text = excluded.search_text,
            search_terms = excluded.search_terms,
            document = excluded.document
        """,
        encoded,
        NOT_FROM_THE_TIMELINE,
    )


async def differing_rows(connection: Connection, rows: Projections) -> list[str]:
    """The tables in which the projections hold something else of the incident than `rows`."""
    found = await connection.fetch(
        """
        with wanted as (
            select 'incident' as t, to_jsonb(r) as row
            from jsonb_populate_recordset(null::incident, $2::jsonb -> 'incident') r
            union all select 'animal', to_jsonb(r)
            from jsonb_populate_recordset(null::animal, $2::jsonb -> 'animal') r
            union all select 'release', to_jsonb(r)
            from jsonb_populate_recordset(null::release, $2::jsonb -> 'release') r
            union all select 'hazard', to_jsonb(r)
            from jsonb_populate_recordset(null::hazard, $2::jsonb -> 'hazard') r
            union all select 'photo', to_jsonb(r) - $3::text[]
            from jsonb_populate_recordset(null::photo, $2::jsonb -> 'photo') r
        ), held as (
            select 'incident' as t, to_jsonb(r) as row from incident r where incident_id = $1
            union all select 'animal', to_jsonb(r) from animal r where incident_id = $1
            union all select 'release', to_jsonb(r) from release r where incident_id = $1
            union all select 'hazard', to_jsonb(r) from hazard r where incident_id = $1
            union all select 'photo', to_jsonb(r) - $3::text[] from photo r where incident_id = $1
        )
        select distinct t from (
            (select * from wanted except select * from held)
            union all
            (select * from held except select * from wanted)
        ) as difference
        order by t
        """,
        rows.incident[0].incident_id,
        msgspec.json.encode(rows),
        NOT_FROM_THE_TIMELINE,
    )
    return [row["t"] for row in found]


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


class Ending(msgspec.Struct, frozen=True):
    """The entry that a timeline ends with, as the incident's row has it."""

    seq: int
    digest: bytes


async def fetch_ending(connection: Connection, incident_id: UUID) -> Ending | None:
    """How the incident's row says that the timeline ends; None where the row is lost."""
    return await fetch_one(
        connection, Ending, "select seq, digest from incident where incident_id = $1", incident_id
    )


async def lock_incident(connection: Connection, incident_id: UUID) -> None:
    """Keep others from appending to the incident until the transaction ends."""
    await connection.execute("select from incident where incident_id = $1 for update", incident_id)
