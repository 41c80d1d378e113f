"""The help of all commands, in Chinese where the terminal speaks it."""

import gc
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

import click

from wildlife.commands.chinese import HELP
from wildlife.commands.wrapping import Formatter
from wildlife.commands.wrong import speaking
from wildlife.words.speaking import in_chinese, said

# Chinese has no space where a line ends.
_BROKEN: Final = re.compile(r"([，。；、：）])\n(?!\n)")

_STDOUT: Final = 1


class Modules(Mapping[str, click.Command]):
    """Commands by their names, each in a module that is loaded when it is asked for: most of what a
    command takes is loading what it works with."""

    def __init__(self, **modules: str) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"wildlife.commands.{self._modules[name]}")
        command: click.Command = getattr(module, name)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


class Commands(click.Group):
    """A group whose help, with that of all below it, is Chinese where the terminal is."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        command = super().get_command(ctx, cmd_name)
        # What was imported is there until the end, when Python would look through all of it for
        # what can be freed: that took a quarter of what a command takes.
        gc.freeze()
        if command is not None:
            _let_speak(help_keys(command, cmd_name))
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        _let_speak(_own_help_keys(self, ""))
        with speaking():
            return super().make_context(info_name, args, parent, **extra)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line; a sentence and exit status 1 where nobody takes what it says."""
        try:
            return super().main(*args, **extra)
        except OSError as error:
            if error.filename is not None:
                raise
            # What is left in the buffer would be tried again at the end.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)
            with suppress(OSError):
                click.echo(
                    said(
                        f"Error: Nothing more can be written ({error.strerror}). Look at where the"
                        " output goes.",
                        f"错误：无法继续写入（{error.strerror}）。请检查输出写到哪里。",
                    ),
                    err=True,
                )
            raise SystemExit(1) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that is called."""
        with speaking():
            return super().invoke(ctx)


def help_keys(command: click.Command, path: str = "") -> Iterator[tuple[str, Any]]:
    """All that has a help, by the name that it has in a call: commands, groups and options."""
    yield from _own_help_keys(command, path)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from help_keys(inner, f"{path} {name}".strip())


def _own_help_keys(command: click.Command, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield f"{path} {parameter.opts[0]}".strip(), parameter


def _let_speak(keys: Iterator[tuple[str, Any]]) -> None:
    """What has no translation keeps its English, which tests find."""
    for key, described in keys:
        if in_chinese() and key in HELP:
            described.help = _BROKEN.sub(r"\1", HELP[key])
        if isinstance(described, click.Command):
            described.context_class = _Context


class _Context(click.Context):
    formatter_class = Formatter
