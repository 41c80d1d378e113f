"""The record, checked and rebuilt by command."""

import re

from db.database import Database
from tests.commandline import Ended, Wildlife, is_whole, two_at_once
from tests.databases import projections
from tests.demo.telling import tell
from tests.ledger.places import sequenced
from tests.users import Person, entry, rescue
from wildlife.demo.stories import CORMORANT, CORMORANT_STORY, ROCKFALL, ROCKFALL_STORY


async def damage(database: Database, *statements: str) -> None:
    """What only somebody with the database's own password can do."""
    async with database.transaction() as connection:
        for statement in statements:
            assert await connection.execute(statement) != "UPDATE 0", statement


async def test_the_stories_verify_and_are_rebuilt_only_where_a_table_was_changed_by_hand(
    wildlife: Wildlife, database: Database, officer: Person, other_officer: Person
) -> None:
    await tell(officer, CORMORANT_STORY)
    await tell(other_officer, ROCKFALL_STORY)
    verified, rebuilt = await two_at_once(wildlife("verify"), wildlife("rebuild"))
    assert is_whole(verified, 2)
    assert rebuilt == Ended(0, "2 incidents, 0 with differences\n", "")
    before = [await projections(database, incident) for incident in (CORMORANT, ROCKFALL)]

    await damage(
        database,
        f"update animal set outcome = 'in_care' where incident_id = '{CORMORANT}'",
        f"update release set count = 7 where incident_id = '{CORMORANT}'",
        f"delete from photo where incident_id = '{ROCKFALL}'",
    )
    assert (await wildlife("rebuild")).out.splitlines() == [
        f"{CORMORANT}: rewrote animal, release",
        f"{ROCKFALL}: rewrote photo",
        "2 incidents, 2 with differences",
    ]
    assert [await projections(database, one) for one in (CORMORANT, ROCKFALL)] == before


async def incident_with_notes(officer: Person, last: int) -> str:
    """An incident whose id ends with this digit and whose timeline has four entries."""
    incident = await officer.opened(rescue(id=f"01910000-0000-7000-8000-00000000000{last}"))
    for number in range(3):
        await officer.appended(incident, entry("note", note=f"第{number}次观察"))
    return incident


async def test_verifying_names_the_incident_and_the_entry_that_were_changed(
    wildlife: Wildlife, database: Database, officer: Person
) -> None:
    whole, byte, gone, swapped, moved, rewritten = [
        await incident_with_notes(officer, number) for number in range(6)
    ]
    await sequenced(database)
    await damage(
        database,
        "update entry set canonical = replace(canonical, '第0次', '第9次')"
        f" where incident_id = '{byte}' and seq = 2",
        f"delete from entry where incident_id = '{gone}' and seq = 3",
        f"update entry set seq = -seq where incident_id = '{swapped}' and seq in (2, 3)",
        f"update entry set seq = 5 + seq where incident_id = '{swapped}' and seq < 0",
        # An entry of one incident in the place of that of another.
        "update entry e set canonical = o.canonical, digest = o.digest from entry o"
        f" where e.incident_id = '{moved}' and o.incident_id = '{whole}' and e.seq = 4"
        " and o.seq = 4",
        # A changed text with a digest to match: the next entry names another.
        "update entry set canonical = replace(canonical, '第1次', '第9次'),"
        " digest = sha256(convert_to(replace(canonical, '第1次', '第9次'), 'UTF8'))"
        f" where incident_id = '{rewritten}' and seq = 3",
    )
    ended = await wildlife("verify", status=1)
    flaws = [line.partition(": ") for line in ended.err.splitlines()]
    assert {place for place, _, _ in flaws} == {
        f"{byte} entry 2",
        f"{gone} entry 4",
        f"{swapped} entry 2",
        f"{swapped} entry 3",
        f"{swapped} entry 4",
        f"{moved} entry 4",
        f"{rewritten} entry 3",
        f"{rewritten} entry 4",
        gone,
    }
    reasons = {(place, reason) for place, _, reason in flaws}
    assert (f"{byte} entry 2", "the text does not have the digest that is stored") in reasons
    assert (f"{gone} entry 4", "entry 3 is missing") in reasons
    [lost] = [reason for place, _, reason in flaws if place == gone]
    assert re.fullmatch(r"the entry \S+ at place \d+ of the ledger is gone", lost)
    assert (f"{rewritten} entry 3", "the ledger holds another digest of it") in reasons
    assert (f"{moved} entry 4", "the text belongs to another place") in reasons
    assert (f"{rewritten} entry 4", "it does not follow the entry before it") in reasons
    assert ended.out.endswith(f"\n6 chains, {len(flaws) - 1} flaws\n")


async def test_verifying_misses_neither_the_last_entry_nor_the_first_nor_all(
    wildlife: Wildlife, database: Database, officer: Person
) -> None:
    last, first, every = [await incident_with_notes(officer, number) for number in range(3)]
    await damage(
        database,
        f"delete from entry where incident_id = '{last}' and seq = 4",
        f"delete from entry where incident_id = '{first}' and seq = 1",
        f"delete from entry where incident_id = '{every}'",
    )
    ended = await wildlife("verify", status=1)
    named = {line.partition(" ")[0].rstrip(":") for line in ended.err.splitlines()}
    assert named == {last, first, every}


async def test_a_place_that_was_given_twice_is_found_where_nothing_forbids_it(
    wildlife: Wildlife, database: Database, officer: Person
) -> None:
    await incident_with_notes(officer, 0)
    await sequenced(database)
    async with database.writing() as connection:
        await connection.execute(
            "alter table ledger drop constraint ledger_incident_id_entry_id_key"
        )
        await connection.execute(
            "insert into ledger select 4, incident_id, entry_id, digest from ledger"
            " where position = 3"
        )
    ended = await wildlife("verify", status=1)
    assert ended.err == "places of the ledger that are of an entry which has another: 1\n"


async def test_rebuilding_leaves_a_record_alone_whose_timeline_is_damaged(
    wildlife: Wildlife, database: Database, officer: Person
) -> None:
    cut, changed, whole = [await incident_with_notes(officer, number) for number in range(3)]
    await damage(
        database,
        f"delete from entry where incident_id = '{cut}' and seq = 4",
        f"update entry set canonical = '{{' where incident_id = '{changed}' and seq = 2",
        f"update incident set state = 'closed' where incident_id = '{whole}'",
    )
    before = [await projections(database, one) for one in (cut, changed)]
    ended = await wildlife("rebuild", status=1)
    assert [await projections(database, one) for one in (cut, changed)] == before
    assert {line.partition(" ")[0] for line in ended.err.splitlines()} == {cut, changed}
    assert "Traceback" not in ended.err
    assert f"{whole}: rewrote incident" in ended.out


async def test_an_hour_that_the_clocks_go_through_twice_is_two_hours(
    officer: Person, wildlife: Wildlife
) -> None:
    """China had summer time from 1986 to 1991."""
    incident = await officer.opened(rescue(found_at="1986-09-13T15:10:00Z"))
    note = entry("note", "1986-09-13T15:20:00Z", note="天亮后再看")
    await officer.appended(incident, note)
    for at, condition in (("16:30", "weak"), ("17:10", "good")):
        said = entry("assessment", f"1986-09-13T{at}:00Z", animal=1, condition=condition)
        await officer.appended(incident, said)
    twice = rescue(found_at="1986-09-13T17:30:00Z")
    await officer.opened(twice)
    path = f"/incidents/{incident}"
    assert (await officer.read(path))["animals"][0]["condition"] == "good"
    # Told from the beginning, it is the same.
    await officer.appended(
        incident, entry("amendment", entry_id=note["id"], changes={"note": "天亮了"})
    )
    assert (await officer.read(path))["animals"][0]["condition"] == "good"
    assert is_whole(await wildlife("verify"), 2)
    assert await wildlife("rebuild") == Ended(0, "2 incidents, 0 with differences\n", "")
