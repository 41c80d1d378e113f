"""The command line: `wildlife --help`."""

from wildlife.commands.main import main

__all__ = ["main"]
