"""`wildlife migrate`: the tables, as their owner."""

import asyncio

import click

from db.migrations import migrate as apply_migrations
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.running import load_settings, running_database
from wildlife.commands.showing import say
from wildlife.commands.tables import owner_url, require_restored
from wildlife.words.speaking import said


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date, as their owner (WILDLIFE_OWNER_DATABASE_URL).

    Safe to repeat; several may run it at once. All other commands work as the service does, with
    the login of WILDLIFE_DATABASE_URL.
    """
    with running_database(load_settings(), begins=True) as settings, saying_what_is_wrong():
        require_restored(settings)
        applied = asyncio.run(apply_migrations(owner_url(settings)))
    for name in applied:
        say(said(f"applied {name}", f"已应用 {name}"))
    if not applied:
        say(said("nothing to do", "无需更新"))
