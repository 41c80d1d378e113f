"""Finding a species among 3,000 taxa over HTTP: `python -m bench.species`.

One phone asks one question after another on a kept-alive connection, as an officer types; beside
it a request that asks the database for nothing but who is signed in. The taxa are the project's
register, and as many made of its characters as there must be. It takes about half a minute.
"""

import asyncio
import http.client
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from urllib.parse import quote

from msgspec.structs import replace

from bench.disk import on_disk
from bench.report import machine
from bench.service import running_service, sign_in
from bench.stage import OFFICERS, put_officers
from db.database import open_database
from wildlife.settings import Settings
from wildlife.species.importing import REGISTER, read_lists, read_species
from wildlife.species.listed import ListedTaxon
from wildlife.species.register import put_species

TAXA = 3000
REPEATS = 60
AIM_P95_MS = 5.0

QUESTIONS = {
    "a whole or part of a Chinese name": ("普通鸬鹚", "鸬鹚", "苍鹭", "天鹅", "雕"),
    "pinyin": ("luci", "putongluci", "pu tong lu ci", "da tian e"),
    "initials": ("ptlc", "hz", "cl"),
    "Latin or English": ("Phalacrocorax carbo", "carbo", "Cormorant", "owl"),
    "one wrong character": ("鸬慈", "普同鸬鹚", "putongluzi", "Phalacrocorax carbu"),
    "nothing that there is": ("独角兽", "unicorn"),
}


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    assert settings.database_url is not None
    with running_service(settings) as service:
        asyncio.run(_fill(settings))
        token = sign_in(service, OFFICERS[0].badge)
        print(f"| question ({TAXA} taxa) | p50 ms | p95 ms | p99 ms |")
        print("|---|---:|---:|---:|")
        worst = 0.0
        for name, questions in QUESTIONS.items():
            paths = [f"/api/v1/species?q={quote(question)}" for question in questions]
            worst = max(worst, _measure(name, service.port, token, paths))
        _measure("beside it: whose token is this", service.port, token, ["/api/v1/session"])
    reached = "reached" if worst <= AIM_P95_MS else "not reached"
    print(f"\n- slowest p95: {worst:.1f} ms (aim: at most {AIM_P95_MS:.0f} ms, {reached})")
    print(f"\none connection; {asyncio.run(machine(settings.database_url))}")


def _measure(name: str, port: int, token: str, paths: Sequence[str]) -> float:
    """Ask, print a line of the table, and give the p95 in ms."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    latencies = []
    for turn in range(REPEATS + 5):
        for path in paths:
            started = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != http.HTTPStatus.OK:
                sys.exit(f"{path} answered {json.loads(body)}")
            if turn >= 5:
                latencies.append((time.perf_counter() - started) * 1000)
    connection.close()
    cuts = statistics.quantiles(latencies, n=100)
    print(f"| {name} | {cuts[49]:.2f} | {cuts[94]:.2f} | {cuts[98]:.2f} |")
    return cuts[94]


async def _fill(settings: Settings) -> None:
    await put_officers(settings)
    assert settings.owner_database_url is not None
    async with (
        open_database(
            settings.owner_database_url, confined=False, zone=settings.zone, size=1
        ) as database,
        database.transaction() as connection,
    ):
        known = await connection.fetchval("select count(*) from species")
        await put_species(connection, _made_up(TAXA - known))
        await connection.execute("analyze")


def _made_up(count: int) -> list[ListedTaxon]:
    """Taxa whose names are made of the register's characters and words, the same every time."""
    rng = random.Random(3)
    real = read_species(REGISTER, read_lists()).taxa
    characters = "".join(taxon.chinese_name for taxon in real)
    words = [word for taxon in real for word in taxon.scientific_name.lower().split()]
    made = []
    for number in range(count):
        like = rng.choice(real)
        made.append(
            replace(
                like,
                row=number,
                chinese_name="".join(rng.sample(characters, rng.randint(3, 5))) + str(number),
                scientific_name=f"{rng.choice(words).title()} {rng.choice(words)} x{number}",
                aliases=["".join(rng.sample(characters, 3)) for _ in range(rng.randint(0, 3))],
            )
        )
    return [replace(t, scientific_name=_lettered(t.scientific_name)) for t in made]


def _lettered(name: str) -> str:
    """Digits as letters, since a taxon's id keeps only those."""
    return name.translate(str.maketrans("0123456789", "abcdefghij"))


if __name__ == "__main__":
    main()
