"""What happened to the animals of a rescue, told by several in any order: all of it is taken in the
end, also what went and came back while others go on without knowing. Only where the same is said
twice a person has to look."""

from typing import Any, get_args
from uuid import uuid4

import pytest

from db.database import Database
from tests.users import Person, entry, identification, release, rescue
from wildlife.kinds import KINDS
from wildlife.rescues.entries import AnimalEntry
from wildlife.settings import Settings
from wildlife.timeline.entry import tag
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild

# ---------------------------------------------------------------- what waits for each other


async def refused(person: Person, incident_id: str, body: dict[str, Any]) -> tuple[str, str]:
    """The code with which an entry is refused, and what is said of it."""
    answer = await person.post(f"/incidents/{incident_id}/entries", body)
    problem = answer.json()
    assert answer.is_error, problem
    return problem["code"], problem["detail"]


async def flags_of(person: Person, incident_id: str) -> list[tuple[str, str]]:
    record = await person.read(f"/incidents/{incident_id}")
    return [(one["code"], one["entry_id"]) for one in record["flags"]]


GOES: dict[str, dict[str, Any]] = {
    "escape": {},
    "no_rescue_needed": {},
    "transfer": {"recipient": "林草局", "recipient_kind": "agency"},
    "release": {"site": {"description": "水库"}, "method": "soft", "officers": ["150425001"]},
}
DONE_SINCE: dict[str, dict[str, Any]] = {
    "assessment": {"condition": "weak"},
    "care": {"feeding": "鱼"},
    "treatment": {"medication": "恩诺沙星"},
    "release": {"site": {"description": "水库"}, "method": "hard", "officers": ["150425001"]},
    "transfer": {"recipient": "救护站"},
    "death": {},
    "escape": {},
    "no_rescue_needed": {},
    "long_term_care": {"keeper": "动物园"},
    "allocation": {"recipient": "动物园"},
}
ENDS = {*DONE_SINCE} - {"assessment", "care", "treatment"}
# Told of whoever has it, or of its carcass: nothing is missing, and an end is about others than as
# it came.
FOLLOWS = {
    ("transfer", since) for since in DONE_SINCE if since not in ("transfer", "no_rescue_needed")
} | {(goes, "death") for goes in GOES}


def test_all_that_is_done_to_an_animal_that_somebody_has_is_tried() -> None:
    assert {*DONE_SINCE} == {tag(one) for one in get_args(AnimalEntry) if one.IN_HANDS}


# That of the same end is rather one thing that two have filed: see below.
LATE = [(goes, since) for goes in GOES for since in DONE_SINCE if goes != since]


@pytest.mark.parametrize(("goes", "since"), LATE)
async def test_that_an_animal_went_and_came_back_is_told_late_one_after_the_other(
    officer: Person, goes: str, since: str
) -> None:
    """Between the two it is shown what is missing; and who says anew what can't be is refused."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    done = entry(since, "2024-08-04T10:30:00+08:00", animal=1, **DONE_SINCE[since])
    await officer.appended(incident_id, done)
    before = await officer.read(f"/incidents/{incident_id}")
    went = entry(goes, "2024-08-01T09:00:00+08:00", animal=1, **GOES[goes])
    await officer.appended(incident_id, went)
    follows = (goes, since) in FOLLOWS
    shown = ["return_missing"] if not follows else ["end_changed"] if since in ENDS else []
    assert await flags_of(officer, incident_id) == [(code, done["id"]) for code in shown]
    if not follows:
        again = {**done, "id": str(uuid4()), "happened_at": "2024-08-03T10:30:00+08:00"}
        assert (await refused(officer, incident_id, again))[0] == "impossible_step"
    back = entry("return", "2024-08-02T09:00:00+08:00", animal=1)
    await officer.appended(incident_id, back)
    after = await officer.read(f"/incidents/{incident_id}")
    assert (after["state"], after["flags"]) == (before["state"], before["flags"])
    [now], [then] = after["animals"], before["animals"]
    assert now.pop("settled")[1:] == then.pop("settled")
    assert [one for one in now.pop("releases") if not one["returned"]] == then.pop("releases")
    assert [one["entry_id"] for one in now.pop("taken_back")] == [back["id"]]
    assert now == {name: value for name, value in then.items() if name != "taken_back"}


@pytest.mark.parametrize("count", [1, 2])
async def test_what_came_back_in_the_moment_of_what_waits_for_it_is_taken_and_nothing_is_missing(
    officer: Person, database: Database, settings: Settings, count: int
) -> None:
    """One form says that it was fed and caught again; what it went by is told later or before."""
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": count}]))
    ids = sorted(str(uuid4()) for _ in range(2))
    at = "2024-08-05T09:00:00+08:00"
    fed = entry("care", at, animal=1, feeding="鱼") | {"id": ids[0]}
    back = entry("return", at, animal=1) | {"id": ids[1]}
    went = [entry("escape", f"2024-08-0{n + 2}T09:00:00+08:00", animal=1) for n in range(count)]
    for one in (fed, *({**one, "count": 1} for one in went), back):
        await officer.appended(incident_id, one)
    noted = entry("note", "2024-08-07T09:00:00+08:00", note="观察")
    await officer.appended(incident_id, noted)
    assert await flags_of(officer, incident_id) == []
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert animal["remaining"] == 1
    compared = rebuild(database, KINDS, read_policy(None), settings.zone, write=False)
    assert [one.tables async for one in compared] == [[]]


async def test_the_same_end_filed_by_two_is_refused_to_the_second_whichever_came_first(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    let_go = await officer.appended(incident_id, release())
    for at in ("2024-08-04T10:00:00+08:00", "2024-08-04T11:00:00+08:00"):
        code, _ = await refused(officer, incident_id, release(at))
        assert code == "impossible_step"
    [row] = (await officer.read("/releases"))["items"]
    assert (row["id"], row["returned"]) == (let_go["id"], 0)


BREAKING: dict[str, tuple[int, dict[str, Any]]] = {
    "one died": (3, {"type": "death", "animal": 1, "count": 1}),
    "one was split off": (3, {"type": "split", "animal": 1, "count": 1}),
    "one less was found": (3, {"type": "amendment", "changes": {"animals": {"1": {"count": 2}}}}),
    "it was found dead": (1, {"type": "death", "animal": 1, "circumstance": "found_dead"}),
}


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize("what", BREAKING)
async def test_what_counts_by_what_it_supposes_is_not_taken_away_unsaid_by_what_comes_later_still(
    officer: Person, what: str, is_closed: bool
) -> None:
    count, breaking = BREAKING[what]
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "雁", "count": count}]))
    await officer.appended(incident_id, identification())
    let_go = await officer.appended(incident_id, release(count=count))
    if is_closed:
        await officer.appended(incident_id, entry("closing", "2024-08-05T10:00:00+08:00"))
    escaped = entry("escape", "2024-08-01T09:00:00+08:00", animal=1, count=1)
    await officer.appended(incident_id, escaped)
    before = await officer.read(f"/incidents/{incident_id}")
    late = entry(happened_at="2024-08-01T11:00:00+08:00", type_="", entry_id=incident_id) | breaking
    if what != "one less was found":
        del late["entry_id"]
    code, detail = await refused(officer, incident_id, late)
    assert (code, let_go["id"] in detail) == ("impossible_step", True)
    assert await officer.read(f"/incidents/{incident_id}") == before


async def test_of_several_those_that_escaped_late_had_come_back_or_the_release_counts_others(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 10}]))
    await officer.appended(incident_id, identification())
    let_go = await officer.appended(incident_id, release(count=8))
    await officer.appended(
        incident_id, entry("split", "2024-08-03T09:00:00+08:00", animal=1, count=2)
    )
    escaped = entry("escape", "2024-08-01T09:00:00+08:00", animal=1, count=3)
    await officer.appended(incident_id, escaped)
    assert ("return_missing", let_go["id"]) in await flags_of(officer, incident_id)
    [animal, part] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert (animal["remaining"], part["remaining"]) == (0, 2)
    assert {one["outcome"]: one["count"] for one in animal["outcomes"]} == {"released": 8}
    back = entry("return", "2024-08-02T09:00:00+08:00", animal=1)
    await officer.appended(incident_id, back)
    assert await flags_of(officer, incident_id) == []


async def test_which_of_two_keepers_an_animal_died_at_is_assumed_where_the_first_is_told_late(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 10}]))
    later = entry("transfer", "2024-08-03T09:00:00+08:00", animal=1, recipient="甲救护站")
    died = entry("death", "2024-08-04T09:00:00+08:00", animal=1, count=3)
    first = entry("transfer", "2024-08-02T09:00:00+08:00", animal=1, count=4, recipient="乙救护站")
    for body in (later, died, first):
        await officer.appended(incident_id, body)
    assert ("end_assumed", died["id"]) in await flags_of(officer, incident_id)
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert [(one["count"], one["went_on"]) for one in animal["settled"]] == [(4, 0), (6, 3), (3, 0)]
    await officer.appended(
        incident_id, entry("amendment", entry_id=died["id"], changes={"entry_id": later["id"]})
    )
    assert ("end_assumed", died["id"]) not in await flags_of(officer, incident_id)


@pytest.mark.parametrize("case", range(5))
async def test_an_entry_that_names_no_end_and_is_about_others_by_what_came_since_is_shown(
    officer: Person, case: int
) -> None:
    def on(day: int, type_: str, **fields: Any) -> dict[str, Any]:
        at = f"2024-08-{day:02}T09:00:00+08:00"
        return entry(type_, at, **({"animal": 1} if type_ != "amendment" else {}), **fields)

    centre = {"recipient": "救护站"}
    all_of_it, two = on(2, "transfer", **centre), on(2, "transfer", count=2, **centre)
    fewer = on(9, "amendment", entry_id=all_of_it["id"], changes={"count": 4})
    free = on(3, "escape")
    filed, late, in_care = [
        ([all_of_it, on(5, "death", count=1)], fewer, 0),
        ([two, on(6, "return")], on(4, "escape", count=2), 3),
        ([all_of_it, on(5, "split", count=2)], on(4, "return", count=3), 1),
        (
            [all_of_it, on(5, "long_term_care", count=2, keeper="动物园")],
            on(4, "return", count=3),
            1,
        ),
        ([free, on(6, "death", count=2)], on(4, "return", count=3), 1),
    ][case]
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "麻雀", "count": 5}]))
    for body in filed:
        await officer.appended(incident_id, body)
    assert await flags_of(officer, incident_id) == []
    await officer.appended(incident_id, late)
    assert ("end_changed", filed[-1]["id"]) in await flags_of(officer, incident_id)
    [animal, *_] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert animal["remaining"] == in_care
    noted = on(9, "amendment", entry_id=filed[-1]["id"], changes={"note": "补充"})
    await officer.appended(incident_id, noted)
    assert ("end_changed", filed[-1]["id"]) in await flags_of(officer, incident_id)
    # Who says which were meant takes the flag away, but of what has no end to name.
    if filed[-1]["type"] in ("death", "return", "long_term_care"):
        named = {"entry_id": filed[0]["id"]}
        clear = on(10, "amendment", entry_id=filed[-1]["id"], changes=named)
        await officer.appended(incident_id, clear)
        assert await flags_of(officer, incident_id) == []


def told(hour: int, type_: str, **fields: Any) -> dict[str, Any]:
    """An entry of animal 1, if of none else, at that hour of a day."""
    at = f"2024-08-04T{hour:02}:00:00+08:00"
    return entry(type_, at, **({} if type_ == "amendment" else {"animal": 1}) | fields)


async def heads_of(officer: Person, incident_id: str) -> list[dict[str, int]]:
    animals = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    return [{one["outcome"]: one["count"] for one in animal["outcomes"]} for animal in animals]


@pytest.mark.parametrize(
    "order", ["ltc nrn death", "ltc death nrn", "death ltc nrn", "nrn ltc death"]
)
async def test_all_that_were_left_are_as_many_in_whatever_order_it_was_told_that_others_were_not(
    officer: Person, order: str
) -> None:
    """How many were left as it came is told beside it, and that they are others now."""
    said = {
        "nrn": told(3, "no_rescue_needed", count=3),
        "death": told(4, "death", count=2),
        "ltc": told(6, "long_term_care", keeper="动物园"),
    }
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 5}]))
    for name in order.split():
        taken = await officer.appended(incident_id, said[name])
        filed = taken["facts"].get("heads") if name == "ltc" else None
    assert await heads_of(officer, incident_id) == [{"died_in_care": 2, "long_term_care": 3}]
    kept = said["ltc"]["id"]
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    [end] = [one for one in animal["settled"] if one["entry_id"] == kept]
    filed = {"ltc": 5, "death": 3, "nrn": 2}[order.split(maxsplit=1)[0]]
    assert (end["count"], end["filed"]) == (3, filed)
    changed = [("count_changed", kept)] if filed != 3 else []
    assert await flags_of(officer, incident_id) == [("return_missing", kept), *changed]


@pytest.mark.parametrize("count", [1, 2])
async def test_what_was_split_off_of_those_a_keeper_has_goes_on_where_others_came_back_before(
    officer: Person, count: int
) -> None:
    """The split names no end: of those in care, some of whom had died, as is told next."""
    given = told(2, "transfer", recipient="救护站")
    part = told(6, "split", count=2)
    escaped = told(7, "escape", entry_id=given["id"]) | {"animal": part["id"]}
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 4}]))
    for one in (given, part, escaped):
        await officer.appended(incident_id, one)
    await officer.appended(incident_id, told(3, "return", count=count))
    shown = {1: [("end_assumed", part["id"])]}.get(
        count, [("end_changed", part["id"]), ("end_assumed", escaped["id"])]
    )
    assert await flags_of(officer, incident_id) == shown
    await officer.appended(incident_id, told(4, "death"))
    heads = await heads_of(officer, incident_id)
    at_theirs = {"transferred": 2 - count} if count < 2 else {}
    assert heads == [at_theirs | {"died_in_care": count}, {"escaped": 2}]
    assert await flags_of(officer, incident_id) == []


async def test_what_was_split_off_and_came_back_from_a_keeper_had_gone_there_by_the_end_it_names(
    officer: Person,
) -> None:
    given = told(2, "transfer", recipient="救护站")
    part = told(6, "split", count=2)
    back = told(7, "return", entry_id=given["id"]) | {"animal": part["id"]}
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 4}]))
    for one in (given, part, back):
        await officer.appended(incident_id, one)
    before = (await officer.read(f"/incidents/{incident_id}"))["animals"][1]
    await officer.appended(incident_id, told(3, "return", count=2))
    assert ("end_missing", back["id"]) in await flags_of(officer, incident_id)
    assert await heads_of(officer, incident_id) == [{"transferred": 2}, {"in_care": 2}]
    await officer.appended(incident_id, told(4, "death", count=2))
    assert await flags_of(officer, incident_id) == []
    assert (await officer.read(f"/incidents/{incident_id}"))["animals"][1] == before


@pytest.mark.parametrize("count", [None, 2])
@pytest.mark.parametrize("names_it", [False, True])
async def test_that_it_came_back_and_got_away_again_is_told_late_one_after_the_other(
    officer: Person, count: int | None, names_it: bool
) -> None:
    first, again = told(1, "escape"), told(3, "escape", count=count)
    back = told(5, "return", count=count, entry_id=first["id"] if names_it else None)
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 2}]))
    for one in (first, back):
        await officer.appended(incident_id, one)
    await officer.appended(incident_id, told(2, "return"))
    assert await flags_of(officer, incident_id) == [("end_missing", back["id"])]
    assert await heads_of(officer, incident_id) == [{"in_care": 2}]
    # Who says anew that it is back, of what is in care, is refused as ever.
    assert (await refused(officer, incident_id, told(4, "return")))[0] == "impossible_step"
    await officer.appended(incident_id, again)
    # It names another end than that from which it came.
    named = [("end_assumed", back["id"])] if names_it else []
    named = named or [("end_changed", back["id"])]
    assert await flags_of(officer, incident_id) == named
    assert await heads_of(officer, incident_id) == [{"in_care": 2}]
    # What rests on it is not voided away.
    for one in (first, again):
        void = entry("void", "2024-08-04T12:00:00+08:00", entry_id=one["id"])
        await officer.post(f"/incidents/{incident_id}/entries", void)
    assert await heads_of(officer, incident_id) == [{"in_care": 2}]


async def test_what_went_and_came_back_in_one_moment_did_so_whatever_is_told_late_of_before(
    officer: Person,
) -> None:
    """The return of that moment rests on the transfer, which supposes that another is missing."""
    kept = told(1, "long_term_care", keeper="动物园")
    escaped = told(3, "escape", entry_id=kept["id"])
    given = told(5, "transfer", recipient="救护站")
    back = told(5, "return", entry_id=given["id"])
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 2}]))
    for one in (kept, given, back, escaped):
        await officer.appended(incident_id, one)
    assert await flags_of(officer, incident_id) == [("return_missing", given["id"])]
    await officer.appended(incident_id, told(4, "return", entry_id=escaped["id"]))
    # Those that were given away came from elsewhere than as it was filed.
    assert await flags_of(officer, incident_id) == [("end_changed", given["id"])]
    assert await heads_of(officer, incident_id) == [{"in_care": 2}]


@pytest.mark.parametrize("first", [0, 1])
async def test_the_same_return_filed_by_two_is_refused_to_the_second_whichever_counts_first(
    officer: Person, first: int
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, told(1, "escape"))
    ids = sorted(str(uuid4()) for _ in range(2))
    backs = [told(5, "return") | {"id": one} for one in ids]
    await officer.appended(incident_id, backs[first])
    assert (await refused(officer, incident_id, backs[1 - first]))[0] == "impossible_step"


async def test_a_return_that_rests_on_nothing_any_more_is_not_left_standing(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    first = told(1, "escape")
    for one in (first, told(5, "return")):
        await officer.appended(incident_id, one)
    void = entry("void", "2024-08-04T12:00:00+08:00", entry_id=first["id"])
    assert (await refused(officer, incident_id, void))[0] == "impossible_step"


@pytest.mark.parametrize("recipient", ["甲救护站", "乙救护站"])
async def test_that_it_was_with_another_keeper_before_is_told_late_one_after_the_other(
    officer: Person, recipient: str
) -> None:
    """The same filed by two is refused to the second; another keeper is not the same."""
    incident_id = await officer.opened()
    later = told(6, "transfer", recipient="乙救护站")
    await officer.appended(incident_id, later)
    first = told(2, "transfer", recipient=recipient)
    if recipient == "乙救护站":
        assert (await refused(officer, incident_id, first))[0] == "impossible_step"
        return
    await officer.appended(incident_id, first)
    assert await flags_of(officer, incident_id) == [("end_assumed", later["id"])]
    await officer.appended(incident_id, told(3, "return"))
    assert await flags_of(officer, incident_id) == []
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert [(one["recipient"], one["count"] - one["returned"]) for one in animal["settled"]] == [
        ("甲救护站", 0),
        ("乙救护站", 1),
    ]


async def test_what_was_filed_of_another_animal_is_all_of_the_one_it_is_corrected_to(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(animals=[{"count": 1}, {"count": 5}]))
    kept = told(6, "long_term_care", keeper="动物园")
    await officer.appended(incident_id, kept)
    corrected = told(7, "amendment", entry_id=kept["id"], changes={"animal": 2})
    taken = await officer.appended(incident_id, corrected)
    assert taken["facts"]["heads"] == 5
    assert await flags_of(officer, incident_id) == []
    noted = told(8, "amendment", entry_id=kept["id"], changes={"animal": 2, "count": 5})
    assert "heads" not in (await officer.appended(incident_id, noted))["facts"]
    await officer.appended(
        incident_id, entry("void", "2024-08-04T09:00:00+08:00", entry_id=noted["id"])
    )
    await officer.appended(incident_id, told(2, "escape", animal=2))
    assert await heads_of(officer, incident_id) == [{"in_care": 1}, {"long_term_care": 5}]
    assert await flags_of(officer, incident_id) == [("return_missing", kept["id"])]


async def test_what_is_found_dead_in_the_wild_is_of_those_that_are_free(officer: Person) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "麻雀", "count": 5}]))
    dead = entry("death", "2024-08-06T09:00:00+08:00", animal=1, count=2)
    for body in (
        entry("escape", "2024-08-03T09:00:00+08:00", animal=1),
        dead | {"circumstance": "found_dead"},
        entry("return", "2024-08-04T09:00:00+08:00", animal=1, count=3),
    ):
        await officer.appended(incident_id, body)
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    heads = {one["outcome"]: one["count"] for one in animal["outcomes"]}
    assert heads == {"in_care": 3, "found_dead": 2}
    assert await flags_of(officer, incident_id) == []


async def test_a_late_pair_that_was_a_mistake_is_voided_one_after_the_other(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "麻雀", "count": 5}]))
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, release("2024-08-07T09:00:00+08:00", count=5))
    escaped = entry("escape", "2024-08-03T09:00:00+08:00", animal=1, count=3)
    back = entry("return", "2024-08-04T09:00:00+08:00", animal=1, count=3)
    for body in (escaped, back):
        await officer.appended(incident_id, body)
    for one in (back, escaped):
        await officer.appended(incident_id, entry("void", entry_id=one["id"]))
    assert await flags_of(officer, incident_id) == []


async def test_an_end_that_a_later_entry_names_may_have_been_taken_back_before_it(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    given = entry("transfer", "2024-08-01T09:00:00+08:00", animal=1, recipient="甲救护站")
    died = entry("death", "2024-08-04T09:00:00+08:00", animal=1, entry_id=given["id"])
    for body in (given, died):
        await officer.appended(incident_id, body)
    await officer.appended(incident_id, entry("return", "2024-08-02T09:00:00+08:00", animal=1))
    assert await flags_of(officer, incident_id) == [("end_assumed", died["id"])]
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert [one["outcome"] for one in animal["outcomes"]] == ["died_in_care"]
    assert animal["settled"][-1]["filed"] == 1


async def test_what_is_corrected_is_held_to_what_was_known_when_it_is(officer: Person) -> None:
    """Nobody makes impossible by a correction what could not be filed so."""
    incident_id = await officer.opened()
    escaped = entry("escape", "2024-08-02T09:00:00+08:00", animal=1)
    weighed = entry("assessment", "2024-08-01T09:00:00+08:00", animal=1, weight_g=900)
    for body in (weighed, escaped):
        await officer.appended(incident_id, body)
    later = {"happened_at": "2024-08-03T09:00:00+08:00"}
    moved = entry("amendment", entry_id=weighed["id"], changes=later)
    assert (await refused(officer, incident_id, moved))[0] == "impossible_step"


async def test_an_animal_of_which_nobody_knew_at_the_closing_is_taken_and_settled_late(
    officer: Person,
) -> None:
    """Until it is, the closing has no effect, and the record says so."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("death", animal=1))
    closing = entry("closing", "2024-08-05T10:00:00+08:00")
    await officer.appended(incident_id, closing)
    found = entry("addition", "2024-08-01T09:00:00+08:00", reported={})
    dead = entry("death", "2024-08-02T09:00:00+08:00", animal=found["id"])
    await officer.appended(incident_id, found)
    record = await officer.read(f"/incidents/{incident_id}")
    assert record["state"] == "open"
    assert record["closing"] is None
    [flag] = record["flags"]
    assert (flag["code"], flag["entry_id"]) == ("closing_lapsed", closing["id"])
    await officer.appended(incident_id, dead)
    record = await officer.read(f"/incidents/{incident_id}")
    assert (record["state"], record["flags"]) == ("closed", [])
    # What was settled may be corrected under a closing, too: it says what there is to do.
    await officer.appended(
        incident_id, entry("void", "2024-08-06T10:00:00+08:00", entry_id=dead["id"])
    )
    assert (await officer.read(f"/incidents/{incident_id}"))["state"] == "open"
    # But nobody closes what is not settled.
    again = entry("closing", "2024-08-07T10:00:00+08:00")
    assert (await refused(officer, incident_id, again))[0] == "impossible_step"
