"""Where a benchmark runs: a private PostgreSQL and a data folder of its own, on a real disk."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.servers import free_port
from bench.stage import CONNECTIONS
from db.embedded import embedded_postgresql
from db.grants import SERVICE_LOGIN
from db.identity import with_login
from db.migrations import migrate
from wildlife.settings import Settings

# Where the service keeps its data by default: a folder for temporary files need not be on a disk.
DISK = Path("var")


def on_disk(measure: Callable[[Settings], None]) -> None:
    """Measure with these settings. Ctrl-C, or SIGTERM, stops everything that was started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    DISK.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=DISK) as name:
            folder = Path(name).resolve()
            folder.chmod(0o711)  # started by root, PostgreSQL is another user
            with embedded_postgresql(folder / "postgresql") as url:
                asyncio.run(migrate(url))  # makes the login that the service signs in with
                measure(
                    Settings(
                        data_dir=folder,
                        port=free_port(),
                        database_url=with_login(url, SERVICE_LOGIN),
                        owner_database_url=url,
                        database_connections=CONNECTIONS,
                        log_file=folder / "service.log",
                        # A few accounts ask as much as the service can do.
                        account_requests_per_minute=1_000_000,
                    )
                )
    except KeyboardInterrupt:
        sys.exit("stopped")
