"""The stations and accounts of the demo."""

from collections.abc import Collection
from uuid import uuid4

from db.alone import connected
from db.database import Database
from wildlife.demo.cast import ACCOUNTS, STATIONS
from wildlife.demo.queries import find_password_hashes, holds_station
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.managing_queries import put_account
from wildlife.people.passwords import hash_password, is_of_demo, matches
from wildlife.people.station_queries import put_station
from wildlife.words.speaking import said


async def require_demo_or_nothing(url: str, invented: Collection[str]) -> None:
    """Raises ValueError where the database at `url` is a real one, which invented incidents and a
    public password have no place in.

    It is a demo's where each account signs in nowhere else: it was made in a demo, or, as before
    0.2, is one of the demo's or of the `invented` ones by its badge and has the public password.
    Where there is no account yet there may be no station either. Any login that may read will do,
    and nothing is changed.
    """
    async with connected(url) as connection:
        hashes = await find_password_hashes(connection)
        is_real = not hashes and await holds_station(connection)
    unmarked = {badge: one for badge, one in hashes.items() if one is None or not is_of_demo(one)}
    if (
        is_real
        or unmarked.keys() - {badge for badge, *_ in ACCOUNTS} - {*invented}
        or not all(one and matches(one, DEMO_PASSWORD) for one in {*unmarked.values()})
    ):
        raise ValueError(
            said(
                "This database holds stations or accounts that the demo did not make, and the demo"
                " would mix invented incidents into a real record: give it a folder of its own"
                " (WILDLIFE_DATA_DIR=./demo, without WILDLIFE_DATABASE_URL).",
                "本数据库中有不是演示建立的单位或账号，演示会把虚构的警情混入真实记录：请为演示另设"
                "目录（WILDLIFE_DATA_DIR=./demo，不设 WILDLIFE_DATABASE_URL）。",
            )
        )


async def put_people(database: Database) -> None:
    """Add the demo's stations and accounts, or put them back as they were."""
    password_hash = hash_password(DEMO_PASSWORD, *(badge for badge, *_ in ACCOUNTS), demo=True)
    async with database.transaction() as connection:
        for code, name, kind, region in STATIONS:
            await put_station(
                connection,
                station_id=uuid4(),
                code=code,
                name=name,
                kind=kind,
                region_code=region,
                parent=None,
            )
        for badge, name, role, station in ACCOUNTS:
            await put_account(
                connection,
                badge=badge,
                name=name,
                role=role,
                station=station,
                password_hash=password_hash,
            )
