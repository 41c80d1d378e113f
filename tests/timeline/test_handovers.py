"""Every way in which an incident goes from station to station: who files what, of which time, who
reads it afterwards, and that what one filed oneself is always answered as the first time."""

from itertools import pairwise, product
from typing import Any
from uuid import UUID

import pytest

from db.database import Database
from tests.pictures import encoded, noise
from tests.timeline.world import STATIONS
from tests.users import Person, add_account, entry, rescue
from wildlife.people.events import COMMAND_LINE
from wildlife.people.managing_queries import disable_account, enable_account

JPEG = encoded(noise(40, 30))

# Those who hold it, one after another; stations are the same but for their names.
SEQUENCES = [
    "".join(holders)
    for length in range(1, 5)
    for holders in product("ABCD", repeat=length)
    if all(giver != taker for giver, taker in pairwise(holders))
    and "ABCD".startswith("".join(dict.fromkeys(holders)))
]

# What may be said of a time, by who was responsible then and is not now, by who had a part in
# the incident at another time, and by who had none. Who is responsible now may all.
MAY = {
    "care": (201, 403, 404),
    "told": (201, 403, 404),
    "addition": (201, 403, 404),
    "identification": (201, 403, 404),
    "note": (201, 201, 404),
    "photo": (201, 201, 404),
    "amendment of one's own": (201, None, None),
    "amendment of another's": (403, 403, 404),
    "amendment of the opening": (403, 403, 404),
    "void of one's own": (403, None, None),
    "void of another's": (403, 403, 404),
    "handover": (403, 403, 404),
}
FIELDS: dict[str, dict[str, Any]] = {
    "care": {"animal": 1, "feeding": "小鱼"},
    "told": {"result": "已告知"},
    "addition": {"reported": {}},
    "identification": {
        "animal": 1,
        "species_id": "phalacrocorax_carbo",
        "identified_by": "专家",
        "confidence": "certain",
    },
    "note": {"note": "补记"},
    "handover": {"station": STATIONS[0]},
    "void": {"reason": "记错"},
}


def at(period: int, minute: int = 30) -> str:
    """In the time of the holder of this number; each hands over at the full hour."""
    return f"2024-07-30T{10 + period}:{minute:02}:00+08:00"


class Told:
    """An incident that went through these hands, and all that was filed of it."""

    def __init__(self, holders: str, officers: list[Person]) -> None:
        self.holders = holders
        self.people = dict(zip("ABCD", officers, strict=True))
        self.codes = dict(zip("ABCD", STATIONS, strict=True))
        self.filed: list[tuple[Person, dict[str, Any], Any]] = []
        self.own: dict[int, str] = {}
        """What each holder filed in their time, by its number."""

    async def begin(self) -> None:
        opening = rescue()
        self.id = str(opening["id"])
        answer = await self.people["A"].post("/incidents", opening)
        self.opened = self.people["A"], opening, answer.json()
        for period, holder in enumerate(self.holders):
            if period:
                giver = self.people[self.holders[period - 1]]
                handover = entry("handover", at(period, 0), station=self.codes[holder])
                assert await self.file(giver, handover) == 201
            care = entry("care", at(period), animal=1, feeding="小鱼")
            assert await self.file(self.people[holder], care) == 201
            self.own[period] = care["id"]

    async def file(self, person: Person, body: dict[str, Any]) -> int:
        answer = await person.post(f"/incidents/{self.id}/entries", body)
        if answer.status_code == 201:
            self.filed.append((person, body, answer.json()))
        elif answer.status_code == 403:
            assert answer.json()["code"] == "no_longer_responsible"
        return answer.status_code

    async def say(self, person: Person, saying: str, period: int, another: int) -> int:
        """another: the number of a time that was another's."""
        type_, _, target = saying.partition(" of ")
        if type_ == "photo":
            photo = UUID(int=len(self.filed) + 1)
            taken_at = {"taken_at": at(period)}
            return (await person.put_photo(self.id, JPEG, photo, **taken_at)).status_code
        body = entry(type_, at(period), **FIELDS.get(type_, {}))
        if target == "the opening":
            body |= {"entry_id": self.id}
        elif target:
            body |= {"entry_id": self.own[another if target == "another's" else period]}
        if type_ == "amendment":
            body |= {"changes": {"summary" if target == "the opening" else "note": "更正"}}
        return await self.file(person, body)


@pytest.fixture
async def told(request: pytest.FixtureRequest, officers: list[Person]) -> Told:
    told = Told(request.param, officers)
    await told.begin()
    return told


every_sequence = pytest.mark.parametrize("told", SEQUENCES, indirect=True, ids=str)


def test_these_are_all_sequences_of_up_to_four_holders() -> None:
    assert SEQUENCES == ["A", "AB", "ABA", "ABC", "ABAB", "ABAC", "ABCA", "ABCB", "ABCD"]


@every_sequence
async def test_who_was_responsible_at_a_time_says_of_it_what_the_table_says(told: Told) -> None:
    before, now = told.holders[:-1], told.holders[-1]
    for letter, person in told.people.items():
        if letter == now:
            continue
        for period, holder in enumerate(before):
            another = next(n for n, other in enumerate(told.holders) if other != letter)
            for saying, (then, once, never) in MAY.items():
                may = then if holder == letter else once if letter in before else never
                if may is not None:
                    answered = await told.say(person, saying, period, another)
                    assert answered == may, (letter, period, saying)
    shown = await told.people[now].read(f"/incidents/{told.id}")
    assert shown["responsible"]["station"]["code"] == told.codes[now]
    assert shown["summary"] == rescue()["summary"]


@every_sequence
async def test_who_is_responsible_now_says_all_of_every_time_and_hands_over_their_own(
    told: Told,
) -> None:
    now = told.holders[-1]
    for period, holder in enumerate(told.holders):
        for saying in MAY:
            if saying != "handover":
                another = saying.endswith("another's")
                if another == (holder != now) or " of " not in saying:
                    answered = await told.say(told.people[now], saying, period, period)
                    assert answered == 201, (period, saying)
    # What was another's at that time is not theirs to give.
    for period, holder in enumerate(told.holders):
        if holder != now:
            assert await told.say(told.people[now], "handover", period, period) == 409
    last = len(told.holders) - 1
    assert await told.say(told.people[now], "handover", last, last) == 201


@every_sequence
async def test_all_who_had_a_part_go_on_reading_and_are_answered_as_the_first_time(
    told: Told,
) -> None:
    for letter, person in told.people.items():
        status = 200 if letter in told.holders else 404
        for path in ("", "/entries", "/photos", "/refused"):
            answer = await person.get(f"/incidents/{told.id}{path}")
            assert answer.status_code == status, (letter, path)
        for path, name in (("/incidents", "id"), ("/animals", "incident_id")):
            listed = [one[name] for one in (await person.read(path))["items"]]
            assert listed == [told.id] * (status == 200)
    person, opening, first = told.opened
    answer = await person.post("/incidents", opening)
    assert (answer.status_code, answer.json()) == (200, first)
    for person, body, first in told.filed:
        answer = await person.post(f"/incidents/{told.id}/entries", body)
        assert (answer.status_code, answer.json()) == (200, first)
        held = (await person.post("/receipts", {"ids": [body["id"]]})).json()
        assert held["ids"] == [body["id"]]
    shown = await told.people["A"].read(f"/incidents/{told.id}")
    chain = [*shown["responsible_before"], shown["responsible"]]
    assert [one["station"]["code"] for one in chain] == [told.codes[one] for one in told.holders]
    for number, (before, after) in enumerate(pairwise(chain), start=1):
        assert before["until"] == after["since"] == at(number, 0)


async def test_who_is_locked_out_is_told_as_such_and_not_as_no_officer(
    officer: Person, other_officer: Person, database: Database
) -> None:
    """A phone names who is to go on; the badge is right, and its account is not."""
    await add_account(database, "150723009", "150723")
    async with database.transaction() as connection:
        await disable_account(connection, COMMAND_LINE, "150723009")
    incident = await officer.opened()
    body = entry("handover", station="150723", badge="150723009")
    for language, says in (("en", "is locked out"), ("zh", "账号已停用")):
        answer = await officer.post(
            f"/incidents/{incident}/entries", body, headers={"Accept-Language": language}
        )
        told = answer.json()
        assert (answer.status_code, told["code"]) == (422, "officer_locked_out"), told
        assert says in told["detail"]
        assert told["errors"][0]["field"] == "badge"
    # Of another station, and locked out or not: no officer of that one.
    elsewhere = entry("handover", station="150723", badge="150425001")
    answer = await officer.post(f"/incidents/{incident}/entries", elsewhere)
    assert answer.json()["code"] == "unknown_badge"
    async with database.transaction() as connection:
        await enable_account(connection, COMMAND_LINE, "150723009")
    assert (await officer.post(f"/incidents/{incident}/entries", body)).status_code == 201
