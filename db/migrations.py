"""Plain SQL files, applied in the order of their names, each once and in one transaction."""

from collections.abc import Collection, Iterator
from pathlib import Path

from db.alone import connected
from db.connection import Connection
from db.grants import grant_again
from db.identity import require_fit

FOLDER = Path(__file__).parent / "migrations"

# Any number that no other program on the same database uses as an advisory lock.
_LOCK = 7_215_042_520_240_804


class NewerDatabase(Exception):
    """A later version has changed the tables: this one does not know what they mean now."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))


async def migrate(url: str) -> list[str]:
    """Apply what is missing in the database at `url`; answer the names of the files applied, and
    "grants" where the service's role lacked some that it has again.

    `url` signs in as who owns the tables, or will. Several processes may call this at once: one
    does the work, the others wait and find it done. Raises UnfitConnection and, before anything is
    changed, NewerDatabase.
    """
    async with connected(url) as connection:
        await require_fit(connection, confined=False)
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            "create table if not exists migration"
            " (name text primary key, applied_at timestamptz not null default now())"
        )
        done = await _applied(connection)
        applied = []
        for file in sorted(FOLDER.glob("*.sql")):
            if file.name in done:
                continue
            async with connection.transaction():
                for statement in statements(file.read_text("utf-8")):
                    await connection.execute(statement)
                await connection.execute("insert into migration (name) values ($1)", file.name)
            applied.append(file.name)
        if await grant_again(connection):
            applied.append("grants")
        return applied


def statements(sql: str) -> Iterator[str]:
    """The statements of a file, each of which ends with a line that ends with a semicolon.

    A distributed database takes them one by one.
    """
    lines: list[str] = []
    for line in sql.splitlines():
        lines.append(line)
        statement = "\n".join(lines)
        if line.endswith(";") and statement.count("$$") % 2 == 0:
            yield statement
            lines = []
    if any(line and not line.startswith("--") for line in lines):
        raise ValueError(f"a statement without an end: {lines[-1]}")


async def pending(url: str) -> list[str]:
    """The names of the files that the database at `url` still lacks.

    Raises NewerDatabase.
    """
    async with connected(url) as connection:
        return lacking(await _applied(connection))


def migrations() -> list[str]:
    """The names of the files of this version, in their order."""
    return [file.name for file in sorted(FOLDER.glob("*.sql"))]


def lacking(applied: Collection[str]) -> list[str]:
    """The files of this version that are not among those that were applied."""
    return [name for name in migrations() if name not in applied]


async def _applied(connection: Connection) -> set[str]:
    """The names of the files that were applied. Raises NewerDatabase."""
    known = await connection.fetchval("select to_regclass('public.migration')")
    if not known:
        return set()
    applied = {row["name"] for row in await connection.fetch("select name from migration")}
    if newer := applied - {*migrations()}:
        raise NewerDatabase(sorted(newer))
    return applied
