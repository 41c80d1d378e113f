"""Opening, following and closing incidents: the rules of the timeline, through HTTP."""

import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.timeline.entry import ALWAYS


async def problem(person: Person, incident_id: str, body: dict[str, Any], code: str) -> Any:
    """The problem that this entry must be answered with."""
    answer = await person.post(f"/incidents/{incident_id}/entries", body)
    assert answer.json().get("code") == code, answer.text
    return answer.json()


# ------------------------------------------------------------------ once, however often it is sent


async def test_an_opening_sent_again_answers_as_the_first_time_whatever_came_after(
    officer: Person,
) -> None:
    body = rescue()
    first = await officer.post("/incidents", body)
    assert first.status_code == 201
    assert first.headers["location"] == f"/api/v1/incidents/{body['id']}"
    await officer.appended(body["id"], identification())
    again = await officer.post("/incidents", body)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert again.headers["etag"] == first.headers["etag"]


async def test_fifty_replays_at_once_open_one_incident_and_get_one_answer(
    officer: Person,
) -> None:
    body = rescue()
    answers = await asyncio.gather(*(officer.post("/incidents", body) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert len((await officer.read("/incidents"))["items"]) == 1
    following = await officer.post("/incidents", rescue())
    assert following.json()["case_number"].endswith("-002")


async def test_case_numbers_have_no_gaps_when_many_open_at_once(officer: Person) -> None:
    bodies = [rescue() for _ in range(30)] + [rescue(source="nobody") for _ in range(10)]
    answers = await asyncio.gather(
        *(officer.post("/incidents", body) for body in bodies for _ in range(2))
    )
    numbers = {a.json()["case_number"] for a in answers if a.status_code in (200, 201)}
    day = datetime.fromisoformat(answers[0].json()["received_at"]).strftime("%Y%m%d")
    assert numbers == {f"150425-{day}-{serial:03}" for serial in range(1, 31)}


async def test_the_same_id_with_other_content_is_refused_by_name_and_kept(
    officer: Person,
) -> None:
    body = rescue()
    await officer.opened(body)
    other = rescue(id=body["id"], summary="别的事", informant={"name": "李四"})
    other["animals"][0]["count"] = 3
    answer = await officer.post("/incidents", other)
    assert answer.status_code == 409
    assert answer.json()["code"] == "id_conflict"
    assert answer.json()["differing"] == ["animals[0].count", "summary", "informant"]
    [kept] = (await officer.read(f"/incidents/{body['id']}/refused"))["items"]
    assert kept["body"]["summary"] == "别的事"
    assert kept["body"]["informant"] == {"name": "李四"}
    assert kept["differing"] == answer.json()["differing"]
    assert (await officer.read(f"/incidents/{body['id']}"))["summary"] == body["summary"]


async def test_two_writings_of_one_moment_are_the_same_content(officer: Person) -> None:
    body = rescue()
    await officer.opened(body)
    answer = await officer.post("/incidents", body | {"found_at": "2024-07-29T07:20:00Z"})
    assert answer.status_code == 200


async def test_an_id_of_another_stations_incident_tells_nothing_of_it(
    officer: Person, other_officer: Person
) -> None:
    body = rescue()
    await officer.opened(body)
    for sent in (body, rescue(id=body["id"], summary="别的事")):
        answer = await other_officer.post("/incidents", sent)
        assert answer.status_code == 409
        assert "differing" not in answer.json()


async def test_an_entry_sent_again_answers_the_same_and_other_content_is_refused(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    body = entry("care", animal=1, feeding="小鱼")
    first = await officer.appended(incident_id, body)
    again = await officer.post(f"/incidents/{incident_id}/entries", body)
    assert (again.status_code, again.json()) == (200, first)
    refused = await problem(officer, incident_id, body | {"feeding": "虾"}, "id_conflict")
    assert refused["differing"] == ["feeding"]
    [kept] = (await officer.read(f"/incidents/{incident_id}/refused"))["items"]
    assert kept["body"]["feeding"] == "虾"
    assert (await officer.read(f"/incidents/{incident_id}"))["entries"] == 2


async def test_many_appending_at_once_all_find_their_place_in_the_chain(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    bodies = [entry("note", note=f"第 {n} 条") for n in range(20)]
    await asyncio.gather(*(officer.appended(incident_id, body) for body in bodies))
    timeline = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    chain = sorted(timeline, key=lambda e: e["seq"])
    assert [e["seq"] for e in chain] == list(range(1, 22))
    for before, after in itertools.pairwise(chain):
        assert after["previous"] == before["digest"]


# ------------------------------------------------------------------ what is possible


async def test_an_animal_is_released_only_once_and_only_when_it_has_a_species(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    refused = await problem(officer, incident_id, release(), "impossible_step")
    assert "identification" in refused["possible"]
    assert "release" not in refused["possible"]
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, release())
    refused = await problem(officer, incident_id, release(), "impossible_step")
    assert "released" in refused["detail"]
    assert "void" in refused["possible"]
    assert (await officer.read(f"/incidents/{incident_id}"))["entries"] == 3


async def test_an_alien_species_is_never_released(officer: Person) -> None:
    incident_id = await officer.opened()
    [slider] = (await officer.read("/species", params={"q": "红耳龟", "limit": 1}))["items"]
    assert slider["alien"] is True
    await officer.appended(incident_id, identification(slider["species_id"]))
    refused = await problem(officer, incident_id, release(), "impossible_step")
    assert "alien" in refused["detail"]
    assert "transfer" in refused["possible"]


async def test_several_alike_may_have_different_outcomes(officer: Person) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "野鸭", "count": 5}]))
    await officer.appended(incident_id, identification("anas_platyrhynchos"))
    await officer.appended(incident_id, release(count=3))
    await officer.appended(
        incident_id, entry("death", "2024-08-05T08:00:00+08:00", animal=1, count=1)
    )
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert (animal["remaining"], animal["outcome"]) == (1, "in_care")
    refused = await problem(
        officer,
        incident_id,
        entry("escape", "2024-08-06T08:00:00+08:00", animal=1, count=2),
        "impossible_step",
    )
    assert "1 still in care" in refused["detail"]
    await officer.appended(
        incident_id,
        entry("transfer", "2024-08-06T08:00:00+08:00", animal=1, recipient="赤峰救护中心"),
    )
    incident = await officer.read(f"/incidents/{incident_id}")
    ends = [(one["outcome"], one["count"]) for one in incident["animals"][0]["outcomes"]]
    assert ends == [("released", 3), ("died_in_care", 1), ("transferred", 1)]
    assert [(s["outcome"], s["count"]) for s in incident["animals"][0]["settled"]] == [
        ("released", 3),
        ("died_in_care", 1),
        ("transferred", 1),
    ]
    assert incident["state"] == "resolved"


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"type": "death", "circumstance": "dead_on_arrival"}, "dead_on_arrival"),
        ({"type": "death", "circumstance": "euthanized"}, "euthanized"),
        ({"type": "escape"}, "escaped"),
        ({"type": "no_rescue_needed"}, "no_rescue_needed"),
        ({"type": "transfer", "recipient": "赤峰救护中心"}, "transferred"),
        (
            {"type": "transfer", "recipient": "市场监管局", "recipient_kind": "agency"},
            "returned_to_agency",
        ),
    ],
)
async def test_every_way_in_which_care_ends_is_an_outcome(
    officer: Person, fields: dict[str, Any], outcome: str
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry(fields["type"], animal=1) | fields)
    assert (await officer.read(f"/incidents/{incident_id}"))["animals"][0]["outcome"] == outcome


async def test_a_false_report_is_not_cleared(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road_hazard())
    await other_officer.appended(incident_id, entry("false_report", note="路上没有落石"))
    refused = await problem(
        other_officer,
        incident_id,
        entry("clearing", "2024-08-04T12:00:00+08:00", method="by_hand"),
        "impossible_step",
    )
    still = ["notified", "road_update", "reopened", "handed_over", "false_report"]
    assert refused["possible"] == [*still, *ALWAYS]
    incident = await other_officer.read(f"/incidents/{incident_id}")
    assert incident["hazard"]["state"] == "false_report"
    assert incident["missing"] == []


async def test_a_warning_sign_put_up_while_clearing_takes_nothing_back(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road_hazard())
    at = "2024-08-04T{}:00:00+08:00"
    for hour, body in (
        ("10", {"type": "clearing", "method": "machine", "machines": 1}),
        ("11", {"type": "secured", "measures": ["warning_sign", "cordon"]}),
        ("12", {"type": "secured", "measures": ["cordon", "detour"]}),
    ):
        await other_officer.appended(incident_id, entry("note", at.format(hour)) | body)
    hazard = (await other_officer.read(f"/incidents/{incident_id}"))["hazard"]
    assert hazard["state"] == "clearing"
    assert hazard["measures"] == ["warning_sign", "cordon", "detour"]
    assert hazard["passability"] == "blocked"


async def test_an_entry_of_the_other_kind_is_impossible(
    officer: Person, other_officer: Person
) -> None:
    rescue_id, hazard_id = await officer.opened(), await other_officer.opened(road_hazard())
    await problem(officer, rescue_id, entry("cleared"), "impossible_step")
    await problem(
        other_officer, hazard_id, entry("care", animal=1, feeding="小鱼"), "impossible_step"
    )


# ------------------------------------------------------------------ late, corrected, handed over


async def test_entries_count_in_the_order_in_which_they_happened(officer: Person) -> None:
    incident_id = await officer.opened()
    later = entry("assessment", "2024-08-03T09:00:00+08:00", animal=1, condition="good")
    earlier = entry("assessment", "2024-07-29T17:00:00+08:00", animal=1, condition="weak")
    await officer.appended(incident_id, later)
    await officer.appended(incident_id, earlier)
    assert (await officer.read(f"/incidents/{incident_id}"))["animals"][0]["condition"] == "good"


async def test_a_late_report_from_before_the_release_is_taken_after_it(officer: Person) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, release())
    late = entry("assessment", "2024-08-01T09:00:00+08:00", animal=1, weight_g=1850)
    await officer.appended(incident_id, late)
    after = entry("assessment", "2024-08-05T09:00:00+08:00", animal=1, weight_g=1850)
    await problem(officer, incident_id, after, "impossible_step")


async def test_an_amendment_corrects_and_leaves_what_was_said(officer: Person) -> None:
    incident_id = await officer.opened()
    body = entry("assessment", animal=1, condition="weak", weight_g=185)
    await officer.appended(incident_id, body)
    amendment = entry(
        "amendment",
        "2024-07-31T08:00:00+08:00",
        entry_id=body["id"],
        changes={"weight_g": 1850, "condition": None},
        reason="少写一个零",
    )
    await officer.appended(incident_id, amendment)
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert (animal["weight_g"], animal["condition"]) == (1850, "unknown")
    shown = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    [amended] = [e for e in shown if e["id"] == body["id"]]
    assert amended["body"]["weight_g"] == 185
    assert amended["amended_by"] == [amendment["id"]]


async def test_the_opening_can_be_amended_too(officer: Person) -> None:
    incident_id = await officer.opened()
    changes = {"found_at": "2024-07-28T15:20:00+08:00", "place": {"description": "四道沟"}}
    await officer.appended(incident_id, entry("amendment", entry_id=incident_id, changes=changes))
    incident = await officer.read(f"/incidents/{incident_id}")
    assert incident["found_at"] == "2024-07-28T15:20:00+08:00"
    assert incident["place"]["description"] == "四道沟"
    assert incident["place"]["region_code"] == "150425"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"weight_g": "heavy"}, "wrong_type"),
        ({"wieght_g": 3}, "unknown_field"),
        ({"animal": 7}, "unknown_animal"),
        ({"id": "01910000-0000-7000-8000-00000000dead"}, "invalid_value"),
        ({"type": "note"}, "invalid_value"),
    ],
)
async def test_an_amendment_that_makes_no_sense_is_refused(
    officer: Person, changes: dict[str, Any], code: str
) -> None:
    incident_id = await officer.opened()
    body = entry("assessment", animal=1, weight_g=185)
    await officer.appended(incident_id, body)
    await problem(
        officer, incident_id, entry("amendment", entry_id=body["id"], changes=changes), code
    )


async def test_a_void_takes_an_entry_out_and_keeps_it_on_the_timeline(officer: Person) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    mistaken = release()
    await officer.appended(incident_id, mistaken)
    void = entry("void", "2024-08-04T12:00:00+08:00", entry_id=mistaken["id"], reason="记错编号")
    await officer.appended(incident_id, void)
    incident = await officer.read(f"/incidents/{incident_id}")
    assert incident["animals"][0]["outcome"] == "in_care"
    assert (await officer.read("/releases"))["items"] == []
    shown = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    assert [e["voided_by"] for e in shown if e["id"] == mistaken["id"]] == [void["id"]]
    await officer.appended(incident_id, release("2024-08-06T10:00:00+08:00"))


async def test_what_a_later_entry_rests_on_cannot_be_voided_under_it(officer: Person) -> None:
    incident_id = await officer.opened()
    named = identification()
    await officer.appended(incident_id, named)
    released = release()
    await officer.appended(incident_id, released)
    refused = await problem(
        officer,
        incident_id,
        entry("void", "2024-08-05T12:00:00+08:00", entry_id=named["id"]),
        "impossible_step",
    )
    assert released["id"] in refused["detail"]


async def test_a_second_identification_replaces_the_first(officer: Person) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification("phalacrocorax_capillatus"))
    await officer.appended(
        incident_id, identification() | {"happened_at": "2024-07-31T10:00:00+08:00"}
    )
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert animal["species"]["chinese_name"] == "普通鸬鹚"


async def test_the_protection_is_that_of_the_day_the_animal_was_found(officer: Person) -> None:
    """狼 was 三有 until 2021-01-31 and is national class II since."""
    for found_at, protection, list_ in (
        ("2021-01-31T23:59:00+08:00", "sanyou", "SANYOU-2000-7"),
        ("2021-01-31T16:00:00Z", "national_2", "NKPWA-2021-3"),
    ):
        incident_id = await officer.opened(rescue(found_at=found_at))
        await officer.appended(incident_id, identification("canis_lupus"))
        [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
        assert animal["species"]["protection"]["protection"] == protection
        assert animal["species"]["protection"]["list"] == list_


async def test_a_protection_that_the_register_does_not_know_is_missing(officer: Person) -> None:
    incident_id = await officer.opened(rescue(found_at="1985-05-01T08:00:00+08:00"))
    await officer.appended(incident_id, identification("canis_lupus"))
    incident = await officer.read(f"/incidents/{incident_id}")
    assert incident["animals"][0]["species"]["protection"] is None
    assert {"code": "protection", "animal": 1, "due_at": None, "entry_id": None} in incident[
        "missing"
    ]


async def test_what_was_frozen_at_the_identification_outlives_a_change_of_the_register(
    officer: Person, database: Database
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    async with database.writing() as connection:
        await connection.execute(
            "update species_protection set protection = 'national_1', list = 'NKPWA-2021-3'"
        )
    await officer.appended(incident_id, entry("note", note="名录有变"))
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert animal["species"]["protection"]["protection"] == "sanyou"


async def test_responsibility_is_handed_over_to_another_station_and_officer(
    officer: Person, other_officer: Person
) -> None:
    incident_id = await officer.opened()
    assert (await other_officer.get(f"/incidents/{incident_id}")).status_code == 404
    await officer.appended(incident_id, entry("handover", station="150723", badge="150723001"))
    incident = await other_officer.read(f"/incidents/{incident_id}")
    assert incident["responsible"]["station"]["code"] == "150723"
    assert incident["responsible"]["officer"]["badge"] == "150723001"
    assert incident["station"]["code"] == "150425"
    await other_officer.appended(incident_id, entry("note", note="已接手"))
    # A report of the first station may still be on its way.
    await officer.appended(incident_id, entry("note", note="交接前的记录"))


async def test_an_incident_is_closed_when_it_is_settled_and_reopened_by_voiding_that(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    early = entry("closing", "2024-08-05T08:00:00+08:00")
    refused = await problem(officer, incident_id, early, "impossible_step")
    assert "transfer" in refused["possible"]
    assert "release" not in refused["possible"]  # of what nobody has identified
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, release())
    closing = entry("closing", "2024-08-05T08:00:00+08:00")
    await officer.appended(incident_id, closing)
    assert (await officer.read(f"/incidents/{incident_id}"))["state"] == "closed"
    after = identification() | {"happened_at": "2024-08-06T08:00:00+08:00"}
    await problem(officer, incident_id, after, "impossible_step")
    await officer.appended(
        incident_id, entry("note", "2024-08-06T09:00:00+08:00", note="回访：未再见到")
    )
    void = entry("void", "2024-08-06T10:00:00+08:00", entry_id=closing["id"])
    await officer.appended(incident_id, void)
    await officer.appended(incident_id, after | {"id": str(uuid4())})


async def test_a_duplicate_is_closed_at_once_and_owes_nothing(officer: Person) -> None:
    first, second = await officer.opened(), await officer.opened()
    await officer.appended(second, entry("closing", reason="duplicate", duplicate_of=first))
    incident = await officer.read(f"/incidents/{second}")
    assert incident["closing"]["duplicate_of"] == first
    assert incident["missing"] == []


# ------------------------------------------------------------------ what is owed, and when


async def test_a_report_with_gaps_is_taken_and_says_what_it_owes(officer: Person) -> None:
    body = rescue(place={"description": "路边"}, informant=None, animals=[{}])
    del body["informant"]
    incident_id = await officer.opened(body)
    incident = await officer.read(f"/incidents/{incident_id}")
    assert {(m["code"], m["animal"]) for m in incident["missing"]} == {
        ("region_code", None),
        ("point", None),
        ("informant", None),
        ("photo", None),
        ("assessment", 1),
        ("identification", 1),
        ("outcome", 1),
    }
    assert [m["code"] for m in incident["overdue"]] == [
        "assessment",
        "identification",
        "outcome",
    ]
    due = {m["code"]: m["due_at"] for m in incident["missing"]}
    assert due["identification"] == "2024-08-01T15:20:00+08:00"
    assert due["photo"] is None
    await officer.appended(incident_id, identification())
    after = await officer.read(f"/incidents/{incident_id}")
    assert "identification" not in {m["code"] for m in after["missing"]}


async def test_a_fresh_report_is_not_overdue(officer: Person) -> None:
    now = (datetime.now().astimezone() - timedelta(minutes=5)).isoformat()
    fresh = await officer.opened(rescue(found_at=now))
    stale = await officer.opened()
    assert (await officer.read(f"/incidents/{fresh}"))["overdue"] == []
    late = await officer.read("/incidents", params={"overdue": "true"})
    in_time = await officer.read("/incidents", params={"overdue": "false"})
    assert [i["id"] for i in late["items"]] == [stale]
    assert [i["id"] for i in in_time["items"]] == [fresh]


async def test_a_release_and_a_transfer_owe_what_policy_says(officer: Person) -> None:
    incident_id = await officer.opened(rescue(animals=[{}, {}]))
    await officer.appended(incident_id, identification())
    await officer.appended(
        incident_id, release(site={"description": "响水水库"}, officers=["150425001"])
    )
    await officer.appended(incident_id, entry("transfer", animal=2, recipient="赤峰救护中心"))
    missing = (await officer.read(f"/incidents/{incident_id}"))["missing"]
    assert {("release_site", 1), ("second_officer", 1), ("transfer_receipt", 2)} <= {
        (m["code"], m["animal"]) for m in missing
    }


async def test_a_hazard_owes_the_notice_to_the_unit_that_maintains_the_road(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road_hazard())
    incident = await other_officer.read(f"/incidents/{incident_id}")
    due = {m["code"]: m["due_at"] for m in incident["missing"]}
    assert due["notification"] == "2024-08-04T11:10:00+08:00"
    assert set(due) == {"photo", "safety_measure", "notification", "traffic_police", "clearance"}


# ------------------------------------------------------------------ time as it was said


async def test_times_keep_their_instant_and_are_shown_in_the_services_zone(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(found_at="2024-07-29T10:20:00+03:00"))
    assert (await officer.read(f"/incidents/{incident_id}"))["found_at"] == (
        "2024-07-29T15:20:00+08:00"
    )
    [opening] = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    assert opening["happened_at"] == "2024-07-29T15:20:00+08:00"
    assert opening["body"]["found_at"] == "2024-07-29T10:20:00+03:00"


async def test_a_phone_whose_clock_is_ahead_is_shown_not_hidden(officer: Person) -> None:
    incident_id = await officer.opened()
    ahead = (datetime.now().astimezone() + timedelta(hours=3)).isoformat()
    taken = await officer.appended(incident_id, entry("note", note="x") | {"recorded_at": ahead})
    assert 3 * 3600 - 60 < taken["clock_ahead_s"] <= 3 * 3600
    on_time = await officer.appended(incident_id, entry("note", note="y"))
    assert "clock_ahead_s" not in on_time


# ------------------------------------------------------------------ nobody decides on an old state


async def test_an_etag_names_the_state_and_guards_it(officer: Person) -> None:
    incident_id = await officer.opened()
    path = f"/incidents/{incident_id}"
    first = await officer.get(path)
    tag = first.headers["etag"]
    assert (await officer.get(path, headers={"If-None-Match": tag})).status_code == 304
    body = entry("note", note="x")
    taken = await officer.post(f"{path}/entries", body, headers={"If-Match": tag})
    assert taken.status_code == 201
    assert (await officer.get(path, headers={"If-None-Match": tag})).status_code == 200
    late = await officer.post(f"{path}/entries", entry("note", note="y"), headers={"If-Match": tag})
    assert late.status_code == 412
    assert late.json()["code"] == "precondition_failed"
    again = await officer.post(f"{path}/entries", body, headers={"If-Match": tag})
    assert again.status_code == 200, "a replay is answered whatever has come since"


async def test_a_long_timeline_is_read_in_pages(officer: Person) -> None:
    incident_id = await officer.opened()
    for n in range(7):
        await officer.appended(
            incident_id, entry("note", f"2024-08-{9 - n:02}T08:00:00+08:00", note=f"{n}")
        )
    whole = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    pages: list[Any] = []
    cursor: str | None = None
    while True:
        parameters = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = await officer.read(f"/incidents/{incident_id}/entries", params=parameters)
        pages += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == whole
    assert [e["body"].get("note") for e in whole[1:]] == ["6", "5", "4", "3", "2", "1", "0"]
