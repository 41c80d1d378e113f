"""How values of PostgreSQL are read and written: times that every zone can tell, and documents."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import msgspec

from db.connection import Connection

# PostgreSQL counts microseconds from here.
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)

# The first and the last time, a day from the ends of Python's calendar, that every zone can tell.
# PostgreSQL holds earlier and later ones, and infinity; what they are read as is the nearest.
_FIRST = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND


async def set_codecs(connection: Connection, zone: tzinfo) -> None:
    """Read and write times of this connection in `zone`, and documents as they are encoded."""

    def decode_time(parts: tuple[int]) -> datetime:
        return (_EPOCH + timedelta(microseconds=_possible(parts[0]))).astimezone(zone)

    def encode_time(time: datetime) -> tuple[int]:
        return ((time - _EPOCH) // _MICROSECOND,)

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


def _possible(microseconds: int) -> int:
    """Reading a row never fails on its times."""
    return min(max(microseconds, _FIRST), _LAST)


# On the wire jsonb is JSON after the number of its format, which is 1.
_JSONB_FORMAT = b"\x01"


def _encode_jsonb(document: bytes) -> bytes:
    """A jsonb parameter is the encoded document."""
    return _JSONB_FORMAT + document


def _decode_jsonb(document: bytes) -> Any:
    """A jsonb column is decoded to builtins."""
    return msgspec.json.decode(document[1:])
