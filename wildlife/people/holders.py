"""Who holds which access token: what the database said is believed for half a second, and of who
has sent a request for a second."""

import time
from typing import Final

from db.database import Database
from wildlife.people.account_queries import access_actor, find_actor, session_actor
from wildlife.people.accounts import Actor
from wildlife.people.tokens import token_hash
from wildlife.web.problems import Problem

# A phone that has found its network sends many requests at once, and a page asks for many photos.
# What ends a session ends it here at once, and in every other process after so long.
_HOLDS_S: Final = 0.5

# A body may take hours (`wildlife.web.bodies`). Longer than the above: about what comes at once
# nobody asks twice.
_HOLDS_FOR_A_REQUEST_S: Final = 1.0

# When so many are known, all are asked for again.
_MOST: Final = 4096


class Holders:
    """The holders of tokens, as the database said less than half a second ago."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, Actor] = {}
        self._forgotten_at = 0.0

    async def holder_of(self, token: str) -> Actor | None:
        """Who holds this access token; None when it is unknown, expired, revoked or disabled."""
        digest = token_hash(token)
        asked_at = time.monotonic()
        known = self._known.get(digest)
        if known is not None and asked_at - known.known_at < _HOLDS_S:
            return known
        async with self._database.identifying() as connection:
            found = await access_actor(connection, digest, known_at=asked_at)
        if len(self._known) >= _MOST:
            self._known.clear()
        if found is None:
            self._known.pop(digest, None)
        elif asked_at > self._forgotten_at:  # else a session was ended meanwhile
            self._known[digest] = found
        return found

    async def still(self, actor: Actor) -> Actor:
        """Who asks, as they are now, after what may have taken long: their body has come whole.

        It is their session that has to go on: a token that held when an honest phone began, and has
        expired while a large photo came, loses no photo. Raises Problem: invalid_token where the
        session, the account or the device has ended; forbidden.
        """
        asked_at = time.monotonic()
        is_fresh = asked_at - actor.known_at < _HOLDS_FOR_A_REQUEST_S
        if is_fresh and actor.known_at > self._forgotten_at:
            return actor
        async with self._database.identifying() as connection:
            if actor.session_id is None:
                found = await find_actor(connection, actor.account_id)
            else:
                found = await session_actor(connection, actor.session_id, known_at=asked_at)
        if found is None:
            raise Problem("invalid_token")
        found = found.doing(*actor.verbs)
        found.require(*actor.verbs)
        return found

    def forget(self) -> None:
        """Ask again about everybody: a session has ended."""
        self._forgotten_at = time.monotonic()
        self._known.clear()
