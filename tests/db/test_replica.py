"""Who only reads is answered by a replica that keeps up, and by the database where none does; who
writes reads what they wrote."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from tests.commandline import Wildlife
from tests.db.standby import standby_of
from tests.fixtures.people import fill
from tests.fixtures.service import running_application
from tests.own_postgresql import OwnPostgresql, own_postgresql
from tests.people.sessions import logged
from tests.postgresql import ask, copied, folder_to_pass_through
from tests.serving import until
from tests.users import Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.people.may import WRITING, may
from wildlife.settings import Settings

BEHIND_S = 2


class Servers(NamedTuple):
    primary: OwnPostgresql
    standby: OwnPostgresql


@pytest.fixture
def servers(private_server: Path) -> Iterator[Servers]:
    """A PostgreSQL with the demo's people, and a standby of it."""
    with (
        folder_to_pass_through() as folder,
        own_postgresql(copied(private_server, folder / "postgresql")) as primary,
        folder_to_pass_through() as another,
    ):
        settings = Settings(
            data_dir=folder / "data",
            database_url=primary.service_url,
            owner_database_url=primary.url,
        )
        asyncio.run(fill(settings))
        with standby_of(primary, another / "postgresql") as standby:
            yield Servers(primary, standby)


@pytest.fixture
def own_settings(servers: Servers, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=servers.primary.service_url,
        read_database_url=servers.standby.service_url,
        read_database_behind_s=BEHIND_S,
        database_connections=4,
        demo=True,
        log_file=tmp_path / "service.log",
    )


async def sees(person: Person, incident: str) -> bool:
    """Whether it is in their list, and read by its id."""
    listed = incident in {one["id"] for one in (await person.read("/incidents"))["items"]}
    answer = await person.get(f"/incidents/{incident}")
    assert answer.status_code == (200 if listed else 404)
    return listed


async def said(settings: Settings, event: str, reason: str | None = None) -> None:
    """Wait until it is the last that the log says of the replica."""

    async def is_said() -> bool:
        lines = [one for one in logged(settings.data_dir) if one["event"].startswith("replica_")]
        return bool(lines) and (lines[-1]["event"], lines[-1].get("reason")) == (event, reason)

    await until(is_said)


async def metric(client: AsyncClient) -> str:
    lines = (await client.get("/metrics")).text.splitlines()
    return next(one for one in lines if one.startswith("wildlife_replica_used "))


async def test_a_replica_answers_who_only_reads_for_as_long_as_it_keeps_up(
    servers: Servers, own_settings: Settings
) -> None:
    # Behind so far that the pause below changes nothing.
    patient = replace(own_settings, read_database_behind_s=3600)
    async with running_application(patient) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        official = await Person.sign_in(client, "LC1504", DEMO_PASSWORD)
        await said(patient, "replica_used")
        assert await metric(client) == "wildlife_replica_used 1.0"
        before = await officer.opened()
        await until(lambda: sees(official, before))

        await asyncio.to_thread(ask, servers.standby.url, "select pg_wal_replay_pause()")
        incident = await officer.opened()
        assert await sees(officer, incident)  # who writes misses nothing of their own
        assert not await sees(official, incident)
        assert await sees(official, before)
        # Who they are, and that they still are, the database itself is asked.
        later = await Person.sign_in(client, "LC1504", DEMO_PASSWORD)
        assert not await sees(later, incident)
        await asyncio.to_thread(ask, servers.standby.url, "select pg_wal_replay_resume()")
        await until(lambda: sees(official, incident))


async def test_a_replica_that_does_not_keep_up_is_left_alone_until_it_does(
    servers: Servers, own_settings: Settings
) -> None:
    async with running_application(own_settings) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        official = await Person.sign_in(client, "LC1504", DEMO_PASSWORD)
        await said(own_settings, "replica_used")

        await asyncio.to_thread(ask, servers.standby.url, "select pg_wal_replay_pause()")
        incident = await officer.opened()
        await said(own_settings, "replica_not_used", "behind")
        assert await sees(official, incident)
        assert await metric(client) == "wildlife_replica_used 0.0"
        await asyncio.to_thread(ask, servers.standby.url, "select pg_wal_replay_resume()")
        await said(own_settings, "replica_used")
        assert await sees(official, incident)

        await asyncio.to_thread(servers.standby.kill)
        answers = [await official.get("/incidents") for _ in range(10)]
        # One that lay open is found dead at its first statement, and nobody else meets it.
        assert [one.status_code for one in answers].count(503) <= 1
        assert answers[-1].status_code == 200
        assert (await client.get("/readyz")).status_code == 200
        await said(own_settings, "replica_not_used", "away")
        await asyncio.to_thread(servers.standby.start)
        await said(own_settings, "replica_used")

        servers.standby.freeze()
        try:
            await said(own_settings, "replica_not_used", "away")
            assert await sees(official, incident)
        finally:
            servers.standby.thaw()
        await said(own_settings, "replica_used")

        # It has become a primary of its own: what is filed from now on is not there.
        await asyncio.to_thread(ask, servers.standby.url, "select pg_promote()")
        await said(own_settings, "replica_not_used", "unfit")
        assert await sees(official, await officer.opened())


async def test_what_is_no_replica_is_refused_at_the_start_and_never_read_from(
    settings: Settings, wildlife: Wildlife
) -> None:
    given = {"WILDLIFE_READ_DATABASE_URL": settings.database_url or ""}
    found = (await wildlife("check", status=1, **given)).out
    [line] = [one for one in found.splitlines() if one.startswith("replica\t")]
    assert line.startswith("replica\tfault\tIt follows no other server")
    refused = (await wildlife("serve", status=1, **given)).err
    assert "It follows no other server" in refused
    gone = {"WILDLIFE_READ_DATABASE_URL": "postgresql://wildlife@database.invalid/wildlife"}
    found = (await wildlife("check", **gone)).out
    assert (
        "replica\twarning\tThe PostgreSQL that WILDLIFE_READ_DATABASE_URL names can't be" in found
    )
    # The worker of a service that was started before goes on without it.
    settings = replace(settings, read_database_url=settings.database_url)
    async with running_application(settings) as client:
        await said(settings, "replica_not_used", "unfit")
        official = await Person.sign_in(client, "LC1504", DEMO_PASSWORD)
        await official.read("/incidents")


def test_who_only_reads_may_nothing_by_which_a_record_changes() -> None:
    only_read = {role for role in Role if not any(may(role, verb) for verb in WRITING)}
    assert only_read == {Role.OFFICIAL, Role.AUDITOR}
