"""Phones: enrolled by a code that is used once, cut off when they are lost."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import msgspec
import pytest
import segno
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from db.database import Database
from tests.commandline import Wildlife
from tests.people.phones import BADGE, added, enrol, enrolled, sign_in_on, signed_in_on
from tests.people.sessions import ends_soon, holds, refresh
from tests.people.world import events, kinds
from tests.serving import client_of, serving
from tests.users import API, Person, add_account, put_unit
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.people.tokens import token_hash
from wildlife.settings import Settings
from wildlife.web.qr_codes import as_svg, as_text


async def devices(person: Person, **asked: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await person.read("/devices", params=asked))["items"]
    return listed


@pytest.fixture
async def far_chief(client: AsyncClient, database: Database) -> Person:
    """The chief of 克一河分局."""
    await add_account(database, "150723000", "150723", role=Role.CHIEF)
    return await Person.sign_in(client, "150723000", DEMO_PASSWORD)


async def test_a_phone_becomes_a_device_and_its_session_lasts(
    client: AsyncClient, chief: Person, database: Database
) -> None:
    told = await added(chief, name="值班一号机")
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", told["code"])
    assert ET.fromstring(told["qr"]).tag.endswith("svg")
    answer = (await enrol(client, told["code"])).json()
    assert answer | {"device_token": None} == {
        "device_token": None,
        "device_id": told["id"],
        "name": "值班一号机",
        "station": "150425",
    }
    [before] = await devices(chief)
    assert (before["enrolled_at"], before["signed_in"]) == (None, [])
    phone = await signed_in_on(client, answer["device_token"])
    [after] = await devices(chief)
    assert after["signed_in"] == [{"badge": BADGE, "name": "大局子民警"}]
    assert after["enrolled_at"] == after["last_used_at"]
    assert after["code_expires_at"] is None
    desk = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    async with database.reading() as connection:
        hours = await connection.fetch(
            """
            select device_id is not null as on_device,
                round(extract(epoch from expires_at - now()) / 3600)::int as hours
            from token t join account using (account_id)
            where kind = 'refresh' and badge = $1
                and session_id in (select session_id from token order by expires_at desc)
            order by hours desc
            """,
            BADGE,
        )
    assert [True, 30 * 24] in [[*row] for row in hours]
    assert [False, 12] in [[*row] for row in hours]
    # It goes on as it began, on the device.
    newer = (await refresh(client, phone.refresh_token)).json()
    assert await holds(client, newer["access_token"])
    [later] = await devices(chief)
    assert later["last_used_at"] > after["last_used_at"]
    assert await holds(client, desk.access_token)
    told_of = kinds(await events(chief))[-2:]
    assert told_of == ["device_added", "device_enrolled"]
    [enrolment] = await events(chief, kind="device_enrolled")
    assert (enrolment["by"], enrolment["device"]) == (BADGE, "值班一号机")


@pytest.mark.parametrize(
    "written",
    [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\n",
     lambda code: code.replace("0", "O").replace("1", "l"),
     lambda code: "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else "－" for c in code)],
)  # fmt: skip
async def test_a_code_is_understood_however_it_is_typed(
    client: AsyncClient, chief: Person, written: Any
) -> None:
    code = (await added(chief))["code"]
    assert (await enrol(client, written(code))).status_code == 201


async def test_lost_answers_at_every_step_lock_no_phone_out(
    client: AsyncClient, chief: Person, database: Database
) -> None:
    body = {"id": str(uuid4()), "name": "一号机"}
    first = await chief.post("/devices", body)
    again = await chief.post("/devices", body)
    assert (first.status_code, again.status_code) == (201, 200)
    # The answer that did not arrive has a code that holds no more.
    assert (await enrol(client, first.json()["code"])).status_code == 403
    code = again.json()["code"]
    tokens = [await enrolled(client, code) for _ in range(30)]
    assert len(set(tokens)) == 30
    # Of so many the last twenty are kept: of those before, none signs in.
    async with database.reading() as connection:
        kept = await connection.fetchval(
            "select token_hashes from device where device_id = $1", UUID(body["id"])
        )
    assert kept == [token_hash(token) for token in tokens[-20:]]
    assert (await sign_in_on(client, tokens[-21])).json()["code"] == "unknown_device"
    # The one that arrived last signs in, the answer is lost, and it does so again.
    for _ in range(3):
        phone = await signed_in_on(client, tokens[-1])
    assert await holds(client, phone.access_token)
    # So could another of the last: but now one has.
    for token in tokens[:-1]:
        answer = await sign_in_on(client, token)
        assert (answer.status_code, answer.json()["code"]) == (403, "unknown_device")


async def test_of_two_who_show_one_code_the_first_to_sign_in_stays_and_the_other_is_told_of(
    client: AsyncClient, chief: Person, far_chief: Person
) -> None:
    code = (await added(chief))["code"]
    thief, phone = await enrolled(client, code), await enrolled(client, code)
    await signed_in_on(client, phone)
    assert (await sign_in_on(client, thief)).json()["code"] == "unknown_device"
    assert await events(chief, alarm="true") == []
    for _ in range(3):
        answer = await enrol(client, code)
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid_enrolment_code")
    [alarm] = await events(chief, alarm="true")
    assert (alarm["kind"], alarm["device"], alarm["address"]) == (
        *("code_reused", "一号机", "127.0.0.1"),
    )
    assert await events(far_chief, alarm="true") == []
    await signed_in_on(client, phone)


async def test_a_code_ends_with_its_day_and_what_it_gave_goes_on(
    client: AsyncClient, chief: Person, database: Database
) -> None:
    told = await added(chief)
    token = await enrolled(client, told["code"])
    async with database.writing() as connection:
        await connection.execute("update device set code_expires_at = now()")
    answers = [await enrol(client, one) for one in (told["code"], "7Q4K-9ZTM-2XVB", "-", "机")]
    for answer in answers:
        assert answer.json() | {"request_id": None} == answers[0].json() | {"request_id": None}
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid_enrolment_code")
    assert (await sign_in_on(client, token)).status_code == 201


async def test_a_device_that_is_enrolled_or_another_is_not_added_over(
    client: AsyncClient, chief: Person
) -> None:
    told = await added(chief)
    for body, differing in (({"name": "二号机"}, ["name"]), ({}, None)):
        if differing is None:
            await signed_in_on(client, await enrolled(client, told["code"]))
        answer = await chief.post("/devices", {"id": told["id"], "name": "一号机"} | body)
        kind = "id_conflict" if differing else "already_enrolled"
        assert (answer.status_code, answer.json()["code"]) == (409, kind)
        assert answer.json().get("differing") == differing
    nil = {"id": "00000000-0000-0000-0000-000000000000", "name": "一号机"}
    assert (await chief.post("/devices", nil)).status_code == 422


async def test_who_is_cut_off_on_one_phone_goes_on_on_another(
    client: AsyncClient, chief: Person
) -> None:
    lost = await added(chief, name="丢失的")
    kept = await added(chief, name="还在的")
    token = await enrolled(client, lost["code"])
    on_lost = await signed_in_on(client, token)
    other_on_lost = await signed_in_on(client, token, "150425002")
    on_kept = await signed_in_on(client, await enrolled(client, kept["code"]))
    assert await holds(client, on_lost.access_token)
    for _ in range(2):  # the answer may get lost
        answer = await chief.request("DELETE", f"/devices/{lost['id']}")
        assert answer.status_code == 204
    for person in (on_lost, other_on_lost):
        assert not await holds(client, person.access_token)
        assert (await refresh(client, person.refresh_token)).json()["code"] == "invalid_token"
    answer = await sign_in_on(client, token)
    assert (answer.status_code, answer.json()["code"]) == (403, "unknown_device")
    assert (await enrol(client, lost["code"])).status_code == 403
    assert await holds(client, on_kept.access_token)
    assert (await refresh(client, on_kept.refresh_token)).status_code == 201
    here = {one["name"]: one for one in await devices(chief)}
    assert here["丢失的"]["signed_in"] == []
    assert here["丢失的"]["cut_off_at"]
    assert here["还在的"]["cut_off_at"] is None
    # What the chief asks next: who was signed in on it.
    [told] = await events(chief, kind="device_cut_off")
    assert told["change"] == {"signed_in": [BADGE, "150425002"]}


async def test_a_phone_that_nobody_enrolled_yet_is_cut_off_with_its_code(
    client: AsyncClient, chief: Person
) -> None:
    told = await added(chief)
    token = await enrolled(client, told["code"])
    assert (await chief.request("DELETE", f"/devices/{told['id']}")).status_code == 204
    [cut_off] = await events(chief, kind="device_cut_off")
    assert cut_off["change"] == {"signed_in": []}
    assert (await enrol(client, told["code"])).status_code == 403
    assert (await sign_in_on(client, token)).json()["code"] == "unknown_device"
    again = await chief.post("/devices", {"id": told["id"], "name": "一号机"})
    assert again.json()["code"] == "already_enrolled"


async def test_a_lost_phone_is_cut_off_in_every_other_process_too(
    client: AsyncClient, chief: Person, settings: Settings, tmp_path: Path
) -> None:
    told = await added(chief)
    phone = await signed_in_on(client, await enrolled(client, told["code"]))
    elsewhere = msgspec.structs.replace(
        settings, data_dir=tmp_path / "other", key_file=settings.key_path
    )
    with serving(elsewhere) as base:
        async with client_of(base) as other:
            assert await holds(other, phone.access_token)
            assert (await chief.request("DELETE", f"/devices/{told['id']}")).status_code == 204
            await ends_soon(other, phone.access_token)
            assert (await refresh(other, phone.refresh_token)).status_code == 401


async def test_the_right_password_on_the_wrong_device_counts_as_no_guess(
    client: AsyncClient, chief: Person, database: Database
) -> None:
    for _ in range(15):
        assert (await sign_in_on(client, "of nobody")).json()["code"] == "unknown_device"
    async with database.reading() as connection:
        assert await connection.fetchval("select count(*) from sign_in where failures > 0") == 0
    for wrong in (7, "", "a" * 201):
        answer = await client.post(
            f"{API}/session",
            json={"badge": BADGE, "password": DEMO_PASSWORD, "device_token": wrong},
        )
        assert answer.status_code == 422
        assert "a" * 10 not in answer.text


async def test_a_chief_adds_sees_and_cuts_off_at_the_own_unit_and_below_alone(
    client: AsyncClient, chief: Person, far_chief: Person, admin: Person, auditor: Person,
    database: Database,
) -> None:  # fmt: skip
    await put_unit(database, "15042501", name="响水警务室", parent="150425")
    below = await added(chief, station="15042501")
    far = await added(far_chief)
    by_admin = await added(admin, station="150425", name="二号机")
    for station, status, code in (
        ("150723", 403, "not_your_unit"),
        ("999999", 422, "unknown_station"),
    ):
        body = {"id": str(uuid4()), "name": "x", "station": station}
        answer = await chief.post("/devices", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    nowhere = await admin.post("/devices", {"id": str(uuid4()), "name": "x"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "missing_field")
    own = {below["id"], by_admin["id"]}
    for person, seen in (
        (chief, own),
        (far_chief, {far["id"]}),
        (admin, own | {far["id"]}),
        (auditor, own | {far["id"]}),
    ):
        assert {one["device_id"] for one in await devices(person)} == seen
    [only] = await devices(chief, station="15042501")
    assert only["device_id"] == below["id"]
    page = await admin.read("/devices", params={"limit": 2})
    assert page["next_cursor"]
    answers = [
        await chief.request("DELETE", f"/devices/{one}") for one in (far["id"], str(uuid4()))
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert (await enrol(client, far["code"])).status_code == 201


async def test_codes_and_tokens_of_devices_are_kept_as_hashes_only(
    client: AsyncClient, chief: Person, database: Database
) -> None:
    code = (await added(chief))["code"]
    token = await enrolled(client, code)
    async with database.reading() as connection:
        rows = await connection.fetch("select d::text as row from device d")
        rows += await connection.fetch("select e::text as row from people_event e")
    for row in rows:
        assert token not in row["row"]
        assert code.replace("-", "") not in row["row"].replace("-", "")


async def test_a_phone_is_added_listed_and_cut_off_by_command(
    client: AsyncClient, wildlife: Wildlife, chief: Person
) -> None:
    shown = await wildlife("device", "add", "一号机", "--station", "150425")
    first, second, *qr = shown.out.splitlines()
    found = re.fullmatch(r"code ([0-9A-Z-]{14}), until \d{4}-\d\d-\d\d \d\d:\d\d", second)
    assert found, second
    assert len([line for line in qr if "█" in line]) > 10
    device_id = first.split()[1]
    phone = await signed_in_on(client, await enrolled(client, found[1]))
    _, line = (await wildlife("device", "list")).out.splitlines()
    assert line.split()[:3] == [device_id, "一号机", "150425"]
    assert BADGE in line.split()
    [listed] = msgspec.json.decode((await wildlife("device", "list", "--json")).out)
    assert listed["signed_in"] == [{"badge": BADGE, "name": "大局子民警"}]
    for _ in range(2):
        assert "is cut off" in (await wildlife("device", "cut-off", device_id)).out
    await ends_soon(client, phone.access_token)
    made = [one for one in await events(chief) if one["device_id"] == device_id]
    assert kinds(made) == ["device_added", "device_enrolled", "device_cut_off"]
    assert [one["by_command"] for one in made] == [True, False, True]
    unknown = await wildlife("device", "cut-off", str(uuid4()), status=1)
    assert "There is no device" in unknown.err
    nowhere = await wildlife("device", "add", "x", "--station", "999999", status=1)
    assert "There is no station 999999" in nowhere.err


def modules_of(svg: str) -> list[list[bool]]:
    """Which squares of a picture are dark, row by row, its margin too: of eight points each."""
    picture = ET.fromstring(svg)
    [path] = [one for one in picture.iter() if one.tag.endswith("path")]
    assert (path.attrib["transform"], path.attrib["stroke"]) == ("scale(8)", "#000")
    width, height = (int(picture.attrib[side]) // 8 for side in ("width", "height"))
    dark = [[False] * width for _ in range(height)]
    x, y = 0, 0.0
    for step, numbers in re.findall(r"([Mmh])([-0-9. ]+)", path.attrib["d"]):
        first, *more = map(float, numbers.split())
        if step == "h":
            for column in range(x, x + int(first)):
                dark[int(y)][column] = True
        else:
            x, y = (x, y) if step == "m" else (0, 0.0)
            y += more[0]
        x += int(first)
    return dark


def shown(text: str) -> list[list[bool]]:
    """The same of a terminal, whose letters are light on dark, and two rows high."""
    halves = {"█": (False, False), "▀": (False, True), "▄": (True, False), " ": (True, True)}
    return [
        [halves[letter][half] for letter in line] for line in text.splitlines() for half in (0, 1)
    ]


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=12, max_size=12))
def test_a_code_is_shown_as_the_squares_that_say_it(signs: str) -> None:
    code = "-".join(signs[at : at + 4] for at in (0, 4, 8))
    for border, told in ((4, modules_of(as_svg(code))), (2, shown(as_text(code)))):
        matrix = segno.make_qr(code, error="m").matrix
        light = [False] * border
        around = [[False] * (len(matrix) + 2 * border)] * border
        expected = [*around, *([*light, *map(bool, row), *light] for row in matrix), *around]
        assert told[: len(expected)] == expected  # a terminal's last line may be half of one


async def test_the_qr_of_an_answer_is_that_of_its_code(chief: Person) -> None:
    told = await added(chief)
    assert told["qr"] == as_svg(told["code"])
