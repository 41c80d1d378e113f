"""What a refusal says that is possible of animals can be done, and nothing else can. What was done
once in a state is not done again there in another way, but by `make test-all`."""

from typing import Any
from uuid import uuid4

import pytest

from tests.rescues.animals import ALIEN, JPEG, LATER, animals_of
from tests.rescues.ends import AUGUST, ENDS, REPORTS, end, on
from tests.users import Person, entry, identification, release, rescue

# How many of animal 1 there are, and what becomes of them: each on a day of its own.
STATES: dict[str, tuple[int, list[dict[str, Any]]]] = {
    "nobody knows what it is": (1, []),
    "one in care": (1, [identification()]),
    "an alien": (1, [identification(ALIEN)]),
    "an alien that is kept": (1, [identification(ALIEN), end("transfer")]),
    "strange and kept": (1, [end("allocation")]),
    "transferred": (1, [identification(), end("transfer")]),
    "released": (1, [identification(), release()]),
    "nothing was needed": (1, [end("no_rescue_needed")]),
    "dead": (1, [end("death")]),
    "found dead": (1, [identification(), release(), end("death")]),
    "died at its keeper's": (1, [end("transfer"), end("death")]),
    "a group in care": (3, [identification()]),
    "some in care and some at every end": (
        9,
        [identification(), *(end(kind, count=1) for kind in ENDS)],
    ),
    "none in care and some free": (
        5,
        [identification(), release(count=3), release(count=1), end("death")],
    ),
    "some kept and some dead": (3, [end("transfer", count=2), end("death")]),
    "some are back": (
        3,
        [identification(), release(count=3), entry("return", animal=1, count=2)],
    ),
}

NOTED = entry("note", note="观察")


def every_step(incident: str, ends: list[str], note_id: str) -> dict[str, list[dict[str, Any]]]:
    """Good bodies of every type, one of which can be taken where its type is possible."""
    settling = {kind: [end(kind), *(end(kind, entry_id=one) for one in ends)] for kind in ENDS}
    return settling | {
        "assessment": [entry("assessment", animal=1, condition="weak")],
        "care": [entry("care", animal=1, feeding="小鱼")],
        "treatment": [entry("treatment", animal=1, medication="抗生素")],
        "identification": [identification()],
        "marking": [entry("marking", animal=1, marks=[{"kind": "ring", "number": "A1"}])],
        "disease_report": [REPORTS[3]],
        "agency_opinion": [entry("agency_opinion", animal=1, agency="局", opinion="放归")],
        "split": [entry("split", animal=1, count=1, entry_id=one) for one in (None, *ends)],
        "return": [entry("return", animal=1)],
        "receipt": [entry("receipt", animal=1, entry_id=one) for one in (None, *ends)],
        "addition": [entry("addition", reported={})],
        "note": [entry("note", note="观察")],
        "told": [entry("told", result="已告知")],
        "informant": [entry("informant", informant={"name": "李某"})],
        "amendment": [entry("amendment", entry_id=incident, changes={"summary": "更正"})],
        "void": [entry("void", entry_id=note_id)],
        "handover": [entry("handover", station="150723")],
        "closing": [entry("closing", reason="not_ours")],
    }


def wrong_steps(ends: list[str]) -> list[dict[str, Any]]:
    """What can't be in most states: all that is, and more than there are, from nowhere."""
    fields: list[dict[str, Any]] = [{}, {"count": 99}, {"entry_id": str(uuid4())}]
    fields += [{"entry_id": one, "count": 99} for one in ends]
    bodies = [end(kind, **some) for kind in ENDS for some in fields]
    bodies += [entry("return", animal=1, **some) for some in fields]
    return [
        *bodies,
        entry("split", animal=1, count=99),
        *REPORTS[:3],
        entry("closing"),
        entry("cleared"),
    ]


@pytest.mark.parametrize("state", STATES)
async def test_what_is_said_to_be_possible_is_and_all_else_is_not(
    officer: Person, other_officer: Person, state: str, thorough: bool
) -> None:
    count, story = STATES[state]
    incident = await officer.opened(rescue(animals=[{"count": count}]))
    for day, said in enumerate(story, start=1):
        await officer.appended(incident, on(day, said) | {"id": str(uuid4())})
    noted = await officer.appended(incident, on(20, entry("note", note="误记")))
    [animal] = await animals_of(officer, incident)
    ends = [one["entry_id"] for one in animal["settled"]]
    path = f"/incidents/{incident}/entries"

    told = set()
    for said in wrong_steps(ends):
        answer = await officer.post(path, on(21, said) | {"id": str(uuid4())})
        if answer.status_code == 201:
            await officer.appended(incident, entry("void", LATER, entry_id=answer.json()["id"]))
        else:
            assert answer.json()["code"] == "impossible_step", answer.text
            told.add(frozenset(answer.json()["possible"]) | {"closing"})
    assert len(told) == 1  # the state says it, and not what was tried in it
    [possible] = told

    photo = await officer.put_photo(incident, JPEG, about="animal:1", taken_at=AUGUST.format(21))
    taken = {"photo"} if photo.status_code == 201 else set()
    for kind, bodies in every_step(incident, ends, noted["id"]).items():
        for said in bodies:
            if kind in taken and not thorough:
                break
            answer = await officer.post(path, on(21, said) | {"id": str(uuid4())})
            if answer.status_code == 201:
                taken.add(kind)
                if kind not in ("amendment", "void"):
                    undone = entry("void", LATER, entry_id=answer.json()["id"])
                    await officer.appended(incident, undone)
    assert taken == possible


# What a station has filed that hands over on the 10th, and what the next one has filed after that.
IN_THEIR_TIME: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "nothing was filed by either": ([], []),
    "the next one has filed a note": ([entry("care", animal=1, feeding="小鱼")], [NOTED]),
    "the next one has gone on": ([], [entry("assessment", animal=1, condition="good")]),
    "only the receiver's own": ([NOTED], [identification(), end("transfer", count=1)]),
}


@pytest.mark.parametrize("filed", IN_THEIR_TIME)
async def test_what_is_said_to_be_possible_is_what_who_asks_may_do(
    officer: Person, other_officer: Person, filed: str, thorough: bool
) -> None:
    """Who was responsible before: of their time, and not what is for who is responsible now."""
    before, after = IN_THEIR_TIME[filed]

    async def handed_on() -> tuple[str, str]:
        """An incident like the others, and what the first station filed in it last."""
        incident = last = await officer.opened(rescue(animals=[{"count": 9}]))
        for day, said in enumerate([identification(), *before], start=2):
            last = (await officer.appended(incident, on(day, said) | {"id": str(uuid4())}))["id"]
        handover = on(10, entry("handover", station="150723"))
        await officer.appended(incident, handover)
        for day, said in enumerate(after, start=11):
            await other_officer.appended(incident, on(day, said) | {"id": str(uuid4())})
        return incident, last

    incident, last = await handed_on()
    told = set()
    for said in wrong_steps([]):
        path = f"/incidents/{incident}/entries"
        answer = await officer.post(path, on(8, said) | {"id": str(uuid4())})
        if answer.status_code == 201:
            incident, last = await handed_on()
            continue
        refused = answer.json()
        assert refused["code"] == "impossible_step", answer.text
        assert "is responsible now: only they void" in refused["detail"]
        if "would no longer be possible" in refused["detail"]:  # what the next one has filed
            assert "possible" not in refused
        else:
            told.add(frozenset(refused["possible"]))
    [possible] = told
    photo = await officer.put_photo(incident, JPEG, about="animal:1", taken_at=AUGUST.format(8))
    taken = {"photo"} if photo.status_code == 201 else set()
    for kind in every_step(incident, [], last):
        incident, last = await handed_on()
        path = f"/incidents/{incident}/entries"
        timeline = (await officer.read(path))["items"]
        [handover] = [one["id"] for one in timeline if one["type"] == "handover"]
        for said in every_step(incident, [], last)[kind]:
            one = on(8, said) | ({"count": 1} if kind in ENDS else {})
            tried = [one]
            if kind == "amendment":
                tried = [one | {"entry_id": last, "changes": {"note": "更正"}}]
            if kind == "void":
                tried = [one | {"entry_id": target} for target in (last, handover)]
            for body in tried:
                if kind in taken and not thorough:
                    break
                answer = await officer.post(path, body | {"id": str(uuid4())})
                if answer.status_code == 201:
                    taken.add(kind)
    assert taken == possible
