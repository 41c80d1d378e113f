"""The stations and accounts of the demo."""

from typing import Final
from uuid import uuid4

from db.pool import Database
from wildlife.accounts.model import DEMO_PASSWORD
from wildlife.accounts.passwords import hash_password
from wildlife.accounts.queries import put_account
from wildlife.stations.queries import put_station
from wildlife.vocabularies import Role, StationKind

STATIONS: Final = (
    ("150425", "大局子森林派出所", StationKind.POLICE_STATION),
    ("150723", "克一河分局", StationKind.POLICE_BRANCH),
    ("1504", "赤峰市林业和草原局", StationKind.ADMINISTRATION),
)
ACCOUNTS: Final = (
    ("150425001", "大局子民警", Role.OFFICER, "150425"),
    ("150723001", "克一河民警", Role.OFFICER, "150723"),
    ("LC1504", "赤峰野生动物主管", Role.OFFICIAL, "1504"),
    ("admin", "管理员", Role.ADMIN, None),
)


async def put_people(database: Database) -> None:
    """Add the demo's stations and accounts, or put them back as they were."""
    password_hash = hash_password(DEMO_PASSWORD)
    async with database.transaction() as connection:
        for code, name, kind in STATIONS:
            await put_station(
                connection,
                station_id=uuid4(),
                code=code,
                name=name,
                kind=kind,
                region_code=code,
                parent=None,
            )
        for badge, name, role, station in ACCOUNTS:
            await put_account(
                connection,
                account_id=uuid4(),
                badge=badge,
                name=name,
                role=role,
                station=station,
                password_hash=password_hash,
            )
