"""Whose badges they are that reports name: the same few, day after day."""

from collections.abc import Sequence
from typing import Final

from db.database import Database
from wildlife.people.badge_queries import tell_holders

# When so many are known, all are asked for again.
_MOST: Final = 1024


class Crews:
    """Who was named together, as the database said when it was asked last.

    It may say otherwise by now, so this alone decides nothing: the statement that writes it down
    compares the two, and whoever is told that they differ forgets it here, and asks again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, ...], str] = {}

    async def of(self, badges: Sequence[str]) -> str:
        """The holders of these badges, in the words of `tell_holders`."""
        crew = tuple(badges)
        if (known := self._known.get(crew)) is not None:
            return known
        async with self._database.reading() as connection:
            told = await tell_holders(connection, crew)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[crew] = told
        return told

    def forget(self, badges: Sequence[str]) -> None:
        """Ask again about these."""
        self._known.pop(tuple(badges), None)
