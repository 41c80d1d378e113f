"""Where backups lie, and another machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fixtures.database import ServiceLogin, new_database
from wildlife.settings import Settings


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on another disk than the data."""
    return tmp_path_factory.mktemp("disk")


@pytest.fixture
async def elsewhere(
    settings: Settings,
    server_url: str,
    service_login: ServiceLogin,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Settings]:
    """Another machine, with a new database on a PostgreSQL of one's own."""
    async with new_database(server_url) as url:
        yield replace(
            settings,
            data_dir=tmp_path_factory.mktemp("elsewhere") / "var",
            log_file=None,
            owner_database_url=url,
            database_url=service_login.on(url),
        )
