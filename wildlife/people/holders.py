"""Who holds which access token: what the database said is believed for half a second."""

import time
from typing import Final

from db.pool import Database
from wildlife.people.account_queries import access_actor
from wildlife.people.accounts import Actor
from wildlife.people.tokens import token_hash

# A phone that has found its network sends many requests at once, and a page asks for many photos.
# What ends a session ends it here at once, and in every other process after so long.
_HOLDS_S: Final = 0.5

# When so many are known, all are asked for again.
_MOST: Final = 4096


class Holders:
    """The holders of tokens, as the database said less than half a second ago."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, tuple[Actor, float]] = {}
        self._forgotten = 0

    async def holder_of(self, token: str) -> Actor | None:
        """Who holds this access token; None when it is unknown, expired, revoked or disabled."""
        digest = token_hash(token)
        asked_at = time.monotonic()
        if known := self._known.get(digest):
            actor, said_at = known
            if asked_at - said_at < _HOLDS_S:
                return actor
        forgotten = self._forgotten
        async with self._database.identifying() as connection:
            found = await access_actor(connection, digest)
        if len(self._known) >= _MOST:
            self._known.clear()
        if found is None:
            self._known.pop(digest, None)
        elif forgotten == self._forgotten:  # else a session was ended meanwhile
            self._known[digest] = found, asked_at
        return found

    def forget(self) -> None:
        """Ask again about everybody: a session has ended."""
        self._forgotten += 1
        self._known.clear()
