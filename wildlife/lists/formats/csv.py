"""CSV of a list, written as its rows are read."""

from collections.abc import AsyncGenerator
from typing import Final

from wildlife.lists.formats.format import UNREADABLE, Format, Pages, Telling, text
from wildlife.tables.csv import CsvWriter


async def _write(telling: Telling, pages: Pages) -> AsyncGenerator[bytes, None]:
    flat = telling.flat(telling.labels)
    writer = CsvWriter(flat.columns, telling.labels)
    begun = writer.head()
    async for one in pages:
        lost = [writer.note(f"{UNREADABLE}: {incident_id}") for incident_id in one.unreadable]
        yield b"".join([begun, writer.rows(flat.rows(one.items)), *lost])
        begun = b""


CSV: Final = Format(
    name="csv",
    media_type="text/csv",
    write=_write,
    described=text(
        "CSV 表格。RFC 4180 in UTF-8 with a byte order mark, as Excel needs it: a row for each"
        " item, with columns named by the fields and by their paths (`site.description`), values of"
        " a list parted by `; `. With `labels` the headings are words, times stand in the service's"
        " zone without it, and codes have their labels beside them. A text that a spreadsheet would"
        " take for a formula has an apostrophe before it. What can't be shown is a row of"
        " `unreadable:` and the id of its incident."
    ),
    ending="csv",
)
