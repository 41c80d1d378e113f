"""Running the server: granian, as many processes as wanted, until a signal."""

import os
import socket

import click
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from msgspec.structs import replace

from wildlife.settings import PREFIX, Settings, to_environment


def require_free_port(settings: Settings) -> None:
    """Say at once that somebody else listens there, and what to do."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(
                f"Can't listen on {settings.host}:{settings.port} ({error.strerror})."
                " Choose another: WILDLIFE_PORT=8001"
            ) from None


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first."""
    # The workers are processes of their own: they read these settings from the environment. What
    # the tables' owner had to do is done, and nobody signs in as the owner any more.
    os.environ.pop(f"{PREFIX}OWNER_DATABASE_URL", None)
    os.environ.update(to_environment(replace(settings, owner_database_url=None)))
    Granian(
        "wildlife.app:create_app",
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        workers_kill_timeout=15,
    ).serve()
