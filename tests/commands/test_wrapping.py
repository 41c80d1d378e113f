"""A help is as wide as the terminal, and cuts no name: an option, a variable, a path, a command."""

import json
import os
import re
import subprocess
import sys
from typing import Final

import pytest

from wildlife.commands.wrapping import width_of, wrapped

SHOW: Final = """
import json, sys
import click
from wildlife.commands import main
from wildlife.commands.main import main as group

def helps(command, name, parent, width):
    with command.make_context(name, [], parent, resilient_parsing=True, terminal_width=width) as at:
        yield at.command_path, command.get_help(at)
        if isinstance(command, click.Group):
            for inner in command.list_commands(at):
                yield from helps(command.get_command(at, inner), inner, at, width)

print(json.dumps({w: dict(helps(group, "wildlife", None, w)) for w in map(int, sys.argv[1:])}))
"""

WIDE: Final = 10_000
LIST: Final = re.compile(r"\n(?:命令|Commands):")
NAME: Final = re.compile(r"[!-~]{2,}")


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_no_name_is_cut_in_any_help_at_any_width(language: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, str(WIDE), *map(str, range(60, 121, 4))],
        env=os.environ | {"LC_ALL": language, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    helps: dict[str, dict[str, str]] = json.loads(shown.stdout)
    whole = helps.pop(str(WIDE))
    assert len(whole) > 30
    for width, every in helps.items():
        for command, text in every.items():
            # A list of commands is told in short, where there is no room for all.
            body, all_of_it = (LIST.split(one)[0] for one in (text, whole[command]))
            assert NAME.findall(body) == NAME.findall(all_of_it), (command, width)
            for line in body.splitlines():
                assert not re.match(r"\s*[，。；：、）”]", line), (command, width, line)


def test_a_line_is_as_wide_as_there_is_room_for() -> None:
    text = "设置取自环境变量：WILDLIFE_DATA_DIR（./var）、WILDLIFE_PORT（8000）、（自备的 PG）。"
    for columns in range(20, 120):
        lines = [*wrapped(text, columns)]
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(width_of(line) <= max(columns, len("WILDLIFE_DATA_DIR") + 2) for line in lines)
        assert columns < 40 or len(lines) <= width_of(text) // (columns - 18) + 1
    assert [*wrapped(text, 120)] == [text]


def test_what_is_marked_stays_as_it_is() -> None:
    assert [*wrapped("one\ntwo\n\n\b\n  as   it\nis", 40)] == ["one two", "", "  as   it", "is"]
