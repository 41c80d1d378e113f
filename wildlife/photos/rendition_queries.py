"""The SQL of making renditions: what is to be made, who is at it, and what came of it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all
from wildlife.photos.codes import Renditions, RenditionsReason


class PhotoToRender(msgspec.Struct, frozen=True):
    """A photo that has no renditions yet."""

    incident_id: UUID
    photo_id: UUID
    sha256: str
    attempts: int = 0
    """How often it was put back."""


_IS_WAITING: Final = """
    renditions is null and (renditions_after is null or renditions_after <= now())"""


async def list_photos_to_render(connection: Connection, limit: int = 20) -> list[PhotoToRender]:
    """The next photos without renditions: those that nobody tried yet before those put back, and
    the oldest first."""
    return await fetch_all(
        connection,
        PhotoToRender,
        f"""
        select incident_id, photo_id, encode(sha256, 'hex') as sha256,
            coalesce(renditions_attempts, 0) as attempts
        from photo
        where {_IS_WAITING}
        order by renditions_after nulls first, received_at limit $1
        """,
        limit,
    )


class WaitingPhotos(msgspec.Struct, frozen=True):
    """Photos without renditions: how many, and for how many seconds the first has waited."""

    count: int
    oldest_s: float | None


# More are too many, whatever their number; to count them all would take longer and longer.
_MOST_COUNTED: Final = 10_000


async def count_photos_to_render(connection: Connection) -> WaitingPhotos:
    """How long the work list is, put back ones included; a count that ends at a bound."""
    [waiting] = await fetch_all(
        connection,
        WaitingPhotos,
        """
        select count(*) as count,
            extract(epoch from now() - min(received_at))::float8 as oldest_s
        from (select received_at from photo where renditions is null limit $1) as waiting
        """,
        _MOST_COUNTED,
    )
    return waiting


class RenderedPhoto(msgspec.Struct, frozen=True):
    """What is on record of a photo's pixels."""

    incident_id: UUID
    photo_id: UUID
    sha256: str
    renditions: str
    reason: str | None
    difference_hash: int | None
    is_incomplete: bool


async def list_rendered(
    connection: Connection, after: tuple[UUID, UUID] | None, limit: int
) -> list[RenderedPhoto]:
    """Photos that were decoded or given up, after one of them, in the order of their keys."""
    return await fetch_all(
        connection,
        RenderedPhoto,
        """
        select incident_id, photo_id, encode(sha256, 'hex') as sha256, renditions,
            renditions_reason as reason, difference_hash,
            coalesce(incomplete, false) as is_incomplete
        from photo
        where renditions is not null
            and ($1::uuid is null or (incident_id, photo_id) > ($1, $2::uuid))
        order by incident_id, photo_id limit $3
        """,
        *(after or (None, None)),
        limit,
    )


# Any number that no other use of two-part advisory locks on the database begins with.
_RENDERING: Final = 1_504_250_003


async def claim_photo(connection: Connection, photo: PhotoToRender) -> bool:
    """Keep other processes from this photo until `release_photo`, or until this one dies.

    False where another has it, or it is done or put back by now.
    """
    claimed: bool = await connection.fetchval(
        "select pg_try_advisory_lock($1, hashtext($2))", _RENDERING, str(photo.photo_id)
    )
    if not claimed:
        return False
    waiting: bool = await connection.fetchval(
        f"""
        select exists (
            select from photo where incident_id = $1 and photo_id = $2 and {_IS_WAITING}
        )
        """,
        photo.incident_id,
        photo.photo_id,
    )
    if not waiting:
        await release_photo(connection, photo)
    return waiting


async def release_photo(connection: Connection, photo: PhotoToRender) -> None:
    """Let go of a photo that was claimed on this connection."""
    await connection.execute(
        "select pg_advisory_unlock($1, hashtext($2))", _RENDERING, str(photo.photo_id)
    )


async def release_all(connection: Connection) -> None:
    """Let go of all photos that were claimed on this connection, and of one that was about to be
    when something went wrong."""
    await connection.execute("select pg_advisory_unlock_all()")


async def put_renditions(
    connection: Connection,
    photo: PhotoToRender,
    *,
    renditions: Renditions,
    reason: RenditionsReason | None = None,
    difference_hash: int | None = None,
    is_incomplete: bool = False,
) -> None:
    """Note what came of making a photo's renditions."""
    await connection.execute(
        """
        update photo set renditions = $3, renditions_reason = $4, difference_hash = $5,
            incomplete = $6, renditions_attempts = null, renditions_after = null
        where incident_id = $1 and photo_id = $2
        """,
        photo.incident_id,
        photo.photo_id,
        renditions.value,
        None if reason is None else reason.value,
        difference_hash,
        is_incomplete,
    )


async def put_back(
    connection: Connection,
    photo: PhotoToRender,
    *,
    after: timedelta,
    reason: RenditionsReason | None = None,
) -> None:
    """Let a photo be tried again after a while; reason: what went wrong, if anything did."""
    await connection.execute(
        """
        update photo set renditions_reason = $3, renditions_after = now() + $4::interval,
            renditions_attempts = coalesce(renditions_attempts, 0) + 1
        where incident_id = $1 and photo_id = $2
        """,
        photo.incident_id,
        photo.photo_id,
        None if reason is None else reason.value,
        after,
    )


async def retry_renditions(connection: Connection) -> int:
    """Let all photos that were given up or put back be tried again now; how many these are."""
    status = await connection.execute(
        """
        update photo set renditions = null, renditions_reason = null,
            renditions_attempts = null, renditions_after = null
        where renditions in ('unreadable', 'abandoned')
            or renditions is null and renditions_after is not null
        """
    )
    return int(status.rpartition(" ")[2])
