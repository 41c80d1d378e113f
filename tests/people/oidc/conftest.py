from collections.abc import AsyncIterator, Iterator

import pytest

from tests.people.oidc.lying import Liar, lying_provider
from tests.people.oidc.provider import RealProvider, running_provider


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProvider]:
    """A real provider. It keeps what tests put there: each has people of its own."""
    with running_provider(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
async def liar() -> AsyncIterator[Liar]:
    """One that lies as the test tells it to."""
    async with lying_provider() as liar:
        yield liar
