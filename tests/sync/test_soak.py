"""A slice of the soak (`bench/soak.py`): its phones, its readers and its counting."""

from bench.province import ENTRIES, GROUP, Phones
from bench.servers import memories_mb
from bench.soak import WINDOWS, Taken, soak
from db.database import Database
from tests.serving import killable
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings

INCIDENTS = 20


async def test_phones_at_full_speed_find_all_they_sent_and_every_entry_is_heard_of_once(
    settings: Settings, sessions: dict[str, Tokens], database: Database
) -> None:
    assert settings.owner_database_url is not None
    tokens = [sessions[badge].access_token for badge in ("150425001", "150723001")]
    with killable(settings) as server:
        soaked = await soak(
            server.port,
            settings.owner_database_url,
            Phones(tokens, INCIDENTS, connections=4),
            sessions["auditor"].access_token,
            lambda: Taken(memories_mb(server.pids[0]), 0),
        )
    noted, all_ = soaked.noted, INCIDENTS * ENTRIES
    assert noted.errors == {}
    assert len(noted.entries) == len(soaked.heard) == all_
    assert {*soaked.heard} == noted.entries
    assert (noted.photos, noted.again) == (INCIDENTS, GROUP * ENTRIES)
    assert len(soaked.windows) == WINDOWS
    assert all(one.taken.memory_mb["worker 1"] > 50 for one in soaked.windows)
    async with database.reading() as connection:
        rows = await connection.fetchrow(
            "select (select count(*) from incident where view = 'whole') as incidents,"
            " (select count(*) from entry) as entries"
        )
    assert rows is not None
    assert [*rows] == [INCIDENTS, all_]
