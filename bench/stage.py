"""What every contestant finds: one PostgreSQL, stations with an officer each, and what is said."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

import msgspec

from bench.rounds import new_id
from db.database import open_database
from wildlife.people.codes import Role, StationKind
from wildlife.people.managing_queries import put_account
from wildlife.people.passwords import hash_password
from wildlife.people.station_queries import put_station
from wildlife.settings import Settings

# Case numbers are counted by station and day, so two openings of one station wait for each other's
# commit. Eight connections are therefore officers of eight stations, as they would be in life.
CONNECTIONS = 8

PASSWORD = "only for the benchmark"  # it signs in for some minutes, on loopback

REGION_CODE = "150425"

_ID = "00000000-0000-0000-0000-000000000000"

_OPENING = {
    "id": _ID,
    "kind": "rescue",
    "source": "report",
    "found_at": "2024-07-29T15:20:00+08:00",
    "recorded_at": "2024-07-29T15:24:10+08:00",
    "place": {
        "description": "大局子林场三道沟",
        "region_code": REGION_CODE,
        "point": {
            "longitude": 117.542,
            "latitude": 43.318,
            "datum": "WGS84",
            "accuracy_m": 30,
            "source": "device",
        },
    },
    "informant": {"name": "王建国", "role": "forest_ranger", "phone": "13800000000"},
    "summary": "林中发现长嘴巴怪鸟被困，羽毛被雨水淋湿，无法飞行",
    "animals": [
        {
            "reported_as": "长嘴巴怪鸟",
            "count": 1,
            "life_stage": "juvenile",
            "sex": "unknown",
            "cause": "weather_soaked",
        }
    ],
    "officers": ["150425002"],
}


def entry(type_: str, at: str, **said: Any) -> dict[str, Any]:
    """A new entry of this type that happened, and was written down, at this time."""
    return {"type": type_, "id": str(new_id()), "happened_at": at, "recorded_at": at, **said}


OPENING_BEFORE_ID, OPENING_AFTER_ID = (
    json.dumps(_OPENING, ensure_ascii=False).encode().split(_ID.encode())
)
"""The body of every request; only the id between the two differs."""


class Officer(msgspec.Struct, frozen=True):
    """Who opens incidents on one of the connections."""

    badge: str
    name: str
    station_code: str
    station_name: str


OFFICERS = [
    Officer(f"150425{n:03}", f"民警{n}", f"{REGION_CODE}{n:02}", f"{n}号森林派出所")
    for n in range(1, CONNECTIONS + 1)
]


AUDITOR: Final = "SJ0001"
"""The badge of who is told of everything."""


async def put_officers(settings: Settings, officers: Sequence[Officer] = OFFICERS) -> None:
    """Add officers and their stations to the service's own tables."""
    assert settings.database_url is not None
    password_hash = hash_password(PASSWORD, *(officer.badge for officer in officers))
    async with (
        open_database(settings.database_url, confined=True, zone=settings.zone, size=1) as database,
        database.transaction() as connection,
    ):
        for officer in officers:
            await put_station(
                connection,
                station_id=uuid4(),
                code=officer.station_code,
                name=officer.station_name,
                kind=StationKind.POLICE_STATION,
                region_code=REGION_CODE,
                parent=None,
            )
            await put_account(
                connection,
                badge=officer.badge,
                name=officer.name,
                role=Role.OFFICER,
                station=officer.station_code,
                password_hash=password_hash,
            )


async def put_auditor(settings: Settings) -> None:
    """Add who is told of everything."""
    assert settings.database_url is not None
    async with (
        open_database(settings.database_url, confined=True, zone=settings.zone, size=1) as database,
        database.transaction() as connection,
    ):
        await put_account(
            connection,
            badge=AUDITOR,
            name="审计",
            role=Role.AUDITOR,
            station=None,
            password_hash=hash_password(PASSWORD, AUDITOR),
        )
