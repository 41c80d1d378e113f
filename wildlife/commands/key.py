"""The commands for the key that informants are sealed with."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from db.connection import Connection
from db.database import open_database
from wildlife.commands.arguments import TEXT, InputFile
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.running import load_settings, running_database
from wildlife.commands.showing import say
from wildlife.commands.tables import owner_url, require_owners_tables
from wildlife.informants.keys import name_of
from wildlife.informants.losing import give_up, take_back
from wildlife.informants.losing_queries import LostKey
from wildlife.informants.rotating import Rotation, rotate
from wildlife.settings import Settings
from wildlife.words.speaking import said

T = TypeVar("T")


@click.group()
def key() -> None:
    """The key that informants are sealed with: WILDLIFE_KEY_FILE, or the data folder."""


def _as_owner(work: Callable[[Connection, Settings], Awaitable[T]]) -> T:
    """Run `work` as the owner of the tables."""

    async def run(settings: Settings) -> T:
        url = owner_url(settings)
        await require_owners_tables(settings)
        async with (
            open_database(url, confined=False, zone=settings.zone, size=1) as database,
            database.writing() as connection,
        ):
            return await work(connection, settings)

    with running_database(load_settings(), begins=False) as settings, saying_what_is_wrong():
        return asyncio.run(run(settings))


@key.command("rotate")
def key_rotate() -> None:
    """Change the key; the service may go on meanwhile, and everything stays readable.

    Makes a new key, seals all that is sealed anew with it, and lays the old one beside the new: it
    opens the backups that were made before. What is cut off goes on when the command is run again.
    Works as the owner of the tables (WILDLIFE_OWNER_DATABASE_URL). Back up afterwards.
    """

    async def run(connection: Connection, settings: Settings) -> Rotation:
        rotation = Rotation()
        async for step in rotate(connection, settings.key_path):
            rotation = step
        return rotation

    rotated = _as_owner(run)
    say(
        said(
            f"The key is {rotated.key} now; {rotated.resealed} rows were sealed anew with it.",
            f"现用密钥为 {rotated.key}，已用它重新封存 {rotated.resealed} 行。",
        )
    )
    _say_unreadable(rotated)
    for path in rotated.retired:
        say(
            said(
                f"The key of before is {path}: it opens the backups of before. Keep it with the"
                " copies of the key, and not here.",
                f"此前的密钥为 {path}：它能打开此前的备份。请与密钥的副本一起保存，不要留在此处。",
            )
        )
    say(said("Back up now.", "请立即备份。"))


@key.command("lost")
@click.argument("names", nargs=-1, required=True, type=TEXT, metavar="KEY…")
def key_lost(names: tuple[str, ...]) -> None:
    """Go on without the key: put it on record that KEY, as the start calls it, is lost for good.

    Nobody can read any more who reported until then, nor what was refused and kept: that can't be
    undone but by finding the key. What it sealed is kept, and says when the key was lost. A new key
    is made, or the one taken that lies in the file now. Look for a copy of it everywhere first.
    Works as the owner of the tables (WILDLIFE_OWNER_DATABASE_URL).

    \b
    wildlife key lost 1f0a9b3c
    """
    given_up = _as_owner(lambda connection, settings: give_up(connection, settings.key_path, names))
    for one in given_up.lost:
        say(lost_key(one))
    say(
        said(
            f"The key is {given_up.key} now; what it seals can be read. Back up now.",
            f"现用密钥为 {given_up.key}，用它封存的内容可以读取。请立即备份。",
        )
    )


@key.command("found")
@click.argument("file", type=InputFile())
def key_found(file: Path) -> None:
    """Read again what a lost key sealed, with the FILE that holds it.

    All of it is sealed anew with the key of now; the service may go on meanwhile, and what is cut
    off goes on when the command is run again. Works as the owner of the tables
    (WILDLIFE_OWNER_DATABASE_URL). Back up afterwards.

    \b
    wildlife key found /media/usb/informants.key
    """
    done = _as_owner(lambda connection, settings: take_back(connection, settings.key_path, file))
    say(
        said(
            f"{done.resealed} rows can be read again; they were sealed anew with {done.key}.",
            f"{done.resealed} 行可以重新读取，已用 {done.key} 重新封存。",
        )
    )
    _say_unreadable(done)
    say(said("Back up now.", "请立即备份。"))


def lost_key(one: LostKey) -> str:
    key = name_of(one.fingerprint)
    return said(
        f"The key {key} is lost: {one.informants} who reported and {one.refused} refused bodies"
        " that it sealed can't be read by anybody. They are kept; should the key be found:"
        " `wildlife key found FILE`.",
        f"密钥 {key} 已遗失：由它封存的 {one.informants} 份报告人信息和 {one.refused} 份未被接受的"
        "内容，谁也无法读取。它们仍然保存；找到密钥后：`wildlife key found 文件`。",
    )


def _say_unreadable(done: Rotation) -> None:
    if done.unreadable:
        say(
            said(
                f"{done.unreadable} rows were left as they are: no key opens them.",
                f"{done.unreadable} 行保持原样：没有密钥能打开。",
            )
        )
