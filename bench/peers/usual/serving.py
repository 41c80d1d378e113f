"""Setting the usual peer up beside the service: its tables, its officers, its server."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.schema import CreateSchema

from bench.peers.usual.tables import Account, Base, Station, Token
from bench.servers import Server, free_port, running_server
from bench.stage import OFFICERS
from wildlife.settings import Settings


async def prepare_usual(settings: Settings, tokens: Sequence[str]) -> None:
    """Make the tables, and the same officers with the same tokens."""
    engine = create_async_engine(_url(settings))
    async with engine.begin() as connection:
        await connection.execute(CreateSchema("usual"))
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session, session.begin():
        session.add_all(
            Token(
                token_hash=sha256(token.encode()).digest(),
                expires_at=datetime.now(UTC) + timedelta(hours=1),
                account=Account(
                    badge=officer.badge,
                    name=officer.name,
                    role="officer",
                    station=Station(code=officer.station_code, name=officer.station_name),
                ),
            )
            for officer, token in zip(OFFICERS, tokens, strict=True)
        )
    await engine.dispose()


@contextmanager
def running_usual(settings: Settings) -> Iterator[Server]:
    """The usual peer on granian, as the service runs on it: one worker, uvloop."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    environment = {
        "DATABASE_URL": _url(settings),
        "POOL_SIZE": str(settings.database_connections),
        "KEY_FILE": str(settings.key_path),
        "TIME_ZONE": settings.time_zone,
    }
    command.append("bench.peers.usual.app:app")
    with running_server(command, environment, port, "/healthz") as server:
        yield server


def _url(settings: Settings) -> str:
    assert settings.owner_database_url is not None  # its tables are its own
    return settings.owner_database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
