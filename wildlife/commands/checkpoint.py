"""The commands for checkpoints of the ledger, and for the key that signs them."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import click

from db.database import Database
from wildlife.commands.running import with_database
from wildlife.commands.showing import say
from wildlife.ledger import queries
from wildlife.ledger.keys import CannotSign, renew_key
from wildlife.ledger.signing import NOTHING_YET, Checkpoints
from wildlife.settings import Settings
from wildlife.words.speaking import said

Work: TypeAlias = Callable[[Database, Settings], Awaitable[str]]


@click.group()
def checkpoint() -> None:
    """Checkpoints: how many entries there are and the root of the tree over them, signed."""


@checkpoint.command("sign")
def checkpoint_sign() -> None:
    """Sign what came, and put out the checkpoint over all of it: for a file elsewhere.

    What is taken away or changed later no longer fits it: `wildlife verify --checkpoint FILE`.

    \b
    wildlife checkpoint sign > /mnt/worm/2026-11-28.checkpoint
    """

    async def run(opened: Database, settings: Settings) -> str:
        signed = await Checkpoints(opened, settings).latest()
        if signed is None:
            raise ValueError(said(*NOTHING_YET))
        return signed.note

    click.echo(_saying_why(run), nl=False)
    click.echo(
        said(
            "Keep it elsewhere, where nobody changes it.",
            "请将它存放在别处，存放后不再改动。",
        ),
        err=True,
    )


@checkpoint.command("key")
def checkpoint_key() -> None:
    """Show the verifier key, by which others know this service's checkpoints.

    Give it to whoever verifies by a way that they trust: what comes along with what it is to verify
    is worth nothing.
    """

    async def run(opened: Database, settings: Settings) -> str:
        return (await Checkpoints(opened, settings).signer()).verifier_key

    _say_key(_saying_why(run))


@checkpoint.command("renew-key")
def checkpoint_renew_key() -> None:
    """Sign with a new key from now on: where the key is lost, or was read by others, and after an
    older backup was restored.

    The old one is laid beside the new. Whoever verifies needs the new verifier key, which is shown;
    what was signed until now is still known by the old one.
    """

    async def run(opened: Database, settings: Settings) -> str:
        async with opened.transaction() as connection:
            await queries.wait_for_end(connection)
            return await renew_key(
                connection, settings.checkpoint_key_path, settings.checkpoint_name
            )

    _say_key(_saying_why(run))


def _say_key(vkey: str) -> None:
    say(vkey)
    click.echo(
        said(
            "Give it to whoever verifies by a way that they trust.",
            "请以核验者信得过的途径交给对方。",
        ),
        err=True,
    )


def _saying_why(run: Work) -> str:
    async def work(opened: Database, settings: Settings) -> str:
        try:
            return await run(opened, settings)
        except CannotSign as error:
            raise ValueError(said(str(error), error.zh)) from None

    return with_database(work)
