"""Whole lives of incidents: what four stations say of several, in any order, from phones that lose
the network and the answers; held against the same on paper (`tests/timeline/lives.py`)."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from httpx import Response
from hypothesis import HealthCheck, Phase, given, note
from hypothesis import settings as examples
from hypothesis import strategies as st

from db.database import Database
from tests.bodies import ENTRY_TYPES
from tests.timeline.lives import Life, Lives, listed, written
from tests.timeline.paper import ENDS, Body, told
from tests.timeline.telling import at, tell
from tests.timeline.world import STATIONS, World
from tests.users import Person, rescue, road_hazard
from wildlife.settings import Settings

# Of an animal, care and treatment stand for what else changes nothing that the paper tells.
# What who took it over says of its arrival is told in tests/rescues/test_custody.py.
TOLD = {*ENTRY_TYPES} - {"marking", "disease_report", "agency_opinion", "receipt"}
# From which ends heads go on to which, without coming back.
GONE_FROM = {*ENDS.values()} - {"died_in_care"}
GONE_TO = {*ENDS.values(), "found_dead"} - {"no_rescue_needed"}
KEPT = {
    "impossible_step",
    "no_longer_responsible",
    "not_found",
    "unknown_animal",
    "unknown_entry",
    "unknown_incident",
}
REFUSED = {
    "impossible_step",
    "invalid_value",
    "no_longer_responsible",
    "not_a_duplicate",
    "not_found",
    "unknown_animal",
    "unknown_entry",
    "unknown_incident",
    "unknown_species",
}


@dataclass
class Phone:
    """An officer's, with what it has not yet got rid of."""

    person: Person
    station: str
    waiting: list[tuple[Life, Body]] = field(default_factory=list)
    refused: list[tuple[Life, Body]] = field(default_factory=list)


class WholeLives:
    """Three incidents, of one station or two, and what all four say of them."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world = world
        self.chance = chance
        self.lives: Lives = {}
        self.phones = [Phone(*one) for one in zip(world.officers, STATIONS, strict=True)]
        self.said: dict[str, list[Body]] = {}
        self.answers: dict[str, Body] = {}
        self.seen: dict[tuple[str, str], tuple[str, Body]] = {}
        self.kept: dict[tuple[str, str], set[str]] = {}
        # Whose region it is sees rescues, whoever is responsible, and roads nobody granted.
        self.readers: list[tuple[Person, str | None]] = [
            *((phone.person, phone.station) for phone in self.phones),
            (world.official, None),
        ]

    def begin(self) -> None:
        self.world.wait(self.world.emptied())
        groups = [{"count": 5}, {"count": 2}]
        for opener, opening in (
            (0, rescue(animals=groups)),
            (self.chance.randrange(2), rescue(animals=groups[::-1])),
            (self.chance.randrange(2), road_hazard()),
        ):
            life = Life(opening | {"id": self.new_id()}, STATIONS[opener])
            self.lives[life.id], self.said[life.id] = life, [life.opening]
            for status in (201, 200):
                person = self.phones[opener].person
                answer = self.world.wait(person.post("/incidents", life.opening))
                assert answer.status_code == status, answer.text

    def go_on(self) -> None:
        """One thing that happens."""
        chance = self.chance
        life = chance.choice([*self.lives.values()])
        stations = [*STATIONS, *[*life.parts] * 2, *[life.paper.holder] * 12]
        phone = self.phones[STATIONS.index(chance.choice(stations))]
        match chance.choice(["say"] * 16 + ["deliver"] * 5 + ["say otherwise"]):
            case "say":
                self.say(phone, life, chance)
            case "deliver":
                self.deliver(chance.choice(self.phones), chance)
            case "say otherwise":
                self.say_otherwise(phone, life, chance)

    def say(self, phone: Phone, life: Life, chance: Random) -> None:
        """Something that happened just now, in the same moment as what was said before, or some
        hours ago; now and then what was said before, once more. It is sent now, or later."""
        said = self.said[life.id]
        hour = max(0, 1 + len(said) // 4 - chance.choice([0, 0, 0, 0, 1, 2, 4, 9]))
        times = {"happened_at": at(hour), "recorded_at": at(hour, chance.choice([0, 0, 30]))}
        body = tell(chance, life, self.lives, said) | times
        if last := said[1:][-1:]:
            if chance.random() < 0.2:
                body |= {name: last[0][name] for name in times}
            if chance.random() < 0.1:
                body = last[0]
        body = body | {"id": self.new_id()}
        said.append(body)
        if chance.random() < 0.3:
            phone.waiting.append((life, body))
        else:
            self.send(phone, life, body)

    def deliver(self, phone: Phone, chance: Random) -> None:
        """What the phone holds, in any order; where the answer is lost, it holds it still."""
        if phone.waiting:
            life, body = phone.waiting.pop(chance.randrange(len(phone.waiting)))
            if self.send(phone, life, body) and chance.random() < 0.5:
                phone.waiting.append((life, body))

    def say_otherwise(self, phone: Phone, life: Life, chance: Random) -> None:
        """Something else under the id of what one said."""
        if own := [one.body for one in life.entries if one.station == phone.station]:
            body = chance.choice(own) | {"note": "另一件事"}
            answer = self.post(phone, life, body)
            assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
            assert answer.json()["differing"] == ["note"]
            self.kept.setdefault((phone.station, life.id), set()).add(body["id"])
            self.look(life)

    # ------------------------------------------------------------ how it happens

    def send(self, phone: Phone, life: Life, body: Body) -> bool:
        """Send it, and hold the answer against the paper; whether it is on the timeline now."""
        entry_id = body["id"]
        answer = self.post(phone, life, body)
        if entry_id in self.answers:
            assert (answer.status_code, answer.json()) == (200, self.answers[entry_id])
            return True
        code = life.refused(body, phone.station, self.lives)
        assert (answer.json().get("code") or None) == code, (body, answer.text)
        if code is None:
            assert answer.status_code == 201
            life.take(body, phone.station)
            assert life.paper.impossible == []
            assert answer.json()["facts"].get("number") == life.entries[-1].number
            self.answers[entry_id] = answer.json()
            self.kept.get((phone.station, life.id), set()).discard(entry_id)
            self.world.taken[body["type"]] += 1
        else:
            self.world.refused[code] += 1
            if code in KEPT:
                self.kept.setdefault((phone.station, life.id), set()).add(entry_id)
            if code not in ("no_longer_responsible", "not_found"):
                phone.refused.append((life, body))  # it may be possible later
        self.look(life)
        return code is None

    def post(self, phone: Phone, life: Life, body: Body) -> Response:
        answer = self.world.wait(phone.person.post(f"/incidents/{life.id}/entries", body))
        note(f"{phone.station} of the {life.kind} {life.id[:8]}: {body} {answer.status_code}")
        assert answer.status_code < 500, answer.text
        return answer

    def new_id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    # ------------------------------------------------------------ what must hold

    def shows(self, life: Life, station: str | None) -> bool:
        """An official sees rescues, which took place in the region, and no road."""
        if station is None:
            return life.kind == "rescue"
        return station in life.parts

    def look(self, life: Life) -> None:
        """As who is responsible, and as somebody; now and then at the lists."""
        somebody = self.chance.choice(self.readers)
        if self.chance.random() < 0.1:
            self.ask(*somebody)
        holder = self.readers[STATIONS.index(life.paper.holder)]
        for reader, station in (holder, somebody):
            self.read(life, reader, station)

    def read(self, life: Life, reader: Person, station: str | None) -> None:
        """The incident is as on paper, and its ETag another exactly when it is."""
        tag, before = self.seen.get((reader.badge, life.id), ("", {}))
        answer = self.world.wait(
            reader.get(f"/incidents/{life.id}", headers={"If-None-Match": tag})
        )
        if not self.shows(life, station):
            assert answer.status_code == 404
            return
        if answer.status_code == 304:
            shown = before
        else:
            assert answer.status_code == 200, answer.text
            shown = answer.json()
            assert shown != before
            assert answer.headers["ETag"] != tag
            self.seen[reader.badge, life.id] = answer.headers["ETag"], shown
        assert told(shown) == written(life) | {
            "duplicates": sorted(
                i
                for i, one in self.lives.items()
                if one.duplicate_of == life.id and self.shows(one, station)
            )
        }

    def ask(self, reader: Person, station: str | None) -> None:
        """The lists have what one sees, and leave out what was closed as a duplicate."""
        lives = {i: one for i, one in self.lives.items() if self.shows(one, station)}
        originals = {i: one for i, one in lives.items() if one.duplicate_of is None}
        for asked, shown in ({}, originals), ({"duplicates": "include"}, lives):
            for path, (names, expected) in listed(shown).items():
                parameters = asked | {"limit": "500"}
                items = self.world.wait(reader.read(path, params=parameters))["items"]
                rows = [tuple(one[name] for name in names.split()) for one in items]
                assert sorted(rows) == sorted(expected), (path, asked)

    def end(self) -> None:
        """In the end all phones have a network."""
        for phone in self.phones:
            waiting = phone.waiting + phone.refused
            self.chance.shuffle(waiting)
            for life, body in waiting:
                self.send(phone, life, body)
        for reader in self.readers:
            self.ask(*reader)
        for life in self.lives.values():
            self.world.went_on += life.paper.went_on
            self.world.supposed += len(life.paper.supposed)
        for (station, incident_id), entry_ids in self.kept.items():
            phone = self.phones[STATIONS.index(station)]
            kept = self.world.wait(phone.person.read(f"/incidents/{incident_id}/refused"))["items"]
            own = {one["entry_id"] for one in kept if one["badge"] == phone.person.badge}
            assert own == entry_ids
        self.world.wait(self.world.checked(self.chance))


async def test_whatever_is_said_of_whole_lives_in_whatever_order_they_are_as_on_paper(
    officers: list[Person],
    official: Person,
    database: Database,
    settings: Settings,
    thorough: bool,
) -> None:
    world = World(asyncio.get_running_loop(), officers, official, database, settings)

    # One seed, and no more to draw: of several, most lives would have the same beginnings.
    @given(st.integers(0, 2**64))
    @examples(
        max_examples=250 if thorough else 13,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def play(seed: int) -> None:
        lives = WholeLives(world, Random(seed))
        lives.begin()
        for _ in range(75):
            lives.go_on()
        lives.end()

    await asyncio.to_thread(play)
    assert world.went_on
    if thorough:
        assert world.supposed
        assert {before for before, _ in world.went_on} == GONE_FROM
        assert {after for _, after in world.went_on} == GONE_TO
    assert set() == TOLD - world.taken.keys() == REFUSED - world.refused.keys()
