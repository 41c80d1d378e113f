"""Giving entries their places, whoever else does."""

from db.database import Database
from wildlife.ledger.sequencing import keep_hashes, place_all


async def sequenced(database: Database) -> None:
    """Every entry has its place, and the hashes that are due are kept."""
    await place_all(database)
    await keep_hashes(database)
