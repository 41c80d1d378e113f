"""Who makes an export: one of them at a time, whoever says so."""

from contextlib import ExitStack
from datetime import timedelta

from db.database import Database
from media.spool import Spool
from tests.exports.made import begun
from tests.serving import until
from tests.users import API, Person
from wildlife.exports.claim_queries import (
    Claimed,
    claim_export,
    hold_export,
    name_file,
    release_claim,
)
from wildlife.settings import Settings

LEASE = timedelta(seconds=30)


async def claimed_of(database: Database) -> Claimed:
    async with database.writing() as connection:
        claimed = await claim_export(connection, LEASE)
    assert claimed is not None
    return claimed


async def test_who_let_an_export_go_has_no_say_in_it_any_more(
    official: Person, database: Database, settings: Settings
) -> None:
    """Not even where the attempt of who has it now is the first again."""
    with ExitStack() as stack:

        async def is_alone() -> bool:
            return stack.enter_context(Spool(settings.media_dir).alone())

        await until(is_alone)  # the service itself makes none meanwhile
        export_id = await begun(official, f"{API}/releases?format=csv")
        before = await claimed_of(database)
        async with database.writing() as connection:
            assert await hold_export(
                connection, before, lease=LEASE, bytes_=7, rows=1, expected_rows=2
            )
        assert (await official.read(f"/exports/{export_id}"))["bytes"] == 7
        async with database.writing() as connection:
            await release_claim(connection, before)
        told = await official.read(f"/exports/{export_id}")
        assert (told["state"], told["bytes"], told.get("rows")) == ("waiting", 0, None)
        now = await claimed_of(database)
        assert now.attempts == before.attempts == 1
        async with database.writing() as connection:
            assert not await name_file(connection, before, sha256="ab", lease=LEASE)
            assert not await hold_export(
                connection, before, lease=LEASE, bytes_=9, rows=1, expected_rows=2
            )
            await release_claim(connection, before)
            assert await name_file(connection, now, sha256="cd", lease=LEASE)
