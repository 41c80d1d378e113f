"""What becomes of animals after the end of their care, and what may be said of them then."""

from uuid import UUID, uuid4

import msgspec
import pytest

from tests.rescues.animals import LATER, TEN, animals_of, heads, refused
from tests.rescues.ends import AUGUST, ENDS, REPORTS, end, on, went
from tests.users import Person, entry, identification, release, rescue
from wildlife.rescues.gaps import gaps
from wildlife.rescues.incident import RescueIncident
from wildlife.words.vocabularies import Owed


@pytest.mark.parametrize("first", ["transfer", "long_term_care", "allocation"])
@pytest.mark.parametrize(
    ("then", "outcome"),
    [
        ("death", "died_in_care"),
        ("release", "released"),
        ("escape", "escaped"),
        ("transfer", "transferred"),
        ("long_term_care", "long_term_care"),
        ("allocation", "allocated"),
    ],
)
async def test_what_a_keeper_tells_of_an_animal_counts_and_no_longer_where_it_went_before(
    officer: Person, official: Person, first: str, then: str, outcome: str
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    gone = await went(officer, incident, 1, first)
    # Where the same is said once more, it must be said of whom: two may have filed one thing.
    named = {"entry_id": gone} if first == then else {}
    told = await went(officer, incident, 5, then, **named)
    [animal] = await animals_of(officer, incident)
    assert (animal["outcome"], heads(animal)) == (outcome, {outcome: 1})
    assert animal["outcome_at"] == AUGUST.format(5)
    before, after = animal["settled"]
    assert (before["count"], before["went_on"], before["returned"]) == (1, 1, 0)
    assert (after["entry_id"], after["went_from"]) == (told, gone)
    [listed] = (await official.read(f"/animals?state={outcome}"))["items"]
    assert heads(listed) == {outcome: 1}
    let_go = (await official.read("/releases"))["items"]
    assert [(one["id"], one["died"]) for one in let_go] == (
        [(told, 0)] if then == "release" else []
    )
    # Of the dead nothing comes back; all others can be taken back from where they are now.
    back = on(9, entry("return", animal=1))
    if then == "death":
        assert (await refused(officer, incident, back))["code"] == "impossible_step"
    else:
        await officer.appended(incident, back)
        assert heads((await animals_of(officer, incident))[0]) == {"in_care": 1}


@pytest.mark.parametrize("first", ["release", "escape", "no_rescue_needed"])
async def test_what_was_free_can_be_found_dead_and_nothing_else(
    officer: Person, official: Person, first: str
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    gone = await went(officer, incident, 1, first)
    for other in {*ENDS} - {"death"}:
        for named in ({}, {"entry_id": gone}):
            problem = await refused(officer, incident, on(5, end(other, **named)))
            assert problem["code"] == "impossible_step"
    found = await went(officer, incident, 5, "death")
    record = await officer.read(f"/incidents/{incident}")
    [animal] = record["animals"]
    assert (animal["outcome"], animal["condition"]) == ("found_dead", "dead")
    assert len((await official.read("/animals?state=found_dead"))["items"]) == 1
    assert (await official.read("/animals?state=released"))["items"] == []
    rows = (await official.read("/releases"))["items"]
    assert [(one["count"], one["returned"], one["died"]) for one in rows] == (
        [(1, 0, 1)] if first == "release" else []
    )
    assert record["flags"] == []
    rescued = msgspec.convert(record, RescueIncident, strict=False)
    owed = [gap.entry_id for gap in gaps(rescued) if gap.code is Owed.DISPOSAL]
    assert owed == [UUID(found)]


async def test_how_a_free_animal_was_put_down_is_what_was_said(officer: Person) -> None:
    incident = await officer.opened()
    await went(officer, incident, 1, "escape")
    await went(officer, incident, 2, "death", circumstance="euthanized")
    assert heads((await animals_of(officer, incident))[0]) == {"euthanized": 1}


async def test_of_a_group_they_go_on_by_heads_and_from_care_where_nothing_else_is_said(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened(rescue(animals=TEN))
    await officer.appended(incident, identification())
    gone = await went(officer, incident, 1, "transfer", count=4)
    await went(officer, incident, 2, "death", count=1)
    [animal] = await animals_of(officer, incident)
    assert heads(animal) == {"in_care": 5, "transferred": 4, "died_in_care": 1}
    await went(officer, incident, 3, "death", count=2, entry_id=gone)
    await went(officer, incident, 4, "release", count=1, entry_id=gone)
    [animal] = await animals_of(officer, incident)
    assert heads(animal) == {"in_care": 5, "transferred": 1, "died_in_care": 3, "released": 1}
    too_many = on(5, end("death", count=2, entry_id=gone))
    assert "1 went that way" in (await refused(officer, incident, too_many))["detail"]
    # All that are left of them, and then nothing.
    last = await officer.appended(incident, on(5, end("escape", entry_id=gone)))
    assert last["facts"]["heads"] == 1
    for strange in (gone, str(uuid4()), incident):
        problem = await refused(officer, incident, on(6, end("death", entry_id=strange)))
        assert strange in problem["detail"]
    [listed] = (await official.read("/animals?state=in_care"))["items"]
    assert (listed["remaining"], heads(listed)) == (
        5,
        {"in_care": 5, "died_in_care": 3, "released": 1, "escaped": 1},
    )
    assert (await official.read("/animals?state=transferred"))["items"] == []


async def test_where_several_ends_may_be_meant_one_has_to_be_named(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 5}]))
    await officer.appended(incident, identification())
    first = await went(officer, incident, 1, "release", count=3)
    await went(officer, incident, 2, "release", count=2)
    problem = await refused(officer, incident, on(5, end("death", count=1)))
    assert "`entry_id`" in problem["detail"]
    assert "death" in problem["possible"]
    await went(officer, incident, 5, "death", count=1, entry_id=first)
    [animal] = await animals_of(officer, incident)
    assert heads(animal) == {"released": 4, "found_dead": 1}
    assert [(one["count"], one["died"]) for one in animal["releases"]] == [(3, 1), (2, 0)]


@pytest.mark.parametrize("ids", [(1, 2), (2, 1)])
async def test_of_the_same_minute_the_end_before_has_to_be_named_whatever_the_ids_are(
    officer: Person, ids: tuple[int, int]
) -> None:
    incident = await officer.opened()
    gone, died = (str(UUID(int=uuid4().int >> 8 | one << 120)) for one in ids)
    await officer.appended(incident, on(1, end("transfer", id=gone)))
    problem = await refused(officer, incident, on(1, end("death", id=died)))
    assert problem["code"] == "impossible_step"
    await officer.appended(incident, on(1, end("death", id=died, entry_id=gone)))
    assert heads((await animals_of(officer, incident))[0]) == {"died_in_care": 1}


async def test_what_others_rest_on_is_not_taken_away_from_under_them(officer: Person) -> None:
    incident = await officer.opened()
    gone = await went(officer, incident, 1, "transfer")
    died = await went(officer, incident, 5, "death", entry_id=gone)
    problem = await refused(officer, incident, on(6, entry("void", entry_id=gone)))
    assert died in problem["detail"]
    assert problem["possible"] == ["amendment", "void"]
    for voided in (died, gone):
        await officer.appended(incident, on(6, entry("void", entry_id=voided)))
    assert heads((await animals_of(officer, incident))[0]) == {"in_care": 1}


async def test_what_a_keeper_tells_of_some_of_a_group_is_told_of_these_alone(
    officer: Person, official: Person
) -> None:
    """The centre that took ten over splits off the three that it treats."""
    incident = await officer.opened(rescue(animals=TEN))
    await officer.appended(incident, identification())
    gone = await went(officer, incident, 1, "transfer")
    await officer.appended(incident, on(2, entry("split", animal=1, count=3)))
    await officer.appended(incident, on(3, entry("assessment", animal=2, condition="critical")))
    died = on(4, entry("death", animal=2, count=1))
    await officer.appended(incident, died)
    await went(officer, incident, 4, "release", count=7)
    [animal, part] = await animals_of(officer, incident)
    assert (heads(animal), animal["condition"]) == ({"released": 7}, "unknown")
    assert heads(part) == {"transferred": 2, "died_in_care": 1}
    assert (part["condition"], part["split_from"], part["remaining"]) == ("critical", 1, 0)
    [end_of_part, _] = part["settled"]
    assert (end_of_part["entry_id"], end_of_part["count"]) == (gone, 3)
    assert (await officer.read(f"/incidents/{incident}"))["flags"] == []
    listed = (await official.read("/animals?state=transferred"))["items"]
    assert [(one["number"], heads(one)) for one in listed] == [(2, heads(part))]
    # It comes back to the station as part of what it was taken from.
    await officer.appended(incident, on(5, entry("return", animal=2)))
    assert heads((await animals_of(officer, incident))[1]) == {"in_care": 2, "died_in_care": 1}
    problem = await refused(officer, incident, on(6, entry("void", entry_id=gone)))
    assert "return into care" in problem["detail"]


async def test_which_of_several_keepers_splits_some_off_has_to_be_named(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=TEN))
    first = await went(officer, incident, 1, "transfer", count=4)
    second = await went(officer, incident, 2, "transfer")
    problem = await refused(officer, incident, on(3, entry("split", animal=1, count=2)))
    assert first in problem["detail"]
    assert second in problem["detail"]
    too_many = on(3, entry("split", animal=1, count=5, entry_id=first))
    assert "4 can be split off" in (await refused(officer, incident, too_many))["detail"]
    said = on(3, entry("split", animal=1, count=2, entry_id=first))
    await officer.appended(incident, said)
    [animal, part] = await animals_of(officer, incident)
    assert [one["count"] for one in animal["settled"]] == [2, 6]
    assert [(one["entry_id"], one["count"]) for one in part["settled"]] == [(first, 2)]


@pytest.mark.parametrize("first", ["transfer", "long_term_care", "allocation"])
async def test_how_an_animal_is_at_its_keepers_can_be_told(officer: Person, first: str) -> None:
    incident = await officer.opened()
    await went(officer, incident, 1, first)
    for said in REPORTS:
        await officer.appended(incident, on(5, said) | {"id": str(uuid4())})
    [animal] = await animals_of(officer, incident)
    assert (animal["condition"], animal["weight_g"]) == ("good", 900)
    assert (animal["place_kept"], animal["suspected_disease"]) == ("救护站笼舍", "禽流感")
    assert animal["remaining"] == 0


async def test_of_what_is_free_nobody_tells_how_it_is_kept(officer: Person) -> None:
    incident = await officer.opened()
    await went(officer, incident, 1, "escape")
    for said in REPORTS[:3]:
        problem = await refused(officer, incident, on(5, said) | {"id": str(uuid4())})
        assert "return" in problem["possible"]
        assert said["type"] not in problem["possible"]


async def test_more_than_went_last_come_back_from_those_before(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 5}]))
    await officer.appended(incident, identification())
    first = await went(officer, incident, 1, "release", count=3)
    await went(officer, incident, 2, "release", count=2)
    six = on(5, entry("return", animal=1, count=6))
    problem = await refused(officer, incident, six)
    assert "5 went that way" in problem["detail"]
    assert {"return", "death"} <= {*problem["possible"]}
    assert not {"care", "release", "escape"} & {*problem["possible"]}
    named = on(5, entry("return", animal=1, count=4, entry_id=first))
    assert "3 went that way" in (await refused(officer, incident, named))["detail"]
    await officer.appended(incident, on(5, entry("return", animal=1, count=4)))
    [animal] = await animals_of(officer, incident)
    assert heads(animal) == {"in_care": 4, "released": 1}
    assert [(one["count"], one["returned"]) for one in animal["releases"]] == [(3, 2), (2, 2)]
    rows = (await officer.read("/releases?sort=time"))["items"]
    assert [(one["count"], one["returned"]) for one in rows] == [(3, 2), (2, 2)]


@pytest.mark.parametrize("then", ["death", "release"])
async def test_what_is_back_goes_on_from_care_in_the_same_minute(
    officer: Person, then: str
) -> None:
    """And not from where it was before, though that could be told of it, too."""
    incident = await officer.opened()
    await officer.appended(incident, identification())
    gone = await went(officer, incident, 1, "transfer")
    for said in (end(then), entry("return", animal=1)):
        await officer.appended(incident, on(5, said))
    [animal] = await animals_of(officer, incident)
    assert [one["went_from"] for one in animal["settled"]] == [None, None]
    assert animal["settled"][0]["entry_id"] == gone


@pytest.mark.parametrize(("count", "most"), [(12, 11), (13, 11)])
async def test_a_split_of_all_says_that_none_is_needed(
    officer: Person, count: int, most: int
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 12}]))
    await officer.appended(incident, identification())
    await went(officer, incident, 1, "release", count=1)
    problem = await refused(officer, incident, entry("split", LATER, animal=1, count=count))
    assert f"{most} can be split off at most" in problem["detail"]
    assert "without a split" in problem["detail"]
    # The shorter way: what is so of all of them is said of the animal.
    await officer.appended(incident, entry("care", LATER, animal=1, place_kept="暖房"))
    await went(officer, incident, 6, "transfer")
    assert heads((await animals_of(officer, incident))[0]) == {"released": 1, "transferred": 11}


@pytest.mark.parametrize("kind", ENDS)
async def test_a_count_that_a_correction_left_out_goes_on_meaning_all_that_were_left_then(
    officer: Person, kind: str
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 5}]))
    await officer.appended(incident, identification())
    first = await went(officer, incident, 1, "escape", count=3)
    said = await went(officer, incident, 2, kind, count=1)
    amended = entry("amendment", LATER, entry_id=said, changes={"count": None})
    assert (await officer.appended(incident, amended))["facts"]["heads"] == 2
    assert (await officer.read(f"/incidents/{incident}"))["flags"] == []
    # Another correction of it says nothing of how many they are.
    noted = entry("amendment", LATER, entry_id=said, changes={"note": "两只"})
    assert "heads" not in (await officer.appended(incident, noted))["facts"]
    fewer = entry("amendment", LATER, entry_id=first, changes={"count": 2})
    await officer.appended(incident, fewer)
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert (flag["code"], flag["entry_id"]) == ("count_changed", said)
    await officer.appended(incident, entry("void", LATER, entry_id=amended["id"]))
    assert (await officer.read(f"/incidents/{incident}"))["flags"] == []


async def test_an_animal_too_many_is_recorded_as_one_that_needed_nothing_and_owes_nothing(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(animals=[{}, {"reported_as": "误报"}]))
    await officer.appended(incident, entry("no_rescue_needed", animal=2, note="现场只有一只"))
    record = await officer.read(f"/incidents/{incident}")
    assert heads(record["animals"][1]) == {"no_rescue_needed": 1}
    assert 2 not in {one["animal"] for one in record["missing"]}


async def test_an_inspection_of_some_of_a_group_is_told_of_these_alone(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 4}]))
    await officer.appended(incident, identification())
    failed = {"quarantine": "failed", "disposal_method": "burial"}
    await went(officer, incident, 1, "death", count=1, **failed)
    await went(officer, incident, 2, "release", count=1, quarantine="failed")
    await officer.appended(incident, on(3, entry("split", animal=1, count=1)))
    await went(officer, incident, 4, "release")
    await officer.appended(incident, on(4, release(animal=2)))
    group, part = await animals_of(officer, incident)
    assert [one["quarantine"] for one in group["settled"]] == ["failed", None, None]
    assert [one["disposal_method"] for one in group["settled"]] == ["burial", None, None]
    assert [one["inspected"] for one in (*group["releases"], *part["releases"])] == [
        "failed",
        None,
        None,
    ]
    assert (group["quarantine"], part["quarantine"]) == (None, None)
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    second = group["settled"][1]["entry_id"]
    assert (flag["code"], flag["entry_id"]) == ("released_after_failed_quarantine", second)


async def test_the_dead_of_a_group_owe_an_inspection_each(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 3}]))

    async def owed() -> bool:
        shown = msgspec.convert(
            await officer.read(f"/incidents/{incident}"), RescueIncident, strict=False
        )
        return Owed.QUARANTINE in {gap.code for gap in gaps(shown)}

    await went(officer, incident, 1, "death", count=1, quarantine="passed")
    assert not await owed()
    await went(officer, incident, 2, "death", count=1)
    assert await owed()
