"""Verifying what came since a checkpoint: what it looks at, what it finds, and what it does not."""

from pathlib import Path

import pytest

from db.database import Database
from tests.commandline import Wildlife
from tests.ledger.places import sequenced
from tests.users import Person, entry, rescue
from wildlife.ledger.notes import Checkpoint, Signer
from wildlife.settings import Settings

NOT_SEEN = "what was changed in others is not seen"


async def with_a_note(officer: Person) -> str:
    """An incident of two entries."""
    incident = await officer.opened(rescue())
    await officer.appended(incident, entry("note", note="初次观察"))
    return incident


async def signed(wildlife: Wildlife, database: Database) -> str:
    """The checkpoint over all that there is."""
    await sequenced(database)
    return (await wildlife("checkpoint", "sign")).out


async def change(database: Database, statement: str) -> None:
    """What only somebody with the database's own password can do."""
    async with database.writing() as connection:
        assert not (await connection.execute(statement)).endswith(" 0"), statement


def changed_note(incident: str, before: str, after: str) -> str:
    return (
        f"update entry set canonical = replace(canonical, '{before}', '{after}')"
        f" where incident_id = '{incident}' and seq = 2"
    )


@pytest.fixture
async def untouched(officer: Person) -> str:
    """An incident to which nothing is added later."""
    return await with_a_note(officer)


@pytest.fixture
async def grown(officer: Person) -> str:
    """One to which something is."""
    return await with_a_note(officer)


@pytest.fixture
async def last(
    untouched: str, grown: str, wildlife: Wildlife, database: Database, tmp_path: Path
) -> Path:
    """The checkpoint over both."""
    return kept(tmp_path, await signed(wildlife, database))


def kept(folder: Path, note: str) -> Path:
    path = folder / "last.checkpoint"
    path.write_text(note)
    return path


async def test_only_what_was_added_to_since_is_looked_at_and_the_rest_is_said_to_be_unseen(
    last: Path,
    untouched: str,
    grown: str,
    wildlife: Wildlife,
    database: Database,
    officer: Person,
    settings: Settings,
) -> None:
    nothing = await wildlife("verify", "--since", str(last))
    assert nothing.out.endswith("\n0 chains, 0 flaws\n")
    await officer.appended(grown, entry("note", note="又看了一次"))
    await officer.opened(rescue())
    await signed(wildlife, database)
    ended = await wildlife("verify", "--since", str(last))
    assert ended.out.endswith("\n2 chains, 0 flaws\n")
    assert "ledger: 6 entries, 3 checkpoints, 0 flaws; of the first 4 only" in ended.out
    assert NOT_SEEN in ended.out
    assert not settings.verified_mark.exists()  # for whoever watches, all was not verified

    await change(database, changed_note(untouched, "初次", "末次"))
    assert (await wildlife("verify", "--since", str(last))).err == ""
    assert f"{untouched} entry 2" in (await wildlife("verify", status=1)).err
    await change(database, changed_note(untouched, "末次", "初次"))

    await change(database, changed_note(grown, "初次", "末次"))
    ended = await wildlife("verify", "--since", str(last), status=1)
    assert f"{grown} entry 2" in ended.err
    assert settings.verified_mark.read_text() == "1\n"


async def test_what_no_longer_comes_to_the_root_that_was_signed_is_found_since_then_too(
    last: Path, grown: str, wildlife: Wildlife, database: Database, officer: Person
) -> None:
    await officer.appended(grown, entry("note", note="又看了一次"))
    await signed(wildlife, database)
    salt = "update ledger set salt = '{}' where position = 1"
    async with database.reading() as connection:
        own = await connection.fetchval("select salt from ledger where position = 1")
    await change(database, salt.format("00000000-0000-4000-8000-000000000000"))
    ended = await wildlife("verify", "--since", str(last), status=1)
    assert f"{last}: the first 4 entries of the ledger are not those that were signed" in ended.err
    await change(database, salt.format(own))

    async with database.reading() as connection:
        [added] = await connection.fetch("select * from ledger where position = 4")
    await change(database, "delete from ledger where position = 4")
    ended = await wildlife("verify", "--since", str(last), status=1)
    assert "the ledger had 5 entries, and has 4: it was cut short" in ended.err
    async with database.writing() as connection:
        await connection.execute("insert into ledger values ($1, $2, $3, $4, $5)", *added)

    await change(database, f"delete from entry where entry_id = '{added['entry_id']}'")
    ended = await wildlife("verify", "--since", str(last), status=1)
    assert f"the entry {added['entry_id']} at place 4 of the ledger is gone" in ended.err


async def test_no_other_key_s_checkpoint_is_taken_for_one_up_to_which_all_was_verified(
    wildlife: Wildlife, tmp_path: Path
) -> None:
    other = kept(tmp_path, Signer("other", bytes(32)).sign(Checkpoint("other", 4, bytes(32))))
    ended = await wildlife("verify", "--since", str(other), status=1)
    assert "is no checkpoint that a key of this database signed" in ended.err
    assert ended.out == ""
