"""The timeline as it is read: every entry where it belongs, as amendments have it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.correcting import correct, order
from wildlife.timeline.entry import Opening
from wildlife.timeline.kind import Kinds
from wildlife.timeline.queries import HeldEntry, StoredEntry
from wildlife.web.problems import FieldError, Problem


def in_order(kinds: Kinds, held: Sequence[HeldEntry]) -> list[StoredEntry]:
    """The entries of a timeline in the order in which things happened, the opening first, with what
    later ones did to them.

    What was amended stands where it now belongs; what was voided, where it stood. One that can't be
    read stands where its columns say.
    """
    place = _places(kinds, held)
    targets: dict[str, dict[UUID | None, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for one in held:
        targets[one.type][one.target_id].append(one.entry_id)
    return [
        StoredEntry(
            one.seq,
            one.entry_id,
            one.canonical,
            one.digest,
            voided_by=next(iter(targets["void"][one.entry_id]), None),
            amended_by=targets["amendment"][one.entry_id],
        )
        for one in sorted(held, key=place)
    ]


def entries_after(entries: list[StoredEntry], entry_id: UUID) -> list[StoredEntry]:
    """Those behind one of them. Raises Problem invalid_parameter where it is none of them."""
    for number, one in enumerate(entries, start=1):
        if one.entry_id == entry_id:
            return entries[number:]
    expected = "the next_cursor of the page before"
    raise Problem("invalid_parameter", FieldError("cursor", str(entry_id), expected))


def readable(
    kinds: Kinds, held: Sequence[HeldEntry]
) -> tuple[RecordedOpening | None, list[RecordedEntry]]:
    """The opening and the entries, in the same order, of those that can be read."""
    opening, entries = None, list[RecordedEntry]()
    for one in held:
        try:
            recorded = kinds.decode(one.canonical)
        except (msgspec.MsgspecError, UnicodeError):
            continue
        if isinstance(recorded.body, Opening):
            opening = recorded
        else:
            entries.append(recorded)
    return opening, entries


def _places(kinds: Kinds, held: Sequence[HeldEntry]) -> Callable[[HeldEntry], Any]:
    opening, said = readable(kinds, held)
    entries = {recorded.body.id: recorded for recorded in said}
    if opening is not None:
        entries |= correct(opening, said).entries

    def place(one: HeldEntry) -> Any:
        if (recorded := entries.get(one.entry_id)) is not None:
            return one.seq > 1, *order(recorded)
        return one.seq > 1, one.happened_at, one.recorded_at, 0, one.entry_id

    return place
