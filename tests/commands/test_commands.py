"""The command line as an operator meets it: a sentence a fault, and how the service runs."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import click
import pytest
from httpx import AsyncClient, AsyncHTTPTransport, Response

from db.connection import Connection
from db.database import Database
from tests.commandline import (
    WITHIN_S,
    Ended,
    Wildlife,
    commands,
    lines_until,
    run,
    started,
    stopped_by,
    two_at_once,
)
from tests.files import files
from tests.postgresql import postmaster
from tests.serving import free_port, until
from tests.users import Person, entry
from wildlife.commands import main
from wildlife.demo.stories import CORMORANT, ROCKFALL
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment


async def test_every_command_explains_itself_and_shows_an_example_of_its_arguments() -> None:
    every = list(commands(main))
    assert len(every) > 12
    said = await two_at_once(*(run(*path, "--help") for path, _ in every))
    for (path, command), ended in zip(every, said, strict=True):
        assert ended.status == 0, ended
        assert ended.err == ""
        assert ended.out.startswith("Usage: "), ended.out
        if any(isinstance(parameter, click.Argument) for parameter in command.params):
            assert f"\n  {' '.join(('wildlife', *path))} " in ended.out, ended.out
    assert "wildlife demo" in said[0].out


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
@pytest.mark.parametrize("call", ["--help", "--version", "check", "account list", "station list"])
async def test_output_that_nobody_takes_is_one_sentence(
    settings: Settings, officer: Person, call: str, language: str
) -> None:
    """A full disk, to which a timer's output goes."""
    ended = await shell(f"{call} >/dev/full", settings, LC_ALL=language)
    sentence = "错误：无法继续写入" if language.startswith("zh") else "Error: Nothing more can be"
    assert ended.status == 1
    assert ended.err.startswith(sentence), ended
    assert len(ended.err.splitlines()) == 1, ended


async def test_where_output_is_closed_the_status_says_how_it_is(
    settings: Settings, officer: Person
) -> None:
    assert await shell("check >&-", settings) == Ended(0, "", "")
    gone = {"WILDLIFE_KEY_FILE": "/none"}
    assert await shell("check >&-", settings, **gone) == Ended(1, "", "")


@pytest.mark.parametrize("call", ["account list", "check --json", "verify --json"])
async def test_what_is_there_to_be_read_and_can_go_nowhere_is_a_failure(
    settings: Settings, officer: Person, call: str
) -> None:
    before = files(settings.data_dir)
    for language, sentence in (
        ("C.UTF-8", "Error: Nothing can be written: standard output is closed."),
        ("zh_CN.UTF-8", "错误：无法输出：标准输出已关闭。"),
    ):
        ended = await shell(f"{call} >&-", settings, LC_ALL=language)
        assert (ended.status, ended.out) == (1, ""), ended
        assert ended.err.startswith(sentence), ended
        assert len(ended.err.splitlines()) == 1
    assert {*files(settings.data_dir)} - {*before} <= {settings.verified_mark}


async def test_a_verification_that_can_not_be_noted_is_a_sentence_and_no_success(
    wildlife: Wildlife, settings: Settings, officer: Person
) -> None:
    await officer.opened()
    settings.verified_mark.symlink_to("/dev/full")
    ended = await wildlife("verify", status=1)
    assert ended.out.endswith("\n1 chains, 0 flaws\n")
    assert ended.err.startswith(f"{settings.verified_mark} can't be used: No space left"), ended


async def shell(call: str, settings: Settings, **changed: str) -> Ended:
    """How a line of a shell ends."""
    process = await asyncio.create_subprocess_shell(
        f"exec {sys.executable} -m wildlife {call}",
        env=os.environ | to_environment(settings) | changed,
        stdout=PIPE,
        stderr=PIPE,
    )
    async with asyncio.timeout(WITHIN_S):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def test_an_unknown_command_is_named() -> None:
    ended = await run("rescue")
    assert ended.status == 2
    assert "No such command 'rescue'." in ended.err


async def test_migrating_twice_does_nothing_the_second_time(
    wildlife: Wildlife, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute("drop schema public cascade; create schema public")
    assert (await wildlife("migrate")).out.startswith("applied 0001_")
    assert (await wildlife("migrate")).out == "nothing to do\n"


async def test_a_wrong_setting_gets_a_sentence_and_exit_status_2() -> None:
    for ended in await two_at_once(*(run(c, WILDLIFE_PORT="abc") for c in ("serve", "verify"))):
        assert ended.status == 2
        assert ended.err.splitlines()[-1] == (
            "Error: WILDLIFE_PORT='abc': write a whole number from 1 to 65535, like 8000"
        )
        assert "Traceback" not in ended.err


async def test_a_port_that_is_taken_is_named_before_anything_is_started(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with taken:
        port = str(taken.sockets[0].getsockname()[1])
        environment = {"WILDLIFE_PORT": port, "WILDLIFE_DATA_DIR": str(tmp_path / "data")}
        said = await two_at_once(run("serve", **environment), run("demo", **environment))
    for ended in said:
        assert ended.status == 1
        sentence = f"Error: Can't listen on 127.0.0.1:{port} (Address already in use)."
        assert ended.err.startswith(sentence)
        assert "WILDLIFE_PORT=" in ended.err
        assert ended.out == ""
    assert not (tmp_path / "data").exists()


async def test_a_host_that_is_not_this_machines_is_told_apart_from_a_port(tmp_path: Path) -> None:
    common = {"WILDLIFE_PORT": str(free_port()), "WILDLIFE_DATA_DIR": str(tmp_path / "data")}
    for host in ("nosuch.invalid", "192.0.2.1", "2001:db8::1", "x" * 100, "a..b"):
        ended = await run("serve", WILDLIFE_HOST=host, **common)
        assert (ended.status, ended.out) == (2, ""), ended
        assert ended.err.startswith(f"Error: {host} is no address of this machine."), ended
        assert "WILDLIFE_HOST=127.0.0.1" in ended.err
        assert "WILDLIFE_PORT" not in ended.err


async def test_a_database_that_cannot_be_used_gets_a_sentence(tmp_path: Path) -> None:
    nobody_listens = "postgresql://127.0.0.1:1/wildlife"
    others = ("postgresql://wildlife.invalid/x", "mysql://127.0.0.1/x", "wildlife")
    common = {"WILDLIFE_DATA_DIR": str(tmp_path), "WILDLIFE_PORT": str(free_port())}
    said = await two_at_once(
        run("serve", WILDLIFE_DATABASE_URL=nobody_listens, **common),
        run("verify", WILDLIFE_DATABASE_URL=nobody_listens, **common),
        *(run("migrate", WILDLIFE_DATABASE_URL=url, **common) for url in others),
    )
    assert [ended.status for ended in said] == [1, 1, 1, 2, 2]
    for ended in said:
        sentence = "Error: The PostgreSQL that WILDLIFE_DATABASE_URL names can't be used: "
        assert ended.err.startswith(sentence), ended.err
        assert len(ended.err.splitlines()) == 1


async def test_a_database_user_that_may_not_make_the_tables_gets_a_sentence(
    wildlife: Wildlife, settings: Settings, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute(
            "drop schema public cascade; create schema public;"
            "grant usage on schema public to public"
        )
    assert settings.owner_database_url is not None
    url = f"{settings.owner_database_url}{'&' if '?' in settings.owner_database_url else '?'}"
    ended = await wildlife(
        "migrate", status=1, WILDLIFE_OWNER_DATABASE_URL=f"{url}options=-c%20role%3Dpg_monitor"
    )
    assert ended.err.startswith("Error: The database does not allow it: permission denied")


async def test_a_file_that_cannot_be_used_is_named_before_serving(
    wildlife: Wildlife, tmp_path: Path
) -> None:
    policy, key, data = tmp_path / "policy.toml", tmp_path / "a.key", tmp_path / "data"
    policy.write_text("identification = 'soon'", "utf-8")
    key.write_text("too short", "utf-8")
    data.write_text("a file", "utf-8")
    wrong = {
        ("WILDLIFE_POLICY_FILE", policy): "A line is `code = hours`",
        ("WILDLIFE_POLICY_FILE", tmp_path / "absent"): "No such file or directory",
        ("WILDLIFE_KEY_FILE", key): "is no key of 32 bytes",
        ("WILDLIFE_DATA_DIR", data): "Not a directory",
    }
    said = await two_at_once(
        *(
            wildlife(
                "serve",
                status=1 if file == data else 2,  # there is no key below it
                WILDLIFE_PORT=str(free_port()),
                **{name: str(file)},
            )
            for name, file in wrong
        )
    )
    for ((_, file), sentence), ended in zip(wrong.items(), said, strict=True):
        assert ended.out == ""
        assert ended.err.startswith("Error: ")
        assert str(file) in ended.err
        assert sentence in ended.err
        assert len(ended.err.splitlines()) == 1


async def closed_to_newcomers(port: int) -> None:
    """Wait until nobody listens on the port. Who comes while it closes may also be reset."""

    async def is_closed() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return True
        except ConnectionError:
            return False
        writer.close()
        return False

    await until(is_closed)


async def somebody_waits(connection: Connection, answer: "asyncio.Task[Response]") -> None:
    """Wait until a statement in this database waits for a lock, or has waited in vain."""

    async def waits() -> bool:
        return answer.done() or await connection.fetchval(
            "select exists (select from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database())"
        )

    await until(waits)


async def test_a_service_that_is_stopped_answers_the_request_under_way(
    settings: Settings, database: Database
) -> None:
    port = free_port()
    environment = to_environment(settings) | {
        "WILDLIFE_PORT": str(port),
        "WILDLIFE_WORKERS": "2",
    }
    async with (
        started("serve", **environment) as process,
        AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            timeout=WITHIN_S,
            transport=AsyncHTTPTransport(retries=8),
        ) as client,
    ):
        assert (await client.get("/readyz")).is_success
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        async with database.reading() as watching, database.transaction() as connection:
            await connection.execute(
                "select from incident where incident_id = $1 for update", incident
            )
            answer = asyncio.create_task(
                officer.post(f"/incidents/{incident}/entries", entry("note", note="还活着"))
            )
            await somebody_waits(watching, answer)
            process.send_signal(signal.SIGTERM)
            await closed_to_newcomers(port)
        # It is told that the row was held for too long where the machine is slow.
        assert (await answer).status_code in (201, 503)
        async with asyncio.timeout(WITHIN_S):
            out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert out.decode().startswith(f"Serving on http://127.0.0.1:{port} — documentation at /docs")
    assert err == b""


async def test_the_demo_tells_its_stories_once_and_leaves_nothing_running(data_dir: Path) -> None:
    port = free_port()
    environment = {"WILDLIFE_DATA_DIR": str(data_dir), "WILDLIFE_PORT": str(port)}
    told = [
        r"The cormorant: 150425-\d{8}-001, 11 entries, 3 photos, closed\.",
        r"The rockfall: 150723-\d{8}-001, \d+ entries, 2 photos, closed\.",
    ]
    case_numbers = set()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        async with (
            started("demo", **environment) as process,
            AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=WITHIN_S) as client,
        ):
            said = await lines_until(process, "Ctrl-C stops everything.")
            for pattern, line in zip(told, said, strict=False):
                assert re.fullmatch(pattern, line), said
            case_numbers.add(tuple(line.split(",")[0] for line in said[:2]))
            assert str(data_dir / "service.log") in said[-1]
            if signal_ is signal.SIGINT:
                await the_printed_request_shows_the_release(said)
                await the_documentation_needs_no_other_server(client)
            auditor = await Person.sign_in(client, "auditor", DEMO_PASSWORD)
            incidents = (await auditor.read("/incidents"))["items"]
            assert {one["id"] for one in incidents} == {CORMORANT, ROCKFALL}
            assert len(incidents) == 2
            assert postmaster(data_dir) is not None
            ended = await stopped_by(process, signal_)
        assert ended.status == 0, ended
        assert ended.err == ""
        assert ended.out.startswith("Stopped.")
        assert postmaster(data_dir) is None
    assert len(case_numbers) == 1


async def the_printed_request_shows_the_release(said: list[str]) -> None:
    """Do what the demo says, in a shell as a reader would."""
    script = "\n".join(line for line in said if line.startswith("  "))
    script = script[script.index("  TOKEN=") :]
    assert "/api/v1/releases?protection=sanyou" in script
    if shutil.which("curl") is None:
        return
    shell = await asyncio.create_subprocess_exec("sh", "-c", script, stdout=PIPE)
    out, _ = await shell.communicate()
    [release] = json.loads(out)["items"]
    assert release["chinese_name"] == "普通鸬鹚"
    assert release["site"]["description"] == "响水水库"
    assert "响水水库" in out.decode()


async def the_documentation_needs_no_other_server(client: AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)["']""", page.text)
    assets = [address for address in loaded if not address.startswith("data:")]
    assert len(assets) >= 3
    for address in assets:
        assert address.startswith("/docs/"), address
        asset = await client.get(address)
        assert asset.status_code == 200, address
        assert asset.content
    assert not re.findall(r"https?://[^\s\"'<]+", page.text)
    document = await client.get("/docs/openapi.json")
    assert document.json()["openapi"].startswith("3.1")


@pytest.mark.usefixtures("made")
async def test_a_database_that_a_killed_service_left_running_is_used_and_stopped(
    data_dir: Path,
) -> None:
    port = free_port()
    environment = {"WILDLIFE_DATA_DIR": str(data_dir), "WILDLIFE_PORT": str(port)}
    async with started("serve", **environment) as process:
        await lines_until(process, "Serving on")
    assert postmaster(data_dir) is not None
    ended = await run("migrate", **environment)
    assert ended == Ended(0, "nothing to do\n", "")
    assert postmaster(data_dir) is None


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("account list >&-", 1),
        ("station list --json >&-", 1),
        ("account password 150425001 <&-", 2),
        ("account add x9 某 --role admin <&-", 2),
        ("account password 150425001 </dev/null", 2),
    ],
)
async def test_what_is_closed_or_given_by_a_pipe_is_told_as_what_it_is(
    settings: Settings, officer: Person, call: str, status: int, language: str
) -> None:
    ended = await shell(call, settings, LC_ALL=language)
    assert (ended.status, ended.out, len(ended.err.splitlines())) == (status, "", 1), ended
    assert "--password" not in ended.err
    assert ended.err.startswith("错误：" if language.startswith("zh") else "Error: ")
