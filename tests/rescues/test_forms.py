"""What the forms of a rescue ask for can be said, and stands on the record."""

from typing import Any

import msgspec
import pytest

from tests.bodies import full_entries, full_rescue
from tests.users import Person, entry, identification, release, rescue
from wildlife.rescues.gaps import gaps
from wildlife.rescues.incident import RescueIncident
from wildlife.words.vocabularies import Owed


def full(type_: str) -> dict[str, Any]:
    """An entry of this type in which nothing is left out."""
    return next(body for body in full_entries() if body["type"] == type_)


async def record(person: Person, incident_id: str) -> dict[str, Any]:
    incident: dict[str, Any] = await person.read(f"/incidents/{incident_id}")
    return incident


def owed(incident: dict[str, Any]) -> set[str]:
    return {one["code"] for one in incident["missing"]}


async def test_how_the_call_came_in_and_who_handed_over_stand_on_the_record(
    officer: Person,
) -> None:
    opening = full_rescue()
    incident = await record(officer, await officer.opened(opening))
    for name in ("call", "handed_over_by", "seizure"):
        assert {k: v for k, v in incident[name].items() if v not in (None, [])} == opening[name]
    animal = incident["animals"][0]
    assert (animal["origin"], animal["marks"]) == ("wild", [{"kind": "ring", "number": "A1234"}])


async def test_what_is_measured_and_how_it_is_kept_stands_until_it_is_said_anew(
    officer: Person,
) -> None:
    incident = await officer.opened()
    for name in ("assessment", "care", "marking", "disease_report", "agency_opinion"):
        await officer.appended(incident, full(name))
    await officer.appended(
        incident, entry("assessment", "2024-08-02T08:00:00+08:00", animal=1, note="无变化")
    )
    [animal] = (await record(officer, incident))["animals"]
    said = {
        "pulse_per_min": 220,
        "breaths_per_min": 30,
        "wing_mm": 340.5,
        "body_length_mm": 800.0,
        "vet": "李兽医",
        "place_kept": "所内暖房",
        "isolated_from": "2024-07-29T18:00:00+08:00",
        "isolated_until": "2024-08-02T18:00:00+08:00",
        "quarantine": "passed",
        "suspected_disease": "疑似禽流感",
        "disease_reported_to": "旗疫源疫病监测站",
        "agency_opinion": "同意放归",
        "marks": [{"kind": "ring", "number": "T-3"}, {"kind": "ring", "number": "A1234"}],
    }
    assert {name: animal[name] for name in said} == said


async def test_every_time_is_told_in_the_zone_of_the_service(officer: Person) -> None:
    call = {"reported_at": "2024-07-29T07:00:00Z", "arrived_at": "2024-07-29T07:20:00Z"}
    incident = await officer.opened(rescue(call=call))
    isolated = entry("care", animal=1, isolated_from="2024-07-29T10:00:00Z")
    await officer.appended(incident, isolated)
    shown = await record(officer, incident)
    assert shown["call"]["reported_at"] == "2024-07-29T15:00:00+08:00"
    assert shown["call"]["arrived_at"] == "2024-07-29T15:20:00+08:00"
    assert shown["animals"][0]["isolated_from"] == "2024-07-29T18:00:00+08:00"


async def test_a_release_tells_all_that_its_form_asks_for(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 1}]))
    await officer.appended(incident, identification())
    let_go = full("release")
    await officer.appended(incident, let_go)
    [row] = (await official.read("/releases"))["items"]
    for name in (
        "judged_fit_by",
        "quarantine",
        "quarantine_certificate",
        "native_there",
        "reason_there",
        "weather",
        "consent",
        "monitoring",
        "marks",
    ):
        assert row[name] == let_go[name], name


@pytest.mark.parametrize(
    ("type_", "outcome"), [("long_term_care", "long_term_care"), ("allocation", "allocated")]
)
async def test_what_can_not_be_let_go_is_kept_or_allocated(
    officer: Person, official: Person, type_: str, outcome: str
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, full(type_))
    [animal] = (await record(officer, incident))["animals"]
    assert animal["outcomes"][0]["outcome"] == animal["outcome"] == outcome
    assert animal["settled"][0]["recipient"] == "赤峰市动物园"
    assert len((await official.read(f"/animals?state={outcome}"))["items"]) == 1
    back = entry("return", "2024-08-09T08:00:00+08:00", animal=1)
    await officer.appended(incident, back)
    assert (await record(officer, incident))["animals"][0]["outcome"] == "in_care"


async def test_a_seized_animal_owes_what_the_agency_wants_done_with_it(officer: Person) -> None:
    seized = rescue(source="seizure", animals=[{}, {}])
    incident = await officer.opened(seized)
    for number in (1, 2):
        missing = (await record(officer, incident))["missing"]
        codes = {(one["code"], one["animal"]) for one in missing}
        assert ("agency_opinion", number) in codes
        said = full("agency_opinion") | {"animal": number, "id": entry("note")["id"]}
        await officer.appended(incident, said)
    assert "agency_opinion" not in owed(await record(officer, incident))
    agreed = rescue(source="seizure", seizure={"agency": "旗市场监督管理局", "opinion": "放归"})
    assert "agency_opinion" not in owed(await record(officer, await officer.opened(agreed)))


async def test_the_dead_are_inspected_and_disposed_of(officer: Person) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 1}]))
    await officer.appended(incident, full("death"))
    [animal] = (await record(officer, incident))["animals"]
    [death] = animal["settled"]
    assert (death["quarantine"], death["disposal_method"]) == ("passed", "burial")
    assert animal["quarantine"] == "passed"
    assert not {"quarantine", "disposal"} & owed(await record(officer, incident))


async def test_who_reported_it_is_told_what_came_of_it_also_after_the_end(
    officer: Person,
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, entry("escape", animal=1))
    await officer.appended(incident, entry("closing", "2024-08-01T08:00:00+08:00"))
    told = full("told") | {"happened_at": "2024-08-02T08:00:00+08:00"}
    await officer.appended(incident, told)
    assert (await record(officer, incident))["told_at"] == "2024-08-02T08:00:00+08:00"


async def test_a_rescue_centre_whose_people_have_no_badges_lets_go_what_it_was_given(
    officer: Person,
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    centre = "赤峰市野生动物救护站"
    await officer.appended(incident, entry("transfer", animal=1, recipient=centre))
    by_nobody = release("2024-08-09T10:00:00+08:00", persons=["赵某"])
    del by_nobody["officers"]
    for language, said in (("en", "the unit (`unit`)"), ("zh", "放归单位（`unit`）")):
        answer = await officer.post(
            f"/incidents/{incident}/entries", by_nobody, headers={"Accept-Language": language}
        )
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "missing_field")
        assert [one["field"] for one in problem["errors"]] == ["officers"]
        assert said in problem["detail"]
    taken = await officer.appended(incident, by_nobody | {"unit": centre})
    shown = await record(officer, incident)
    [let_go] = shown["animals"][0]["releases"]
    assert (let_go["unit"], let_go["persons"]) == (centre, ["赵某"])
    assert (let_go["officers"], let_go["officers_named"]) == ([], [])
    rescued = msgspec.convert(shown, RescueIncident, strict=False)
    assert Owed.SECOND_OFFICER not in {gap.code for gap in gaps(rescued)}
    assert [one["officers"] for one in (await officer.read("/releases"))["items"]] == [[]]
    # A correction obeys the same rule.
    for changes, code in (({"unit": None}, 422), ({"unit": "旗救护站"}, 201)):
        said_so = entry(
            "amendment", "2024-08-09T10:00:00+08:00", entry_id=taken["id"], changes=changes
        )
        answer = await officer.post(f"/incidents/{incident}/entries", said_so)
        assert answer.status_code == code, answer.text
