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

from bench.disk import on_disk
from bench.many import OFFICIAL, analyze, file_release, multiply, put_official
from bench.report import aim, machine
from bench.servers import Server
from bench.service import running_service, sign_in
from bench.stage import OFFICERS
from wildlife.settings import Settings

RECORDS = 20_000
"""Of each of the two species."""
TURNS = 100
MOST = 1.3

HIDDEN, SHOWN = "canis_lupus", "phalacrocorax_carbo"

QUESTIONS: Final = [
    f"/api/v1/{path}?{asked}"
    for path in ("incidents", "animals", "releases")
    for asked in ("", "bbox=117.2,43.2,117.5,43.5&", "station=15042501&", "q=民警&")
]


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    assert settings.database_url is not None
    with running_service(settings) as service:
        asyncio.run(put_official(settings))
        officer = sign_in(service, OFFICERS[0].badge)
        for species in (HIDDEN, SHOWN):
            incident = file_release(service, officer, species)
            asyncio.run(multiply(settings, incident, RECORDS))
        asyncio.run(analyze(settings))
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


if __name__ == "__main__":
    main()
