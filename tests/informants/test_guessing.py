"""Who reported is told to nobody by whether a guess was right: by no answer, by nothing that is
kept of it, and by nothing that the database is asked."""

from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from db.database import Database
from tests.people.sent import Told, statements, told, watch_statements
from tests.rescues.custody import transfer
from tests.users import Person, add_account, entry, put_unit, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role, StationKind

INFORMANT = {"name": "娜仁托娅", "role": "herder", "phone": "13947600001"}
GUESSES = [INFORMANT | {"phone": "13947600002"}, INFORMANT, {"name": "王建国"}]


class Guessed(NamedTuple):
    """What was sent once, and where."""

    incident: str
    path: str
    body: dict[str, Any]


async def sent(author: Person, what: str) -> Guessed:
    opening = rescue(informant=INFORMANT)
    incident = await author.opened(opening)
    if what == "opening":
        return Guessed(incident, "/incidents", opening)
    said = entry("informant", informant=INFORMANT)
    await author.appended(incident, said)
    return Guessed(incident, f"/incidents/{incident}/entries", said)


@pytest.fixture
async def people(
    officer: Person, other_officer: Person, chief: Person, database: Database
) -> dict[str, Person]:
    """All who may send what an officer of 大局子 sent, beside that officer."""
    for code, parent in (("15042500", None), ("150425", "15042500")):
        await put_unit(database, code, kind=StationKind.POLICE_BUREAU, parent=parent)
    await add_account(database, "150425002", "150425")
    await add_account(database, "150425900", "15042500", role=Role.CHIEF)
    signed_in = {
        badge: await Person.sign_in(officer.client, badge, DEMO_PASSWORD)
        for badge in ("150425002", "150425900")
    }
    return {
        "colleague": signed_in["150425002"],
        "chief": chief,
        "chief above": signed_in["150425900"],
        "other station": other_officer,
    }


PEOPLE = ("colleague", "chief", "chief above", "other station")


@pytest.mark.parametrize("what", ["opening", "entry"])
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("goes_over", [False, True])
async def test_a_guess_is_answered_alike_whether_it_is_right(
    people: dict[str, Person],
    officer: Person,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    who: str,
    goes_over: bool,
) -> None:
    """By whoever did not say it: also who may read who it is, which is on record, and guesses would
    not be."""
    watch_statements(monkeypatch)
    incident, path, body = await sent(officer, what)
    if goes_over:
        await officer.appended(incident, entry("handover", station="150723"))
    person = people[who]
    for other in ({}, {"happened_at" if what == "entry" else "summary": "2024-08-02T10:00:00Z"}):
        answers: list[Told] = []
        for guess in GUESSES:
            with statements() as asked:
                answer = await person.post(path, body | other | {"informant": guess})
            answers.append(told(answer, asked, {}))
        assert 400 <= answers[0].status < 500
        assert "informant" not in answer.json().get("differing", [])
        assert answers == [answers[0]] * len(answers)
    refused = await person.get(f"/incidents/{incident}/refused")
    if refused.status_code == 200:
        items = refused.json()["items"]
        assert len({(one["code"], *one["differing"]) for one in items}) <= 2
        assert not [one for one in items if "informant" in one["differing"]]


@pytest.mark.parametrize("what", ["opening", "entry"])
async def test_who_said_it_is_told_what_differs_wherever_it_went(
    officer: Person, what: str
) -> None:
    incident, path, body = await sent(officer, what)
    await officer.appended(incident, entry("handover", station="150723"))
    assert (await officer.post(path, body)).status_code == 200
    wrong = await officer.post(path, body | {"informant": GUESSES[0]})
    assert (wrong.status_code, wrong.json()["differing"]) == (409, ["informant"])


async def test_what_a_colleague_sends_is_kept_and_said_to_be_there_already(
    people: dict[str, Person], officer: Person
) -> None:
    incident, path, body = await sent(officer, "opening")
    answer = (await people["colleague"].post(path, body)).json()
    assert (answer["code"], answer["kept"]) == ("id_conflict", True)
    assert "in all but who reported" in answer["detail"]
    [kept] = (await people["colleague"].read(f"/incidents/{incident}/refused"))["items"]
    assert kept["body"]["informant"] == INFORMANT
    # Without a name nothing is guessed.
    alone = rescue(informant=None)
    await officer.opened(alone)
    assert (await people["colleague"].post(path, alone)).status_code == 200


async def test_a_guess_in_a_text_is_answered_and_asked_alike_whether_it_is_right(
    officer: Person, other_officer: Person, rescuer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_statements(monkeypatch)
    incident = await officer.opened(rescue(informant=INFORMANT))
    await officer.appended(incident, transfer(1))
    await officer.appended(incident, entry("handover", station="150723"))
    at = "2024-08-02T10:00:00+08:00"
    path = f"/incidents/{incident}/entries"
    for person, field, said in (
        (officer, "note", entry("note", "2024-07-29T16:00:00+08:00")),
        (rescuer, "feeding", entry("care", at, animal=1)),
    ):
        answers: list[Told] = []
        for guess in ("包海龙来电话", "娜仁托娅来电"):
            body = said | {"id": str(uuid4()), field: guess}
            with statements() as asked:
                answer = await person.post(path, body)
                again = await person.post(path, body)
                record = await person.get(f"/incidents/{incident}")
            assert (answer.status_code, again.status_code) == (201, 200)
            named = {body["id"]: "entry", guess: "guess", incident: "incident"}
            answers.append(told(answer, asked, named))
            assert "names_informant" not in answer.text + again.text + record.text
        assert answers[0] == answers[1]
