"""What an earlier version let onto a timeline neither hides a page nor blocks what comes after."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from db.database import Database
from media.vault import open_vault
from tests.timeline.earlier import let_in, now
from tests.users import Person, entry, rescue
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline import queries
from wildlife.timeline.entry import Amendment, Closing
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify
from wildlife.words.vocabularies import ClosingReason


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
    amendment = Amendment(**now(), entry_id=UUID(opening["id"]), changes=changes)
    await let_in(database, opening["id"], amendment)
    vault, policy = open_vault(settings.key_path), read_policy(None)
    assert [one.flaws async for one in verify(database, KINDS, vault)] == [[]]
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
    await officer.appended(
        opening["id"], entry("care", "2024-07-31T10:00:00+08:00", animal=1, feeding="小鱼")
    )
    assert msgspec.json.encode(await officer.read(f"/incidents/{opening['id']}"))


async def test_half_a_point_that_is_not_taken_any_more_still_counts(
    officer: Person, database: Database
) -> None:
    incident_id = await officer.opened()
    changes = {"place": {"point": {"longitude": 117.6}}}
    await let_in(
        database, incident_id, Amendment(**now(), entry_id=UUID(incident_id), changes=changes)
    )
    point = (await officer.read(f"/incidents/{incident_id}"))["place"]["point"]
    await officer.appended(incident_id, entry("note", note="又去看了一次"))
    after = (await officer.read(f"/incidents/{incident_id}"))["place"]["point"]
    assert after["longitude"] == 117.6
    assert after == point | {"longitude": 117.6}


async def test_duplicates_that_are_not_taken_any_more_still_fold(
    officer: Person, database: Database, settings: Settings
) -> None:
    """0.1 looked at no original: of itself, of nothing, of each other, of what is not there."""
    one, other, itself, nothing, unknown = [await officer.opened() for _ in range(5)]
    for incident_id, original in (
        (one, UUID(other)),
        (other, UUID(one)),
        (itself, UUID(itself)),
        (nothing, None),
        (unknown, uuid4()),
    ):
        closing = Closing(**now(), reason=ClosingReason.DUPLICATE, duplicate_of=original)
        await let_in(database, incident_id, closing)
    rebuilt = rebuild(database, KINDS, read_policy(None), settings.zone)
    assert [flaw async for one in rebuilt for flaw in one.flaws] == []
    for incident_id in (one, other, itself, nothing, unknown):
        assert (await officer.read(f"/incidents/{incident_id}"))["state"] == "closed"
        note = entry("note", "2024-07-31T10:00:00+08:00", note="补记")
        await officer.appended(incident_id, note)
    # Of itself or of nothing is no duplicate: nothing would be listed in its place.
    listed = {one["id"] for one in (await officer.read("/incidents"))["items"]}
    assert listed == {itself, nothing}
    # Whoever looks after them finds the others, and what leads in a circle ends nobody's work.
    further = await officer.opened()
    closing_ = entry("closing", reason="duplicate", duplicate_of=one)
    await officer.appended(further, closing_)
    everything = (await officer.read("/incidents?duplicates=include"))["items"]
    assert {other, one, unknown, further} < {one["id"] for one in everything}


@pytest.mark.parametrize("path", [(), ("place",), ("place", "point"), ("animals", 0)])
async def test_a_field_that_this_version_does_not_know_costs_itself_and_no_more(
    officer: Person, database: Database, path: tuple[str | int, ...]
) -> None:
    """A later version's, which wrote while this one still served; or one that is gone."""
    opening = rescue()
    await officer.opened(opening)
    async with database.reading() as connection:
        [link] = await queries.fetch_links(connection, UUID(opening["id"]))
    known = KINDS.decode(link.canonical)
    said = msgspec.json.decode(link.canonical)
    inner = said["body"]
    for step in path:
        inner = inner[step]
    inner |= {"colour": "black", "and": {"more": [1]}}
    assert KINDS.decode(msgspec.json.encode(said).decode()) == known
