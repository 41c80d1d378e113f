"""The SQL of which lists of protection hold."""

from datetime import date

import msgspec

from db.connection import Connection
from db.rows import fetch_all


class ListOfProtection(msgspec.Struct, frozen=True):
    """An announcement by which species are protected."""

    list: str
    title: str
    valid_from: date
    valid_to: date | None


async def lists_of_protection(connection: Connection) -> list[ListOfProtection]:
    """All that the register has, also such as hold no more: a record keeps the class of its day."""
    return await fetch_all(
        connection,
        ListOfProtection,
        """
        select list, title, min(valid_from) as valid_from, max(valid_to) as valid_to
        from protection_list group by list, title order by valid_from, list
        """,
    )
