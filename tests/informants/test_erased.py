"""Whoever was erased is erased for ever: nothing that was sent before brings them back, wherever it
was kept and whoever sends it again; and that they were erased is told, whatever named them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from db.migrations import FOLDER, statements
from media.vault import Vault
from tests.serving import until
from tests.users import Person, add_account, entry, move, rescue
from wildlife.informants.erased_queries import find_erased
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.timeline import refusing

NAMED = {"name": "李四", "phone": "13912345678"}
NINE, TEN, ELEVEN, NOON = (f"2024-07-30T{hour:02}:00:00+08:00" for hour in range(9, 13))


def naming(at: str = NINE, **fields: Any) -> dict[str, Any]:
    """An entry that names somebody."""
    return entry("informant", at, informant=NAMED, note="来电补报", **fields)


@dataclass
class Stations:
    """A, which opens and erases; B, another; and a phone that sends the same body again."""

    a: Person
    colleague: Person
    b: Person
    database: Database
    opening: dict[str, Any] = field(default_factory=rescue)

    @property
    def incident(self) -> str:
        return str(self.opening["id"])

    async def open(self) -> None:
        del self.opening["informant"]
        await self.a.opened(self.opening)

    async def send(self, person: Person, body: dict[str, Any]) -> tuple[int, str]:
        path = "/incidents" if "kind" in body else f"/incidents/{self.incident}/entries"
        answer = await person.post(path, body)
        return answer.status_code, answer.json().get("code", "")

    async def hand_over(self, giver: Person, station: str, at: str) -> None:
        await giver.appended(self.incident, entry("handover", at, station=station))

    async def erase(self, person: Person, status: int = 204) -> None:
        path = f"/incidents/{self.incident}/informant"
        answer = await person.request("DELETE", path, params={"reason": "requested"})
        assert answer.status_code == status, answer.text

    async def asked(self, person: Person) -> tuple[int, str]:
        answer = await person.get(f"/incidents/{self.incident}/informant")
        return answer.status_code, answer.json().get("code", "")

    async def assert_nobody_is_named(self) -> None:
        for person in (self.a, self.colleague, self.b):
            for path in ("informant", "refused", "entries"):
                told = (await person.get(f"/incidents/{self.incident}/{path}")).text
                assert "李四" not in told
                assert "13912345678" not in told
            assert "李四" not in (await person.get("/refused")).text
        async with self.database.reading() as connection:
            held = "select count(*) from informant where sealed is not null"
            assert await connection.fetchval(held) == 0
            held = "select count(*) from refused_body where sealed_informant is not null"
            assert await connection.fetchval(held) == 0


@pytest.fixture
async def stations(officer: Person, other_officer: Person, database: Database) -> Stations:
    await add_account(database, "150425009", "150425")
    colleague = await Person.sign_in(officer.client, "150425009", DEMO_PASSWORD)
    return Stations(officer, colleague, other_officer, database)


# How somebody comes to be named by a body that is kept, whose phone it is that has it, and what it
# is answered at first.
Kept = tuple[Person, dict[str, Any], tuple[int, str]]


async def of_a_stranger(s: Stations) -> Kept:
    await s.open()
    return s.b, naming(), (404, "not_found")


async def before_the_opening(s: Stations) -> Kept:
    body = naming()
    assert await s.send(s.a, body) == (404, "not_found")
    await s.open()
    return s.a, body, (201, "")  # it is taken; but see below


async def of_a_time_not_theirs(s: Stations) -> Kept:
    await s.open()
    await s.hand_over(s.a, "150723", TEN)
    await s.hand_over(s.b, "150425", ELEVEN)
    return s.b, naming(NOON), (403, "no_longer_responsible")


async def of_who_moved_away(s: Stations) -> Kept:
    await s.open()
    await move(s.colleague, s.database, "150723")
    return s.colleague, naming(), (404, "not_found")


async def under_a_taken_id(s: Stations) -> Kept:
    await s.open()
    taken = await s.a.appended(s.incident, entry("note", NINE, note="注"))
    return s.a, naming(id=taken["id"]), (409, "id_conflict")


async def an_opening_again(s: Stations) -> Kept:
    await s.open()
    return s.a, s.opening | {"informant": NAMED}, (409, "id_conflict")


async def a_correction_of_nothing(s: Stations) -> Kept:
    await s.open()
    changes = {"informant": NAMED, "note": "注"}
    return s.a, entry("amendment", entry_id=str(uuid4()), changes=changes), (422, "unknown_entry")


WAYS: dict[str, Callable[[Stations], Awaitable[Kept]]] = {
    one.__name__: one
    for one in (
        of_a_stranger,
        of_a_time_not_theirs,
        of_who_moved_away,
        under_a_taken_id,
        an_opening_again,
        a_correction_of_nothing,
    )
}


async def stays(s: Stations) -> None:
    """Nothing happens in between."""


async def goes_over(s: Stations) -> None:
    """The incident goes to the other station."""
    await s.hand_over(s.a, "150723", "2024-07-30T11:30:00+08:00")


async def comes_and_goes(s: Stations) -> None:
    await goes_over(s)
    await s.hand_over(s.b, "150425", "2024-07-30T11:40:00+08:00")


async def somebody_moves(s: Stations) -> None:
    await move(s.colleague, s.database, "150425")
    await move(s.b, s.database, "150425")


CHANGES = {one.__name__: one for one in (stays, goes_over, comes_and_goes, somebody_moves)}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("way", WAYS)
async def test_no_body_that_was_kept_brings_back_whom_it_named_once_they_are_erased(
    stations: Stations, monkeypatch: pytest.MonkeyPatch, way: str, change: str
) -> None:
    """Whatever happens in between, and also when the key was changed, by whose digest alone the
    same body is known."""
    person, body, first = await WAYS[way](stations)
    assert await stations.send(person, body) == first
    await stations.erase(stations.a)
    await CHANGES[change](stations)
    for _ in range(2):
        status, code = await stations.send(person, body)
        # Who has a part is told that it is erased, by the code or as before by what hinders more.
        assert (status, code) == first or (status, code) == (410, "informant_erased"), code
        await stations.assert_nobody_is_named()
        monkeypatch.setattr(Vault, "tag", lambda _, content: sha256(b"another" + content).digest())


async def test_who_sends_again_whom_others_erased_is_told_to_stop_and_what_else_to_do(
    stations: Stations,
) -> None:
    await stations.open()
    body = naming()
    assert await stations.send(stations.b, body) == (404, "not_found")
    await stations.erase(stations.a)
    await stations.hand_over(stations.a, "150723", "2024-07-30T08:00:00+08:00")
    path = f"/incidents/{stations.incident}/entries"
    for language, sentence in (("en", "need not be sent again"), ("zh", "无需再次发送")):
        answer = await stations.b.post(path, body, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (410, "informant_erased")
        assert sentence in answer.json()["detail"]
        assert "/refused" in answer.json()["detail"]
    assert await stations.asked(stations.b) == (410, "informant_erased")
    # What else it says is not lost; and whoever is named anew is told.
    kept = (await stations.b.read(f"/incidents/{stations.incident}/refused"))["items"]
    assert {one["body"]["note"] for one in kept} == {"来电补报"}
    await stations.b.appended(stations.incident, naming())
    assert await stations.b.read(f"/incidents/{stations.incident}/informant") == NAMED
    # Nobody else's id is touched by it, nor an entry of that id which names nobody.
    await stations.b.appended(stations.incident, entry("note", NINE, id=body["id"], note="注"))


async def test_what_was_sent_before_the_opening_and_erased_is_taken_from_nobody(
    stations: Stations,
) -> None:
    person, body, _ = await before_the_opening(stations)
    await stations.erase(stations.a)
    assert await stations.send(person, body) == (410, "informant_erased")
    await stations.assert_nobody_is_named()


async def test_what_was_on_record_and_erased_is_not_kept_anew_where_something_else_of_it_differs(
    stations: Stations,
) -> None:
    s = stations
    s.opening["informant"] = NAMED
    await s.a.opened(s.opening)
    said = naming()
    await s.a.appended(s.incident, said)
    await s.erase(s.a)
    for body in (s.opening, said):
        assert await s.send(s.a, body) == (200, "")
    for body in (s.opening | {"summary": "另一只"}, said | {"note": "另记"}):
        assert await s.send(s.a, body) == (409, "id_conflict")
    assert len((await s.a.read(f"/incidents/{s.incident}/refused"))["items"]) == 2
    await s.assert_nobody_is_named()


async def test_what_earlier_versions_erased_comes_back_as_little(stations: Stations) -> None:
    s = stations
    s.opening["informant"] = NAMED
    await s.a.opened(s.opening)
    body = naming()
    assert await s.send(s.b, body) == (404, "not_found")
    await s.erase(s.a)
    *_, of_before = statements((FOLDER / "0026_erased_bodies.sql").read_text("utf-8"))
    async with s.database.writing() as connection:
        await connection.execute("update refused_body set informant_erased_at = null")
        await connection.execute(of_before)
    await s.hand_over(s.a, "150723", "2024-07-30T08:00:00+08:00")
    assert await s.send(s.b, body) == (410, "informant_erased")
    await s.assert_nobody_is_named()


async def test_what_is_being_kept_while_they_are_erased_is_erased_with_the_rest(
    stations: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has just found that nobody was erased keeps a name; who erases waits for that."""
    s = stations
    await s.open()
    body = naming()
    assert await s.send(s.b, body) == (404, "not_found")
    monkeypatch.setattr(Vault, "tag", lambda _, content: sha256(b"another" + content).digest())
    erasing: list[asyncio.Task[None]] = []

    async def is_waited_for() -> bool:
        async with s.database.reading() as connection:
            waiting = await connection.fetchval(
                """
                select exists (
                    select from pg_locks join pg_database d on d.oid = database
                    where locktype = 'advisory' and not granted and datname = current_database())
                """
            )
        return erasing[0].done() or bool(waiting)

    async def found_before_it_was_erased(*args: Any, **fields: Any) -> datetime | None:
        found = await find_erased(*args, **fields)
        erasing.append(asyncio.create_task(s.erase(s.a)))
        await until(is_waited_for)
        return found

    monkeypatch.setattr(refusing, "find_erased", found_before_it_was_erased)
    assert await s.send(s.b, body) == (404, "not_found")
    await erasing[0]
    await s.assert_nobody_is_named()


# Who is named by what, and is erased then: each returns the erasing station's officer.


async def by_the_opening(s: Stations) -> None:
    s.opening["informant"] = NAMED
    await s.a.opened(s.opening)
    await s.erase(s.a)


async def by_an_entry(s: Stations) -> None:
    await s.open()
    await s.a.appended(s.incident, naming())
    await s.erase(s.a)


async def by_an_entry_that_is_voided_then(s: Stations) -> None:
    await s.open()
    said = naming()
    await s.a.appended(s.incident, said)
    await s.erase(s.a)
    await s.a.appended(s.incident, entry("void", entry_id=said["id"]))


async def by_an_entry_that_was_voided_before(s: Stations) -> None:
    await s.open()
    said = naming()
    await s.a.appended(s.incident, said)
    await s.a.appended(s.incident, entry("void", entry_id=said["id"]))
    await s.erase(s.a)


async def by_what_is_kept_alone(s: Stations) -> None:
    person, body, first = await of_a_stranger(s)
    assert await s.send(person, body) == first
    await s.erase(s.a)


async def by_a_kept_opening_of_their_own(s: Stations) -> None:
    person, body, first = await an_opening_again(s)
    assert await s.send(person, body) == first
    await s.erase(s.a)


async def and_somebody_else_was_voided(s: Stations) -> None:
    await by_an_entry(s)
    other = naming()
    await s.a.appended(s.incident, other)
    await s.a.appended(s.incident, entry("void", entry_id=other["id"]))


@pytest.mark.parametrize(
    "named",
    [
        by_the_opening,
        by_an_entry,
        by_an_entry_that_is_voided_then,
        by_an_entry_that_was_voided_before,
        by_what_is_kept_alone,
        by_a_kept_opening_of_their_own,
        and_somebody_else_was_voided,
    ],
)
async def test_every_erasure_is_told_to_who_is_responsible_whatever_named_them(
    stations: Stations, named: Callable[[Stations], Awaitable[None]]
) -> None:
    await named(stations)
    path = f"/incidents/{stations.incident}/informant"
    answer = await stations.a.get(path)
    assert (answer.status_code, answer.json()["code"]) == (410, "informant_erased")
    assert "by 150425001 on" in answer.json()["detail"]
    assert "they asked for it" in answer.json()["detail"]
    await stations.hand_over(stations.a, "150723", NOON)
    assert await stations.asked(stations.b) == (410, "informant_erased")
    assert await stations.asked(stations.a) == (404, "not_found")


async def test_what_a_stranger_erases_of_an_opening_upon_a_taken_id_is_told_to_nobody_else(
    stations: Stations,
) -> None:
    """It is of another incident, and the others see no more than that it came."""
    await stations.open()
    theirs = rescue(id=stations.incident, informant=NAMED)
    assert await stations.send(stations.b, theirs) == (409, "id_conflict")
    await stations.erase(stations.b)
    assert await stations.asked(stations.a) == (404, "not_found")
    # Nor does it hinder who has the incident to name somebody under any id of theirs.
    await stations.a.appended(stations.incident, naming())
    assert await stations.asked(stations.a) == (200, "")
    assert await stations.send(stations.b, theirs) == (409, "id_conflict")
    assert "李四" not in (await stations.b.get("/refused")).text


async def test_by_no_answer_about_who_reported_a_stranger_learns_that_there_is_an_incident(
    stations: Stations,
) -> None:
    """One that names somebody and one whose names were erased are answered like none at all."""
    told = []
    for there in ("erased", "named", "nowhere"):
        stations.opening = rescue(informant=NAMED)
        if there != "nowhere":
            await stations.a.opened(stations.opening)
        if there == "erased":
            await stations.erase(stations.a)
        body = naming()
        seen: list[Any] = [await stations.send(stations.b, body)]
        path = f"/incidents/{stations.incident}/informant"
        for method in ("GET", "DELETE", "GET", "DELETE"):
            answer = await stations.b.request(method, path)
            seen.append((answer.status_code, answer.text and answer.json()["detail"]))
        seen.append(await stations.send(stations.b, body))
        own = (await stations.b.read(f"/incidents/{stations.incident}/refused"))["items"]
        seen.append([(one["code"], one["body"].get("informant")) for one in own])
        told.append(seen)
    assert told[0] == told[1] == told[2]
    assert [status for status, _ in told[0][1:5]] == [404, 204, 404, 404]
