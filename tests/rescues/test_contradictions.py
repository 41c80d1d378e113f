"""What of an animal contradicts what was known of it when it was said: taken, and shown."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.pictures import encoded, noise
from tests.users import Person, entry, identification, release, rescue
from wildlife.rescues.kind import RESCUE
from wildlife.timeline.entry import APPENDABLE, Photo, tag

EARLY, LATER, STILL_LATER = (f"2024-0{day}T10:00:00+08:00" for day in ("7-01", "8-02", "8-03"))
DEAD = entry("assessment", animal=1, condition="dead")
DISEASE = entry("disease_report", animal=1, suspected_disease="疑似禽流感", reported_to="监测站")

SITE: dict[str, Any] = {
    "site": {"description": "水库"},
    "method": "hard",
    "officers": ["150425001"],
}
RECIPIENT = {"recipient": "救护中心"}

LET_GO = release("2024-08-01T10:00:00+08:00")
ARRIVED_DEAD = entry("death", STILL_LATER, animal=1, circumstance="dead_on_arrival")


def cared(happened_at: str = LATER, **fields: Any) -> dict[str, Any]:
    return entry("care", happened_at, animal=1, **fields)


def isolated(since: str | None, until: str | None, happened_at: str = LATER) -> dict[str, Any]:
    said = {"isolated_from": since, "isolated_until": until}
    return cared(happened_at, **{name: time for name, time in said.items() if time})


# What is said, one after the other, and the flags of the last.
SAID: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([isolated(LATER, STILL_LATER)], []),
    ([isolated(STILL_LATER, LATER)], ["isolation_out_of_order"]),
    ([isolated(STILL_LATER, None), isolated(None, LATER, STILL_LATER)], ["isolation_out_of_order"]),
    # Another isolation is not the one before.
    ([isolated(EARLY, LATER), isolated(STILL_LATER, None, STILL_LATER)], []),
    ([DISEASE, release()], ["released_under_suspicion"]),
    ([DISEASE, cared(quarantine="passed"), release()], []),
    ([DISEASE, release(quarantine="passed")], []),
    ([DISEASE, cared(quarantine="pending"), release()], ["released_under_suspicion"]),
    (
        [cared("2024-07-30T09:00:00+08:00", quarantine="passed"), DISEASE, release()],
        ["released_under_suspicion"],
    ),
    ([DEAD, entry("escape", LATER, animal=1)], ["alive_after_death"]),
    ([DEAD, entry("no_rescue_needed", LATER, animal=1)], ["alive_after_death"]),
    ([DEAD, entry("transfer", LATER, animal=1, **RECIPIENT)], ["alive_after_death"]),
    ([DEAD, entry("treatment", LATER, animal=1, medication="抗生素")], ["alive_after_death"]),
    ([DEAD, cared(feeding="小鱼")], ["alive_after_death"]),
    ([DEAD, cared(quarantine="passed")], []),
    ([DEAD, entry("death", LATER, animal=1)], []),
    ([DEAD, release()], ["released_dead"]),
    ([entry("death", animal=1), cared(samples=["肝"])], []),
    (
        [entry("death", animal=1), entry("assessment", LATER, animal=1, condition="weak")],
        ["alive_after_death"],
    ),
    ([entry("death", animal=1), entry("assessment", LATER, animal=1, weight_g=700)], []),
    # Who was let go was not dead when it came in, unless it came in once more.
    ([LET_GO, ARRIVED_DEAD], ["dead_on_arrival_after_release"]),
    ([LET_GO, entry("return", LATER, animal=1), ARRIVED_DEAD], []),
    ([entry("escape", animal=1), ARRIVED_DEAD], ["dead_on_arrival_after_release"]),
    ([LET_GO, entry("death", STILL_LATER, animal=1)], []),
    ([entry("transfer", animal=1, **RECIPIENT), ARRIVED_DEAD], []),
    ([ARRIVED_DEAD], []),
    (
        [entry("transfer", LATER, animal=1, **RECIPIENT, received_at=EARLY)],
        ["received_before_sent"],
    ),
    ([entry("transfer", LATER, animal=1, **RECIPIENT, received_at=STILL_LATER)], []),
    ([identification("cygnus_cygnus", recorded_at=LATER)], ["identified_as_two"]),
    ([identification(recorded_at=LATER)], []),
]


@pytest.mark.parametrize(("said", "flags"), SAID)
async def test_what_contradicts_what_was_known_is_flagged_at_the_entry_that_does(
    officer: Person, said: list[dict[str, Any]], flags: list[str]
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    for body in said:
        held = await officer.appended(incident, body | {"id": entry("note")["id"]})
    shown = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert shown == [{"code": code, "animal": 1, "entry_id": held["id"]} for code in flags]


TOLD: dict[str, dict[str, Any]] = {
    "assessment": {"condition": "weak"},
    "care": {"feeding": "小鱼"},
    "treatment": {"medication": "抗生素"},
    "transfer": RECIPIENT,
    "death": {},
    "escape": {},
    "no_rescue_needed": {},
    "long_term_care": {"keeper": "动物园"},
    "allocation": RECIPIENT,
    "release": SITE,
    "split": {"count": 1},
    "marking": {"marks": [{"kind": "ring", "number": "A1"}]},
    "disease_report": {"suspected_disease": "疑似禽流感", "reported_to": "监测站"},
    "identification": {
        "species_id": "phalacrocorax_carbo",
        "identified_by": "专家",
        "confidence": "certain",
    },
}
LAST = [{"kind": "ring", "number": "Z9"}]
AT_ANY_TIME = {
    "agency_opinion": "an agency may speak of what it seized before it is handed over",
    "return": "only after what went, which has a flag then",
    "receipt": "the same",
    "addition": "names no animal, and is tried beside these",
}


def test_every_entry_of_an_animal_is_tried_before_the_find() -> None:
    assert {*TOLD, *AT_ANY_TIME} == {tag(one) for one in RESCUE.entries}


@pytest.mark.parametrize("type_", [*TOLD, "addition"])
async def test_what_was_done_with_an_animal_before_it_was_found_is_flagged(
    officer: Person, type_: str
) -> None:
    incident = await officer.opened(rescue(animals=[{"count": 2}]))
    if type_ == "release":
        await officer.appended(incident, identification())
    fields = {"reported": {}} if type_ == "addition" else {"animal": 1, **TOLD[type_]}
    await officer.appended(incident, entry(type_, EARLY, **fields))
    # What came later does not hide it.
    await officer.appended(incident, entry("marking", LATER, animal=1, marks=LAST))
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    early = "released_before_found" if type_ == "release" else "before_found"
    assert (flag["code"], flag["animal"]) == (early, 2 if type_ == "addition" else 1)


async def test_who_was_told_and_what_was_handed_over_before_the_find_is_flagged(
    officer: Person,
) -> None:
    handed = await officer.opened(rescue(handed_over_by={"unit": "林场", "at": EARLY}))
    told = await officer.opened()
    await officer.appended(told, entry("told", EARLY, result="已放归"))
    for incident in (handed, told):
        flags = (await officer.read(f"/incidents/{incident}"))["flags"]
        assert [one["code"] for one in flags] == ["before_found"]


async def test_each_that_was_told_before_the_find_is_named_whatever_was_told_later(
    officer: Person,
) -> None:
    incident = await officer.opened()
    early = [
        await officer.appended(incident, entry("told", at, result="已放归"))
        for at in (EARLY, LATER, EARLY)
    ]
    flags = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert [one["code"] for one in flags] == ["before_found"] * 2
    assert {one["entry_id"] for one in flags} == {early[0]["id"], early[2]["id"]}


async def test_a_photo_of_an_animal_whose_addition_was_voided_is_flagged_and_can_be_corrected(
    officer: Person,
) -> None:
    incident = await officer.opened()
    added = await officer.appended(incident, entry("addition", reported={}))
    photos = []
    for about in ("animal:2", f"animal:{added['id']}", "animal:1"):
        jpeg = encoded(noise(40, 30))
        photos.append((await officer.put_photo(incident, jpeg, about=about)).json()["id"])
    await officer.appended(incident, entry("void", entry_id=added["id"]))

    async def flagged() -> list[str]:
        flags = (await officer.read(f"/incidents/{incident}"))["flags"]
        assert {one["code"] for one in flags} <= {"photo_of_none"}
        return [one["entry_id"] for one in flags]

    assert sorted(await flagged()) == sorted(photos[:2])
    for photo in photos:
        changes = {"caption": "左翅"}
        await officer.appended(incident, entry("amendment", entry_id=photo, changes=changes))
    worse = entry("amendment", entry_id=photos[0], changes={"about": "animal:7"})
    answer = await officer.post(f"/incidents/{incident}/entries", worse)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_animal")
    for photo in photos[:2]:
        changes = {"about": "animal:1"}
        await officer.appended(incident, entry("amendment", entry_id=photo, changes=changes))
    assert await flagged() == []


# Every time and every yes or no of a rescue, and what is held against it; or why nothing is.
HELD: dict[str, str] = {
    "rescue.found_at": "before_found, released_before_found",
    "rescue.call.reported_at": "call_out_of_order; of the find the station knows by it alone",
    "rescue.call.dispatched_at": "call_out_of_order",
    "rescue.call.arrived_at": "call_out_of_order; what is found may have been found before",
    "rescue.recorded_at": "a clock, whose skew is shown",
    "rescue.handed_over_by.at": "before_found",
    "rescue.informant.confidential": "a wish",
    "happened_at": "before_found; the order of the timeline",
    "recorded_at": "a clock, whose skew is shown",
    "care.isolated_from": "isolation_out_of_order",
    "care.isolated_until": "isolation_out_of_order, released_in_isolation",
    "transfer.received_at": "received_before_sent",
    "release.fit_to_release": "released_unfit",
    "release.native_there": "released_outside_range",
    "informant.informant.confidential": "a wish",
    "photo.taken_at": "taken_earlier, clock_skew",
    "photo.taken_place.fixed_at": "clock_skew",
}


def unwrapped(type_: Any) -> Any:
    return unwrapped(type_.type) if isinstance(type_, msgspec.inspect.Metadata) else type_


def ordered(type_: Any, path: str) -> Iterator[str]:
    """The times and the yes-or-no of a Struct, and of the Structs within it."""
    for field in msgspec.inspect.type_info(type_).fields:  # type: ignore[attr-defined]
        name = field.encode_name
        said = unwrapped(field.type)
        for one in map(unwrapped, getattr(said, "types", [said])):
            if isinstance(one, msgspec.inspect.StructType):
                yield from ordered(one.cls, f"{path}.{name}")
            elif isinstance(one, msgspec.inspect.DateTimeType | msgspec.inspect.BoolType):
                is_common = name in ("happened_at", "recorded_at") and path != "rescue"
                yield name if is_common else f"{path}.{name}"


def test_every_time_and_every_yes_or_no_is_held_against_something_or_it_is_said_why_not() -> None:
    entries: list[Any] = [*RESCUE.entries, *APPENDABLE, Photo]
    there = {*ordered(RESCUE.opening, "rescue")}
    for type_ in entries:
        there |= {*ordered(type_, tag(type_))}
    assert there == {*HELD}
