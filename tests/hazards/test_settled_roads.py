"""Through HTTP: what settles a road (handed over, found false), and what does so no longer."""

from random import Random
from typing import Any

import pytest

from tests.arrivals import send_until_taken
from tests.hazards.roads import at, listed, owed, road, told
from tests.timeline.world import without_arrival
from tests.users import Person, entry


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
    story = [entry("note") | one for one in STORY]
    ids = {one["happened_at"] + one["type"]: one["id"] for one in story}
    path = f"/incidents/{shuffled}/entries"
    await send_until_taken(other_officer, [(path, one) for one in story], Random(seed))
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
