"""A server of its own process for all tests of a module."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.fixtures.database import ServiceLogin, new_database
from tests.rates import unhurried
from tests.serving import serving
from wildlife.settings import Settings


@pytest.fixture(scope="module")
def base(
    server_url: str,
    service_login: ServiceLogin,
    template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a server on which nothing was told yet."""
    folder = tmp_path_factory.mktemp("served")
    with asyncio.Runner() as runner:
        copy = new_database(server_url, like=template)
        url = service_login.on(runner.run(copy.__aenter__()))
        settings = Settings(data_dir=folder, database_url=url, demo=True, log_file=folder / "log")
        with serving(unhurried(settings)) as base:
            yield base
        runner.run(copy.__aexit__(None, None, None))
