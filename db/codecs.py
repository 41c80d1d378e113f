"""How values of PostgreSQL are read and written: times that every zone can tell, and documents."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

import msgspec

from db.connection import Connection

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""From here PostgreSQL counts microseconds."""
MICROSECOND: Final = timedelta(microseconds=1)

# The first and the last time, a day from the ends of Python's calendar, that every zone can tell.
# PostgreSQL holds earlier and later ones, and infinity; what they are read as is the nearest.
_FIRST = (datetime(1, 1, 2, tzinfo=UTC) - EPOCH) // MICROSECOND
_LAST = (datetime(9999, 12, 30, tzinfo=UTC) - EPOCH) // MICROSECOND


async def set_codecs(connection: Connection, zone: tzinfo) -> None:
    """Read and write times of this connection in `zone`, and documents as they are encoded."""

    def decode_time(parts: tuple[int]) -> datetime:
        return time_of(parts[0]).astimezone(zone)

    def encode_time(time: datetime) -> tuple[int]:
        return ((time - EPOCH) // MICROSECOND,)

    await connection.set_type_codec(
        "timestamptz",
        schema="pg_catalog",
        encoder=encode_time,
        decoder=decode_time,
        format="tuple",
    )
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=_encode_jsonb,
        decoder=_decode_jsonb,
        format="binary",
    )


def time_of(microseconds: int) -> datetime:
    """The time so long after `EPOCH`, or the nearest possible: reading a row never fails on its
    times."""
    return EPOCH + timedelta(microseconds=min(max(microseconds, _FIRST), _LAST))


# On the wire jsonb is JSON after the number of its format, which is 1.
_JSONB_FORMAT = b"\x01"


def _encode_jsonb(document: bytes) -> bytes:
    """A jsonb parameter is the encoded document."""
    return _JSONB_FORMAT + document


def _decode_jsonb(document: bytes) -> Any:
    """A jsonb column is decoded to builtins."""
    return msgspec.json.decode(document[1:])
