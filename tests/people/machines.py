"""State machines of who signs in, each against a server of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.serving import serving
from tests.users import API
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings


@contextmanager
def asking(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a server with these settings."""
    with (
        serving(settings) as base,
        httpx.Client(base_url=f"{base}{API}", timeout=30, trust_env=False, verify=False) as client,
    ):
        yield client


def chief_of(client: httpx.Client) -> dict[str, str]:
    """The headers of the chief, who is shown alarms."""
    answer = client.post("/session", json={"badge": "chief", "password": DEMO_PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def run_machine(machine: type[RuleBasedStateMachine], steps: int, **knows: Any) -> None:
    """Run a machine that knows all this, so many steps each time."""
    run_state_machine_as_test(
        type("OnThisServer", (machine,), knows),
        settings=examples(
            max_examples=30,
            stateful_step_count=steps,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
