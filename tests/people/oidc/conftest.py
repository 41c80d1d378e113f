from collections.abc import Iterator

import pytest

from tests.people.oidc.provider import RealProvider, running_provider


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProvider]:
    """A real provider. It keeps what tests put there: each has people of its own."""
    with running_provider(tmp_path_factory.mktemp("provider")) as running:
        yield running
