"""The SQL of what is known again in other incidents."""

from typing import Final

from db.connection import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.timeline.incident import SameMark
from wildlife.words.values import IncidentId

_MOST: Final = 100

_SAME_MARKS: Final = Statement(f"""
    select mark, t.incident_id as id, t.case_number
    from incident t cross join unnest(t.marks) as mark
    where t.marks && :marks::text[] and t.marks <> '{{}}' and mark = any(:marks)
        and t.incident_id <> :incident_id and t.duplicate_of is null and {VISIBLE}
    order by t.found_at desc, t.incident_id, mark
    limit {_MOST}
    """)


async def list_same_marks(
    connection: Connection, actor: Actor, incident_id: IncidentId, marks: list[str]
) -> list[SameMark]:
    """Of other incidents that `actor` may see, those with one of these marks, newest first."""
    values = scope_arguments(actor) | {"incident_id": incident_id, "marks": marks}
    return await _SAME_MARKS.all(connection, SameMark, values)
