"""An entry that is committed after others that were written later."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import pytest_asyncio

from db.connection import Connection
from tests.changes.readers import changes, ids
from tests.db.sessions import session
from tests.serving import until
from tests.users import Person, entry
from wildlife.settings import Settings

LATE: Final = "迟到"
_HELD: Final = 7_215_042


@pytest_asyncio.fixture
async def owner(settings: Settings) -> AsyncIterator[Connection]:
    """Holds up the commit of whatever says that it is late."""
    async with session(settings.owner_database_url or "") as owner:
        await owner.execute(
            f"""
            create function hold_up() returns trigger language plpgsql as $$
            begin
                if new.canonical like '%{LATE}%' then
                    perform pg_advisory_xact_lock_shared({_HELD});
                end if;
                return null;
            end $$;
            create constraint trigger held_up after insert on entry
                deferrable initially deferred for each row execute function hold_up();
            """
        )
        await owner.execute("select pg_advisory_lock($1)", _HELD)
        yield owner


async def test_what_is_committed_late_is_told_late_and_not_skipped(
    officer: Person, other_officer: Person, auditor: Person, owner: Connection, bird: str
) -> None:
    late = entry("note", note=LATE)
    cursor = (await changes(auditor))["next_cursor"]
    filing = asyncio.create_task(officer.appended(bird, late))

    async def is_held() -> bool:
        return bool(
            await owner.fetchval(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            )
        )

    await until(is_held)
    rock = await other_officer.opened()
    meanwhile = await changes(auditor, cursor)
    assert ids(meanwhile["items"]) == [rock]
    await owner.execute("select pg_advisory_unlock($1)", _HELD)
    await filing
    assert ids((await changes(auditor, meanwhile["next_cursor"]))["items"]) == [late["id"]]
