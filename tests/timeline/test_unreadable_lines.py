"""What can't be shown any more costs its own line in a list, and is named there."""

from typing import Any

from db.database import Database
from tests.users import Person, identification, release


async def test_a_row_that_can_not_be_shown_costs_its_own_line_and_is_named(
    officer: Person, told: Database
) -> None:
    second = await officer.opened()
    await officer.appended(second, identification())
    await officer.appended(second, release())
    damage = {
        "/incidents": "update incident set state = 'x' where incident_id = $1",
        "/animals": "update animal set sex = 'x' where incident_id = $1",
        "/releases": "update release set method = 'x' where incident_id = $1",
    }
    for path, sql in damage.items():
        before = (await officer.read(path))["items"]
        assert len(before) == 2
        async with told.writing() as connection:
            await connection.execute(sql, second)
        for parameters in ({}, {"limit": "1"}):
            seen: list[Any] = []
            named: list[str] = []
            cursor: dict[str, str] = {}
            while True:
                page = await officer.read(path, params=parameters | cursor)
                seen += page["items"]
                named += page.get("unreadable", [])
                if page["next_cursor"] is None:
                    break
                cursor = {"cursor": page["next_cursor"]}
            assert named == [second]
            assert seen == [one for one in before if second not in one.values()]
        shown = (await officer.get(path, params={"format": "geojson"})).json()
        assert shown["unreadable"] == [second]


async def test_an_entry_that_can_not_be_read_costs_its_own_line_and_is_named(
    officer: Person, told: Database
) -> None:
    [incident] = (await officer.read("/incidents"))["items"]
    path = f"/incidents/{incident['id']}/entries"
    before = (await officer.read(path))["items"]
    broken = before[2]["id"]
    async with told.writing() as connection:
        await connection.execute("update entry set canonical = '{' where entry_id = $1", broken)
    page = await officer.read(path)
    assert page["unreadable"] == [broken]
    assert page["items"] == [one for one in before if one["id"] != broken]
