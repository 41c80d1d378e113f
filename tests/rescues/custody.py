"""What goes to a rescue centre, and what its rescuers are told."""

from typing import Any

from db.database import Database
from tests.users import Person, add_account, entry, put_unit
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role, StationKind

CENTRE, OTHER_CENTRE = "15040201", "15050201"
NAMES = {CENTRE: "赤峰市野生动物救护站", OTHER_CENTRE: "通辽市野生动物救护站"}
AT = "2024-08-{:02d}T10:00:00+08:00"


async def of_another_centre(officer: Person, database: Database) -> Person:
    """A rescuer of another centre."""
    await put_unit(
        database,
        OTHER_CENTRE,
        name=NAMES[OTHER_CENTRE],
        kind=StationKind.RESCUE_CENTRE,
        region="150502",
    )
    await add_account(database, "JH002", OTHER_CENTRE, role=Role.RESCUER)
    return await Person.sign_in(officer.client, "JH002", DEMO_PASSWORD)


def transfer(day: int, to: str | None = CENTRE, animal: int = 1, **fields: Any) -> dict[str, Any]:
    to_it = {"station": to, "recipient": NAMES[to]} if to else {"recipient": "动物园"}
    return entry("transfer", AT.format(day), animal=animal, **to_it, **fields)


def care(day: int, animal: int = 1, **fields: Any) -> dict[str, Any]:
    return entry("care", AT.format(day), animal=animal, **{"feeding": "小鱼"} | fields)


async def told(person: Person, incident: str, body: dict[str, Any]) -> tuple[int, str | None]:
    answer = await person.post(f"/incidents/{incident}/entries", body)
    return answer.status_code, answer.json().get("code")


async def sees(person: Person, incident: str) -> bool:
    """Whether somebody is told of an incident, by every list and address alike."""
    one = (await person.get(f"/incidents/{incident}")).status_code
    listed = [
        incident in [one.get("incident_id", one.get("id")) for one in found["items"]]
        for found in [await person.read("/incidents"), await person.read("/animals")]
    ]
    assert listed == [one == 200] * 2
    for path in ("entries", "photos"):
        assert (await person.get(f"/incidents/{incident}/{path}")).status_code == one
    return one == 200
