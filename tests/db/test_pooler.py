"""A pooler between the service and PostgreSQL is refused, in whatever mode: by a real PgBouncer."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from msgspec.structs import replace

from db.identity import UnfitConnection
from db.migrations import migrate
from tests.commandline import run
from tests.db.sessions import opened
from tests.serving import free_port
from tests.users import Person
from wildlife.settings import Settings, to_environment


@contextmanager
def pgbouncer(url: str, folder: Path, *, mode: str) -> Iterator[str]:
    """PgBouncer before the server of `url`, set up as its users do: the URL of the same database
    through it."""
    program = shutil.which("pgbouncer")
    server = urlsplit(url)
    if program is None or server.hostname is None or server.password is None:
        pytest.skip("needs pgbouncer, and a server of yours by TCP (WILDLIFE_DATABASE_URL)")
    port = free_port()
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{server.username}" "{server.password}"\n')
    configuration.write_text(
        f"[databases]\n* = host={server.hostname} port={server.port or 5432}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = plain\nauth_file = {users}\npool_mode = {mode}\nmax_client_conn = 50\n"
        # Without these it refuses the connection: then they are added, since the manual says so.
        "ignore_startup_parameters = extra_float_digits, default_transaction_read_only,"
        " plan_cache_mode, statement_timeout, lock_timeout, jit,"
        " idle_in_transaction_session_timeout, client_connection_check_interval\n"
    )
    command = [program, str(configuration)]
    if os.getuid() == 0:  # it refuses to be root
        folder.chmod(0o755)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield url.replace(f"{server.hostname}:{server.port or 5432}", f"127.0.0.1:{port}")
        finally:
            process.terminate()


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_a_pooler_between_is_refused_and_never_served_through(
    settings: Settings, officer: Person, mode: str
) -> None:
    with tempfile.TemporaryDirectory(prefix="wildlife-test-") as folder:
        with pgbouncer(settings.database_url or "", Path(folder), mode=mode) as url:
            await answered(url)
            for _ in range(3):
                with pytest.raises(UnfitConnection, match="stands a pooler"):
                    await opened(url, settings)
            environment = to_environment(
                replace(settings, database_url=url, owner_database_url=None)
            )
            ended = await run("serve", **environment)
            assert (ended.status, ended.out) == (1, "")
            assert "stands a pooler" in ended.err
        with pgbouncer(settings.owner_database_url or "", Path(folder), mode=mode) as url:
            await answered(url)
            with pytest.raises(UnfitConnection):
                await migrate(url)


async def answered(url: str) -> None:
    """Wait until the pooler answers."""
    async with asyncio.timeout(30):
        while True:
            with suppress(OSError):
                await (await asyncpg.connect(url)).close()
                return
            await asyncio.sleep(0.02)
