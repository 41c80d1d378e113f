"""Exports, as those who ask for them have them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg

from db.database import Database
from tests.serving import until
from tests.users import API, Person
from wildlife.settings import Settings


def asked(address: str = f"{API}/releases?format=csv") -> dict[str, Any]:
    """What asks for an export."""
    return {"id": str(uuid4()), "address": address}


async def begun(person: Person, address: str) -> str:
    """The id of an export that was asked for."""
    body = asked(address)
    answer = await person.post("/exports", body)
    assert answer.status_code == 202, answer.text
    return str(body["id"])


async def ended(person: Person, export_id: str, *states: str) -> dict[str, Any]:
    """An export when it is done, or has failed, or whatever is waited for."""

    async def ask() -> dict[str, Any] | None:
        told: dict[str, Any] = await person.read(f"/exports/{export_id}")
        return told if told["state"] in (states or ("done", "failed")) else None

    return await until(ask)


async def done(person: Person, address: str) -> dict[str, Any]:
    """An export that is asked for, and done."""
    export = await ended(person, await begun(person, address))
    assert export["state"] == "done", export
    return export


_WITHHOLDING = """
    create function wait_for_test() returns trigger language plpgsql as $$
    begin
        perform pg_advisory_lock_shared(4), pg_advisory_unlock_shared(4);
        return null;
    end $$;
    create trigger wait_for_test before update of sha256 on export
    for each statement execute function wait_for_test()
"""


@asynccontextmanager
async def files_withheld(settings: Settings) -> AsyncIterator[None]:
    """No export comes to its end before the block does, however quickly it is made: whoever makes
    one has all rows, and waits before they name its file. Of each statement, not of its row, which
    they go on saying how far they are in."""
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        await connection.execute(_WITHHOLDING)
        await connection.execute("select pg_advisory_lock(4)")
        yield
        # Who was killed goes on with nothing.
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event = 'advisory'"
        )
        await connection.execute("drop trigger wait_for_test on export")
    finally:
        await connection.close()


async def claim_lapsed(database: Database, export_id: str) -> None:
    """Let who made it have said nothing for a while."""
    async with database.writing() as connection:
        await connection.execute(
            "update export set held_until = now() - interval '1 second'"
            " where export_id = $1 and held_until is not null",
            export_id,
        )


def files_of(settings: Settings) -> list[str]:
    """The files of exports in the store, by their names."""
    return [path.name for path in (settings.media_dir / "exports").rglob("*") if path.is_file()]
