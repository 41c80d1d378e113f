"""NDJSON: a line of JSON for each row, as JSON says it, written as they are read."""

from collections.abc import AsyncGenerator
from typing import Final

import msgspec

from wildlife.lists.formats.format import UNREADABLE, Format, Pages, Telling, text

_LINE_ENDS: Final = {one.encode(): f"\\u{ord(one):04x}".encode() for one in ("\u2028", "\u2029")}


async def _write(telling: Telling, pages: Pages) -> AsyncGenerator[bytes, None]:
    as_json = telling.as_json()
    async for one in pages:
        shown = [as_json(item) for item in one.items]
        lost = [{UNREADABLE: incident_id} for incident_id in one.unreadable]
        if shown or lost:
            yield _in_one_line(msgspec.json.Encoder().encode_lines([*shown, *lost]))


def _in_one_line(lines: bytes) -> bytes:
    """With the characters escaped at which Python and others end a line, as JSON may."""
    for raw, escaped in _LINE_ENDS.items():
        if raw in lines:
            lines = lines.replace(raw, escaped)
    return lines


NDJSON: Final = Format(
    name="ndjson",
    media_type="application/x-ndjson",
    write=_write,
    described=text(
        "逐行 JSON。Newline-delimited JSON: a line for each item of the list, as it is in JSON;"
        ' what can\'t be shown is a line `{"unreadable": …}` with the id of its incident.'
    ),
    ending="ndjson",
)
