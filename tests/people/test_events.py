"""What happens to people and units is on record: by whose word, from where, and who reads it."""

from typing import Any

import pytest
from httpx import AsyncClient

from db.database import Database
from tests.commandline import Wildlife
from tests.people.world import events, kinds
from tests.serving import until
from tests.users import API, Person, add_account
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import EventKind, Role

# What each command changes, in an order in which all of them can be run.
COMMANDS: list[tuple[tuple[str, ...], list[EventKind], dict[str, Any]]] = [
    (
        (
            *("station", "add", "15042501", "响水警务室", "--kind", "police_station"),
            *("--region", "150425", "--parent", "150425"),
        ),
        [EventKind.STATION_ADDED],
        {"station": "15042501", "badge": None},
    ),
    (
        ("station", "change", "15042501", "--name", "响水派出所"),
        [EventKind.STATION_CHANGED],
        {"station": "15042501"},
    ),
    (("station", "change", "15042501", "--name", "响水派出所"), [], {}),
    (
        (
            *("account", "add", "150425009", "新民警", "--role", "officer"),
            *("--station", "15042501", "--password", "水库 纸箱 秋天 铅笔"),
        ),
        [EventKind.ACCOUNT_ADDED],
        {"badge": "150425009", "name": "新民警"},
    ),
    (
        ("account", "change", "150425009", "--name", "老民警", "--station", "150425"),
        [EventKind.ACCOUNT_CHANGED, EventKind.ACCOUNT_CHANGED],
        {"badge": "150425009", "name": "老民警"},
    ),
    (("account", "change", "150425009", "--station", "150425"), [], {}),
    (
        ("account", "appoint", "150425009", "chief", "--station", "150425"),
        [EventKind.APPOINTED],
        {},
    ),
    (("account", "appoint", "150425009", "chief", "--station", "150425"), [], {}),
    (("account", "dismiss", "150425009", "chief"), [EventKind.DISMISSED], {}),
    (
        ("account", "password", "150425009", "--password", "铅笔 秋天 纸箱 水库"),
        [EventKind.PASSWORD_SET],
        {"badge": "150425009"},
    ),
    (("account", "disable", "150425009"), [EventKind.ACCOUNT_DISABLED], {}),
    (("account", "disable", "150425009"), [], {}),
    (("account", "enable", "150425009"), [EventKind.ACCOUNT_ENABLED], {}),
]


async def test_what_a_command_changes_is_on_record_once(wildlife: Wildlife, chief: Person) -> None:
    before = len(await events(chief))
    for command, expected, told in COMMANDS:
        await wildlife(*command)

        async def told_of_all(most: int = before + len(expected)) -> list[Any] | None:
            found = await events(chief)  # of a new unit once it is known whose it is
            return found if len(found) >= most else None

        read = (await until(told_of_all))[before:]
        before += len(read)
        assert kinds(read) == expected, command
        for one in read:
            assert one | told == one, command
            assert (one["by"], one["by_command"], one["address"]) == (None, True, None)
            assert not one["is_alarm"]


async def test_a_command_that_is_refused_leaves_nothing_on_record(
    wildlife: Wildlife, admin: Person
) -> None:
    before = await events(admin)
    for command in (
        ("account", "dismiss", "150425001", "officer"),
        ("account", "appoint", "150425001", "chief", "--station", "150723"),
        ("account", "change", "150425001", "--name", "某", "--station", "999999"),
        ("station", "change", "150425", "--name", "某", "--parent", "150425"),
    ):
        await wildlife(*command, status=1)
    assert await events(admin) == before


async def test_a_changed_password_is_told_with_who_changed_it_and_from_where(
    officer: Person, chief: Person
) -> None:
    body = {"password": DEMO_PASSWORD, "new_password": "水库 纸箱 秋天 铅笔"}
    assert (await officer.request("PUT", "/session/password", json=body)).status_code == 204
    [one] = await events(chief, kind="password_changed")
    assert (one["badge"], one["by"], one["by_command"]) == (officer.badge, officer.badge, False)
    assert one["address"] == "127.0.0.1"


async def test_a_copied_token_is_an_alarm_for_the_chief_of_its_owner(
    client: AsyncClient, database: Database, chief: Person, admin: Person
) -> None:
    await add_account(database, "150723000", "150723", role=Role.CHIEF)
    elsewhere = await Person.sign_in(client, "150723000", DEMO_PASSWORD)
    phone = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
    assert await events(chief, alarm="true") == []

    async def refresh(token: str) -> Any:
        return await client.post(f"{API}/session/refresh", json={"refresh_token": token})

    newer = (await refresh(phone.refresh_token)).json()["refresh_token"]
    assert (await refresh(newer)).status_code == 201
    told = (await refresh(phone.refresh_token)).json()
    assert told["code"] == "token_reused"
    assert "sees that as an alarm" in told["detail"], "so whom is the officer to tell?"
    for reader in (chief, admin):
        [alarm] = await events(reader, alarm="true")
        assert (alarm["kind"], alarm["badge"]) == ("token_copied", "150425001")
        assert (alarm["by"], alarm["by_command"], alarm["address"]) == (None, False, "127.0.0.1")
    assert await events(elsewhere, alarm="true") == []
    # Told once: the session is over, and there is nothing more to copy.
    assert (await refresh(phone.refresh_token)).json()["code"] == "invalid_token"
    assert len(await events(chief, alarm="true")) == 1


async def test_who_moves_away_is_told_of_at_both_units_and_no_more_where_they_were(
    client: AsyncClient, database: Database, chief: Person, wildlife: Wildlife
) -> None:
    await add_account(database, "150723000", "150723", role=Role.CHIEF)
    there = await Person.sign_in(client, "150723000", DEMO_PASSWORD)
    await wildlife("account", "change", "150425001", "--station", "150723")
    await wildlife("account", "disable", "150425001")
    told_here = kinds(await events(chief, badge="150425001"))
    told_there = kinds(await events(there, badge="150425001"))
    assert told_here[-1] == "account_changed"
    assert told_there == ["account_changed", "account_disabled"]


async def test_of_whom_one_knows_nothing_is_asked_for_like_nobody(
    client: AsyncClient, chief: Person, admin: Person
) -> None:
    answers = [
        await chief.get("/people/events", params={"badge": badge})
        for badge in ("150723001", "auditor", "nobody")
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    texts = {
        answer.json()["detail"].replace(badge, "")
        for answer, badge in zip(answers, ("150723001", "auditor", "nobody"), strict=True)
    }
    assert len(texts) == 1
    assert await events(admin, badge="150723001") != []
    answer = await chief.get("/people/events", params={"station": "15042"})
    assert answer.status_code == 400


async def test_events_are_read_by_pages_and_filters(admin: Person, wildlife: Wildlife) -> None:
    for name in ("甲", "乙", "丙"):
        await wildlife("account", "change", "150425001", "--name", name)
    asked = {"kind": "account_changed", "station": "150425"}
    whole = await admin.read("/people/events", params=asked)
    assert [one["change"]["name"] for one in whole["items"]][:3] == ["丙", "乙", "甲"]
    items, cursor = [], None
    while True:
        further = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        part = await admin.read("/people/events", params=asked | further)
        items += part["items"]
        if (cursor := part["next_cursor"]) is None:
            break
    assert items == whole["items"]
    day = whole["items"][0]["happened_at"][:10]
    same = await admin.read("/people/events", params=asked | {"from": day, "to": day})
    assert same["items"] == whole["items"]
    later = await admin.read("/people/events", params={"from": "2099-01-01"})
    assert later["items"] == []


@pytest.mark.parametrize("kind", EventKind)
def test_an_event_is_told_in_both_languages(kind: EventKind) -> None:
    assert kind.zh
    assert kind.en
