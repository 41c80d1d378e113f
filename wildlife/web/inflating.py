"""Bodies that come compressed: read as far as they may be large, and no further, since a thousandth
of what they are when they are read is enough to send."""

import zlib
from typing import Final

from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

ENCODINGS: Final = ("gzip", "zstd")

# Of gzip its header and its end, too; of zstd what the standard asks of whoever reads it (8 MiB).
_GZIP: Final = 16 + zlib.MAX_WBITS
_WINDOW: Final[dict[int, int]] = {DecompressionParameter.window_log_max: 23}

_BROKEN: Final = Sentence(
    "The body is not compressed as `Content-Encoding` says, or broke off. Send it again, whole.",
    "请求内容不是 `Content-Encoding` 所说的压缩格式，或内容中断。请完整地重新发送。",
)


def inflated(body: bytes, encoding: str, most: int) -> bytes:
    """The body as it was before it was compressed, of at most so many bytes; it may be of several
    pieces, as both formats have them.

    Raises Problem: body_too_large, bad_request.
    """
    pieces, room = list[bytes](), most
    while body:
        try:
            piece, is_whole, body = _piece(body, encoding, room + 1)
        except (zlib.error, ZstdError):
            raise Problem("bad_request", said=_BROKEN) from None
        if len(piece) > room:
            raise Problem("body_too_large", expected=str(most))
        if not is_whole:
            raise Problem("bad_request", said=_BROKEN)
        pieces.append(piece)
        room -= len(piece)
    return b"".join(pieces)


def _piece(body: bytes, encoding: str, most: int) -> tuple[bytes, bool, bytes]:
    """The first piece, read as far as `most`; whether that is all of it; what is behind it."""
    if encoding == "gzip":
        gzip = zlib.decompressobj(_GZIP)
        return gzip.decompress(body, most), gzip.eof, gzip.unused_data
    zstd = ZstdDecompressor(options=_WINDOW)
    return zstd.decompress(body, most), zstd.eof, zstd.unused_data
