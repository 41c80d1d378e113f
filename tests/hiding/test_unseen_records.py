"""Two worlds that differ only in records that somebody may not see answer every request of theirs
alike: whatever they read, by every route and parameter of the document, before others file it and
after; and whatever they write, be it like what others filed or like nothing."""

import re
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from itertools import count, product
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID, uuid4

import pytest
from httpx import Response

from db.database import Database
from tests.changes.readers import in_place
from tests.documented import document
from tests.draws import Draw
from tests.hiding.asking import ASKED, TOGETHER, as_seen, filled, following
from tests.people.sent import Told, statements, told, watch_statements
from tests.people.world import at
from tests.pictures import encoded, noise
from tests.tus import creation
from tests.uploading import began_upload, until_shown
from tests.users import (
    API,
    Person,
    entry,
    identification,
    put_unit,
    release,
    rescue,
    road_hazard,
)
from wildlife.people.codes import Role, StationKind

PIXELS: Final = noise(80, 60)
PICTURE, RING, INFORMANT = encoded(PIXELS), "A1234", {"name": "娜仁托娅", "phone": "13947600001"}

AT: Final = "2024-08-01T10:00:00+08:00"

OF_PEOPLE: Final = {
    "kind": ["code_reused"],
    "role": ["officer"],
    "badge": ["150723001"],
    "station": ["150723"],
    "q": ["克一河"],
    "from": ["2024-07-29"],
    "to": ["2024-07-29"],
    "limit": ["1"],
    "enrolled": ["true"],
}
"""What the lists of people are asked with."""


ELSEWHERE: Final = {
    **dict.fromkeys(
        (f"{API}/{one}" for one in ("species", "species/{species_id}", "stations", "vocabularies")),
        "of no record",
    ),
    **dict.fromkeys(
        (f"{API}/checkpoint", f"{API}/tile/{{level}}/{{index}}"),
        "of no record; tests/ledger/test_tiles.py asks for it",
    ),
    f"{API}/accesses/days/{{day}}": "of no record; tests/accesses/test_days.py asks for it",
    f"{API}/incidents/{{incident_id}}/evidence.zip": "the same; tests/evidence",
    f"{API}/incidents/{{incident_id}}/photos/{{photo_id}}/original": "each look is put on record,"
    " and told by `accesses`; tests/people/test_sent_ids.py asks for it",
}
"""What is not asked here, and why."""


class Ids(NamedTuple):
    """What all of this is called, whether it is there yet or not."""

    seen: str
    seen_photo: str
    incident: str
    photo: str
    upload: str


def asked_of(path: str, names: list[str], who: str, draw: Draw) -> Iterator[dict[str, str]]:
    """The questions of a route: with nothing; and of each parameter alone, and of those that go
    together, a third for each who asks, with values that are drawn."""
    of_people = path.startswith(("/accounts", "/people", "/devices"))
    values = OF_PEOPLE if of_people else ASKED
    yield {}
    groups = [[name] for name in names]
    groups += [sorted(one) for one in TOGETHER if not of_people and one <= {*names}]
    for group in draw.some(groups, -(-len(groups) // 3), path, who):
        every = product(*(values.get(name, ["x"]) for name in group))
        for one in draw.some(every, 1, path, who, *group):
            yield dict(zip(group, one, strict=True))


def questions(ids: Ids, who: str, draw: Draw) -> Iterator[tuple[str, dict[str, str]]]:
    """Every GET of the document that may tell of a record: of one that is seen, and of the one that
    is not there yet."""
    for path, methods in document()["paths"].items():
        if "get" not in methods or not path.startswith(API) or path in ELSEWHERE:
            continue
        given = methods["get"].get("parameters", [])
        names = [one["name"] for one in given if one["in"] == "query" and one["name"] != "cursor"]
        at_path = dict.fromkeys(("badge", "station_code"), "150723001")
        at_path |= dict.fromkeys(
            ("feed_id", "export_id", "subscription_id", "refused_id"), str(UUID(int=0))
        )
        for incident, photo in ((ids.seen, ids.seen_photo), (ids.incident, ids.photo)):
            address = path.removeprefix(API).format(
                **at_path,
                incident_id=incident,
                photo_id=photo,
                upload_id=ids.upload,
                paper="rescue_form",
            )
            for asked in asked_of(path.removeprefix(API), names, who, draw):
                yield address, filled(asked, incident_id=incident, release_id=incident)
            if "{incident_id}" not in path and "/nearby" not in path:
                break


async def all_read(
    person: Person, ids: Ids, who: str, draw: Draw
) -> AsyncIterator[tuple[str, Response]]:
    """All that somebody reads, every list to its end."""
    await in_place(person)
    for address, asked in questions(ids, who, draw):
        query = dict(asked)
        for page in count(1):
            answer = await person.get(address, params=query)
            yield f"{address}?{asked}, page {page}", answer
            is_list = answer.headers.get("content-type") == "application/json"
            cursor = following(answer.json() if is_list else None)
            if cursor is None:
                break
            query |= {"cursor": cursor}
    sent = {"ids": [*ids], "sha256": [sha256(PICTURE).hexdigest()]}
    yield "/receipts", await person.post("/receipts", sent)
    yield "/uploads", await person.request("HEAD", f"/uploads/{ids.upload}")


async def file_all(officer: Person, chief: Person, ids: Ids) -> None:
    """What the others file: as much like what the readers have as can be."""
    ring = entry("marking", animal=1, marks=[{"kind": "ring", "number": RING}])
    opening = rescue(id=ids.incident, informant=INFORMANT, summary=f"{INFORMANT['name']}来电")
    await officer.opened(opening)
    said = (ring, identification(), release(), entry("note", note="羽毛已干"))
    for one in said:
        await officer.appended(ids.incident, one)
    content = {"content": PICTURE, "params": {"caption": "发现时"}}
    await officer.request("PUT", f"/incidents/{ids.incident}/photos/{ids.photo}", **content)
    await officer.opened(road_hazard())
    await officer.post(f"/incidents/{ids.incident}/entries", said[0] | {"note": "别的"})
    await began_upload(officer, ids.incident)
    twin = await officer.opened(rescue())
    closing = entry("closing", reason="duplicate", duplicate_of=ids.incident)
    await officer.appended(twin, closing)
    await chief.post("/devices", {"id": str(uuid4()), "name": "一号机"})


async def seen_by_all(
    officer: Person, other_officer: Person, database: Database
) -> tuple[Ids, dict[str, Person]]:
    """A rescue elsewhere, with who sees it in whatever way: all of it, its region's, a part."""
    await put_unit(database, "1507", kind=StationKind.ADMINISTRATION, region="1507")
    await put_unit(database, "15070201", kind=StationKind.RESCUE_CENTRE, region="150702")
    people = {
        "officer": other_officer,
        "chief": await at(officer, database, "150723", Role.CHIEF),
        "official": await at(officer, database, "1507", Role.OFFICIAL),
        "custodian": await at(officer, database, "15070201", Role.RESCUER),
    }
    place = rescue()["place"] | {"region_code": "150723"}
    animals = [{"reported_as": one, "count": 1} for one in ("长嘴巴怪鸟", "幼鸟")]
    seen, photo = await other_officer.opened(rescue(place=place, animals=animals)), str(uuid4())
    about = {"content": PICTURE, "params": {"about": "animal:1"}}
    await other_officer.request("PUT", f"/incidents/{seen}/photos/{photo}", **about)
    ring = entry("marking", animal=1, marks=[{"kind": "ring", "number": RING}])
    to_it = entry("transfer", AT, animal=1, station="15070201", recipient="救护站")
    for one in (ring, identification(), to_it):
        await other_officer.appended(seen, one)
    ids = Ids(seen, photo, *(str(uuid4()) for _ in range(3)))
    return ids, people


Answers: TypeAlias = dict[str, tuple[int, dict[str, str], bytes]]
"""What somebody is told, by the questions."""


async def as_told_to(person: Person, ids: Ids, who: str, draw: Draw) -> Answers:
    return {path: as_seen(one) async for path, one in all_read(person, ids, who, draw)}


async def test_what_others_file_changes_nothing_of_what_somebody_reads(
    officer: Person, other_officer: Person, chief: Person, database: Database, draw: Draw
) -> None:
    ids, people = await seen_by_all(officer, other_officer, database)
    await until_shown(other_officer, ids.seen)
    before = {name: await as_told_to(one, ids, name, draw) for name, one in people.items()}
    await file_all(officer, chief, ids)
    await until_shown(officer, ids.incident)
    after = {name: await as_told_to(one, ids, name, draw) for name, one in people.items()}
    for name, told_then in after.items():
        assert told_then.keys() == before[name].keys()
        assert unlike(before[name], told_then) == [], name
        assert sum(status == 200 for status, _, _ in told_then.values()) > len(told_then) / 3, name
    # Nor does what is said of another animal of the same incident, to who has the one.
    await say_of_another(other_officer, ids.seen)
    now = await as_told_to(people["custodian"], ids, "custodian", draw)
    assert unlike(after["custodian"], now) == []
    theirs = await as_told_to(other_officer, ids, "officer", draw)
    assert unlike(after["officer"], theirs) != []


def unlike(before: Answers, after: Answers) -> list[tuple[str, Any, Any]]:
    """The answers that differ."""
    return [(path, before.get(path), one) for path, one in after.items() if before.get(path) != one]


async def say_of_another(officer: Person, incident: str) -> None:
    """All that can be said of its second animal, and of nobody's."""
    for said in (
        entry("note", note=f"{INFORMANT['name']}又来电"),
        entry("informant", informant=INFORMANT),
        entry("assessment", animal=2, condition="weak", note="另一只"),
        entry("marking", animal=2, marks=[{"kind": "ring", "number": "B77"}]),
        identification("canis_lupus") | {"animal": 2},
        entry("told", result="已告知"),
        entry("escape", "2024-08-02T10:00:00+08:00", animal=2),
    ):
        await officer.appended(incident, said)
    photo = {"content": encoded(noise(80, 60)), "params": {"about": "animal:2"}}
    await officer.request("PUT", f"/incidents/{incident}/photos/{uuid4()}", **photo)
    await officer.post(f"/incidents/{incident}/entries", entry("death", animal=2))
    await until_shown(officer, incident)


OF_EACH: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[^\"]+|[0-9]{4,12}-[0-9]{8}-[0-9]+|[0-9a-f]{64}"
    r'|"size":[0-9]+'
)
"""By what any two records differ: times, case numbers, digests, and how long a picture is."""


class Like(NamedTuple):
    """What somebody files: like what others did, or like nothing."""

    picture: bytes
    ring: str
    year: str


async def all_written(person: Person, like: Like) -> list[Told]:
    """What somebody is told who files a rescue, from its opening to the hints of the same."""
    at_that = like.year + "-07-29T15:20:00+08:00"
    opening = rescue(found_at=at_that, informant=INFORMANT)
    incident, photo = opening["id"], str(uuid4())
    later = {"happened_at": at_that, "recorded_at": at_that}
    ring = entry("marking", animal=1, marks=[{"kind": "ring", "number": like.ring}]) | later
    note = entry("note", note="羽毛已干") | later
    digest = sha256(like.picture).hexdigest()
    at_it = f"/incidents/{incident}"
    said = {"incident_id": incident, "photo_id": str(uuid4()), "sha256": digest}
    upload = creation(1000, **said)
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/incidents", {"json": opening}),
        ("POST", "/incidents", {"json": opening}),
        ("POST", f"{at_it}/entries", {"json": ring}),
        ("POST", f"{at_it}/entries", {"json": note}),
        ("POST", "/receipts", {"json": {"sha256": [digest]}}),
        ("POST", "/uploads", {"headers": upload}),
        ("PUT", f"{at_it}/photos/{photo}", {"content": like.picture}),
        ("POST", "/receipts", {"json": {"ids": [photo], "sha256": [digest]}}),
        ("GET", at_it, {}),
        ("GET", f"{at_it}/photos", {}),
        ("GET", f"{at_it}/photos/{photo}", {}),
        ("GET", f"{at_it}/refused", {}),
        ("GET", "/incidents/nearby", {"params": {"incident": incident}}),
        ("GET", "/animals", {"params": {"mark": like.ring}}),
    ]
    answers = []
    named = {incident: "INCIDENT", photo: "PHOTO", ring["id"]: "RING", note["id"]: "NOTE"}
    named |= {like.ring: "A1", like.ring.casefold(): "A1", digest: "DIGEST", like.year: "YEAR"}
    for method, path, sent in calls:
        if path.endswith("/photos"):
            await until_shown(person, incident)
        with statements() as asked:
            answer = await person.request(method, path, **sent)
        if "/uploads/" in (location := answer.headers.get("location", "")):
            named[location.rpartition("/")[2]] = "UPLOAD"
        one = told(answer, asked, named)
        answers.append(one._replace(content=OF_EACH.sub("", one.content)))
    return answers


async def test_who_files_what_is_like_what_others_filed_is_told_as_if_it_was_like_nothing(
    monkeypatch: pytest.MonkeyPatch,
    officer: Person,
    other_officer: Person,
    chief: Person,
    database: Database,
) -> None:
    """The same picture, to the byte; the same ring, day, place and words; the same informant."""
    watch_statements(monkeypatch)
    ids, _ = await seen_by_all(officer, other_officer, database)
    await file_all(officer, chief, ids)
    await until_shown(officer, ids.incident)
    await put_unit(database, "15080201", region="150802")
    one = await at(officer, database, "15080201", Role.OFFICER)
    like_nothing = Like(encoded(noise(80, 60)), "B9876", "2023")
    first = await all_written(one, like_nothing)
    then = await all_written(one, Like(PICTURE, RING, "2024"))
    for nothing, something in zip(first, then, strict=True):
        assert something == nothing
    assert [answer.status for answer in first] == [201, 200, 201, 201, 200, 201, 201, *[200] * 7]
    # To who sees what the others filed, all of it is pointed out.
    *_, told_of, photos, photo, _, nearby, animals = await all_written(
        officer, Like(PICTURE, RING, "2024")
    )
    assert '"same_marks":[{' in told_of.content
    assert '"same_picture"' in photos.content
    assert '"same_pictures":[{' in photo.content
    assert ids.incident in nearby.content
    assert ids.incident in animals.content
