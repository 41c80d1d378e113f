"""What a command loads: what it works with, and nothing else, since that is most of its time."""

import subprocess
import sys
from typing import Final

from wildlife.commands.main import COMMANDS

USERS: Final = {
    "litestar": set[str](),
    "obstore": set(),  # by who has an S3
    "pypinyin": set(),
    "zxcvbn": set(),
    "PIL": {"media", "demo"},
    "httpx": {"demo"},
    "granian": {"serve", "demo"},
    "rich": {"serve", "demo", "media", "check", "checkpoint", "synth"},  # by what logs
    "segno": {"device"},
    "argon2": {"account", "demo", "synth"},
    "python_calamine": {"species", "serve", "demo", "synth"},
    "wildlife.kinds": {"verify", "rebuild", "restore", "synth"},
}
"""Of what takes long to load, the commands that work with it."""

SHOW: Final = """
import os, sys
from wildlife.commands.main import COMMANDS
for name in COMMANDS:
    if os.fork() == 0:
        COMMANDS[name]
        print(name, *sys.modules, flush=True)
        os._exit(0)
    os.wait()
"""


def test_a_command_loads_what_it_works_with_and_nothing_else() -> None:
    shown = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, check=True, text=True)
    loaded = {}
    for line in shown.stdout.splitlines():
        name, *modules = line.split()
        loaded[name] = {*modules}
    assert loaded.keys() == {*COMMANDS}
    for slow, users in USERS.items():
        assert {name for name, modules in loaded.items() if slow in modules} == users, slow


def test_the_table_of_the_commands_loads_none() -> None:
    """Which is what `wildlife --version`, and every call that is none, waits for."""
    script = "import sys; import wildlife.commands; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    loaded = {*shown.stdout.decode().split()}
    assert "wildlife.commands.helping" in loaded
    assert not {"asyncio", "asyncpg", "msgspec"} & loaded
