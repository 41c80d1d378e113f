"""What it costs to find out who may see what: `python -m bench.access`.

An official, and an officer, read an incident and a page of 50, of 20,000, as fast as they are
answered, on two connections. They do so

- at the service, as `wildlife serve` runs it, with one worker;
- at the same without its checks of access: everybody may do, and sees, everything;
- at the same without asking whose token it is, either;
- at the service, each time with a token that it has not been shown for some seconds.

All share one PostgreSQL, take turns of a few seconds, and share this one process as their client.
What counts is the processor time of server and PostgreSQL for one read, which what else the machine
does changes least: that of the first against that of the second. It takes some minutes.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import uvloop
from msgspec.structs import replace

from bench.disk import on_disk
from bench.load import Job, Request, does_over_http
from bench.many import OFFICIAL, analyze, file_release, multiply, put_official
from bench.opening import running_service, sign_in
from bench.report import aim, machine
from bench.rounds import Contestant, Figures, alternate, new_id, weighed
from bench.servers import Server, free_port, postgresql_in, running_server
from bench.stage import OFFICERS
from db.pool import open_database
from wildlife.people.account_queries import find_account
from wildlife.people.tokens import issue_tokens
from wildlife.settings import Settings, to_environment

RECORDS = 20_000
ROUNDS = 7
SECONDS = 3.0
WARM_UP_S = 2.0
CONNECTIONS = 2
TOKENS = 2000
MOST = 1.15

SERVICE = "the service"
NO_ACCESS = "… without checks of access"
NO_IDENTITY = "… nor whose token it is"
NEW_TOKENS = "the service, tokens not shown before"


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    assert settings.database_url is not None
    ratios = []
    with running_service(settings) as service:
        asyncio.run(put_official(settings))
        officer = OFFICERS[0].badge
        incident = file_release(service, sign_in(service, officer), "phalacrocorax_carbo")
        asyncio.run(multiply(settings, incident, RECORDS))
        asyncio.run(analyze(settings))
        print("| who reads what | at | reads/s | p50 ms | p99 ms | CPU ms | against … |")
        print("|---|---|---:|---:|---:|---:|---:|")
        for badge in (OFFICIAL, officer):
            tokens = asyncio.run(_tokens(settings, badge))
            with (
                _without("access", settings, badge) as no_access,
                _without("identity", settings, badge) as no_identity,
            ):
                for path in (f"/api/v1/incidents/{incident}", "/api/v1/incidents?limit=50"):
                    servers = {SERVICE: service, NO_ACCESS: no_access, NO_IDENTITY: no_identity}
                    measured = uvloop.run(_take_turns(settings, servers, path, tokens))
                    ratios.append(_told(badge, path, incident, measured))
    print()
    print(aim("a read against an unchecked one", max(ratios), MOST, unit=" x", at_most=True))
    print(f"\n{CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:.0f} s;", end=" ")
    print(asyncio.run(machine(settings.database_url)))


def _told(badge: str, path: str, incident: str, measured: dict[str, Figures]) -> float:
    what = f"{badge}: {path.replace(incident, '…')}"
    base = measured[NO_ACCESS].cpu_ms
    assert base is not None
    for name, one in measured.items():
        assert one.cpu_ms is not None
        print(
            f"| {what} | {name} | {one.per_second:.0f} | {one.p50_ms:.2f} | {one.p99_ms:.2f} |"
            f" {one.cpu_ms:.2f} | {one.cpu_ms / base:.2f} |"
        )
    ours = measured[SERVICE].cpu_ms
    assert ours is not None
    return ours / base


@contextmanager
def _without(what: str, settings: Settings, badge: str) -> Iterator[Server]:
    """The service without its checks, on the same database; one data folder takes one service."""
    port = free_port()
    folder = settings.data_dir / f"without-{what}-{badge}"
    ours = replace(
        settings,
        data_dir=folder,
        port=port,
        key_file=settings.key_path,
        log_file=Path(f"{folder}.log"),
    )
    command = [sys.executable, "-m", "bench.unchecked"]
    environment = to_environment(ours) | {"BENCH_WITHOUT": what, "BENCH_ACTOR": badge}
    with running_server(command, environment, port, "/readyz") as server:
        yield server


async def _take_turns(
    settings: Settings, servers: dict[str, Server], path: str, tokens: list[str]
) -> dict[str, Figures]:
    postgresql_s = postgresql_in(settings.data_dir)

    def at(server: Server, tokens: list[str]) -> Contestant:
        turn = cycle(tokens)
        makers = [_reader(server.port, path, turn)] * CONNECTIONS
        reads = does_over_http(server.port, makers)
        return weighed(reads, lambda: server.processor_s() + postgresql_s())

    contestants = {name: at(server, tokens[:1]) for name, server in servers.items()}
    contestants[NEW_TOKENS] = at(servers[SERVICE], tokens)
    return await alternate(contestants, rounds=ROUNDS, seconds=SECONDS, warm_up_s=WARM_UP_S)


def _reader(port: int, path: str, tokens: Iterator[str]) -> Callable[[], Job]:
    def read() -> Job:
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        yield Request((f"{head}Authorization: Bearer {next(tokens)}\r\n\r\n".encode(),), 200)

    return read


async def _tokens(settings: Settings, badge: str) -> list[str]:
    """Access tokens of as many sessions of an account."""
    assert settings.database_url is not None
    for_long = replace(settings, access_token_s=24 * 3600)
    async with (
        open_database(settings.database_url, confined=True, zone=settings.zone, size=1) as database,
        database.writing() as connection,
    ):
        account = await find_account(connection, badge)
        assert account is not None
        return [
            (await issue_tokens(connection, for_long, account.account_id, new_id(), 1)).access_token
            for _ in range(TOKENS)
        ]


if __name__ == "__main__":
    main()
