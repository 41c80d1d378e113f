"""A record that somebody with every right on the database changes, and what finds it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import uuid4

import msgspec

from db.database import Database
from media.store import open_store
from media.vault import open_vault
from tests.ledger.places import sequenced
from tests.pictures import encoded, exif, noise
from tests.rescues.custody import transfer
from tests.serving import until
from tests.users import Person, entry, identification, release, road_hazard
from wildlife.accesses.verifying import verify as verify_log
from wildlife.kinds import KINDS
from wildlife.ledger.signing import Checkpoints
from wildlife.ledger.tree import WIDTH
from wildlife.ledger.verifying import begin
from wildlife.ledger.verifying import verify as verify_ledger
from wildlife.photos.checking import check_originals, check_pixels
from wildlife.photos.darkroom import open_darkroom
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify

VERIFY, REBUILD, MEDIA, PIXELS, NOTHING = (
    "verify",
    "rebuild --check",
    "media check",
    "media check --pixels",
    "nothing",
)

OUTSIDE = "outside"
"""The folder with the checkpoints that are kept where nobody changes them."""


async def tell(officer: Person, other_officer: Person) -> None:
    """A rescue with a photo, a look at it, a refused body, a transfer and a release; and a cleared
    road."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, transfer(1, None))
    back = entry("return", "2024-08-02T10:00:00+08:00", animal=1)
    await officer.appended(incident_id, back)
    await officer.appended(incident_id, release())
    photo = uuid4()
    await officer.put_photo(incident_id, encoded(noise(60, 40), exif=exif()), photo)
    path = f"/incidents/{incident_id}/photos/{photo}"
    assert (await officer.get(f"{path}/original")).status_code == 200
    await until_rendered(officer, path)
    note = entry("note", note="羽毛已干")
    await officer.appended(incident_id, note)
    await officer.post(f"/incidents/{incident_id}/entries", note | {"note": "别的"})
    road = await other_officer.opened(road_hazard())
    for number in range(WIDTH):
        await other_officer.appended(road, entry("note", note=f"巡查第 {number} 次"))


async def sign(database: Database, settings: Settings) -> None:
    """Give all entries their places, sign the ledger, and keep the checkpoint outside."""
    await sequenced(database)
    outside = settings.data_dir / OUTSIDE
    outside.mkdir()
    kept_outside = msgspec.structs.replace(settings, checkpoint_dir=outside)
    await Checkpoints(database, kept_outside).sign_and_keep()


class Record(NamedTuple):
    """What was told, which each test leaves as it was."""

    database: Database
    settings: Settings
    rows: dict[str, list[str]]
    """Of each table, as they came."""


@asynccontextmanager
async def changed(
    record: Record, table: str, column: str, value: str, number: int = -1
) -> AsyncIterator[None]:
    """A row, the last one if no other, has another value for as long as the block lasts."""
    row, database = record.rows[table][number], record.database
    async with database.writing() as connection:
        at = await connection.fetchval(
            f"update {table} t set {column} = {value} where t::text = $1 returning ctid", row
        )
    try:
        yield
    finally:
        async with database.writing() as connection:
            await connection.execute(
                f"update {table} set {column} = ($1::text::{table}).{column} where ctid = $2",
                row,
                at,
            )


@asynccontextmanager
async def taken_away(record: Record, table: str, number: int) -> AsyncIterator[None]:
    """A row is not there for as long as the block lasts."""
    row, database = record.rows[table][number], record.database
    async with database.writing() as connection:
        await connection.execute(f"delete from {table} t where t::text = $1", row)
    try:
        yield
    finally:
        async with database.writing() as connection:
            await connection.execute(f"insert into {table} select ($1::text::{table}).*", row)


async def until_rendered(person: Person, path: str) -> None:
    async def is_made() -> bool:
        return bool((await person.read(path))["renditions"] == "made")

    await until(is_made)


async def findings(database: Database, settings: Settings) -> str:
    """The first of the four that finds something wrong."""
    vault = open_vault(settings.key_path)
    outside = settings.data_dir / OUTSIDE
    begun = await begin(database, [outside] if outside.is_dir() else [])
    every = [one async for one in verify(database, KINDS, vault, begun.places)]
    ledger = await verify_ledger(database, begun, lambda _: None)
    if any(one.flaws for one in every) or ledger.flaws:
        return VERIFY
    if sum(one.placed for one in every) != len(begun.places):
        return VERIFY
    if (await verify_log(database, lambda _: None)).flaws:
        return VERIFY
    policy = read_policy(None)
    differing = [one async for one in rebuild(database, KINDS, policy, settings.zone, write=False)]
    if any(one.tables or one.flaws for one in differing):
        return REBUILD
    store = open_store(None, settings.media_dir)
    if any([one async for one in check_originals(database, store) if one.flaw]):
        return MEDIA
    darkroom = open_darkroom(settings, database, store)
    if any([one async for one in check_pixels(database, darkroom) if one.differing]):
        return PIXELS
    return NOTHING
