"""Whoever has one animal of an incident in custody learns nothing of the others, by no way that
there is; and what it has is its own, however the record goes on."""

from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from tests.people.world import appointed
from tests.pictures import encoded, noise
from tests.rescues.animals import animals_of
from tests.rescues.custody import AT, OTHER_CENTRE, care, of_another_centre, sees, told, transfer
from tests.tus import any_creation, creation
from tests.users import Person, add_account, entry, identification, release, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role

REFUSED = (403, "not_in_custody")
TAKEN = (201, None)


@pytest.fixture
async def other(officer: Person, database: Database) -> Person:
    """A rescuer of another centre."""
    return await of_another_centre(officer, database)


@pytest.fixture
async def incident(officer: Person) -> str:
    """A bird that went to the centre, and a fox that did not."""
    incident = await officer.opened(rescue(animals=[{}, {}]))
    await officer.appended(incident, transfer(2))
    return incident


async def of_whom(person: Person, incident: str) -> list[int]:
    return [one["number"] for one in await animals_of(person, incident)]


async def types(person: Person, incident: str) -> list[str]:
    entries = (await person.read(f"/incidents/{incident}/entries"))["items"]
    return [one["type"] for one in entries]


async def test_nobody_gets_a_picture_by_its_digest(
    officer: Person, rescuer: Person, incident: str
) -> None:
    photo = encoded(noise(60, 40))
    sent = await officer.put_photo(incident, photo, about="animal:2")
    digest = sent.json()["facts"]["image"]["sha256"]
    of_mine = {"incident_id": incident, "photo_id": str(uuid4()), "about": "animal:1"}
    headers = creation(len(photo), sha256=digest, **of_mine)
    began = await rescuer.request("POST", "/uploads", headers=headers)
    assert (began.status_code, began.headers["Upload-Offset"]) == (201, "0")
    receipts = await rescuer.post("/receipts", {"sha256": [digest]})
    assert receipts.json()["sha256"] == []


async def test_no_answer_tells_how_much_was_said_of_others(
    officer: Person, rescuer: Person, incident: str
) -> None:
    path = f"/incidents/{incident}/entries"
    body = care(3)
    for status in (201, 200):
        answer = await rescuer.post(path, body)
        said = answer.json()
        assert (answer.status_code, "ETag" in answer.headers) == (status, False)
        assert said.get("seq") is said.get("digest") is said.get("previous") is None
    tag = (await rescuer.get(f"/incidents/{incident}")).headers["ETag"]
    await officer.appended(incident, entry("note", AT.format(3), note="狐狸咬人"))
    weighed = entry("assessment", AT.format(3), animal=1, weight_g=700)
    taken = await rescuer.post(path, weighed, headers={"If-Match": tag})
    assert taken.status_code == 201, "nothing came of what it knows"
    whole = (await officer.get(f"/incidents/{incident}")).headers["ETag"].partition(".")[0]
    late = await rescuer.post(path, care(3, feeding="虾"), headers={"If-Match": tag})
    assert late.status_code == 412
    assert whole.strip('"') not in late.text


async def test_nobody_finds_out_what_was_said_by_an_id(
    officer: Person, rescuer: Person, incident: str
) -> None:
    theirs = await officer.appended(incident, care(3, animal=2, feeding="鸡架"))
    summary = {"entry_id": incident, "changes": {"summary": "狐狸"}}
    corrected = entry("amendment", AT.format(3), **summary, reason="狐狸主人赵某说")
    await officer.appended(incident, corrected)
    assert "赵某" not in (await rescuer.get(f"/incidents/{incident}/entries")).text
    for body in (theirs["body"], corrected, care(3) | {"id": theirs["id"]}):
        answer = await rescuer.post(f"/incidents/{incident}/entries", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
        assert "differing" not in answer.json()


async def test_what_is_wrong_is_told_by_what_it_knows(
    officer: Person, rescuer: Person, incident: str
) -> None:
    ring = [{"kind": "ring", "number": "F12345"}]
    await officer.appended(incident, entry("marking", AT.format(3), animal=2, marks=ring))
    for body in (
        care(3, animal=2),
        care(3, animal=9),
        care(3) | {"animal": str(uuid4())},
        entry("amendment", AT.format(3), entry_id=str(uuid4()), changes={"feeding": "肉"}),
        entry("amendment", AT.format(3), entry_id=incident, changes={"animals": {"5": {}}}),
    ):
        assert await told(rescuer, incident, body) == REFUSED, body
    mine = entry("marking", AT.format(3), animal=1, marks=ring)
    assert await told(rescuer, incident, mine) == TAKEN
    flags = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert "mark_on_two" in [one["code"] for one in flags]


async def test_what_was_said_of_another_first_is_told_as_it_counts(
    officer: Person, rescuer: Person, incident: str
) -> None:
    away = await officer.appended(incident, care(1, feeding="小鱼干"))
    came = await officer.appended(incident, care(1, animal=2, feeding="鸡架"))
    for target, changes in (
        (away, {"animal": 2, "feeding": "狐狸肉"}),
        (came, {"animal": 1, "feeding": "小虾"}),
    ):
        body = entry("amendment", AT.format(3), entry_id=target["id"], changes=changes)
        await officer.appended(incident, body)
    text = (await rescuer.get(f"/incidents/{incident}/entries")).text
    assert "小虾" in text
    assert not [word for word in ("小鱼干", "狐狸肉", "鸡架") if word in text]


@pytest.mark.parametrize("first", ["transfer", "split"])
async def test_of_what_was_split_off_it_has_all_that_was_said(
    officer: Person, rescuer: Person, first: str
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 3}]))
    await officer.appended(incident, identification(happened_at=AT.format(1)))
    gone = transfer(2, count=1)
    if first == "transfer":
        await officer.appended(incident, gone)
        own = await rescuer.appended(incident, care(3))
        photo = uuid4()
        seen = {"about": "animal:1", "taken_at": AT.format(3)}
        await rescuer.put_photo(incident, encoded(noise(60, 40)), photo, **seen)
        by = {"entry_id": gone["id"]}
        await officer.appended(incident, entry("split", AT.format(5), animal=1, count=1, **by))
        assert await told(rescuer, incident, care(4)) == TAKEN, "of before the split"
        changed = {"entry_id": own["id"], "changes": {"feeding": "泥鳅"}}
        assert await told(rescuer, incident, entry("amendment", AT.format(6), **changed)) == TAKEN
        late = await rescuer.put_photo(incident, encoded(noise(60, 40)), uuid4(), **seen)
        assert late.status_code == 201
    else:
        await officer.appended(incident, entry("split", AT.format(1), animal=1, count=1))
        await officer.appended(incident, transfer(2, animal=2))
    assert await of_whom(rescuer, incident) == [2]
    assert {"identification", "transfer", "split"} <= {*await types(rescuer, incident)}
    await officer.appended(incident, care(7, feeding="另两只"))
    assert "另两只" not in (await rescuer.get(f"/incidents/{incident}/entries")).text
    assert await told(rescuer, incident, care(8)) == REFUSED
    assert await told(rescuer, incident, care(8, animal=2)) == TAKEN


async def test_it_splits_off_all_that_it_has_and_keeps_what_was_split_off(
    officer: Person, rescuer: Person
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 5}]))
    gone = await officer.appended(incident, transfer(2, count=2))
    kept = entry("long_term_care", AT.format(3), animal=1, keeper="救护站", count=1)
    kept["entry_id"] = gone["id"]
    assert await told(rescuer, incident, kept) == TAKEN
    for end in (gone, kept):
        split = entry("split", AT.format(4), animal=1, count=1, entry_id=end["id"])
        assert await told(rescuer, incident, split) == TAKEN
    assert await of_whom(rescuer, incident) == [2, 3]
    for number in (2, 3):
        assert await told(rescuer, incident, care(5, animal=number)) == TAKEN
    theirs = entry("split", AT.format(5), animal=1, count=1)
    assert await told(rescuer, incident, theirs) == REFUSED


async def test_who_has_some_of_a_group_is_told_nothing_of_the_whole(
    officer: Person, rescuer: Person
) -> None:
    incident = await officer.opened(
        rescue(animals=[{"count": 5}], summary="五只", seizure={"agency": "旗市场监督管理局"})
    )
    site = uuid4()
    await officer.put_photo(incident, encoded(noise(60, 40)), site, about="site")
    await officer.appended(incident, transfer(2, count=1))
    shown = await rescuer.read(f"/incidents/{incident}")
    assert (shown["summary"], shown["seizure"], shown["photos"]) == (None, None, [])
    assert (await rescuer.get(f"/incidents/{incident}/photos/{site}")).status_code == 404


async def test_each_confirms_its_own(officer: Person, rescuer: Person, other: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 4}]))
    mine = await officer.appended(incident, transfer(2, count=1))
    theirs = await officer.appended(incident, transfer(2, OTHER_CENTRE, count=1))
    receipt = entry("receipt", AT.format(3), animal=1)
    assert await told(rescuer, incident, receipt | {"entry_id": theirs["id"]}) == REFUSED
    assert await told(rescuer, incident, receipt | {"entry_id": mine["id"]}) == TAKEN
    moved = {"entry_id": receipt["id"], "changes": {"entry_id": theirs["id"]}}
    assert await told(rescuer, incident, entry("amendment", AT.format(4), **moved)) == REFUSED
    own = entry("receipt", AT.format(3), animal=1, entry_id=theirs["id"])
    assert await told(other, incident, own) == TAKEN
    owed = (await rescuer.read(f"/incidents/{incident}"))["missing"]
    assert owed == []


@pytest.mark.parametrize("between", ["the police", "another centre"])
async def test_what_happened_while_another_had_it_is_not_its_to_say(
    officer: Person, rescuer: Person, other: Person, between: str
) -> None:
    incident = await officer.opened()
    first = await officer.appended(incident, transfer(2))
    if between == "the police":
        await officer.appended(incident, entry("return", AT.format(4), animal=1))
        await officer.appended(incident, transfer(8))
    else:
        onwards = transfer(4, OTHER_CENTRE, entry_id=first["id"])
        await rescuer.appended(incident, onwards)
        await other.appended(incident, transfer(8, entry_id=onwards["id"]))
        assert await told(other, incident, care(6)) == TAKEN
    for day, expected in {3: TAKEN, 6: REFUSED, 9: TAKEN}.items():
        assert await told(rescuer, incident, care(day)) == expected, day


async def test_a_transfer_that_was_answered_is_not_taken_back(
    officer: Person, rescuer: Person, other: Person, incident: str
) -> None:
    [animal] = await animals_of(rescuer, incident)
    by = {"entry_id": animal["settled"][0]["entry_id"]}
    wrong = await rescuer.appended(incident, transfer(4, OTHER_CENTRE, **by))
    assert await told(rescuer, incident, entry("void", AT.format(5), entry_id=wrong["id"])) == TAKEN
    onwards = await rescuer.appended(incident, transfer(4, OTHER_CENTRE, **by))
    await other.appended(incident, care(5))
    void = entry("void", AT.format(6), entry_id=onwards["id"])
    assert await told(rescuer, incident, void) == REFUSED
    assert await sees(other, incident)


@pytest.mark.parametrize("role", ["chief", "officer"])
async def test_who_is_something_more_may_not_less(
    officer: Person, other_officer: Person, database: Database, role: str
) -> None:
    """A station that took an animal over as a rescuer does: with a rescuer who is a chief, or an
    officer, too."""
    await add_account(database, "150723008", "150723", role=Role.RESCUER)
    both = await Person.sign_in(officer.client, "150723008", DEMO_PASSWORD)
    both = await appointed(both, database, role, "150723")
    incident = await officer.opened()
    body = entry("transfer", AT.format(2), animal=1, recipient="分局", station="150723")
    await officer.appended(incident, body)
    said = await both.appended(incident, care(3))
    assert said["actor"]["role"] == "rescuer"
    opened = await other_officer.opened()
    await other_officer.appended(opened, entry("handover", AT.format(2), station="150425"))
    await officer.appended(opened, body | {"id": str(uuid4()), "happened_at": AT.format(3)})
    said = await both.appended(opened, care(4))
    assert said["actor"]["role"] == "rescuer"


async def test_a_rescuer_of_the_station_itself_is_a_rescuer(
    officer: Person, database: Database
) -> None:
    await add_account(database, "150425008", "150425", role=Role.RESCUER)
    rescuer = await Person.sign_in(officer.client, "150425008", DEMO_PASSWORD)
    incident = await officer.opened(rescue(animals=[{}, {}]))
    theirs = await officer.appended(incident, care(1, animal=2, feeding="鸡架"))
    await officer.appended(incident, entry("note", AT.format(1), note="赵某来电"))
    body = entry("transfer", AT.format(2), animal=1, recipient="所", station="150425")
    await officer.appended(incident, body)
    text = (await rescuer.get(f"/incidents/{incident}/entries")).text
    assert not [word for word in ("鸡架", "赵某") if word in text]
    void = entry("void", AT.format(3), entry_id=theirs["id"])
    assert await told(rescuer, incident, void) == REFUSED


async def test_a_closing_ends_what_the_police_have(officer: Person, rescuer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 3}]))
    gone = await officer.appended(incident, transfer(2, count=1))
    await officer.appended(incident, entry("closing", AT.format(3), reason="not_ours"))
    closed = (409, "impossible_step")
    for body in (care(4), entry("escape", AT.format(4), animal=1, count=1)):
        assert await told(officer, incident, body) == closed
    freed = entry("escape", AT.format(4), animal=1, count=1, entry_id=gone["id"])
    assert await told(rescuer, incident, freed) == TAKEN


async def test_what_it_has_of_a_duplicate_is_there_as_before(
    officer: Person, rescuer: Person, incident: str
) -> None:
    original = await officer.opened()
    closing = {"reason": "duplicate", "duplicate_of": original}
    await officer.appended(incident, entry("closing", AT.format(3), **closing))
    assert await sees(rescuer, incident)
    assert original not in (await rescuer.get(f"/incidents/{incident}")).text


async def test_it_takes_its_own_correction_back(rescuer: Person, incident: str) -> None:
    own = await rescuer.appended(incident, care(3))
    changed = {"entry_id": own["id"], "changes": {"feeding": "泥鳅"}}
    amendment = await rescuer.appended(incident, entry("amendment", AT.format(4), **changed))
    void = entry("void", AT.format(5), entry_id=amendment["id"])
    assert await told(rescuer, incident, void) == TAKEN


async def test_a_receiver_is_not_the_station_that_a_rescuer_is_at(
    officer: Person, database: Database
) -> None:
    """What a rescuer there says of an animal is no answer to a handover."""
    await add_account(database, "150723008", "150723", role=Role.RESCUER)
    rescuer = await Person.sign_in(officer.client, "150723008", DEMO_PASSWORD)
    incident = await officer.opened()
    body = entry("transfer", AT.format(2), animal=1, recipient="分局", station="150723")
    await officer.appended(incident, body)
    handover = await officer.appended(incident, entry("handover", AT.format(3), station="150723"))
    await rescuer.appended(incident, care(4))
    assert await told(officer, incident, entry("void", entry_id=handover["id"])) == TAKEN


async def test_a_photo_of_then_is_taken_when_it_has_gone_on(
    officer: Person, rescuer: Person
) -> None:
    incident = await officer.opened(rescue(animals=[{}, {}]))
    gone: dict[int, dict[str, Any]] = {}
    for animal in (1, 2):
        gone[animal] = await officer.appended(incident, transfer(2, animal=animal))
    await rescuer.appended(incident, transfer(6, None, entry_id=gone[1]["id"]))
    for day, status in {4: 201, 7: 403}.items():
        seen = {"about": "animal:1", "taken_at": AT.format(day)}
        sent = await rescuer.put_photo(incident, encoded(noise(60, 40)), uuid4(), **seen)
        assert sent.status_code == status, day
    began = await rescuer.request("POST", "/uploads", headers=any_creation(incident))
    assert began.status_code == 201
    assert await told(officer, incident, release(animal=2, happened_at=AT.format(9))) != TAKEN
