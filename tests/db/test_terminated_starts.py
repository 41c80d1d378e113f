"""A command that is terminated while it starts or stops the private PostgreSQL leaves none: at
every other line of ours that it comes to, and at each by `make test-all`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import WITHIN_S
from tests.postgresql import postmaster

# Terminates itself at one place after the other: at each line of ours that it comes to for the
# first time between the server's start and its end, and of what hands over to them.
TERMINATED_EVERYWHERE = """
import contextlib, json, os, signal, sys, threading
from pathlib import Path
from db.embedded.server import Server, running_postmaster
from wildlife.commands.running import running_database
from wildlife.settings import read_settings

settings, part, parts = read_settings(), int(sys.argv[1]), int(sys.argv[2])
cluster = settings.database_dir / "cluster"
looked_at = ("db/embedded/", "commands/running.py", threading.__file__, contextlib.__file__)

def terminate_at(place):
    seen = {}

    def follow(frame, event, _):
        name = frame.f_code.co_filename
        if not any(part in name for part in looked_at):
            return None
        line = f"{Path(name).name}:{frame.f_lineno}"
        if event == "line" and terminate_at.is_on and line not in seen:
            seen[line] = None
            if len(seen) == place:
                os.kill(os.getpid(), signal.SIGTERM)
        return follow

    try:
        sys.settrace(follow)
        with running_database(settings, begins=True):
            pass
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(None)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return list(seen)[place - 1] if len(seen) >= place else None

start = Server._start
def start_and_look(self, alive):
    terminate_at.is_on = True
    start(self, alive)
Server._start = start_and_look
terminate_at.is_on = False

with running_database(settings, begins=True):
    pass
place, left, places = part, [], 0
while (where := terminate_at(place)) is not None:
    terminate_at.is_on = False
    watchers = [thread.name for thread in threading.enumerate() if "_watch" in thread.name]
    if watchers or running_postmaster(cluster) is not None:
        left.append(where)
    place, places = place + parts, places + 1
print(json.dumps({"places": places, "left": left}))
"""


@pytest.mark.parametrize("part", [1, 2, 3, 4])
@pytest.mark.usefixtures("made")
def test_a_command_terminated_at_any_line_leaves_no_server_running(
    data_dir: Path, part: int, thorough: bool
) -> None:
    first, parts = (part, 4) if thorough else (2 * part, 8)
    ended = subprocess.run(
        [sys.executable, "-c", TERMINATED_EVERYWHERE, str(first), str(parts)],
        env={"WILDLIFE_DATA_DIR": str(data_dir), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=WITHIN_S,
    )
    found = json.loads(ended.stdout)
    assert found["left"] == []
    assert found["places"] > 10
    assert postmaster(data_dir) is None
