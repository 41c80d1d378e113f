"""All that is wrong with a body is told at once, each by its place: who mends exactly that has a
body that is right."""

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from time import process_time
from typing import Any, Final, NamedTuple
from uuid import uuid4

import msgspec
import pytest

from tests.bodies import ENTRY_TYPES, OPENED_FOR, OPENINGS, changed_at, full_entries, leaves
from tests.documented import application
from tests.languages import HAN, foreign_words
from tests.users import Person, entry, rescue
from tests.web.edges import said_of
from wildlife.kinds import KINDS
from wildlife.web.decoding import decode
from wildlife.web.problems import MOST_TOLD, Problem
from wildlife.web.wording import escaped

RULES: Final = application().state.rules

OF_EVERY_JSON_TYPE: Final[list[Any]] = [
    None, True, False, 7, -1.5, 10**30, "", "x", "  ", [], {}, [None], [{}], {"a": 1}, [[1]],
]  # fmt: skip

ENTRIES: Final = {body["type"]: body for body in full_entries()}

# A body of each type with every field, and what it is read as.
BODIES: Final[dict[str, tuple[dict[str, Any], Any]]] = {
    type_.__name__: (full(), KINDS.opening) for type_, full in OPENINGS.items()
} | {
    name: (
        {field: str(uuid4()) if value is ... else value for field, value in body.items()},
        KINDS.appendable,
    )
    for name, body in ENTRIES.items()
}


def refused(body: Any, type_: Any) -> Problem | None:
    try:
        decode(json.dumps(body).encode(), type_, RULES)
    except Problem as problem:
        return problem
    return None


def pointer(path: tuple[str | int, ...]) -> str:
    return "".join(f"/{escaped(str(step))}" for step in path)


@pytest.mark.parametrize("name", BODIES)
def test_whatever_stands_at_a_place_is_told_by_that_place_and_in_the_words_of_this_service(
    name: str,
) -> None:
    (body, type_), looked_at = BODIES[name], 0
    for path in leaves(body):
        for value in OF_EVERY_JSON_TYPE:
            problem = refused(changed_at(body, path, value), type_)
            if problem is None:
                continue
            looked_at += 1
            for chinese in (False, True):
                detail = problem.detail(chinese=chinese)
                for one in detail.errors:
                    assert one.pointer is not None
                    assert one.pointer.startswith(pointer(path)), (path, value, detail)
                    said = f"{one.detail} {one.expected or ''}"
                    for word in ("Expected", "`$", "`object`", "int |", "（/docs）中列出"):
                        assert word not in said, (path, value, said)
                    if chinese:
                        assert HAN.search(one.detail or ""), said
                        assert not foreign_words(one.detail or ""), said
    assert looked_at > 20, name


# ---------------------------------------------------------------- breaking a body


class Broken(NamedTuple):
    """What is done to a body: something else at a place; `...` takes it away."""

    path: tuple[str | int, ...]
    value: Any


SPACES: Final = ["  ", "\ufeff", "\u3164", "\u202e", "环\u202e1234"]


def broken_ways(body: dict[str, Any], at: tuple[str | int, ...], of: Any) -> list[Any]:
    """What is wrong there, whatever stands beside it."""
    wrong: list[Any] = [{"qq": 1}, [["x"]], True if not isinstance(of, bool) else "yes"]
    if isinstance(of, str):
        wrong += [7, "", "x" * 5000, "\x00"]
        if at == ("id",):
            wrong += ["00000000-0000-0000-0000-000000000000"]
        elif str(at[-1]).endswith("_at"):
            wrong += ["yesterday", "2024-07-29T15:20:00", "1900-01-01T00:00:00Z"]
        elif at[-1] in ("summary", "note", "description", "name", "reported_as", "feeding"):
            wrong += SPACES
        elif at[-1] == "region_code":
            wrong += ["999999"]
    if isinstance(of, int | float) and not isinstance(of, bool):
        wrong += [10**30, "1"]
    if isinstance(of, dict):
        wrong += ["x", 1, []]
    if at == ("place",):
        wrong += [{}, {"region_code": "150425"}]
    return wrong


def broken(random: Random, body: dict[str, Any], type_: Any) -> tuple[Any, list[Broken]]:
    """The body with one to six things wrong, none within another."""
    done: list[Broken] = []
    said, places = deepcopy(body), [*leaves(body)]
    for _ in range(random.randrange(1, 7)):
        path = random.choice([*places, ("misspelt",), ("place", "hight")])
        if any(one.path[: len(path)] == path[: len(one.path)] for one in done):
            continue
        if path[0] in ("type", "kind", "changes") or (path[0] == "place" and "place" not in body):
            continue
        if path not in places:
            value: Any = 1
        else:
            there: Any = body
            for step in path:
                there = there[step]
            value = random.choice(broken_ways(body, path, there))
        trial = _with(body, Broken(path, value))
        if refused(trial, type_) is None and not _is_refused_by_rule(trial, type_):
            continue
        done.append(Broken(path, value))
        said = _with(said, done[-1])
    return said, done


def _with(body: Any, change: Broken) -> Any:
    """The same with this at its place, which may be new in an object."""
    said = deepcopy(body)
    inner = said
    for step in change.path[:-1]:
        inner = inner[step]
    inner[change.path[-1]] = change.value
    return said


def _is_refused_by_rule(body: Any, type_: Any) -> bool:
    """By what neither its types nor its incident tell."""
    return bool([*RULES(decode(json.dumps(body).encode(), type_))])


def mended(said: Any, right: Any, pointers: set[str], at: str = "") -> Any:
    """What was said, with what is right wherever a pointer leads to."""
    if at in pointers:
        return right
    if isinstance(said, dict) and isinstance(right, dict):
        names = dict.fromkeys([*said, *right])
        each = {
            name: mended(said.get(name, ...), right.get(name, ...), pointers, f"{at}/{name}")
            for name in names
        }
        return {name: value for name, value in each.items() if value is not ...}
    if isinstance(said, list) and isinstance(right, list):
        if len(said) != len(right):
            return right if any(one.startswith(f"{at}/") for one in pointers) else said
        return [
            mended(one, other, pointers, f"{at}/{index}")
            for index, (one, other) in enumerate(zip(said, right, strict=True))
        ]
    return said


async def require_right_once_mended(
    person: Person, path: str, right: dict[str, Any], said: Any, done: list[Broken]
) -> None:
    """What `done` did to a body is all told in one answer; whoever mends that is not told more."""
    answer = await person.post(path, said)
    assert answer.status_code == 422, (done, answer.text)
    told = {one["pointer"] for one in answer.json()["errors"]}
    again = mended(said, right, _known_below(told, right))
    if again != right:
        answer = await person.post(path, again)
        assert answer.status_code != 422, (done, sorted(told), answer.text)


def _known_below(told: set[str], right: Any) -> set[str]:
    """A fault within what stands in place of something else is mended by putting that there."""
    there = {pointer(path) for path in leaves(right)}
    found = set()
    for one in told:
        at = one
        while at and at not in there and at.rpartition("/")[0] not in there | {""}:
            at = at.rpartition("/")[0]
        found.add(at)
    return found


# How often something is broken, of which the rest is left to `make test-all`.
OPENINGS_BROKEN: Final = 60
ENTRIES_BROKEN: Final = 7


@pytest.mark.parametrize("type_", OPENINGS)
async def test_who_mends_all_that_is_told_of_an_opening_opens_it(
    officer: Person, type_: Any, thorough: bool
) -> None:
    random = Random(type_.__name__)
    for _ in range(OPENINGS_BROKEN * (7 if thorough else 1)):
        right = OPENINGS[type_]() | {"id": str(uuid4())}
        said, done = broken(random, right, KINDS.opening)
        if done:
            await require_right_once_mended(officer, "/incidents", right, said, done)


@pytest.mark.parametrize("name", sorted(set(ENTRY_TYPES) - {"amendment", "void"}))
async def test_who_mends_all_that_is_told_of_an_entry_is_told_no_more_of_it(
    officer: Person, name: str, thorough: bool
) -> None:
    random, other = Random(name), await officer.opened()
    for _ in range(ENTRIES_BROKEN * (30 if thorough else 1)):
        incident_id = await officer.opened(OPENED_FOR[name]())
        aims = {field: other for field, value in ENTRIES[name].items() if value is ...}
        right = ENTRIES[name] | aims | {"id": str(uuid4())}
        path = f"/incidents/{incident_id}/entries"
        if (await officer.post(path, right | {"id": str(uuid4())})).status_code == 422:
            continue  # it names what is not there
        incident_id = await officer.opened(OPENED_FOR[name]())
        said, done = broken(random, right, KINDS.appendable)
        if done:
            path = f"/incidents/{incident_id}/entries"
            await require_right_once_mended(officer, path, right, said, done)


# ---------------------------------------------------------------- amendments


async def told_of(person: Person, incident_id: str, target: str, changes: Any) -> dict[str, str]:
    """What is told of an amendment that is refused for itself; of another nothing."""
    said = entry("amendment", entry_id=target, changes=changes)
    answer = await person.post(f"/incidents/{incident_id}/entries", said)
    return told(answer) if answer.status_code == 422 else {}


async def require_all_told_of_changes(
    person: Person, incident_id: str, target: dict[str, Any], random: Random
) -> None:
    """Of several changes all is told that is told of each."""
    wrong: dict[str, tuple[Any, dict[str, str]]] = {}
    paths = [*leaves(target)]
    for path in random.sample(paths, len(paths)):
        # What is in a list is named by number; what says which one it is, nobody changes.
        if not all(isinstance(step, str) for step in path) or path[0] in ("id", "type", "kind"):
            continue
        there: Any = target
        for step in path:
            there = there[step]
        value = random.choice(broken_ways(target, path, there))
        for name in reversed(path[1:]):
            value = {name: value}
        alone = await told_of(person, incident_id, target["id"], {path[0]: value})
        if alone and sum(len(found) for _, found in wrong.values()) + len(alone) <= MOST_TOLD:
            wrong[str(path[0])] = value, alone
    assert len(wrong) > 2
    changes = {name: value for name, (value, _) in wrong.items()}
    assert await told_of(person, incident_id, target["id"], changes) == {
        pointer: code for _, alone in wrong.values() for pointer, code in alone.items()
    }, changes


@pytest.mark.parametrize("type_", OPENINGS)
async def test_all_that_is_wrong_with_an_amendment_of_an_opening_is_told_at_once(
    officer: Person, type_: Any, thorough: bool
) -> None:
    random, body = Random(type_.__name__), OPENINGS[type_]() | {"id": str(uuid4())}
    incident_id = await officer.opened(body)
    for _ in range(10 if thorough else 4):
        await require_all_told_of_changes(officer, incident_id, body, random)


@pytest.mark.parametrize("name", sorted(set(ENTRY_TYPES) - {"amendment", "void"}))
async def test_all_that_is_wrong_with_an_amendment_of_an_entry_is_told_at_once(
    officer: Person, name: str, thorough: bool
) -> None:
    random = Random(name)
    incident_id, body = await said_of(officer, ENTRIES[name])
    for _ in range(3 if thorough else 1):
        await require_all_told_of_changes(officer, incident_id, body, random)


# ---------------------------------------------------------------- some by name


def told(answer: Any) -> dict[str, str]:
    return {one["pointer"]: one["code"] for one in answer.json()["errors"]}


async def test_rules_are_told_beside_what_is_of_no_type(officer: Person) -> None:
    incident_id = await officer.opened()
    entries = f"/incidents/{incident_id}/entries"
    wrong = entry("note", note="  ") | {"id": "00000000-0000-0000-0000-000000000000"}
    wrong["happened_at"] = "x"
    assert told(await officer.post(entries, wrong)) == {
        "/happened_at": "invalid_time",
        "/id": "invalid_value",
        "/note": "invalid_value",
    }
    wrong = entry("assessment", animal=1) | {"happened_at": "1900-01-01T00:00:00Z"}
    assert told(await officer.post(entries, wrong)) == {
        "/happened_at": "invalid_value",
        "/exam": "nothing_said",
    }
    marks = [{"kind": "x", "number": "--"}, {"kind": "ring", "number": "·"}, "x"]
    wrong = entry("marking", animal={}, marks=marks)
    assert told(await officer.post(entries, wrong)) == {
        "/animal": "wrong_type",
        "/marks/0/kind": "unknown_code",
        "/marks/0": "invalid_value",
        "/marks/1": "invalid_value",
        "/marks/2": "wrong_type",
    }
    wrong = rescue(found_at="2090-01-01T00:00:00Z", place={}, officers=7)
    assert told(await officer.post("/incidents", wrong)) == {
        "/found_at": "time_in_future",
        "/place": "invalid_value",
        "/officers": "wrong_type",
    }


async def test_a_rule_says_nothing_of_what_can_not_be_read(officer: Person) -> None:
    incident_id = await officer.opened()
    for wrong, field in (
        (entry("closing", reason="duplikat", duplicate_of=str(uuid4())), "/reason"),
        (entry("closing", reason="duplicate", duplicate_of=7), "/duplicate_of"),
        (entry("assessment", animal=1, weight_g="x"), "/weight_g"),
        (rescue(place={"description": 7}), "/place/description"),
    ):
        path = "/incidents" if "kind" in wrong else f"/incidents/{incident_id}/entries"
        assert [*told(await officer.post(path, wrong))] == [field]


@pytest.mark.parametrize("kind", [..., "x", 7, None])
async def test_what_is_wrong_whichever_kind_was_meant_is_told_beside_a_wrong_kind(
    officer: Person, kind: Any
) -> None:
    wrong: dict[str, Any] = {
        "kind": kind,
        "found_at": "y",
        "extra": 1,
        "summary": " ",
        "animals": 7,
    }
    if kind is ...:
        del wrong["kind"]
    found = told(await officer.post("/incidents", wrong))
    assert set(found) == {
        "/kind", "/found_at", "/extra", "/summary", "/animals", "/id", "/source", "/place",
    }  # fmt: skip
    incident_id = await officer.opened()
    wrong = entry("note", note="\ufeff", weight_g="x", colour=1) | {"type": kind}
    wrong["happened_at"] = "x"
    if kind is ...:
        del wrong["type"]
    found = told(await officer.post(f"/incidents/{incident_id}/entries", wrong))
    assert set(found) == {"/type", "/happened_at", "/note", "/weight_g", "/colour"}


async def test_both_a_list_that_is_too_long_and_what_is_wrong_in_it_are_told(
    officer: Person,
) -> None:
    wrong = rescue(officers=["150425001", "不是警号", *["150425001"] * 50])
    assert told(await officer.post("/incidents", wrong)) == {
        "/officers": "invalid_value",
        "/officers/1": "invalid_value",
    }


# What is sent to be told for long: 1 MB is the most that is read of a body.
LONG: Final[dict[str, dict[str, Any]]] = {
    "unknown fields of no type": {f"x{index}": 1 for index in range(60_000)},
    "badges that are none": rescue(officers=[7] * 300_000),
    "badges that are too many": rescue(officers=["150425001"] * 80_000),
    "animals that nobody can read": rescue(animals=[{"reported_as": " "}] * 40_000),
    "marks of no type": entry("x", marks=[{"kind": "x", "number": "-"}] * 25_000),
    "marks that are none": entry("marking", animal={}, marks=[{"number": "-"}] * 25_000),
}


@pytest.mark.parametrize("name", LONG)
def test_what_is_wrong_ten_thousand_times_is_told_in_less_than_a_second(name: str) -> None:
    body = json.dumps(LONG[name]).encode()
    began = process_time()
    with pytest.raises(Problem) as raised:
        decode(body, KINDS.opening if "kind" in LONG[name] else KINDS.appendable, RULES)
    assert raised.value.detail().errors
    assert process_time() - began < 1


@pytest.mark.parametrize("count", [MOST_TOLD, MOST_TOLD + 1, 3 * MOST_TOLD])
async def test_of_more_faults_than_are_told_the_answer_says_that_there_are_more(
    officer: Person, count: int
) -> None:
    incident_id = await officer.opened()
    unknown = {f"x{index}": 1 for index in range(count)}
    changes = {f"x{index}": 1 for index in range(count)}
    amended = entry("amendment", entry_id=incident_id, changes=changes)
    for path, body in (
        ("/incidents", rescue(**unknown)),
        (f"/incidents/{incident_id}/entries", amended),
        ("/incidents", rescue(animals=[{"reported_as": " "}] * count)),
    ):
        problem = (await officer.post(path, body)).json()
        assert len(problem["errors"]) == MOST_TOLD
        exact, more = f"{count} things are wrong.", f"More than {MOST_TOLD} things are wrong."
        assert problem["detail"].startswith(exact if count == MOST_TOLD else more)
        chinese = await officer.request("POST", path, json=body, headers={"Accept-Language": "zh"})
        exact, more = f"共有 {count} 处错误。", f"有超过 {MOST_TOLD} 处错误。"
        assert chinese.json()["detail"].startswith(exact if count == MOST_TOLD else more)


def test_what_can_not_be_read_is_looked_at_by_no_rule() -> None:
    """Any rule may meet it: of a body nothing of which can be read, none says anything wrong."""
    for kind in KINDS:
        for type_ in kind.bodies:
            names = [one.encode_name for one in msgspec.structs.fields(type_)]
            nothing: dict[str, Any] = dict.fromkeys(names, 7.5)
            assert type_.__struct_config__.tag_field is not None
            nothing[type_.__struct_config__.tag_field] = type_.__struct_config__.tag
            union: Callable[..., Any] = KINDS.opening if type_ is kind.opening else KINDS.appendable
            problem = refused(nothing, union)
            assert problem is not None
            assert {one.code for one in problem.errors} <= {"wrong_type", "invalid_value"}
