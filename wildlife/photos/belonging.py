"""Whether a database and a store of photos belong together."""

from db.connection import Connection
from media.store import ORIGINALS, Store, original_key
from wildlife.photos.digest_queries import has_entries, sample_digests
from wildlife.photos.owning import require_own_store
from wildlife.words.speaking import said


async def require_own_photos(connection: Connection, store: Store, *, lost: bool = False) -> None:
    """Make sure that neither is another's: a misspelt bucket, an empty folder, an empty database, a
    copy of one.

    lost: the operator knows that the photos are gone.

    Raises ValueError with a sentence where the store remembers another database, where the database
    names originals and the store holds none of those that are looked for, or where the store holds
    some and the database has no entry at all.
    """
    await require_own_store(connection, store)
    await require_photos(connection, store, lost=lost)


async def require_photos(connection: Connection, store: Store, *, lost: bool = False) -> None:
    """The same, whatever the store remembers."""
    named = await sample_digests(connection)
    is_begun = await has_entries(connection)
    if not is_begun:
        async for held in store.list(ORIGINALS):
            raise ValueError(
                said(
                    f"The store holds photos ({held.key} and more), and this database has no entry"
                    " yet. Name the database that they belong to (WILDLIFE_DATABASE_URL), or a"
                    " store of its own (WILDLIFE_MEDIA_URL, WILDLIFE_DATA_DIR).",
                    f"照片存储中有照片（{held.key} 等），而本数据库还没有任何记录。请指明照片所属的"
                    "数据库（WILDLIFE_DATABASE_URL），或为本数据库另设存储（WILDLIFE_MEDIA_URL、"
                    "WILDLIFE_DATA_DIR）。",
                )
            )
    for digest in named:
        if await store.size(original_key(digest)) is not None:
            return
    if named and not lost:
        raise ValueError(
            said(
                f"The store holds none of {len(named)} photos that this database names. Name the"
                " store that does (WILDLIFE_MEDIA_URL, or media in WILDLIFE_DATA_DIR), or put them"
                " back from the backup. If they are lost: `wildlife serve --photos-lost`.",
                f"本数据库所列的 {len(named)} 张照片，照片存储中一张也没有。请指明存有它们的存储"
                "（WILDLIFE_MEDIA_URL，或 WILDLIFE_DATA_DIR 中的 media），或从备份中放回。"
                "如已丢失：`wildlife serve --photos-lost`。",
            )
        )
