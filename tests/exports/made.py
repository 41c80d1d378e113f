"""Exports, as those who ask for them have them."""

from typing import Any
from uuid import uuid4

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
