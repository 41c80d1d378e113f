"""Whose an entry is, and what it holds, by its own account. Pure."""

from collections.abc import Collection
from uuid import UUID

import msgspec


class _Account(msgspec.Struct, frozen=True):
    account_id: UUID


class _Image(msgspec.Struct, frozen=True):
    size: int


class _FirstSent(msgspec.Struct, frozen=True):
    by: _Account


class _Facts(msgspec.Struct, frozen=True):
    image: _Image | None = None
    first_sent: _FirstSent | None = None


class _Said(msgspec.Struct, frozen=True):
    actor: _Account
    facts: _Facts


_DECODER = msgspec.json.Decoder(_Said)


class FoundEntry(msgspec.Struct, frozen=True):
    """An entry of a timeline; of a photo with the SHA-256 of its bytes.

    is_visible: whether the asker may see its incident now.
    """

    entry_id: UUID
    canonical: str
    sha256: str | None
    is_visible: bool


class HeldEntry(msgspec.Struct, frozen=True):
    """An entry that the asker may be told of; `size` of its photo's bytes.

    is_told_by_id: whether its id says enough of what the asker has.
    """

    entry_id: UUID
    sha256: str | None
    size: int | None
    is_told_by_id: bool


def held_entry(found: FoundEntry, asker: UUID, named: Collection[str]) -> HeldEntry | None:
    """What of an entry its asker may be told; None where that is nothing, or it can't be read.

    An id is the sender's own word for what they sent. Of somebody else's photo under the same id
    it says nothing of the bytes that the asker has, unless the asker names them, too.

    named: the SHA-256 that were asked for in the same question.
    """
    try:
        said = _DECODER.decode(found.canonical)
    except msgspec.DecodeError:
        return None
    first = said.facts.first_sent
    is_own = asker in (said.actor.account_id, first.by.account_id if first else None)
    if not is_own and not found.is_visible:
        return None
    image = said.facts.image
    if (image is None) != (found.sha256 is None):
        return None
    if image is None or found.sha256 is None:
        return HeldEntry(found.entry_id, None, None, is_told_by_id=True)
    is_told = is_own or found.sha256 in named
    return HeldEntry(found.entry_id, found.sha256, image.size, is_told_by_id=is_told)
