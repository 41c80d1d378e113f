"""The migration to what lists may be asked for: what was written before is found by it at once."""

import re

from db.connection import Connection
from db.database import Database
from db.migrations import FOLDER, statements
from tests.pictures import encoded, noise
from tests.rescues.custody import transfer
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild


async def rows(connection: Connection) -> list[list[str]]:
    """All rows of the two tables, each as JSON with its columns by name."""
    return [
        [
            row["as_json"]
            for row in await connection.fetch(
                f"select to_jsonb(t)::text as as_json from {table} t order by 1"
            )
        ]
        for table in ("incident", "transfer")
    ]


async def test_a_database_of_earlier_days_is_told_what_may_be_asked_of_it(
    officer: Person, rescuer: Person, database: Database, settings: Settings
) -> None:
    """By the migration, as by the fold; but for when a unit was last told of what it has."""
    bird = await officer.opened(rescue(animals=[{"count": 3}], officers=["150425002"]))
    await officer.appended(bird, identification("canis_lupus"))
    await officer.appended(bird, transfer(1, count=1))
    await officer.appended(bird, entry("allocation", animal=1, count=1, recipient="动物园"))
    await officer.appended(bird, release(count=1))
    await officer.put_photo(bird, encoded(noise(40, 30)))
    await officer.opened(road_hazard())
    of_now = {
        "updated_at": "now()",
        **dict.fromkeys(("missing", "flags", "officers"), "'{}'"),
        "photos": "0",
        "source": "null",
    }
    set_back = ", ".join(f"{name} = {value}" for name, value in of_now.items())
    async with database.transaction() as connection:
        custody = "update incident set updated_at = received_at where view like 'custody:%'"
        assert await connection.execute(custody) == "UPDATE 1"
        before = await rows(connection)
        assert len({row["view"] for row in await connection.fetch("select view from transfer")}) > 2
        await connection.execute(f"update incident set {set_back}")
        await connection.execute("delete from transfer")
        for migration in ("0038_asked.sql", "0040_sources.sql"):
            for statement in statements((FOLDER / migration).read_text("utf-8")):
                if re.match(r"(--.*\n|\s)*(update|insert)", statement):
                    await connection.execute(statement)
        after = await rows(connection)
    assert after == before
    compared = rebuild(database, KINDS, read_policy(None), settings.zone, write=False)
    assert [one.tables async for one in compared if one.tables] == [["incident"]]
