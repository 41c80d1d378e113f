"""Rights follow the timeline: who was responsible then may file what happened then; what one said
oneself is answered first; what can't stand is kept, for who sent it."""

from itertools import pairwise, product
from typing import Any
from uuid import UUID, uuid4

import pytest

from db.pool import Database
from tests.people import Person, entry, identification, release, rescue
from tests.pictures import encoded, exif, noise
from tests.tus import PART, TUS, creation
from wildlife.accounts.model import DEMO_PASSWORD
from wildlife.accounts.passwords import hash_password
from wildlife.accounts.queries import put_account
from wildlife.incidents import refused_queries
from wildlife.settings import Settings
from wildlife.stations.queries import put_station
from wildlife.vocabularies import Role, StationKind

JPEG = encoded(noise(40, 30))
DAY = "2024-07-30T{:02d}:00:00+08:00"


@pytest.fixture
async def third_officer(officer: Person, database: Database) -> Person:
    """An officer of a third station, 150429."""
    async with database.transaction() as connection:
        await put_station(
            connection,
            station_id=uuid4(),
            code="150429",
            name="宁城派出所",
            kind=StationKind.POLICE_STATION,
            region_code="150429",
            parent=None,
        )
        for badge, station in (("150429001", "150429"), ("150425002", "150425")):
            await put_account(
                connection,
                account_id=uuid4(),
                badge=badge,
                name=badge,
                role=Role.OFFICER,
                station=station,
                password_hash=hash_password(DEMO_PASSWORD),
            )
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


@pytest.mark.parametrize("length", [1, 2, 3, 4])
async def test_after_any_sequence_of_handovers_each_may_file_in_their_time_and_all_may_read(
    officer: Person, other_officer: Person, third_officer: Person, length: int
) -> None:
    """Every sequence of up to four holders among three stations, given back and forth."""
    people = {"150425": officer, "150723": other_officer, "150429": third_officer}
    for tail in product(people, repeat=length - 1):
        holders = ["150425", *tail]
        if any(a == b for a, b in pairwise(holders)):
            continue
        incident_id = await officer.opened()
        for index, (giver, taker) in enumerate(pairwise(holders)):
            handover = entry("handover", DAY.format(10 + 2 * index), station=taker)
            await people[giver].appended(incident_id, handover)
        for station, person in people.items():
            answer = await person.get(f"/incidents/{incident_id}")
            assert answer.status_code == (200 if station in holders else 404)
            for index, holder in enumerate(holders):
                body = entry("care", DAY.format(9 + 2 * index), animal=1, feeding="小鱼")
                answer = await person.post(f"/incidents/{incident_id}/entries", body)
                if station not in holders:
                    expected = 404
                elif station == holder or station == holders[-1]:
                    expected = 201
                else:
                    expected = 403
                assert answer.status_code == expected, (holders, station, index)


async def test_only_who_is_responsible_voids_and_what_was_voided_stays_visible(
    officer: Person, other_officer: Person
) -> None:
    incident_id = await officer.opened()
    mine = await officer.appended(incident_id, entry("care", DAY.format(9), animal=1))
    handover = entry("handover", DAY.format(10), station="150723")
    await officer.appended(incident_id, handover)
    theirs = await other_officer.appended(incident_id, entry("care", DAY.format(12), animal=1))
    path = f"/incidents/{incident_id}/entries"
    for target in (mine["id"], theirs["id"], handover["id"]):
        answer = await officer.post(path, entry("void", DAY.format(9), entry_id=target))
        assert (answer.status_code, answer.json()["code"]) == (403, "no_longer_responsible")
        amended = entry("amendment", DAY.format(9), entry_id=target, changes={"note": "改"})
        answer = await officer.post(path, amended)
        assert answer.status_code == (403 if target == theirs["id"] else 201), target
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
    async with database.writing() as connection:
        await connection.execute(
            "update account set station_id = (select station_id from station where code = '150723')"
            " where badge = '150425001'"
        )
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
    begin = creation(len(JPEG), incident_id=incident_id, photo_id=str(uuid4()))
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
    upload = begun.headers["Location"].partition("/api/v1")[2]
    await officer.appended(incident_id, entry("void", DAY.format(11), entry_id=handover["id"]))
    # What can't be checked any more does not take the place of what was checked when it began.
    otherwise = creation(len(JPEG), **said, about="animal:99")
    again = await other_officer.request("POST", "/uploads", headers=otherwise)
    assert (again.status_code, again.headers["Location"]) == (201, begun.headers["Location"])
    asked = await other_officer.request("HEAD", upload, headers=TUS)
    assert asked.headers["Upload-Metadata"] == begin["Upload-Metadata"]
    head = PART | {"Upload-Offset": "0"}
    sent = await other_officer.request("PATCH", upload, headers=head, content=JPEG)
    assert sent.status_code == 404
    [kept] = (await other_officer.read(f"/incidents/{incident_id}/refused"))["items"]
    digest = kept["body"]["image"]["sha256"]
    original = settings.media_dir / "originals" / digest[:2] / digest
    assert original.read_bytes() == JPEG
    # Of what a stranger sent, the station sees that it came.
    [shown] = (await officer.read(f"/incidents/{incident_id}/refused"))["items"]
    assert (shown["body"], shown["badge"], shown["differing"]) == (None, None, [])


async def test_a_stranger_who_comes_upon_a_taken_id_shows_it_to_nobody(
    officer: Person, other_officer: Person
) -> None:
    opening = rescue()
    await officer.opened(opening)
    theirs = rescue(
        id=opening["id"], summary="克一河的事", informant={"name": "李四", "phone": "139"}
    )
    answer = await other_officer.post("/incidents", theirs)
    assert answer.status_code == 409
    seen = (await officer.get(f"/incidents/{opening['id']}/refused")).text
    for word in ("克一河", "李四", "139", "150723001"):
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
    codes = [
        (await officer.post("/incidents", opening | {"summary": f"改 {number}"})).json()["code"]
        for number in range(4)
    ]
    assert codes == ["id_conflict", "id_conflict", "too_many_refused", "too_many_refused"]
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
    monkeypatch.setattr("wildlife.incidents.appending.MOST_ENTRIES", 3)
    incident_id = await officer.opened()
    for hour in (8, 9):
        await officer.appended(incident_id, entry("note", DAY.format(hour), note="x"))
    answer = await officer.post(
        f"/incidents/{incident_id}/entries", entry("note", DAY.format(10), note="x")
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "timeline_full")
    assert "3" in answer.json()["detail"]


async def test_a_voided_entry_can_not_be_amended(officer: Person) -> None:
    incident_id = await officer.opened()
    care = await officer.appended(incident_id, entry("care", DAY.format(9), animal=1))
    await officer.appended(incident_id, entry("void", DAY.format(10), entry_id=care["id"]))
    answer = await officer.post(
        f"/incidents/{incident_id}/entries",
        entry("amendment", DAY.format(11), entry_id=care["id"], changes={"feeding": "虾"}),
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "impossible_step")


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
    officer: Person, official: Person, admin: Person
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
        for person in (official, admin):
            told = secrets_in(await person.read(path))
            assert [name for name in told if "exif" in name or "camera" in name] == [], path
