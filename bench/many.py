"""Many records, as bare rows: as many as a province has in some years, within a minute."""

from typing import Final
from uuid import uuid4

import httpx

from bench.rounds import new_id
from bench.servers import Server
from bench.stage import (
    OPENING_AFTER_ID,
    OPENING_BEFORE_ID,
    PASSWORD,
    entry,
    put_officers,
)
from db.database import open_database
from wildlife.people.codes import Role, StationKind
from wildlife.people.managing_queries import put_account
from wildlife.people.passwords import hash_password
from wildlife.people.station_queries import put_station
from wildlife.settings import Settings

OFFICIAL: Final = "LC1504"

_OWN: Final = {
    "incident": "'case_number', t.case_number || '-' || n",
    "animal": "'number', t.number",
    "release": "'entry_id', md5(t.entry_id || '-' || n)::uuid,"
    " 'released_at', t.released_at + n * interval '17 minutes'",
}


def file_release(service: Server, token: str, species: str) -> str:
    """A rescue of this species that ends with its release."""
    incident = str(new_id())
    with httpx.Client(
        base_url=f"{service.base_url}/api/v1", headers={"Authorization": f"Bearer {token}"}
    ) as client:
        body = OPENING_BEFORE_ID + incident.encode() + OPENING_AFTER_ID
        client.post(
            "/incidents", content=body, headers={"Content-Type": "application/json"}
        ).raise_for_status()
        point = {"longitude": 117.21, "latitude": 43.57, "datum": "WGS84"}
        for said in (
            entry(
                "identification",
                "2024-07-30T10:00:00+08:00",
                animal=1,
                species_id=species,
                identified_by="旗林草局",
                confidence="certain",
            ),
            entry(
                "release",
                "2024-08-04T10:30:00+08:00",
                animal=1,
                site={"description": "响水水库", "region_code": "150425", "point": point},
                method="hard",
                officers=["150425001"],
            ),
        ):
            client.post(f"/incidents/{incident}/entries", json=said).raise_for_status()
    return incident


async def put_official(settings: Settings) -> None:
    """Add the officers, and an official who is competent for the region."""
    await put_officers(settings)
    assert settings.database_url is not None
    async with (
        open_database(settings.database_url, confined=True, zone=settings.zone, size=1) as database,
        database.transaction() as connection,
    ):
        await put_station(
            connection,
            station_id=uuid4(),
            code="1504",
            name="赤峰市林业和草原局",
            kind=StationKind.ADMINISTRATION,
            region_code="1504",
            parent=None,
        )
        await put_account(
            connection,
            badge=OFFICIAL,
            name="官员",
            role=Role.OFFICIAL,
            station="1504",
            password_hash=hash_password(PASSWORD, OFFICIAL),
        )


async def multiply(settings: Settings, incident_id: str, number: int) -> None:
    """Let there be so many like it, found one after the other, spread over a degree."""
    assert settings.owner_database_url is not None
    async with (
        open_database(
            settings.owner_database_url, confined=False, zone=settings.zone, size=1
        ) as database,
        database.transaction() as connection,
    ):
        for table, own in _OWN.items():
            await connection.execute(
                f"""
                insert into {table} select (jsonb_populate_record(t, jsonb_build_object(
                    'incident_id', md5(t.incident_id || '-' || n)::uuid,
                    'location', case when t.view = 'generalized' then point(
                            floor(x * 10) / 10 + 0.05, floor(y * 10) / 10 + 0.05)
                        else point(x, y) end,
                    'found_at', t.found_at + n * interval '17 minutes', {own}))).*
                from {table} t, generate_series(2, $2::int) n,
                    lateral (select 117 + n % 997 / 997.0 as x, 43 + n % 983 / 983.0 as y) as here
                where t.incident_id = $1::text::uuid
                """,
                incident_id,
                number,
            )


async def analyze(settings: Settings) -> None:
    """Let the planner know what there is."""
    assert settings.owner_database_url is not None
    async with (
        open_database(
            settings.owner_database_url, confined=False, zone=settings.zone, size=1
        ) as database,
        database.writing() as connection,
    ):
        await connection.execute("vacuum analyze")
