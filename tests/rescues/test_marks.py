"""Rings, chips and tags: an animal is known again by them, here and in other incidents."""

import itertools
from typing import Any

import pytest

from tests.users import Person, entry, identification, release, rescue


def ring(number: str) -> dict[str, str]:
    return {"kind": "ring", "number": number}


def with_rings(*numbers: str, **fields: Any) -> dict[str, Any]:
    """A rescue with an animal for each ring."""
    return rescue(animals=[{"count": 2, "marks": [ring(one)]} for one in numbers], **fields)


async def record(person: Person, incident_id: str) -> Any:
    return await person.read(f"/incidents/{incident_id}")


async def refused_mark(officer: Person, incident_id: str, body: dict[str, Any]) -> tuple[str, str]:
    """Which mark of an entry is refused, and which animal carries it."""
    answer = await officer.post(f"/incidents/{incident_id}/entries", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "mark_in_use"), problem
    return problem["errors"][0]["given"], problem["errors"][0]["expected"]


async def test_a_ring_on_one_animal_is_put_on_no_other_of_the_incident_by_whatever_way(
    officer: Person,
) -> None:
    incident = await officer.opened(with_rings("A1234", "B1"))
    await officer.appended(incident, identification(animal=2))
    for body in (
        entry("marking", animal=2, marks=[ring("a-1234")]),
        entry("addition", reported={"marks": [ring("Ａ 1234")]}),
        release(animal=2, ring_number="A1234"),
        release(animal=2, marks=[ring("A1234")]),
    ):
        given, bearer = await refused_mark(officer, incident, body)
        assert (given.casefold().endswith("1234"), bearer) == (True, "1")
    put = await officer.appended(incident, entry("marking", animal=2, marks=[ring("C7")]))
    amended = entry("amendment", entry_id=put["id"], changes={"marks": {"1": {"number": "A1234"}}})
    assert (await refused_mark(officer, incident, amended))[1] == "1"
    opening = {"animals": {"2": {"marks": {"1": {"number": "A1234"}}}}}
    amended = entry("amendment", entry_id=incident, changes=opening)
    assert (await refused_mark(officer, incident, amended))[1] == "1"
    answer = await officer.post("/incidents", with_rings("A1234", "A1234"))
    assert (answer.status_code, answer.json()["code"]) == (409, "mark_in_use")
    # The same animal may bear it, and be told to; another kind of mark is another mark.
    await officer.appended(incident, entry("marking", animal=1, marks=[ring("A1234")]))
    chip = {"kind": "chip", "number": "A1234"}
    await officer.appended(incident, entry("marking", animal=2, marks=[chip]))
    assert (await record(officer, incident))["flags"] == []


async def test_what_is_split_off_a_group_may_bear_any_ring_of_the_group(officer: Person) -> None:
    incident = await officer.opened(with_rings("A1234"))
    await officer.appended(incident, entry("split", animal=1, count=1))
    later = "2024-07-31T10:00:00+08:00"
    await officer.appended(incident, entry("marking", later, animal=2, marks=[ring("A1234")]))
    assert (await record(officer, incident))["flags"] == []


async def test_the_ring_of_a_dead_animal_is_free_again_and_two_at_once_are_shown(
    officer: Person,
) -> None:
    incident = await officer.opened(with_rings("A1234", "B1"))
    died = await officer.appended(incident, entry("death", animal=1))
    later = "2024-07-31T10:00:00+08:00"
    await officer.appended(incident, entry("marking", later, animal=2, marks=[ring("A1234")]))
    assert (await record(officer, incident))["flags"] == []
    await officer.appended(incident, entry("void", later, entry_id=died["id"]))
    [flag] = (await record(officer, incident))["flags"]
    assert (flag["code"], flag["animal"]) == ("mark_on_two", 2)


async def test_the_ring_of_a_release_is_one_of_the_animals_marks(officer: Person) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    await officer.appended(incident, release(ring_number="A1234", marks=[ring("a1234")]))
    [animal] = (await record(officer, incident))["animals"]
    assert animal["marks"] == [ring("A1234")]


async def test_the_same_ring_in_another_incident_is_shown_on_both_to_who_may_see_them(
    officer: Person, other_officer: Person, official: Person
) -> None:
    first = await officer.opened()
    await officer.appended(first, identification())
    before = (await officer.get(f"/incidents/{first}")).headers["etag"]
    await officer.appended(first, release(ring_number="A1234"))
    alone = await officer.get(f"/incidents/{first}")
    assert alone.json()["same_marks"] == []
    again = await officer.opened(with_rings("a-1234"))
    elsewhere = await other_officer.opened(
        with_rings("A 1234", place={"description": "克一河", "region_code": "150723"})
    )
    await officer.opened(with_rings("A12345"))
    cases = {one: (await record(officer, one))["case_number"] for one in (first, again)}
    for one, other in ((first, again), (again, first)):
        for person in (officer, official):
            shown = (await record(person, one))["same_marks"]
            assert shown == [{"mark": "ring:a1234", "id": other, "case_number": cases[other]}]
    assert (await record(other_officer, elsewhere))["same_marks"] == []
    # What is shown has changed, though nothing was added here; a client that has it is told so.
    now = await officer.get(f"/incidents/{first}", headers={"If-None-Match": alone.headers["etag"]})
    assert now.status_code == 200
    assert len({before, alone.headers["etag"], now.headers["etag"]}) == 3
    # Closed as a duplicate, it is no second find.
    closing = entry("closing", reason="duplicate", duplicate_of=first)
    await officer.appended(again, closing)
    assert (await record(officer, first))["same_marks"] == []


@pytest.mark.parametrize("number", ["A1234", "a 1234", "Ａ1234"])
async def test_a_ring_is_found_as_it_was_written(officer: Person, number: str) -> None:
    incident = await officer.opened(with_rings(number))
    [found] = (await officer.read("/incidents", params={"q": number}))["items"]
    assert found["id"] == incident


@pytest.mark.parametrize("number", ["-", "--", "／", "环－"])
async def test_what_has_no_letter_and_no_digit_is_no_mark(officer: Person, number: str) -> None:
    is_one = any(c.isalnum() for c in number)
    answer = await officer.post("/incidents", with_rings(number))
    assert answer.status_code == (201 if is_one else 422), answer.text
    incident = await officer.opened()
    await officer.appended(incident, identification())
    answer = await officer.post(f"/incidents/{incident}/entries", release(ring_number=number))
    assert answer.status_code == (201 if is_one else 422), answer.text


@pytest.mark.parametrize("number", ["A–1234", "A‑1234", "A.1234", "A/1234", "a_1234", "ａ 1234"])
async def test_a_mark_is_known_again_however_it_is_written(officer: Person, number: str) -> None:
    first = await officer.opened(with_rings("A-1234"))
    twice = [{"marks": [ring(number), ring("A1234")]}]
    again = await officer.opened(rescue(animals=twice))
    shown = await record(officer, again)
    assert [one["id"] for one in shown["same_marks"]] == [first]
    assert shown["animals"][0]["marks"] == [ring(number)]
    for q in ("A1234", number):
        found = (await officer.read("/incidents", params={"q": q}))["items"]
        assert again in [one["id"] for one in found]


async def test_an_amendment_of_the_opening_names_who_carries_the_mark(officer: Person) -> None:
    incident = await officer.opened(with_rings("AA1", "B1"))
    changes = {"animals": {"2": {"marks": {"1": {"number": "aa-1"}}}}}
    body = entry("amendment", entry_id=incident, changes=changes)
    answer = await officer.post(f"/incidents/{incident}/entries", body)
    [error] = answer.json()["errors"]
    assert (error["field"], error["given"], error["expected"]) == (
        "changes.animals[1].marks[0]",
        "aa-1",
        "1",
    )


async def test_an_amendment_of_the_opening_names_its_own_animal_and_the_one_that_was_added(
    officer: Person,
) -> None:
    incident = await officer.opened(with_rings("AA1"))
    await officer.appended(incident, entry("addition", reported={"marks": [ring("B1")]}))
    changes = {"animals": {"1": {"marks": {"1": {"number": "b-1"}}}}}
    body = entry("amendment", entry_id=incident, changes=changes)
    answer = await officer.post(f"/incidents/{incident}/entries", body)
    [error] = answer.json()["errors"]
    assert (error["field"], error["given"], error["expected"]) == (
        "changes.animals[0].marks[0]",
        "b-1",
        "2",
    )


async def test_a_mark_too_many_is_taken_away_and_an_animal_keeps_its_number(
    officer: Person,
) -> None:
    incident = await officer.opened(
        rescue(animals=[{"marks": [ring("A1"), ring("A2"), ring("A3")]}])
    )
    changes: dict[str, Any] = {"animals": {"1": {"marks": {"1": None, "3": {"number": "A4"}}}}}
    await officer.appended(incident, entry("amendment", entry_id=incident, changes=changes))
    [animal] = (await record(officer, incident))["animals"]
    assert animal["marks"] == [ring("A2"), ring("A4")]
    for wrong in ({"animals": {"1": None}}, {"animals": {"1": {"marks": {"7": None}}}}):
        body = entry("amendment", entry_id=incident, changes=wrong)
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.status_code == 422, answer.text


MONDAY, TUESDAY, WEDNESDAY = (f"2024-08-0{day}T10:00:00+08:00" for day in (5, 6, 7))


def off_and_on() -> list[dict[str, Any]]:
    """A ring is put on animal 1, taken off on Monday, and put on animal 2 on Wednesday."""
    return [
        entry("marking", animal=1, marks=[ring("A1234")]),
        entry("marking", MONDAY, animal=1, taken_off=[ring("a-1234")]),
        entry("marking", WEDNESDAY, animal=2, marks=[ring("A1234")]),
    ]


@pytest.mark.parametrize("told", list(itertools.permutations(range(3))), ids=str)
async def test_a_ring_that_was_taken_off_may_be_put_on_another_in_whatever_order_it_is_told(
    officer: Person, told: tuple[int, ...]
) -> None:
    incident = await officer.opened(with_rings("B1", "B2"))
    said = off_and_on()
    # Before it is told that it was taken off, it is on two: refused, and sent again by the phone.
    waiting = [said[number] for number in told]
    for body in [*waiting, *waiting]:
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.is_success or answer.json()["code"] == "mark_in_use", answer.text
    shown = await record(officer, incident)
    assert (shown["entries"], shown["flags"]) == (4, [])
    for animal, number, times in (
        (shown["animals"][0], "A1234", ("2024-07-30T10:00:00+08:00", MONDAY)),
        (shown["animals"][1], "A1234", (WEDNESDAY, None)),
    ):
        [carried] = [one for one in animal["carried"] if one["mark"]["number"] == number]
        assert (carried["since"], carried["until"]) == times
        assert ring(number) in animal["marks"]


@pytest.mark.parametrize("freed", ["marking", "death"])
async def test_a_mark_is_refused_on_another_for_as_long_as_the_one_that_carried_it_did(
    officer: Person, freed: str
) -> None:
    incident = await officer.opened(with_rings("A1234", "B1"))
    taken: dict[str, Any] = {"taken_off": [ring("A1234")]} if freed == "marking" else {}
    await officer.appended(incident, entry(freed, TUESDAY, animal=1, **taken))
    late = entry("marking", MONDAY, animal=2, marks=[ring("A1234")])
    assert (await refused_mark(officer, incident, late))[1] == "1"
    put = await officer.appended(
        incident, entry("marking", TUESDAY, animal=2, marks=[ring("A1234")])
    )
    assert (await record(officer, incident))["flags"] == []
    earlier = entry("amendment", entry_id=put["id"], changes={"happened_at": MONDAY})
    assert (await refused_mark(officer, incident, earlier))[1] == "1"
    note = entry("amendment", entry_id=put["id"], changes={"note": "左脚"})
    await officer.appended(incident, note)


async def test_two_that_carried_a_mark_at_once_by_what_is_told_later_are_shown(
    officer: Person,
) -> None:
    incident = await officer.opened(with_rings("A1234", "B1"))
    off = await officer.appended(
        incident, entry("marking", MONDAY, animal=1, taken_off=[ring("A1234")])
    )
    put = await officer.appended(
        incident, entry("marking", WEDNESDAY, animal=2, marks=[ring("A1234")])
    )
    await officer.appended(
        incident, entry("marking", "2024-08-08T10:00:00+08:00", animal=1, marks=[ring("C1")])
    )
    await officer.appended(incident, entry("void", entry_id=off["id"]))
    [flag] = (await record(officer, incident))["flags"]
    assert (flag["code"], flag["animal"]) == ("mark_on_two", 2)
    # What others made wrong hinders no correction of the rest.
    for target, changes in (
        (put["id"], {"note": "右脚"}),
        (incident, {"animals": {"1": {"count": 3}}}),
    ):
        await officer.appended(incident, entry("amendment", entry_id=target, changes=changes))


async def test_what_is_taken_off_one_of_a_group_is_off_all_that_were_split_from_it(
    officer: Person,
) -> None:
    incident = await officer.opened(with_rings("A1234", "B1"))
    await officer.appended(incident, entry("split", animal=1, count=1))
    await officer.appended(incident, entry("marking", MONDAY, animal=1, taken_off=[ring("A1234")]))
    await officer.appended(incident, entry("marking", TUESDAY, animal=2, marks=[ring("A1234")]))
    assert (await record(officer, incident))["flags"] == []


async def test_a_marking_says_of_some_mark_that_it_is_on_or_off(officer: Person) -> None:
    incident = await officer.opened(with_rings("A1"))
    nothing: list[dict[str, Any]] = [{}, {"marks": []}, {"marks": [], "taken_off": []}]
    for said in nothing:
        body = entry("marking", animal=1, **said)
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "nothing_said")
    body = entry("marking", animal=1, taken_off=[ring("-")])
    answer = await officer.post(f"/incidents/{incident}/entries", body)
    assert [one["field"] for one in answer.json()["errors"]] == ["taken_off[0]"]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        (written, typed)
        for written, several in (
            ("Abbeacb5", ("Ab-beacb5", "Ab beacb5", "Ab.beacb5", "ＡＢ／ＢＥＡＣＢ５")),
            ("Cd-4cfe4d", ("Cd4cfe4d", "Cd 4cfe4d", "Cd.4cfe4d")),
        )
        for typed in several
    ],
)
async def test_a_mark_is_found_however_it_is_asked_for(
    officer: Person, written: str, typed: str
) -> None:
    incident = await officer.opened(with_rings(written))
    await officer.appended(incident, identification())
    await officer.appended(incident, release())
    await officer.opened(with_rings(f"{written[:-1]}0"))
    for path in ("/incidents", "/animals", "/releases"):
        found = (await officer.read(path, params={"q": typed}))["items"]
        assert len(found) == 1, path
        assert found[0].get("incident_id", found[0].get("id")) == incident, path


async def refused_fields(
    officer: Person, path: str, body: dict[str, Any]
) -> list[tuple[str, str | None, str]]:
    """Which marks of a body are refused: where each stands, its pointer, and its code."""
    problem = (await officer.post(path, body)).json()
    return [(one["field"], one["pointer"], one["code"]) for one in problem["errors"]]


async def test_each_mark_that_is_refused_is_pointed_at_where_it_stands(officer: Person) -> None:
    used = "mark_in_use"
    rings = [ring("N1"), ring("A1")]
    animals = [{"marks": [ring("A1"), ring("B1")]}, {"marks": rings}, {"marks": [ring("b-1")]}]
    assert await refused_fields(officer, "/incidents", rescue(animals=animals)) == [
        ("animals[1].marks[1]", "/animals/1/marks/1", used),
        ("animals[2].marks[0]", "/animals/2/marks/0", used),
    ]
    incident = await officer.opened(with_rings("A1", "B1"))
    await officer.appended(incident, identification(animal=2))
    path = f"/incidents/{incident}/entries"
    for body, fields in (
        (entry("addition", reported={"marks": rings}), [("reported.marks[1]", used)]),
        (
            release(animal=2, ring_number="A1", marks=rings),
            [("ring_number", used), ("marks[1]", used)],
        ),
        (entry("marking", animal=2, marks=rings), [("marks[1]", used)]),
        (entry("marking", animal=2, taken_off=rings), [("taken_off[1]", used)]),
        (
            entry("marking", animal=2, marks=[ring("C1"), ring("-")], taken_off=[ring("c 1")]),
            [("taken_off[0]", "invalid_value"), ("marks[1]", "invalid_value")],
        ),
    ):
        pointers = ["/" + one.replace(".", "/").replace("[", "/").rstrip("]") for one, _ in fields]
        assert await refused_fields(officer, path, body) == [
            (field, pointer, code) for (field, code), pointer in zip(fields, pointers, strict=True)
        ]


async def test_a_correction_of_other_marks_is_not_hindered_by_one_that_is_on_two(
    officer: Person,
) -> None:
    incident = await officer.opened(with_rings("A1", "B1"))
    off = await officer.appended(
        incident, entry("marking", MONDAY, animal=1, taken_off=[ring("A1")])
    )
    rings = [ring("C1"), ring("A1")]
    put = await officer.appended(incident, entry("marking", TUESDAY, animal=2, marks=rings))
    await officer.appended(incident, entry("void", entry_id=off["id"]))
    changes: dict[str, Any] = {"marks": {"1": None}}
    await officer.appended(incident, entry("amendment", entry_id=put["id"], changes=changes))


async def flagged(officer: Person, incident: str) -> list[tuple[str, int, str | None]]:
    flags = (await record(officer, incident))["flags"]
    return [(one["code"], one["animal"], one.get("entry_id")) for one in flags]


async def test_a_mark_taken_off_that_was_never_recorded_is_shown_until_it_is(
    officer: Person,
) -> None:
    incident = await officer.opened(with_rings("A1234"))
    off = await officer.appended(
        incident, entry("marking", TUESDAY, animal=1, taken_off=[ring("A1243")])
    )
    assert await flagged(officer, incident) == [("taken_off_unrecorded", 1, off["id"])]
    # What comes late from another phone says that it carried it.
    put = await officer.appended(
        incident, entry("marking", MONDAY, animal=1, marks=[ring("A1243")])
    )
    assert await flagged(officer, incident) == []
    await officer.appended(incident, entry("void", entry_id=put["id"]))
    changes = {"taken_off": {"1": {"number": "a-1234"}}}
    await officer.appended(incident, entry("amendment", entry_id=off["id"], changes=changes))
    assert await flagged(officer, incident) == []


async def test_a_mark_is_taken_off_the_animal_that_carries_it(officer: Person) -> None:
    incident = await officer.opened(with_rings("A1234", "B1"))
    wrong = entry("marking", MONDAY, animal=2, taken_off=[ring("a-1234")])
    assert await refused_mark(officer, incident, wrong) == ("a-1234", "1")
    # What a dead one carried is on nobody any more.
    await officer.appended(incident, entry("death", animal=1))
    await officer.appended(incident, wrong)


async def test_a_release_with_a_ring_that_was_taken_off_is_shown(officer: Person) -> None:
    incident = await officer.opened(with_rings("A1234"))
    await officer.appended(incident, identification())
    early = "2024-07-31T10:00:00+08:00"
    off = entry("marking", early, animal=1, taken_off=[ring("A1234")])
    await officer.appended(incident, off)
    let_go = await officer.appended(incident, release(ring_number="a1234"))
    assert await flagged(officer, incident) == [("released_with_taken_off", 1, let_go["id"])]
    await officer.appended(incident, entry("void", entry_id=off["id"]))
    assert await flagged(officer, incident) == []


async def test_a_mark_on_two_names_the_entry_that_put_it_on_the_second(officer: Person) -> None:
    incident = await officer.opened(with_rings("B1", "A1234"))
    off = await officer.appended(
        incident, entry("marking", MONDAY, animal=2, taken_off=[ring("A1234")])
    )
    put = await officer.appended(
        incident, entry("marking", TUESDAY, animal=1, marks=[ring("A1234")])
    )
    await officer.appended(incident, entry("void", entry_id=off["id"]))
    assert await flagged(officer, incident) == [("mark_on_two", 1, put["id"])]
