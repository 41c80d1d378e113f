"""Which database a store of photos belongs to: it remembers the one that began with it, as a copy
of a database, which names the same photos, would sweep away what the other has received since."""

from contextlib import suppress

import msgspec

from db.connection import Connection
from db.identity import lasting_identity
from media.store import BELONGS_TO, NotHeld, Store
from wildlife.words.speaking import said


class Owner(msgspec.Struct, frozen=True):
    """A database, by what no other has, a copy neither; and what it is called."""

    database: str
    name: str


async def require_own_store(connection: Connection, store: Store) -> None:
    """Raises ValueError with a sentence where the store remembers another database."""
    remembered = await _remembered(store)
    if remembered is not None:
        _require_same(remembered, await _own(connection))


async def own_store(connection: Connection, store: Store, *, take_over: bool = False) -> Owner:
    """Let the store remember this database, where it remembers none, or take it over; whose it is
    now. Of two databases that begin with it at once it remembers one, and of the other this raises
    ValueError, as `require_own_store` does."""
    own, remembered = await _own(connection), await _remembered(store)
    if remembered is None:
        await store.put_new(BELONGS_TO, msgspec.json.encode(own))
        remembered = await _remembered(store)
    if remembered is None or (take_over and remembered != own):
        await store.put(BELONGS_TO, msgspec.json.encode(own))
        return own
    _require_same(remembered, own)
    return remembered


def _require_same(remembered: Owner, own: Owner) -> None:
    if remembered.database != own.database:
        raise ValueError(
            said(
                f"The photo store belongs to another database: {remembered.name}"
                f" ({remembered.database}), and this one is {own.name} ({own.database}). A copy"
                " takes a store of its own (WILDLIFE_DATA_DIR, WILDLIFE_MEDIA_URL): either would"
                " sweep away what the other received. Where that one is not used any more, as after"
                " a restore or a move: `wildlife media take-over`.",
                f"照片存储属于另一个数据库：{remembered.name}（{remembered.database}），而本数据库是"
                f" {own.name}（{own.database}）。副本请另设存储（WILDLIFE_DATA_DIR、"
                "WILDLIFE_MEDIA_URL）：否则双方会清除对方收到的照片。那个数据库不再使用时（如恢复或"
                "迁移之后）：`wildlife media take-over`。",
            )
        )


async def _own(connection: Connection) -> Owner:
    return Owner(
        await lasting_identity(connection),
        await connection.fetchval("select current_database()::text"),
    )


async def _remembered(store: Store) -> Owner | None:
    """None: nobody, or what it remembers can't be read."""
    with suppress(NotHeld, msgspec.DecodeError):
        return msgspec.json.decode(await store.get(BELONGS_TO), type=Owner)
    return None
