"""Managing people over HTTP: an administrator all, a chief those of the own unit and below; by the
rules of the commands, and each change on record."""

from random import Random
from typing import Any
from uuid import UUID, uuid4

import click
import pytest
from httpx import AsyncClient

from db.database import Database
from tests.commandline import commands
from tests.fixtures.service import running_application
from tests.people.managing import PASSWORD, UNIT, managing, new
from tests.people.matrix import ADMINISTRATOR, MATRIX, NO
from tests.people.oidc.provider import by_provider
from tests.people.sessions import ends_soon, holds, sign_in
from tests.people.world import events
from tests.users import Person, add_account, put_unit
from wildlife.commands import main
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.appointing_queries import appoint
from wildlife.people.codes import Role
from wildlife.people.events import COMMAND_LINE
from wildlife.settings import Settings

BADGE = "150425001"


# What each command does over HTTP.
CALLS = {
    ("account", "add"): "POST /accounts",
    ("account", "change"): "PATCH /accounts/{badge}",
    ("account", "list"): "GET /accounts",
    ("account", "show"): "GET /accounts/{badge}",
    ("account", "password"): "PUT /accounts/{badge}/password",
    ("account", "leave-to-provider"): "DELETE /accounts/{badge}/password",
    ("account", "disable"): "PATCH /accounts/{badge}",
    ("account", "enable"): "PATCH /accounts/{badge}",
    ("account", "appoint"): "POST /accounts/{badge}/appointments",
    ("account", "dismiss"): "DELETE /accounts/{badge}/appointments",
    ("station", "add"): "POST /stations",
    ("station", "change"): "PATCH /stations/{station_code}",
    ("station", "list"): "GET /stations",
    ("device", "add"): "POST /devices",
    ("device", "list"): "GET /devices",
    ("device", "cut-off"): "DELETE /devices/{device_id}",
}


def test_what_the_commands_do_an_administrator_does_over_http() -> None:
    """README, "Managing people"."""
    every = {path for path, one in commands(main) if not isinstance(one, click.Group)}
    assert {*CALLS} == {path for path in every if path[0] in {"account", "station", "device"}}
    for call in CALLS.values():
        assert MATRIX[call][ADMINISTRATOR] != NO, call


async def refused(answer: Any, status: int, code: str) -> str:
    """The sentence of what must be refused so."""
    answer = await answer
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return str(answer.json()["detail"])


async def test_a_chief_adds_an_officer_who_signs_in_and_whose_record_says_who_did(
    client: AsyncClient, chief: Person
) -> None:
    body = new()
    del body["station"]  # the chief's own
    answer = await chief.post("/accounts", body)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {
        "badge": "150425009",
        "name": "张三",
        "appointments": [{"role": "officer", "station": "150425", "sees_roads": False}],
        "sees_originals": True,
        "disabled": False,
        "by_provider": False,
    }
    assert (await sign_in(client, "150425009", PASSWORD)).status_code == 201
    # The answer is lost: the same again.
    assert (await chief.post("/accounts", body)).status_code == 200
    assert (await chief.post("/accounts", new())).status_code == 200
    assert (await sign_in(client, "150425009", PASSWORD)).status_code == 201
    [added] = await events(chief, badge="150425009")
    assert (added["kind"], added["by"], added["address"]) == (
        *("account_added", "chief", "127.0.0.1"),
    )
    assert not added["by_command"]
    listed = (await chief.read("/accounts", params={"station": "150425"}))["items"]
    assert "150425009" in {one["badge"] for one in listed}


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({"name": "李四"}, ["name"]),
        ({"role": "chief"}, ["appointments", "sees_originals"]),
        ({"password": "别的 密码 也很 长"}, ["password"]),
    ],
)
async def test_another_account_under_a_badge_that_is_taken_is_refused(
    chief: Person, changes: dict[str, Any], differing: list[str]
) -> None:
    assert (await chief.post("/accounts", new())).status_code == 201
    answer = await chief.post("/accounts", new(**changes))
    assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
    assert answer.json()["differing"] == differing
    assert PASSWORD not in answer.text


async def test_nobody_finds_a_password_out_by_adding_the_account_again(
    client: AsyncClient, chief: Person, admin: Person
) -> None:
    assert (await chief.post("/accounts", new())).status_code == 201
    other = await admin.post("/accounts", new())
    assert (other.status_code, other.json()["differing"]) == (409, ["password"])
    officer = await Person.sign_in(client, "150425009", PASSWORD)
    for theirs in ("铅笔 秋天 纸箱 水库", PASSWORD):
        body = {"password": PASSWORD if theirs != PASSWORD else "铅笔 秋天 纸箱 水库"}
        changed = await officer.request(
            "PUT", "/session/password", json=body | {"new_password": theirs}
        )
        assert changed.status_code == 204, changed.text
        for guess in ("铅笔 秋天 纸箱 水库", PASSWORD):
            answer = await chief.post("/accounts", new(password=guess))
            assert (answer.status_code, answer.json()["differing"]) == (409, ["password"])


async def test_of_an_account_elsewhere_no_more_is_told_than_that_the_badge_is_taken(
    chief: Person,
) -> None:
    for badge in ("150723001", "AUDITOR", "lc1504"):
        answer = await chief.post("/accounts", new(badge))
        assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
        assert "differing" not in answer.json()
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "某"}),
        ("PUT", "/password", {"password": PASSWORD}),
        ("POST", "/appointments", {"role": "officer", "station": "150425"}),
        ("DELETE", "/appointments?role=officer", None),
    ):
        told = set()
        for badge in ("150723001", "auditor", "nobody"):
            answer = await chief.request(method, f"/accounts/{badge}{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            told.add(answer.json()["detail"])
        assert len(told) == 1


async def test_what_only_an_administrator_decides_no_chief_does(
    chief: Person, admin: Person
) -> None:
    for role in ("official", "auditor", "admin", "rescuer"):
        await refused(chief.post("/accounts", new(role=role)), 403, "admin_only")
        body = {"role": role, "station": "150425"}
        await refused(chief.post(f"/accounts/{BADGE}/appointments", body), 403, "admin_only")
    for sees in (True, False):
        await refused(chief.post("/accounts", new(sees_originals=sees)), 403, "admin_only")
        change = chief.request("PATCH", f"/accounts/{BADGE}", json={"sees_originals": sees})
        await refused(change, 403, "admin_only")
    await refused(chief.post("/accounts", new(station="150723")), 403, "not_your_unit")
    move = chief.request("PATCH", f"/accounts/{BADGE}", json={"station": "150723"})
    await refused(move, 403, "not_your_unit")
    unit: dict[str, Any]
    for unit in ({"region_code": "1504"}, {"competent_for": {"regions": ["15"]}}):
        await refused(chief.request("PATCH", "/stations/150425", json=unit), 403, "admin_only")
        assert (await admin.request("PATCH", "/stations/150425", json=unit)).status_code == 200
    # An officer who is the auditor, too, is the administrator's.
    body = {"role": "auditor"}
    assert (await admin.post(f"/accounts/{BADGE}/appointments", body)).status_code == 200
    assert (await chief.get(f"/accounts/{BADGE}")).status_code == 200
    for method, path, sent in (
        ("PATCH", "", {"disabled": True}),
        ("PUT", "/password", {"password": PASSWORD}),
        ("POST", "/appointments", {"role": "chief", "station": "150425"}),
        ("DELETE", "/appointments?role=officer", None),
    ):
        answer = chief.request(method, f"/accounts/{BADGE}{path}", json=sent)
        await refused(answer, 403, "admin_only")


async def test_nobody_manages_their_own_account(chief: Person, admin: Person) -> None:
    for person in (chief, admin):
        for method, path, body in (
            ("PATCH", "", {"disabled": True}),
            ("PUT", "/password", {"password": PASSWORD}),
            ("POST", "/appointments", {"role": "officer", "station": "150425"}),
            ("DELETE", f"/appointments?role={person.badge}", None),
        ):
            answer = person.request(method, f"/accounts/{person.badge}{path}", json=body)
            await refused(answer, 403, "own_account")
        assert await holds(person.client, person.access_token)


async def test_who_is_locked_out_is_so_at_once_and_comes_back_with_the_same_password(
    client: AsyncClient, chief: Person
) -> None:
    phone = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    assert await holds(client, phone.access_token)
    for _ in range(2):
        answer = await chief.request("PATCH", f"/accounts/{BADGE}", json={"disabled": True})
        assert answer.json()["disabled"] is True
    assert not await holds(client, phone.access_token)
    assert (await sign_in(client, BADGE)).status_code == 401
    answer = await chief.request("PATCH", f"/accounts/{BADGE}", json={"disabled": False})
    assert answer.json()["disabled"] is False
    assert (await sign_in(client, BADGE)).status_code == 201
    assert [one["kind"] for one in await events(chief, badge=BADGE)][-2:] == [
        *("account_disabled", "account_enabled"),
    ]
    nothing = chief.request("PATCH", f"/accounts/{BADGE}", json={})
    await refused(nothing, 422, "nothing_said")


async def test_a_forgotten_password_is_set_by_the_chief(client: AsyncClient, chief: Person) -> None:
    phone = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    path = f"/accounts/{BADGE}/password"
    for unfit, why in (("short", "at least 8"), (f"x {BADGE} y", "badge number")):
        told = await refused(
            chief.request("PUT", path, json={"password": unfit}), 422, "invalid_value"
        )
        assert why in told
        assert unfit not in told.replace("badge number", "")
    for _ in range(2):
        answer = await chief.request("PUT", path, json={"password": PASSWORD})
        assert answer.status_code == 204
    await ends_soon(client, phone.access_token)
    assert (await sign_in(client, BADGE)).status_code == 401
    assert (await sign_in(client, BADGE, PASSWORD)).status_code == 201


async def test_appointments_come_and_go_by_the_rules_of_the_commands(
    client: AsyncClient, chief: Person, admin: Person
) -> None:
    path = f"/accounts/{BADGE}/appointments"
    for _ in range(2):
        answer = await chief.post(path, {"role": "chief"})
        assert answer.status_code == 200, answer.text
        assert {one["role"] for one in answer.json()["appointments"]} == {"officer", "chief"}
    both = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    assert (await both.get("/devices")).status_code == 200
    for _ in range(2):
        answer = await chief.request("DELETE", path, params={"role": "chief"})
        assert answer.status_code == 204
    last = chief.request("DELETE", path, params={"role": "officer"})
    assert "all that the account is" in await refused(last, 409, "unfit_change")
    two = admin.post(path, {"role": "chief", "station": "150723"})
    assert "writes for one station" in await refused(two, 409, "unfit_change")
    roads = admin.post(path, {"role": "auditor", "sees_roads": True})
    assert "granted to officials" in await refused(roads, 409, "unfit_change")
    await refused(admin.post(path, {"role": "official"}), 409, "unfit_change")
    await refused(admin.post(path, {"role": "officer"}), 422, "missing_field")
    unknown = admin.post(path, {"role": "official", "station": "999999"})
    await refused(unknown, 422, "unknown_station")
    kinds = [one["kind"] for one in await events(chief, badge=BADGE)]
    assert kinds[-2:] == ["appointed", "dismissed"]
    chinese = await admin.post(
        path, {"role": "auditor", "sees_roads": True}, headers={"Accept-Language": "zh"}
    )
    assert "仅用于主管部门工作人员" in chinese.json()["detail"]


async def test_units_are_added_and_changed_below_the_own_one(chief: Person, admin: Person) -> None:
    for status in (201, 200):
        answer = await chief.post("/stations", UNIT)
        assert answer.status_code == status, answer.text
        assert answer.json()["parent_code"] == "150425"
    other = await chief.post("/stations", UNIT | {"name": "别的"})
    assert (other.status_code, other.json()["code"]) == (409, "id_conflict")
    assert other.json()["differing"] == ["name"]
    renamed = await chief.request("PATCH", "/stations/15042501", json={"name": "响水派出所"})
    assert (renamed.json()["name"], renamed.json()["parent_code"]) == ("响水派出所", "150425")
    told = [(one["kind"], one["by"]) for one in await events(chief, station="15042501")]
    assert told == [("station_added", "chief"), ("station_changed", "chief")]
    elsewhere = chief.post("/stations", UNIT | {"code": "15072301", "parent_code": "150723"})
    await refused(elsewhere, 403, "not_your_unit")
    far = chief.request("PATCH", "/stations/150723", json={"name": "某"})
    await refused(far, 403, "not_your_unit")
    nowhere = chief.request("PATCH", "/stations/999999", json={"name": "某"})
    await refused(nowhere, 404, "not_found")
    for body in ({"no_parent": True}, {"parent_code": "15042501"}):
        change = chief.request("PATCH", "/stations/150425", json=body)
        await refused(change, 403, "admin_only")
    circle = admin.request("PATCH", "/stations/150425", json={"parent_code": "15042501"})
    assert "can't stand below" in await refused(circle, 409, "unfit_change")
    police = {"code": "150425000000", "name": "某", "kind": "police_station"}
    for region, why in ((None, "does not say where"), ("00", "begins with a province")):
        body = police | ({"region_code": region} if region else {})
        assert why in await refused(admin.post("/stations", body), 422, "invalid_value")
    gone = await admin.request("PATCH", "/stations/15042501", json={"no_parent": True})
    assert gone.json()["parent_code"] is None
    again = chief.request("PATCH", "/stations/15042501", json={"name": "某"})
    await refused(again, 403, "not_your_unit")


async def test_a_region_that_was_taken_once_is_in_the_way_of_no_other_change(
    admin: Person, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute(
            "update station set region_code = '990000', competent_for_regions = '{980000}'"
            " where code = '150425'"
        )
    for change in (
        {"name": "某"},
        {"competent_for": {"regions": ["980000", "990000", "1504"]}},
        {"region_code": "990000"},
    ):
        answer = await admin.request("PATCH", "/stations/150425", json=change)
        assert answer.status_code == 200, (change, answer.text)
    for change in ({"region_code": "970000"}, {"competent_for": {"regions": ["970000"]}}):
        told = admin.request("PATCH", "/stations/150425", json=change)
        assert "begins with a province" in await refused(told, 422, "invalid_value")


async def test_a_chief_adds_units_within_the_region_of_the_one_above(
    chief: Person, admin: Person
) -> None:
    """What a unit's region is, the officials of the unit are competent for."""
    unit = {"name": "新所", "kind": "police_station"}
    for code, region in (
        *(("320102", None), ("15042502", "320102"), ("15042502", "15"), ("15042502", "150426")),
        *(("15042502", "1504"), ("15042502", "150400"), ("320102", "150400000000")),
    ):
        told = unit | {"code": code} | ({} if region is None else {"region_code": region})
        why = await refused(chief.post("/stations", told), 403, "admin_only")
        assert "within the region" in why
    for number, region in enumerate(("150425", "150425101", "150425101001", "150425000000"), 10):
        body = unit | {"code": f"150425{number}", "region_code": region}
        added = await chief.post("/stations", body)
        assert added.status_code == 201, added.text
        assert added.json()["competent_for"] == {"regions": [region], "stations": []}
        assert (await chief.post("/stations", body)).status_code == 200
    # Below one of these it is that one's region that counts.
    above = {"code": "15042520", "parent_code": "15042511"}
    beside = unit | above | {"region_code": "150425102"}
    await refused(chief.post("/stations", beside), 403, "admin_only")
    assert (await admin.post("/stations", beside)).status_code == 201


UNFIT: list[tuple[str, dict[str, Any], list[str]]] = [
    ("POST /accounts", new(badge=" "), ["/badge"]),
    ("POST /accounts", new(name=""), ["/name"]),
    ("POST /accounts", new(role="king"), ["/role"]),
    ("POST /accounts", new(password="short"), ["/password"]),
    ("POST /accounts", new(station="999999"), ["/station"]),
    ("POST /accounts", new(role="official", station="999999"), ["/station"]),
    ("POST /accounts", {k: v for k, v in new().items() if k != "station"}, ["/station"]),
    ("PATCH /accounts/{badge}", {"name": "\u200b"}, ["/name"]),
    ("PATCH /accounts/{badge}", {"station": "999999"}, ["/station"]),
    ("PATCH /accounts/{badge}", {}, ["/name"]),
    ("PUT /accounts/{badge}/password", {"password": "short"}, ["/password"]),
    ("POST /accounts/{badge}/appointments", {"role": "official", "station": "9"}, ["/station"]),
    ("POST /accounts/{badge}/appointments", {"role": "officer"}, ["/station"]),
    ("POST /stations", UNIT | {"code": "x"}, ["/code"]),
    ("POST /stations", UNIT | {"region_code": "00"}, ["/region_code"]),
    ("POST /stations", {k: v for k, v in UNIT.items() if k != "region_code"}, ["/region_code"]),
    ("POST /stations", UNIT | {"parent_code": "999999"}, ["/parent_code"]),
    ("POST /stations", UNIT | {"competent_for": {"regions": ["00"]}}, ["/competent_for/regions/0"]),
    (
        "POST /stations",
        UNIT | {"competent_for": {"stations": ["150425", "999999"]}},
        ["/competent_for/stations/1"],
    ),
    ("PATCH /stations/{station_code}", {"region_code": "00"}, ["/region_code"]),
    ("PATCH /stations/{station_code}", {"parent_code": "999999"}, ["/parent_code"]),
    (
        "PATCH /stations/{station_code}",
        {"competent_for": {"regions": ["1504", "00"]}},
        ["/competent_for/regions/1"],
    ),
    (
        "PATCH /stations/{station_code}",
        {"region_code": "1504", "competent_for": {"regions": ["15", "00"]}},
        ["/competent_for/regions/1"],
    ),
    (
        "PATCH /stations/{station_code}",
        {"competent_for": {"stations": ["999999"]}},
        ["/competent_for/stations/0"],
    ),
    ("PATCH /stations/{station_code}", {}, ["/name"]),
    ("POST /devices", {"id": str(UUID(int=0)), "name": "x", "station": "150425"}, ["/id"]),
    ("POST /devices", {"id": str(UUID(int=1)), "name": "x", "station": "999999"}, ["/station"]),
    ("POST /devices", {"id": str(UUID(int=1)), "name": "x"}, ["/station"]),
]


async def test_what_is_unfit_is_pointed_at_where_it_was_sent_or_is_asked_for(
    admin: Person,
) -> None:
    taking_a_body = {one for one in managing() if not one.startswith("DELETE")}
    assert {route for route, *_ in UNFIT} == taking_a_body
    for route, body, pointers in UNFIT:
        method, path = route.split()
        path = path.format(badge=BADGE, station_code="150425")
        answer = await admin.request(method, path, json=body)
        assert answer.status_code == 422, (route, body, answer.text)
        told = answer.json()["errors"]
        assert [one["pointer"] for one in told] == pointers, (route, body, told)


async def test_every_change_is_on_record_with_who_made_it_and_from_where(
    admin: Person, settings: Settings
) -> None:
    device = str(uuid4())
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("POST /accounts", {"json": new()}, "account_added"),
        ("PATCH /accounts/{badge}", {"json": {"name": "李四"}}, "account_changed"),
        ("PUT /accounts/{badge}/password", {"json": {"password": PASSWORD}}, "password_set"),
        (
            "POST /accounts/{badge}/appointments",
            {"json": {"role": "chief", "station": "150425"}},
            "appointed",
        ),
        ("DELETE /accounts/{badge}/appointments", {"params": {"role": "chief"}}, "dismissed"),
        ("DELETE /accounts/{badge}/password", {}, "left_to_provider"),
        ("POST /stations", {"json": UNIT}, "station_added"),
        ("PATCH /stations/{station_code}", {"json": {"name": "响水"}}, "station_changed"),
        (
            "POST /devices",
            {"json": {"id": device, "name": "一号机", "station": "150425"}},
            "device_added",
        ),
        ("DELETE /devices/{device_id}", {}, "device_cut_off"),
    ]
    assert {route for route, *_ in calls} == managing()
    ids = {"badge": "150425009", "station_code": "15042501", "device_id": device}
    others = {"left_to_provider": {"badge": "LC1504"}}
    async with running_application(by_provider(settings, "http://127.0.0.1:1")) as client:
        there = Person(client, admin.badge, admin.access_token, admin.refresh_token)
        for route, content, kind in calls:
            method, path = route.split()
            known = ids | others.get(kind, {})
            answer = await there.request(method, path.format(**known), **content)
            assert answer.is_success, answer.text
            [*_, told] = await events(there)
            assert (told["kind"], told["by"], told["by_command"], told["address"]) == (
                *(kind, "admin", False, "127.0.0.1"),
            )


@pytest.mark.parametrize("seed", range(6))
async def test_in_any_tree_a_chief_manages_exactly_who_is_theirs(
    client: AsyncClient, database: Database, seed: int
) -> None:
    """Officers and chiefs at the own unit and below, who are nothing else; of the others those are
    seen who are something there."""
    random = Random(seed)
    parents: dict[str, str | None] = {}
    for number in range(6):
        above = random.choice([None, *parents]) if parents else None
        parents[f"1504{number:04}"] = above
        await put_unit(database, f"1504{number:04}", parent=above)

    def is_below(code: str | None, top: str) -> bool:
        while code is not None and code != top:
            code = parents[code]
        return code == top

    units = [*parents]
    people: dict[str, set[tuple[Role, str | None]]] = {}
    for number in range(12):
        badge, at = f"P{number:03}", random.choice(units)
        told: list[tuple[Role, str | None]] = [
            (random.choice([Role.OFFICER, Role.CHIEF, Role.RESCUER]), at)
        ]
        if random.random() < 0.5:
            further = random.choice(
                [(Role.OFFICIAL, random.choice(units)), (Role.AUDITOR, None), (Role.CHIEF, at)]
            )
            told.append(further)
        await add_account(database, badge, at, role=told[0][0])
        async with database.transaction() as connection:
            for role, station in told[1:]:
                await appoint(connection, COMMAND_LINE, badge, role, station)
        people[badge] = set(told)
    top = random.choice(units)
    await add_account(database, "TOP", top, role=Role.CHIEF)
    chief = await Person.sign_in(client, "TOP", DEMO_PASSWORD)

    seen = {b for b, held in people.items() if any(is_below(at, top) for _, at in held if at)}
    mine = {
        badge
        for badge, held in people.items()
        if all(role in {Role.OFFICER, Role.CHIEF} and is_below(at, top) for role, at in held)
    }
    listed = (await chief.read("/accounts"))["items"]
    assert {one["badge"] for one in listed} == seen | {"TOP"}
    target = random.choice(units)
    for badge, held in people.items():
        expected = 404 if badge not in seen else 403 if badge not in mine else 200
        renamed = await chief.request("PATCH", f"/accounts/{badge}", json={"name": "某"})
        assert renamed.status_code == expected, (badge, held)
        locked = await chief.request("PATCH", f"/accounts/{badge}", json={"disabled": True})
        assert locked.status_code == expected, (badge, held)
        moved = await chief.request("PATCH", f"/accounts/{badge}", json={"station": target})
        if badge in mine:
            assert moved.status_code == (200 if is_below(target, top) else 403)
        else:
            assert moved.status_code == expected
    by_chief = [one for one in await events(chief) if one["by"] == "TOP"]
    assert {one["badge"] for one in by_chief} == mine
