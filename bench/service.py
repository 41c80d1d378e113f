"""The service that is measured, as `wildlife serve` runs it, and who is signed in at it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bench.servers import Server, running_server
from bench.stage import PASSWORD
from wildlife.settings import Settings, to_environment


@contextmanager
def running_service(settings: Settings, *options: str) -> Iterator[Server]:
    """`wildlife serve` on these settings."""
    command = [sys.executable, "-m", "wildlife", "serve", *options]
    with running_server(command, to_environment(settings), settings.port, "/readyz") as server:
        yield server


def sign_in(service: Server, badge: str) -> str:
    """The access token of an officer of the stage."""
    answer = httpx.post(
        f"{service.base_url}/api/v1/session", json={"badge": badge, "password": PASSWORD}
    )
    token: str = answer.raise_for_status().json()["access_token"]
    return token
