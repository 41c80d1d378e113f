"""This version beside another one, in one run: `python -m bench.versions CHECKOUT`.

CHECKOUT is a folder that holds the other version (`git worktree add ../before 2f47ec5`). Both serve
as `wildlife serve` does, with one worker, each with a private PostgreSQL and a data folder of its
own on the same disk; eight officers of eight stations use them in turn, two seconds each, while
the other one stands still: what it has to do for the photos of its own turn would take its part of
the machine.

- `POST /incidents`, as in `bench.opening`;
- `PUT` of a photo to one of a hundred and sixty incidents;
- `GET /releases`, a page of fifty.

Asked is that none is slower than 0.97 times the other version. It takes about four minutes.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
import uvloop

import wildlife
from bench.disk import DISK
from bench.load import Job, Request, does_over_http, opens_over_http
from bench.photos import Phone
from bench.pictures import photo_like
from bench.rounds import Contestant, Figures, Round, alternate, new_id, weighed
from bench.servers import Server, free_port, postgresql_in, running_server
from bench.service import sign_in
from bench.stage import (
    OFFICERS,
    OPENING_AFTER_ID,
    OPENING_BEFORE_ID,
    PASSWORD,
    REGION_CODE,
    entry,
)
from wildlife.settings import PREFIX

ROUNDS: Final = 14
SECONDS: Final = 2.0
WARM_UP_S: Final = 2.0
INCIDENTS_EACH: Final = 20
LEAST: Final = 0.97

HERE: Final = Path(wildlife.__file__).parents[1]


class Version(NamedTuple):
    """A version that serves, and who uses it."""

    server: Server
    postgresql_s: Callable[[], float]
    tokens: list[str]
    incidents: dict[str, list[UUID]]

    def processor_s(self) -> float:
        """The processor time that it has taken."""
        return self.server.processor_s() + self.postgresql_s()


def main() -> None:
    """Measure and print."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "wildlife").is_dir():
        sys.exit("name the folder of the other version: python -m bench.versions ../before")
    other = Path(sys.argv[1]).resolve()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        both = {
            "this version": stack.enter_context(_serving(HERE)),
            "the other": stack.enter_context(_serving(other)),
        }
        measured = uvloop.run(_take_turns(both))
    print(
        "| job | | this version | the other | ratio | asked: 0.97 |\n|---|---|---:|---:|---:|---|"
    )
    for job, of_version in measured.items():
        ours, theirs = of_version.values()
        _tell(
            job, "a second", ours.per_second, theirs.per_second, ours.per_second / theirs.per_second
        )
        assert ours.cpu_ms is not None
        assert theirs.cpu_ms is not None
        _tell(job, "CPU ms each", ours.cpu_ms, theirs.cpu_ms, theirs.cpu_ms / ours.cpu_ms)


def _tell(job: str, what: str, ours: float, theirs: float, ratio: float) -> None:
    verdict = "reached" if ratio >= LEAST else "not reached"
    print(f"| {job} | {what} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} | {verdict} |")


async def _take_turns(both: dict[str, Version]) -> dict[str, dict[str, Figures]]:
    jobs: dict[str, Callable[[Version], Contestant]] = {
        "opening": lambda one: opens_over_http(one.server.port, one.tokens),
        "PUT of a photo": _puts_photos,
        "a page of releases": _reads_releases,
    }
    return {
        name: await alternate(
            {
                version: weighed(_alone(job(one), one, both), one.processor_s)
                for version, one in both.items()
            },
            rounds=ROUNDS,
            seconds=SECONDS,
            warm_up_s=WARM_UP_S,
        )
        for name, job in jobs.items()
    }


def _alone(run: Contestant, one: Version, both: dict[str, Version]) -> Contestant:
    async def alone(seconds: float) -> Round:
        with ExitStack() as stack:
            for other in both.values():
                if other is not one:
                    stack.enter_context(other.server.standing_still())
            return await run(seconds)

    return alone


def _puts_photos(version: Version) -> Contestant:
    photo = photo_like(2592, 1944, noise=8)
    phones = [
        Phone(version.server.port, token, photo, incidents)
        for token, incidents in version.incidents.items()
    ]
    return does_over_http(version.server.port, [phone.put for phone in phones])


def _reads_releases(version: Version) -> Contestant:
    def reading(token: str) -> Callable[[], Job]:
        request = (
            "GET /api/v1/releases?limit=50 HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{version.server.port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        ).encode()

        def read() -> Job:
            yield Request((request,), 200)

        return read

    return does_over_http(version.server.port, [reading(token) for token in version.tokens])


@contextmanager
def _serving(checkout: Path) -> Iterator[Version]:
    """The version in this folder, with officers who have opened incidents and released animals."""
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=DISK) as place:
        folder = Path(place).resolve()
        folder.chmod(0o711)  # started by root, PostgreSQL is another user
        port = free_port()
        given = os.environ.items()
        environment = {name: value for name, value in given if not name.startswith(PREFIX)}
        environment |= {
            "PYTHONPATH": str(checkout),
            f"{PREFIX}DATA_DIR": str(folder / "data"),
            f"{PREFIX}PORT": str(port),
            f"{PREFIX}LOG_FILE": str(folder / "service.log"),
        }
        command = [sys.executable, "-m", "wildlife"]
        for officer in OFFICERS:
            station, badge = officer.station_code, officer.badge
            add_station = ["station", "add", station, officer.station_name]
            add_account = ["account", "add", badge, officer.name, "--password", PASSWORD]
            for arguments in (
                [*add_station, "--kind", "police_station", "--region", REGION_CODE],
                [*add_account, "--role", "officer", "--station", station],
            ):
                subprocess.run(
                    [*command, *arguments],
                    env=environment,
                    cwd=checkout,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
        serve = [sys.executable, "-c", _SERVE, str(checkout)]
        with running_server(serve, environment, port, "/readyz") as server:
            tokens = [sign_in(server, officer.badge) for officer in OFFICERS]
            incidents = {token: _released(server, token) for token in tokens}
            yield Version(server, postgresql_in(folder), tokens, incidents)


# In the version's own folder, whose packages come first there; what forks gets the same.
_SERVE: Final = """
import os, sys
checkout = sys.argv.pop(1)
os.chdir(checkout)
sys.path.insert(0, checkout)
sys.argv[1:] = ["serve"]
from wildlife.commands import main
main()
"""


def _released(server: Server, token: str) -> list[UUID]:
    """Incidents whose animal was released."""
    incidents = []
    with httpx.Client(
        base_url=f"{server.base_url}/api/v1", headers={"Authorization": f"Bearer {token}"}
    ) as client:
        for _ in range(INCIDENTS_EACH):
            incident = new_id()
            body = OPENING_BEFORE_ID + str(incident).encode() + OPENING_AFTER_ID
            headers = {"Content-Type": "application/json"}
            client.post("/incidents", content=body, headers=headers).raise_for_status()
            for said in (_identified(), _let_go()):
                client.post(f"/incidents/{incident}/entries", json=said).raise_for_status()
            incidents.append(incident)
    return incidents


def _identified() -> dict[str, Any]:
    return entry(
        "identification",
        "2024-07-30T10:00:00+08:00",
        animal=1,
        species_id="phalacrocorax_carbo",
        identified_by="旗林草局野生动物专家",
        confidence="certain",
    )


def _let_go() -> dict[str, Any]:
    point = {"longitude": 117.21, "latitude": 43.57, "datum": "WGS84"}
    return entry(
        "release",
        "2024-08-04T10:30:00+08:00",
        animal=1,
        site={"description": "响水水库", "point": point},
        method="hard",
        officers=["150425001", "150425002"],
    )


if __name__ == "__main__":
    main()
