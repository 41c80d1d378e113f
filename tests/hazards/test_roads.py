"""Through HTTP: a road is blocked, reopened in steps, blocked again, handed over, and listed."""

import random
from typing import Any

import pytest

from tests.timeline.test_convergence import without_arrival
from tests.users import Person, entry, road_hazard
from wildlife.hazards.hazard import Hazard, RoadHazardState

NO_LONGER_THERE = ["secured_at", "clearing_at", "cleared_at", "reopened_at", "handed_over_to"]


def at(hour: int, minute: int = 0) -> str:
    return f"2024-08-04T{hour:02}:{minute:02}:00+08:00"


def road(**said: Any) -> dict[str, Any]:
    """An opening: rock on a forest road, found at 09:10, and what else is said of it."""
    opening = road_hazard()
    return opening | {"hazard": opening["hazard"] | said}


async def told(person: Person, incident_id: str, *said: dict[str, Any]) -> dict[str, Any]:
    """The hazard after these entries."""
    for one in said:
        await person.appended(incident_id, one)
    hazard: dict[str, Any] = (await person.read(f"/incidents/{incident_id}"))["hazard"]
    return hazard


async def owed(person: Person, incident_id: str) -> dict[str, str | None]:
    missing = (await person.read(f"/incidents/{incident_id}"))["missing"]
    return {one["code"]: one["due_at"] for one in missing}


async def listed(person: Person, **asked: str) -> list[str]:
    found = await person.read("/hazards", params=asked)
    return [one["incident_id"] for one in found["items"]]


# ------------------------------------------------------------------ reopened, blocked, reopened


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


async def test_a_road_that_was_not_blocked_again_after_all_is_reopened_as_before(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    notified = entry("notified", at(10), unit="养护队", unit_kind="road_authority")
    before = await told(other_officer, incident_id, notified, entry("reopened", at(11)))
    update = entry("road_update", at(12), passability="blocked", types=["ice"])
    assert (await told(other_officer, incident_id, update))["state"] == "discovered"
    void = entry("void", at(13), entry_id=update["id"], reason="记错道路")
    assert await told(other_officer, incident_id, void) == before

    update = entry("road_update", at(14), passability="partly")
    assert (await told(other_officer, incident_id, update))["recurrences"] == 1
    open_ = {"passability": "open"}
    amendment = entry("amendment", at(15), entry_id=update["id"], changes=open_)
    assert await told(other_officer, incident_id, amendment) == before


async def test_a_road_that_was_handed_over_is_reported_back(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road())
    handed = entry("handed_over", at(10), unit="公路段", unit_kind="road_authority")
    hazard = await told(other_officer, incident_id, handed)
    assert (hazard["state"], hazard["handed_over_to"]) == ("handed_over", "公路段")
    assert hazard["notified"][0]["unit"] == "公路段"
    assert {"notification", "clearance"}.isdisjoint(await owed(other_officer, incident_id))

    hazard = await told(
        other_officer,
        incident_id,
        entry("clearing", at(11), method="machine", machines=2, unit="公路段"),
        entry("cleared", at(15), unit="公路段"),
    )
    assert (hazard["state"], hazard["cleared_at"]) == ("handed_over", at(15))
    hazard = await told(other_officer, incident_id, entry("reopened", at(16), unit="公路段"))
    assert (hazard["state"], hazard["done_by"]) == ("reopened", "公路段")
    assert hazard["handed_over_to"] == "公路段"


@pytest.mark.parametrize(("reopened", "handed"), [(10, 11), (11, 10)])
async def test_a_half_open_road_that_was_handed_over_is_so_until_it_is_open(
    other_officer: Person, reopened: int, handed: int
) -> None:
    incident_id = await other_officer.opened(road())
    await told(
        other_officer,
        incident_id,
        entry("reopened", at(reopened), passability="makeshift"),
        entry("handed_over", at(handed), unit="公路段"),
    )
    assert "full_reopening" not in await owed(other_officer, incident_id)
    half = {"state": "handed_over", "passability": "makeshift"}
    assert await listed(other_officer, **half) == [incident_id]
    hazard = await told(
        other_officer, incident_id, entry("road_update", at(12), passability="open")
    )
    assert (hazard["state"], hazard["handed_over_to"]) == ("reopened", "公路段")


async def test_a_half_open_road_that_was_handed_over_may_be_blocked_again(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    hazard = await told(
        other_officer,
        incident_id,
        entry("reopened", at(10), passability="partly"),
        entry("handed_over", at(11), unit="公路段"),
        entry("road_update", at(12), passability="blocked"),
    )
    assert (hazard["state"], hazard["recurrences"]) == ("discovered", 1)


async def test_a_road_that_was_handed_over_and_is_open_may_be_blocked_again(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road(passability="open"))
    handed = entry("handed_over", at(10), unit="公路段")
    await told(other_officer, incident_id, entry("cleared", at(9, 30)), handed)
    hazard = await told(
        other_officer, incident_id, entry("road_update", at(12), passability="blocked")
    )
    assert (hazard["state"], hazard["recurrences"]) == ("discovered", 1)
    assert hazard["handed_over_to"] is None
    assert (await owed(other_officer, incident_id))["notification"] == at(14)


async def test_a_false_report_proves_true(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road())
    hazard = await told(other_officer, incident_id, entry("false_report", at(10)))
    assert (hazard["state"], hazard["passability"]) == ("false_report", "open")
    assert (hazard["blocked_from"], hazard["blocked_until"]) == (None, None)

    hazard = await told(
        other_officer, incident_id, entry("road_update", at(11), passability="partly")
    )
    assert (hazard["state"], hazard["passability"]) == ("discovered", "partly")
    assert (hazard["since"], hazard["recurrences"]) == (at(11), 0)
    assert (await owed(other_officer, incident_id))["safety_measure"] == at(13)

    await told(other_officer, incident_id, entry("cleared", at(12)), entry("reopened", at(12)))
    assert await listed(other_officer, state="reopened") == [incident_id]


async def test_late_reports_on_a_closed_incident_do_not_wait_for_each_other(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    await told(other_officer, incident_id, entry("false_report", at(10)), entry("closing", at(14)))
    proved_true = entry("road_update", at(11), passability="blocked")
    await told(other_officer, incident_id, proved_true)
    assert (await other_officer.read(f"/incidents/{incident_id}"))["state"] == "open"
    hazard = await told(other_officer, incident_id, entry("reopened", at(13)))
    assert (hazard["state"], hazard["since"]) == ("reopened", at(11))
    assert (hazard["blocked_from"], hazard["blocked_until"]) == (at(11), at(13))
    assert (await other_officer.read(f"/incidents/{incident_id}"))["state"] == "closed"


async def test_what_settles_a_false_report_again_changes_nothing(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road())
    before = await told(other_officer, incident_id, entry("false_report", at(10)))
    hazard = await told(
        other_officer, incident_id, entry("reopened", at(11)), entry("false_report", at(12))
    )
    assert hazard == before
    half = entry("reopened", at(13), passability="partly")
    assert (await told(other_officer, incident_id, half))["state"] == "reopened"


@pytest.mark.parametrize(
    ("before", "step", "english", "chinese"),
    [
        (
            entry("false_report", at(10)),
            entry("cleared", at(11)),
            "The report was false",
            "本起警情已核实为误报",
        ),
        (
            entry("cleared", at(10)),
            entry("false_report", at(11)),
            "the report was not false",
            "不能记为误报",
        ),
    ],
)
async def test_what_contradicts_itself_is_refused_with_what_is_possible(
    other_officer: Person, before: Any, step: Any, english: str, chinese: str
) -> None:
    incident_id = await other_officer.opened(road())
    await other_officer.appended(incident_id, entry("note") | before)
    for language, sentence in (("en", english), ("zh", chinese)):
        answer = await other_officer.request(
            "POST",
            f"/incidents/{incident_id}/entries",
            json=entry("note") | step,
            headers={"Accept-Language": language},
        )
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "impossible_step")
        assert sentence in problem["detail"]
        assert step["type"] not in problem["possible"]
        assert {"road_update", "notified"} <= set(problem["possible"])


STORY = [
    entry("false_report", at(9, 30)),
    entry("road_update", at(10), passability="blocked", types=["fallen_tree"]),
    entry("secured", at(10, 10), measures=["cordon", "on_site_watch"]),
    entry("clearing", at(10, 20), method="by_hand", people=4),
    entry("reopened", at(11), passability="partly"),
    entry("road_update", at(12), passability="blocked", extent={"volume_m3": 20}),
    entry("handed_over", at(12, 30), unit="公路段", unit_kind="road_authority"),
    entry("cleared", at(14), unit="公路段"),
    entry("reopened", at(14), passability="makeshift", unit="公路段"),
    entry("reopened", at(16), unit="公路段"),
    entry("closing", at(17)),
]


@pytest.mark.parametrize("seed", range(4))
async def test_every_order_of_arrival_ends_in_the_same_road(
    other_officer: Person, seed: int
) -> None:
    shuffled, in_order = [await other_officer.opened(road()) for _ in range(2)]
    waiting, order = [entry("note") | one for one in STORY], random.Random(seed)
    ids = {one["happened_at"] + one["type"]: one["id"] for one in waiting}
    for _ in STORY:
        order.shuffle(waiting)
        left = []
        for one in waiting:
            answer = await other_officer.post(f"/incidents/{shuffled}/entries", one)
            assert answer.status_code in (201, 409), answer.text
            if answer.status_code == 409:
                assert answer.json()["code"] == "impossible_step"
                left.append(one)
        waiting = left
    assert waiting == []
    for one in STORY:
        own = {"id": ids[one["happened_at"] + one["type"]][:-4] + "abcd"}
        await other_officer.appended(in_order, one | own)
    closed_by = ids[STORY[-1]["happened_at"] + STORY[-1]["type"]]
    roads = [await other_officer.read(f"/incidents/{one}") for one in (shuffled, in_order)]
    first, second = (
        {name: without_arrival(one)[name] for name in ("hazard", "state", "closing", "missing")}
        for one in roads
    )
    assert first["closing"].pop("entry_id") == closed_by
    assert second["closing"].pop("entry_id") == closed_by[:-4] + "abcd"
    assert first == second
    assert (first["state"], first["hazard"]["recurrences"]) == ("closed", 1)


# ------------------------------------------------------------------ what is said of it


async def test_any_of_several_types_finds_a_hazard(other_officer: Person) -> None:
    both = await other_officer.opened(road(types=["fallen_tree", "rockfall"]))
    await other_officer.opened(road(type="ice"))
    for type_ in ("rockfall", "fallen_tree"):
        assert await listed(other_officer, type=type_) == [both]
    assert await listed(other_officer, type="mudslide") == []
    await other_officer.appended(both, entry("road_update", at(12), types=["mudslide"]))
    assert await listed(other_officer, type="mudslide") == [both]
    [shown] = (await other_officer.read("/hazards", params={"type": "mudslide"}))["items"]
    assert (shown["type"], shown["types"]) == ("rockfall", ["rockfall", "fallen_tree", "mudslide"])
    for word in ("落石", "倒木"):
        assert both in await listed(other_officer, q=word)


async def test_what_is_said_later_stands_beside_what_was_said_before(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(
        road(
            cause="natural",
            extent={"blocked_length_m": 30, "vehicles_stuck": 3, "injured": 1},
            expected_reopening_at="2024-08-04T10:00:00Z",
        )
    )
    update = entry(
        "road_update",
        at(12),
        extent={"vehicles_stuck": 9, "people_stuck": 20, "damage_yuan": 12000.5},
        detour="经十五公里岔口绕行",
        expected_reopening_at="2024-08-05T02:00:00+00:00",
    )
    before = await told(other_officer, incident_id)
    hazard = await told(other_officer, incident_id, update)
    assert before["expected_reopening_at"] == at(18)
    assert hazard["expected_reopening_at"] == "2024-08-05T10:00:00+08:00"
    assert (hazard["passability"], hazard["detour"]) == ("blocked", "经十五公里岔口绕行")
    assert hazard["extent"] == {
        "blocked_length_m": 30,
        "vehicles_stuck": 9,
        "people_stuck": 20,
        "injured": 1,
        "damage_yuan": 12000.5,
    }
    [shown] = (await other_officer.read("/hazards"))["items"]
    assert {name: shown[name] for name in hazard["extent"]} == hazard["extent"]
    assert (shown["cause"], shown["dead"], shown["recurrences"]) == ("natural", None, 0)
    assert shown["blocked_from"] == at(9, 10)
    assert shown["expected_reopening_at"] == hazard["expected_reopening_at"]


@pytest.mark.parametrize(
    "opens",
    [
        entry("reopened", at(15)),
        entry("road_update", at(15), passability="open"),
        entry("false_report", at(15)),
    ],
)
async def test_a_road_that_opens_wholly_says_no_more_what_held_while_it_was_blocked(
    other_officer: Person, opens: dict[str, Any]
) -> None:
    incident_id = await other_officer.opened(
        road(
            extent={"vehicles_stuck": 3, "people_stuck": 9, "blocked_lanes": 2},
            detour="经十五公里岔口绕行",
            expected_reopening_at=at(18),
        )
    )
    some_free = entry("road_update", at(13), extent={"people_stuck": 0})
    hazard = await told(other_officer, incident_id, some_free)
    assert hazard["extent"] == {"vehicles_stuck": 3, "people_stuck": 0, "blocked_lanes": 2}
    hazard = await told(other_officer, incident_id, entry("note") | opens)
    assert (hazard["detour"], hazard["expected_reopening_at"]) == (None, None)
    assert hazard["extent"] == {"blocked_lanes": 2}
    [shown] = (await other_officer.read("/hazards"))["items"]
    assert (shown["vehicles_stuck"], shown["people_stuck"]) == (3, 9)
    assert shown["expected_reopening_at"] is None


async def test_a_half_open_road_goes_on_saying_what_holds(other_officer: Person) -> None:
    incident_id = await other_officer.opened(road(extent={"people_stuck": 9}, detour="绕行"))
    half = entry("reopened", at(12), passability="partly")
    hazard = await told(other_officer, incident_id, half)
    assert (hazard["extent"], hazard["detour"]) == ({"people_stuck": 9}, "绕行")
    # That it is blocked again is another matter: who is stuck then has to be said anew.
    again = entry("road_update", at(14), passability="blocked", extent={"people_stuck": 2})
    hazard = await told(other_officer, incident_id, again)
    assert (hazard["extent"], hazard["detour"]) == ({"people_stuck": 2}, None)
    assert hazard["most_people_stuck"] == 9


async def test_the_road_authority_and_the_traffic_police_are_both_to_be_told(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road())
    notices = {"notification": at(11, 10), "traffic_police": at(11, 10)}
    assert notices.items() <= (await owed(other_officer, incident_id)).items()
    for said, left in (
        (entry("notified", at(10), unit="消防站", unit_kind="fire_service"), set(notices)),
        (entry("notified", at(10), unit="交管大队", unit_kind="traffic_police"), {"notification"}),
        (entry("notified", at(10), unit="林场养护队"), set()),  # as the first version said it
    ):
        await other_officer.appended(incident_id, said)
        assert set(notices) & set(await owed(other_officer, incident_id)) == left


@pytest.mark.parametrize(
    ("is_", "due_at"),
    [
        ({"category": "national"}, at(14, 10)),
        ({"category": "provincial"}, at(14, 10)),
        ({"category": "national", "grade": "expressway"}, at(11, 10)),
        ({"category": "expressway"}, at(11, 10)),
        ({"category": "forest_road"}, None),
    ],
)
async def test_a_trunk_road_that_is_closed_for_long_is_to_be_reported_upward(
    other_officer: Person, is_: dict[str, str], due_at: str | None
) -> None:
    incident_id = await other_officer.opened(road(road=is_))
    assert (await owed(other_officer, incident_id)).get("upward_report") == due_at
    if due_at is None:
        return
    # It was closed for too long, whatever became of it since; a report settles it.
    await other_officer.appended(incident_id, entry("reopened", at(15)))
    assert "upward_report" in await owed(other_officer, incident_id)
    reported = entry("notified", at(16), unit="公安局指挥中心", unit_kind="superior")
    await other_officer.appended(incident_id, reported)
    assert "upward_report" not in await owed(other_officer, incident_id)

    soon = await other_officer.opened(road(road=is_))
    await other_officer.appended(soon, entry("reopened", at(10), passability="partly"))
    assert "upward_report" not in await owed(other_officer, soon)


@pytest.mark.parametrize("done", ["reopened", "cleared", "road_update"])
async def test_a_long_closure_stays_to_be_reported_upward_when_the_road_is_blocked_again(
    other_officer: Person, done: str
) -> None:
    incident_id = await other_officer.opened(road(road={"category": "expressway"}))
    said = {"passability": "partly"} if done == "road_update" else {}
    again = entry("road_update", at(15), passability="blocked")
    await told(other_officer, incident_id, entry(done, at(14), **said), again)
    await told(other_officer, incident_id, entry("reopened", at(15, 30)))
    assert (await owed(other_officer, incident_id))["upward_report"] == at(11, 10)

    reported = entry("notified", at(16), unit="公安局指挥中心", unit_kind="superior")
    await other_officer.appended(incident_id, reported)
    assert "upward_report" not in await owed(other_officer, incident_id)
    await other_officer.appended(incident_id, entry("road_update", at(17), passability="blocked"))
    assert (await owed(other_officer, incident_id))["upward_report"] == at(19)


async def flagged(person: Person, incident_id: str) -> list[tuple[str, str | None]]:
    flags = (await person.read(f"/incidents/{incident_id}"))["flags"]
    return [(one["code"], one["entry_id"]) for one in flags]


@pytest.mark.parametrize(
    "early",
    [
        entry("cleared", at(8)),
        entry("clearing", at(8), method="by_hand"),
        entry("reopened", at(8)),
        entry("false_report", at(8)),
        entry("handed_over", at(8), unit="公路段"),
        entry("road_update", at(8), passability="partly"),
    ],
)
async def test_what_was_done_before_the_find_is_taken_and_flagged(
    other_officer: Person, early: dict[str, Any]
) -> None:
    incident_id = await other_officer.opened(road())
    said = entry("note") | early
    await told(other_officer, incident_id, said, entry("notified", at(8), unit="养护队"))
    assert await flagged(other_officer, incident_id) == [("before_found", said["id"])]
    later = entry("amendment", at(12), entry_id=said["id"], changes={"happened_at": at(11)})
    await told(other_officer, incident_id, later)
    assert await flagged(other_officer, incident_id) == []


async def test_fewer_casualties_than_injured_and_dead_are_taken_and_flagged(
    other_officer: Person,
) -> None:
    incident_id = await other_officer.opened(road(casualties=2, extent={"injured": 1, "dead": 1}))
    assert await flagged(other_officer, incident_id) == []
    await told(other_officer, incident_id, entry("road_update", at(11), extent={"injured": 3}))
    assert await flagged(other_officer, incident_id) == [("casualties_too_few", None)]


@pytest.mark.parametrize(
    ("call", "is_flagged"),
    [
        ({"reported_at": at(8), "dispatched_at": at(8), "arrived_at": at(9)}, False),
        ({"reported_at": at(8), "arrived_at": at(7)}, True),
        ({"dispatched_at": at(9), "arrived_at": at(8)}, True),
        ({"reported_at": at(9), "dispatched_at": at(8)}, True),
        ({"arrived_at": at(8)}, False),
    ],
)
async def test_a_call_whose_times_are_out_of_order_is_taken_and_flagged(
    other_officer: Person, call: dict[str, str], is_flagged: bool
) -> None:
    incident_id = await other_officer.opened(road() | {"call": call})
    expected = [("call_out_of_order", None)] if is_flagged else []
    assert await flagged(other_officer, incident_id) == expected


async def test_the_codes_of_the_first_version_are_taken_as_before(other_officer: Person) -> None:
    for type_ in ("landslide", "flooding"):
        await other_officer.opened(road(type=type_, road={"category": "expressway"}))
        assert len(await listed(other_officer, type=type_)) == 1
    words = (await other_officer.read("/vocabularies"))["hazard_type"]
    labels = {one["code"]: one["zh"] for one in words}
    assert labels["flooding"] == "积水或水毁（未细分）"
    assert (labels["standing_water"], labels["washout"]) == ("路面积水", "水毁")
