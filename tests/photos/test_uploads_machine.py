"""Uploads as phones really make them: whatever breaks in whatever order, each photo comes once."""

import msgspec
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis.stateful import run_state_machine_as_test

from tests.photos.phones import Phones, served
from wildlife.settings import Settings


def test_whatever_breaks_each_photo_comes_once_and_whole(settings: Settings) -> None:
    with served(msgspec.structs.replace(settings, workers=2)) as server:

        class OnThisServer(Phones):
            pass

        OnThisServer.server = server
        run_state_machine_as_test(
            OnThisServer,
            settings=examples(
                max_examples=8,
                stateful_step_count=25,
                suppress_health_check=list(HealthCheck),
                # What fails is not made smaller, which would kill the service a thousand times.
                phases=[Phase.generate],
            ),
        )
