"""The SQL of photos: as they are told of, and which look the same."""

from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.scope import IN_VIEW, VISIBLE, scope_arguments
from wildlife.photos.codes import Renditions, RenditionsReason
from wildlife.timeline.chain import facts_of
from wildlife.timeline.generalizing import UNTOLD
from wildlife.timeline.incident import PhotoState
from wildlife.timeline.photo import ImageFacts
from wildlife.words.values import IncidentId, PhotoId


class PhotoRecord(PhotoState, frozen=True, kw_only=True):
    """照片信息。A photo of an incident; the size in pixels is that of the picture held upright."""

    renditions: Renditions
    """可显示状态。Whether it can be shown."""
    renditions_reason: RenditionsReason | None
    """不可显示原因。Why it can't be shown, or can't yet: of the latter it is tried again by
    itself."""
    voided_by: UUID | None = None
    """作废记录。The entry that voided it, and says why; null: it counts. A list has none that was
    voided."""
    generalized: bool = False
    """位置是否隐匿。Whether the places of its incident are hidden from the reader: where it was
    taken, its caption and what its bytes are, are left out then."""


# The columns of a PhotoRecord, of `photo p`.
_RECORD: Final = """
    p.photo_id, encode(p.sha256, 'hex') as sha256, p.media_type, p.size, p.width, p.height,
    p.taken_at, p.received_at, p.about, p.taken_place, p.exif,
    case when p.incomplete then p.flags || '{incomplete}' else p.flags end as flags,
    coalesce(p.renditions, 'pending') as renditions, p.renditions_reason
"""


_ACCESS: Final = Statement(f"""
    select {_RECORD}, t.view = 'generalized' as generalized, case
            when t.view <> 'whole' and exists (select from informant f
                where f.incident_id = p.incident_id and p.caption = any(f.named_in))
            then '{UNTOLD}' else p.caption
        end as caption
    from photo p join incident t using (incident_id)
    where p.incident_id = :incident_id and p.photo_id = :photo_id and {VISIBLE}
        and {IN_VIEW.format("t.view")}
    """)


async def access_photo(
    connection: Connection, actor: Actor, incident_id: IncidentId, photo_id: PhotoId
) -> PhotoRecord | None:
    """A photo that counts, if `actor` may see its incident."""
    values = scope_arguments(actor) | {"incident_id": incident_id, "photo_id": photo_id}
    return await _ACCESS.one(connection, PhotoRecord, values)


async def list_photos(
    connection: Connection, incident_id: IncidentId, view: str, withheld: list[str]
) -> list[PhotoRecord]:
    """The photos of an incident that the caller has access to by this view of it, in the order they
    were taken.

    withheld: captions that are not told by it.
    """
    return await fetch_all(
        connection,
        PhotoRecord,
        f"""
        select {_RECORD},
            case when p.caption = any($3) then '{UNTOLD}' else p.caption end as caption
        from photo p
        where p.incident_id = $1
            and {IN_VIEW.format("$2")}
        order by coalesce(p.taken_at, p.received_at), p.photo_id
        """,
        incident_id,
        view,
        withheld,
    )


class SamePicture(msgspec.Struct, frozen=True):
    """疑似同一照片。A photo of another incident that looks the same."""

    incident_id: UUID
    """警情 UUID。The other incident, to which that photo belongs."""
    photo_id: UUID
    """照片编号。The id of the photo that looks the same."""
    distance: int
    """差异位数。In how many of 64 bits their difference hashes differ: 0 after re-compression, 3 at
    most."""


# Between a photo `p` and `mine`, which a CTE holds.
_DISTANCE: Final = "bit_count((p.difference_hash # mine.hash)::bit(64))"

# In other incidents than that of `mine`.
_LOOKS_THE_SAME: Final = f"""
    p.incident_id <> :incident_id
        and p.difference_hash is not null
        and quarters(p.difference_hash) && mine.quarters
        and {_DISTANCE} <= 3"""

# A distributed database joins incidents with themselves only by their id: what is looked for comes
# first, and alone.
_SAME: Final = Statement(f"""
    with mine as materialized (
        select difference_hash as hash, quarters(difference_hash) as quarters from photo
        where incident_id = :incident_id and photo_id = :photo_id
            and difference_hash is not null
    )
    select p.incident_id, p.photo_id, {_DISTANCE}::int as distance
    from mine cross join photo p join incident t on t.incident_id = p.incident_id
    where {_LOOKS_THE_SAME}
        and {VISIBLE} and {IN_VIEW.format("t.view")}
    order by distance, p.received_at, p.photo_id
    limit 20
    """)


async def list_same_pictures(
    connection: Connection, actor: Actor, incident_id: IncidentId, photo_id: PhotoId
) -> list[SamePicture]:
    """Photos of other incidents that `actor` may see and that look like this one, nearest first."""
    values = scope_arguments(actor) | {"incident_id": incident_id, "photo_id": photo_id}
    return await _SAME.all(connection, SamePicture, values)


_WITH_SAME: Final = Statement(f"""
    with mine as materialized (
        select photo_id, difference_hash as hash, quarters(difference_hash) as quarters
        from photo
        where incident_id = :incident_id and difference_hash is not null
    )
    select distinct mine.photo_id
    from mine cross join photo p join incident t on t.incident_id = p.incident_id
    where {_LOOKS_THE_SAME}
        and {VISIBLE} and {IN_VIEW.format("t.view")}
    """)


async def with_same_pictures(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> set[UUID]:
    """The photos of an incident of which another that `actor` may see has one that looks the same.

    Of flat pictures (fog, the night sky) many have to be compared: not for what is asked all the
    time, as the incident itself is.
    """
    rows = await _WITH_SAME.rows(connection, scope_arguments(actor) | {"incident_id": incident_id})
    return {row["photo_id"] for row in rows}


_HELD: Final = Statement(f"""
    select e.canonical from entry e join incident t using (incident_id)
    where e.sha256 = decode(:digest, 'hex') and {VISIBLE}
        and (t.view = 'whole' or exists (select from photo p
            where p.incident_id = e.incident_id and p.photo_id = e.entry_id
                and t.view = any(p.shown_in)))
    limit 1
    """)


async def find_held_image(connection: Connection, actor: Actor, digest: str) -> ImageFacts | None:
    """What the service found out about this content, if `actor` may see a photo of it.

    Whoever only knows a digest must not get at the picture by naming it.
    """
    held = await _HELD.rows(connection, scope_arguments(actor) | {"digest": digest})
    return _image(held[0]["canonical"] if held else None)


def _image(canonical: str | None) -> ImageFacts | None:
    """What an entry says of its photo; none where it can't be read, either: the photo is as good as
    not there then, and is sent again."""
    try:
        return None if canonical is None else facts_of(canonical).image
    except msgspec.DecodeError:
        return None
