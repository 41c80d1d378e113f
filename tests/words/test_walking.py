"""What is looked for in a body is found wherever it may stand: no field is passed over that the
type of another one hides."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec
import pytest

from tests.bodies import full_entries, full_hazard, full_photo, full_rescue
from wildlife.kinds import KINDS
from wildlife.web.decoding import decode
from wildlife.web.within import texts_with_paths, times_with_paths
from wildlife.words.structs import texts

_ID = "01912f6e-0000-7000-8000-000000000001"

_OPENINGS = [full_rescue(), full_hazard()]
_ENTRIES = [
    {name: _ID if value is ... else value for name, value in one.items()}
    for one in [*full_entries(), full_photo(_ID)]
]


def _everything(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value in a body with its path, whatever the types say."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _everything(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _everything(one, f"{path}[{index}]")
    else:
        yield path, value


@pytest.mark.parametrize(
    ("given", "type_"),
    [
        *((one, KINDS.opening) for one in _OPENINGS),
        *((one, KINDS.entry) for one in _ENTRIES),
    ],
    ids=[one.get("type") or one["kind"] for one in (*_OPENINGS, *_ENTRIES)],
)
def test_every_time_and_every_text_of_a_body_is_found(given: dict[str, Any], type_: Any) -> None:
    body: Any = decode(msgspec.json.encode(given), type_)
    there = [*_everything(body)]
    times = [one for one in there if isinstance(one[1], datetime)]
    written = [one for one in there if isinstance(one[1], str) and not isinstance(one[1], Enum)]
    assert times
    assert times_with_paths(body) == times
    assert texts_with_paths(body) == written
    # Of a correction, what it says is no field.
    said = [*written, *(("", text) for text in given.get("changes", {}).values())]
    assert sorted(texts(body)) == sorted(text for _, text in said)
