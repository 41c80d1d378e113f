"""A log that is moved away is begun anew, by every worker, and loses no line."""

import asyncio
import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import asyncpg
from msgspec.structs import replace

from tests.own_postgresql import own_postgresql
from tests.serving import client_of, killable
from wildlife.settings import Settings
from wildlife.web.log import log, logging_to

RULES = Path(__file__).parents[2] / "deploy/logrotate"
ROTATE = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin")


def rotated(path: Path, *, copied: bool = False) -> Path:
    """As logrotate does with the rules in `deploy`; where it is not installed, what it does."""
    moved = path.with_name(f"{path.name}.1")
    if ROTATE is None:
        if copied:
            shutil.copy(path, moved)
            os.truncate(path, 0)
        else:
            path.rename(moved)
        return moved
    name = "server.log" if copied else "service.log"
    [rule] = re.findall(rf"^(/\S+{name}) \{{$(.*?)^\}}$", RULES.read_text(), re.M | re.S)
    said = re.sub(r"create .*|(delay)?compress", "", rule[1])
    owner = path.parent.stat()
    su = "" if not copied else f"su {path.parent.owner()} {path.parent.group()}\n"
    config, state = path.with_name("rules"), path.with_name("state")
    config.write_text(f"{path} {{\n{su}{said}}}\n")
    config.chmod(0o644)
    os.chown(config, 0 if os.geteuid() == 0 else owner.st_uid, -1)
    subprocess.run([ROTATE, "--force", "--state", state, config], check=True)
    for one in (config, state):
        one.unlink()
    return moved


async def test_each_worker_goes_on_in_the_new_file_and_no_line_is_lost(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "log" / "service.log"
    path.parent.mkdir()
    with killable(replace(settings, log_file=path, workers=2)) as server:

        async def asked(times: int) -> set[str]:
            """Each on a connection of its own, which either worker may take."""

            async def ask() -> str:
                async with client_of(server.base) as client:
                    return str((await client.get("/healthz")).headers["x-request-id"])

            return {await ask() for _ in range(times)}

        before = await asked(20)
        moved = rotated(path)
        during = asyncio.create_task(asked(100))
        after = await asked(100)
        after |= await during
    # Read once the server has ended: the line of a request comes after its answer, so that the
    # last ones before may be in the new file, too.
    old, new = moved.read_text("utf-8"), path.read_text("utf-8")
    assert any(one in old for one in before)
    assert all(one in old + new for one in before)
    assert all(one in new for one in after)


def test_where_no_new_file_can_be_made_the_lines_go_where_they_went(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "log"
    path.parent.mkdir()
    with logging_to(path):
        log.info("before")
        path.parent.rename(tmp_path / "elsewhere")
        log.info("after")
    lines = (tmp_path / "elsewhere" / "log").read_text("utf-8").splitlines()
    assert [re.search('"event":"(.*?)"', one)[1] for one in lines] == ["before", "after"]  # type: ignore[index]


async def test_the_log_of_the_private_database_is_copied_and_begun_anew(data_dir: Path) -> None:
    with own_postgresql(data_dir / "postgresql") as server:
        path = data_dir / "postgresql/cluster/server.log"

        async def fail(word: str) -> None:
            connection = await asyncpg.connect(server.url)
            with suppress(asyncpg.PostgresError):
                await connection.execute(f"select {word}")
            await connection.close()

        await fail("before_it")
        moved = rotated(path, copied=True)
        await fail("after_it")
        assert "before_it" in moved.read_text()
        text = path.read_bytes()
        assert b"after_it" in text
        assert b"before_it" not in text
        assert b"\0" not in text  # it is appended to, not written on behind a hole
