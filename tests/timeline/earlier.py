"""What earlier versions let onto a timeline."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from db.database import Database
from wildlife.kinds import KINDS
from wildlife.timeline import chain, queries
from wildlife.timeline.chain import Facts, Recorded
from wildlife.timeline.entry import Entry
from wildlife.timeline.queries import StoredEntry

WHEN = datetime.fromisoformat("2024-07-30T10:00:00+08:00")


async def let_in(database: Database, incident_id: str, said: Entry) -> None:
    """Put an entry on the timeline that is not taken any more, as 0.1 did: chained, and the
    incident's row ends with it."""
    async with database.transaction() as connection:
        links = await queries.fetch_links(connection, UUID(incident_id))
        opening, _ = KINDS.decode_timeline([link.canonical for link in links])
        last = links[-1]
        recorded: Recorded[Any] = Recorded(
            incident_id=UUID(incident_id),
            seq=last.columns.seq + 1,
            previous=last.digest.hex(),
            received_at=WHEN,
            actor=opening.actor,
            body=said,
            facts=Facts(),
        )
        canonical = chain.encode(recorded)
        digest = chain.digest(canonical)
        stored = StoredEntry(recorded.seq, said.id, canonical, digest)
        added = [(chain.columns_of(recorded), stored)]
        await queries.append_entries(connection, UUID(incident_id), added)
        await connection.execute(
            "update incident set seq = $2, digest = $3 where incident_id = $1",
            UUID(incident_id),
            recorded.seq,
            digest,
        )


def now() -> dict[str, Any]:
    """What every entry says."""
    return {"id": uuid4(), "happened_at": WHEN, "recorded_at": WHEN}
