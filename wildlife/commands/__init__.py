"""The command line: `wildlife --help`.

The commands: `main`, `accounts`, `appointments`, `stations`, `species`, `key`, `media`, `database`,
`check`, `demo`, `serving`. What carries them: `running` and `preparing` (databases), `conditions`
and `parts` (what a start needs), `faults` and `wrong` (what is said when something is), `showing`,
`helping` and `chinese` (how it is said).
"""

from wildlife.commands.main import main

__all__ = ["main"]
