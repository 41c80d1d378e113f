"""Giving entries their places, whoever else does."""

from db.database import Database
from wildlife.ledger.queries import read_end
from wildlife.ledger.sequencing import Sequencer


async def sequenced(database: Database) -> None:
    """Every entry has its place, and the hashes that are due are kept."""
    sequencer = Sequencer(database)
    while True:
        await sequencer.look()
        async with database.writing() as connection:
            if (await read_end(connection)).is_whole:
                return
