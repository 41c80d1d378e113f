"""Signing how large the tree is and its root: what makes it impossible to take anything away later,
or to tell two people two stories, without its being found."""

import asyncio
from typing import Final

import structlog

from db.connection import Connection
from db.database import Database
from wildlife.ledger import queries, tree_queries
from wildlife.ledger.kept import Outside, keep, last_kept
from wildlife.ledger.keys import CannotSign, open_signer
from wildlife.ledger.notes import (
    Checkpoint,
    Signer,
    UnfitNote,
    open_checkpoint,
    opened_by_one,
)
from wildlife.ledger.sequencing import keep_hashes
from wildlife.ledger.tree import Range, range_hash, rows_under
from wildlife.ledger.tree_queries import Signed
from wildlife.settings import Settings
from wildlife.web.background import again_and_again
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

_FIRST_S: Final = 10
"""So long after its start a process looks for the first time whether anything is to be signed."""

NOTHING_YET: Final = Sentence(
    "No entry has a place in the ledger yet: there is nothing to sign.",
    "总账中尚无记录，没有可签署的内容。",
)
"""What is told where `Checkpoints.latest` is None."""


class Checkpoints:
    """One a process; `run` works until it is cancelled."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._seen: int | None = None
        folder = settings.checkpoint_dir
        self._outside = None if folder is None else Outside(folder)

    async def run(self) -> None:
        """Sign each so often what came, and keep it outside."""
        await asyncio.sleep(_FIRST_S)
        every_s = self._settings.checkpoint_s
        await again_and_again("checkpoints have to wait", self._round, every_s)

    async def _round(self) -> None:
        try:
            await self.sign_and_keep()
        except (CannotSign, ValueError) as error:
            log.warning("checkpoints_not_signed", said=str(error))

    async def sign_and_keep(self) -> None:
        """Sign what came, unless another process did meanwhile; and keep what was signed outside.

        Raises as `latest`.
        """
        async with self._database.writing() as connection:
            last = await tree_queries.last_checkpoint(connection)
        if last is None or self._seen in (None, last.number):
            last = await self.latest()
        # Else another process signed meanwhile: once in each so often is enough.
        if last is None:
            return
        self._seen = last.number
        if self._outside is not None:
            await self._outside.work(keep, last.size, last.note)

    async def latest(self) -> Signed | None:
        """The checkpoint over all that has a place by now, which is signed if need be; None: there
        is nothing yet.

        Raises CannotSign, OSError, and ValueError as `open_vault`.
        """
        await keep_hashes(self._database)
        async with self._database.transaction() as connection:
            await queries.wait_for_end(connection)
            if not (await queries.read_end(connection)).size:
                return None
            signer = await self._signer(connection)
        # No transaction waits for a network.
        kept = None if self._outside is None else await self._outside.work(last_kept, signer)
        async with self._database.transaction() as connection:
            await queries.wait_for_end(connection)
            size = (await queries.read_end(connection)).size
            last = await tree_queries.last_checkpoint(connection)
            if last is not None and last.size == size and _is_by(signer, last.note):
                opened = await _opened(connection, last.note)
                # What lies outside may tell of more, or of something else, than the database does.
                if kept is None or kept.size < size or kept == opened:
                    return last
            # It may have been renewed meanwhile, since somebody else has it.
            signer = await self._signer(connection)
            return await _sign(connection, signer, size, last, kept)

    async def signer(self) -> Signer:
        """Who signs now, also any text of ours that is no checkpoint. Raises as `latest`."""
        async with self._database.transaction() as connection:
            await queries.wait_for_end(connection)
            return await self._signer(connection)

    async def _signer(self, connection: Connection) -> Signer:
        settings = self._settings
        return await open_signer(connection, settings.checkpoint_key_path, settings.checkpoint_name)


async def _sign(
    connection: Connection, signer: Signer, size: int, last: Signed | None, kept: Checkpoint | None
) -> Signed:
    """Sign the tree of this size, which extends what was signed before."""
    while not await tree_queries.grow(connection, size):  # what came since the last look
        pass
    before = [kept] if kept else []
    if last is not None:
        before.append(await _opened(connection, last.note))
    wanted = [Range(0, one.size) for one in before] + [Range(0, size)]
    held = await tree_queries.read_rows(
        connection, [row for one in wanted if one.end <= size for row in rows_under(one)]
    )
    try:
        for one in before:
            if one.size > size or range_hash(Range(0, one.size), held) != one.root:
                raise _forked(one.size, size)
        root = range_hash(Range(0, size), held)
    except KeyError:
        raise CannotSign(
            "The tree over the ledger has gaps: `wildlife verify` names what is wrong.",
            "总账的散列树有缺失：`wildlife verify` 会指出不符之处。",
        ) from None
    note = signer.sign(Checkpoint(signer.name, size, root))
    signed = Signed((last.number if last else 0) + 1, size, note)
    await tree_queries.add_checkpoint(connection, signed)
    return signed


def _forked(before: int, size: int) -> CannotSign:
    return CannotSign(
        f"The ledger of {size} entries does not extend the one of {before} that was signed: entries"
        " were taken away or changed, or an older backup was restored. Run `wildlife verify`. After"
        " a restore: `wildlife checkpoint renew-key` begins a new log, and says so to whoever"
        " verifies.",
        f"现有 {size} 条记录的总账不是已签署的 {before} 条总账的延续：有记录被删除或更改，或恢复了"
        "较早的备份。请运行 `wildlife verify`。如因恢复备份：`wildlife checkpoint renew-key` 会启用"
        "新的密钥，核验者可以由此得知。",
    )


def _is_by(signer: Signer, note: str) -> bool:
    try:
        return open_checkpoint(note, signer.public_key).origin == signer.name
    except UnfitNote:
        return False


async def _opened(connection: Connection, note: str) -> Checkpoint:
    """What was signed, with whichever key it was then."""
    opened = opened_by_one(note, await tree_queries.list_keys(connection))
    if opened is not None:
        return opened
    raise CannotSign(
        "The last checkpoint is not as it was signed: `wildlife verify` names what is wrong.",
        "最近的检查点与签署时不符：`wildlife verify` 会指出不符之处。",
    )
