"""What is told of what is new."""

from uuid import UUID

import msgspec

from wildlife.kinds import KindName
from wildlife.timeline.answers import ShownEntry


class ListedChange(msgspec.Struct, frozen=True, kw_only=True):
    """变化。An entry that is new, and the incident that it belongs to."""

    incident_id: UUID
    """警情 UUID。The incident that it belongs to."""
    kind: KindName
    """警情种类。What kind of incident it is: `rescue` or `road_hazard`."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    entry: ShownEntry
    """时间线记录。The entry, as its incident's timeline tells it now."""


class Changes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """一批变化。What is new, in the order in which it became so."""

    items: list[ListedChange]
    """本批内容。Each entry comes once."""
    next_cursor: str
    """后续游标。Gets what is new after these, as `cursor`, now or in a year: keep it. It is another
    one each time, also where nothing was new."""
    is_at_end: bool
    """是否已到末尾。Whether there was nothing more then; false: ask again at once."""
    unreadable: list[UUID] = []
    """无法显示的记录。Ids of entries that can't be shown: tell the operator."""
