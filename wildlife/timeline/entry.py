"""What all entries of a timeline have in common."""

from uuid import UUID

import msgspec

from wildlife.words.values import Instant, Text


class Entry(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="type",
):
    """One thing that somebody says happened. The id may come from the phone (UUIDv7)."""

    id: UUID
    happened_at: Instant
    """When it happened in the world."""
    recorded_at: Instant
    """When the phone recorded it, by the phone's clock."""
    note: Text | None = None


class Impossible(msgspec.Struct, frozen=True):
    """Why an entry can't be at its place in a timeline, and what could."""

    reason: str
    reason_zh: str
    possible: list[str] = []
