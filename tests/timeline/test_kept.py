"""What can't stand on the timeline yet, or not any more, is kept for a person to look at."""

from collections.abc import Awaitable
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from PIL import Image

from tests.commandline import Wildlife
from tests.pictures import encoded
from tests.users import Person, entry, identification, release, rescue
from wildlife.timeline import appending, growing

TEN, ELEVEN, NOON, ONE = (f"2024-07-30T{hour}:00:00+08:00" for hour in range(10, 14))


async def kept(person: Person, incident: str) -> list[tuple[str, str]]:
    """The ids and the codes of what is kept."""
    items = (await person.read(f"/incidents/{incident}/refused"))["items"]
    return [(one["entry_id"], one["code"]) for one in items]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (release(), "impossible_step"),  # nobody has said what it is
        (
            entry("care", animal=2, feeding="小鱼"),
            "unknown_animal",
        ),  # the addition has not come yet
        (entry("void", entry_id="00000000-0000-4000-8000-000000000007"), "unknown_entry"),
        (
            entry("marking", animal=2, marks=[{"kind": "ring", "number": "A1"}]),
            "unknown_animal",
        ),
        (
            entry(
                "closing",
                reason="duplicate",
                duplicate_of="00000000-0000-4000-8000-000000000007",
            ),
            "unknown_incident",
        ),
    ],
)
async def test_what_can_not_be_yet_is_kept_once(
    officer: Person, body: dict[str, Any], code: str
) -> None:
    incident = await officer.opened()
    for _ in range(2):
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.json()["code"] == code, answer.text
    assert await kept(officer, incident) == [(body["id"], code)]
    [one] = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert one["body"]["type"] == body["type"]


async def test_what_could_not_be_yet_is_kept_no_longer_when_it_has_been_taken(
    officer: Person,
) -> None:
    incident = await officer.opened()
    said = release()
    path = f"/incidents/{incident}/entries"
    assert (await officer.post(path, said)).status_code == 409
    await officer.appended(incident, identification())
    assert len(await kept(officer, incident)) == 1
    await officer.appended(incident, said)
    assert await kept(officer, incident) == []


async def test_two_late_reports_that_wait_for_each_other_are_kept_with_what_they_say(
    officer: Person,
) -> None:
    """That it got away twice may be one thing that two have filed: a person looks at it."""
    incident = await officer.opened()
    await officer.appended(incident, entry("escape", ONE, animal=1))
    late = [entry("escape", TEN, animal=1), entry("return", ELEVEN, animal=1)]
    for one in late:
        answer = await officer.post(f"/incidents/{incident}/entries", one)
        assert answer.json()["code"] == "impossible_step"
    assert {one["id"] for one in late} == {id_ for id_, _ in await kept(officer, incident)}


async def test_what_is_wrong_with_a_body_and_will_never_be_right_is_not_kept(
    officer: Person,
) -> None:
    incident = await officer.opened()
    for body in (
        entry("note", note=" "),
        entry("note", note="\u200b"),
        entry("note", "2099-01-01T00:00:00+08:00", note="x"),
        identification(identified_by="\u3000"),
    ):
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.status_code == 422, answer.text
    blank = rescue(place={"description": "\u200b", "region_code": "150425"})
    answer = await officer.post("/incidents", blank)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "place.description")
    assert await kept(officer, incident) == []


async def test_nobody_hands_over_to_a_station_where_nobody_could_go_on(
    officer: Person, wildlife: Wildlife
) -> None:
    incident = await officer.opened()
    await wildlife("station", "add", "150430", "敖汉旗局", "--kind", "police_branch")
    for code in ("150430", "1504"):
        answer = await officer.post(
            f"/incidents/{incident}/entries", entry("handover", station=code)
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "station_without_officers")


async def test_a_refusal_names_what_it_would_undo_by_its_type_and_its_time(officer: Person) -> None:
    incident = await officer.opened()
    said = await officer.appended(incident, identification())
    await officer.appended(incident, release())
    answer = await officer.post(
        f"/incidents/{incident}/entries",
        entry("void", entry_id=said["id"]),
        headers={"Accept-Language": "zh"},
    )
    assert answer.status_code == 409
    assert "2024-08-04 10:30 的“放归”记录" in answer.json()["detail"], answer.text


async def test_who_is_told_that_the_record_has_changed_is_told_its_etag(officer: Person) -> None:
    incident = await officer.opened()
    old = (await officer.get(f"/incidents/{incident}")).headers["etag"]
    await officer.appended(incident, entry("note", note="x"))
    now = (await officer.get(f"/incidents/{incident}")).headers["etag"].partition(".")[0]
    for language in ("en", "zh"):
        headers = {"If-Match": old, "Accept-Language": language}
        answer = await officer.post(
            f"/incidents/{incident}/entries", entry("note", note="y"), headers=headers
        )
        assert answer.status_code == 412
        assert now in answer.json()["detail"]


async def test_who_is_refused_what_is_kept_is_told_so_whatever_it_is_refused_for(
    officer: Person, other_officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, handed = await officer.opened(), await officer.opened()
    note = await officer.appended(incident, entry("note", note="羽毛已干"))
    await officer.appended(incident, identification())
    await officer.appended(handed, entry("handover", station="150723"))
    marking = entry("marking", animal=1, marks=[{"kind": "ring", "number": "A1"}])
    await officer.appended(incident, marking)
    await officer.appended(incident, entry("addition", reported={"reported_as": "小鸟"}))
    unknown = "00000000-0000-4000-8000-000000000007"
    refusals = {
        "id_conflict": (incident, entry("note", id=note["id"], note="羽毛未干")),
        "no_longer_responsible": (handed, entry("care", ELEVEN, animal=1, feeding="小鱼")),
        "impossible_step": (incident, entry("return", animal=1)),
        "mark_in_use": (incident, marking | {"id": str(uuid4()), "animal": 2}),
        "unknown_animal": (incident, entry("care", animal=9, feeding="小鱼")),
        "unknown_entry": (incident, entry("void", entry_id=unknown)),
        "unknown_incident": (
            incident,
            entry("closing", reason="duplicate", duplicate_of=unknown),
        ),
        "not_found": (unknown, entry("note", note="x")),
        "timeline_full": (incident, entry("note", note="x")),
    }
    # Who was erased is told in tests/informants/test_erased.py, whose custody it was in
    # tests/rescues/test_custody.py.
    elsewhere = {"not_responsible", "informant_erased", "not_in_custody"}
    assert {*refusals} | elsewhere == appending.KEPT
    for code, (to, body) in refusals.items():
        if code == "timeline_full":
            monkeypatch.setattr(growing, "MOST_ENTRIES", 2)
        for language, sentence in (
            ("en", "It is kept: GET /api/v1/refused."),
            ("zh", "内容已留存，可在“未被接受而留存的内容”（GET /api/v1/refused）中查看。"),
        ):
            answer = await officer.post(
                f"/incidents/{to}/entries", body, headers={"Accept-Language": language}
            )
            told = answer.json()
            assert told["code"] == code, answer.text
            assert told["detail"].endswith(sentence), answer.text
            assert "保留" not in told["detail"]
            assert told["detail"].count("kept") == (language == "en")


async def test_who_is_refused_what_is_not_kept_is_told_of_nothing_kept(officer: Person) -> None:
    incident = await officer.opened()
    answer = await officer.post(f"/incidents/{incident}/entries", entry("note", note=" "))
    assert answer.status_code == 422
    assert "refused" not in answer.json()["detail"]


async def test_who_sends_to_an_incident_that_is_not_there_is_told_to_open_it_first(
    officer: Person, other_officer: Person
) -> None:
    """A stranger is told the same of one that there is."""
    there, nowhere, note = await officer.opened(), str(uuid4()), entry("note", note="x")
    told = []
    for incident in (there, nowhere):
        for send in (
            other_officer.post(f"/incidents/{incident}/entries", note),
            other_officer.put_photo(incident, b"x"),
        ):
            answer = await send
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            told.append(answer.json()["detail"])
    assert told[:2] == told[2:]
    assert all("open it first (POST /api/v1/incidents)" in one for one in told)
    assert ["kept" in one for one in told[:2]] == [True, False]


async def test_who_sends_other_content_under_an_id_is_told_what_differs_and_what_to_do(
    officer: Person, other_officer: Person
) -> None:
    async def told(sending: Awaitable[Response]) -> str:
        answer = await sending
        assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
        said = str(answer.json()["detail"])
        return said.partition("已登记了不同的内容。")[2].partition("内容已留存")[0]

    chinese = {"Accept-Language": "zh"}
    opening, care = rescue(), entry("care", animal=1, feeding="小鱼", note="能站立")
    incident = await officer.opened(opening)
    path = f"/incidents/{incident}/entries"
    await officer.appended(incident, care)
    other = care | {"feeding": "虾"}
    assert await told(officer.post(path, other, headers=chinese)) == (
        "不一致的字段：饲喂情况（`feeding`）。如为更正，请登记更正。如为另一条记录，请换用新编号。"
    )
    other = entry("note", id=care["id"], note="能站立")
    assert "请登记更正" not in await told(officer.post(path, other, headers=chinese))
    amendment = entry("amendment", entry_id=care["id"], changes={"feeding": "虾"})
    await officer.appended(incident, amendment)
    other = amendment | {"reason": "看错"}
    assert await told(officer.post(path, other, headers=chinese)) == (
        "不一致的字段：原因（`reason`）。如为另一条记录，请换用新编号。"
    )
    other = opening | {"summary": "又一只", "informant": {"name": "李四"}}
    assert await told(officer.post("/incidents", other, headers=chinese)) == (
        "不一致的字段：简要情况（`summary`）、报告人（`informant`）。如为更正，请登记更正。"
        "如需更正报告人，请登记类型为 `informant` 的记录。如为另一起报告，请换用新编号。"
    )
    assert await told(other_officer.post("/incidents", other, headers=chinese)) == (
        "如为另一起报告，请换用新编号。"
    )
    photo, [one, two] = uuid4(), [encoded(Image.new("RGB", (9, 9), c)) for c in ("red", "blue")]
    assert (await officer.put_photo(incident, one, photo, caption="x")).status_code == 201
    for content, caption, is_corrected in ((two, "x", False), (one, "y", True)):
        answer = officer.request(
            "PUT",
            f"/incidents/{incident}/photos/{photo}",
            content=content,
            params={"caption": caption},
            headers=chinese | {"Content-Type": "image/jpeg"},
        )
        said = await told(answer)
        assert said.endswith("如为另一张照片，请换用新编号。")
        assert ("请登记更正" in said) == is_corrected
