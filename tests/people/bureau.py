"""A bureau with a station below it, and who stands there."""

from typing import Final

from db.database import Database
from tests.users import Person, add_account, put_unit
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role, StationKind

BUREAU: Final = "15042500"


async def put_below(database: Database, *stations: str) -> None:
    """Let these stations stand below the bureau."""
    for code, parent in ((BUREAU, None), *((one, BUREAU) for one in stations)):
        kind = StationKind.POLICE_BUREAU
        await put_unit(database, code, name=f"单位{code}", kind=kind, parent=parent)


async def signed_in(
    officer: Person, database: Database, badge: str, station: str, role: Role = Role.OFFICER
) -> Person:
    """Somebody with an account of their own, which is added."""
    await add_account(database, badge, station, role=role)
    return await Person.sign_in(officer.client, badge, DEMO_PASSWORD)


async def head_of_bureau(officer: Person, database: Database) -> Person:
    """The chief of the bureau, who is nothing else."""
    return await signed_in(officer, database, "15042500000", BUREAU, Role.CHIEF)
