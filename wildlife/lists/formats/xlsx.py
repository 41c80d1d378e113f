"""XLSX: written aside, and sent when it is whole, since what is in it stands at its end.

Beside the tables a sheet says what was asked, by whom, when, and by which register.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from anyio import to_thread
from litestar.openapi.spec import OpenAPIFormat, OpenAPIType, Schema

from media.spool import Spool
from wildlife.lists.formats.about import about, counted
from wildlife.lists.formats.about_queries import ListOfProtection, lists_of_protection
from wildlife.lists.formats.format import UNREADABLE, Asking, Format, Pages, Telling
from wildlife.tables.columns import in_language
from wildlife.tables.xlsx import XlsxWriter
from wildlife.web.negotiation import XLSX as XLSX_TYPE
from wildlife.words.sentences import Sentence

_PIECE_BYTES: Final = 256 * 1024
_ROWS_AT_ONCE: Final = 200
"""The thread that writes holds the interpreter: between two pieces of work others come first."""
_ABOUT: Final = Sentence("About", "说明")

_turn: Final = asyncio.Semaphore(1)
"""Writing takes all that a core has: workbooks are written a piece of one and then of another."""


async def in_turn(write: Callable[..., None], *args: Any) -> None:
    """Let `write` be done in a thread when it is its turn."""
    async with _turn:
        await to_thread.run_sync(write, *args)


Fill: TypeAlias = Callable[[XlsxWriter, str], Awaitable[Iterable[tuple[str, str]]]]
"""Writes the tables in a language, and answers what is known of them then."""


async def workbook(
    asking: Asking, fill: Fill, register: Sequence[ListOfProtection] | None = None
) -> AsyncGenerator[bytes, None]:
    """The workbook that `fill` writes, in pieces; after its tables comes what it is about.

    register: the lists of protection by which it is told; None: all that there are.
    """
    language = asking.language
    if register is None:
        async with asking.service.database.reading() as connection:
            register = await lists_of_protection(connection)
    said = about(asking, language, register)
    with Spool(asking.service.settings.media_dir).folder() as folder:
        path = folder / "table.xlsx"
        writer = XlsxWriter(path, language)
        said += await fill(writer, language)
        # Not in turn: what is compressed lets others have the interpreter, and takes long.
        await to_thread.run_sync(writer.close, in_language(_ABOUT, language), said)
        file = await to_thread.run_sync(path.open, "rb")
    # No name leads to it any more: it is gone when it is sent, or given up.
    with file:
        while piece := await to_thread.run_sync(file.read, _PIECE_BYTES):
            yield piece


def _write(telling: Telling, pages: Pages) -> AsyncGenerator[bytes, None]:
    async def fill(writer: XlsxWriter, language: str) -> list[tuple[str, str]]:
        flat = telling.flat(language)
        writer.begin(in_language(telling.called, language), flat.columns)
        cursor: str | None = None
        count, lost, is_all = 0, 0, "cursor" not in telling.request.query_params
        async for one in pages:
            for start in range(0, max(len(one.items), 1), _ROWS_AT_ONCE):
                rows = one.items[start : start + _ROWS_AT_ONCE]
                await in_turn(writer.rows, flat.rows(rows))
            for incident_id in one.unreadable:
                writer.note(f"{UNREADABLE}: {incident_id}")
            count, lost = count + len(one.items), lost + len(one.unreadable)
            cursor = one.next_cursor
        return counted(language, count, lost, is_all=is_all and cursor is None)

    return workbook(telling, fill)


XLSX: Final = Format(
    name="xlsx",
    media_type=XLSX_TYPE,
    write=_write,
    described=Schema(
        type=OpenAPIType.STRING,
        format=OpenAPIFormat.BINARY,
        description="Excel 工作簿。A workbook: the columns of CSV, with headings and labels in the"
        " language of `labels`, or else in the reader's; texts, numbers, truths and times (in the"
        " service's zone) as what they are; a further sheet where one is full. The last sheet"
        " says what was asked, by whom, when, and by which register. It begins to come when it is"
        " whole.",
    ),
    ending="xlsx",
    gains=False,
)
