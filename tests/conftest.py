"""A real PostgreSQL, the real application, and people who speak HTTP to it.

Each test has a database of its own, copied from a template that is made once a session: nothing
is shared, so no order of tests matters. WILDLIFE_DATABASE_URL runs the suite on a server of yours.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import asyncpg
import httpx
import pytest
from httpx import ASGITransport, AsyncClient

from db.embedded import embedded_postgresql
from db.pool import Database, open_database
from tests.people import Person
from wildlife.accounts.model import DEMO_PASSWORD
from wildlife.app import create_app
from wildlife.commands.preparing import prepare
from wildlife.demo.people import put_people
from wildlife.settings import Settings


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL server: yours, or a private one without fsync, since it lives for the tests.

    Not below pytest's own folder: run as root, PostgreSQL is a user of its own, whom a second
    session of pytest would lock out of it.
    """
    if given := os.environ.get("WILDLIFE_DATABASE_URL"):
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="wildlife-test-") as folder,
        embedded_postgresql(Path(folder) / "postgresql") as url,
    ):
        asyncio.run(_execute(url, "alter system set fsync = off", "select pg_reload_conf()"))
        yield url


@pytest.fixture(scope="session")
def template(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with all tables, the register, and the demo's people."""
    name = f"wildlife_template_{uuid4().hex[:12]}"
    asyncio.run(_execute(server_url, f'create database "{name}"'))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("template"), database_url=_on(server_url, name)
    )
    asyncio.run(fill(settings))
    yield name
    asyncio.run(_execute(server_url, f'drop database "{name}"'))


@pytest.fixture
async def database_url(server_url: str, template: str) -> AsyncIterator[str]:
    """A database of the test's own."""
    async with new_database(server_url, like=template) as url:
        yield url


@asynccontextmanager
async def new_database(server_url: str, *, like: str = "template1") -> AsyncIterator[str]:
    """A new database like another, dropped at the end."""
    name = f"wildlife_test_{uuid4().hex[:12]}"
    await _execute(server_url, f'create database "{name}" template "{like}"')
    yield _on(server_url, name)
    await _execute(server_url, f'drop database "{name}" with (force)')


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of the test's service; override the fixture to change them."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        database_connections=4,
        demo=True,
        log_file=tmp_path / "service.log",
    )


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[AsyncClient]:
    """An HTTP client of the running application, signed in as nobody."""
    started, finished = asyncio.Event(), asyncio.Event()
    clients: list[AsyncClient] = []

    async def run() -> None:
        # In a task of its own, since a fixture begins and ends in different ones.
        async with running_application(settings) as client:
            clients.append(client)
            started.set()
            await finished.wait()

    running = asyncio.create_task(run())
    await asyncio.wait(
        {running, asyncio.create_task(started.wait())}, return_when="FIRST_COMPLETED"
    )
    if running.done():
        await running
    yield clients[0]
    finished.set()
    await running


@asynccontextmanager
async def running_application(settings: Settings) -> AsyncIterator[AsyncClient]:
    """The application, running in this process, as an HTTP client of it."""
    app = create_app(settings)
    transport = ASGITransport(cast(Any, app), raise_app_exceptions=False)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://wildlife.test") as client,
    ):
        yield client


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The test's database as its owner, for looking behind the API and for doing damage."""
    assert settings.database_url is not None
    async with open_database(
        settings.database_url, role=None, zone=settings.zone, size=1
    ) as database:
        yield database


@pytest.fixture
async def officer(client: AsyncClient) -> Person:
    """Officer 150425001 of 大局子森林派出所."""
    return await Person.sign_in(client, "150425001", DEMO_PASSWORD)


@pytest.fixture
async def other_officer(client: AsyncClient) -> Person:
    """Officer 150723001 of 克一河分局."""
    return await Person.sign_in(client, "150723001", DEMO_PASSWORD)


@pytest.fixture
async def official(client: AsyncClient) -> Person:
    """Official LC1504 of 赤峰, who reads region 1504."""
    return await Person.sign_in(client, "LC1504", DEMO_PASSWORD)


@pytest.fixture
async def admin(client: AsyncClient) -> Person:
    """The administrator."""
    return await Person.sign_in(client, "admin", DEMO_PASSWORD)


async def fill(settings: Settings) -> None:
    """Make the tables, and put in the register and the demo's people."""
    assert settings.database_url is not None
    await prepare(settings)
    async with open_database(
        settings.database_url, role=None, zone=settings.zone, size=1
    ) as database:
        await put_people(database)


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _on(server_url: str, database: str) -> str:
    """The server's URL with another database."""
    return (
        str(httpx.URL(server_url).copy_with(path=f"/{database}"))
        if "@/" not in server_url
        else (server_url.replace("@/postgres", f"@/{database}", 1))
    )
