"""An id of what somebody may not see is answered like one of what does not exist, wherever it is
sent: the same status, headers and body, after the same questions to the database."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from hashlib import sha256
from secrets import token_hex
from typing import Any, Final, NamedTuple
from uuid import uuid4

import pytest
from httpx import Response

from db.database import Database
from tests.bodies import full_entries
from tests.exports.made import done
from tests.people.sent import (
    DEVICE,
    DIGEST,
    ENTRY,
    EXPORT,
    FEED,
    INCIDENT,
    PHOTO,
    REFUSED,
    SUBSCRIPTION,
    SYNC,
    UPLOAD,
    Slot,
    Told,
    cursor_with,
    ids_of_bodies,
    slots,
    statements,
    told,
    watch_statements,
)
from tests.people.world import at
from tests.pictures import encoded, noise
from tests.rescues.custody import transfer
from tests.subscriptions.receivers import NOWHERE, asked
from tests.tus import PART, creation
from tests.uploading import began_upload, until_shown
from tests.users import Person, entry, identification, put_unit, release, rescue, road_hazard
from wildlife.people.codes import Role, StationKind

FED: Final = "/api/v1/releases?format=csv"
FILE: Final = "/exports/{export_id}/file"
JPEG: Final = encoded(noise(40, 30))
OTHER_JPEG: Final = encoded(noise(40, 30))

TOLD_APART: Final = {
    Slot("POST", "/incidents", "rescue", "id"): "an incident is called by its id alone, everywhere:"
    " one that is taken is taken (409), and nothing is told of it or of whose it is",
    Slot("POST", "/incidents", "road_hazard", "id"): "the same",
    Slot("POST", "/sync", "rescue", "id"): "the same",
    Slot("POST", "/sync", "road_hazard", "id"): "the same",
    Slot("POST", "/devices", "", "id"): "the same of a phone",
    Slot("POST", "/feeds", "", "id"): "the same of a feed",
    Slot("POST", "/exports", "", "id"): "the same of an export",
    Slot("POST", "/subscriptions", "", "id"): "the same of a subscription",
}
"""Where it can't be so; each decided on."""
OF_NO_RECORD: Final = (
    *("GET /species", "GET /species/{species_id}"),
    *("GET /accounts", "GET /devices", "GET /people/events"),
    *("GET /accesses", "GET /accesses/days", "GET /accesses/days/{day}"),
    *("GET /checkpoint", "GET /tile/{level}/{index}"),
)
"""Whose cursors and tags are of no record, or whose readers see all of them; of people it is told
by tests/people/test_managing.py and tests/people/test_events.py."""

BODIES: Final = {one["type"]: one for one in full_entries()}


BEFORE: Final = "2024-07-20T15:20:00+08:00"
"""When theirs were found: at no moment at which any of the sender's was, as of which ids decide."""


class Theirs(NamedTuple):
    """What belongs to others: of each kind an id or several, and a digest."""

    incident: str
    ids: dict[str, list[str]]
    cursors: dict[str, str]
    """Of their lists, by path."""
    tags: dict[str, str]
    """Of what is theirs, by path."""
    sha256: str


async def all_of(person: Person, chief: Person) -> Theirs:
    """What an officer has, and the chief of their station."""
    one = await person.opened(rescue(found_at=BEFORE))
    note = entry("note", note="羽毛已干")
    later = entry("addition", reported={"reported_as": "幼鸟", "count": 1})
    gone = entry("escape", "2024-08-01T10:00:00+08:00", animal=2)
    for said in (note, later, gone):
        await person.appended(one, said)
    photo = str(uuid4())
    await person.request("PUT", f"/incidents/{one}/photos/{photo}", content=JPEG)
    for _ in range(2):
        freed = await person.opened(rescue(found_at=BEFORE))
        await person.appended(freed, identification())
        await person.appended(freed, release())
        await person.opened(road_hazard(found_at=BEFORE))
        await person.post(f"/incidents/{uuid4()}/entries", note)
    device = {"id": str(uuid4()), "name": "一号机"}
    assert (await chief.post("/devices", device)).status_code == 201
    feed = {"id": str(uuid4()), "name": "每日放归", "address": FED}
    assert (await person.post("/feeds", feed)).status_code == 201
    export = await done(person, FED)
    subscription = asked(NOWHERE)
    assert (await person.post("/subscriptions", subscription)).status_code == 201
    lists = ("/incidents", "/animals", "/releases", "/hazards", "/refused")
    cursors = {
        path: (await person.read(path, params={"limit": 1}))["next_cursor"] for path in lists
    }
    tags = {}
    for path in ("/incidents/{incident_id}", *TAGGED):
        answer = await person.get(path.format(incident_id=one, photo_id=photo))
        assert answer.status_code == 200
        tags[path] = answer.headers["ETag"]
    tags[FILE] = (await person.get(FILE.format(export_id=export["id"]))).headers["ETag"]
    return Theirs(
        one,
        {
            INCIDENT: [one],
            ENTRY: [later["id"], gone["id"], one],
            PHOTO: [photo],
            UPLOAD: [await began_upload(person, one)],
            DEVICE: [device["id"]],
            FEED: [feed["id"]],
            EXPORT: [export["id"]],
            SUBSCRIPTION: [subscription["id"]],
            REFUSED: [(await person.read("/refused"))["items"][0]["refused_id"]],
        },
        cursors,
        tags,
        sha256(JPEG).hexdigest(),
    )


PARAMETERS: Final = ("path", "query", "header")
PHOTO_PATH: Final = "/incidents/{incident_id}/photos/{photo_id}"
TAGGED: Final = (
    PHOTO_PATH,
    *(f"{PHOTO_PATH}/{one}" for one in ("original", "thumbnail", "screen")),
)
"""What of a photo has a tag."""


class Own(NamedTuple):
    """What is the sender's: an incident, a photo of it, and a cursor of its timeline."""

    incident: str
    photo: str = ""
    cursor: str = ""


SAID: Final[dict[str, dict[str, Any]]] = {
    "POST /refused/{refused_id}/accept": {"json": {}},
    "POST /subscriptions/{subscription_id}/restart": {"json": {}},
    "POST /refused/{refused_id}/dismiss": {"json": {"reason": "test"}},
}
"""What is sent that names nothing itself."""


def request_of(slot: Slot, id_: str, own: Own, theirs: Theirs) -> tuple[str, dict[str, Any]]:
    """The address and what is sent to it, with this id at this place, and all else as it may be."""
    at_path = {
        "incident_id": theirs.incident if slot.name == "incident_id" else own.incident,
        "photo_id": theirs.ids[PHOTO][0] if slot.name == "incident_id" else own.photo,
        "upload_id": str(uuid4()),
        "device_id": str(uuid4()),
        "feed_id": str(uuid4()),
        "export_id": str(uuid4()),
        "subscription_id": str(uuid4()),
        "refused_id": str(uuid4()),
        "paper": "release_record",
    }
    sent: dict[str, Any] = {}
    match slot.route:
        case "PUT /incidents/{incident_id}/photos/{photo_id}":
            at_path["photo_id"] = str(uuid4()) if slot.where != "path" else at_path["photo_id"]
            sent = {"content": OTHER_JPEG}
        case "POST /uploads":
            said = {"incident_id": own.incident, "photo_id": str(uuid4())}
            value = f"animal:{id_}" if slot.name == "about" else id_
            sent = {"headers": creation(1000, **said | {slot.name: value})}
        case (
            "HEAD /uploads/{upload_id}"
            | "PATCH /uploads/{upload_id}"
            | "DELETE /uploads/{upload_id}"
        ):
            sent = {"headers": PART | {"Upload-Offset": "0"}}
        case "POST /receipts":
            sent = {"json": {slot.name: [id_]}}
        case "POST /sync":
            sent = {"json": {"items": [item_of(slot, id_, own, theirs)]}}
        case "POST /incidents/{incident_id}/entries" if slot.where in BODIES:
            body = deepcopy(BODIES[slot.where]) | {"id": str(uuid4()), slot.name: id_}
            unsaid = [name for name, value in body.items() if value in (..., None)]
            for name in unsaid:
                body[name] = str(UNKNOWN) if value_is_needed(slot.where, name) else None
            sent = {"json": {name: value for name, value in body.items() if value is not None}}
        case "POST /incidents/{incident_id}/entries":
            sent = {"json": entry("note", note="羽毛已干")}
        case "POST /incidents":
            sent = {"json": rescue(id=id_) if slot.where == "rescue" else road_hazard(id=id_)}
        case "POST /devices":
            sent = {"json": {"id": id_, "name": "二号机"}}
        case "POST /exports":
            sent = {"json": {"id": id_, "address": FED}}
        case "POST /subscriptions":
            sent = {"json": asked(NOWHERE, id=id_)}
        case "POST /feeds":
            sent = {"json": {"id": id_, "name": "每日", "address": FED}}
        case _:
            sent = dict(SAID.get(slot.route, {}))
    if slot.where == "path":
        at_path[slot.name] = id_
    elif slot.where == "query" and slot.name == "about":
        sent["params"] = {"about": f"animal:{id_}"}
    elif slot.name == "cursor":
        sent["params"] = {"cursor": cursor_with(theirs.cursors.get(slot.path, own.cursor), id_)}
    elif slot.where == "query":
        sent["params"] = {slot.name: id_}
    elif slot.where == "header":
        sent["headers"] = {slot.name: id_}
    return slot.path.format(**at_path), sent


def item_of(slot: Slot, id_: str, own: Own, theirs: Theirs) -> dict[str, Any]:
    """An item with this id at this place: as the call has it that its body is of."""
    if slot.where == "photo":
        said = {"incident_id": own.incident, "photo_id": str(uuid4()), "sha256": token_hex(32)}
        value = f"animal:{id_}" if slot.name == "about" else id_
        return {"photo": said | {"size": 1000, slot.name: value}}
    if slot.where == "item":
        return {slot.name: id_, "entry": entry("note", note="羽毛已干")}
    if slot.where in BODIES:
        alike = slot._replace(path="/incidents/{incident_id}/entries")
        return {
            "incident_id": own.incident,
            "entry": request_of(alike, id_, own, theirs)[1]["json"],
        }
    return {"opening": request_of(slot._replace(path="/incidents"), id_, own, theirs)[1]["json"]}


UNKNOWN: Final = uuid4()


def value_is_needed(type_: str, name: str) -> bool:
    return name == "entry_id" and type_ in ("amendment", "void", "return", "receipt")


def ids_for(slot: Slot, theirs: Theirs, *, all_of_them: bool) -> list[tuple[str, str]]:
    """What is sent there of theirs, and of nobody's."""
    if slot.name in ("If-Match", "If-None-Match"):
        path = slot.path.removesuffix("/entries")
        return [(theirs.tags[path], f'"{token_hex(16)}"')]
    if slot.of_what == DIGEST:
        return [(theirs.sha256, token_hex(32))]
    of_it = theirs.ids[slot.of_what]
    # What is opened under an id is the sender's from then on.
    if slot.name == "ids" or (all_of_them and slot.name != "id"):
        of_it = list(dict.fromkeys(one for ones in theirs.ids.values() for one in ones))
    return [(one, str(uuid4())) for one in of_it]


NewOwn = Callable[[], Awaitable[Own]]


async def compared(
    sender: Person, slot: Slot, pair: tuple[str, str], new_own: NewOwn, theirs: Theirs
) -> tuple[Told, Told]:
    """How an id of theirs is answered, and one of nobody's."""
    answers: list[Told] = []
    for id_ in pair:
        own = await new_own()
        path, sent = request_of(slot, id_, own, theirs)
        with statements() as asked:
            answer = await sender.request(slot.method, path, **sent)
        named = {id_: "SENT", own.incident: "OWN", own.photo: "PHOTO"}
        for new in filter(
            None,
            (
                _said(sent).get("id") or _said(sent).get("photo_id"),
                sent.get("params", {}).get("cursor"),
                _upload_of(answer).rpartition("/")[2],
            ),
        ):
            named.setdefault(new, "NEW")
        named.pop("", None)
        answers.append(told(answer, asked, named))
    return answers[0], answers[1]


def _upload_of(answer: Response) -> str:
    """The address of an upload that was begun."""
    if answer.request.url.path.endswith(SYNC) and answer.is_success:
        [result] = answer.json()["items"]
        return str(result["upload"] or "")
    return str(answer.headers.get("location", ""))


def _said(sent: dict[str, Any]) -> dict[str, Any]:
    """The body that is sent, or that of the one item."""
    body: dict[str, Any] = sent.get("json", {})
    for item in body.get("items", ()):
        body = item.get("opening") or item.get("entry") or item["photo"]
    return body


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets `statements` see what is asked of the database."""
    watch_statements(monkeypatch)


def chosen(*, thorough: bool) -> list[Slot]:
    """The places that are tried, what reads before what writes. What all types of entries have in
    common is tried of two of them, or of all."""
    every = [one for one in dict.fromkeys(slots()) if one.route not in OF_NO_RECORD]
    if not thorough:
        rare = {"id": ("note", "release"), "animal": ("assessment", "release")}
        every = [
            one
            for one in every
            if one.where not in BODIES or one.where in rare.get(one.name, BODIES)
        ]
    return sorted(every, key=lambda one: one.method in ("POST", "PUT") and one.path != "/receipts")


def _unlike(theirs: Told, nobodys: Told) -> list[tuple[Any, Any]]:
    """In what two answers differ."""
    return [(one, other) for one, other in zip(theirs, nobodys, strict=True) if one != other]


PLACES: Final = (*BODIES, "rescue", "road_hazard", "item", "photo", "")


def test_no_id_stands_where_nobody_looks() -> None:
    """Of bodies each id is at the top of one, where `slots` finds it."""
    of_bodies = [one for one in slots() if one.where in PLACES]
    assert len({one for one in of_bodies if one.name not in ("sha256", "about")}) == ids_of_bodies()


async def test_an_id_of_others_is_answered_as_one_of_nobody_wherever_it_is_sent(
    watched: None,
    officer: Person,
    other_officer: Person,
    chief: Person,
    database: Database,
    thorough: bool,
) -> None:
    theirs = await all_of(officer, chief)
    await put_unit(database, "1507", kind=StationKind.ADMINISTRATION, region="1507")
    await put_unit(database, "15070201", kind=StationKind.RESCUE_CENTRE, region="150702")
    readers = [
        await at(officer, database, "150723", Role.CHIEF),
        await at(officer, database, "1507", Role.OFFICIAL),
        await at(officer, database, "15070201", Role.RESCUER),
    ]
    photo, incident = str(uuid4()), await other_officer.opened()
    sent = {"content": OTHER_JPEG, "params": {"about": "site"}}
    await other_officer.request("PUT", f"/incidents/{incident}/photos/{photo}", **sent)
    await until_shown(other_officer, incident)
    first = await other_officer.read(f"/incidents/{incident}/entries", params={"limit": 1})
    held = Own(incident, photo, first["next_cursor"])

    async def again() -> Own:
        return held

    async def new() -> Own:
        return Own(await other_officer.opened())

    apart: list[tuple[Slot, Told, Told]] = []
    for slot in chosen(thorough=thorough):
        writes = slot.method in ("POST", "PUT") and slot.path != "/receipts"
        asking = [(other_officer, new if writes else again)]
        if slot.where in (*PARAMETERS, ""):
            asking += [(reader, again) for reader in readers]
        for pair in ids_for(slot, theirs, all_of_them=thorough):
            for sender, own in asking:
                answers = await compared(sender, slot, pair, own, theirs)
                if answers[0] != answers[1]:
                    apart.append((slot, *answers))
    unlike = [one for one in apart if one[0] not in TOLD_APART]
    assert [(one.route, one.where, one.name, *_unlike(*two)) for one, *two in unlike] == []
    assert {slot for slot, *_ in apart} == {*TOLD_APART}
    # Nothing more is told of what is taken than that it is.
    assert {
        (one.status, one.headers["content-type"]) for slot, one, _ in apart if slot.path != SYNC
    } == {(409, "application/problem+json")}
    assert all("id_conflict" in one.content for slot, one, _ in apart if slot.path == SYNC)
    assert not any(one in told.content for _, told, _ in apart for one in (theirs.sha256, "150425"))


async def test_an_id_of_what_a_custodian_is_not_told_of_is_answered_as_one_of_nobody(
    watched: None, officer: Person, rescuer: Person, thorough: bool
) -> None:
    """Of the same incident: another animal, what was said of it, its photo."""
    animals = [{"reported_as": one, "count": 1} for one in ("长嘴巴怪鸟", "幼鸟")]
    incident = await officer.opened(rescue(animals=animals))
    later = entry("addition", reported={"reported_as": "第三只", "count": 1})
    seen = entry("assessment", animal=2, condition="weak")
    gone = entry("escape", animal=2)
    for said in (later, seen, gone):
        await officer.appended(incident, said)
    of_it = [str(uuid4()) for _ in range(2)]
    for number, photo in enumerate(of_it, 1):
        sent = {"content": (JPEG, OTHER_JPEG)[number - 1], "params": {"about": f"animal:{number}"}}
        await officer.request("PUT", f"/incidents/{incident}/photos/{photo}", **sent)
    await officer.appended(incident, transfer(1))
    await until_shown(officer, incident)
    first = await rescuer.read(f"/incidents/{incident}/entries", params={"limit": 1})
    whole = (await officer.get(f"/incidents/{incident}")).headers["ETag"]
    hidden = {ENTRY: [later["id"], seen["id"], gone["id"]], PHOTO: of_it[1:], UPLOAD: []}
    theirs = Theirs(
        incident,
        {**hidden, INCIDENT: [], DEVICE: [], FEED: [], EXPORT: [], SUBSCRIPTION: [], REFUSED: []},
        {},
        dict.fromkeys(("/incidents/{incident_id}", FILE, *TAGGED), whole),
        sha256(OTHER_JPEG).hexdigest(),
    )

    async def own() -> Own:
        return Own(incident, of_it[0], first["next_cursor"])

    unlike = []
    for slot in chosen(thorough=thorough):
        names_what_is_sent = slot.name == "id" or (slot.method, slot.name) == ("PUT", "photo_id")
        if names_what_is_sent or (slot.name == "cursor" and "{" not in slot.path):
            continue  # what is taken within the incident is, as below
        for pair in ids_for(slot, theirs, all_of_them=False):
            of_theirs, of_nobody = await compared(rescuer, slot, pair, own, theirs)
            if of_theirs != of_nobody:
                unlike.append((slot.route, slot.where, slot.name, *_unlike(of_theirs, of_nobody)))
    assert unlike == []
    taken = await rescuer.post(
        f"/incidents/{incident}/entries", entry("note", note="一") | {"id": seen["id"]}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "id_conflict")
    assert "differing" not in taken.json(), "an id that is taken, and no more"
