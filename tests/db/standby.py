"""A standby of a private PostgreSQL, which is a second private PostgreSQL."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.embedded import client_program, server_account
from tests.own_postgresql import OwnPostgresql, own_postgresql
from tests.postgresql import ask

_LOCAL = "local replication all peer map=owner\n"


@contextmanager
def standby_of(primary: OwnPostgresql, folder: Path) -> Iterator[OwnPostgresql]:
    """One that runs until the end of the block and streams from `primary`."""
    primary.stop()
    cluster = primary.folder / "cluster"
    with (cluster / "postgresql.auto.conf").open("a") as settings:  # the last word counts
        settings.write("wal_level = replica\nmax_wal_senders = 4\n")
    primary.start()
    users = {pwd.getpwuid(uid).pw_name for uid in (os.geteuid(), server_account().uid)}
    for file, lines in (
        ("pg_hba.conf", _LOCAL),
        ("pg_ident.conf", "".join(f'owner "{user}" all\n' for user in sorted(users))),
    ):
        with (cluster / file).open("a") as rules:
            rules.write(lines)
    ask(primary.url, "select pg_reload_conf()")
    folder.mkdir(mode=0o700)
    subprocess.run(
        [
            client_program("pg_basebackup"),
            f"--dbname={primary.url}",
            f"--pgdata={folder / 'cluster'}",
            "--checkpoint=fast",
            "--write-recovery-conf",
        ],
        check=True,
        capture_output=True,
    )
    with own_postgresql(folder) as standby:
        yield standby
