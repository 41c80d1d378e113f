"""Whoever has the verifier key verifies the ledger from outside, by checkpoint and tiles alone."""

from hashlib import sha256
from typing import Any

import pytest
from httpx import AsyncClient

from db.database import Database
from tests.ledger.places import sequenced
from tests.users import Person, entry
from wildlife.ledger.keys import open_signer
from wildlife.ledger.notes import open_note, read_checkpoint, read_verifier_key
from wildlife.ledger.tree import WIDTH, Growing, leaf_hash, root_of
from wildlife.settings import Settings


@pytest.fixture
async def incident(officer: Person, database: Database) -> str:
    """One whose entries are more than a tile holds."""
    opened = await officer.opened()
    for start in range(0, WIDTH + 6, 64):
        notes = [
            {"incident_id": opened, "entry": entry("note", note=f"{start + n}")} for n in range(64)
        ]
        assert (await officer.post("/sync", {"items": notes})).status_code == 200
    await sequenced(database)
    return opened


async def content(person: Person, path: str) -> bytes:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    return answer.content


def parted(tile: bytes) -> list[bytes]:
    return [tile[at : at + 32] for at in range(0, len(tile), 32)]


async def timeline(person: Person, incident: str) -> list[Any]:
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await person.read(f"/incidents/{incident}/entries", params=cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_the_root_is_that_of_the_tiles_and_they_are_of_what_the_timelines_tell(
    auditor: Person, incident: str, database: Database, settings: Settings
) -> None:
    note = (await content(auditor, "/checkpoint")).decode()
    async with database.transaction() as connection:
        vkey = (await open_signer(connection, settings.checkpoint_key_path, None)).verifier_key
    checkpoint = read_checkpoint(open_note(note, *read_verifier_key(vkey)))
    entries = await timeline(auditor, incident)
    assert checkpoint.size == len(entries) > WIDTH
    rest = checkpoint.size - WIDTH

    full = parted(await content(auditor, "/tile/0/000"))
    partial = parted(await content(auditor, f"/tile/0/001.p/{rest}"))
    growing = Growing()
    growing.add([*full, *partial])
    assert growing.root() == checkpoint.root
    assert await content(auditor, "/tile/1/000.p/1") == root_of(full)

    bundles = [
        await content(auditor, f"/tile/entries/{index}") for index in ("000", f"001.p/{rest}")
    ]
    leaves = [
        bundle[at + 2 : at + 50]
        for bundle in bundles
        for at in range(0, len(bundle), 50)
        if bundle[at : at + 2] == b"\0\x30"
    ]
    assert [leaf_hash(one) for one in leaves] == [*full, *partial]
    in_turn = sorted(entries, key=lambda one: int(one["seq"]))
    assert [one[16:].hex() for one in leaves] == [one["digest"] for one in in_turn]


@pytest.mark.parametrize(
    "index",
    [
        *("", "0", "00", "0000", "000.p/0", "000.p/256", "000.p/257", "000.p/01", "x000/000"),
        *("002", "001", "001.p/255", "x001/234", "-01", "000.p/", "000/p/1", "000/..", "０００"),
    ],
)
async def test_what_is_no_tile_is_not_found(auditor: Person, incident: str, index: str) -> None:
    for level in ("0", "entries"):
        assert (await auditor.get(f"/tile/{level}/{index}")).status_code in (404, 405), index


@pytest.mark.parametrize("level", ["1", "2", "8", "63", "00", "-1", "data", "１"])
async def test_what_is_no_level_is_not_found(auditor: Person, incident: str, level: str) -> None:
    assert (await auditor.get(f"/tile/{level}/000")).status_code == 404


async def test_a_checkpoint_covers_whatever_has_a_place_when_it_is_asked_for(
    officer: Person, auditor: Person, database: Database
) -> None:
    assert (await auditor.get("/checkpoint")).status_code == 404
    incident = await officer.opened()
    notes = []
    for number in range(3):
        await sequenced(database)
        notes.append((await content(auditor, "/checkpoint")).decode())
        assert (await content(auditor, "/checkpoint")).decode() == notes[-1]
        await officer.appended(incident, entry("note", note=f"{number}"))
    assert [int(note.split("\n")[1]) for note in notes] == [1, 2, 3]


async def test_a_key_that_is_gone_is_told_to_who_asks_and_records_go_on(
    officer: Person, auditor: Person, database: Database, settings: Settings, client: AsyncClient
) -> None:
    incident = await officer.opened()
    await sequenced(database)
    await content(auditor, "/checkpoint")
    settings.checkpoint_key_path.unlink()
    await officer.appended(incident, entry("note", note="羽毛已干"))
    await sequenced(database)
    answer = await auditor.get("/checkpoint", headers={"Accept-Language": "zh"})
    assert answer.status_code == 503
    assert "renew-key" in answer.json()["detail"]
    assert (await client.get("/readyz")).status_code == 200


def test_an_empty_tree_has_the_root_that_the_standard_says() -> None:
    assert Growing().root() == sha256().digest()
