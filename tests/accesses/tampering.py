"""What somebody may do to the log of three days (`three_days`), and who finds it."""

from typing import Final

from db.database import Database
from wildlife.accesses.chain import Day

# Each of what somebody may do to the log of three days with five accesses each, the last day's with
# one more, and the beginning of what is said of it.
TAMPERED: Final[dict[str, tuple[str, list[tuple[int, int | None, str]]]]] = {
    "changed": ("update access set query = 'x' where {day} = 2 and seq = 3", [(2, 3, "it is not")]),
    "removed at the end": (
        "delete from access where {day} = 2 and seq = 5",
        [(2, None, "access 5")],
    ),
    "removed in the middle": (
        "delete from access where {day} = 2 and seq = 3",
        [(2, 4, "access 3 is missing"), (2, 4, "it is not")],
    ),
    "removed at the beginning": (
        "delete from access where {day} = 2 and seq = 1",
        [(2, 2, "access 1 is missing"), (2, 2, "it is not")],
    ),
    "an access too many": (
        "insert into access select day, 6, accessed_at, account_id, station_ids, device_id,"
        " address, reading, incident_id, photo_id, listed, query, digest from access"
        " where {day} = 2 and seq = 5",
        [(2, None, "it has 6 accesses, and says that it has 5")],
    ),
    "removed at the end, and the day told so": (
        "with gone as (delete from access where {day} = 2 and seq = 5)"
        " update access_day set count = 4, digest = (select digest from access"
        " where {day} = 2 and seq = 4) where {day} = 2",
        [(3, None, "it does not follow the day")],
    ),
    "a day removed": (
        "with gone as (delete from access where {day} = 2) delete from access_day where {day} = 2",
        [(3, None, "it does not follow the day")],
    ),
    "a day removed from the days alone": (
        "delete from access_day where {day} = 2",
        [(2, None, "the day is missing"), (3, None, "it does not follow")],
    ),
    "all of a day removed": (
        "delete from access where {day} = 2",
        [(2, None, "access 1 is missing")],
    ),
    "moved to another day": (
        "update access set day = day - 1, seq = 6 where {day} = 2 and seq = 5",
        [(1, None, "it has 6"), (2, None, "access 5 is missing")],
    ),
    "without its digest": (
        "alter table access drop constraint access_is_chained;"
        " update access set digest = null, seq = 0 where {day} = 2 and seq = 5",
        [(2, None, "it has no digest"), (2, None, "access 5 is missing")],
    ),
}


async def days(database: Database) -> list[Day]:
    """How each day ends, as the log says."""
    async with database.reading() as connection:
        return [Day(*row) for row in await connection.fetch("select * from access_day order by 1")]
