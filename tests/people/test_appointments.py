"""One account may be several things, each at a unit: what it may do is what any of them may, and
what it sees as it does that is what those see that may."""

from uuid import uuid4

import pytest

from db.database import Database
from tests.commandline import Wildlife
from tests.people.world import appointed, events
from tests.pictures import encoded, noise
from tests.tus import PART, creation
from tests.uploading import service_of
from tests.users import API, Person, add_account, entry, rescue, road_hazard
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.appointing_queries import appoint, dismiss
from wildlife.people.codes import Role
from wildlife.people.events import COMMAND_LINE
from wildlife.photos.receiving import finish_complete
from wildlife.settings import Settings

JPEG = encoded(noise(40, 30))


async def seen(person: Person) -> set[str]:
    return {one["id"] for one in (await person.read("/incidents"))["items"]}


async def test_an_officer_who_is_an_official_too_files_where_the_officer_may(
    officer: Person, other_officer: Person, database: Database
) -> None:
    own, other = await officer.opened(), await other_officer.opened()
    road = await other_officer.opened(road_hazard())
    await other_officer.put_photo(other, JPEG, photo := uuid4())
    assert await seen(officer) == {own}
    both = await appointed(officer, database, "official", "150723")
    assert await seen(both) == {own, other}
    assert (await both.get(f"/incidents/{road}")).status_code == 404
    assert (await both.get(f"/incidents/{other}/photos/{photo}/screen")).status_code == 200
    # It is there, and not theirs to write in.
    for answer in (
        await both.post(f"/incidents/{other}/entries", entry("note", note="x")),
        await both.put_photo(other, JPEG),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_responsible")
    for method, path in (
        ("GET", "/informant"),
        ("DELETE", "/informant"),
        ("GET", f"/photos/{photo}/accesses"),  # officers read it, of what officers see
    ):
        assert (await both.request(method, f"/incidents/{other}{path}")).status_code == 404, path
    assert (await both.get(f"/incidents/{own}/informant")).status_code == 200
    # What they file is the officer's, at the officer's station.
    filed = await both.appended(own, entry("note", note="已饮水"))
    assert filed["actor"]["role"] == "officer"
    assert filed["actor"]["station"]["code"] == "150425"
    opened = await both.read(f"/incidents/{await both.opened()}")
    assert opened["case_number"].startswith("150425-")
    assert opened["opened_by"]["role"] == "officer"
    # One closes as a duplicate of what one sees, in whatever role.
    closing = entry("closing", reason="duplicate", duplicate_of=other)
    assert (await both.post(f"/incidents/{own}/entries", closing)).status_code == 201


async def test_an_officer_who_is_the_auditor_too_writes_no_more(
    officer: Person, other_officer: Person, database: Database
) -> None:
    own, other = await officer.opened(), await other_officer.opened(road_hazard())
    both = await appointed(officer, database, "auditor")
    assert await seen(both) == {own, other}
    answer = await both.post(f"/incidents/{other}/entries", entry("note", note="x"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_responsible")
    assert (await both.get(f"/incidents/{other}/informant")).status_code == 404


async def test_a_session_tells_all_that_the_account_is_what_it_writes_as_first(
    officer: Person, database: Database
) -> None:
    await appointed(officer, database, "admin")
    await appointed(officer, database, "official", "1504", sees_roads=True)
    both = await appointed(officer, database, "chief", "150425")
    me = await both.read("/session")
    told = [
        (one["role"], (one["station"] or {}).get("code"), one["sees_roads"])
        for one in me["appointments"]
    ]
    assert told == [
        ("officer", "150425", False),
        ("chief", "150425", False),
        ("official", "1504", True),
        ("admin", None, False),
    ]
    assert (me["role"], me["station"]["code"]) == ("officer", "150425")


async def test_what_is_not_said_of_roads_stays_as_it_is(admin: Person, wildlife: Wildlife) -> None:
    """The grant is neither given nor taken by who leaves it out; nor are the sessions ended."""
    path = "/accounts/LC1504/appointments"
    call, command = {"role": "official", "station": "1504"}, ("account", "appoint", "LC1504")
    by_command = (*command, "official", "--station", "1504")

    async def sees_roads() -> bool:
        [one] = (await admin.read("/accounts/LC1504"))["appointments"]
        return bool(one["sees_roads"])

    assert not await sees_roads()
    for grant, flag in ((True, "--sees-roads"), (False, "--no-sees-roads")):
        for way in ("call", "command"):
            await wildlife(*by_command, "--no-sees-roads" if grant else "--sees-roads")
            if way == "call":
                answer = await admin.post(path, call | {"sees_roads": grant})
                assert answer.status_code == 200, answer.text
            else:
                await wildlife(*by_command, flag)
            assert await sees_roads() is grant
            before = len(await events(admin, badge="LC1504"))
            for left_out in (call, call | {"sees_roads": None}):
                answer = await admin.post(path, left_out)
                assert answer.status_code == 200, answer.text
                [one] = answer.json()["appointments"]
                assert one["sees_roads"] is grant
            await wildlife(*by_command)
            assert await sees_roads() is grant
            assert len(await events(admin, badge="LC1504")) == before, "nothing was changed"
    # Of a new one it is not granted, and on record so.
    answer = await admin.post(path, call | {"station": "150723"})
    assert [one["sees_roads"] for one in answer.json()["appointments"]] == [False, False]
    [*_, told] = await events(admin, badge="LC1504")
    assert told["change"] == {"role": "official", "station": "150723", "sees_roads": False}


async def test_a_role_that_nobody_decided_on_adds_nothing_to_another(
    officer: Person, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute(
            "insert into appointment (account_id, role, station_id) select a.account_id,"
            " 'inspector', s.station_id from account a, station s"
            " where a.badge = $1 and s.code = '150723'",
            officer.badge,
        )
    both = await Person.sign_in(officer.client, officer.badge, DEMO_PASSWORD)
    me = await both.read("/session")
    assert [one["role"] for one in me["appointments"]] == ["officer"]
    incident = await both.opened(rescue(officers=[officer.badge]))
    [named] = (await both.read(f"/incidents/{incident}"))["officers_named"]
    assert named["role"] == "officer"


async def test_whoever_is_named_is_named_as_what_they_write_as(
    officer: Person, official: Person, database: Database
) -> None:
    await add_account(database, "X1", "1504", role=Role.OFFICIAL)
    async with database.transaction() as connection:
        await appoint(connection, COMMAND_LINE, "X1", Role.CHIEF, "150425")
    incident = await officer.opened(rescue(officers=["X1", "LC1504", "admin"]))
    named = (await officer.read(f"/incidents/{incident}"))["officers_named"]
    assert [(one["badge"], one["role"], one["unit"]) for one in named] == [
        ("LC1504", "official", "赤峰市林业和草原局"),
        ("X1", "chief", "大局子森林派出所"),
        ("admin", "admin", None),
    ]


async def test_what_an_account_is_is_added_and_taken_away_by_command(
    wildlife: Wildlife, officer: Person
) -> None:
    async def lines(*command: str) -> list[list[str]]:
        _, *told = (await wildlife("account", *command)).out.splitlines()
        return [line.split()[2:] for line in told]

    def being(role: str, *more: str) -> list[str]:
        return [role, *more, "originals", "password"]

    first = being("officer", "150425")
    grant = ("appoint", officer.badge, "official", "--station", "1504", "--sees-roads")
    assert await lines(*grant) == [first, being("official", "1504", "roads")]
    assert (await officer.get("/session")).status_code == 401, "the rights of a session end with it"
    officer = await Person.sign_in(officer.client, officer.badge, DEMO_PASSWORD)
    # Said anew it is as it is said last, and not said as it is.
    assert await lines(*grant[:-1]) == [first, being("official", "1504", "roads")]
    assert await lines(*grant[:-1], "--no-sees-roads") == [first, being("official", "1504")]
    assert await lines("appoint", officer.badge, "official", "--station", "150723") == [
        first,
        being("official", "1504"),
        being("official", "150723"),
    ]
    which = await wildlife("account", "dismiss", officer.badge, "official", status=1)
    assert "Say at which: 1504 or 150723." in which.err
    again = ("dismiss", officer.badge, "official", "--station", "1504")
    assert await lines(*again) == [first, being("official", "150723")]
    assert "is no official at 1504" in (await wildlife("account", *again, status=1)).err
    assert await lines("dismiss", officer.badge, "official") == [first]
    last = await wildlife("account", "dismiss", officer.badge, "officer", status=1)
    assert "That is all that the account is." in last.err
    assert await lines("show", officer.badge) == [first]
    await Person.sign_in(officer.client, officer.badge, DEMO_PASSWORD)


async def test_an_account_writes_for_one_station(wildlife: Wildlife, officer: Person) -> None:
    for role in ("officer", "chief", "rescuer"):
        command = ("account", "appoint", officer.badge, role, "--station", "150723")
        refused = await wildlife(*command, status=1)
        assert "An account writes for one station, and this one would for 150425 and 150723." in (
            refused.err
        )
    await wildlife("account", "appoint", officer.badge, "chief", "--station", "150425")
    await wildlife("account", "appoint", officer.badge, "official", "--station", "1504")
    # Who moves takes along what they write as, and reads what they read.
    moved = await wildlife("account", "change", officer.badge, "--station", "150723")
    _, *told = moved.out.splitlines()
    assert [line.split()[2:4] for line in told] == [
        ["officer", "150723"],
        ["chief", "150723"],
        ["official", "1504"],
    ]
    await wildlife("account", "appoint", "LC1504", "official", "--station", "150425")
    several = await wildlife("account", "change", "LC1504", "--station", "150723", status=1)
    assert "appoint it to the new one" in several.err


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.OFFICIAL])
async def test_only_officials_are_granted_roads(wildlife: Wildlife, role: Role) -> None:
    command = ("account", "appoint", "150425001", role, "--station", "150425", "--sees-roads")
    assert "Seeing roads is granted to officials" in (await wildlife(*command, status=1)).err


async def test_a_photo_that_came_whole_of_who_files_no_more_is_set_aside_and_not_lost(
    officer: Person, database: Database, settings: Settings
) -> None:
    incident = await officer.opened()
    begin = creation(len(JPEG), incident_id=incident, photo_id=str(uuid4()))
    begun = await officer.request("POST", "/uploads", headers=begin)
    upload = begun.headers["Location"].partition(API)[2]
    head = PART | {"Upload-Offset": "0"}
    sent = await officer.request("PATCH", upload, headers=head, content=JPEG[:100])
    assert sent.status_code == 204
    await appointed(officer, database, "auditor")
    async with database.transaction() as connection:
        await dismiss(connection, COMMAND_LINE, officer.badge, Role.OFFICER, None)
    # The rest of it lies there; its phone does not come back.
    [bytes_] = (settings.media_dir / "uploads/open").rglob("*.bytes")
    with bytes_.open("ab") as file:
        file.write(JPEG[100:])
    await finish_complete(service_of(officer.client))
    reader = await Person.sign_in(officer.client, officer.badge, DEMO_PASSWORD)
    assert (await reader.read(f"/incidents/{incident}/photos"))["items"] == []
    kept = [one for one in (settings.media_dir / "uploads/unreadable").rglob("*") if one.is_file()]
    assert JPEG in [one.read_bytes() for one in kept]
