"""Rights follow the timeline: who was responsible then may file what happened then; what one said
oneself is answered first; what can't stand is kept, for who sent it."""

import random
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from db.database import Database
from tests.pictures import encoded, exif, noise
from tests.tus import PART, TUS, creation
from tests.users import (
    Person,
    add_account,
    entry,
    identification,
    move,
    put_unit,
    release,
    rescue,
    road_hazard,
)
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings
from wildlife.timeline import refused_queries

JPEG = encoded(noise(40, 30))
DAY = "2024-07-30T{:02d}:00:00+08:00"


@pytest.fixture
async def third_officer(officer: Person, database: Database) -> Person:
    """An officer of a third station, 150429."""
    await put_unit(database, "150429", name="宁城派出所", region="150429")
    await add_account(database, "150429001", "150429")
    await add_account(database, "150425002", "150425")
    return await Person.sign_in(officer.client, "150429001", DEMO_PASSWORD)


@pytest.fixture
async def handed_on(officer: Person, other_officer: Person, third_officer: Person) -> str:
    """An incident of A's, handed to B at 10 o'clock and to C at 14."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("handover", DAY.format(10), station="150723"))
    await other_officer.appended(
        incident_id, entry("assessment", DAY.format(12), animal=1, condition="weak")
    )
    await other_officer.appended(incident_id, entry("handover", DAY.format(14), station="150429"))
    return incident_id


async def test_what_one_filed_is_answered_again_whoever_is_responsible_now(
    officer: Person, other_officer: Person, third_officer: Person
) -> None:
    opening = rescue()
    await officer.opened(opening)
    incident_id = opening["id"]
    first = entry("care", DAY.format(9), animal=1, feeding="小鱼")
    await officer.appended(incident_id, first)
    await officer.appended(incident_id, entry("handover", DAY.format(10), station="150723"))
    second = entry("assessment", DAY.format(12), animal=1, condition="weak")
    answered = await other_officer.appended(incident_id, second)
    await other_officer.put_photo(incident_id, JPEG, photo := uuid4())
    await other_officer.appended(incident_id, entry("handover", DAY.format(14), station="150429"))
    for person, body in ((officer, first), (other_officer, second)):
        answer = await person.post(f"/incidents/{incident_id}/entries", body)
        assert answer.status_code == 200, answer.text
    assert answer.json() == answered
    assert (await officer.post("/incidents", opening)).status_code == 200
    assert (await other_officer.put_photo(incident_id, JPEG, photo)).status_code == 200
    held = await other_officer.post("/receipts", {"ids": [second["id"], str(photo)]})
    assert held.json()["ids"] == [second["id"], str(photo)]


async def test_who_was_responsible_then_may_file_what_happened_then(
    officer: Person, other_officer: Person, third_officer: Person, handed_on: str
) -> None:
    path = f"/incidents/{handed_on}/entries"
    for person, hour, status in (
        (officer, 9, 201),
        (officer, 10, 201),
        (officer, 11, 403),
        (other_officer, 9, 403),
        (other_officer, 12, 201),
        (other_officer, 15, 403),
        (third_officer, 9, 201),
        (third_officer, 15, 201),
    ):
        body = entry("care", DAY.format(hour), animal=1, feeding="小鱼")
        answer = await person.post(path, body)
        assert answer.status_code == status, (person.badge, hour, answer.text)
        if status == 403:
            assert answer.json()["code"] == "no_longer_responsible"
            assert "宁城派出所" in answer.json()["detail"]
            # It is not lost: the responsible station finds it, and so does who sent it.
            for reader in (third_officer, person):
                kept = (await reader.read(f"/incidents/{handed_on}/refused"))["items"]
                assert body["id"] in [one["body"]["id"] for one in kept]
    # Notes and photos take nothing from anybody.
    for person in (officer, other_officer, third_officer):
        await person.appended(handed_on, entry("note", DAY.format(15), note="补记"))
        assert (await person.put_photo(handed_on, JPEG)).status_code == 201
        assert (await person.get(f"/incidents/{handed_on}")).status_code == 200
        assert handed_on in [i["id"] for i in (await person.read("/incidents"))["items"]]
    shown = await officer.read(f"/incidents/{handed_on}")
    assert [one["station"]["code"] for one in shown["responsible_before"]] == ["150425", "150723"]
    assert shown["responsible_before"][1]["since"] == DAY.format(10)
    assert (
        shown["responsible_before"][1]["until"] == shown["responsible"]["since"] == DAY.format(14)
    )


async def test_only_who_is_responsible_voids_and_what_was_voided_stays_visible(
    officer: Person, other_officer: Person
) -> None:
    incident_id = await officer.opened()
    mine = await officer.appended(
        incident_id, entry("care", DAY.format(9), animal=1, feeding="小鱼")
    )
    handover = entry("handover", DAY.format(10), station="150723")
    await officer.appended(incident_id, handover)
    theirs = await other_officer.appended(
        incident_id, entry("care", DAY.format(12), animal=1, feeding="小鱼")
    )
    path = f"/incidents/{incident_id}/entries"
    for target in (mine["id"], theirs["id"], handover["id"]):
        answer = await officer.post(path, entry("void", DAY.format(9), entry_id=target))
        assert (answer.status_code, answer.json()["code"]) == (403, "no_longer_responsible")
        # Whenever they notice it: what they filed themselves is theirs to correct.
        amended = entry("amendment", DAY.format(15), entry_id=target, changes={"note": "改"})
        answer = await officer.post(path, amended)
        assert answer.status_code == (201 if target == mine["id"] else 403), target
    void = await other_officer.appended(
        incident_id, entry("void", DAY.format(13), entry_id=theirs["id"], reason="记错")
    )
    for person in (officer, other_officer):
        shown = {one["id"]: one for one in (await person.read(path))["items"]}
        assert shown[theirs["id"]]["voided_by"] == void["id"]
        assert shown[theirs["id"]]["body"]["animal"] == 1


async def test_a_handover_is_taken_back_only_until_the_receiver_has_filed_something(
    officer: Person, other_officer: Person
) -> None:
    path = "/incidents/{}/entries"
    for answered in (False, True):
        incident_id = await officer.opened()
        handover = entry("handover", DAY.format(10), station="150723")
        await officer.appended(incident_id, handover)
        if answered:
            await other_officer.appended(incident_id, entry("note", DAY.format(11), note="已接收"))
        void = entry("void", DAY.format(11), entry_id=handover["id"], reason="点错了")
        answer = await officer.post(path.format(incident_id), void)
        assert answer.status_code == (403 if answered else 201)
        assert (await other_officer.get(f"/incidents/{incident_id}")).status_code == (
            200 if answered else 404
        )


async def test_an_officer_who_moved_is_answered_for_what_he_filed(
    officer: Person, third_officer: Person, database: Database
) -> None:
    opening, note = rescue(), entry("note", DAY.format(9), note="已喂食")
    await officer.opened(opening)
    await officer.appended(opening["id"], note)
    await officer.put_photo(opening["id"], JPEG, photo := uuid4())
    await move(officer, database, "150723")
    assert (await officer.get(f"/incidents/{opening['id']}")).status_code == 404
    assert (await officer.post("/incidents", opening)).status_code == 200
    answer = await officer.post(f"/incidents/{opening['id']}/entries", note)
    assert answer.status_code == 200
    assert (await officer.put_photo(opening["id"], JPEG, photo)).status_code == 200
    ids = [opening["id"], note["id"], str(photo)]
    assert (await officer.post("/receipts", {"ids": ids})).json()["ids"] == ids
    # What he changed meanwhile is refused and kept, and he finds it.
    answer = await officer.post("/incidents", opening | {"summary": "另一件事"})
    assert (answer.status_code, answer.json()["differing"]) == (409, ["summary"])
    [kept] = (await officer.read(f"/incidents/{opening['id']}/refused"))["items"]
    assert kept["body"]["summary"] == "另一件事"


async def test_an_upload_goes_on_after_a_handover(
    officer: Person, other_officer: Person, third_officer: Person
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("handover", DAY.format(10), station="150723"))
    said = {"incident_id": incident_id, "photo_id": str(uuid4())}
    begin = creation(len(JPEG), **said, sha256=sha256(JPEG).hexdigest())
    begun = await other_officer.request("POST", "/uploads", headers=begin)
    upload = begun.headers["Location"].partition("/api/v1")[2]
    head = PART | {"Upload-Offset": "0"}
    sent = await other_officer.request("PATCH", upload, headers=head, content=JPEG[:100])
    assert sent.headers["Upload-Offset"] == "100"
    await other_officer.appended(incident_id, entry("handover", DAY.format(14), station="150429"))
    again = await other_officer.request("POST", "/uploads", headers=begin)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "100")
    head = PART | {"Upload-Offset": "100"}
    sent = await other_officer.request("PATCH", upload, headers=head, content=JPEG[100:])
    assert sent.status_code == 204, sent.text
    assert len((await third_officer.read(f"/incidents/{incident_id}/photos"))["items"]) == 1


async def test_the_bytes_of_a_photo_that_nobody_may_attach_any_more_are_kept_and_shown(
    officer: Person, other_officer: Person, settings: Settings
) -> None:
    incident_id = await officer.opened()
    handover = entry("handover", DAY.format(10), station="150723")
    await officer.appended(incident_id, handover)
    said = {"incident_id": incident_id, "photo_id": str(uuid4())}
    begin = creation(len(JPEG), **said)
    begun = await other_officer.request("POST", "/uploads", headers=begin)
    assert begun.status_code == 201
    await officer.appended(incident_id, entry("void", DAY.format(11), entry_id=handover["id"]))
    # What can't be checked any more does not take the place of what was checked when it began.
    otherwise = creation(len(JPEG), **said, about="animal:99")
    again = await other_officer.request("POST", "/uploads", headers=otherwise)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "0")
    upload = again.headers["Location"].partition("/api/v1")[2]
    asked = await other_officer.request("HEAD", upload, headers=TUS)
    assert asked.headers["Upload-Metadata"] == begin["Upload-Metadata"]
    head = PART | {"Upload-Offset": "0"}
    sent = await other_officer.request("PATCH", upload, headers=head, content=JPEG)
    assert sent.status_code == 404
    [kept] = (await other_officer.read(f"/incidents/{incident_id}/refused"))["items"]
    digest = kept["body"]["image"]["sha256"]
    original = settings.media_dir / "originals" / digest[:2] / digest
    assert original.read_bytes() == JPEG
    # Who is responsible finds it as well: it came from one who had a part in the incident.
    [shown] = (await officer.read(f"/incidents/{incident_id}/refused"))["items"]
    assert (shown["body"]["image"]["sha256"], shown["badge"]) == (digest, "150723001")
    assert shown["code"] == "not_found"


async def test_a_stranger_who_comes_upon_a_taken_id_shows_it_to_nobody(
    officer: Person, other_officer: Person
) -> None:
    opening = rescue()
    await officer.opened(opening)
    theirs = rescue(
        id=opening["id"], summary="克一河的事", informant={"name": "李四", "phone": "13912345678"}
    )
    answer = await other_officer.post("/incidents", theirs)
    assert answer.status_code == 409
    seen = (await officer.get(f"/incidents/{opening['id']}/refused")).text
    for word in ("克一河", "李四", "13912345678", "150723001"):
        assert word not in seen
    [shown] = (await officer.read(f"/incidents/{opening['id']}/refused"))["items"]
    assert (shown["body"], shown["badge"], shown["code"]) == (None, None, "id_conflict")
    [own] = (await other_officer.read(f"/incidents/{opening['id']}/refused"))["items"]
    assert own["body"]["summary"] == "克一河的事"
    assert own["body"]["informant"]["name"] == "李四"
    # Each erases whom they named, and nobody else.
    erase = await officer.request("DELETE", f"/incidents/{opening['id']}/informant")
    assert erase.status_code == 204
    [own] = (await other_officer.read(f"/incidents/{opening['id']}/refused"))["items"]
    assert own["body"]["informant"]["name"] == "李四"
    erase = await other_officer.request("DELETE", f"/incidents/{opening['id']}/informant")
    assert erase.status_code == 204
    [own] = (await other_officer.read(f"/incidents/{opening['id']}/refused"))["items"]
    assert "informant" not in own["body"]


async def test_the_same_refused_body_is_kept_once_and_what_one_account_keeps_is_bounded(
    officer: Person, other_officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = rescue()
    await officer.opened(opening)
    path = f"/incidents/{opening['id']}/refused"
    for _ in range(5):
        answer = await officer.post("/incidents", opening | {"summary": "改"})
        assert answer.json()["code"] == "id_conflict"
    assert len((await officer.read(path))["items"]) == 1
    monkeypatch.setattr(refused_queries, "MOST_BODIES", 3)
    answers = [
        (await officer.post("/incidents", opening | {"summary": f"改 {number}"})).json()
        for number in range(4)
    ]
    assert [answer["kept"] for answer in answers] == [True, True, False, False]
    # Why it is refused is told all the same, and that it is on the phone alone.
    for answer in answers:
        assert (answer["code"], answer["differing"]) == ("id_conflict", ["summary"])
        assert ("It is not kept" in answer["detail"]) == (not answer["kept"])
    # What is kept already is still answered as before, and others are not concerned.
    answer = await officer.post("/incidents", opening | {"summary": "改"})
    assert answer.json()["code"] == "id_conflict"
    answer = await other_officer.post("/incidents", opening | {"summary": "改"})
    assert answer.json()["code"] == "id_conflict"


async def test_one_damaged_row_never_hides_the_others(officer: Person, database: Database) -> None:
    opening = rescue()
    await officer.opened(opening)
    for number in range(3):
        await officer.post("/incidents", opening | {"summary": f"改 {number}"})
    path = f"/incidents/{opening['id']}/refused"
    before = (await officer.read(path))["items"]
    async with database.writing() as connection:
        await connection.execute(
            "update refused_body set sealed = '\\x00' where refused_id ="
            " (select refused_id from refused_body order by received_at, refused_id limit 1)"
        )
    after = (await officer.read(path))["items"]
    assert after[1:] == before[1:]
    assert (after[0]["readable"], after[0]["body"]) == (False, None)


async def test_a_timeline_has_a_stated_end(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wildlife.timeline.growing.MOST_ENTRIES", 3)
    incident_id = await officer.opened()
    for hour in (8, 9):
        await officer.appended(incident_id, entry("note", DAY.format(hour), note="x"))
    answer = await officer.post(
        f"/incidents/{incident_id}/entries", entry("note", DAY.format(10), note="x")
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "timeline_full")
    assert "3" in answer.json()["detail"]
    # What the sentence says to do can be done.
    closing = entry("closing", DAY.format(11), reason="not_ours")
    answer = await officer.post(f"/incidents/{incident_id}/entries", closing)
    assert answer.status_code == 201, answer.text


async def test_a_voided_entry_can_not_be_amended(officer: Person) -> None:
    incident_id = await officer.opened()
    care = await officer.appended(
        incident_id, entry("care", DAY.format(9), animal=1, feeding="小鱼")
    )
    await officer.appended(incident_id, entry("void", DAY.format(10), entry_id=care["id"]))
    answer = await officer.post(
        f"/incidents/{incident_id}/entries",
        entry("amendment", DAY.format(11), entry_id=care["id"], changes={"feeding": "虾"}),
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "impossible_step")


async def refused_as(person: Person, incident_id: str, body: dict[str, Any]) -> str:
    """The code that an entry is refused with."""
    answer = await person.post(f"/incidents/{incident_id}/entries", body)
    assert answer.is_error, answer.text
    return str(answer.json()["code"])


async def responsible(person: Person, incident_id: str) -> str:
    shown = await person.read(f"/incidents/{incident_id}")
    return str(shown["responsible"]["station"]["code"])


@pytest.mark.parametrize("person", ["giver", "between", "receiver"])
async def test_when_it_was_handed_over_is_amended_by_nobody(
    officer: Person, other_officer: Person, third_officer: Person, person: str
) -> None:
    """An amended time would take an incident back, or stretch one's own time over another's."""
    incident_id = await officer.opened()
    first = entry("handover", DAY.format(10), station="150723")
    second = entry("handover", DAY.format(14), station="150429")
    await officer.appended(incident_id, first)
    await other_officer.appended(incident_id, second)
    await third_officer.appended(
        incident_id, entry("care", DAY.format(15), animal=1, feeding="小鱼")
    )
    who = {"giver": officer, "between": other_officer, "receiver": third_officer}[person]
    for handover in (first, second):
        for hour in (1, 12, 16):
            for said_at in (9, 11, 16):
                body = entry(
                    "amendment",
                    DAY.format(said_at),
                    entry_id=handover["id"],
                    changes={"happened_at": DAY.format(hour)},
                )
                assert await refused_as(who, incident_id, body) in (
                    "invalid_value",
                    "no_longer_responsible",
                )
        void = entry("void", DAY.format(9), entry_id=handover["id"])
        answer = await who.post(f"/incidents/{incident_id}/entries", void)
        # The last one may be given back by who has it, and by nobody else.
        given_back = who is third_officer and handover is second
        assert answer.status_code == (201 if given_back else 409 if who is third_officer else 403)
    assert await responsible(other_officer, incident_id) == (
        "150723" if who is third_officer else "150429"
    )


async def test_nobody_moves_what_they_filed_into_anothers_time(
    officer: Person, other_officer: Person
) -> None:
    incident_id = await officer.opened()
    early = await officer.appended(
        incident_id, entry("assessment", DAY.format(9), animal=1, condition="weak")
    )
    await officer.appended(incident_id, entry("handover", DAY.format(10), station="150723"))
    await other_officer.appended(
        incident_id, entry("assessment", DAY.format(11), animal=1, condition="good")
    )
    for said_at in (9, 12):
        moved = entry(
            "amendment",
            DAY.format(said_at),
            entry_id=early["id"],
            changes={"happened_at": DAY.format(12), "condition": "critical"},
        )
        assert await refused_as(officer, incident_id, moved) == "no_longer_responsible"
    # What the incident is, is for who answers for it.
    opening = entry("amendment", DAY.format(9), entry_id=incident_id, changes={"summary": "改"})
    assert await refused_as(officer, incident_id, opening) == "no_longer_responsible"
    # A correction that stays in one's own time is taken, whenever it is made.
    changes = {"condition": "critical"}
    await officer.appended(
        incident_id, entry("amendment", DAY.format(15), entry_id=early["id"], changes=changes)
    )
    shown = await officer.read(f"/incidents/{incident_id}")
    assert shown["animals"][0]["condition"] == "good"


async def test_nobody_hands_over_what_is_not_theirs_at_that_moment(
    officer: Person, other_officer: Person, third_officer: Person
) -> None:
    """Also where only the phones' clocks differ: who sends it is told, and keeps the duty."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("handover", DAY.format(10), station="150723"))
    early = entry("handover", DAY.format(9), station="150429")
    answer = await other_officer.post(f"/incidents/{incident_id}/entries", early)
    assert (answer.status_code, answer.json()["code"]) == (409, "impossible_step")
    assert "大局子林场" not in answer.json()["detail"]
    assert "大局子森林派出所" in answer.json()["detail"]
    assert await responsible(other_officer, incident_id) == "150723"
    assert (await third_officer.get(f"/incidents/{incident_id}")).status_code == 404
    # Their own time is theirs still.
    await officer.appended(
        incident_id, entry("care", "2024-07-30T09:30:00+08:00", animal=1, feeding="小鱼")
    )
    await other_officer.appended(incident_id, entry("handover", DAY.format(11), station="150429"))
    assert await responsible(third_officer, incident_id) == "150429"


async def test_of_the_minute_of_a_handover_what_was_recorded_after_it_is_the_receivers(
    officer: Person, other_officer: Person
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("handover", DAY.format(10), station="150723"))
    late = entry("death", DAY.format(10), animal=1) | {"recorded_at": "2024-07-30T10:00:30+08:00"}
    assert await refused_as(officer, incident_id, late) == "no_longer_responsible"
    await officer.appended(
        incident_id,
        entry("care", DAY.format(10), animal=1, feeding="小鱼")
        | {"recorded_at": "2024-07-30T09:59:30+08:00"},
    )
    await other_officer.appended(incident_id, late)


@pytest.mark.parametrize("seed", range(6))
async def test_what_happened_in_the_same_minute_is_ordered_by_what_it_means(
    officer: Person, other_officer: Person, seed: int
) -> None:
    """And never by ids, which are random."""
    chance = random.Random(seed)

    def same_minute(type_: str, **fields: Any) -> dict[str, Any]:
        new = str(UUID(int=chance.getrandbits(128), version=4))
        return entry(type_, DAY.format(10), **fields) | {"id": new}

    incident_id = await officer.opened(rescue(animals=[{}, {}]))
    for body in (
        same_minute("care", animal=1, feeding="小鱼"),
        same_minute("escape", animal=1),
        same_minute("death", animal=2),
        same_minute("assessment", animal=2, condition="critical"),
        same_minute("handover", station="150425", badge="150425001"),
        same_minute("handover", station="150723"),
    ):
        await officer.appended(incident_id, body)
    back = same_minute("handover", station="150425")
    await other_officer.appended(incident_id, back)
    shown = await officer.read(f"/incidents/{incident_id}")
    assert [one["outcome"] for one in shown["animals"]] == ["escaped", "died_in_care"]
    assert shown["responsible"]["station"]["code"] == "150425"
    road = await officer.opened(road_hazard())
    for body in (same_minute("cleared"), same_minute("reopened"), same_minute("closing")):
        await officer.appended(road, body)
    assert (await officer.read(f"/incidents/{road}"))["state"] == "closed"


async def test_what_comes_after_a_handover_was_taken_back_is_kept(
    officer: Person, other_officer: Person, third_officer: Person
) -> None:
    incident_id = await officer.opened()
    handover = entry("handover", DAY.format(10), station="150723")
    await officer.appended(incident_id, handover)
    await officer.appended(incident_id, entry("void", DAY.format(11), entry_id=handover["id"]))
    late = entry("care", "2024-07-30T10:30:00+08:00", animal=1, feeding="小鱼")
    assert await refused_as(other_officer, incident_id, late) == "not_found"
    for person in (other_officer, officer):
        [kept] = (await person.read(f"/incidents/{incident_id}/refused"))["items"]
        assert (kept["body"]["feeding"], kept["code"]) == ("小鱼", "not_found")
    # So is a stranger's, who sees no more than that.
    assert (await third_officer.get(f"/incidents/{incident_id}/refused")).status_code == 404
    strange = late | {"id": str(uuid4())}
    assert await refused_as(third_officer, incident_id, strange) == "not_found"
    [own] = (await third_officer.read(f"/incidents/{incident_id}/refused"))["items"]
    assert own["entry_id"] == strange["id"]


async def test_what_an_officer_who_moved_sends_late_is_kept_for_the_station_it_belongs_to(
    officer: Person, other_officer: Person, third_officer: Person, database: Database
) -> None:
    colleague = await Person.sign_in(officer.client, "150425002", DEMO_PASSWORD)
    opening = rescue()
    await officer.opened(opening)
    await move(officer, database, "150723")
    # That the incident was handed to him there, by mistake, makes nothing of this that station's.
    handover = entry("handover", station="150723", badge=officer.badge)
    await colleague.appended(opening["id"], handover)
    await colleague.appended(opening["id"], entry("void", entry_id=handover["id"], reason="点错了"))
    assert await refused_as(officer, opening["id"], entry("note", note="迟到的")) == "not_found"
    named = {"name": "李四", "phone": "13912345678"}
    answer = await officer.post("/incidents", opening | {"summary": "改", "informant": named})
    assert answer.json()["code"] == "id_conflict"
    path = f"/incidents/{opening['id']}/refused"
    kept = (await colleague.read(path))["items"]
    assert [one["body"].get("note") or one["body"]["summary"] for one in kept] == ["迟到的", "改"]
    assert kept[1]["body"]["informant"] == named
    # The new station has no part in it.
    assert (await other_officer.get(path)).status_code == 404


async def test_a_strangers_report_stays_a_strangers_after_handovers(
    officer: Person, other_officer: Person, third_officer: Person
) -> None:
    opening = rescue()
    await officer.opened(opening)
    theirs = rescue(id=opening["id"], summary="宁城的事", informant={"name": "李四"})
    assert (await third_officer.post("/incidents", theirs)).status_code == 409
    path = f"/incidents/{opening['id']}"
    await officer.appended(opening["id"], entry("handover", DAY.format(10), station="150429"))
    await third_officer.appended(opening["id"], entry("handover", DAY.format(11), station="150723"))
    for person in (officer, other_officer):
        assert "宁城的事" not in (await person.get(f"{path}/refused")).text
        assert "李四" not in (await person.get(f"{path}/refused")).text
    assert "李四" in (await third_officer.get(f"{path}/refused")).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"x\u0000": None}, "changes.x\u0000"),
        ({"zz": None}, "changes.zz"),
        ({"place": {"x\u0000": None}}, "changes.place.x\u0000"),
        ({"place": {"point": {"height": None}}}, "changes.place.point.height"),
        ({}, "changes"),
    ],
)
async def test_an_amendment_names_fields_that_there_are_also_where_it_takes_them_away(
    officer: Person, changes: dict[str, Any], field: str
) -> None:
    incident_id = await officer.opened()
    answer = await officer.post(
        f"/incidents/{incident_id}/entries",
        entry("amendment", entry_id=incident_id, changes=changes),
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert (await officer.post("/receipts", {"ids": [incident_id]})).status_code == 200


# ---------------------------------------------------------------- what originals' permission guards


def secrets_in(answer: Any) -> list[str]:
    """Where an answer tells where and with what a photo was taken."""
    found = []

    def look(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in ("exif", "camera", "latitude", "longitude") and inner is not None:
                    found.append(f"{path}.{name}")
                look(inner, f"{path}.{name}")
        elif isinstance(value, list):
            for inner in value:
                look(inner, path)

    look(answer, "")
    return found


async def test_what_the_permission_for_originals_guards_no_other_answer_tells(
    officer: Person, official: Person, auditor: Person
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, release())
    photo = str(uuid4())
    answer = await officer.put_photo(incident_id, encoded(noise(40, 30), exif=exif()), UUID(photo))
    assert answer.status_code == 201, answer.text
    paths = [
        f"/incidents/{incident_id}",
        f"/incidents/{incident_id}/entries",
        f"/incidents/{incident_id}/photos",
        f"/incidents/{incident_id}/photos/{photo}",
    ]
    for path in paths:
        assert [name for name in secrets_in(await officer.read(path)) if "exif" in name], path
        for person in (official, auditor):
            told = secrets_in(await person.read(path))
            assert [name for name in told if "exif" in name or "camera" in name] == [], path
