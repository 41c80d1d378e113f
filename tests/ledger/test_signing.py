"""What was signed once is never signed otherwise: a log that was cut short, changed or forked is
refused, and found by whoever kept a checkpoint elsewhere."""

import threading
from base64 import b64decode
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from db.database import Database
from tests.ledger.places import sequenced
from tests.users import Person, entry
from wildlife.ledger import kept as outside
from wildlife.ledger import signing
from wildlife.ledger.kept import keep
from wildlife.ledger.keys import CannotSign, open_signer, renew_key
from wildlife.ledger.notes import Checkpoint, open_checkpoint, read_verifier_key
from wildlife.ledger.signing import Checkpoints
from wildlife.ledger.tree_queries import last_checkpoint, list_keys
from wildlife.ledger.verifying import begin, verify
from wildlife.settings import Settings

LAST = "(select max(position) from ledger)"


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> Settings:
    """With a folder in which checkpoints are kept."""
    outside = tmp_path / "outside"
    outside.mkdir()
    return msgspec.structs.replace(settings, checkpoint_dir=outside)


@pytest.fixture
async def incident(officer: Person) -> str:
    opened = await officer.opened()
    for number in range(3):
        await officer.appended(opened, entry("note", note=f"{number}"))
    return opened


async def signed(database: Database, settings: Settings) -> Checkpoint:
    """What is signed now, and kept outside."""
    await sequenced(database)
    checkpoints = Checkpoints(database, settings)
    await checkpoints.sign_and_keep()
    last = await checkpoints.latest()
    assert last is not None
    async with database.writing() as connection:
        keys = await list_keys(connection)
    return open_checkpoint(last.note, keys[-1])


async def flaws(database: Database, settings: Settings) -> list[str]:
    """What is found, with what is kept outside."""
    found: list[str] = []
    assert settings.checkpoint_dir is not None
    begun = await begin(database, [settings.checkpoint_dir])
    await verify(database, begun, lambda flaw: found.append(flaw.en))
    return found


async def change(database: Database, *statements: str) -> None:
    async with database.writing() as connection:
        for one in statements:
            await connection.execute(one)


async def test_a_size_is_signed_once_and_the_next_extends_it(
    officer: Person, database: Database, kept: Settings, incident: str
) -> None:
    first = await signed(database, kept)
    assert await signed(database, kept) == first
    await officer.appended(incident, entry("note", note="又一次"))
    second = await signed(database, kept)
    assert (first.size + 1, first.origin) == (second.size, second.origin)
    assert kept.checkpoint_dir is not None
    assert len([*kept.checkpoint_dir.iterdir()]) == 2
    assert await flaws(database, kept) == []


async def test_of_two_servers_one_signs_in_each_so_often(
    incident: str, officer: Person, database: Database, settings: Settings
) -> None:
    async def grow() -> None:
        await officer.appended(incident, entry("note", note="又一条"))
        await sequenced(database)

    async def signed_by(server: Checkpoints) -> int:
        await server.sign_and_keep()
        async with database.writing() as connection:
            last = await last_checkpoint(connection)
        return last.number if last else 0

    first, second = Checkpoints(database, settings), Checkpoints(database, settings)
    await sequenced(database)
    assert [await signed_by(first), await signed_by(second)] == [1, 1]
    for number in (2, 3):
        await grow()
        assert await signed_by(first) == number
        await grow()
        assert await signed_by(second) == number, "once in each so often is enough"
    await grow()
    assert await signed_by(second) == 4, "the other may be no more"


async def test_a_folder_outside_that_hangs_takes_one_thread_and_is_gone_on_with_when_it_answers(
    incident: str,
    database: Database,
    kept: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, asked = threading.Event(), list[int]()

    def hang(folder: Path, size: int, note: str) -> None:
        asked.append(size)
        answers.wait(20)
        keep(folder, size, note)

    monkeypatch.setattr(signing, "keep", hang)
    monkeypatch.setattr(outside, "_WITHIN_S", 0.05)
    await sequenced(database)
    server = Checkpoints(database, kept)
    try:
        for _ in range(5):
            with pytest.raises(TimeoutError):
                await server.sign_and_keep()
        assert len(asked) == 1
    finally:
        answers.set()
    monkeypatch.undo()
    await server.sign_and_keep()
    assert kept.checkpoint_dir is not None
    assert len([*kept.checkpoint_dir.iterdir()]) == 1


async def test_a_ledger_that_is_cut_short_with_all_that_named_the_rest_is_refused_and_found(
    officer: Person, database: Database, kept: Settings, incident: str
) -> None:
    size = (await signed(database, kept)).size
    await change(database, f"delete from ledger where position = {LAST}", "delete from checkpoint")
    assert any("it was cut short" in flaw for flaw in await flaws(database, kept))
    with pytest.raises(CannotSign, match=f"does not extend the one of {size}"):
        await Checkpoints(database, kept).latest()


async def test_what_lies_outside_is_found_whatever_it_is_called_and_whoever_signed_less_since(
    database: Database, kept: Settings, incident: str
) -> None:
    size = (await signed(database, kept)).size
    assert kept.checkpoint_dir is not None
    [file] = kept.checkpoint_dir.iterdir()
    file.rename(file.with_name("c2"))
    file.with_name("README.txt").write_text("Nothing here is ever changed.")
    await change(database, f"delete from ledger where position = {LAST}", "delete from checkpoint")
    await Checkpoints(database, replace(kept, checkpoint_dir=None)).latest()
    assert any("it was cut short" in flaw for flaw in await flaws(database, kept))
    with pytest.raises(CannotSign, match=f"does not extend the one of {size}"):
        await Checkpoints(database, kept).latest()


async def test_an_entry_that_is_another_since_it_was_signed_is_refused_and_found(
    officer: Person, database: Database, kept: Settings, incident: str
) -> None:
    await signed(database, kept)
    await change(database, "update ledger set digest = sha256(digest) where position = 0")
    await officer.appended(incident, entry("note", note="又一次"))
    await sequenced(database)
    assert [one for one in await flaws(database, kept) if "are not those that were signed" in one]
    with pytest.raises(CannotSign, match="does not extend"):
        await Checkpoints(database, kept).latest()


async def test_a_database_that_goes_on_from_an_older_backup_is_found_out(
    officer: Person, database: Database, kept: Settings, incident: str
) -> None:
    """As it was restored, it knows nothing of what was signed since."""
    await officer.appended(incident, entry("note", note="在备份之后"))
    await signed(database, kept)
    await change(
        database,
        f"update ledger set digest = sha256(digest) where position = {LAST}",
        "delete from checkpoint",
    )
    with pytest.raises(CannotSign, match="an older backup was restored"):
        await Checkpoints(database, kept).latest()
    assert len(await flaws(database, kept)) == 2  # another root, and not on record
    async with database.transaction() as connection:
        vkey = await renew_key(connection, kept.checkpoint_key_path, None)
    after = await signed(database, kept)
    name, public_key = read_verifier_key(vkey)
    assert after.origin == name
    last = await Checkpoints(database, kept).latest()
    assert last is not None
    assert open_checkpoint(last.note, public_key) == after


async def test_a_key_that_is_gone_or_another_signs_nothing(
    officer: Person, database: Database, kept: Settings, incident: str, tmp_path: Path
) -> None:
    await signed(database, kept)
    await officer.appended(incident, entry("note", note="又一次"))
    await sequenced(database)
    key = kept.checkpoint_key_path
    aside = key.rename(tmp_path / "aside.key")
    with pytest.raises(CannotSign, match="renew-key"):
        await Checkpoints(database, kept).latest()
    key.write_bytes(b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:])
    with pytest.raises(CannotSign, match="is not the key"):
        await Checkpoints(database, kept).latest()
    aside.replace(key)
    assert await Checkpoints(database, kept).latest()


async def test_who_is_cut_off_while_a_key_is_renewed_renews_it_again(
    database: Database, kept: Settings, incident: str
) -> None:
    first = await signed(database, kept)

    class CutOff(Exception):
        pass

    async def cut_off() -> None:
        async with database.transaction() as connection:
            await renew_key(connection, kept.checkpoint_key_path, None)
            raise CutOff

    with pytest.raises(CutOff):
        await cut_off()
    with pytest.raises(CannotSign):
        async with database.transaction() as connection:
            await open_signer(connection, kept.checkpoint_key_path, None)
    async with database.transaction() as connection:
        await renew_key(connection, kept.checkpoint_key_path, None)
    again = await signed(database, kept)
    assert (again.size, again.root, again.origin) == (first.size, first.root, first.origin)
    assert await flaws(database, kept) == []


async def test_a_file_that_no_key_of_the_database_signed_is_named(
    database: Database, kept: Settings, incident: str
) -> None:
    await signed(database, kept)
    assert kept.checkpoint_dir is not None
    [path] = kept.checkpoint_dir.iterdir()
    content = path.read_bytes()
    for at in range(0, len(content), 7):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert await flaws(database, kept) == [
            f"{path} is no checkpoint that a key of this database signed"
        ]
    path.write_bytes(content)
    assert await flaws(database, kept) == []
