"""Brings a backup back: the originals first, each read against its SHA-256, then the database, all
of it or nothing. So there is no moment at which a record names a photo that is not there yet."""

from hashlib import sha256
from pathlib import Path

import msgspec

from db.connection import Connection
from db.dumping import restore
from db.grants import SERVICE_LOGIN
from db.migrations import NewerDatabase, migrations
from media.files import fsync_folder, put_whole
from media.spool import Spool
from media.store import ORIGINALS, Store, original_key
from wildlife.backups.folder import BackupFolder, Manifest, pieces_of
from wildlife.backups.queries import count_rows, has_relations
from wildlife.backups.verifying import ROTTEN, changed, unreadable
from wildlife.photos.owning import require_own_store
from wildlife.web.together import each
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said


class Mark(msgspec.Struct, frozen=True):
    """Which restore is under way: of the backup whose manifest has this SHA-256."""

    backup: str
    manifest: str


def mark_of(folder: BackupFolder, name: str, manifest: Manifest) -> Mark:
    """That of this backup."""
    content = msgspec.json.encode(manifest)
    return Mark(str(folder.root / name), sha256(content).hexdigest())


def begin(file: Path, mark: Mark) -> None:
    """From now on no service starts, until the restore has ended."""
    put_whole(file.with_name(f"{file.name}.new"), file, msgspec.json.encode(mark))
    fsync_folder(file.parent)


def end(file: Path) -> None:
    """All of it is there."""
    file.unlink()
    fsync_folder(file.parent)


def _is_begun(file: Path, mark: Mark) -> bool:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Mark).manifest == mark.manifest
    except (FileNotFoundError, msgspec.DecodeError):
        return False


def require_known(manifest: Manifest) -> None:
    """Raises NewerDatabase where a later version made the backup."""
    if newer := {*manifest.migrations} - {*migrations()}:
        raise NewerDatabase(sorted(newer))


async def require_empty(
    connection: Connection, store: Store, manifest: Manifest, file: Path, mark: Mark
) -> bool:
    """That nothing is there that a restore would mix with. Whether the database is empty; else a
    restore of this very backup was begun, and has come so far.

    Raises ValueError with a sentence.
    """
    is_empty = not await has_relations(connection)
    if not is_empty:
        is_its_own = _is_begun(file, mark) and await _is_of(connection, manifest)
        if not is_its_own:
            raise ValueError(
                said(
                    "The database is not empty, and a restore mixes with nothing. Take a data"
                    " folder without a database (WILDLIFE_DATA_DIR), or make a new database on the"
                    " PostgreSQL of your own and name it.",
                    "数据库不是空的，恢复不与已有内容混合。请另用没有数据库的数据目录"
                    "（WILDLIFE_DATA_DIR），或在自备的 PostgreSQL 上新建数据库并指向它。",
                )
            )
    await require_own_store(connection, store)
    async for held in store.list(ORIGINALS):
        if held.digest not in manifest.media:
            raise ValueError(
                said(
                    f"The photo store holds {held.key}, which this backup does not name. Take an"
                    " empty one (WILDLIFE_DATA_DIR, WILDLIFE_MEDIA_URL).",
                    f"照片存储中有本备份没有列出的 {held.key}。请改用空的存储（WILDLIFE_DATA_DIR、"
                    "WILDLIFE_MEDIA_URL）。",
                )
            )
    return is_empty


async def _is_of(connection: Connection, manifest: Manifest) -> bool:
    """Whether it holds what the backup does."""
    known = await connection.fetchval("select to_regclass('public.entry') is not null")
    return bool(known) and await count_rows(connection) == manifest.counts


async def put_media(
    folder: BackupFolder, manifest: Manifest, store: Store, spool: Spool
) -> dict[str, Sentence]:
    """Put the originals into the store that it does not hold yet; what is wrong with those that
    were not, since they are not whole.

    Copied, never linked: a store and a backup that share a file lose it together.
    """
    flaws = {}

    async def put(digest: str) -> None:
        size, key, path = manifest.media[digest], original_key(digest), folder.original(digest)
        if await store.size(key) == size:
            return
        try:
            async with spool.receive(pieces_of(path), size) as received:
                if received.sha256 == digest:
                    await store.put_file(key, received.path, digest)
                else:
                    flaws[digest] = changed(path)
        except OSError as error:
            if error.errno not in ROTTEN or error.filename != str(path):
                raise
            flaws[digest] = unreadable(path)

    sound = [one for one, size in manifest.media.items() if _size(folder.original(one)) == size]
    await each(sound, put)
    return flaws


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


async def put_database(connection: Connection, url: str, folder: BackupFolder, name: str) -> None:
    """Put the database back, as who owns the tables; whom they are for is granted it anew by a
    migration. Roles belong to the server, and stand in no dump."""
    if not await connection.fetchval(
        "select exists (select from pg_roles where rolname = $1)", SERVICE_LOGIN
    ):
        await connection.execute(f"create role {SERVICE_LOGIN} login")
    await restore(connection, url, pieces_of(folder.dump_of(name)))
