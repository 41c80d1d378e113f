"""Case numbers, where an id is asked for: people know them, and addresses do not take them."""

import re
from typing import Final, NamedTuple

from wildlife.words.sentences import Sentence

_CASE_NUMBER: Final = re.compile(r"[0-9]{4,12}-[0-9]{4,8}-[0-9]{1,9}")

_BEGINNING: Final = re.compile(r"([0-9]{4,12})-([0-9]{8})(?:-([0-9]{0,9}))?")
_SHORTEST_RUN: Final = 3


class Parts(NamedTuple):
    """What a case number, or the beginning of one, consists of."""

    station: str
    day: str
    is_whole: bool


def parts_of(given: str) -> Parts | None:
    """Those of what can be a case number, or begin one behind the day."""
    match = _BEGINNING.fullmatch(given)
    return match and Parts(match[1], match[2], len(match[3] or "") >= _SHORTEST_RUN)


def how_to_find(given: object) -> Sentence | None:
    """How the id of an incident is found by its case number, where that was given."""
    if not isinstance(given, str) or not _CASE_NUMBER.fullmatch(given):
        return None
    call = f"GET /api/v1/incidents?q={given}"
    return Sentence(
        f"That is a case number: {call} finds the incident's `id`.",
        f"这是警情编号；警情的 `id` 可用 {call} 查询。",
    )
