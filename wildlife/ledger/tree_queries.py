"""The SQL of the tree over the ledger, and of the checkpoints of it."""

from collections.abc import Sequence
from itertools import count
from typing import Final

import msgspec

from db.connection import Connection
from db.rows import fetch_one
from wildlife.ledger.tree import WIDTH, Held, Row, leaf_hash, root_of

_AT_ONCE: Final = 32


class Signed(msgspec.Struct, frozen=True):
    """A checkpoint as it was given out."""

    number: int
    """How many there were with it."""
    size: int
    note: str


async def grow(connection: Connection, size: int) -> bool:
    """Keep the hashes of some of the subtrees that are whole in a ledger of this size, in a
    transaction; whether all of them are kept."""
    rows = await connection.fetch(
        """
        select level, (
            select number + 1 from ledger_node n where n.level = l.level
            order by number desc limit 1
        ) as count
        from generate_series(1, 7) as l (level)
        """
    )
    kept = {row["level"]: row["count"] or 0 for row in rows}
    level, below, is_all = 1, size, True
    while whole := below // WIDTH:
        first = kept[level]
        until = min(whole, first + _AT_ONCE)
        if first < until:
            held = await read_row(
                connection, Row(level - 1, first * WIDTH, (until - first) * WIDTH)
            )
            await _add(connection, level, first, held)
        is_all &= until == whole
        level, below = level + 1, until
    return is_all


async def read_row(connection: Connection, row: Row) -> list[bytes]:
    """The hashes of a row of nodes, those that there are, in their order."""
    if row.level == 0:
        leaves = await list_leaves(connection, row.first, row.first + row.many)
        return [leaf_hash(leaf) for leaf in leaves]
    nodes = await connection.fetch(
        """
        select hash from ledger_node where level = $1 and number >= $2 and number < $3
        order by number
        """,
        row.level,
        row.first,
        row.first + row.many,
    )
    return [one["hash"] for one in nodes]


async def _add(connection: Connection, level: int, first: int, below: Sequence[bytes]) -> None:
    hashes = [root_of(below[at : at + WIDTH]) for at in range(0, len(below), WIDTH)]
    await connection.execute(
        """
        insert into ledger_node (level, number, hash)
        select $1, $2 + n - 1, hash from unnest($3::bytea[]) with ordinality as h (hash, n)
        """,
        level,
        first,
        hashes,
    )


async def read_rows(connection: Connection, rows: Sequence[Row]) -> Held:
    """The hashes of rows of nodes, by level and number, those that there are."""
    of_leaves = [row for row in rows if row.level == 0]
    leaves = await connection.fetch(
        """
        select l.position, uuid_send(l.salt) || l.digest as leaf
        from unnest($1::bigint[], $2::bigint[]) as r (first, until)
        join ledger l on l.position >= r.first and l.position < r.until
        """,
        [row.first for row in of_leaves],
        [row.first + row.many for row in of_leaves],
    )
    above = [row for row in rows if row.level]
    nodes = await connection.fetch(
        """
        select n.level, n.number, n.hash
        from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as r (level, first, until)
        join ledger_node n on n.level = r.level and n.number >= r.first and n.number < r.until
        """,
        [row.level for row in above],
        [row.first for row in above],
        [row.first + row.many for row in above],
    )
    return {
        **{(0, position): leaf_hash(leaf) for position, leaf in leaves},
        **{(one["level"], one["number"]): one["hash"] for one in nodes},
    }


async def read_nodes(connection: Connection, named: Sequence[tuple[int, int]]) -> Held:
    """These of those that are kept, by level and number."""
    rows = await connection.fetch(
        """
        select n.level, n.number, n.hash
        from unnest($1::smallint[], $2::bigint[]) as w (level, number)
        join ledger_node n on n.level = w.level and n.number = w.number
        """,
        [level for level, _ in named],
        [number for _, number in named],
    )
    return {(row["level"], row["number"]): row["hash"] for row in rows}


async def list_strays(connection: Connection) -> list[tuple[int, int]]:
    """The first that are kept of subtrees which the ledger is too small for."""
    rows = await connection.fetch(
        """
        select level, number from ledger_node, (select max(position) + 1 as size from ledger) as l
        where level > 7 or number >= coalesce(size, 0) >> (8 * level) limit 10
        """
    )
    return [(row["level"], row["number"]) for row in rows]


async def list_leaves(connection: Connection, start: int, end: int) -> list[bytes]:
    """What is hashed of the entries from one place up to another; as many as there are before the
    first place that is empty."""
    row = await connection.fetchrow(
        """
        select array_agg(position) as positions, array_agg(uuid_send(salt) || digest) as leaves
        from (
            select position, salt, digest from ledger where position >= $1 and position < $2
            order by position
        ) as l
        """,
        start,
        end,
    )
    assert row is not None
    positions: list[int] = row["positions"] or []
    leaves: list[bytes] = row["leaves"] or []
    if positions == [*range(start, start + len(positions))]:
        return leaves
    gap = next(
        n
        for n, (found, due) in enumerate(zip(positions, count(start), strict=False))
        if found != due
    )
    return leaves[:gap]


async def list_keys(connection: Connection) -> list[bytes]:
    """The public keys that checkpoints were signed with, the present one last."""
    rows = await connection.fetch("select public_key from checkpoint_key order by number")
    return [row["public_key"] for row in rows]


async def add_key(connection: Connection, public_key: bytes) -> None:
    """From now on this one signs."""
    await connection.execute(
        """
        insert into checkpoint_key (number, public_key)
        select coalesce(max(number), 0) + 1, $1 from checkpoint_key
        """,
        public_key,
    )


async def last_checkpoint(connection: Connection) -> Signed | None:
    """What was signed last."""
    return await fetch_one(
        connection,
        Signed,
        "select number, size, note from checkpoint order by number desc limit 1",
    )


async def count_before(connection: Connection, size: int) -> int:
    """How many were signed when the ledger was smaller."""
    number: int = await connection.fetchval(
        "select coalesce(max(number), 0) from checkpoint where size < $1", size
    )
    return number


async def list_checkpoints(connection: Connection, after: int, limit: int) -> list[Signed]:
    """All that were signed behind the `after`-th, in their order."""
    rows = await connection.fetch(
        """
        select number, size, note from checkpoint where number > $1 order by number limit $2
        """,
        after,
        limit,
    )
    return [Signed(*row) for row in rows]


async def add_checkpoint(connection: Connection, signed: Signed) -> None:
    """Keep what is about to be given out."""
    await connection.execute(
        "insert into checkpoint (number, size, note) values ($1, $2, $3)",
        signed.number,
        signed.size,
        signed.note,
    )
