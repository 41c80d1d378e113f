"""The animals of a rescue: added, counted by heads, split, returned, identified at any time."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from tests.rescues.animals import ALIEN, JPEG, LATER, TEN, animals_of, heads, refused
from tests.users import Person, entry, identification, release, rescue
from wildlife.rescues.gaps import gaps
from wildlife.rescues.incident import RescueIncident
from wildlife.words.vocabularies import Owed


async def test_an_animal_found_later_gets_the_next_number_and_goes_on_like_the_others(
    officer: Person,
) -> None:
    incident = await officer.opened()
    addition = entry("addition", reported={"reported_as": "另一只", "count": 2})
    assert (await officer.appended(incident, addition))["facts"]["number"] == 2
    again = await officer.post(f"/incidents/{incident}/entries", addition)
    assert (again.status_code, again.json()["facts"]["number"]) == (200, 2)
    await officer.appended(incident, entry("assessment", animal=2, condition="weak"))
    # A phone without a network does not know the number yet, and names it by what it said.
    await officer.appended(incident, identification("phalacrocorax_carbo", animal=addition["id"]))
    photo = await officer.put_photo(incident, JPEG, uuid4(), about=f"animal:{addition['id']}")
    assert photo.status_code == 201
    first, second = await animals_of(officer, incident)
    assert first["species"] is None
    assert (second["number"], second["count"], second["condition"]) == (2, 2, "weak")
    assert second["species"]["chinese_name"] == "普通鸬鹚"
    assert second["entry_id"] == addition["id"]
    listed = (await officer.read("/animals?species=phalacrocorax_carbo"))["items"]
    assert [one["number"] for one in listed] == [2]


async def test_a_number_that_was_given_once_is_never_given_again(officer: Person) -> None:
    incident = await officer.opened()
    mistaken = await officer.appended(incident, entry("addition", reported={}))
    await officer.appended(incident, entry("void", entry_id=mistaken["id"]))
    right = await officer.appended(incident, entry("addition", reported={"count": 3}))
    assert right["facts"]["number"] == 3
    assert [one["number"] for one in await animals_of(officer, incident)] == [1, 3]
    problem = await refused(officer, incident, entry("care", animal=2, feeding="小鱼"))
    assert (problem["code"], problem["errors"][0]["expected"]) == ("unknown_animal", "1, 3")
    unknown = await refused(officer, incident, entry("care", animal=str(uuid4()), feeding="小鱼"))
    assert unknown["code"] == "unknown_animal"


async def test_an_addition_that_others_speak_of_is_not_voided_from_under_them(
    officer: Person,
) -> None:
    incident = await officer.opened()
    added = await officer.appended(incident, entry("addition", reported={}))
    care = await officer.appended(incident, entry("care", animal=2, feeding="小鱼"))
    problem = await refused(officer, incident, entry("void", entry_id=added["id"]))
    assert problem["code"] == "impossible_step"
    assert care["id"] in problem["detail"]


async def test_part_of_a_group_goes_on_by_itself(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=TEN))
    await officer.appended(incident, identification())
    split = await officer.appended(incident, entry("split", animal=1, count=3))
    assert split["facts"]["number"] == 2
    await officer.appended(
        incident, identification("egretta_garzetta", animal=2, happened_at=LATER)
    )
    await officer.appended(incident, entry("death", LATER, animal=2))
    rest, part = await animals_of(officer, incident)
    assert (rest["count"], heads(rest)) == (7, {"in_care": 7})
    assert (part["count"], heads(part), part["split_from"]) == (3, {"died_in_care": 3}, 1)
    assert rest["species"]["species_id"] == "phalacrocorax_carbo"
    assert part["species"]["species_id"] == "egretta_garzetta"
    assert (rest["condition"], part["condition"]) == ("unknown", "dead")
    for count in (7, 8):
        problem = await refused(officer, incident, entry("split", LATER, animal=1, count=count))
        assert problem["code"] == "impossible_step"


async def test_what_became_of_a_group_is_counted_by_heads(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened(rescue(animals=TEN))
    await officer.appended(incident, identification())
    await officer.appended(incident, entry("death", animal=1, count=3))
    await officer.appended(incident, release(count=2))
    await officer.appended(incident, release(LATER, count=5))
    [animal] = await animals_of(officer, incident)
    assert heads(animal) == {"died_in_care": 3, "released": 7}
    assert (animal["outcome"], animal["remaining"]) == (None, 0)
    assert (await officer.read(f"/incidents/{incident}"))["state"] == "resolved"
    for state in ("died_in_care", "released"):
        [listed] = (await official.read(f"/animals?state={state}"))["items"]
        assert heads(listed) == {"died_in_care": 3, "released": 7}
    for state in ("in_care", "escaped"):
        assert (await official.read(f"/animals?state={state}"))["items"] == []
    released = (await official.read("/releases"))["items"]
    assert sorted(one["count"] for one in released) == [2, 5]
    after = entry("care", "2024-08-06T09:00:00+08:00", animal=1, feeding="小鱼")
    problem = await refused(officer, incident, after)
    assert (problem["code"], "return" in problem["possible"]) == ("impossible_step", True)


async def test_an_identification_is_about_the_animal_whenever_it_is_made(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification("phalacrocorax_carbo"))
    await officer.appended(incident, release())
    better = identification("phalacrocorax_pelagicus", happened_at=LATER)
    await officer.appended(incident, better)
    [released] = (await official.read("/releases"))["items"]
    assert (released["chinese_name"], released["protection"]) == ("海鸬鹚", "national_2")
    assert (await official.read("/releases?protection=sanyou"))["items"] == []
    [animal] = await animals_of(officer, incident)
    assert animal["releases"][0]["species"]["species_id"] == "phalacrocorax_pelagicus"
    timeline = (await officer.read(f"/incidents/{incident}/entries"))["items"]
    thought = [one["body"]["species_id"] for one in timeline if one["type"] == "identification"]
    assert thought == ["phalacrocorax_carbo", "phalacrocorax_pelagicus"]


async def test_a_release_rests_on_an_identification_wherever_on_the_timeline_it_stands(
    officer: Person,
) -> None:
    incident = await officer.opened()
    problem = await refused(officer, incident, release())
    assert (problem["code"], "release" in problem["possible"]) == ("impossible_step", False)
    named = await officer.appended(incident, identification(happened_at=LATER))
    let_go = await officer.appended(incident, release())
    problem = await refused(officer, incident, entry("void", LATER, entry_id=named["id"]))
    assert let_go["id"] in problem["detail"]


async def test_an_alien_is_not_released_and_one_found_out_later_is_shown(officer: Person) -> None:
    known = await officer.opened()
    await officer.appended(known, identification(ALIEN))
    problem = await refused(officer, known, release())
    assert (problem["code"], "transfer" in problem["possible"]) == ("impossible_step", True)

    found_out = await officer.opened()
    await officer.appended(found_out, identification())
    let_go = await officer.appended(found_out, release())
    await officer.appended(found_out, identification(ALIEN, happened_at=LATER))
    incident = await officer.read(f"/incidents/{found_out}")
    flag = {"code": "released_alien", "animal": 1, "entry_id": let_go["id"]}
    assert incident["flags"] == [flag]
    # What is wrong elsewhere in that release can still be corrected.
    corrected = entry("amendment", LATER, entry_id=let_go["id"], changes={"witness": "李某"})
    await officer.appended(found_out, corrected)


async def test_two_officers_correct_different_animals_and_both_stand(officer: Person) -> None:
    both = [{"reported_as": "一"}, {"reported_as": "二"}]
    incident = await officer.opened(rescue(animals=both, officers=["150425002"]))
    for number, changes in (("1", {"count": 4}), ("2", {"cause": "trapped"})):
        said = entry("amendment", entry_id=incident, changes={"animals": {number: changes}})
        await officer.appended(incident, said)
    for badge in ("150425003", "150425004"):
        said = entry("amendment", entry_id=incident, changes={"officers": {badge: True}})
        await officer.appended(incident, said)
    one_less = {"officers": {"150425002": None}}
    await officer.appended(incident, entry("amendment", entry_id=incident, changes=one_less))
    after = await officer.read(f"/incidents/{incident}")
    assert [(one["count"], one["cause"]) for one in after["animals"]] == [
        (4, "unknown"),
        (1, "trapped"),
    ]
    assert sorted(after["officers"]) == ["150425003", "150425004"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"animals": [{"count": 1}]}, "changes.animals"),
        ({"animals": []}, "changes.animals"),
        ({"animals": None}, "changes.animals"),
        ({"animals": {"3": {"count": 1}}}, "changes.animals.3"),
        ({"animals": {"0": {"count": 1}}}, "changes.animals.0"),
        ({"animals": {"１": {"count": 1}}}, "changes.animals.１"),
        ({"animals": {"1": None}}, "changes.animals.1"),
        ({"animals": {"1": {"colour": 1}}}, "changes.animals[0].colour"),
        ({"animals": {"2": {"count": 0}}}, "changes.animals[1].count"),
        ({"officers": ["150425001"]}, "changes.officers"),
        ({"officers": {"150425001": False}}, "changes.officers.150425001"),
        ({"officers": {"150425001": 1}}, "changes.officers.150425001"),
        ({"officers": {"not a badge": True}}, "changes.officers[0]"),
    ],
)
async def test_a_list_is_never_replaced_whole_by_a_correction(
    officer: Person, changes: dict[str, Any], field: str
) -> None:
    incident = await officer.opened(rescue(animals=[{}, {}]))
    problem = await refused(
        officer, incident, entry("amendment", entry_id=incident, changes=changes)
    )
    assert problem["errors"][0]["field"] == field, problem


@pytest.mark.parametrize(
    "away",
    [
        entry("escape", animal=1, count=4),
        entry("transfer", animal=1, count=4, recipient="赤峰市野生动物救护站"),
        release(count=4),
    ],
)
async def test_what_went_comes_back_by_heads(officer: Person, away: dict[str, Any]) -> None:
    incident = await officer.opened(rescue(animals=TEN))
    await officer.appended(incident, identification())
    await officer.appended(incident, entry("death", animal=1, count=2))
    gone = away | {"id": str(uuid4())}
    await officer.appended(incident, gone)
    back = entry("return", LATER, animal=1, count=3, entry_id=gone["id"])
    await officer.appended(incident, back)
    [animal] = await animals_of(officer, incident)
    outcome = {"escape": "escaped", "transfer": "transferred", "release": "released"}[gone["type"]]
    assert heads(animal) == {"in_care": 7, "died_in_care": 2, outcome: 1}
    # Back in care, it may go again, and the last one comes back by default.
    await officer.appended(incident, entry("return", LATER, animal=1))
    [animal] = await animals_of(officer, incident)
    assert heads(animal) == {"in_care": 8, "died_in_care": 2}
    problem = await refused(officer, incident, entry("return", LATER, animal=1))
    assert problem["code"] == "impossible_step"
    if gone["type"] == "release":
        [listed] = (await officer.read("/releases"))["items"]
        assert (listed["count"], listed["returned"]) == (4, 4)


async def test_the_dead_do_not_come_back(officer: Person) -> None:
    incident = await officer.opened()
    dead = await officer.appended(incident, entry("death", animal=1))
    for said in (
        entry("return", LATER, animal=1),
        entry("return", LATER, animal=1, entry_id=dead["id"]),
    ):
        assert (await refused(officer, incident, said))["code"] == "impossible_step"


FAR = {"longitude": 113.3, "latitude": 23.1, "datum": "WGS84"}


def place(longitude: float, latitude: float, region: str | None = "150425") -> dict[str, Any]:
    point = {"longitude": longitude, "latitude": latitude, "datum": "WGS84"}
    return {"point": point, "region_code": region} if region else {"point": point}


@pytest.mark.parametrize(
    ("opening", "said", "expected"),
    [
        ({}, release(), []),
        ({}, release("2024-07-28T10:00:00+08:00"), ["released_before_found"]),
        ({}, release(fit_to_release=False), ["released_unfit"]),
        ({}, release(site={"description": "广州", "point": FAR}), ["released_far_away"]),
        ({}, release(site={"point": FAR}, note="原产地，由救护中心送回"), []),
        ({}, release(site=place(0, 0)), ["released_far_away", "point_at_zero"]),
        ({}, release(site=place(43.57, 84.0)), ["released_far_away", "point_swapped"]),
        ({}, release(site=place(113.3, 23.1), note="送回"), ["point_elsewhere"]),
        ({"place": place(0, 0)}, None, ["point_at_zero"]),
        ({"place": place(43.3, 87.5, None)}, None, ["point_swapped"]),
        ({"place": place(113.3, 23.1)}, None, ["point_elsewhere"]),
        ({"place": place(113.3, 23.1, None)}, None, []),
        ({"place": place(-74.0, 40.7, None)}, None, ["point_elsewhere"]),
    ],
)
async def test_a_contradiction_is_taken_and_shown(
    officer: Person, opening: dict[str, Any], said: dict[str, Any] | None, expected: list[str]
) -> None:
    incident = await officer.opened(rescue(**opening))
    if said is not None:
        await officer.appended(incident, identification())
        await officer.appended(incident, said | {"id": str(uuid4())})
    flags = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert [flag["code"] for flag in flags] == expected


async def test_an_animal_recorded_dead_and_then_released_is_shown(officer: Person) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    await officer.appended(incident, entry("assessment", animal=1, condition="dead"))
    let_go = await officer.appended(incident, release())
    flags = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert flags == [{"code": "released_dead", "animal": 1, "entry_id": let_go["id"]}]


@pytest.mark.parametrize("order", [("release", "death"), ("death", "release")])
async def test_the_dead_of_a_group_are_dead_and_the_others_are_not_by_whatever_order(
    officer: Person, order: tuple[str, str]
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 3}]))
    await officer.appended(incident, identification())
    ends = {"release": release(count=2), "death": entry("death", animal=1, count=1)}
    for day, name in enumerate(order, start=1):
        at = f"2024-08-0{day}T10:00:00+08:00"
        await officer.appended(incident, ends[name] | {"happened_at": at, "recorded_at": at})
    record = await officer.read(f"/incidents/{incident}")
    [animal] = record["animals"]
    assert animal["condition"] == "unknown"
    assert record["flags"] == []
    rescued = msgspec.convert(record, RescueIncident, strict=False)
    assert {Owed.QUARANTINE, Owed.DISPOSAL} <= {gap.code for gap in gaps(rescued)}


async def test_what_came_back_after_another_died_is_let_go_alive(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 3}]))
    await officer.appended(incident, identification())
    for day, said in enumerate(
        (
            entry("transfer", animal=1, count=2, recipient="救护站", receipt_number="1"),
            entry("death", animal=1, count=1),
            entry("return", animal=1, count=2),
            release(count=2),
        ),
        start=1,
    ):
        at = f"2024-08-0{day}T10:00:00+08:00"
        await officer.appended(incident, said | {"happened_at": at, "recorded_at": at})
    assert (await officer.read(f"/incidents/{incident}"))["flags"] == []


async def test_a_transfer_whose_animals_are_all_back_owes_no_receipt(officer: Person) -> None:
    incident = await officer.opened()
    await officer.appended(incident, entry("transfer", animal=1, recipient="救护站"))
    owed = {one["code"] for one in (await officer.read(f"/incidents/{incident}"))["missing"]}
    assert "transfer_receipt" in owed
    await officer.appended(incident, entry("return", "2024-07-31T10:00:00+08:00", animal=1))
    owed = {one["code"] for one in (await officer.read(f"/incidents/{incident}"))["missing"]}
    assert "transfer_receipt" not in owed


async def test_a_release_before_it_was_known_to_be_an_alien_is_taken_in_whatever_order_it_comes(
    officer: Person,
) -> None:
    incident = await officer.opened()
    later = "2024-08-10T10:00:00+08:00"
    alien = identification(ALIEN, happened_at=later, recorded_at=later)
    await officer.appended(incident, alien)
    await officer.appended(incident, release())
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert flag["code"] == "released_alien"


async def test_what_is_found_at_a_carcass_and_asked_for_after_the_end_can_be_said(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(source="seizure"))
    await officer.appended(incident, entry("death", animal=1))
    later = "2024-07-31T10:00:00+08:00"
    for said in (
        entry("assessment", later, animal=1, condition="good", injuries="翅骨折"),
        entry("care", later, animal=1, quarantine="failed", samples=["咽拭子"]),
        entry("marking", later, animal=1, marks=[{"kind": "ring", "number": "A1"}]),
        entry("disease_report", later, animal=1, suspected_disease="禽流感", reported_to="站"),
        entry("agency_opinion", later, animal=1, agency="局", opinion="无害化处理"),
    ):
        await officer.appended(incident, said)
    record = await officer.read(f"/incidents/{incident}")
    [animal] = record["animals"]
    assert (animal["condition"], animal["injuries"]) == ("dead", "翅骨折")
    assert (animal["quarantine"], animal["disease_reported_to"]) == ("failed", "站")
    assert "agency_opinion" not in [one["code"] for one in record["missing"]]
    problem = await refused(
        officer,
        incident,
        entry(
            "release",
            later,
            **{name: value for name, value in release().items() if name not in entry("release")},
        ),
    )
    assert "return" not in problem["possible"]
    assert "is dead" in problem["detail"]


async def test_what_a_released_animal_still_owes_can_be_given(officer: Person) -> None:
    incident = await officer.opened(rescue(source="seizure"))
    await officer.appended(incident, identification())
    await officer.appended(incident, release())
    later = "2024-08-05T10:00:00+08:00"
    said = entry("agency_opinion", later, animal=1, agency="局", opinion="同意放归")
    await officer.appended(incident, said)
    ring = [{"kind": "ring", "number": "A1"}]
    await officer.appended(incident, entry("marking", later, animal=1, marks=ring))
    missing = (await officer.read(f"/incidents/{incident}"))["missing"]
    assert "agency_opinion" not in [one["code"] for one in missing]


async def test_a_release_against_all_signs_is_flagged(officer: Person) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    until = {"quarantine": "failed", "isolated_until": "2024-08-10T00:00:00+08:00"}
    await officer.appended(incident, entry("care", animal=1, **until))
    await officer.appended(incident, entry("assessment", animal=1, condition="critical"))
    await officer.appended(incident, release())
    flags = [one["code"] for one in (await officer.read(f"/incidents/{incident}"))["flags"]]
    assert flags == ["released_unfit", "released_after_failed_quarantine", "released_in_isolation"]


@pytest.mark.parametrize("then", ["assessment", "death", "release"])
async def test_what_was_caught_again_is_dealt_with_in_the_same_minute(
    officer: Person, then: str
) -> None:
    """Escaped, caught, weighed: one minute's work, told in whatever order."""
    incident = await officer.opened()
    await officer.appended(incident, identification())
    minute = "2024-08-04T12:00:00+08:00"
    same = {"happened_at": minute, "recorded_at": minute}
    next_ = {
        "assessment": entry("assessment", animal=1, condition="good"),
        "death": entry("death", animal=1),
        "release": release(),
    }[then]
    await officer.appended(incident, entry("escape", "2024-08-01T12:00:00+08:00", animal=1))
    await officer.appended(incident, entry("return", animal=1) | same)
    await officer.appended(incident, next_ | same)
    outcome = {"assessment": "in_care", "death": "died_in_care", "release": "released"}[then]
    assert (await animals_of(officer, incident))[0]["outcome"] == outcome
    other = await officer.opened()
    await officer.appended(other, entry("escape", animal=1) | same)
    await officer.appended(other, entry("return", animal=1) | same)
    assert (await animals_of(officer, other))[0]["outcome"] == "in_care"


async def test_each_death_owes_its_own_disposal(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 2}]))
    first = await officer.appended(incident, entry("death", animal=1, count=1))
    burial = {"disposal_method": "burial", "quarantine": "passed"}
    await officer.appended(incident, entry("death", animal=1, count=1, **burial))
    record = await officer.read(f"/incidents/{incident}")
    rescued = msgspec.convert(record, RescueIncident, strict=False)
    owed = [gap.entry_id for gap in gaps(rescued) if gap.code is Owed.DISPOSAL]
    assert owed == [UUID(first["id"])]


@pytest.mark.parametrize("type_", ["death", "escape", "assessment"])
async def test_what_came_of_an_animal_before_it_was_found_is_flagged(
    officer: Person, type_: str
) -> None:
    incident = await officer.opened()
    early = "2024-07-01T10:00:00+08:00"
    await officer.appended(incident, entry(type_, early, animal=1, note="记录"))
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert (flag["code"], flag["animal"]) == ("before_found", 1)


@pytest.mark.parametrize(
    ("longitude", "latitude"), [(-117.5, 42.78), (117.5, -42.78), (0, 42.78), (117.5, 0), (180, 90)]
)
async def test_a_point_with_a_lost_sign_or_number_is_flagged_also_without_a_region(
    officer: Person, longitude: float, latitude: float
) -> None:
    point = {"longitude": longitude, "latitude": latitude, "datum": "WGS84"}
    incident = await officer.opened(rescue(place={"description": "林中", "point": point}))
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert flag["code"] == "point_elsewhere"


async def test_a_correction_that_changes_how_many_another_entry_says_died_is_shown(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 5}]))
    await officer.appended(incident, identification())
    let_go = await officer.appended(incident, release(count=4))
    last = "2024-08-05T10:00:00+08:00"
    died = await officer.appended(incident, entry("death", last, animal=1))
    assert died["facts"]["heads"] == 1
    assert (await officer.read(f"/incidents/{incident}"))["flags"] == []
    fewer = entry("amendment", last, entry_id=let_go["id"], changes={"count": 2})
    await officer.appended(incident, fewer)
    record = await officer.read(f"/incidents/{incident}")
    assert heads(record["animals"][0]) == {"released": 2, "died_in_care": 3}
    [flag] = record["flags"]
    assert (flag["code"], flag["entry_id"]) == ("count_changed", died["id"])
    # Said by number, it is what was meant.
    meant = entry("amendment", last, entry_id=died["id"], changes={"count": 3})
    await officer.appended(incident, meant)
    assert (await officer.read(f"/incidents/{incident}"))["flags"] == []


async def test_how_old_and_of_which_sex_those_are_that_were_split_off_an_examination_tells(
    officer: Person,
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 10}]))
    await officer.appended(incident, entry("split", animal=1, count=3))
    found = entry("assessment", LATER, animal=2, sex="female", life_stage="juvenile")
    await officer.appended(incident, found)
    told = [(one["sex"], one["life_stage"]) for one in await animals_of(officer, incident)]
    assert told == [("unknown", "unknown"), ("female", "juvenile")]


async def test_a_release_tells_what_rings_the_animal_carried(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened(rescue(animals=[{"marks": [{"kind": "ring", "number": "A1"}]}]))
    await officer.appended(incident, identification())
    ringed = [{"kind": "ring", "number": "B2"}, {"kind": "chip", "number": "900"}]
    off = [{"kind": "ring", "number": "A1"}]
    await officer.appended(incident, entry("marking", animal=1, marks=ringed, taken_off=off))
    await officer.appended(incident, release(ring_number="C3"))
    [row] = (await official.read("/releases"))["items"]
    assert [one["number"] for one in row["marks"]] == ["B2", "900", "C3"]


@pytest.mark.parametrize("seized", [True, False])
async def test_what_was_seized_is_not_disposed_of_before_the_agency_has_said_what_it_wants(
    officer: Person, seized: bool
) -> None:
    """It is taken, and shown; not of what goes back to the agency."""
    incident = await officer.opened(rescue(source="seizure" if seized else "report"))
    await officer.appended(incident, identification())
    to_agency = entry("transfer", animal=1, recipient="市场监管局", recipient_kind="agency")
    await officer.appended(incident, to_agency)
    record = await officer.read(f"/incidents/{incident}")
    assert record["flags"] == []
    await officer.appended(incident, entry("void", entry_id=to_agency["id"]))
    let_go = await officer.appended(incident, release())
    opinion = entry("agency_opinion", LATER, animal=1, agency="市场监管局", opinion="同意放归")
    await officer.appended(incident, opinion)
    flags = (await officer.read(f"/incidents/{incident}"))["flags"]
    told = [(one["code"], one["entry_id"]) for one in flags]
    assert told == ([("opinion_missing", let_go["id"])] if seized else [])
