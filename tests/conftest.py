"""A real PostgreSQL, the real application, and people who speak HTTP to it.

Each test has a database to itself, copied from a template that is made once a session; one that a
test leaves as it was is the next one's (`tests/databases.py`). Nothing else is shared, so no order
of tests matters. WILDLIFE_DATABASE_URL runs the suite on a server of yours;
it names a login that may make databases and roles, and the service gets one of its own.
"""

import asyncio
import gc
import os
import secrets
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Generator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from signal import SIG_DFL, SIG_IGN, SIGHUP, SIGINT, default_int_handler, getsignal, signal
from typing import Any, Final, NamedTuple, cast
from uuid import uuid4

import asyncpg
import httpx
import hypothesis
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from msgspec.structs import replace

from db.embedded import embedded_postgresql
from db.grants import SERVICE_LOGIN
from db.identity import with_login
from db.migrations import migrate
from db.pool import Database, open_database
from tests.commandline import Ended, Wildlife, run
from tests.databases import Copy, brought_back, looked_at
from tests.documented import require_documented
from tests.keeping import hand_on, keeping_connections
from tests.postgresql import copied, folder_to_pass_through
from tests.rates import unhurried
from tests.users import QUICK, Person
from wildlife.app import create_app
from wildlife.commands.preparing import prepare
from wildlife.demo.people import put_people
from wildlife.people import passwords
from wildlife.people.account_queries import find_account
from wildlife.people.accounts import DEMO_PASSWORD, Tokens
from wildlife.people.tokens import issue_tokens
from wildlife.settings import Settings, to_environment

# Whoever runs the tests in the background may have these ignored, and so would all that they start.
for _number, _handler in ((SIGINT, default_int_handler), (SIGHUP, SIG_DFL)):
    if getsignal(_number) is SIG_IGN:
        signal(_number, _handler)

# A busy machine is no fault of what is tested: how long an example takes to make or to run says
# nothing.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

# Else every command and server that the tests start would compile the service anew, and every
# worker the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough",
        action="store_true",
        help="every value in every place, where else each place gets those of its own kind",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays until the end: it is not looked through for what can be
    freed, neither meanwhile nor with all that the tests leave."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    """Whether time matters less than to have tried all."""
    return bool(pytestconfig.getoption("thorough"))


@pytest.fixture(scope="session")
def private_server() -> Iterator[Path]:
    """The folder of a private server that ran and was stopped: to make one takes six times as long
    as to start it. Without fsync, since what is made of it lives for the tests."""
    with folder_to_pass_through() as above:
        with embedded_postgresql(folder := above / "postgresql") as url:
            asyncio.run(_execute(url, "alter system set fsync = off"))
        (folder / "cluster/server.log").unlink()
        yield folder


@pytest.fixture(scope="session")
def server_url(private_server: Path) -> Iterator[str]:
    """A PostgreSQL server: yours, or a private one."""
    if given := os.environ.get("WILDLIFE_DATABASE_URL"):
        yield given
        return
    with (
        folder_to_pass_through() as above,
        embedded_postgresql(copied(private_server, above / "postgresql")) as url,
    ):
        yield url


class ServiceLogin(NamedTuple):
    """Who the service is on the server."""

    name: str
    password: str | None

    def on(self, url: str) -> str:
        """The URL of the same database for the service."""
        return with_login(url, self.name, self.password)


@pytest.fixture(scope="session")
def service_login(server_url: str) -> Iterator[ServiceLogin]:
    """The login of the private server, or one made for these tests: on a server of yours
    `wildlife_service` may have a password that somebody relies on."""
    asyncio.run(_make_service_role(server_url))
    if "WILDLIFE_DATABASE_URL" not in os.environ:
        yield ServiceLogin(SERVICE_LOGIN, None)
        return
    login = ServiceLogin(f"wildlife_test_{uuid4().hex[:12]}", secrets.token_hex())
    create = (
        f"create role \"{login.name}\" login password '{login.password}' in role {SERVICE_LOGIN}"
    )
    asyncio.run(_execute(server_url, create))
    yield login
    asyncio.run(_execute(server_url, f'drop role "{login.name}"'))


async def _make_service_role(server_url: str) -> None:
    """It comes with the tables, of whichever database of the server."""
    async with new_database(server_url) as url:
        await migrate(url)


class Filled(NamedTuple):
    """A database with all tables, the register, and the demo's people, who are signed in."""

    name: str
    sessions: dict[str, Tokens]


@pytest.fixture(scope="session")
def filled(
    server_url: str, service_login: ServiceLogin, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Filled]:
    """The database that those of the tests are copies of."""
    name = f"wildlife_template_{uuid4().hex[:12]}"
    asyncio.run(_execute(server_url, f'create database "{name}"'))
    url = _on(server_url, name)
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("template"),
        database_url=service_login.on(url),
        owner_database_url=url,
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", QUICK)
        sessions = asyncio.run(fill(settings))
    yield Filled(name, sessions)
    asyncio.run(_execute(server_url, f'drop database "{name}"'))


@pytest.fixture(scope="session")
def template(filled: Filled) -> str:
    """Its name."""
    return filled.name


@pytest.fixture
def sessions(filled: Filled) -> dict[str, Tokens]:
    """Who is signed in already, by their badges. Override it for a database of another origin."""
    return filled.sessions


@pytest.fixture(scope="session")
async def kept_connections() -> AsyncIterator[None]:
    async with keeping_connections():
        yield


@pytest.fixture(scope="session")
async def idle_databases(server_url: str, kept_connections: None) -> AsyncIterator[list[Copy]]:
    """Those that tests have used and left as they were."""
    idle: list[Copy] = []
    yield idle
    for copy in idle:
        await copy.connection.close()
        await _drop(server_url, copy.url)


@pytest.fixture
async def database_url(
    server_url: str, template: str, idle_databases: list[Copy]
) -> AsyncIterator[str]:
    """A database of the test's own, as its owner: new, or as good as new."""
    if idle_databases:
        copy = idle_databases.pop()
    else:
        copy = await looked_at(await _create(server_url, template))
    yield copy.url
    back = await brought_back(copy)
    await hand_on(is_as_before=back is not None)
    if back is not None:
        idle_databases.append(back)
    else:
        await copy.connection.close()
        await _drop(server_url, copy.url)


@asynccontextmanager
async def new_database(server_url: str, *, like: str = "template1") -> AsyncIterator[str]:
    """A new database like another, as its owner; dropped at the end."""
    url = await _create(server_url, like)
    try:
        yield url
    finally:
        await _drop(server_url, url)


async def _create(server_url: str, like: str) -> str:
    name = f"wildlife_test_{uuid4().hex[:12]}"
    await _execute(server_url, f'create database "{name}" template "{like}"')
    return _on(server_url, name)


async def _drop(server_url: str, url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    await _execute(server_url, f'drop database "{name}" with (force)')


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder for a service with a PostgreSQL of its own."""
    with folder_to_pass_through() as folder:
        yield folder


@pytest.fixture
def folder(data_dir: Path) -> Path:
    """The folder of a PostgreSQL of the test's own."""
    return data_dir / "postgresql"


@pytest.fixture
def made(private_server: Path, folder: Path) -> Path:
    """The same, in which one ran before: for tests that are not about making one."""
    return copied(private_server, folder)


@pytest.fixture
def settings(database_url: str, service_login: ServiceLogin, tmp_path: Path) -> Settings:
    """The settings of the test's service; override the fixture to change them."""
    return unhurried(
        Settings(
            data_dir=tmp_path,
            database_url=service_login.on(database_url),
            owner_database_url=database_url,
            database_connections=4,
            demo=True,
            log_file=tmp_path / "service.log",
        )
    )


@pytest.fixture
def parts() -> dict[str, Any]:
    """What the application is made with beside its settings; override the fixture to change it."""
    return {}


@pytest.fixture
def bodies() -> bool:
    """Whether the bodies of answers are held against the document; override the fixture where
    something has to be answered that the document does not know."""
    return True


@pytest.fixture
async def client(
    settings: Settings, parts: dict[str, Any], bodies: bool
) -> AsyncIterator[AsyncClient]:
    """An HTTP client of the running application, signed in as nobody."""
    started, finished = asyncio.Event(), asyncio.Event()
    clients: list[AsyncClient] = []

    async def run() -> None:
        # In a task of its own, since a fixture begins and ends in different ones.
        async with running_application(settings, bodies=bodies, **parts) as client:
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
async def running_application(
    settings: Settings, *, bodies: bool = True, **parts: Any
) -> AsyncIterator[AsyncClient]:
    """The application, running in this process, as an HTTP client of it; made with these parts."""
    with _application(settings, **parts) as app:
        transport = ASGITransport(cast(Any, app), raise_app_exceptions=False)
        async with (
            app.lifespan(),
            httpx.AsyncClient(
                transport=transport,
                base_url="http://wildlife.test",
                event_hooks={"response": [partial(require_documented, bodies=bodies)]},
            ) as client,
        ):
            yield client


# Applications that ran before, by what they were made for. To make one takes longer than most
# tests; started anew, it has a database, folders and settings of its own.
_IDLE: Final = defaultdict[Hashable, list[Litestar]](list)


def _made_for(settings: Settings) -> Hashable:
    """What an application is made with, and can't be given later."""
    return settings.body_limit_bytes, settings.trusted_proxy, settings.cors_origins


@contextmanager
def _application(settings: Settings, **parts: Any) -> Iterator[Litestar]:
    idle = [] if parts else _IDLE[_made_for(settings)]
    app = idle.pop() if idle else create_app(settings, **parts)
    app.state.settings = settings
    yield app
    idle.append(app)  # not one that failed: who knows what is left of it


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The test's database as its owner, for looking behind the API and for doing damage."""
    assert settings.owner_database_url is not None
    async with open_database(
        settings.owner_database_url, confined=False, zone=settings.zone, size=1
    ) as database:
        yield database


@asynccontextmanager
async def database_of_the_service(settings: Settings) -> AsyncIterator[Database]:
    """One more connection to the test's database, as who the service and its commands are."""
    assert settings.database_url is not None
    async with open_database(
        settings.database_url, confined=True, zone=settings.zone, size=1
    ) as database:
        yield database


@pytest.fixture
async def officer(client: AsyncClient, sessions: dict[str, Tokens]) -> Person:
    """Officer 150425001 of 大局子森林派出所."""
    return await present(client, "150425001", sessions)


@pytest.fixture
async def other_officer(client: AsyncClient, sessions: dict[str, Tokens]) -> Person:
    """Officer 150723001 of 克一河分局."""
    return await present(client, "150723001", sessions)


@pytest.fixture
async def official(client: AsyncClient, sessions: dict[str, Tokens]) -> Person:
    """Official LC1504 of 赤峰, who reads region 1504."""
    return await present(client, "LC1504", sessions)


@pytest.fixture
async def chief(client: AsyncClient, sessions: dict[str, Tokens]) -> Person:
    """The chief of 大局子森林派出所."""
    return await present(client, "chief", sessions)


@pytest.fixture
async def auditor(client: AsyncClient, sessions: dict[str, Tokens]) -> Person:
    """The auditor, who reads everything."""
    return await present(client, "auditor", sessions)


@pytest.fixture
async def admin(client: AsyncClient, sessions: dict[str, Tokens]) -> Person:
    """The administrator."""
    return await present(client, "admin", sessions)


async def present(client: AsyncClient, badge: str, sessions: dict[str, Tokens]) -> Person:
    """One of the demo's people. That they are signed in already spares each test the hashing."""
    if (tokens := sessions.get(badge)) is None:
        return await Person.sign_in(client, badge, DEMO_PASSWORD)
    return Person(client, badge, tokens.access_token, tokens.refresh_token)


async def fill(settings: Settings) -> dict[str, Tokens]:
    """Make the tables, put in the register and the demo's people, and sign them in."""
    await prepare(settings)
    for_long, sessions = replace(settings, access_token_s=24 * 3600), {}
    async with database_of_the_service(settings) as database:
        await put_people(database)
        async with database.writing() as connection:
            for badge in ("150425001", "150723001", "chief", "LC1504", "auditor", "admin"):
                account = await find_account(connection, badge)
                assert account is not None
                sessions[badge] = await issue_tokens(
                    connection, for_long, account.account_id, uuid4(), generation=1
                )
    # Each test's service begins with a key of its own.
    await _execute(settings.owner_database_url or "", "delete from key_fingerprint")
    return sessions


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


@pytest.fixture
def wildlife(settings: Settings) -> Wildlife:
    """`wildlife …` on the test's database; a status that is not expected shows what was said."""

    async def on_database(*arguments: str, status: int = 0, **kwargs: str) -> Ended:
        ended = await run(*arguments, **to_environment(settings) | kwargs)
        assert ended.status == status, ended
        return ended

    return on_database
