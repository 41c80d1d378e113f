"""Answers that are streamed, compressed on their way."""

import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

# gzip, quick: tables become a tenth of their size by the least that it can do.
_GZIP: Final = 16 + zlib.MAX_WBITS
_LEVEL: Final = 1


async def gzipped(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The same as gzip. What is there is sent, and waits for nothing that comes later."""
    compressor = zlib.compressobj(_LEVEL, wbits=_GZIP)
    async with aclosing(pieces):
        async for piece in pieces:
            if piece:
                yield compressor.compress(piece) + compressor.flush(zlib.Z_SYNC_FLUSH)
    yield compressor.flush()
