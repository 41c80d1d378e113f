"""Opaque tokens: random, looked up by their SHA-256, revocable."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from db.connection import Connection
from wildlife.people.accounts import Tokens
from wildlife.people.token_queries import add_tokens
from wildlife.settings import Settings


def token_hash(token: str) -> bytes:
    """What the database knows of a token."""
    return sha256(token.encode()).digest()


async def issue_tokens(
    connection: Connection,
    settings: Settings,
    account_id: UUID,
    session_id: UUID,
    generation: int,
    device_id: UUID | None = None,
    session_ends_at: datetime | None = None,
) -> Tokens:
    """A new pair of tokens for a session, which lasts for longer on a device, and where it is said
    when it ends not beyond that."""
    refresh_s = settings.refresh_token_s if device_id else settings.desk_refresh_token_s
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    holds_s = await add_tokens(
        connection,
        account_id=account_id,
        session_id=session_id,
        generation=generation,
        access_hash=token_hash(access),
        refresh_hash=token_hash(refresh),
        access_for=timedelta(seconds=settings.access_token_s),
        refresh_for=timedelta(seconds=refresh_s),
        device_id=device_id,
        session_ends_at=session_ends_at,
    )
    return Tokens(access, refresh, holds_s)
