"""The data folder of a service that really runs: whose it is, and who else may look."""

import asyncio
import re
import signal
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from httpx import AsyncClient

from db.embedded import server_account
from tests.commandline import WITHIN_S, is_whole, lines_until, run, started, stopped_by
from tests.files import files
from tests.postgresql import (
    NOBODY,
    above,
    ask,
    kill_and_see_it_again,
    needs_root,
    open_to_others,
    postmaster,
    using,
)
from tests.serving import free_port, until, wait_until
from tests.tus import PART, any_creation
from tests.users import API, Person
from wildlife.demo.stories import CORMORANT
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment


def environment_of(folder: Path) -> dict[str, str]:
    return {"WILDLIFE_DATA_DIR": str(folder), "WILDLIFE_PORT": str(free_port())}


def client_of(environment: dict[str, str]) -> AsyncClient:
    base = f"http://127.0.0.1:{environment['WILDLIFE_PORT']}"
    return AsyncClient(base_url=base, timeout=WITHIN_S)


def names(files: list[Path]) -> set[str]:
    return {path.name.partition(".")[0] for path in files}


async def test_nothing_that_a_day_leaves_is_open_to_others(data_dir: Path) -> None:
    """Nor what an earlier version had left open."""
    folder = data_dir / "var"
    for former in (folder, folder / "media"):
        former.mkdir()
        former.chmod(0o755)
    (folder / "service.log").touch()
    (folder / "service.log").chmod(0o644)
    before = above(folder)
    environment = environment_of(folder)
    async with started("demo", **environment) as process, client_of(environment) as client:
        await lines_until(process, "Ctrl-C stops everything.")
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        begun = await officer.request("POST", "/uploads", headers=any_creation(CORMORANT))
        assert begun.status_code == 201, begun.text
        path = begun.headers["Location"].partition(API)[2]
        sent = await officer.request(
            "PATCH", path, headers=PART | {"Upload-Offset": "0"}, content=b"\xff\xd8"
        )
        assert sent.status_code == 204, sent.text
        media = folder / "media"
        originals = files(media / "originals")
        assert len(originals) == 5
        await asyncio.to_thread(
            wait_until, lambda: names(files(media / "renditions")) == names(originals)
        )
        assert open_to_others(folder) == []
        await stopped_by(process, signal.SIGINT)
    assert open_to_others(folder) == []
    assert above(folder) == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in originals} == {0o400}
    [upload] = folder.rglob("*.bytes")
    left = (folder / "informants.key", folder / "service.log", upload)
    assert {stat.S_IMODE(path.stat().st_mode) for path in left} == {0o600}


async def test_a_folder_that_holds_what_is_not_ours_stays_open_and_ours_in_it_is_closed(
    data_dir: Path,
) -> None:
    folder = data_dir / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "others.txt").touch(0o644)
    ended = await run("migrate", **environment_of(folder))
    assert ended.status == 0, ended
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "others.txt").stat().st_mode) == 0o644
    assert open_to_others(folder / "postgresql") == []


@needs_root
async def test_a_data_folder_out_of_reach_gets_a_sentence_and_opens_nothing(data_dir: Path) -> None:
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    before = above(closed / "var")
    ended = await run("migrate", **environment_of(closed / "var"))
    assert ended.status == 1
    assert ended.err == (
        f"Error: PostgreSQL does not run as root, and {server_account().name}, as whom it runs"
        f" instead, may not enter {closed}: keep the data elsewhere"
        " (WILDLIFE_DATA_DIR=/var/lib/wildlife), or run this as an ordinary user.\n"
    )
    assert above(closed / "var") == before


@pytest.mark.usefixtures("made")
async def test_a_database_that_is_killed_is_back_and_said_so_while_the_service_serves(
    data_dir: Path,
) -> None:
    environment = environment_of(data_dir)
    async with (
        started("demo", "--no-stories", **environment) as process,
        client_of(environment) as client,
    ):
        await lines_until(process, "Ctrl-C stops everything.")
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident_id = await officer.opened()
        answers = set()

        async def look() -> None:
            while True:
                answers.add((await officer.get(f"/incidents/{incident_id}")).status_code)

        looking = asyncio.create_task(look())
        await asyncio.to_thread(kill_and_see_it_again, data_dir / "postgresql")
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

        async def is_ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await until(is_ready)
        assert (await officer.get(f"/incidents/{incident_id}")).status_code == 200
        log = (data_dir / "service.log").read_text("utf-8")
        assert answers <= {200, 503}, [one for one in log.splitlines() if "internal" in one]
        ended = await stopped_by(process, signal.SIGINT)
    assert ended.status == 0, ended
    assert [line for line in ended.err.splitlines() if "private PostgreSQL" in line] == [
        "The private PostgreSQL has ended by itself; it is started again.",
        "The private PostgreSQL runs again.",
    ]
    log = (data_dir / "service.log").read_text("utf-8")
    assert len(re.findall(r'"said":"The private PostgreSQL', log)) == 2
    assert postmaster(data_dir) is None


@pytest.mark.usefixtures("made")
async def test_a_command_that_is_terminated_at_any_moment_leaves_no_server_running(
    data_dir: Path,
) -> None:
    async with started("serve", **environment_of(data_dir)) as process:
        await asyncio.to_thread(wait_until, lambda: postmaster(data_dir) is not None)
        process.send_signal(signal.SIGTERM)  # long before it serves
        async with asyncio.timeout(WITHIN_S):
            await process.communicate()
        assert postmaster(data_dir) is None


@needs_root
@pytest.mark.usefixtures("made")
async def test_a_private_database_goes_on_whatever_else_is_run_on_its_folder(
    data_dir: Path, settings: Settings
) -> None:
    """It is another user's; a command that has a database of its own shuts it out of nothing."""
    with using(data_dir / "postgresql") as (_, url):
        elsewhere = to_environment(settings) | environment_of(data_dir)
        assert (await run("station", "list", **elsewhere)).status == 0
        await asyncio.to_thread(
            ask, url, "create table t as select 7 as n", "checkpoint", "select 1"
        )
        assert await asyncio.to_thread(ask, url, "select n from t") == 7


async def test_any_command_finds_the_private_database_that_is_there(data_dir: Path) -> None:
    environment = environment_of(data_dir)
    assert (await run("migrate", **environment)).status == 0
    assert is_whole(await run("verify", **environment), 0)


@needs_root
@pytest.mark.parametrize("within", ["var", "var/postgresql", "var/a/b"])
async def test_a_folder_of_another_user_gets_a_sentence_whatever_is_asked_of_it(
    data_dir: Path, within: str
) -> None:
    """Whether one may not enter the data folder, only what is in it, or what is above it."""
    folder = data_dir / "var"
    assert (await run("migrate", **environment_of(folder))).status == 0
    if within == "var/postgresql":
        folder.chmod(0o711)
    of_others = data_dir / within if within == "var/postgresql" else folder
    asked = environment_of(folder if "postgresql" in within else data_dir / within)
    for command in (["station", "list"], ["verify"], ["migrate"], ["serve"], ["demo"]):
        ended = await run(*command, user=NOBODY, **asked)
        assert (ended.status, ended.out) == (1, ""), (command, ended)
        assert ended.err == (
            f"Error: {of_others} belongs to another user, root: run this as that user, or"
            " choose another folder: WILDLIFE_DATA_DIR=/var/lib/wildlife\n"
        ), command
