"""Who is what where, what they may, and what happened to them."""

from typing import Any

from db.database import Database
from tests.users import Person, add_account, put_unit
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.appointing_queries import appoint
from wildlife.people.codes import Role, StationKind
from wildlife.people.events import COMMAND_LINE
from wildlife.people.stations import Competence


async def events(person: Person, **asked: Any) -> list[dict[str, Any]]:
    """Those that somebody reads, oldest first."""
    read: list[dict[str, Any]] = (await person.read("/people/events", params=asked))["items"]
    return read[::-1]


def kinds(read: list[dict[str, Any]]) -> list[str]:
    return [one["kind"] for one in read]


async def appointed(
    person: Person,
    database: Database,
    role: str,
    station: str | None = None,
    *,
    sees_roads: bool = False,
) -> Person:
    """The same person, who is one thing more, and signed in again."""
    async with database.transaction() as connection:
        await appoint(
            connection, COMMAND_LINE, person.badge, Role(role), station, sees_roads=sees_roads
        )
    return await Person.sign_in(person.client, person.badge, DEMO_PASSWORD)


async def at(
    officer: Person,
    database: Database,
    code: str,
    role: Role = Role.OFFICER,
    *,
    sees_roads: bool = False,
) -> Person:
    """Somebody new at a unit, who is signed in."""
    badge = f"P{code}"
    await add_account(database, badge, code, role=role, sees_roads=sees_roads)
    return await Person.sign_in(officer.client, badge, DEMO_PASSWORD)


async def official_for(
    officer: Person,
    database: Database,
    code: str,
    *regions: str,
    units: tuple[str, ...] = (),
    sees_roads: bool = True,
) -> Person:
    """An official of a unit of its own, which lies elsewhere and is competent for so much."""
    competent_for = Competence([*regions], [*units])
    await put_unit(
        database,
        code,
        kind=StationKind.ADMINISTRATION,
        region="110000",
        competent_for=competent_for,
    )
    return await at(officer, database, code, Role.OFFICIAL, sees_roads=sees_roads)
