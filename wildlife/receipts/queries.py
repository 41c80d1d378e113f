"""The SQL of receipts."""

from typing import Final
from uuid import UUID

from db.connection import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.receipts.model import FoundEntry

_FIND: Final = Statement(f"""
    select e.entry_id, e.canonical, encode(e.sha256, 'hex') as sha256,
        {VISIBLE} and (t.view in ('whole', 'withheld')
            or t.view = 'generalized' and e.sha256 is null)
            as is_visible
    from entry e join incident t using (incident_id)
    where e.entry_id = any(:ids)
        or e.sha256 = any(array(select decode(d, 'hex') from unnest(:digests::text[]) d))
    """)


async def find_entries(
    connection: Connection, actor: Actor, ids: list[UUID], digests: list[str]
) -> list[FoundEntry]:
    """The entries with one of `ids`, or of a photo with one of `digests`; voided ones too, and
    those that `actor` may not see."""
    values = scope_arguments(actor) | {"ids": ids, "digests": digests}
    return await _FIND.all(connection, FoundEntry, values)
