"""What is new, a page at a time: each entry once, as its timeline tells it."""

from typing import Any

from db.database import Database
from tests.changes.readers import all_changes, changes, ids, in_place
from tests.db.sessions import session
from tests.lists.world import made
from tests.users import Person, entry, identification, release, road_hazard
from wildlife.settings import Settings


async def test_each_entry_comes_once_in_the_order_of_its_timeline_and_as_that_tells_it(
    officer: Person, other_officer: Person
) -> None:
    bird, rock = await officer.opened(), await other_officer.opened(road_hazard())
    for said in (identification(), entry("note", note="羽毛已干"), release()):
        await officer.appended(bird, said)
    wrong = entry("note", note="写错了")
    await officer.appended(bird, wrong)
    await officer.appended(bird, entry("void", entry_id=wrong["id"], reason="mistake"))
    for person, incident_id in ((officer, bird), (other_officer, rock)):
        told = {
            one["id"]: one
            for one in (await person.read(f"/incidents/{incident_id}/entries"))["items"]
        }
        for limit in (1, 3, 500):
            found = await all_changes(person, limit=limit)
            assert {one["incident_id"] for one in found} == {incident_id}
            assert {one["entry"]["id"]: one["entry"] for one in found} == told
            assert [one["entry"]["seq"] for one in found] == [*range(1, len(told) + 1)]
    assert [one["kind"] for one in await all_changes(other_officer)] == ["road_hazard"]
    [opened, *_] = await all_changes(officer)
    assert opened["case_number"] == (await officer.read(f"/incidents/{bird}"))["case_number"]


async def test_who_goes_on_hears_what_is_new_and_nothing_again(officer: Person) -> None:
    bird = await officer.opened()
    first = await changes(officer)
    assert (ids(first["items"]), first["is_at_end"]) == ([bird], True)
    nothing = await changes(officer, first["next_cursor"])
    assert (nothing["items"], nothing["is_at_end"]) == ([], True)
    note = entry("note", note="又一条")
    await officer.appended(bird, note)
    for cursor in (first["next_cursor"], nothing["next_cursor"]):
        assert ids((await changes(officer, cursor))["items"]) == [note["id"]]


async def test_it_begins_now_or_at_a_time_or_at_the_very_first(officer: Person) -> None:
    await officer.opened()
    await in_place(officer)
    now = await changes(officer, since="now")
    assert (now["items"], now["is_at_end"]) == ([], True)
    later = await officer.opened()
    assert ids((await changes(officer, now["next_cursor"], since="now"))["items"]) == [later]
    for before in ("-1d", "0001-01-01", "0001-01-01T00:05:00Z"):
        assert len(await all_changes(officer, since=before)) == 2
    assert len(await all_changes(officer)) == 2
    answer = await officer.get("/changes", params={"since": "2099-01-01"})
    assert answer.json()["items"] == []
    for wrong in ("yesterday", "2024-13-01", ""):
        answer = await officer.get("/changes", params={"since": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter"), wrong


async def timelines(person: Person, **asked: str) -> dict[str, dict[str, Any]]:
    """All entries of all incidents that somebody sees of what is asked for, by their ids."""
    told: dict[str, dict[str, Any]] = {}
    page: dict[str, Any] = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        page = await person.read("/incidents", params={**asked, **cursor})
        for one in page["items"]:
            entries = await person.read(f"/incidents/{one['id']}/entries?limit=500")
            told |= {entry["id"]: entry for entry in entries["items"]}
    return told


async def test_everybody_is_told_all_of_what_they_see_as_timelines_tell_it_and_nothing_else(
    officer: Person,
    other_officer: Person,
    official: Person,
    rescuer: Person,
    auditor: Person,
    chief: Person,
) -> None:
    """Also who knows no place of a wolf, and a centre that is told a part."""
    await made(officer, other_officer)
    readers = (officer, other_officer, official, rescuer, auditor, chief)
    told = []
    for person in readers:
        found = await all_changes(person, limit=30)
        of_lists = await timelines(person, duplicates="include")
        assert {one["entry"]["id"]: one["entry"] for one in found} == of_lists
        assert len(found) == len(of_lists)
        told.append(len(found))
    assert len({*told}) > 3, told
    assert any(one["entry"].get("generalized") for one in await all_changes(official))
    assert any(one["entry"]["seq"] is None for one in await all_changes(rescuer))


async def test_the_filters_are_those_of_incidents_and_the_types_of_entries(
    officer: Person, other_officer: Person, auditor: Person
) -> None:
    await made(officer, other_officer)
    for asked in (
        {"kind": "road_hazard"},
        {"species": "canis_lupus"},
        {"protection": "national_2"},
        {"region": "1507"},
        {"station": "150723"},
        {"state": "closed"},
        {"q": "围栏"},
        {"bbox": "117.5,43.3,118,43.7"},
    ):
        found = ids(await all_changes(auditor, **asked))
        assert sorted(found) == sorted(await timelines(auditor, **asked, duplicates="include"))
        assert found, asked
    originals = ids(await all_changes(auditor, duplicates="exclude"))
    assert sorted(originals) == sorted(await timelines(auditor))
    every = await all_changes(auditor)
    assert len(originals) < len(every)
    types = ["release", "closing"]
    assert ids(await all_changes(auditor, type=types)) == ids(
        [one for one in every if one["entry"]["type"] in types]
    )
    answer = await auditor.get("/changes", params={"type": "releases"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert "`release`" in answer.json()["detail"]


async def test_an_incident_that_comes_in_sight_is_told_from_then_on(
    officer: Person, other_officer: Person
) -> None:
    bird = await officer.opened()
    before = await changes(other_officer)
    assert before["items"] == []
    over = entry("handover", station="150723", badge="150723001")
    await officer.appended(bird, over)
    after = await changes(other_officer, before["next_cursor"])
    assert ids(after["items"]) == [over["id"]]
    assert (await other_officer.read(f"/incidents/{bird}/entries"))["items"]


async def test_a_cursor_is_of_its_question_and_tells_nobody_how_much_there_is(
    officer: Person, other_officer: Person
) -> None:
    cursors = [(await changes(officer))["next_cursor"] for _ in range(2)]
    await other_officer.opened()
    cursors.append((await changes(officer))["next_cursor"])
    assert len({*cursors}) == 3
    assert len({len(one) for one in cursors}) == 1
    altered = cursors[0][:-2] + ("AA" if cursors[0][-2:] != "AA" else "BB")
    for asked in (
        {"cursor": cursors[0], "kind": "rescue"},
        {"cursor": altered},
        {"cursor": "1"},
        {"cursor": "é"},
        {"cursor": "A" * 200},
    ):
        answer = await officer.get("/changes", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter"), asked
        assert "begin again with `since`" in answer.json()["detail"]
    last = {"Last-Event-ID": "1"}
    answer = await officer.get("/changes", headers=last)
    assert answer.json()["errors"][0]["field"] == "Last-Event-ID"
    assert (await officer.get("/changes", params={"cursor": "A" * 201})).status_code == 400


async def test_no_page_is_shorter_for_what_its_reader_is_not_told(
    officer: Person, other_officer: Person, rescuer: Person
) -> None:
    """Of an incident of which a centre is told a part: how much else there is of it."""
    await made(officer, other_officer)
    pages = [await changes(rescuer, limit=1)]
    while not pages[-1]["is_at_end"]:
        pages.append(await changes(rescuer, pages[-1]["next_cursor"], limit=1))
    assert len(pages) > 1
    assert {len(one["items"]) for one in pages} == {1}


async def test_the_end_of_a_page_tells_nobody_whether_others_have_filed_something(
    officer: Person, other_officer: Person
) -> None:
    await officer.opened()
    ends = []
    for _ in range(2):
        page = await changes(officer, limit=1)
        ends.append((len(page["items"]), page["is_at_end"]))
        await other_officer.opened()
    assert ends == [(1, True), (1, True)]
    await officer.opened()
    assert (await changes(officer, limit=1))["is_at_end"] is False


async def test_a_database_of_a_backup_that_is_older_than_the_place_says_so(
    officer: Person, database: Database, settings: Settings
) -> None:
    await officer.opened()
    await in_place(officer)
    await officer.opened()
    cursor = (await changes(officer))["next_cursor"]
    for another in (False, True):
        async with session(settings.owner_database_url or "") as owner:
            await owner.execute("delete from ledger where position >= 1")
            if another:  # and something else was filed since
                await owner.execute(
                    "insert into ledger select 1, gen_random_uuid(), gen_random_uuid(), 'x'"
                )
        answer = await officer.get("/changes", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (410, "changes_lost")
        assert "`since`" in answer.json()["detail"]


async def test_an_entry_that_can_t_be_shown_costs_itself_alone(
    officer: Person, settings: Settings
) -> None:
    bird = await officer.opened()
    note = entry("note", note="又一条")
    await officer.appended(bird, note)
    await in_place(officer)
    async with session(settings.owner_database_url or "") as owner:
        await owner.execute(
            "update entry set canonical = 'x' where entry_id = $1::text::uuid", note["id"]
        )
    found = await changes(officer)
    assert (ids(found["items"]), found["unreadable"]) == ([bird], [note["id"]])
