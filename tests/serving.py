"""The service as it really runs: a process of its own, spoken to over a socket."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from wildlife.settings import Settings, to_environment


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The base address of `wildlife serve` with these settings (but for the port)."""
    port = free_port()
    environment = os.environ | to_environment(settings) | {"WILDLIFE_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "wildlife", "serve"], env=environment, stdout=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            assert client.get(f"{base}/readyz", timeout=30).is_success
        yield base
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0
