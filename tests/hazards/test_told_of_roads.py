"""Through HTTP: what is said of a road beside how it passes, what is owed and what is flagged."""

from typing import Any

import pytest

from tests.hazards.roads import at, listed, owed, road, told
from tests.users import Person, entry


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
