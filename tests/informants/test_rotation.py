"""The key is changed while the service goes on: whatever is cut off, everything stays readable."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from db.connection import Connection
from db.database import Database, open_database
from media.vault import open_vault
from tests.commandline import WITHIN_S, Wildlife, is_whole, started
from tests.fixtures.database import database_of_the_service
from tests.fixtures.service import running_application
from tests.serving import killable
from tests.users import API, Person, entry, rescue
from wildlife.informants.keys import name_of, open_fitting_vault
from wildlife.informants.rotating import Rotation, rotate
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings, to_environment

INFORMANT = rescue()["informant"]


@asynccontextmanager
async def as_owner(settings: Settings) -> AsyncIterator[Connection]:
    assert settings.owner_database_url is not None
    async with (
        open_database(
            settings.owner_database_url, confined=False, zone=settings.zone, size=1
        ) as database,
        database.writing() as connection,
    ):
        yield connection


async def rotated(settings: Settings, steps: int | None = None) -> list[Rotation]:
    """The steps that were taken, of no more than so many: it is cut off then."""
    taken = []
    async with as_owner(settings) as connection:
        rotation = rotate(connection, settings.key_path)
        async for step in rotation:
            taken.append(step)
            if len(taken) == steps:
                break
        await rotation.aclose()  # type: ignore[attr-defined]
    return taken


async def sealed_by(database: Database) -> set[bytes]:
    """Which keys sealed what there is."""
    async with database.reading() as connection:
        rows = await connection.fetch(
            "select sealed_by from informant where sealed is not null"
            " union select sealed_by from refused_body"
        )
    return {row["sealed_by"] for row in rows}


async def who_reported(officer: Person, incidents: list[str]) -> list[Any]:
    return [await officer.read(f"/incidents/{one}/informant") for one in incidents]


async def one_refused(officer: Person, incident: str) -> None:
    """A body that is kept with whom it names, under the incident's id."""
    said = rescue(id=incident, summary="另一件事")
    assert (await officer.post("/incidents", said)).status_code == 409


async def test_after_whatever_step_it_is_cut_off_all_is_readable_and_the_next_start_fits(
    settings: Settings, officer: Person, database: Database
) -> None:
    """Also by those who serve meanwhile, and what they seal in between."""
    incidents = [await officer.opened()]
    await one_refused(officer, incidents[0])
    seen_keys, was_cut_off = {settings.key_path.read_bytes()}, True
    for steps in count(1):
        if not was_cut_off:
            break
        was_cut_off = len(await rotated(settings, steps)) == steps
        async with database_of_the_service(settings) as anew, anew.writing() as connection:
            vault = await open_fitting_vault(connection, settings.key_path)
        async with database.reading() as connection:
            for row in await connection.fetch("select incident_id, sealed from informant"):
                vault.open(row["incident_id"], row["sealed"])
        incidents.append(await officer.opened())
        await one_refused(officer, incidents[-1])
        assert await who_reported(officer, incidents) == [INFORMANT] * len(incidents)
        refused = await officer.read(f"/incidents/{incidents[0]}/refused")
        assert [one["body"]["informant"] for one in refused["items"]] == [INFORMANT]

        last = (await rotated(settings))[-1]
        assert last.unreadable == 0
        assert await who_reported(officer, incidents) == [INFORMANT] * len(incidents)
        key = settings.key_path.read_bytes()
        assert len(key) == 32
        assert key not in seen_keys
        seen_keys.add(key)
        assert await sealed_by(database) == {open_vault(settings.key_path).fingerprint}
    assert steps > 5


async def test_the_keys_that_a_killed_rotation_leaves_are_named_and_removed_by_the_next(
    settings: Settings, officer: Person, wildlife: Wildlife
) -> None:
    """Killed within a write: a whole key lies beside the file, of which nobody would know."""
    where = settings.key_path
    left = [
        where.with_name(f"{where.name}.{'a1' * 16}"),
        where.with_name(f"{where.name}.retired-0123abcd.{'b2' * 16}"),
    ]
    others = [
        where.with_name(f"{where.name}.retired-0123abcd"),
        where.with_name(f"{where.name}.backup"),
        where.with_name(f"other.key.{'a1' * 16}"),
    ]
    for path in (*left, *others):
        path.write_bytes(bytes(32))
    told = (await wildlife("check")).out
    assert all(f"{path}" in told for path in left)
    assert not any(f"{path}\n" in told or f"{path}," in told for path in others)
    await wildlife("key", "rotate")
    assert [path.exists() for path in (*left, *others)] == [False, False, True, True, True]
    [line] = [one for one in (await wildlife("check")).out.splitlines() if one.startswith("key\t")]
    assert line.startswith("key\tok\t")


async def test_a_rotation_that_is_killed_goes_on_while_several_workers_serve(
    settings: Settings,
    database: Database,
    wildlife: Wildlife,
    sessions: dict[str, Tokens],
) -> None:
    settings = replace(settings, workers=2)
    token = sessions["150425001"].access_token

    def all_workers_answer(base: str, incidents: list[str]) -> None:
        """Each request comes on a connection of its own, which any of them may take."""
        for one in incidents * 4:
            answer = httpx.get(
                f"{base}{API}/incidents/{one}/informant",
                headers={"Authorization": f"Bearer {token}"},
                trust_env=False,
            )
            assert (answer.status_code, answer.json()) == (200, INFORMANT), answer.text

    with killable(settings) as server:

        def opened() -> str:
            answer = httpx.post(
                f"{server.base}{API}/incidents",
                json=rescue(),
                headers={"Authorization": f"Bearer {token}"},
                trust_env=False,
            )
            assert answer.status_code == 201, answer.text
            identifier: str = answer.json()["id"]
            return identifier

        incidents = [opened() for _ in range(4)]
        first = open_vault(settings.key_path).fingerprint
        async with started("key", "rotate", **to_environment(settings)) as process:
            async with database.transaction() as connection:
                await connection.execute("select from informant for update")

                waits = "select exists (select from pg_locks where not granted and pg_backend_pid()"
                async with asyncio.timeout(WITHIN_S):
                    while not await connection.fetchval(f"{waits} = any(pg_blocking_pids(pid)))"):
                        assert process.returncode is None
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
                assert len(open_vault(settings.key_path).fingerprints) == 2
                all_workers_answer(server.base, incidents)
            # What is sealed from now on is sealed with the new key, by whichever worker.
            incidents += [opened() for _ in range(6)]
            all_workers_answer(server.base, incidents)
        assert len(await sealed_by(database)) == 2

        said = await wildlife("key", "rotate")
        new = open_vault(settings.key_path)
        assert new.fingerprints == [new.fingerprint]
        assert new.fingerprint != first
        retired = settings.key_path.with_name(f"informants.key.retired-{name_of(first)}")
        assert open_vault(retired).fingerprint == first
        assert retired.stat().st_mode & 0o077 == 0
        assert said.out.splitlines() == [
            f"The key is {name_of(new.fingerprint)} now; 4 rows were sealed anew with it.",
            f"The key of before is {retired}: it opens the backups of before."
            " Keep it with the copies of the key, and not here.",
            "Back up now.",
        ]
        incidents += [opened() for _ in range(4)]
        all_workers_answer(server.base, incidents)
    assert await sealed_by(database) == {new.fingerprint}
    assert is_whole(await wildlife("verify"), 14)
    with killable(settings) as server:
        all_workers_answer(server.base, incidents[::4])


async def test_who_is_erased_while_the_key_is_changed_stays_erased(
    settings: Settings, officer: Person
) -> None:
    incident = await officer.opened()
    async with as_owner(settings) as connection:
        async for step in rotate(connection, settings.key_path):
            if step.key and not step.resealed:
                answer = await officer.request("DELETE", f"/incidents/{incident}/informant")
                assert answer.status_code in (204, 410)
    assert (await officer.get(f"/incidents/{incident}/informant")).status_code == 410


async def test_a_server_that_does_not_get_the_new_key_seals_nothing_more_and_is_not_ready(
    settings: Settings, officer: Person, tmp_path: Path, sessions: dict[str, Tokens]
) -> None:
    """On another machine, where the key is another file."""
    copy = tmp_path / "copy of the key"
    copy.write_bytes(settings.key_path.read_bytes())
    async with running_application(replace(settings, key_file=copy)) as client:
        there = Person(client, "150425001", sessions["150425001"].access_token, "")
        await there.opened()
        await rotated(settings)
        report = rescue()
        answer = await there.post("/incidents", report)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert (await there.get(f"/incidents/{report['id']}")).status_code == 404
        incident = await there.opened({**rescue(), "informant": None})
        named = entry("informant", informant=INFORMANT)
        answer = await there.post(f"/incidents/{incident}/entries", named)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")

        readiness = (await client.get("/readyz")).json()
        assert readiness["errors"] == [{"field": "key", "given": "changed"}]

        copy.write_bytes(settings.key_path.read_bytes())
        assert (await there.post("/incidents", report)).status_code == 201
        assert (await there.post(f"/incidents/{incident}/entries", named)).status_code == 201
        assert await who_reported(there, [report["id"], incident]) == [INFORMANT] * 2


async def test_what_no_key_opens_is_left_as_it_is_and_counted(
    settings: Settings, officer: Person, database: Database, wildlife: Wildlife
) -> None:
    for _ in range(2):
        await officer.opened()
    damaged = await officer.opened()
    async with database.writing() as connection:
        await connection.execute(
            f"update informant set sealed = '\\x00' where incident_id = '{damaged}'"
        )
    said = (await wildlife("key", "rotate")).out.splitlines()
    assert "2 rows were sealed anew" in said[0]
    assert said[1] == "1 rows were left as they are: no key opens them."


async def test_the_key_is_changed_by_one_at_a_time_as_the_tables_owner(
    settings: Settings, officer: Person, wildlife: Wildlife
) -> None:
    before = settings.key_path.read_bytes()
    async with as_owner(settings) as connection:
        rotation = rotate(connection, settings.key_path)
        await anext(rotation)
        ended = await wildlife("key", "rotate", status=1)
        assert ended.err.startswith("Error: Somebody else is changing the key.")
    ended = await wildlife("key", "rotate", status=1, WILDLIFE_OWNER_DATABASE_URL="")
    assert "WILDLIFE_OWNER_DATABASE_URL is missing" in ended.err
    assert settings.key_path.read_bytes()[:32] == before


async def test_a_key_file_of_several_keys_begins_no_database(
    settings: Settings, database: Database
) -> None:
    """Sixty-four hexadecimal digits are no key, though they are as long as two."""
    settings.key_path.write_bytes(b"0" * 64)
    async with database_of_the_service(settings) as service, service.writing() as connection:
        with pytest.raises(ValueError, match=r"holds 2 keys of 32 bytes"):
            await open_fitting_vault(connection, settings.key_path)
