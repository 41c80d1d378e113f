"""The command line: `wildlife --help`.

The table of the commands: `main`. The commands: `accounts` (with `appointments` and `passwords`),
`stations`, `devices`, `species`, `key`, `media`, `database`, `migrate`, `verifying`, `check`,
`demo`, `synth`, `serve` (with `preparing` and `server`). What carries them: `running` and `tables`
(databases), `parts` (what `check` looks at) and `start_parts` (what of it a start needs), `holding`
and `data_folder` (what a service has for itself), `faults`, `database_faults` and `wrong` (what is
said when something is), `arguments` (what may be given), `showing`, `helping` and `chinese` (how it
is said).
"""

from wildlife.commands.main import main

__all__ = ["main"]
