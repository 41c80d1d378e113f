"""What goes to a unit of this service is that unit's to read and to go on with, from the transfer
to it until the transfer away; and nothing else is."""

from uuid import uuid4

import pytest

from db.database import Database
from tests.commandline import Wildlife
from tests.people.world import appointed
from tests.pictures import encoded, noise
from tests.rescues.animals import animals_of
from tests.rescues.custody import (
    AT,
    CENTRE,
    NAMES,
    OTHER_CENTRE,
    care,
    of_another_centre,
    sees,
    told,
    transfer,
)
from tests.tus import any_creation
from tests.users import Person, add_account, entry, identification, release, rescue
from wildlife.people.accounts import DEMO_PASSWORD


@pytest.fixture
async def other(officer: Person, database: Database) -> Person:
    """A rescuer of another centre."""
    return await of_another_centre(officer, database)


async def owed(person: Person, incident: str) -> list[str]:
    return [one["code"] for one in (await person.read(f"/incidents/{incident}"))["missing"]]


async def test_a_centre_goes_on_with_what_it_took_over(officer: Person, rescuer: Person) -> None:
    incident = await officer.opened(rescue(informant={"name": "李某", "phone": "13800000000"}))
    await officer.appended(incident, identification(happened_at=AT.format(1)))
    seen = {"about": "animal:1", "taken_at": "2024-08-01T11:00:00+08:00"}
    photo = await officer.put_photo(incident, encoded(noise(60, 40)), uuid4(), **seen)
    assert photo.status_code == 201
    assert not await sees(rescuer, incident)
    gone = await officer.appended(incident, transfer(2))
    assert gone["facts"]["receiver"]["station"]["name"] == NAMES[CENTRE]
    await officer.appended(incident, entry("closing", AT.format(3), reason="completed"))

    assert await sees(rescuer, incident)
    received = entry("receipt", AT.format(4), animal=1, condition="weak", person="王某")
    assert await owed(rescuer, incident) == ["transfer_receipt"]
    assert "transfer_receipt" in await owed(officer, incident)
    assert await told(rescuer, incident, received) == (201, None)
    assert await owed(rescuer, incident) == []
    assert "transfer_receipt" not in await owed(officer, incident)
    assert await told(rescuer, incident, care(5)) == (201, None)
    assert await told(rescuer, incident, release(happened_at=AT.format(9))) == (201, None)

    # The police read on, and see what became of it.
    [animal] = await animals_of(officer, incident)
    [end, freed] = animal["settled"]
    assert (end["unit"]["code"], end["went_on"], animal["condition"]) == (CENTRE, 1, "weak")
    assert end["received"] == {
        "entry_id": received["id"],
        "count": 1,
        "happened_at": AT.format(4),
    }
    assert (animal["outcome"], freed["went_from"]) == ("released", gone["id"])
    # And so does the centre: nothing of who reported.
    shown = await rescuer.read(f"/incidents/{incident}")
    assert (shown["has_informant"], shown["call"], shown["digest"]) == (False, None, None)
    assert shown["animals"] == [animal]
    entries = (await rescuer.read(f"/incidents/{incident}/entries"))["items"]
    types = [one["type"] for one in entries]
    assert types == ["opening", "identification", "photo", "transfer", "receipt", "care", "release"]
    assert {one["seq"] for one in entries} == {one["digest"] for one in entries} == {None}
    [freed] = (await rescuer.read("/releases"))["items"]
    assert freed["incident_id"] == incident
    for path in (f"/incidents/{incident}/informant", f"/incidents/{incident}/refused"):
        answer = await rescuer.get(path)
        assert "李某" not in answer.text


async def test_it_reads_what_is_its_own_and_nothing_of_the_other_animals(
    officer: Person, rescuer: Person, other: Person
) -> None:
    incident = await officer.opened(
        rescue(
            animals=[{"reported_as": "怪鸟"}, {"reported_as": "小狐狸"}],
            summary="林场职工李某送来一只鸟、一只狐狸",
        )
    )
    pictures = {}
    for about in ("animal:1", "animal:2", "site"):
        pictures[about] = uuid4()
        await officer.put_photo(
            incident, encoded(noise(60, 40)), pictures[about], about=about, caption=f"图{about}"
        )
    await officer.appended(incident, identification(happened_at=AT.format(1)))
    fox = identification("vulpes_vulpes", animal=2, happened_at=AT.format(1))
    await officer.appended(incident, fox)
    await officer.appended(incident, care(1, animal=2, feeding="鸡架"))
    await officer.appended(incident, entry("note", AT.format(1), note="狐狸咬人"))
    await officer.appended(incident, transfer(2))
    assert await sees(rescuer, incident)
    assert not await sees(other, incident)

    for path in ("", "/entries", "/photos"):
        text = (await rescuer.get(f"/incidents/{incident}{path}")).text
        for word in ("狐", "鸡架", "李某", "vulpes", "图animal:2", "图site", str(pictures["site"])):
            assert word not in text, (path, word)
    assert [one["number"] for one in await animals_of(rescuer, incident)] == [1]
    [photo] = (await rescuer.read(f"/incidents/{incident}/photos"))["items"]
    assert photo["photo_id"] == str(pictures["animal:1"])
    for about, status in {"animal:1": 200, "animal:2": 404, "site": 404}.items():
        for form in ("", "/thumbnail"):
            path = f"/incidents/{incident}/photos/{pictures[about]}{form}"
            assert (await rescuer.get(path)).status_code == status, about
    for question, found in {
        "q=狐": 0, "q=普通鸬鹚": 1, "species=vulpes_vulpes": 0, "species=phalacrocorax_carbo": 1,
        "q=狐狸咬人": 0,
    }.items():  # fmt: skip
        for path in ("/incidents", "/animals"):
            assert len((await rescuer.read(f"{path}?{question}"))["items"]) == found, question
    receipts = await rescuer.post("/receipts", {"ids": [incident, fox["id"]]})
    assert receipts.json()["ids"] == []

    # Whatever is said of the others changes no byte of what it is told.
    asked = [
        f"/incidents/{incident}",
        f"/incidents/{incident}/entries",
        f"/incidents/{incident}/entries?limit=2",
        f"/incidents/{incident}/photos",
        f"/incidents/{incident}/photos/{pictures['animal:1']}",
        *(f"/{one}{q}" for one in ("incidents", "animals", "releases") for q in ("", "?q=鸬鹚")),
        *("/incidents?state=open", "/incidents?overdue=false", "/refused"),
    ]

    async def all_told() -> list[tuple[bytes, str | None]]:
        answers = [await rescuer.get(path) for path in asked]
        return [(one.content, one.headers.get("ETag")) for one in answers]

    before = await all_told()
    for body in (
        release(happened_at=AT.format(2), animal=2),
        entry("note", AT.format(2), note="另一只已放归"),
        entry("addition", AT.format(2), reported={"reported_as": "又一只狐狸"}),
        entry("amendment", AT.format(3), entry_id=fox["id"], changes={"basis": "毛色"}),
        entry("informant", AT.format(3), informant={"name": "赵某"}),
        entry("told", AT.format(3), result="已告知"),
        care(3, animal=3),
    ):
        await officer.appended(incident, body)
    await officer.put_photo(incident, encoded(noise(60, 40)), about="animal:3")
    assert await all_told() == before

    # Another one goes elsewhere: each has its own.
    await officer.appended(incident, transfer(4, OTHER_CENTRE, animal=3))
    assert [one["number"] for one in await animals_of(rescuer, incident)] == [1]
    assert [one["number"] for one in await animals_of(other, incident)] == [3]
    assert [one["number"] for one in await animals_of(officer, incident)] == [1, 2, 3]


@pytest.mark.parametrize("way", ["transfer to another", "transfer elsewhere", "return", "void"])
async def test_it_is_let_in_until_what_it_has_goes_on(
    officer: Person, rescuer: Person, other: Person, way: str
) -> None:
    incident = await officer.opened()
    gone = await officer.appended(incident, transfer(2))
    assert await told(rescuer, incident, care(3)) == (201, None)
    onwards = {
        "transfer to another": transfer(6, OTHER_CENTRE, entry_id=gone["id"]),
        "transfer elsewhere": transfer(6, None, entry_id=gone["id"]),
        "return": entry("return", AT.format(6), animal=1),
        "void": entry("void", AT.format(6), entry_id=gone["id"]),
    }[way]
    by = rescuer if way.startswith("transfer") else officer
    if way == "void":
        # What it had said of an animal in its hands would hang in the air, and is not denied.
        first = (await officer.read(f"/incidents/{incident}/entries"))["items"][-1]
        assert first["type"] == "care"
    assert await told(by, incident, onwards) == (201, None)
    assert not await sees(rescuer, incident)
    assert await sees(other, incident) == (way == "transfer to another")
    if way != "void":
        late = (201, None)
        assert await told(rescuer, incident, care(5)) == late, "what happened in its time"
        assert await told(rescuer, incident, care(7)) == (403, "not_in_custody")
    else:
        assert (await told(rescuer, incident, care(7)))[0] == 404
    kept = (await rescuer.read("/refused"))["items"]
    assert [one["entry_id"] for one in kept] == [kept[0]["entry_id"]]


async def test_it_says_what_happened_in_its_custody_and_puts_its_own_words_right(
    officer: Person, rescuer: Person
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 3}, {}]))
    theirs = await officer.appended(incident, care(1))
    await officer.appended(incident, identification(happened_at=AT.format(1)))
    gone = await officer.appended(incident, transfer(2, count=2))
    refused = (403, "not_in_custody")
    assert await told(rescuer, incident, care(1)) == refused, "before it came"
    assert await told(rescuer, incident, care(3, animal=2)) == refused, "another animal"
    assert await told(rescuer, incident, release(happened_at=AT.format(3), count=1)) == refused
    for body in (
        entry("addition", AT.format(3), reported={}),
        entry("return", AT.format(3), animal=1),
        entry("handover", AT.format(3), station="150723"),
        entry("closing", AT.format(3), reason="not_ours"),
        entry("told", AT.format(3), result="已放归"),
        entry("amendment", AT.format(3), entry_id=theirs["id"], changes={"feeding": "肉"}),
        entry("amendment", AT.format(3), entry_id=incident, changes={"summary": "改"}),
        entry("void", AT.format(3), entry_id=theirs["id"]),
        entry("void", AT.format(3), entry_id=gone["id"]),
    ):
        assert await told(rescuer, incident, body) == refused, body["type"]
    own = await rescuer.appended(incident, care(3))
    assert (own["actor"]["role"], own["actor"]["station"]["code"]) == ("rescuer", CENTRE)
    changed = entry("amendment", AT.format(4), entry_id=own["id"], changes={"feeding": "泥鳅"})
    assert await told(rescuer, incident, changed) == (201, None)
    moved = entry("amendment", AT.format(4), entry_id=own["id"], changes={"animal": 2})
    assert await told(rescuer, incident, moved) == refused
    assert await told(rescuer, incident, entry("note", AT.format(4), note="精神好")) == (201, None)
    freed = release(happened_at=AT.format(5), count=1, entry_id=gone["id"])
    assert await told(rescuer, incident, freed) == (201, None)
    split = entry("split", AT.format(5), animal=1, count=1, entry_id=gone["id"])
    assert await told(rescuer, incident, split) == (201, None)
    assert [one["number"] for one in await animals_of(rescuer, incident)] == [1, 3]
    assert await told(rescuer, incident, entry("void", AT.format(6), entry_id=own["id"])) == (
        201,
        None,
    )
    notes = [
        one["body"]["note"]
        for one in (await rescuer.read(f"/incidents/{incident}/entries"))["items"]
        if one["type"] == "note"
    ]
    assert notes == ["精神好"]


async def test_photos_come_from_the_centre_too(officer: Person, rescuer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{}, {}]))
    content = encoded(noise(60, 40))
    early = await rescuer.put_photo(incident, content, about="animal:1")
    assert early.status_code == 404
    await officer.appended(incident, transfer(2))
    for about, status in {"animal:1": 201, "animal:2": 403, "site": 403}.items():
        sent = await rescuer.put_photo(incident, encoded(noise(60, 40)), about=about)
        assert sent.status_code == status, (about, sent.text)
    began = await rescuer.request("POST", "/uploads", headers=any_creation(incident))
    assert began.status_code == 201
    [photo] = (await rescuer.read(f"/incidents/{incident}/photos"))["items"]
    original = await rescuer.get(f"/incidents/{incident}/photos/{photo['photo_id']}/original")
    assert original.status_code == 403


async def test_who_has_an_animal_knows_where_it_was_found_though_that_is_hidden_from_others(
    officer: Person, official: Person, rescuer: Person
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification("canis_lupus", happened_at=AT.format(1)))
    await officer.appended(incident, transfer(2))
    place = (await officer.read(f"/incidents/{incident}"))["place"]
    assert (await rescuer.read(f"/incidents/{incident}"))["place"] == place
    [listed] = (await rescuer.read("/animals"))["items"]
    assert (listed["generalized"], listed["longitude"]) == (False, place["wgs84"]["longitude"])
    assert (await official.read(f"/incidents/{incident}"))["generalized"]


@pytest.mark.parametrize(
    ("station", "code"),
    [("nowhere", "unknown_station"), ("150723", "station_without_rescuers")],
)
async def test_nobody_is_let_in_who_could_not_go_on(
    officer: Person, station: str, code: str
) -> None:
    incident = await officer.opened()
    body = entry("transfer", AT.format(2), animal=1, recipient="中心", station=station)
    assert await told(officer, incident, body) == (422, code)


async def test_who_took_it_over_is_not_corrected_but_recorded_anew(
    officer: Person, rescuer: Person, other: Person
) -> None:
    """What they read and wrote meanwhile was by right: a transfer is voided, not moved."""
    incident = await officer.opened()
    gone = await officer.appended(incident, transfer(2))
    await rescuer.appended(incident, care(3))
    moved = {"entry_id": gone["id"], "changes": {"station": OTHER_CENTRE}}
    body = entry("amendment", AT.format(3), **moved)
    assert await told(officer, incident, body) == (422, "invalid_value")
    await officer.appended(incident, entry("void", AT.format(4), entry_id=gone["id"]))
    await officer.appended(incident, transfer(2, OTHER_CENTRE))
    assert (await sees(rescuer, incident), await sees(other, incident)) == (False, True)


async def test_a_receipt_says_how_many_came_and_by_which_transfer(
    officer: Person, rescuer: Person
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 6}]))
    first = await officer.appended(incident, transfer(2, count=3))
    second = await officer.appended(incident, transfer(3, count=2))
    unclear = await rescuer.post(
        f"/incidents/{incident}/entries", entry("receipt", AT.format(4), animal=1)
    )
    assert unclear.json()["code"] == "impossible_step"
    assert first["id"] in unclear.json()["detail"]
    one = entry("receipt", AT.format(4), animal=1, entry_id=first["id"], count=2)
    await rescuer.appended(incident, one)
    await rescuer.appended(incident, entry("receipt", AT.format(4), animal=1, receipt_number="S2"))
    assert await told(rescuer, incident, entry("receipt", AT.format(5), animal=1)) == (
        409,
        "impossible_step",
    )
    [animal] = await animals_of(officer, incident)
    assert [end["received"]["count"] for end in animal["settled"]] == [2, 2]
    assert animal["settled"][1]["receipt_number"] == "S2"
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert (flag["code"], flag["entry_id"]) == ("received_others", one["id"])
    # What comes late makes it no other one's that was meant.
    await officer.appended(incident, transfer(3, count=1, note="补报"))
    [animal] = await animals_of(officer, incident)
    received = {end["entry_id"]: end["received"] for end in animal["settled"]}
    assert [one for one, by in received.items() if by] == [first["id"], second["id"]]
    # That one of the transfers was none makes the receipt no lie.
    await officer.appended(incident, entry("void", AT.format(6), entry_id=second["id"]))
    flags = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert "received_nothing" in [one["code"] for one in flags]


async def test_a_centre_has_no_part_in_the_incident_whoever_else_is_there(
    officer: Person, rescuer: Person, database: Database
) -> None:
    """An officer, or a chief above, of the unit that the animals went to sees no more for it."""
    incident = await officer.opened()
    await officer.appended(incident, transfer(2))
    await rescuer.appended(incident, care(3))
    await add_account(database, "150400099", CENTRE)
    policeman = await Person.sign_in(officer.client, "150400099", DEMO_PASSWORD)
    assert not await sees(policeman, incident)
    assert (await told(policeman, incident, care(4)))[0] == 404


async def test_who_is_asked_twice_is_told_once(
    officer: Person, rescuer: Person, database: Database
) -> None:
    incident = await officer.opened(rescue(animals=[{}, {}]))
    await officer.appended(incident, transfer(2))
    rescuer = await appointed(rescuer, database, "official", "1504")
    [one] = (await rescuer.read("/incidents"))["items"]
    assert one["id"] == incident
    assert [one["number"] for one in (await rescuer.read("/animals"))["items"]] == [1]
    assert [one["number"] for one in await animals_of(rescuer, incident)] == [1]


async def test_its_rows_are_what_the_timeline_says(
    officer: Person, rescuer: Person, database: Database, wildlife: Wildlife
) -> None:
    incident = await officer.opened(rescue(animals=[{}, {}]))
    await officer.put_photo(incident, encoded(noise(60, 40)), about="animal:1")
    await officer.appended(incident, transfer(2))
    async with database.writing() as connection:
        await connection.execute("update photo set shown_in = '{}'")
        await connection.execute("delete from incident where view like 'custody:%'")
    assert not await sees_any(rescuer)
    assert "1 with differences" in (await wildlife("rebuild")).out
    assert await sees_any(rescuer)
    assert len((await rescuer.read(f"/incidents/{incident}/photos"))["items"]) == 1


async def sees_any(person: Person) -> bool:
    return bool((await person.read("/incidents"))["items"])
