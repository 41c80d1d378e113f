"""What it costs to find out who may see what, and to put on record who reads it:
`python -m bench.access`.

An official, and an officer, read an incident and a page of 50, of 20,000, as fast as they are
answered, on two connections. They do so

- at the service, as `wildlife serve` runs it, with one worker;
- at the same without the access log;
- at the same without its checks of access: everybody may do, and sees, everything;
- at the same without asking whose token it is, either;
- at the service, each time with a token that it has not been shown for some seconds.

All share one PostgreSQL, take turns of a few seconds, and share this one process as their client.
What counts is the processor time of server and PostgreSQL for one read, which what else the machine
does changes least: that of the first against those of the second and the third. What a read takes
on the disk is told, too. It takes some minutes.
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
from bench.report import aim, machine
from bench.rounds import Contestant, Figures, alternate, new_id, weighed
from bench.servers import Server, free_port, postgresql_in, running_server
from bench.service import running_service, sign_in
from bench.stage import OFFICERS
from db.alone import connected
from db.database import open_database
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
MOST_LOGGED = 1.05

SERVICE = "the service"
NO_LOG = "… without the access log"
NO_ACCESS = "… without checks of access"
NO_IDENTITY = "… nor whose token it is"
NEW_TOKENS = "the service, tokens not shown before"


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    assert settings.database_url is not None
    ratios, logged = [], []
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
                _without("log", settings, badge) as no_log,
                _without("access", settings, badge) as no_access,
                _without("identity", settings, badge) as no_identity,
            ):
                for path in (f"/api/v1/incidents/{incident}", "/api/v1/incidents?limit=50"):
                    servers = {
                        SERVICE: service,
                        NO_LOG: no_log,
                        NO_ACCESS: no_access,
                        NO_IDENTITY: no_identity,
                    }
                    measured = uvloop.run(_take_turns(settings, servers, path, tokens))
                    _tell(badge, path, incident, measured)
                    ratios.append(_ratio(measured, NO_ACCESS))
                    logged.append(_ratio(measured, NO_LOG))
        row_bytes = asyncio.run(_row_bytes(settings))
    print()
    print(aim("a read against an unchecked one", max(ratios), MOST, unit=" x", at_most=True))
    print(
        aim("a read against one off the record", max(logged), MOST_LOGGED, unit=" x", at_most=True)
    )
    print(f"- on the record a read takes {row_bytes:.0f} bytes, indexes included")
    print(f"\n{CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:.0f} s;", end=" ")
    print(asyncio.run(machine(settings.database_url)))


def _tell(badge: str, path: str, incident: str, measured: dict[str, Figures]) -> None:
    what = f"{badge}: {path.replace(incident, '…')}"
    for name, one in measured.items():
        print(
            f"| {what} | {name} | {one.per_second:.0f} | {one.p50_ms:.2f} | {one.p99_ms:.2f} |"
            f" {one.cpu_ms:.2f} | {_ratio(measured, NO_ACCESS, name):.2f} |"
        )


def _ratio(measured: dict[str, Figures], base: str, name: str = SERVICE) -> float:
    """The processor time of one against that of another."""
    one, other = measured[name].cpu_ms, measured[base].cpu_ms
    assert one is not None
    assert other is not None
    return one / other


async def _row_bytes(settings: Settings) -> float:
    """What an access on record takes."""
    assert settings.owner_database_url is not None
    async with connected(settings.owner_database_url) as connection:
        size: float = await connection.fetchval(
            "select pg_total_relation_size('access')::float8 / count(*) from access"
        )
        return size


@contextmanager
def _without(what: str, settings: Settings, badge: str) -> Iterator[Server]:
    """The service without this, on the same database; one data folder takes one service."""
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
