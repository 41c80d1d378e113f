"""What was gathered without a network comes in one request: each item has its own result, and none
holds up another."""

import random
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from tests.pictures import encoded, noise
from tests.sync.outbox import added, declared, opening, outcomes, synced
from tests.users import Person, entry, identification, release, rescue, road_hazard


def cormorant() -> list[dict[str, Any]]:
    """A rescue, from the wood to the reservoir."""
    incident = rescue()
    at = incident["id"]
    named = identification()
    return [
        opening(incident),
        added(at, named),
        added(at, entry("note", "2024-07-31T08:00:00+08:00", note="羽毛已干")),
        added(
            at,
            entry(
                "amendment",
                "2024-08-01T09:00:00+08:00",
                entry_id=named["id"],
                changes={"confidence": "probable"},
            ),
        ),
        added(at, release()),
        added(at, entry("closing", "2024-08-05T09:00:00+08:00", reason="completed")),
    ]


@pytest.mark.parametrize("seed", range(6))
async def test_in_whatever_order_it_comes_it_is_the_same_record(officer: Person, seed: int) -> None:
    items = [*cormorant(), opening(road_hazard())]
    random.Random(seed).shuffle(items)
    results = await synced(officer, *items)
    assert outcomes(results) == ["created"] * len(items), results
    [incident_id] = {item["incident_id"] for item in items if "entry" in item}
    told = await officer.read(f"/incidents/{incident_id}")
    assert told["state"] == "closed"
    assert told["entries"] == 6
    [animal] = told["animals"]
    assert (animal["outcome"], animal["species"]["confidence"]) == ("released", "probable")
    assert told["digest"] in {one["digest"] for one in results}


async def test_incidents_that_name_each_other_come_together(officer: Person) -> None:
    """Each of a row is a duplicate of the next, and they are opened in the same request."""
    row = [rescue() for _ in range(6)]
    items = [opening(one) for one in row]
    for one, next_ in pairwise(row):
        at = "2024-08-05T09:00:00+08:00"
        said = entry("closing", at, reason="duplicate", duplicate_of=next_["id"])
        items.append(added(one["id"], said))
    random.Random(1).shuffle(items)
    assert outcomes(await synced(officer, *items)) == ["created"] * len(items)
    told = await officer.read(f"/incidents/{row[0]['id']}")
    assert told["closing"]["duplicate_of"] == row[1]["id"]


async def test_one_id_twice_is_the_same_or_another(officer: Person) -> None:
    incident, note = rescue(), entry("note", note="羽毛已干")
    at = incident["id"]
    items = [opening(incident), added(at, note), added(at, note), opening(incident)]
    results = await synced(officer, *items, added(at, note | {"note": "羽毛未干"}))
    assert sorted(outcomes(results[:4])) == ["created", "created", "replayed", "replayed"]
    assert (results[4]["outcome"], results[4]["problem"]["code"]) == ("refused", "id_conflict")
    assert (await officer.read(f"/incidents/{at}"))["entries"] == 2


async def test_the_whole_answer_may_be_lost(officer: Person) -> None:
    items = cormorant()
    first = await synced(officer, *items)
    again = await synced(officer, *items)
    assert outcomes(again) == ["replayed"] * len(items)
    assert [one["digest"] for one in again] == [one["digest"] for one in first]
    assert again[0]["case_number"] == first[0]["case_number"] is not None
    assert (await officer.read(f"/incidents/{first[0]['id']}"))["entries"] == len(items)


async def test_it_is_as_if_each_came_by_itself(officer: Person) -> None:
    """The same record, but for what each is called and when it came."""
    items = cormorant()
    await synced(officer, *items)
    alone = cormorant()
    at = await officer.opened(alone[0]["opening"])
    by_itself = [one["entry"] for one in alone[1:]]
    for body in by_itself:
        if body["type"] == "amendment":
            body["entry_id"] = by_itself[0]["id"]
        await officer.appended(at, body)

    def alike(told: Any) -> Any:
        passing = {"case_number", "digest", "received_at", "updated_at"}
        if isinstance(told, dict):
            return {name: alike(one) for name, one in told.items() if name not in passing}
        if isinstance(told, list):
            return [alike(one) for one in told]
        return ids.index(told) % len(items) if told in ids else told

    ids = [(one.get("entry") or one["opening"])["id"] for one in [*items, *alone]]
    [together] = {one["opening"]["id"] for one in items if "opening" in one}
    assert alike(await officer.read(f"/incidents/{together}")) == alike(
        await officer.read(f"/incidents/{at}")
    )


def pointed_out(problem: dict[str, Any]) -> list[Any]:
    """What is wrong, and where."""
    errors = problem.get("errors", [])
    return [problem["code"], *((one["field"], one.get("code"), one.get("given")) for one in errors)]


async def test_what_is_wrong_holds_up_nothing_else_and_is_told_as_it_would_be_by_itself(
    officer: Person,
) -> None:
    incident = rescue()
    at = incident["id"]
    wrong: dict[str, Any] = {
        "a number": 7,
        "nothing": {},
        "two": {"opening": rescue(), "entry": entry("note", note="x"), "incident_id": at},
        "unknown": {"incident_id": at, "note": "x"},
        "no incident": {"entry": entry("note", note="x")},
        "a misspelt field": added(at, entry("note", notes="x")),
        "no type": added(at, {"id": str(uuid4())}),
        "a time of the future": added(at, entry("note", "2099-01-01T00:00:00+08:00", note="x")),
        "no species": added(at, identification("no_such_species")),
        "no such animal": added(at, identification(animal=9)),
        "another incident": {"incident_id": str(uuid4()), "opening": rescue()},
    }
    results = await synced(officer, *wrong.values(), opening(incident), added(at, identification()))
    assert outcomes(results) == ["refused"] * len(wrong) + ["created"] * 2, results
    for item, result in zip(wrong.values(), results, strict=False):
        assert result["problem"]["detail"], item
        if isinstance(item, dict) and item.keys() == {"incident_id", "entry"}:
            alone = await officer.post(f"/incidents/{at}/entries", item["entry"])
            assert pointed_out(result["problem"]) == pointed_out(alone.json()), item
    chinese = await synced(officer, wrong["no species"], **{"Accept-Language": "zh"})
    assert "物种" in chinese[0]["problem"]["detail"]


async def test_what_no_id_can_be_read_of_is_kept_as_well(
    officer: Person, other_officer: Person, database: Database
) -> None:
    note = entry("note", note="羽毛已干")
    # No amendment is read of it: whom it names lies apart all the same.
    both = {"opening": rescue(), "entry": note}
    items: list[Any] = [
        7,
        {"entry": note},
        {"entry": "羽毛已干"},
        {"opening": rescue() | {"id": "今天第二起"}},
        both,
        {"note": "羽毛已干"},
    ]
    results = await synced(officer, *items)
    assert outcomes(results) == ["refused"] * len(items)
    assert [one["problem"]["kept"] for one in results] == [True] * len(items)
    assert "/refused" in results[0]["problem"]["detail"]
    kept = (await officer.read("/refused"))["items"]
    bodies = [one["body"] for one in kept]
    assert len(bodies) == len(items)
    for said in ({"item": 7}, note, {"item": "羽毛已干"}, items[3]["opening"], items[5]):
        assert said in bodies, said
    named = rescue()["informant"]
    [of_two] = [one for one in bodies if "opening" in one]
    assert of_two["informant"] == named
    assert of_two["entry"] == note
    async with database.reading() as connection:
        apart = await connection.fetchval("select count(sealed_informant) from refused_body")
    assert apart == 2
    assert (await other_officer.read("/refused"))["items"] == []
    await synced(officer, *items)
    assert len((await officer.read("/refused"))["items"]) == len(items)

    # A person puts it right, under the id that it is kept under; it is known again, then.
    [opened] = [one for one in kept if one["body"].get("id") == "今天第二起"]
    body = items[3]["opening"] | {"id": opened["incident_id"]}
    answer = await officer.post(f"/refused/{opened['refused_id']}/accept", {"corrected": body})
    assert answer.status_code == 200, answer.text
    assert (await officer.get(f"/incidents/{opened['incident_id']}")).status_code == 200
    [again] = await synced(officer, items[3])
    assert not again["problem"].get("kept"), again
    assert len((await officer.read("/refused"))["items"]) == len(items) - 1


async def test_what_waits_says_for_what_and_is_taken_when_that_is_there(officer: Person) -> None:
    incident = rescue()
    at = incident["id"]
    named = identification()
    corrected = entry("amendment", entry_id=named["id"], changes={"confidence": "probable"})
    to_it = entry("closing", "2024-08-05T09:00:00+08:00", reason="duplicate", duplicate_of=at)
    other = rescue()
    photo = declared(at, encoded(noise(40, 30)))
    items = [added(at, named), added(at, corrected), photo]
    results = await synced(officer, *items, opening(other), added(other["id"], to_it))
    assert outcomes(results) == ["waiting"] * 3 + ["created", "waiting"]
    assert [one["waits_for"] for one in results] == [[at], [at], [at], [], [at]]
    assert [one["problem"]["kept"] for one in results if one["outcome"] == "waiting"] == [True] * 4
    without = await synced(officer, opening(incident), added(at, corrected))
    assert outcomes(without) == ["created", "waiting"]
    assert without[1]["waits_for"] == [named["id"]]
    results = await synced(officer, *items, added(other["id"], to_it))
    assert outcomes(results) == ["created", "created", "expected", "created"]
    left = (await officer.read("/refused"))["items"]
    assert {one["entry_id"] for one in left} == {
        photo["photo"]["photo_id"]
    }  # its bytes are to come


async def test_nothing_that_was_typed_is_lost(officer: Person, other_officer: Person) -> None:
    at = await officer.opened()
    typed = {
        "no species": identification("no_such_species", note="像鸬鹚"),
        "a misspelt field": entry("note", notes="羽毛已干"),
        "of the future": entry("note", "2099-01-01T00:00:00+08:00", note="羽毛已干"),
        "no animal": identification(animal=9),
        "who reported": entry("informant", informant={"name": "王建国", "phone": 138}),
    }
    results = await synced(officer, *(added(at, body) for body in typed.values()))
    assert outcomes(results) == ["refused"] * len(typed)
    assert all(one["problem"]["kept"] for one in results), results
    kept = (await officer.read("/refused"))["items"]
    assert {one["entry_id"]: one["body"] for one in kept} == {
        body["id"]: body for body in typed.values()
    }
    assert {one["code"] for one in kept} == {one["problem"]["code"] for one in results}
    assert (await other_officer.read("/refused"))["items"] == []
    # Once more is kept once; put right, under its id, it is taken and lies there no more.
    await synced(officer, *(added(at, body) for body in typed.values()))
    assert len((await officer.read("/refused"))["items"]) == len(typed)
    right = entry("note", note="羽毛已干") | {"id": typed["a misspelt field"]["id"]}
    assert outcomes(await synced(officer, added(at, right))) == ["created"]
    left = {one["entry_id"] for one in (await officer.read("/refused"))["items"]}
    assert left == {body["id"] for body in typed.values()} - {right["id"]}


async def test_a_photo_goes_on_where_it_was_and_is_there_at_once_where_its_bytes_are(
    officer: Person,
) -> None:
    at, content = await officer.opened(), encoded(noise(64, 48))
    photo = declared(at, content, caption="右翅")
    [result] = await synced(officer, photo)
    assert (result["outcome"], result["offset"]) == ("expected", 0)
    [again] = await synced(officer, photo)
    assert again == result
    half = len(content) // 2
    tus = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    path = result["upload"].partition("/api/v1")[2]
    sent = await officer.request(
        "PATCH", path, content=content[:half], headers=tus | {"Upload-Offset": "0"}
    )
    assert sent.status_code == 204
    [result] = await synced(officer, photo)
    assert (result["outcome"], result["offset"]) == ("expected", half)
    sent = await officer.request(
        "PATCH", path, content=content[half:], headers=tus | {"Upload-Offset": str(half)}
    )
    assert sent.status_code == 204
    [result] = await synced(officer, photo)
    assert result["outcome"] == "replayed"
    told = await officer.read(f"/incidents/{at}")
    assert [one["caption"] for one in told["photos"]] == ["右翅"]
    # In another incident: its bytes are here already.
    other = rescue()
    results = await synced(officer, declared(other["id"], content), opening(other))
    assert results[0]["outcome"] in ("created", "replayed")
    assert len((await officer.read(f"/incidents/{other['id']}"))["photos"]) == 1


async def test_each_sends_what_is_theirs_to_say(
    officer: Person, other_officer: Person, official: Person, chief: Person
) -> None:
    at = await officer.opened()
    note = entry("note", note="x")
    [strange] = await synced(other_officer, added(at, note))
    assert (strange["outcome"], strange["problem"]["code"]) == ("waiting", "not_found")
    assert (await official.post("/sync", {"items": []})).status_code == 403
    [opened] = await synced(chief, opening(rescue()))
    assert (opened["outcome"], opened["problem"]["code"]) == ("refused", "forbidden")
    assert outcomes(await synced(officer, added(at, note))) == ["created"]


async def test_so_many_at_once_and_no_more(officer: Person) -> None:
    items = [opening(rescue()) for _ in range(501)]
    refused = await officer.post("/sync", {"items": items})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
    assert (await officer.post("/sync", {"items": []})).json() == {"items": []}
