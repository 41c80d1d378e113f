"""Backing up beside the service that goes on: `python -m bench.backup`.

400 photos of 3 MB are put over HTTP, then `wildlife backup` runs, into an empty folder and once
more, and after it what one would do by hand: `pg_dump` and `cp -r`, then `sync`. Both write to the
disk of the data. It takes two minutes or so.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx

from bench.disk import on_disk
from bench.report import machine
from bench.service import running_service, sign_in
from bench.stage import OFFICERS, put_officers
from db.embedded import client_program
from tests.pictures import encoded, noise
from tests.users import rescue
from wildlife.settings import Settings, to_environment

PHOTOS = 400
PHOTO_BYTES = 3_000_000


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    assert settings.owner_database_url is not None
    disk = Path(f"{settings.data_dir}-backups")
    disk.mkdir()
    try:
        asyncio.run(put_officers(settings))
        with running_service(settings) as service:
            token = sign_in(service, OFFICERS[0].badge)
            _put_photos(f"http://127.0.0.1:{service.port}/api/v1", token)
            megabytes = PHOTOS * PHOTO_BYTES / 1e6
            backup = [sys.executable, "-m", "wildlife", "backup", str(disk)]
            print("| what | s | MB/s |\n|---|---:|---:|")
            _measure("`wildlife backup`, the first", megabytes, backup, settings)
            _measure("`wildlife backup`, the second", megabytes, backup, settings)
            verify = [*backup, "--verify"]
            _measure("`wildlife backup --verify`", megabytes, verify, settings)
            by_hand = (
                f"{client_program('pg_dump')} -Fc -f {disk}/by-hand.dump"
                f" '{settings.owner_database_url}'"
                f" && cp -r {settings.media_dir}/originals {disk}/by-hand && sync -f {disk}"
            )
            _measure("`pg_dump`, `cp -r`, `sync`", megabytes, ["sh", "-c", by_hand], settings)
        print()
        print(asyncio.run(machine(settings.owner_database_url)))
    finally:
        shutil.rmtree(disk)


def _measure(what: str, megabytes: float, command: list[str], settings: Settings) -> None:
    began = time.monotonic()
    environment = os.environ | to_environment(settings)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    took = time.monotonic() - began
    print(f"| {what} | {took:.1f} | {megabytes / took:.0f} |", flush=True)


def _put_photos(base: str, token: str) -> None:
    """Pictures of a few pixels, with as many bytes behind them as a phone's photo has."""
    picture = encoded(noise(60, 40))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg"}
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as client:
        incident = None
        for number in range(PHOTOS):
            if number % 50 == 0:
                body = rescue()
                client.post(f"{base}/incidents", json=body).raise_for_status()
                incident = body["id"]
            content = picture + os.urandom(PHOTO_BYTES - len(picture))
            path = f"{base}/incidents/{incident}/photos/{uuid4()}"
            client.put(path, content=content).raise_for_status()


if __name__ == "__main__":
    main()
