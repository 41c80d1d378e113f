"""What was refused and kept is looked at by a person, who accepts it or puts it aside."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from db.database import Database
from tests.commandline import Wildlife
from tests.people.bureau import head_of_bureau, put_below, signed_in
from tests.pictures import encoded
from tests.sync.outbox import added, opening, synced
from tests.users import Person, entry, identification, release, rescue
from wildlife.timeline import growing

ZH = {"Accept-Language": "zh"}


@pytest.fixture
async def bureau(database: Database) -> None:
    """大局子 stands below a bureau; 克一河 does not."""
    await put_below(database, "150425")


@pytest.fixture
async def head(officer: Person, database: Database, bureau: None) -> Person:
    """The chief of the bureau, who is nothing else."""
    return await head_of_bureau(officer, database)


@pytest.fixture
async def colleague(officer: Person, database: Database) -> Person:
    """An officer of the same station."""
    return await signed_in(officer, database, "150425009", "150425")


async def kept(person: Person, **asked: Any) -> list[dict[str, Any]]:
    return list((await person.read("/refused", params=asked))["items"])


async def refused(person: Person, incident: str, body: dict[str, Any]) -> str:
    """By which id it is kept what is refused."""
    answer = await person.post(f"/incidents/{incident}/entries", body)
    assert answer.json()["kept"], answer.text
    [one] = [one for one in await kept(person) if one["entry_id"] == body["id"]]
    return str(one["refused_id"])


async def too_early(officer: Person) -> tuple[str, dict[str, Any], str]:
    """A release of what nobody has identified: the incident, the body, and by which id it is
    kept."""
    incident, body = await officer.opened(), release()
    return incident, body, await refused(officer, incident, body)


def code_of(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


async def test_it_is_told_what_would_be_answered_now_and_nothing_is_filed_by_asking(
    officer: Person, head: Person
) -> None:
    incident, _, one = await too_early(officer)
    for person in (officer, head):
        told = await person.read(f"/refused/{one}", headers=ZH)
        assert (told["acceptable"], told["problem"]["code"]) == (False, "impossible_step")
        assert "kept" not in {name for name, value in told["problem"].items() if value}
        assert (told["badge"], told["station"], told["settled"]) == ("150425001", "150425", None)
    await officer.appended(incident, identification())
    for person in (officer, head):
        told = await person.read(f"/refused/{one}")
        assert (told["acceptable"], told["problem"]) == (True, None)
    assert (await officer.read(f"/incidents/{incident}"))["entries"] == 2


async def test_how_much_waits_is_counted_by_station_and_reason_for_those_whose_it_is(
    officer: Person, colleague: Person, head: Person, other_officer: Person, auditor: Person
) -> None:
    async def counted(person: Person) -> dict[tuple[str, str], int]:
        told = await person.read("/refused/counts")
        found = {(one["station"], one["code"]): one["count"] for one in told["items"]}
        assert len(found) == len(told["items"])
        assert told["total"] == sum(found.values())
        for one in told["items"]:
            asked = {"station": one["station"], "code": one["code"]}
            listed = await kept(person, **asked)
            assert len(listed) == one["count"]
            assert one["oldest_at"] == listed[-1]["received_at"]
        return found

    assert await counted(officer) == {}
    incident, _, one = await too_early(officer)
    await too_early(officer)
    note = entry("note", note="警情尚未上报")
    [waiting] = await synced(officer, added(str(uuid4()), note))
    assert waiting["outcome"] == "waiting"
    theirs = await too_early(other_officer)
    ours = {("150425", "impossible_step"): 2, ("150425", "not_found"): 1}
    for person in (officer, colleague, head):
        assert await counted(person) == ours
    assert await counted(other_officer) == {("150723", "impossible_step"): 1}
    assert await counted(auditor) == {**ours, ("150723", "impossible_step"): 1}
    await officer.appended(incident, identification())
    assert (await head.post(f"/refused/{one}/accept", {})).status_code == 200
    dismissal = {"reason": "test"}
    assert (await other_officer.post(f"/refused/{theirs[2]}/dismiss", dismissal)).is_success
    assert await counted(head) == ours | {("150425", "impossible_step"): 1}
    assert await counted(other_officer) == {}


async def test_a_chief_accepts_for_an_absent_officer_and_the_timeline_says_so(
    officer: Person, head: Person
) -> None:
    incident, body, one = await too_early(officer)
    [row] = await kept(head)
    answer = await head.post(f"/refused/{one}/accept", {})
    assert code_of(answer) == (409, "impossible_step")
    await officer.appended(incident, identification())
    for _ in range(2):
        answer = await head.post(f"/refused/{one}/accept", {})
        assert answer.status_code == 200, answer.text
        settled = answer.json()["settled"]
        assert (settled["outcome"], settled["badge"]) == ("accepted", "15042500000")
        assert settled["corrected"] is False
    entries = (await officer.read(f"/incidents/{incident}/entries"))["items"]
    assert len(entries) == 3
    [filed] = [one for one in entries if one["id"] == body["id"]]
    assert (filed["actor"]["badge"], filed["actor"]["role"]) == ("15042500000", "chief")
    first = filed["facts"]["first_sent"]
    assert (first["by"]["badge"], first["by"]["station"]["code"]) == ("150425001", "150425")
    assert (first["received_at"], "corrected" in first) == (row["received_at"], False)
    assert await kept(officer) == await kept(head) == []
    # The phone goes on sending it.
    assert (await officer.post(f"/incidents/{incident}/entries", body)).status_code == 200
    receipt = await officer.post("/receipts", {"ids": [body["id"]]})
    assert receipt.json()["ids"] == [body["id"]]


async def test_what_is_corrected_says_so_and_the_phone_is_told_clearly(
    officer: Person, colleague: Person
) -> None:
    incident, body, one = await too_early(officer)
    await officer.appended(incident, identification())
    corrected = body | {"method": "soft"}
    for other in ({"id": str(uuid4())}, {"type": "escape"}):
        answer = await colleague.post(f"/refused/{one}/accept", {"corrected": corrected | other})
        [field] = [error["field"] for error in answer.json()["errors"]]
        assert (answer.status_code, field) == (422, f"corrected.{next(iter(other))}")
    for _ in range(2):
        answer = await colleague.post(f"/refused/{one}/accept", {"corrected": corrected})
        assert (answer.status_code, answer.json()["settled"]["corrected"]) == (200, True)
    for person, said in ((officer, {"corrected": corrected}), (colleague, {})):
        answer = await person.post(f"/refused/{one}/accept", said)
        assert code_of(answer) == (409, "refused_settled")
    entries = (await officer.read(f"/incidents/{incident}/entries"))["items"]
    [filed] = [one for one in entries if one["id"] == body["id"]]
    assert (filed["body"]["method"], filed["facts"]["first_sent"]["corrected"]) == ("soft", True)
    for language, sentence in (
        ("zh", "更正后接受登记，无需再次发送。"),
        ("en", "need not be sent again."),
    ):
        answer = await officer.post(
            f"/incidents/{incident}/entries", body, headers={"Accept-Language": language}
        )
        told = answer.json()
        assert (answer.status_code, told["code"]) == (409, "id_conflict")
        assert (told["differing"], told.get("kept")) == (["method"], None)
        assert told["detail"].endswith(sentence), told["detail"]
        assert "150425009" in told["detail"]
    assert await kept(officer) == []
    # Other words are.
    other = body | {"note": "另一段话"}
    assert (await officer.post(f"/incidents/{incident}/entries", other)).json()["kept"] is True


async def test_what_can_not_be_read_is_accepted_once_it_is_put_right(
    officer: Person, head: Person
) -> None:
    incident = await officer.opened()
    wrong = entry("assessment", animal=1, weight_g=-5, note="很轻")
    for _ in range(2):
        [result] = await synced(officer, added(incident, wrong))
        assert result["outcome"] == "refused"
    [row] = await kept(officer)
    told = await head.read(f"/refused/{row['refused_id']}")
    assert (told["acceptable"], told["problem"]["errors"][0]["field"]) == (False, "weight_g")
    path = f"/refused/{row['refused_id']}/accept"
    assert (await head.post(path, {})).status_code == 422
    right = wrong | {"weight_g": 500}
    assert (await head.post(path, {"corrected": right})).status_code == 200
    entries = (await officer.read(f"/incidents/{incident}/entries"))["items"]
    [filed] = [one for one in entries if one["id"] == wrong["id"]]
    assert filed["facts"]["first_sent"]["corrected"] is True
    [result] = await synced(officer, added(incident, wrong))
    assert result["outcome"] == "refused"
    assert "need not be sent again" in result["problem"]["detail"]
    assert await kept(officer) == []


async def test_what_came_before_its_incident_waits_for_it_and_is_accepted_then(
    officer: Person, head: Person
) -> None:
    opened = rescue()
    early = entry("informant", informant={"name": "李四", "phone": "13912345678"})
    one = await refused(officer, opened["id"], early)
    told = await head.read(f"/refused/{one}")
    assert (told["acceptable"], told["problem"]["code"]) == (False, "not_found")
    assert "informant" not in told["body"]
    await officer.opened(opened)
    assert (await head.read(f"/refused/{one}"))["acceptable"] is True
    assert (await head.post(f"/refused/{one}/accept", {})).status_code == 200
    assert (await officer.read(f"/incidents/{opened['id']}/informant"))["name"] == "李四"


async def test_whom_a_body_named_who_was_erased_since_is_filed_by_nobody(
    officer: Person, head: Person
) -> None:
    incident = await officer.opened()
    said = entry("informant", "2024-07-29T10:00:00+08:00", informant={"name": "李四"})
    [result] = await synced(officer, added(incident, said | {"happened_at": "2999-01-01"}))
    assert result["outcome"] == "refused"
    [row] = await kept(officer)
    at = f"/incidents/{incident}/informant"
    assert (await officer.request("DELETE", at)).status_code == 204
    path = f"/refused/{row['refused_id']}/accept"
    for body in (said, {name: said[name] for name in said if name != "informant"}):
        answer = await head.post(path, {"corrected": body})
        assert answer.status_code in (410, 422), answer.text
    assert "李四" not in (await officer.get(f"/refused/{row['refused_id']}")).text


async def test_what_is_of_no_type_that_there_is_may_become_one(
    officer: Person, colleague: Person
) -> None:
    incident = await officer.opened()
    wrong = entry("nots", note="羽毛已干")
    await synced(officer, added(incident, wrong))
    [row] = await kept(officer)
    path = f"/refused/{row['refused_id']}/accept"
    assert (await colleague.post(path, {})).status_code == 422
    right = wrong | {"type": "note"}
    assert (await colleague.post(path, {"corrected": right})).status_code == 200


async def test_an_opening_that_came_upon_a_taken_id_can_not_be_accepted(
    officer: Person, head: Person
) -> None:
    opened = rescue()
    await officer.opened(opened)
    await officer.post("/incidents", opened | {"summary": "又一只"})
    [row] = await kept(officer)
    for person in (officer, head):
        told = await person.read(f"/refused/{row['refused_id']}")
        assert (told["acceptable"], told["problem"]["code"]) == (False, "id_conflict")
        answer = await person.post(f"/refused/{row['refused_id']}/accept", {})
        assert code_of(answer) == (409, "id_conflict")


async def test_an_opening_is_accepted_at_the_station_of_who_sent_it(
    officer: Person, head: Person, wildlife: Wildlife
) -> None:
    wrong = rescue(animals=[{"reported_as": "长嘴巴怪鸟", "count": 0}])
    await synced(officer, opening(wrong))
    [row] = await kept(head)
    right = wrong | {"animals": [{"reported_as": "长嘴巴怪鸟", "count": 1}]}
    del right["informant"]  # a chief is not told whom it names
    assert "informant" not in row["body"]
    path = f"/refused/{row['refused_id']}/accept"
    for _ in range(2):
        assert (await head.post(path, {"corrected": right})).status_code == 200
    incident = await officer.read(f"/incidents/{wrong['id']}")
    assert incident["station"]["code"] == "150425"
    assert incident["responsible"]["station"]["code"] == "150425"
    assert incident["opened_by"]["badge"] == "150425001"
    assert incident["case_number"].startswith("150425-")
    [first] = (await officer.read(f"/incidents/{wrong['id']}/entries"))["items"]
    assert first["actor"]["badge"] == "15042500000"
    assert first["facts"]["first_sent"]["by"]["badge"] == "150425001"
    # Whom it named is on record all the same, and its officers go on with it.
    assert (await officer.read(f"/incidents/{wrong['id']}/informant"))["name"] == "王建国"
    await officer.appended(wrong["id"], identification())
    await wildlife("verify")
    await wildlife("rebuild", "--check")


async def test_a_photo_is_accepted_with_its_bytes(
    officer: Person, head: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = await officer.opened()
    content = encoded(Image.new("RGB", (9, 9), "red"))
    with monkeypatch.context() as full:
        full.setattr(growing, "MOST_ENTRIES", 1)
        answer = await officer.put_photo(incident, content, uuid4(), caption="幼鸟")
    assert code_of(answer) == (409, "timeline_full"), answer.text
    [row] = await kept(officer)
    answer = await head.post(f"/refused/{row['refused_id']}/accept", {})
    assert answer.status_code == 200, answer.text
    original = await officer.get(f"/incidents/{incident}/photos/{row['entry_id']}/original")
    assert original.content == content


async def test_what_is_put_aside_is_told_with_the_reason_and_not_kept_again(
    officer: Person, head: Person, auditor: Person
) -> None:
    incident, body, one = await too_early(officer)
    said = {"reason": "filed_otherwise", "note": "已用新编号登记"}
    for _ in range(2):
        answer = await head.post(f"/refused/{one}/dismiss", said)
        assert answer.status_code == 200, answer.text
    for answer in (
        await officer.post(f"/refused/{one}/dismiss", said),
        await head.post(f"/refused/{one}/dismiss", {"reason": "test"}),
        await head.post(f"/refused/{one}/accept", {}),
    ):
        assert code_of(answer) == (409, "refused_settled")
        assert "15042500000" in answer.json()["detail"]
    for person in (officer, head, auditor):
        assert await kept(person) == []
        [row] = await kept(person, dismissed=True)
        settled = row["settled"]
        assert (settled["outcome"], settled["reason"]) == ("dismissed", "filed_otherwise")
        assert (settled["badge"], settled["note"]) == ("15042500000", "已用新编号登记")
        assert row["body"]["method"] == "hard"
    assert (await officer.read(f"/incidents/{incident}/refused"))["items"] == []
    answer = await officer.post(f"/incidents/{incident}/entries", body, headers=ZH)
    assert code_of(answer) == (409, "impossible_step")
    assert "不予登记（已另行登记）" in answer.json()["detail"]
    assert await kept(officer) == []


async def test_of_several_at_once_one_settles_it(
    officer: Person, head: Person, colleague: Person
) -> None:
    for seed in range(4):
        incident, body, one = await too_early(officer)
        await officer.appended(incident, identification())
        path = f"/refused/{one}"
        answers = await asyncio.gather(
            head.post(f"{path}/accept", {}),
            colleague.post(f"{path}/accept", {"corrected": body | {"note": f"更正{seed}"}}),
            officer.post(f"{path}/dismiss", {"reason": "mistaken"}),
            colleague.post(f"{path}/accept", {}),
        )
        told = [code_of(answer) for answer in answers]
        assert {*told} == {(200, None), (409, "refused_settled")}, told
        entries = (await officer.read(f"/incidents/{incident}/entries"))["items"]
        filed = [one for one in entries if one["id"] == body["id"]]
        settled = (await officer.read(path))["settled"]
        assert len(filed) == (settled["outcome"] == "accepted")


async def test_nobody_accepts_what_is_not_theirs(
    officer: Person, other_officer: Person, official: Person, auditor: Person, admin: Person
) -> None:
    incident, _, one = await too_early(officer)
    await officer.appended(incident, identification())
    for person, status in ((other_officer, 404), (official, 403), (auditor, 403), (admin, 403)):
        for act, body in (("accept", {}), ("dismiss", {"reason": "test"})):
            answer = await person.post(f"/refused/{one}/{act}", body)
            assert answer.status_code == status, answer.text
    assert (await other_officer.get(f"/refused/{one}")).status_code == 404
    told = await auditor.read(f"/refused/{one}")
    assert (told["acceptable"], told["problem"], told["badge"]) == (None, None, "150425001")


async def test_who_is_responsible_accepts_what_another_station_sent_and_that_one_does_not(
    officer: Person, other_officer: Person
) -> None:
    """It has gone to another station, and is that one's to say."""
    incident = await officer.opened()
    await officer.appended(
        incident, entry("handover", "2024-07-30T09:00:00+08:00", station="150723")
    )
    late = entry("care", "2024-07-30T10:00:00+08:00", animal=1, feeding="小鱼")
    one = await refused(officer, incident, late)
    answer = await officer.post(f"/refused/{one}/accept", {})
    assert code_of(answer) == (403, "no_longer_responsible")
    assert (await other_officer.post(f"/refused/{one}/accept", {})).status_code == 200
    # Whose words they are may send them again, and put them right.
    assert (await officer.post(f"/incidents/{incident}/entries", late)).status_code == 200


async def test_what_was_taken_in_the_meantime_is_not_accepted(
    officer: Person, head: Person
) -> None:
    incident, body, one = await too_early(officer)
    await officer.appended(incident, identification())
    await officer.appended(incident, body)
    told = await head.read(f"/refused/{one}")
    assert (told["acceptable"], told["problem"]["code"]) == (False, "refused_settled")
    assert code_of(await head.post(f"/refused/{one}/accept", {})) == (409, "refused_settled")
    other = body | {"method": "soft"}
    two = await refused(officer, incident, other)
    told = await head.read(f"/refused/{two}")
    assert (told["problem"]["code"], told["problem"]["differing"]) == ("id_conflict", ["method"])


async def test_a_list_is_narrowed_and_what_names_nothing_is_refused_by_name(
    officer: Person, other_officer: Person, head: Person, auditor: Person
) -> None:
    incident, _, one = await too_early(officer)
    await refused(other_officer, str(uuid4()), entry("note", note="x"))
    for asked, found in (
        ({"station": "150425"}, 1),
        ({"station": "150723"}, 1),
        ({"badge": "150425001"}, 1),
        ({"code": "impossible_step"}, 1),
        ({"code": "unknown_animal"}, 0),
        ({"incident": incident}, 1),
        ({"incident": str(uuid4())}, 0),
        ({"from": "2024-01-01"}, 2),
        ({"to": "2024-01-01"}, 0),
        ({"dismissed": True}, 0),
        ({}, 2),
    ):
        assert len(await kept(auditor, **asked)) == found, asked
    assert [row["refused_id"] for row in await kept(head, badge="150425001")] == [one]
    for name, given in (("station", "999999"), ("badge", "150723001"), ("code", "nonsense")):
        answer = await head.get("/refused", params={name: given})
        assert code_of(answer) == (400, "invalid_parameter")
        assert answer.json()["errors"][0]["field"] == name


async def test_who_looks_at_one_is_on_record_with_its_incident(
    officer: Person, head: Person, auditor: Person
) -> None:
    incident, _, one = await too_early(officer)
    await head.read(f"/refused/{one}")
    read = (await auditor.read("/accesses", params={"incident": incident}))["items"]
    assert ("15042500000", "refused") in {(row["badge"], row["reading"]) for row in read}


async def test_nobody_is_told_by_a_fault_whom_a_body_names(officer: Person, head: Person) -> None:
    said = rescue(informant={"name": "王建国", "phone": 13912345678})
    await synced(officer, opening(said))
    [row] = await kept(head)
    told = await head.get(f"/refused/{row['refused_id']}")
    assert told.json()["problem"]["errors"][0]["field"] == "informant.phone"
    assert "13912345678" not in told.text
    assert "王建国" not in told.text
    answer = await head.post(f"/refused/{row['refused_id']}/accept", {})
    assert answer.status_code == 422
    assert "13912345678" not in answer.text
