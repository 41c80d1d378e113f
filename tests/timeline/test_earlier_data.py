"""What an earlier version let onto a timeline neither hides a page nor blocks what comes after."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from db.pool import Database
from media.vault import open_vault
from tests.users import Person, entry, rescue
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline import chain, queries
from wildlife.timeline.chain import Facts, Recorded
from wildlife.timeline.entry import Amendment
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify

WHEN = datetime.fromisoformat("2024-07-30T10:00:00+08:00")


async def let_in(database: Database, incident_id: str, changes: dict[str, Any]) -> None:
    """Put an amendment on the timeline that is not taken any more, as 0.1 did: chained, and the
    incident's row ends with it."""
    async with database.transaction() as connection:
        links = await queries.fetch_links(connection, UUID(incident_id))
        opening, _ = KINDS.decode_timeline([link.canonical for link in links])
        last = links[-1]
        amendment: Recorded[Any] = Recorded(
            incident_id=UUID(incident_id),
            seq=last.columns.seq + 1,
            previous=last.digest.hex(),
            received_at=WHEN,
            actor=opening.actor,
            body=Amendment(
                id=uuid4(),
                happened_at=WHEN,
                recorded_at=WHEN,
                entry_id=UUID(incident_id),
                changes=changes,
            ),
            facts=Facts(),
        )
        canonical = chain.encode(amendment)
        digest = chain.digest(canonical)
        await queries.append_entry(
            connection, UUID(incident_id), chain.columns_of(amendment), canonical, digest
        )
        await connection.execute(
            "update incident set seq = $2, digest = $3 where incident_id = $1",
            UUID(incident_id),
            amendment.seq,
            digest,
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"found_at": "0001-01-01T00:00:00Z"},
        {"found_at": "0001-01-01T00:00:00+14:00"},
        {"found_at": "9999-12-31T23:59:59-14:00"},
        {"place": {"region_code": "1５0４２５"}},
        {"place": {"region_code": "150425\n"}},
        {"summary": 7},
    ],
)
async def test_an_amendment_that_is_not_taken_any_more_counts_for_nothing(
    officer: Person, official: Person, database: Database, settings: Settings, changes: Any
) -> None:
    opening = rescue()
    await officer.opened(opening)
    others = await officer.opened()
    await let_in(database, opening["id"], changes)
    vault, policy = open_vault(settings.key_path), read_policy(None)
    assert [flaws async for _, flaws in verify(database, KINDS, vault) if flaws] == []
    assert [
        one.flaws async for one in rebuild(database, KINDS, policy, settings.zone) if one.flaws
    ] == []
    for person in (officer, official):
        listed = [one["id"] for one in (await person.read("/incidents"))["items"]]
        assert sorted(listed) == sorted([opening["id"], others])
    shown = await officer.read(f"/incidents/{opening['id']}")
    assert shown["found_at"] == opening["found_at"]
    assert shown["summary"] == opening["summary"]
    # It stands on the timeline as it was said, and does not stop what is right.
    said = (await officer.read(f"/incidents/{opening['id']}/entries"))["items"]
    assert said[-1]["body"]["changes"] == changes
    await officer.appended(opening["id"], entry("care", "2024-07-31T10:00:00+08:00", animal=1))
    assert msgspec.json.encode(await officer.read(f"/incidents/{opening['id']}"))
