"""No 5xx for anything that a client sends: bodies that are almost right, bytes that are none, every
header, parameter, method and address, over real connections to a server of two workers.

Here a slice, always the same; `make fuzz N=100000` asks more, and `SEED=2` other things.
"""

import asyncio
import os
import sys

from msgspec.structs import replace

from tests.commandline import Wildlife
from tests.fuzz.fuzzing import ask_what_was_reported, fuzz
from tests.serving import client_of, killable
from tests.users import Person
from wildlife.people.accounts import DEMO_PASSWORD, Tokens
from wildlife.settings import Settings

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1600"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
# Among all other tests a machine is busy; where it is asked for by itself, nobody waits longer.
WITHIN_S = 5 if "FUZZ_REQUESTS" in os.environ else 30


async def test_whatever_is_sent_gets_an_answer_that_is_no_fault_of_ours(
    settings: Settings, sessions: dict[str, Tokens], wildlife: Wildlife
) -> None:
    # With all that reads more of a request than it has to.
    open_to_all = {"trusted_proxy": "127.0.0.1", "cors_origins": "https://a.example"}
    with killable(replace(settings, workers=2, **open_to_all)) as server:
        workers = server.pids
        async with client_of(server.base) as client:
            spare = await Person.sign_in(client, "150723001", DEMO_PASSWORD)
        tokens = {badge: one.access_token for badge, one in sessions.items()}
        tokens |= {"spare": spare.access_token, "spare refresh": spare.refresh_token}
        officer, port = tokens["150425001"], server.port
        reported = await asyncio.to_thread(ask_what_was_reported, port, officer, WITHIN_S)
        assert not reported.found, str(reported)
        report = await asyncio.to_thread(fuzz, port, tokens, REQUESTS, SEED, WITHIN_S)
        assert server.pids == workers, "a worker ended"
    sys.stdout.write(f"{report}\n")
    assert not report.found, str(report)
    # It tried what it is for: most of it reached the service, and some of it was taken.
    assert report.unheard < report.asked * 0.1
    assert report.statuses["201"] > report.asked * 0.05
    assert settings.log_file is not None
    assert '"internal_error"' not in settings.log_file.read_text("utf-8")
    await wildlife("verify")
