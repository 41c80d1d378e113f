"""A real PostgreSQL, the real application, and people who speak HTTP to it.

Each test has a database to itself, copied from a template that is made once a session; one that a
test leaves as it was is the next one's (`tests/databases.py`). Nothing else is shared, so no order
of tests matters. WILDLIFE_DATABASE_URL runs the suite on a server of yours;
it names a login that may make databases and roles, and the service gets one of its own.
"""

import gc
import os
import sys
import tempfile
from collections.abc import Generator
from signal import SIG_DFL, SIG_IGN, SIGHUP, SIGINT, default_int_handler, getsignal, signal
from typing import Final

import hypothesis
import pytest

from tests.disks import quick_disk

pytest_plugins = [
    "tests.fixtures.database",
    "tests.fixtures.s3",
    "tests.fixtures.service",
    "tests.fixtures.people",
    "tests.fixtures.draws",
]

# Whoever runs the tests in the background may have these ignored, and so would all that they start.
for _number, _handler in ((SIGINT, default_int_handler), (SIGHUP, SIG_DFL)):
    if getsignal(_number) is SIG_IGN:
        signal(_number, _handler)

# A busy machine is no fault of what is tested: how long an example takes to make or to run says
# nothing. Nor is a change at fault for what chance finds beside it: the examples are always the
# same, but where nothing is spared.
_UNHURRIED: Final = hypothesis.settings(
    deadline=None, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("repeatable", _UNHURRIED, derandomize=True)
hypothesis.settings.register_profile("thorough", _UNHURRIED)

# Else every command and server that the tests start would compile the service anew, and every
# worker the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What they leave meanwhile, here and in all that they start. TMPDIR says where else it shall be.
tempfile.tempdir = os.environ.setdefault("TMPDIR", str(quick_disk()))


# Objects are looked through for what can be freed once there are so many new ones: by Python's own
# number, that is a twentieth of their work.
_GARBAGE: Final = 50_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough",
        action="store_true",
        help="every value in every place, where else each place gets those of its own kind or some"
        " that are drawn for the day, and examples by chance, where else they are always the same",
    )


def pytest_configure(config: pytest.Config) -> None:
    is_thorough = config.getoption("thorough")
    hypothesis.settings.load_profile("thorough" if is_thorough else "repeatable")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays until the end: it is not looked through for what can be
    freed, neither meanwhile nor with all that the tests leave."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(_GARBAGE)
        gc.enable()


@pytest.fixture(scope="session")
def thorough(pytestconfig: pytest.Config) -> bool:
    """Whether time matters less than to have tried all."""
    return bool(pytestconfig.getoption("thorough"))
