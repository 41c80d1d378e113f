"""`python -m wildlife` is `wildlife`."""

from wildlife.commands import main

main()
