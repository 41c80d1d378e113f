"""A page of 50 records whose places are hidden, beside one of 50 that are shown: `python -m
bench.hidden`.

An official of the region asks for the newest rescues, animals and releases of a species whose place
is hidden and of one that is not, in turns, on one kept-alive connection; the officer whose records
they are asks the same. There are as many of one as of the other, found at the same moments, and the
rows of the hidden ones are there twice. It takes some minutes.
"""

import asyncio
import http.client
import statistics
import sys
import time
from typing import Final
from uuid import uuid4

import httpx

from bench.disk import on_disk
from bench.opening import running_service, sign_in
from bench.report import aim, machine
from bench.rounds import new_id
from bench.servers import Server
from bench.stage import (
    OFFICERS,
    OPENING_AFTER_ID,
    OPENING_BEFORE_ID,
    PASSWORD,
    entry,
    put_officers,
)
from db.pool import open_database
from wildlife.people.codes import Role, StationKind
from wildlife.people.managing_queries import put_account
from wildlife.people.passwords import hash_password
from wildlife.people.station_queries import put_station
from wildlife.settings import Settings

RECORDS = 20_000
"""Of each of the two species."""
TURNS = 100
MOST = 1.3

HIDDEN, SHOWN = "canis_lupus", "phalacrocorax_carbo"
OFFICIAL: Final = "LC1504"

QUESTIONS: Final = [
    f"/api/v1/{path}?{asked}"
    for path in ("incidents", "animals", "releases")
    for asked in ("", "bbox=117.2,43.2,117.5,43.5&", "station=15042501&", "q=民警&")
]

_OWN: Final = {
    "incident": "'case_number', t.case_number || '-' || n",
    "animal": "'number', t.number",
    "release": "'entry_id', md5(t.entry_id || '-' || n)::uuid,"
    " 'released_at', t.released_at + n * interval '17 minutes'",
}


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    assert settings.database_url is not None
    with running_service(settings) as service:
        asyncio.run(_people(settings))
        officer = sign_in(service, OFFICERS[0].badge)
        for species in (HIDDEN, SHOWN):
            incident = _file(service, officer, species)
            asyncio.run(_multiply(settings, incident))
        asyncio.run(_analyze(settings))
        print(f"| page of 50, of {RECORDS} and {RECORDS} | shown ms | hidden ms | ratio |")
        print("|---|---:|---:|---:|")
        official = sign_in(service, OFFICIAL)
        worst = max(_measure(service, "official", official, one) for one in QUESTIONS)
        for one in QUESTIONS:
            _measure(service, "officer", officer, one)
    print()
    print(aim("slowest hidden page of an official", worst, MOST, unit=" x", at_most=True))
    print(f"\none connection, medians; {asyncio.run(machine(settings.database_url))}")


def _measure(service: Server, who: str, token: str, question: str) -> float:
    """Ask for both in turns, print a line, and give how much longer the hidden one takes."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port)
    took: dict[str, list[float]] = {SHOWN: [], HIDDEN: []}
    for turn in range(TURNS + 10):
        for species, times in took.items():
            path = f"{question}species={species}".replace("民警", "%E6%B0%91%E8%AD%A6")
            started = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != http.HTTPStatus.OK or body.count(b'"case_number"') != 50:
                sys.exit(f"{path} answered {body[:1000]!r}")
            if turn >= 10:
                times.append((time.perf_counter() - started) * 1000)
    connection.close()
    shown, hidden = (statistics.median(took[one]) for one in (SHOWN, HIDDEN))
    print(f"| {who}: {question} | {shown:.2f} | {hidden:.2f} | {hidden / shown:.2f} |")
    return hidden / shown


def _file(service: Server, token: str, species: str) -> str:
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


async def _people(settings: Settings) -> None:
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


async def _multiply(settings: Settings, incident_id: str) -> None:
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
                RECORDS,
            )


async def _analyze(settings: Settings) -> None:
    assert settings.owner_database_url is not None
    async with (
        open_database(
            settings.owner_database_url, confined=False, zone=settings.zone, size=1
        ) as database,
        database.writing() as connection,
    ):
        await connection.execute("vacuum analyze")


if __name__ == "__main__":
    main()
