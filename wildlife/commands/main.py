"""The commands. Their help texts are the operator's manual."""

import os
from typing import Final

import click

from wildlife import __version__
from wildlife.commands.helping import Commands, Modules

COMMANDS: Final = Modules(
    account="accounts",
    backup="backup",
    check="check",
    checkpoint="checkpoint",
    demo="demo",
    device="devices",
    key="key",
    media="media",
    migrate="migrate",
    rebuild="rebuilding",
    refused="refused",
    restore="restore",
    serve="serve",
    species="species",
    station="stations",
    subscription="subscriptions",
    synth="synth",
    verify="verifying",
)
"""Of each command the module that has it, which is loaded when it is called."""


@click.group(
    cls=Commands,
    commands=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__)
def main() -> None:
    """Wildlife rescues and road-hazard clearances: a record that can be trusted.

    \b
    To look at it:         wildlife demo
    To run it for real:    wildlife station add …, wildlife account add …, wildlife serve

    Settings come from the environment: WILDLIFE_DATA_DIR (./var), WILDLIFE_PORT (8000),
    WILDLIFE_DATABASE_URL (a PostgreSQL of your own; without it a private one is started in the data
    folder). The README lists them all.

    Exit status: 0 when all is well, 1 when something is not or could not be done, 2 when it was
    called wrongly or a setting is wrong.
    """
    os.umask(0o077)  # what the service and its workers write is for nobody else
