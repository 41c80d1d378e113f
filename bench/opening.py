"""Opening a rescue with one animal, side by side in one run: `python -m bench.opening`.

Eight officers of eight stations open rescues as fast as they are answered, each on a connection of
their own, with an informant to encrypt and a durable commit each. They do so

- at the service, as `wildlife serve` runs it, with one worker;
- through asyncpg alone with the service's own statements, which is the limit: with the look-up of
  the token that a request needs, and without it;
- at the same endpoint written the usual way (`bench/peers/usual`), on the same server.

All share one private PostgreSQL with its default settings, take turns of a few seconds, and share
this one process as their client; a figure is the median over the turns. It takes about two minutes.
"""

import asyncio
import time

import uvloop

from bench.disk import on_disk
from bench.load import opens_over_http
from bench.peers.bare import opens_through_asyncpg
from bench.peers.usual.serving import prepare_usual, running_usual
from bench.report import aim, machine, table
from bench.rounds import Contestant, Figures, alternate, weighed
from bench.servers import Server, postgresql_in
from bench.service import running_service, sign_in
from bench.stage import CONNECTIONS, OFFICERS, put_officers
from wildlife.settings import Settings

ROUNDS = 5
SECONDS = 4.0
WARM_UP_S = 2.0

SERVICE = "the service"
LIMIT = "the limit: bare asyncpg"
LIMIT_WITHOUT_TOKEN = "the limit without the token"
USUAL = "the usual way"


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    assert settings.database_url is not None
    with running_service(settings) as service:
        uvloop.run(put_officers(settings))
        tokens = [sign_in(service, officer.badge) for officer in OFFICERS]
        uvloop.run(prepare_usual(settings, tokens))
        with running_usual(settings) as usual:
            measured = uvloop.run(_take_turns(settings, service, usual, tokens))
            memory_mb = {SERVICE: service.memory_mb(), USUAL: usual.memory_mb()}
    print(table(measured, measured[LIMIT], memory_mb))
    print()
    ours = measured[SERVICE].per_second
    of_limit = ours / measured[LIMIT].per_second * 100
    print(aim("throughput against the limit", of_limit, 50, unit=" %"))
    print(aim("throughput against the usual way", ours / measured[USUAL].per_second, 4, unit=" x"))
    print(aim("memory a process", memory_mb[SERVICE], 150, unit=" MB", at_most=True))
    print()
    print(f"{CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:.0f} s;", end=" ")
    print(asyncio.run(machine(settings.database_url)))


async def _take_turns(
    settings: Settings, service: Server, usual: Server, tokens: list[str]
) -> dict[str, Figures]:
    postgresql_s = postgresql_in(settings.data_dir)

    def at(server: Server) -> Contestant:
        return weighed(
            opens_over_http(server.port, tokens), lambda: server.processor_s() + postgresql_s()
        )

    def alone(run: Contestant) -> Contestant:
        return weighed(run, lambda: time.process_time() + postgresql_s())

    async with opens_through_asyncpg(settings, tokens) as (limit, limit_without_token):
        return await alternate(
            {
                SERVICE: at(service),
                LIMIT: alone(limit),
                LIMIT_WITHOUT_TOKEN: alone(limit_without_token),
                USUAL: at(usual),
            },
            rounds=ROUNDS,
            seconds=SECONDS,
            warm_up_s=WARM_UP_S,
        )


if __name__ == "__main__":
    main()
