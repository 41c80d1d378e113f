"""Stations and accounts by command."""

import asyncio
import os
import signal
import sys
from contextlib import suppress

import pytest
from httpx import AsyncClient

from tests.commandline import (
    WITHIN_S,
    Ended,
    Wildlife,
    run,
    two_at_once,
)
from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment


async def test_a_station_is_added_changed_and_listed(wildlife: Wildlife) -> None:
    command = ("station", "add", "15042501", "响水警务室", "--kind", "police_station")
    added = await wildlife(*command, "--region", "1504")
    assert added.out == "station 15042501 响水警务室\n"
    refused = await wildlife(*command, "--region", "1504", status=1)
    assert "There is a station 15042501 already, and it was not touched." in refused.err
    assert "`wildlife station change 15042501`" in refused.err
    shown = await wildlife(
        *("station", "change", "15042501", "--name", "响水派出所"),
        *("--region", "150425", "--parent", "150425"),
    )
    _, *listed = (await wildlife("station", "list")).out.splitlines()
    changed = ["15042501", "响水派出所", "police_station", "150425", "150425", "150425"]
    assert changed in [line.split() for line in listed]
    assert shown.out.splitlines()[1].split() == changed
    assert [line.split()[0] for line in listed] == [
        *("1504", "15040201", "150425", "15042501", "150723"),
    ]


async def test_what_is_not_named_of_a_station_stays(wildlife: Wildlife) -> None:
    change = ("station", "change", "150425")
    competent = ("--competent-for", "1504", "--competent-for-unit", "150723")
    for given, expected in (
        (("--parent", "1504"), "大局子森林派出所 police_station 1504 150425 150425"),
        (("--kind", "police_branch"), "大局子森林派出所 police_branch 1504 150425 150425"),
        (competent, "大局子森林派出所 police_branch 1504 150425 1504 150723"),
        (("--name", "新名"), "新名 police_branch 1504 150425 1504 150723"),
        (("--region", "1504"), "新名 police_branch 1504 1504 1504 150723"),
        (("--no-parent",), "新名 police_branch 1504 1504 150723"),
        (("--competent-for", "150425"), "新名 police_branch 1504 150425"),
    ):
        _, line = (await wildlife(*change, *given)).out.splitlines()
        assert line.split() == ["150425", *expected.split()]
    assert "Name what changes: --name" in (await wildlife(*change, status=2)).err
    nobody = await wildlife("station", "change", "150499", "--name", "x", status=1)
    assert "There is no station 150499;" in nobody.err


async def test_a_wrong_station_gets_a_sentence(wildlife: Wildlife) -> None:
    police = ("--kind", "police_station")
    wrong = {
        ("abcdef", "x", *police): "A station's code: 4 to 12 digits",
        ("150426", "x", *police, "--region", "x"): "A region code has digits only, 2 (a province)",
        ("150426", "x", *police, "--parent", "999999"): "There is no station 999999",
        (
            "150426",
            "",
            *police,
        ): "'': A name: 1 to 200 characters in one line, and not only spaces.",
        ("150426", " ", *police): "not only spaces",
        ("150426", "x", "--kind", "zoo"): "'zoo' is not one of",
    }
    statuses = (2, 2, 1, 2, 2, 2)
    said = await two_at_once(
        *(
            wildlife("station", "add", *arguments, status=status)
            for arguments, status in zip(wrong, statuses, strict=True)
        )
    )
    for sentence, ended in zip(wrong.values(), said, strict=True):
        assert sentence in ended.err
        assert "Traceback" not in ended.err


async def test_a_station_is_never_above_itself(wildlife: Wildlife, client: AsyncClient) -> None:
    own = ("station", "change", "150425")
    assert "150425" in (await wildlife(*own, "--parent", "150425", status=1)).err
    below = ("station", "add", "15042501", "响水警务室", "--kind", "police_station")
    await wildlife(*below, "--region", "150425", "--parent", "150425")
    assert "15042501" in (await wildlife(*own, "--parent", "15042501", status=1)).err
    async with asyncio.timeout(WITHIN_S):
        await Person.sign_in(client, "150425001", DEMO_PASSWORD)


async def test_an_account_signs_in_with_what_it_was_given(
    wildlife: Wildlife, client: AsyncClient
) -> None:
    arguments = ("account", "add", "150425009", "新民警", "--role", "officer")
    added = await wildlife(*arguments, "--station", "150425", "--password", "a new secret")
    assert added.out == "officer 150425009 新民警\n"
    person = await Person.sign_in(client, "150425009", "a new secret")
    me = await person.read("/session")
    assert (me["name"], me["role"], me["station"]["code"]) == ("新民警", "officer", "150425")


async def test_an_account_that_is_there_is_not_added_over(
    wildlife: Wildlife, client: AsyncClient
) -> None:
    again = ("account", "add", "150425001", "别人", "--role", "admin", "--password", "a new secret")
    refused = await wildlife(*again, status=1)
    assert "There is an account 150425001 already, and it was not touched." in refused.err
    like = await wildlife("account", "add", "lc1504", *again[3:], status=1)
    assert "There is an account LC1504 already, and it was not touched." in like.err
    officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
    assert (await officer.read("/session"))["role"] == "officer"


async def test_a_wrong_account_gets_a_sentence(wildlife: Wildlife) -> None:
    secret = ("--password", "long enough")
    wrong = {
        ("add", "x1", "x", "--role", "officer", *secret): "officer needs a station",
        ("add", "x1", "x", "--role", "officer", "--station", "999999", *secret): (
            "There is no station 999999; add it first."
        ),
        ("password", "nobody", *secret): "There is no account nobody.",
        ("disable", "nobody"): "There is no account nobody.",
        ("enable", "nobody"): "There is no account nobody.",
        ("add", "", "x", "--role", "admin", *secret): (
            "'': A badge number: 2 to 32 of 0-9, A-Z, a-z and -, as in 150425001."
        ),
        ("add", "15 04", "x", "--role", "admin", *secret): "'15 04': A badge number",
        ("add", "警号一", "x", "--role", "admin", *secret): "'警号一': A badge number",
        ("add", "1" * 33, "x", "--role", "admin", *secret): "A badge number",
        ("add", "x1", " \u3000", "--role", "admin", *secret): "and not only spaces",
        ("add", "x1", "名" * 201, "--role", "admin", *secret): "1 to 200 characters",
        ("add", "x1", "\udcff", "--role", "admin", *secret): "1 to 200 characters",
    }
    # Who there is not may be there another time; the rest is the call's own fault.
    said = await two_at_once(
        *(
            wildlife(
                "account", *one, status=1 if "station" in sentence or "There" in sentence else 2
            )
            for one, sentence in wrong.items()
        )
    )
    for sentence, ended in zip(wrong.values(), said, strict=True):
        assert sentence in ended.err
        assert "Traceback" not in ended.err


async def test_all_accounts_are_listed_and_one_is_shown(wildlife: Wildlife) -> None:
    await wildlife("account", "disable", "150723001")
    _, *listed = (await wildlife("account", "list")).out.splitlines()
    assert listed == sorted(listed)
    assert [line.split()[0] for line in listed][:2] == ["150425001", "150425002"]
    officer = ["150425001", "大局子民警", "officer", "150425", "originals", "password"]
    assert officer in [line.split() for line in listed]

    async def shown(badge: str) -> list[str]:
        _, line = (await wildlife("account", "show", badge)).out.splitlines()
        return line.split()

    assert await shown("150425001") == officer
    assert (await shown("150723001"))[2:] == [
        "officer",
        "150723",
        "originals",
        "password",
        "locked",
    ]
    assert (await shown("admin"))[2:] == ["admin", "password"]
    assert "There is no account x." in (await wildlife("account", "show", "x", status=1)).err


async def test_an_officer_who_moves_keeps_the_password_and_goes_on(
    wildlife: Wildlife, client: AsyncClient, officer: Person
) -> None:
    changed = await wildlife("account", "change", officer.badge, "--station", "150723")
    shown = changed.out.splitlines()[1].split()
    assert shown == [officer.badge, "大局子民警", "officer", "150723", "originals", "password"]
    async with asyncio.timeout(WITHIN_S):
        while (await officer.read("/session"))["station"]["code"] != "150723":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    again = await Person.sign_in(client, officer.badge, DEMO_PASSWORD)
    assert (await again.read("/session"))["station"]["code"] == "150723"


async def test_what_is_not_named_of_an_account_stays(
    wildlife: Wildlife, client: AsyncClient
) -> None:
    change = ("account", "change", "150425001")
    await wildlife("account", "disable", "150425001")
    for given, expected in (
        (("--name", "新名"), "新名 officer 150425 originals password locked"),
        (("--no-originals",), "新名 officer 150425 password locked"),
        (("--station", "150723"), "新名 officer 150723 password locked"),
    ):
        _, line = (await wildlife(*change, *given)).out.splitlines()
        assert line.split() == ["150425001", *expected.split()]
    nothing = await wildlife(*change, status=2)
    assert "Name what changes: --name, --station or --originals." in nothing.err
    assert (
        "There is no account x."
        in (await wildlife("account", "change", "x", "--name", "某", status=1)).err
    )


async def test_a_new_password_ends_all_sessions_of_the_account(
    wildlife: Wildlife, client: AsyncClient, officer: Person, other_officer: Person
) -> None:
    await wildlife("account", "password", officer.badge, "--password", "another secret")
    assert (await officer.get("/session")).status_code == 401
    refreshed = await client.post(
        f"{API}/session/refresh", json={"refresh_token": officer.refresh_token}
    )
    assert refreshed.status_code == 401
    assert (await other_officer.get("/session")).status_code == 200
    await Person.sign_in(client, officer.badge, "another secret")
    old = {"badge": officer.badge, "password": DEMO_PASSWORD}
    assert (await client.post(f"{API}/session", json=old)).status_code == 401


async def test_a_password_comes_as_one_line_of_a_pipe(
    wildlife: Wildlife, client: AsyncClient
) -> None:
    ended = await wildlife("account", "password", "150425001", typed="林 中 大 鸟 飞 来\r\n")
    assert ended == Ended(0, "150425001 has a new password, and all its sessions have ended.\n", "")
    await Person.sign_in(client, "150425001", "林 中 大 鸟 飞 来")


@pytest.mark.parametrize("again", ["typed secret", "typed sekret"])
async def test_a_password_is_asked_for_twice_on_a_terminal(
    settings: Settings, client: AsyncClient, again: str
) -> None:
    terminal, its_end = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wildlife", "account", "password", "150425001"),
        env=os.environ | to_environment(settings),
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,
    )
    os.close(its_end)
    loop, shown = asyncio.get_running_loop(), ""

    async def shown_until(words: str) -> None:
        nonlocal shown
        async with asyncio.timeout(WITHIN_S):
            while words not in shown:
                shown += (await loop.run_in_executor(None, os.read, terminal, 1000)).decode()

    try:
        await shown_until("Password: ")
        os.write(terminal, b"typed secret\n")
        await shown_until("Repeat for confirmation: ")
        os.write(terminal, f"{again}\n".encode())
        if again == "typed secret":
            async with asyncio.timeout(WITHIN_S):
                assert await process.wait() == 0
            await Person.sign_in(client, "150425001", "typed secret")
        else:
            await shown_until("do not match")
        assert "typed" not in shown
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        os.close(terminal)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "at least 8 characters and at most 128; this one has 0."),
        ("1234567", "at least 8 characters and at most 128; this one has 7."),
        ("密码" * 65, "at least 8 characters and at most 128; this one has 130."),
        # Eight as some keyboards send them, and four once they are composed.
        ("e\u0301" * 4, "this one has 4."),
        ("tab\tor worse", "A password has no control characters."),
        ("qwertyuiop", "This password is among those that are tried first everywhere."),
        (DEMO_PASSWORD, "That is the public password of the demo, which signs in nowhere else."),
    ],
)
async def test_a_password_that_may_not_be_set_is_refused_wherever_it_comes_from(
    settings: Settings, client: AsyncClient, password: str, sentence: str
) -> None:
    environment = to_environment(settings)
    add = ("account", "add", "150425009", "新民警", "--role", "admin")
    change = ("account", "password", "150425001")
    said = await two_at_once(
        run(*add, "--password", password, **environment),
        run(*change, "--password", password, **environment),
        run(*change, typed=f"{password}\n", **environment),
    )
    for ended in said:
        assert ended.status == 2
        assert sentence in ended.err
        assert password not in ended.err.replace(sentence, "") or not password
    await Person.sign_in(client, "150425001", DEMO_PASSWORD)


async def test_a_disabled_account_is_out_at_once(
    wildlife: Wildlife, client: AsyncClient, officer: Person
) -> None:
    disabled = await wildlife("account", "disable", officer.badge)
    assert disabled.out == f"{officer.badge} is locked out, and all its sessions have ended.\n"
    assert (await officer.get("/session")).status_code == 401
    refreshed = await client.post(
        f"{API}/session/refresh", json={"refresh_token": officer.refresh_token}
    )
    assert refreshed.status_code == 401
    credentials = {"badge": officer.badge, "password": DEMO_PASSWORD}
    assert (await client.post(f"{API}/session", json=credentials)).status_code == 401
    # A new password opens nothing, and says so; the way back is a command of its own.
    changed = await wildlife("account", "password", officer.badge, "--password", "another secret")
    assert f"stays locked until: wildlife account enable {officer.badge}" in changed.out
    credentials["password"] = "another secret"
    assert (await client.post(f"{API}/session", json=credentials)).status_code == 401
    assert (await wildlife("account", "enable", officer.badge)).out == (
        f"{officer.badge} may sign in.\n"
    )
    assert (await officer.get("/session")).status_code == 401
    await Person.sign_in(client, officer.badge, "another secret")
