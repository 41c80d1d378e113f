"""Through HTTP: a road is blocked, reopened in steps, and blocked again."""

from typing import Any

import pytest

from tests.hazards.roads import at, listed, owed, road, told
from tests.users import Person, entry
from wildlife.hazards.hazard import Hazard, RoadHazardState

NO_LONGER_THERE = ["secured_at", "clearing_at", "cleared_at", "reopened_at", "handed_over_to"]


async def test_a_road_is_reopened_in_steps(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road())
    for hour, passes in ((10, "makeshift"), (12, "partly"), (15, "open")):
        hazard = await told(
            other_officer, incident_id, entry("reopened", at(hour), passability=passes)
        )
        assert (hazard["state"], hazard["passability"]) == ("reopened", passes)
        assert hazard["reopened_at"] == at(hour)
        assert await listed(other_officer, passability=passes) == [incident_id]
        assert ("full_reopening" in await owed(other_officer, incident_id)) == (passes != "open")
    assert (hazard["blocked_from"], hazard["blocked_until"]) == (at(9, 10), at(10))


async def test_a_road_that_is_half_open_is_cleared_on_and_stays_reopened(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    hazard = await told(
        other_officer,
        incident_id,
        entry("clearing", at(10), method="by_hand"),
        entry("reopened", at(11), passability="partly"),
        entry("clearing", at(12), method="machine", machines=1),
        entry("cleared", at(13)),
    )
    assert (hazard["state"], hazard["passability"]) == ("reopened", "partly")
    assert (hazard["clearing_method"], hazard["cleared_at"]) == ("machine", at(13))


async def test_rock_falls_again_on_a_reopened_road_and_all_is_owed_anew(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    await told(
        other_officer,
        incident_id,
        entry("secured", at(9, 20), measures=["warning_sign"]),
        entry("notified", at(9, 30), unit="养护队", unit_kind="road_authority"),
        entry("notified", at(9, 31), unit="交管大队", unit_kind="traffic_police"),
        entry("clearing", at(10), method="by_hand", people=4, machines=1, unit="养护队"),
        entry("cleared", at(11)),
        entry("reopened", at(11, 10)),
    )
    assert set(await owed(other_officer, incident_id)) == {"photo", "photo_after"}

    again = entry("road_update", at(14), passability="blocked", types=["mudslide"])
    hazard = await told(other_officer, incident_id, again)
    assert (hazard["state"], hazard["passability"]) == ("discovered", "blocked")
    assert (hazard["recurrences"], hazard["since"]) == (1, at(14))
    assert (hazard["blocked_from"], hazard["blocked_until"]) == (at(14), None)
    assert hazard["types"] == ["rockfall", "mudslide"]
    found = await told(other_officer, await other_officer.opened(road() | {"found_at": at(14)}))
    own = {*RoadHazardState.__struct_fields__} - {*Hazard.__struct_fields__}
    assert {*NO_LONGER_THERE} < own
    assert [hazard[name] for name in own] == [found[name] for name in own], "as newly found"
    assert (await other_officer.read(f"/incidents/{incident_id}"))["state"] == "open"
    assert await owed(other_officer, incident_id) == {
        "photo": None,
        "safety_measure": at(16),
        "notification": at(16),
        "traffic_police": at(16),
        "clearance": "2024-08-06T14:00:00+08:00",
    }

    hazard = await told(
        other_officer, incident_id, entry("cleared", at(17)), entry("reopened", at(18))
    )
    assert (hazard["state"], hazard["passability"], hazard["recurrences"]) == (
        "reopened",
        "open",
        1,
    )


@pytest.mark.parametrize(
    ("found", "between"),
    [
        ("partly", [entry("road_update", at(10, 5), passability="open")]),
        ("partly", []),
        # Nobody said that anything passed: "cleared" says that nothing blocked it any more.
        ("blocked", []),
        ("blocked", [entry("handed_over", at(9, 40), unit="公路段")]),
    ],
)
async def test_a_cleared_road_that_is_blocked_again_begins_anew(
    other_officer: Person, found: str, between: list[dict[str, Any]]
) -> None:
    incident_id = await other_officer.opened(road(passability=found))
    await told(
        other_officer,
        incident_id,
        entry("secured", at(9, 30), measures=["cordon"]),
        entry("cleared", at(10)),
        *(entry("note") | one for one in between),
    )
    again = "2024-08-06T10:00:00+08:00"
    update = entry("road_update", again, passability="blocked", types=["landslide"])
    hazard = await told(other_officer, incident_id, update)
    assert (hazard["state"], hazard["passability"]) == ("discovered", "blocked")
    assert (hazard["recurrences"], hazard["since"]) == (1, again)
    assert (hazard["blocked_from"], hazard["blocked_until"]) == (again, None)
    assert hazard["measures"] == []
    assert (await owed(other_officer, incident_id))["safety_measure"] == "2024-08-06T12:00:00+08:00"

    still = entry("road_update", "2024-08-06T11:00:00+08:00", passability="blocked")
    assert await told(other_officer, incident_id, still) == hazard


async def test_a_cleared_road_through_which_more_passes_is_not_blocked_again(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    cleared = entry("cleared", at(10))
    update = entry("road_update", at(11), passability="partly")
    hazard = await told(other_officer, incident_id, cleared, update)
    assert (hazard["state"], hazard["passability"]) == ("cleared", "partly")
    assert hazard["recurrences"] == 0
    # What is cleared on is not cleared yet, and is the same event when it is blocked once more.
    hazard = await told(
        other_officer,
        incident_id,
        entry("clearing", at(12), method="machine"),
        entry("road_update", at(13), passability="blocked"),
    )
    assert (hazard["state"], hazard["cleared_at"]) == ("clearing", None)
    assert hazard["recurrences"] == 0


@pytest.mark.parametrize(
    ("before", "recurrences"),
    [
        (entry("reopened", at(11)), 1),
        (entry("cleared", at(11)), 1),
        # It was not done with: the same rock came to lie in the way of traffic.
        (entry("secured", at(11), measures=["cordon"]), 0),
    ],
)
async def test_a_road_of_which_less_is_reopened_than_passed_before_was_blocked_again(
    other_officer: Person, before: dict[str, Any], recurrences: int
) -> None:
    incident_id = await other_officer.opened(road(passability="open"))
    half = entry("reopened", at(14), passability="partly")
    hazard = await told(other_officer, incident_id, entry("note") | before, half)
    assert (hazard["state"], hazard["passability"]) == ("reopened", "partly")
    assert (hazard["recurrences"], hazard["reopened_at"]) == (recurrences, at(14))
    assert (hazard["since"] == at(14)) == (recurrences > 0)
    assert "full_reopening" in await owed(other_officer, incident_id)


async def test_of_the_same_minute_what_was_recorded_later_counts_and_else_the_worse_news(
    other_officer: Person,
) -> None:
    blocked = entry("road_update", at(10), passability="blocked")
    for recorded, state in ((at(10), "discovered"), (at(9, 59), "reopened")):
        for turn in (1, -1):
            incident_id = await other_officer.opened(road(passability="partly"))
            said = [entry("reopened", at(10)), entry("note") | blocked | {"recorded_at": recorded}]
            hazard = await told(other_officer, incident_id, *said[::turn])
            assert hazard["state"] == state


async def test_a_road_blocked_again_and_handed_over_in_the_same_minute_is_handed_over(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    hazard = await told(
        other_officer,
        incident_id,
        entry("reopened", at(10)),
        entry("handed_over", at(12), unit="公路段"),
        entry("road_update", at(12), passability="blocked"),
    )
    assert (hazard["state"], hazard["passability"]) == ("handed_over", "blocked")
    assert (hazard["handed_over_to"], hazard["recurrences"]) == ("公路段", 1)


async def test_what_is_done_in_the_minute_in_which_a_road_is_blocked_again_is_done_of_that(
    other_officer: Person,
) -> None:
    done = [
        entry("secured", at(14), measures=["cordon"]),
        entry("notified", at(14), unit="养护队"),
        entry("clearing", at(14), method="by_hand", people=4),
        entry("road_update", at(14), extent={"people_stuck": 3}),
        entry("road_update", at(14), passability="blocked"),
    ]
    for turn in range(len(done)):
        incident_id = await other_officer.opened(road())
        await told(
            other_officer,
            incident_id,
            entry("secured", at(10), measures=["warning_sign"]),
            entry("cleared", at(11)),
            entry("reopened", at(11)),
        )
        same = [entry("note") | one for one in done[turn:] + done[:turn]]
        hazard = await told(other_officer, incident_id, *same)
        assert (hazard["state"], hazard["recurrences"]) == ("clearing", 1)
        assert (hazard["measures"], hazard["secured_at"]) == (["cordon"], at(14))
        assert [one["unit"] for one in hazard["notified"]] == ["养护队"]
        assert (hazard["people"], hazard["clearing_at"]) == (4, at(14))
        assert hazard["extent"] == {"people_stuck": 3}


async def test_a_road_that_is_cleared_in_the_minute_in_which_clearing_began_is_cleared(
    other_officer: Person,
) -> None:
    said = [entry("clearing", at(10), method="by_hand", people=4), entry("cleared", at(10))]
    for turn in (1, -1):
        incident_id = await other_officer.opened(road())
        hazard = await told(
            other_officer, incident_id, *(entry("note") | one for one in said[::turn])
        )
        assert (hazard["state"], hazard["people"]) == ("cleared", 4)
        assert (hazard["clearing_at"], hazard["cleared_at"]) == (at(10), at(10))


async def test_a_sign_put_up_in_the_minute_of_a_false_report_is_no_contradiction(
    other_officer: Person,
) -> None:
    said = [entry("secured", at(10), measures=["cordon"]), entry("false_report", at(10))]
    for turn in (1, -1):
        incident_id = await other_officer.opened(road())
        hazard = await told(
            other_officer, incident_id, *(entry("note") | one for one in said[::turn])
        )
        assert (hazard["state"], hazard["measures"]) == ("false_report", ["cordon"])
        assert hazard["found_false_at"] == at(10)
    later = await other_officer.post(
        f"/incidents/{incident_id}/entries", entry("secured", at(11), measures=["cordon"])
    )
    assert later.json()["code"] == "impossible_step"


@pytest.mark.parametrize("found", ["blocked", "partly"])
async def test_water_that_ebbs_by_itself_and_comes_again_has_come_back(
    other_officer: Person, found: str
) -> None:
    incident_id = await other_officer.opened(road(type="standing_water", passability=found))
    ebbed = entry("road_update", at(12), passability="open")
    hazard = await told(
        other_officer, incident_id, entry("secured", at(10), measures=["cordon"]), ebbed
    )
    assert (hazard["state"], hazard["open_from"]) == ("secured", at(12))
    again = entry("road_update", at(15), passability=found)
    hazard = await told(other_officer, incident_id, again)
    assert (hazard["state"], hazard["passability"]) == ("discovered", found)
    assert (hazard["recurrences"], hazard["since"]) == (1, at(15))
    assert (hazard["measures"], hazard["open_from"]) == ([], None)
    answer = await other_officer.post(
        f"/incidents/{incident_id}/entries", entry("false_report", at(16))
    )
    assert "blocked more than once" in answer.json()["detail"]


async def test_a_road_that_was_open_for_no_time_was_closed_all_along(
    other_officer: Person,
) -> None:
    for more in ("open", "partly"):
        incident_id = await other_officer.opened(road(road={"category": "expressway"}))
        hazard = await told(
            other_officer,
            incident_id,
            entry("secured", at(10), measures=["cordon"]),
            entry("road_update", at(11), passability=more),
            entry("road_update", at(11), passability="blocked"),
        )
        assert (hazard["state"], hazard["recurrences"]) == ("secured", 0)
        assert (hazard["blocked_from"], hazard["blocked_until"]) == (at(9, 10), None)
        assert (await owed(other_officer, incident_id))["upward_report"] == at(11, 10)


async def test_nobody_is_stuck_on_a_road_on_which_all_passes(other_officer: Person) -> None:
    stuck = {"extent": {"people_stuck": 9}, "detour": "绕行", "expected_reopening_at": at(18)}
    incident_id = await other_officer.opened(road(passability="open", **stuck))
    for said in ({}, {"passability": "open"}):
        hazard = await told(
            other_officer, incident_id, entry("road_update", at(12), **stuck, **said)
        )
        assert (hazard["extent"], hazard["most_people_stuck"]) == ({}, 9)
        assert (hazard["detour"], hazard["expected_reopening_at"]) == (None, None)


async def test_how_traffic_passes_may_change_at_any_time(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road(passability="partly"))
    for said, state, passes in (
        (entry("road_update", at(10), passability="blocked"), "discovered", "blocked"),
        (entry("clearing", at(11), method="machine"), "clearing", "blocked"),
        (entry("road_update", at(12), passability="limited_hours"), "clearing", "limited_hours"),
        (entry("handed_over", at(13), unit="公路段"), "handed_over", "limited_hours"),
        (entry("road_update", at(14), passability="blocked"), "handed_over", "blocked"),
    ):
        hazard = await told(other_officer, incident_id, said)
        assert (hazard["state"], hazard["passability"]) == (state, passes)
        assert hazard["recurrences"] == 0


async def test_a_road_is_not_reopened_as_blocked(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road())
    path = f"/incidents/{incident_id}/entries"
    answer = await other_officer.post(path, entry("reopened", at(10), passability="blocked"))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_value")
    [error] = problem["errors"]
    assert (error["field"], error["given"]) == ("passability", "blocked")
    assert error["expected"] == "partly, limited_hours, makeshift, open"

    reopened = await other_officer.appended(incident_id, entry("reopened", at(10)))
    amended = entry(
        "amendment", at(11), entry_id=reopened["id"], changes={"passability": "blocked"}
    )
    answer = await other_officer.post(path, amended)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert answer.json()["errors"][0]["field"] == "changes.passability"


async def test_an_update_that_says_nothing_is_refused_with_what_it_may_say(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    path = f"/incidents/{incident_id}/entries"
    silent: list[dict[str, Any]] = [{}, {"extent": {}, "types": []}, {"note": "还在下雨"}]
    for nothing in silent:
        answer = await other_officer.post(path, entry("road_update", at(10), **nothing))
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "nothing_said")
        says = "passability, types, extent, detour, expected_reopening_at"
        assert problem["errors"][0]["expected"] == says
    update = entry("road_update", at(10), extent={"people_stuck": 0})
    await other_officer.appended(incident_id, update)
    emptied = entry("amendment", at(11), entry_id=update["id"], changes={"extent": None})
    answer = await other_officer.post(path, emptied)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_said")
    # Whatever passes, rubble is still cleared away beside the road.
    await told(
        other_officer,
        incident_id,
        entry("reopened", at(12)),
        entry("clearing", at(13), method="machine"),
    )
