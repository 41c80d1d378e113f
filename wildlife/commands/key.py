"""The commands for the key that informants are sealed with."""

import asyncio

import click

from db.pool import open_database
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.running import (
    load_settings,
    owner_url,
    require_tables,
    running_database,
    say,
)
from wildlife.informants.rotating import Rotation, rotate
from wildlife.settings import Settings
from wildlife.words.speaking import said


@click.group()
def key() -> None:
    """The key that informants are sealed with: WILDLIFE_KEY_FILE, or the data folder."""


@key.command("rotate")
def key_rotate() -> None:
    """Change the key; the service may go on meanwhile, and everything stays readable.

    Makes a new key, seals all that is sealed anew with it, and lays the old one beside the new: it
    opens the backups that were made before. What is cut off goes on when the command is run again.
    Works as the owner of the tables (WILDLIFE_OWNER_DATABASE_URL). Back up afterwards.
    """

    async def run(settings: Settings) -> Rotation:
        url, rotation = owner_url(settings), Rotation()
        await require_tables(url, as_owner=True)
        async with (
            open_database(url, confined=False, zone=settings.zone, size=1) as database,
            database.writing() as connection,
        ):
            async for step in rotate(connection, settings.key_path):
                rotation = step
        return rotation

    with running_database(load_settings(), begins=False) as settings, saying_what_is_wrong():
        rotated = asyncio.run(run(settings))
    say(
        said(
            f"The key is {rotated.key} now; {rotated.resealed} rows were sealed anew with it.",
            f"现用密钥为 {rotated.key}，已用它重新封存 {rotated.resealed} 行。",
        )
    )
    if rotated.unreadable:
        say(
            said(
                f"{rotated.unreadable} rows were left as they are: no key opens them.",
                f"{rotated.unreadable} 行保持原样：没有密钥能打开。",
            )
        )
    for path in rotated.retired:
        say(
            said(
                f"The key of before is {path}: keep it with the backups of before, and not here.",
                f"此前的密钥为 {path}：请与此前的备份一起保存，不要留在此处。",
            )
        )
    say(said("Back up now.", "请立即备份。"))
