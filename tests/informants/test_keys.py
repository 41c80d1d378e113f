"""The key that informants are sealed with: made once, known again, never replaced in silence."""

import asyncio
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from msgspec.structs import replace

from db.database import Database
from media.vault import Unsealable, make_key, open_vault
from tests.commandline import WITHIN_S, run, started
from tests.fixtures.database import ServiceLogin, new_database
from tests.serving import free_port, serving
from tests.users import Person, rescue
from wildlife.app import create_app
from wildlife.settings import Settings, to_environment


def test_a_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "informants.key"
    before = os.umask(0)
    try:
        make_key(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    made = path.read_bytes()
    make_key(path)
    assert path.read_bytes() == made
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    incident, together = uuid4(), 8
    with ThreadPoolExecutor(together) as threads:
        for k in range(20):
            path, barrier = tmp_path / f"{k}.key", Barrier(together)

            def seal(path: Path = path, barrier: Barrier = barrier) -> bytes:
                barrier.wait()
                make_key(path)
                return open_vault(path).seal(incident, b"a name")

            sealed = [future.result() for future in [threads.submit(seal) for _ in range(together)]]
            vault = open_vault(path)
            assert {vault.open(incident, one) for one in sealed} == {b"a name"}


@pytest.mark.parametrize("content", [b"", b"short", bytes(31), bytes(33)])
def test_a_file_that_is_no_key_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "informants.key"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"informants\.key is no key of 32 bytes"):
        open_vault(path)
    assert path.read_bytes() == content


def test_what_is_sealed_opens_under_its_incident_with_its_key_and_unchanged(tmp_path: Path) -> None:
    make_key(tmp_path / "one.key")
    make_key(tmp_path / "other.key")
    incident, vault = uuid4(), open_vault(tmp_path / "one.key")
    sealed = vault.seal(incident, b"a name")
    assert b"a name" not in sealed
    assert vault.open(incident, sealed) == b"a name"
    assert vault.seal(incident, b"a name") != sealed
    changed = bytes([*sealed[:-1], sealed[-1] ^ 1])
    for wrong, at, what in (
        (vault, uuid4(), sealed),
        (open_vault(tmp_path / "other.key"), incident, sealed),
        (vault, incident, changed),
        (vault, incident, sealed[:-1]),
    ):
        with pytest.raises(Unsealable):
            wrong.open(at, what)


# ---------------------------------------------------------------- the key of a database


async def refused(settings: Settings, status: int = 1) -> str:
    """Why `wildlife serve` does not start: one sentence, and no worker."""
    ended = await run("serve", **to_environment(replace(settings, port=free_port())))
    assert (ended.status, ended.out) == (status, ""), ended
    assert ended.err.startswith("Error: ")
    assert len(ended.err.splitlines()) == 1
    return ended.err


async def fingerprints(database: Database) -> list[bytes]:
    async with database.reading() as connection:
        rows = await connection.fetch("select fingerprint from key_fingerprint")
    return [row["fingerprint"] for row in rows]


async def test_the_first_start_makes_a_key_and_says_so_and_the_next_knows_it_again(
    settings: Settings, database: Database
) -> None:
    with serving(settings):
        [made] = await fingerprints(database)
        key = settings.key_path.read_bytes()
        assert open_vault(settings.key_path).fingerprint == made
        assert made not in (key, b"")
    with serving(settings):
        assert await fingerprints(database) == [made]
    assert settings.key_path.read_bytes() == key


async def test_a_key_that_is_gone_is_not_replaced(
    settings: Settings, officer: Person, tmp_path: Path
) -> None:
    """It fell before a single informant was sealed, too: the first start decided."""
    before = settings.key_path.rename(tmp_path / "backup")
    elsewhere = replace(settings, key_file=tmp_path / "no such folder" / "misspelt.key")
    for one in (settings, elsewhere):
        said = await refused(one)
        assert f"is not at {one.key_path}" in said
        assert "backup" in said
        assert not one.key_path.exists()
        assert not one.key_path.parent.is_relative_to(tmp_path / "no such folder") or not (
            one.key_path.parent.exists()
        )
    before.rename(settings.key_path)
    with serving(settings):
        pass


async def test_another_key_is_refused_by_the_start_and_by_a_worker(
    settings: Settings, officer: Person, tmp_path: Path
) -> None:
    make_key(tmp_path / "other.key")
    other = replace(settings, key_file=tmp_path / "other.key")
    said = await refused(other)
    assert f"{tmp_path / 'other.key'} is the key of another database" in said
    app = create_app(other)
    foreign = pytest.RaisesExc(ValueError, match="is the key of another database")
    with pytest.RaisesGroup(foreign):
        async with app.lifespan():
            pytest.fail("it serves")


@pytest.mark.parametrize(
    "fault", ["empty", "short", "long", "endless", "pipe", "folder", "loop", "behind a file"]
)
async def test_what_is_no_key_is_named_and_left_as_it_is(
    settings: Settings, tmp_path: Path, fault: str
) -> None:
    path = tmp_path / "a.key"
    match fault:
        case "folder":
            path.mkdir()
        case "loop":
            path.symlink_to(path)
        case "endless":
            path.symlink_to("/dev/zero")
        case "pipe":
            os.mkfifo(path)
        case "behind a file":
            path.write_bytes(bytes(32))
            path /= "informants.key"
        case _:
            path.write_bytes(bytes({"empty": 0, "short": 31, "long": 33}[fault]))

    def lies_there() -> tuple[int, int, int]:
        found = os.lstat(tmp_path / "a.key")
        return found.st_ino, found.st_mode, found.st_mtime_ns

    before = lies_there()
    said = await refused(replace(settings, key_file=path), status=2)
    assert str(path) in said
    assert "32 bytes" in said
    assert lies_there() == before


# ---------------------------------------------------------------- a database of version 0.1


async def forget_fingerprint(database: Database) -> None:
    """As version 0.1 left it: it remembered none."""
    async with database.writing() as connection:
        await connection.execute("delete from key_fingerprint")


@pytest.mark.parametrize("sealed_in", ["informant", "refused_body"])
async def test_a_key_that_opens_what_is_sealed_is_adopted_and_no_other(
    settings: Settings, officer: Person, database: Database, tmp_path: Path, sealed_in: str
) -> None:
    opening = rescue()
    await officer.opened(opening)
    await officer.post("/incidents", opening | {"summary": "another"})
    async with database.writing() as connection:
        for table in {"informant", "refused_body"} - {sealed_in}:
            await connection.execute(f"delete from {table}")
        assert await connection.fetchval(f"select count(*) from {sealed_in}") == 1
    await forget_fingerprint(database)
    right = settings.key_path.rename(tmp_path / "right.key")

    assert "is not at" in await refused(settings)
    assert not settings.key_path.exists()
    make_key(tmp_path / "wrong.key")
    said = await refused(replace(settings, key_file=tmp_path / "wrong.key"))
    assert "is the key of another database" in said
    assert await fingerprints(database) == []

    with serving(replace(settings, key_file=right)):
        assert await fingerprints(database) == [open_vault(right).fingerprint]


async def test_one_row_that_is_damaged_does_not_keep_the_right_key_out(
    settings: Settings, officer: Person, database: Database
) -> None:
    for _ in range(3):
        await officer.opened()
    await forget_fingerprint(database)
    async with database.writing() as connection:
        await connection.execute(
            "update informant set sealed = sealed || '\\x00' where incident_id <>"
            " (select max(incident_id::text)::uuid from informant)"
        )
    with serving(settings):
        assert len(await fingerprints(database)) == 1


async def test_a_key_that_is_already_there_is_adopted_where_nothing_is_sealed(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    """An operator's own, in a mounted secret."""
    given = tmp_path / "secret"
    given.write_bytes(bytes(range(32)))
    with serving(replace(settings, key_file=given)):
        assert await fingerprints(database) == [open_vault(given).fingerprint]


async def test_of_several_first_starts_with_folders_of_their_own_one_decides(
    server_url: str, service_login: ServiceLogin, template: str, tmp_path: Path
) -> None:
    """The others refuse, and leave no key behind that looks like the right one."""
    async with new_database(server_url, like=template) as url, AsyncExitStack() as stack:

        async def first_start(name: str) -> tuple[str, str]:
            """The first line that it says, and why it ended if it did."""
            settings = Settings(
                data_dir=tmp_path / name, port=free_port(), database_url=service_login.on(url)
            )
            process = await stack.enter_async_context(started("serve", **to_environment(settings)))
            async with asyncio.timeout(WITHIN_S):
                if said := (await process.stdout.readline()).decode():
                    return said, ""
                _, err = await process.communicate()
            return "", err.decode()

        ends = dict(zip("abc", await asyncio.gather(*map(first_start, "abc")), strict=True))
    served = [name for name, (said, _) in ends.items() if said.startswith("Serving on ")]
    assert len(served) == 1, ends
    for name, (_, err) in ends.items():
        assert (name in served) == (tmp_path / name / "informants.key").exists()
        assert (name in served) == ("is not at" not in err)
