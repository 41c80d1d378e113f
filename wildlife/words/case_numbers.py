"""Case numbers, where an id is asked for: people know them, and addresses do not take them."""

import re
from typing import Final

from wildlife.words.sentences import Sentence

_CASE_NUMBER: Final = re.compile(r"[0-9]{4,12}-[0-9]{4,8}-[0-9]{1,9}")

_WHOLE: Final = re.compile(r"([0-9]{4,12})-[0-9]{8}-[0-9]{3,9}")


def station_code_in(given: str) -> str | None:
    """The code of the station that it begins with, if it can be a whole case number."""
    whole = _WHOLE.fullmatch(given)
    return whole[1] if whole else None


def how_to_find(given: object) -> Sentence | None:
    """How the id of an incident is found by its case number, where that was given."""
    if not isinstance(given, str) or not _CASE_NUMBER.fullmatch(given):
        return None
    call = f"GET /api/v1/incidents?q={given}"
    return Sentence(
        f"That is a case number: {call} finds the incident's `id`.",
        f"这是警情编号；警情的 `id` 可用 {call} 查询。",
    )
