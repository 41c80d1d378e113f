"""The migration to hidden places: what is hidden where nobody says otherwise is seen by nobody but
its stations until a rebuild, and by officials as they may know it after one."""

import asyncpg

from db.migrations import migrate
from tests.commandline import Wildlife
from tests.users import Person, identification, release

_KEYS = {
    "incident": "incident_id",
    "animal": "incident_id, number",
    "release": "incident_id, entry_id",
    "hazard": "incident_id",
}
# What the tables were before: a row each, which asks all who are competent to see it.
_BEFORE = [
    *(
        f"""
        update {table} t set seen_in = g.seen_in from incident g
        where g.incident_id = t.incident_id and g.view = 'generalized'
        """
        for table in _KEYS
    ),
    *(f"delete from {table} where view <> 'whole'" for table in _KEYS),
    *(
        f"""
        alter table {table} drop column view, drop column coordinate_uncertainty_m,
            add constraint {table}_pkey primary key ({key})
        """
        for table, key in _KEYS.items()
    ),
    "alter table incident drop column custodian_ids",
    "alter table photo drop column shown_in",
    "delete from migration where name in ('0028_generalized.sql', '0031_custody.sql')",
]


async def seen(person: Person) -> dict[str, set[str]]:
    """Which incidents somebody sees, by list."""
    return {
        path: {one.get("incident_id") or one["id"] for one in (await person.read(path))["items"]}
        for path in ("/incidents", "/animals", "/releases")
    }


async def test_what_is_hidden_by_default_is_not_seen_until_a_rebuild(
    officer: Person, official: Person, database_url: str, wildlife: Wildlife
) -> None:
    wolf, bird = await officer.opened(), await officer.opened()
    for incident, species in ((wolf, "canis_lupus"), (bird, "phalacrocorax_carbo")):
        await officer.appended(incident, identification(species))
        await officer.appended(incident, release())
    after = (await official.get("/releases")).json()
    connection = await asyncpg.connect(database_url)
    try:
        for statement in _BEFORE:
            await connection.execute(statement)
        assert await connection.fetchval("select count(*) from incident where seen_in <> '{}'") == 2
        assert await migrate(database_url) == ["0028_generalized.sql", "0031_custody.sql"]
    finally:
        await connection.close()
    assert set(map(frozenset, (await seen(officer)).values())) == {frozenset({wolf, bird})}
    assert set(map(frozenset, (await seen(official)).values())) == {frozenset({bird})}
    assert (await official.get(f"/incidents/{wolf}")).status_code == 404
    assert "1 with differences" in (await wildlife("rebuild")).out
    assert set(map(frozenset, (await seen(official)).values())) == {frozenset({wolf, bird})}
    assert (await official.get("/releases")).json() == after
    assert (await official.read(f"/incidents/{wolf}"))["generalized"]
