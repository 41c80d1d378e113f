"""A worker that can't come back: the others go on, the log says why, and it comes when it can."""

import json
import os
import signal

import httpx
from msgspec.structs import replace

from tests.serving import killable, wait_until
from wildlife.settings import Settings


def test_a_worker_that_can_not_come_back_takes_no_other_with_it_and_says_why(
    settings: Settings,
) -> None:
    settings = replace(settings, workers=2)
    log = settings.log_file
    assert log is not None

    def reasons() -> list[str]:
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        assert not any("Traceback" in line.get("message", "") for line in lines)
        return [line["reason"] for line in lines if line["event"] == "worker_not_started"]

    with killable(settings) as server:
        key = settings.key_path.read_bytes()
        settings.key_path.unlink()
        os.kill(server.pids[1], signal.SIGKILL)
        wait_until(lambda: len(reasons()) > 2)
        assert all("The key of this database is not at" in one for one in reasons())
        answer = httpx.get(f"{server.base}/readyz", trust_env=False, verify=False)
        assert answer.json()["errors"][0]["field"] == "key"
        settings.key_path.write_bytes(key)
        wait_until(server.is_ready)
