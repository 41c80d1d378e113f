"""What an officer sends to an incident that is not there yet, or not theirs to see, is answered as
what there is not, and kept: it may be nowhere else any more."""

from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from tests.bodies import full_entries
from tests.users import Person, add_account, entry, identification, move, release, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.timeline import refused_queries

NAMED = {"name": "李四", "phone": "13912345678"}


async def sent(person: Person, incident: str, body: dict[str, Any]) -> tuple[int, Any]:
    """The status and the answer, but for what is each request's own."""
    answer = await person.post(f"/incidents/{incident}/entries", body)
    told = answer.json()
    told.pop("request_id", None)
    return answer.status_code, told


async def kept(person: Person, path: str) -> list[dict[str, Any]]:
    return list((await person.read(path))["items"])


async def test_what_comes_before_the_opening_is_kept_and_shown_once_the_incident_is_there(
    officer: Person, database: Database
) -> None:
    await add_account(database, "150425009", "150425")
    colleague = await Person.sign_in(officer.client, "150425009", DEMO_PASSWORD)
    opening = rescue()
    path = f"/incidents/{opening['id']}/refused"
    early = entry("care", animal=1, feeding="小鱼")
    for _ in range(2):
        assert (await sent(officer, opening["id"], early))[0] == 404
    await officer.opened(opening)
    for person in (officer, colleague):
        [one] = await kept(person, path)
        assert (one["code"], one["badge"], one["body"]["feeding"]) == (
            "not_found",
            "150425001",
            "小鱼",
        )
    await officer.appended(opening["id"], early)
    assert await kept(officer, path) == []
    assert await kept(officer, "/refused") == []


async def test_what_an_officer_sends_of_their_former_stations_time_is_kept_for_that_station(
    officer: Person, other_officer: Person, database: Database
) -> None:
    """They opened nothing of it themselves: a colleague did."""
    await add_account(database, "150425009", "150425")
    colleague = await Person.sign_in(officer.client, "150425009", DEMO_PASSWORD)
    incident = await colleague.opened()
    late = entry("care", animal=1, feeding="小鱼")
    await move(officer, database, "150723")
    assert (await sent(officer, incident, late))[0] == 404
    [one] = await kept(colleague, f"/incidents/{incident}/refused")
    assert (one["badge"], one["body"]["feeding"]) == ("150425001", "小鱼")
    assert [one["body"]["id"] for one in await kept(officer, "/refused")] == [late["id"]]
    # Who is responsible files it in their place, and it is kept no longer.
    await colleague.appended(incident, late)
    assert await kept(colleague, f"/incidents/{incident}/refused") == []


@pytest.mark.parametrize(
    ("has_filed", "handed", "whose"),
    [
        (True, "and stays", "150723"),
        (False, "and stays", "150723"),
        (True, "and voided", "150425"),
        (False, "and voided", "150723"),
        (True, "never", "150425"),
        (False, "never", "150723"),
    ],
)
async def test_what_somebody_sends_who_moved_is_listed_for_their_station_where_it_has_a_part(
    officer: Person,
    other_officer: Person,
    database: Database,
    has_filed: bool,
    handed: str,
    whose: str,
) -> None:
    """Else for the one at which they filed something of it; and to themselves in any case."""
    await add_account(database, "150425009", "150425")
    colleague = await Person.sign_in(officer.client, "150425009", DEMO_PASSWORD)
    incident = await colleague.opened()
    if has_filed:
        await officer.appended(incident, entry("note", note="羽毛已干"))
    if handed != "never":
        handover = entry("handover", station="150723")
        await colleague.appended(incident, handover)
        if handed == "and voided":
            await colleague.appended(incident, entry("void", entry_id=handover["id"]))
    await move(officer, database, "150723")
    impossible = release()  # nobody has said what it is
    has_a_part = handed == "and stays"
    assert (await sent(officer, incident, impossible))[0] == (409 if has_a_part else 404)
    listed = {
        station: [one["entry_id"] for one in await kept(person, "/refused")]
        for station, person in (("150425", colleague), ("150723", other_officer))
    }
    assert listed == {"150425": [], "150723": []} | {whose: [impossible["id"]]}
    assert [one["entry_id"] for one in await kept(officer, "/refused")] == [impossible["id"]]


async def test_a_stranger_learns_of_no_incident_by_what_is_kept(
    officer: Person, other_officer: Person
) -> None:
    """Of one that is there and of one that is not, all is answered and shown alike, whatever is
    sent: an entry of its own id, one with the id of the incident, one that is on the timeline."""
    opening = rescue()
    there, nowhere = await officer.opened(opening), str(uuid4())
    taken = await officer.appended(there, entry("note", note="羽毛已干"))
    seen = []
    for incident in (there, nowhere):
        told = []
        for body in (
            entry("note", note="不知道"),
            entry("note", id=incident, note="不知道"),
            entry("note", id=taken["id"], note="不知道"),
            entry("informant", informant=NAMED),
        ):
            told.append(await sent(other_officer, incident, body))
        own = await kept(other_officer, f"/incidents/{incident}/refused")
        assert len(own) == 4
        assert own[3]["body"]["informant"] == NAMED
        shown = [(one["code"], one["badge"], one["body"]["type"]) for one in own]
        seen.append((told, shown, (await other_officer.get(f"/incidents/{incident}")).status_code))
    assert seen[0] == seen[1]


async def test_whom_a_stranger_names_of_an_incident_is_erased_by_either_station(
    officer: Person, other_officer: Person, database: Database
) -> None:
    for erasing, reading in ((officer, other_officer), (other_officer, officer)):
        incident = await officer.opened()
        await sent(other_officer, incident, entry("informant", informant=NAMED))
        path = f"/incidents/{incident}/refused"
        for person in (officer, other_officer):
            assert "李四" in (await person.get(path)).text
        answer = await erasing.request("DELETE", f"/incidents/{incident}/informant")
        assert answer.status_code == 204
        assert "李四" not in (await reading.get(path)).text


async def test_what_one_account_keeps_of_strange_incidents_is_bounded_and_what_was_taken_is_free(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_queries, "MOST_BODIES", 2)
    opening = rescue()
    early = [entry("note", note=f"第{number}次") for number in range(3)]
    answers = [(await sent(officer, opening["id"], body))[1] for body in early]
    assert {answer["code"] for answer in answers} == {"not_found"}
    assert [answer["kept"] for answer in answers] == [True, True, False]
    await officer.opened(opening)
    for body in early:
        await officer.appended(opening["id"], body)
    # Nobody has to look at what was taken in the end, and there is room again.
    assert (await sent(officer, str(uuid4()), early[0]))[1]["code"] == "not_found"


async def test_what_another_of_the_station_filed_in_the_end_is_free_as_well(
    officer: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_queries, "MOST_BODIES", 1)
    await add_account(database, "150425009", "150425")
    colleague = await Person.sign_in(officer.client, "150425009", DEMO_PASSWORD)
    incident = await officer.opened()
    first, second = (entry("care", animal=2, feeding=food) for food in ("小鱼", "虾"))
    assert (await sent(officer, incident, first))[1]["code"] == "unknown_animal"
    refused = (await sent(officer, incident, second))[1]
    assert (refused["code"], refused["kept"]) == ("unknown_animal", False)
    await colleague.appended(incident, entry("addition", reported={}))
    await colleague.appended(incident, first)
    assert (await sent(officer, incident, second | {"animal": 3}))[1]["code"] == "unknown_animal"


async def test_all_that_is_kept_of_a_station_is_listed_by_pages_newest_first(
    officer: Person, other_officer: Person, official: Person, database: Database
) -> None:
    await add_account(database, "150425009", "150425")
    colleague = await Person.sign_in(officer.client, "150425009", DEMO_PASSWORD)
    incident, nowhere = await officer.opened(), str(uuid4())
    await officer.appended(incident, identification())
    await officer.appended(incident, release())
    assert (await sent(officer, incident, release()))[0] == 409
    assert (await sent(colleague, nowhere, entry("note", note="等开案")))[0] == 404
    assert (await sent(other_officer, nowhere, entry("note", note="别的所")))[0] == 404
    for person in (officer, colleague):
        shown = await kept(person, "/refused")
        assert [(one["incident_id"], one["code"]) for one in shown] == [
            (nowhere, "not_found"),
            (incident, "impossible_step"),
        ]
        first = await person.get("/refused", params={"limit": 1})
        assert [one["incident_id"] for one in first.json()["items"]] == [nowhere]
        cursor = first.json()["next_cursor"]
        rest = await person.read("/refused", params={"limit": 1, "cursor": cursor})
        assert [one["incident_id"] for one in rest["items"]] == [incident]
        assert rest["next_cursor"] is None
    [theirs] = await kept(other_officer, "/refused")
    assert theirs["body"]["note"] == "别的所"
    assert (await official.get("/refused")).status_code == 403


async def test_what_happened_before_the_find_is_taken_and_flagged(officer: Person) -> None:
    incident = await officer.opened()
    early = entry("care", "2024-07-29T15:00:00+08:00", animal=1, feeding="水")
    await officer.appended(incident, early)
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert (flag["code"], flag["entry_id"]) == ("before_found", early["id"])


# As somebody may write them who has not read which fields there are.
NAMING_CHANGES = (
    {"informant": NAMED},
    {"informant": "李四，13912345678"},
    {"informant": NAMED | {"nickname": "老四"}},
    {"informant.name": "李四"},
    {"place": {"Informant": [NAMED]}},
)


def naming(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The bodies like this one that name somebody, if it may."""
    if "changes" in body:
        unknown = {"entry_id": str(uuid4())}
        return [body | unknown | {"id": str(uuid4()), "changes": c} for c in NAMING_CHANGES]
    if "informant" in body:
        return [body | {"id": str(uuid4()), "informant": NAMED}]
    return []


async def test_whom_any_kept_body_names_is_gone_once_they_are_erased(
    officer: Person, other_officer: Person
) -> None:
    """Sent before the opening, by a stranger, or to an entry that there is not: the station that is
    responsible erases them all, and the sender's those that it sent as a stranger."""
    said = [one for body in full_entries() for one in naming(body)]
    assert {one["type"] for one in said} == {"informant", "amendment"}
    for erasing in (officer, other_officer):
        opening = rescue()
        incident = opening["id"]
        path = f"/incidents/{incident}/refused"
        for body in said:
            assert (await sent(other_officer, incident, body))[0] == 404
        await officer.opened(opening)
        assert (await erasing.request("DELETE", f"/incidents/{incident}/informant")).is_success
        for person in (officer, other_officer):
            shown = (await person.get(path)).text
            assert "李四" not in shown
            assert "13912345678" not in shown
            assert len(await kept(person, path)) == len(said)


async def test_whom_a_kept_correction_names_is_told_until_they_are_erased(
    officer: Person,
) -> None:
    incident = await officer.opened()
    path = f"/incidents/{incident}/refused"
    unknown = entry("amendment", entry_id=str(uuid4()), changes={"informant": NAMED, "note": "注"})
    for _ in range(2):
        assert (await sent(officer, incident, unknown))[1]["code"] == "unknown_entry"
    [one] = await kept(officer, path)
    assert one["body"]["changes"] == {"informant": NAMED, "note": "注"}
    assert (await officer.request("DELETE", f"/incidents/{incident}/informant")).is_success
    [one] = await kept(officer, path)
    assert one["body"]["changes"] == {"note": "注"}
