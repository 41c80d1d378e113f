"""What a command that looks at many things has found: lines for a person, JSON for a program."""

from typing import Literal

import click
import msgspec

from wildlife.commands.showing import say, say_json

State = Literal["ok", "warning", "fault", "unchecked"]


class NamedFinding(msgspec.Struct, frozen=True):
    """What a part, an incident, an original, a photo or a key was found to be, and what to do where
    that is not well."""

    part: str
    """By its name or its id; what was counted, of a sum."""
    state: State
    says: str


class Report:
    """What is found, told at once to a person, and at the end to a program."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._found: list[NamedFinding] = []

    def find(self, part: object, state: State, says: str, *, is_result: bool = False) -> None:
        """Tell of one. is_result: the command is run to be told it, well or not."""
        if self._as_json:
            self._found.append(NamedFinding(str(part), state, says))
        elif is_result:
            say(says)
        else:
            click.echo(says, err=True)

    def end(self) -> None:
        """Tell a program."""
        if self._as_json:
            say_json(self._found)
