"""However many records there are, and whatever is asked: a page looks at about as many rows as it
shows, by the statements that the service runs."""

from typing import Final

import pytest

from db.database import Database
from tests.lists.many import spread
from tests.plans import Asked, Recorder, plan
from tests.users import Person, identification, release, rescue, road_hazard
from wildlife.lists import listing

MANY: Final = 10_000

LOOKED_AT: Final = {"incident", "animal", "release", "hazard", "entry", "photo"}
"""The tables that grow."""

OF_RECORDS: Final = {
    "newest": {},
    "oldest": {"sort": "time"},
    "of long ago": {"to": "2023-12-01"},
    "a common word": {"q": "民警"},
    "a word of every thirtieth": {"q": "黑山头"},
    "a word of every thousandth": {"q": "白化"},
    "a word that none has": {"q": "鵺"},
    "a common phrase": {"q": "民警冒雨"},
    "two words, of few both": {"q": "民警 白化", "sort": "time"},
    "a common word in a small county": {"q": "民警", "region": "150426"},
    "a word in a small county": {"q": "黑山头", "region": "150426"},
    "a common word in a village": {"q": "民警", "bbox": "117.5,43.5,117.52,43.52"},
    "a small county": {"region": "150426"},
    "the whole region": {"region": "15"},
    "a station": {"station": "150425"},
    "a village": {"bbox": "117.5,43.5,117.52,43.52"},
    "everywhere": {"bbox": "73,18,135,54"},
    "nowhere": {"bbox": "1,1,2,2"},
    "within two kilometres": {"near": "117.5,43.5", "radius_m": "2000"},
    "within a thousand": {"near": "117.5,43.5", "radius_m": "1000000"},
    "a day": {"from": "2024-03-01", "to": "2024-03-01"},
}
OF_ANIMALS: Final = {
    "a common species": {"species": "phalacrocorax_carbo"},
    "a rare species": {"species": "falco_tinnunculus"},
    "a species that nobody found": {"species": "bubo_bubo"},
    "a common word of a rare species": {"species": "falco_tinnunculus", "q": "民警"},
    "common protection": {"protection": "sanyou"},
    "rare protection": {"protection": "national_2"},
    "rare protection in a small county": {"protection": "national_2", "region": "150426"},
    "no such protection": {"protection": "provincial"},
    "a mark": {"mark": "A0000001"},
}
OF_INCIDENTS: Final = {
    "overdue": {"overdue": "true"},
    "a kind": {"kind": "rescue"},
    "a state": {"state": "open"},
}
QUESTIONS: Final = [
    *(
        (path, what)
        for path in ("/incidents", "/animals", "/releases")
        for what in (*OF_RECORDS.items(), *OF_ANIMALS.items())
    ),
    *(("/incidents", what) for what in OF_INCIDENTS.items()),
]
WALKED: Final = 50
"""A twentieth, so that a twentieth of the records is enough."""
MOST: Final = 1_500
"""Rows, of all tables and statements together: those that are walked through and counted, and some
for each row of the page."""


@pytest.fixture
async def records(officer: Person, other_officer: Person, database: Database) -> None:
    """Many of each list, of two hundred counties, in some years."""
    bird = await officer.opened(rescue(summary="民警冒雨赶赴"))
    await officer.appended(bird, identification())
    await officer.appended(bird, release())
    road = await other_officer.opened(road_hazard())
    async with database.writing() as connection:
        await spread(connection, bird, MANY)
        await spread(connection, road, MANY // 10)
        await connection.execute("vacuum analyze incident, animal, release, hazard")


async def test_a_page_looks_at_few_rows_and_shows_what_is_found_by_looking_at_all(
    records: None, officer: Person, official: Person, database: Database
) -> None:
    slow, other = {}, []
    for path, (name, asked) in QUESTIONS:
        for person in (officer, official):
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(listing, "WALKED", 2 * MANY)
                all_walked = await person.read(path, params=asked)
                patched.setattr(listing, "WALKED", WALKED)
                patched.setattr(listing, "COMMON", WALKED // 50)
                recorder = Recorder(patched)
                answered = await person.read(path, params=asked)
            if answered != all_walked:
                other.append((person.badge, path, name))
            looked = [await rows_looked_at(database, one) for one in recorder.asked]
            if sum(looked) > MOST:
                slow[person.badge, path, name] = looked
    assert not other
    assert not slow, "\n".join(map(str, slow.items()))


async def rows_looked_at(database: Database, asked: Asked) -> int:
    """How many rows of the tables that grow it looks at."""
    async with database.writing() as connection:
        planned = await plan(connection, asked)
    looked_at = {} if planned is None else planned.looked_at
    return sum(many for table, many in looked_at.items() if table in LOOKED_AT)
