"""A chief corrects, voids and hands over in the own subtree, by the rules of the record."""

from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from tests.bodies import ENTRY_TYPES, full_entries
from tests.people.bureau import BUREAU, head_of_bureau, put_below, signed_in
from tests.people.world import appointed
from tests.pictures import encoded, noise
from tests.users import Person, entry, identification, move, release, rescue
from wildlife.people.codes import Role

DAY = "2024-07-30T{:02d}:00:00+08:00"
SISTER, DAJUZI, KEHE = "15042501", "150425", "150723"
DIRECTING = {"amendment", "void", "handover"}


@pytest.fixture
async def bureau(database: Database) -> None:
    """大局子 and a sister station stand below a bureau; 克一河 does not."""
    await put_below(database, DAJUZI, SISTER)


@pytest.fixture
async def head(officer: Person, database: Database, bureau: None) -> Person:
    """The chief of the bureau, who is nothing else."""
    return await head_of_bureau(officer, database)


@pytest.fixture
async def far_head(officer: Person, database: Database) -> Person:
    """A chief elsewhere."""
    return await signed_in(officer, database, "15072300000", KEHE, Role.CHIEF)


@pytest.fixture
async def sister(officer: Person, database: Database, bureau: None) -> Person:
    """An officer of the sister station."""
    return await signed_in(officer, database, "15042501001", SISTER)


async def told(person: Person, incident: str, body: dict[str, Any]) -> tuple[int, str | None]:
    answer = await person.post(f"/incidents/{incident}/entries", body)
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("type_", sorted(ENTRY_TYPES))
async def test_a_chief_says_what_directs_and_nothing_else(
    officer: Person, head: Person, far_head: Person, chief: Person, type_: str
) -> None:
    incident = await officer.opened()
    path = f"/incidents/{incident}/entries"
    for person in (head, chief):
        care = entry("care", DAY.format(8), animal=1, feeding="小鱼")
        await officer.appended(incident, care)
        directing = {
            "amendment": {"entry_id": care["id"], "changes": {"note": "改"}},
            "void": {"entry_id": care["id"], "reason": "点错了"},
            "handover": {"station": DAJUZI, "badge": "150425002"},
        }
        if type_ in directing:
            body = entry(type_, DAY.format(9), **directing[type_])
        else:
            body = next(one for one in full_entries() if one["type"] == type_)
            body = {
                name: str(uuid4()) if value is ... else value for name, value in body.items()
            } | {"id": str(uuid4())}
        assert (await far_head.post(path, body)).json()["code"] == "not_found"
        answer = await person.post(path, body)
        if type_ in DIRECTING:
            assert answer.status_code == 201, answer.text
            actor = answer.json()["actor"]
            station = BUREAU if person is head else DAJUZI
            assert (actor["role"], actor["station"]["code"]) == ("chief", station)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
            assert "officer" in answer.json()["detail"]


async def test_a_chief_opens_nothing_and_sends_no_photo(officer: Person, head: Person) -> None:
    incident = await officer.opened()
    assert (await head.post("/incidents", rescue())).json()["code"] == "forbidden"
    answer = await head.put_photo(incident, encoded(noise(9, 9)))
    assert answer.json()["code"] == "forbidden"


async def test_what_has_left_the_subtree_is_the_other_stations(
    officer: Person, other_officer: Person, head: Person
) -> None:
    incident = await officer.opened()
    own = entry("care", DAY.format(8), animal=1, feeding="小鱼")
    await officer.appended(incident, own)
    handover = entry("handover", DAY.format(10), station=KEHE)
    await officer.appended(incident, handover)
    theirs = entry("care", DAY.format(12), animal=1, feeding="活鱼")
    await other_officer.appended(incident, theirs)

    def amending(target: str) -> dict[str, Any]:
        return entry("amendment", DAY.format(13), entry_id=target, changes={"note": "改"})

    gone = (403, "no_longer_responsible")
    for body, expected in (
        (amending(own["id"]), (201, None)),  # filed below, of a time when it was theirs
        (amending(theirs["id"]), gone),
        (entry("void", DAY.format(13), entry_id=own["id"], reason="错"), gone),
        (entry("void", DAY.format(13), entry_id=theirs["id"], reason="错"), gone),
        (entry("void", DAY.format(13), entry_id=handover["id"], reason="错"), gone),
        (entry("amendment", DAY.format(13), entry_id=incident, changes={"summary": "改"}), gone),
        (entry("handover", DAY.format(13), station=DAJUZI), gone),
    ):
        assert await told(head, incident, body) == expected, body
    # It is kept for them, as for everybody.
    kept = (await head.read(f"/incidents/{incident}/refused"))["items"]
    assert {one["code"] for one in kept} == {"no_longer_responsible"}


async def test_a_handover_to_another_subtree_is_taken_back_by_a_chief_until_it_is_answered(
    officer: Person, other_officer: Person, head: Person
) -> None:
    for answered in (False, True):
        incident = await officer.opened()
        handover = entry("handover", DAY.format(10), station=KEHE)
        await officer.appended(incident, handover)
        if answered:
            note = entry("note", DAY.format(11), note="已接收")
            await other_officer.appended(incident, note)
        void = entry("void", DAY.format(12), entry_id=handover["id"], reason="不属其管辖")
        assert (await told(head, incident, void))[0] == (403 if answered else 201)


async def test_a_chief_hands_over_among_the_own_stations(
    officer: Person, sister: Person, head: Person, far_head: Person
) -> None:
    incident = await officer.opened()
    outside = entry("handover", DAY.format(10), station=KEHE)
    answer = await head.post(f"/incidents/{incident}/entries", outside)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert "to the own unit, or to one below it" in answer.text
    assert (await sister.get(f"/incidents/{incident}")).status_code == 404
    handover = entry("handover", DAY.format(10), station=SISTER, badge=sister.badge)
    taken = await head.appended(incident, handover)
    assert taken["facts"]["giver"]["code"] == DAJUZI
    shown = await sister.read(f"/incidents/{incident}")
    assert shown["responsible"]["station"]["code"] == SISTER
    assert shown["responsible"]["officer"]["badge"] == sister.badge
    assert [one["station"]["code"] for one in shown["responsible_before"]] == [DAJUZI]
    # The receiver's rights are those of who is responsible, and the giver's what they were.
    await sister.appended(incident, entry("care", DAY.format(12), animal=1, feeding="小鱼"))
    assert (await sister.get(f"/incidents/{incident}/informant")).status_code == 200
    assert (await officer.get(f"/incidents/{incident}/informant")).status_code == 404
    late = entry("care", DAY.format(9), animal=1, feeding="小鱼")
    assert await told(officer, incident, late) == (201, None)
    later = entry("care", DAY.format(13), animal=1, feeding="小鱼")
    assert await told(officer, incident, later) == (403, "no_longer_responsible")
    # The incident is told and listed alike after a rebuild of it from its timeline.
    assert {one["id"] for one in (await sister.read("/incidents"))["items"]} == {incident}


async def test_what_a_chief_handed_over_no_station_takes_back_that_did_not_give_it(
    officer: Person, sister: Person, head: Person, database: Database
) -> None:
    colleague = await signed_in(officer, database, "15042500001", BUREAU)
    incident = await officer.opened()
    handover = entry("handover", DAY.format(10), station=SISTER)
    await head.appended(incident, handover)
    void = entry("void", DAY.format(11), entry_id=handover["id"], reason="不同意")
    for person in (officer, colleague):
        assert await told(person, incident, void) == (403, "no_longer_responsible"), person.badge
    assert await told(head, incident, void | {"id": str(uuid4())}) == (201, None)
    assert (await officer.read(f"/incidents/{incident}"))["responsible"]["station"]["code"] == (
        DAJUZI
    )


async def test_a_chief_takes_it_from_who_had_it_then(
    officer: Person, other_officer: Person, sister: Person, head: Person
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, entry("handover", DAY.format(10), station=KEHE))
    await other_officer.appended(incident, entry("handover", DAY.format(14), station=SISTER))
    # At 12 it was 克一河's, which is none of the chief's.
    early = entry("handover", DAY.format(12), station=DAJUZI)
    assert await told(head, incident, early) == (409, "impossible_step")
    await head.appended(incident, entry("handover", DAY.format(16), station=DAJUZI))
    late = entry("handover", DAY.format(15), station=KEHE)
    assert await told(sister, incident, late) == (403, "no_longer_responsible")
    shown = await officer.read(f"/incidents/{incident}")
    assert [one["station"]["code"] for one in shown["responsible_before"]] == [
        DAJUZI,
        KEHE,
        SISTER,
    ]


async def test_the_rules_of_the_record_hold_for_a_chief(officer: Person, head: Person) -> None:
    incident = await officer.opened()
    freed = release()
    for body in (identification(), freed):
        await officer.appended(incident, body)
    for changes, code in (
        ({"happened_at": "2099-01-01T00:00:00+08:00"}, "time_in_future"),
        ({"happened_at": "2024-07-01T00:00:00+08:00"}, None),
        ({"animal": 9}, "unknown_animal"),
        ({"colour": "red"}, "unknown_field"),
    ):
        body = entry(
            "amendment", "2024-08-05T10:00:00+08:00", entry_id=freed["id"], changes=changes
        )
        by_officer = await told(officer, incident, body)
        by_chief = await told(head, incident, body | {"id": str(uuid4())})
        assert by_chief == by_officer, changes
        assert code is None or by_chief[1] == code
    # Neither stands above the other: the later correction counts.
    for day, person, words in ((6, head, "所长改"), (7, officer, "民警改"), (8, head, "所长又改")):
        said = {"entry_id": incident, "changes": {"summary": words}}
        at = f"2024-08-0{day}T10:00:00+08:00"
        await person.appended(incident, entry("amendment", at, **said))
        assert (await officer.read(f"/incidents/{incident}"))["summary"] == words


async def test_who_reported_is_told_to_no_chief_who_is_no_officer_by_what_was_refused_either(
    officer: Person, chief: Person, auditor: Person, database: Database
) -> None:
    opening = rescue()
    await officer.opened(opening)
    other = opening | {"summary": "改", "informant": {"name": "李四", "phone": "13912345678"}}
    assert (await officer.post("/incidents", other)).status_code == 409
    path = f"/incidents/{opening['id']}/refused"
    for person, is_told in ((officer, True), (chief, False), (auditor, False)):
        [kept] = (await person.read(path))["items"]
        assert kept["body"]["summary"] == "改"
        assert ("informant" in kept["body"]) == is_told, person.badge
    both = await appointed(chief, database, "officer", DAJUZI)
    assert "李四" in (await both.get(path)).text


async def test_who_audits_reads_all_that_was_refused_and_kept(
    officer: Person, other_officer: Person, auditor: Person
) -> None:
    """Also of an incident that nobody has opened yet, and of whom it is not told."""
    sent = []
    for person in (officer, other_officer):
        incident = str(uuid4())
        refused = await person.post(f"/incidents/{incident}/entries", entry("note", note="羽毛湿"))
        assert refused.status_code == 404
        sent.append(incident)
    for incident in sent:
        [kept] = (await auditor.read(f"/incidents/{incident}/refused"))["items"]
        assert kept["body"]["note"] == "羽毛湿"
    assert [one["incident_id"] for one in (await auditor.read("/refused"))["items"]] == sent[::-1]


async def test_a_chief_who_was_there_is_a_second_officer(officer: Person, chief: Person) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    for officers, is_owed in (
        ([officer.badge, "LC1504"], True),
        ([officer.badge, chief.badge], False),
    ):
        freed = await officer.appended(incident, release(officers=officers))
        missing = {one["code"] for one in (await officer.read(f"/incidents/{incident}"))["missing"]}
        assert ("second_officer" in missing) == is_owed
        await officer.appended(
            incident, entry("void", "2024-08-05T10:00:00+08:00", entry_id=freed["id"], reason="x")
        )


async def test_who_is_officer_and_chief_says_as_an_officer_what_an_officer_may(
    officer: Person, sister: Person, head: Person, database: Database
) -> None:
    both = await appointed(officer, database, "chief", DAJUZI)
    incident = await both.opened()
    noted = await both.appended(incident, entry("note", DAY.format(9), note="x"))
    amended = await both.appended(
        incident, entry("amendment", DAY.format(9), entry_id=incident, changes={"summary": "改"})
    )
    assert {one["actor"]["role"] for one in (noted, amended)} == {"officer"}
    # Nor is an officer of the bureau one of the station by being its chief.
    of_the_bureau = await signed_in(officer, database, "15042500002", BUREAU)
    of_the_bureau = await appointed(of_the_bureau, database, "chief", BUREAU)
    note = entry("note", DAY.format(10), note="x")
    assert await told(of_the_bureau, incident, note) == (403, "not_responsible")
    corrected = await of_the_bureau.appended(
        incident, entry("amendment", DAY.format(10), entry_id=incident, changes={"summary": "再改"})
    )
    assert corrected["actor"]["role"] == "chief"
    # What they sent they are answered again, wherever they are by now.
    await move(of_the_bureau, database, KEHE)
    again = await of_the_bureau.post(f"/incidents/{incident}/entries", corrected["body"])
    assert (again.status_code, again.json()["id"]) == (200, corrected["id"])
