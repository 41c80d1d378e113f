"""Checking the ledger: its places, the tree over them, and every checkpoint of it."""

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from db.database import Database
from wildlife.ledger import queries, tree_queries
from wildlife.ledger.kept import read_kept
from wildlife.ledger.notes import Checkpoint, opened_by_one
from wildlife.ledger.tree import Growing, Node, Range, leaf_hash, rows_under
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said

_AT_ONCE: Final = 4096
_CHECKPOINTS_AT_ONCE: Final = 500


class Checked(msgspec.Struct):
    """What was looked at."""

    places: range
    """Those that were looked at."""
    is_whole: bool = True
    """Whether there was an entry at each of them."""
    checkpoints: int = 0
    flaws: int = 0


class _Claim(msgspec.Struct, frozen=True):
    """What the tree is said to have come to."""

    name: Sentence
    size: int
    root: bytes
    is_on_record: bool = False
    """Whether it is this database that says so."""


class Begun(msgspec.Struct, frozen=True):
    """What there was to be checked when it was begun: what comes later is left to the next time."""

    places: range
    """Those that are looked at: all that were taken, or those that were taken since."""
    claims: list[_Claim]
    flaws: list[Sentence]
    """What was found by then."""


async def begin(database: Database, paths: Iterable[Path], since: Path | None = None) -> Begun:
    """Read what the ledger is said to have come to.

    paths: the files and folders with checkpoints that are kept outside. since: one up to which all
    was verified before. Raises OSError where one of them can't be read, ValueError where `since` is
    none.
    """
    flaws: list[Sentence] = []

    def found(en: str, zh: str) -> None:
        flaws.append(Sentence(en, zh))

    async with database.reading() as connection:
        keys = await tree_queries.list_keys(connection)
    first = 0 if since is None else _size_of(since, keys)
    outside = _claims_outside([*paths, *([since] if since else [])], keys, found)
    async with database.reading() as connection:
        last = await tree_queries.last_checkpoint(connection)
    # At last: no claim is of what came since.
    async with database.reading() as connection:
        size = (await queries.read_end(connection)).size
        number = await tree_queries.count_before(connection, first)
    signed = [
        one async for one in _claims(database, keys, number, last.number if last else 0, found)
    ]
    on_record = {(one.size, one.root) for one in signed}
    for one in outside:
        if first <= one.size <= size and (one.size, one.root) not in on_record:
            found(
                f"{one.name.en} was signed, and is not on record here",
                f"{one.name.zh} 曾经签署，但这里没有记录",
            )
    claims = sorted([*outside, *signed], key=lambda one: one.size)
    of_these = [one for one in claims if one.size >= first]
    return Begun(range(min(first, size), size), of_these, flaws)


def _size_of(since: Path, keys: list[bytes]) -> int:
    [kept] = read_kept([since], keys)
    if kept.checkpoint is None:
        raise ValueError(said(*_no_checkpoint(since)))
    return kept.checkpoint.size


def _no_checkpoint(path: Path) -> Sentence:
    return Sentence(
        f"{path} is no checkpoint that a key of this database signed",
        f"{path} 不是本数据库的密钥所签署的检查点",
    )


async def verify(database: Database, begun: Begun, tell: Callable[[Sentence], None]) -> Checked:
    """Check all that was begun with; each flaw is told as it is found."""
    checked = Checked(begun.places, checkpoints=len(begun.claims))

    def found(en: str, zh: str) -> None:
        checked.flaws += 1
        tell(Sentence(en, zh))

    for flaw in begun.flaws:
        found(*flaw)
    await _check_tree(database, checked, begun.claims, found)
    return checked


def _claims_outside(
    paths: Iterable[Path], keys: list[bytes], found: Callable[[str, str], None]
) -> list[_Claim]:
    claims = []
    for path, checkpoint in read_kept(paths, keys):
        if checkpoint is None:
            found(*_no_checkpoint(path))
        else:
            claims.append(_Claim(Sentence(f"{path}", f"{path}"), checkpoint.size, checkpoint.root))
    return claims


async def _claims(
    database: Database, keys: list[bytes], number: int, last: int, found: Callable[[str, str], None]
) -> AsyncIterator[_Claim]:
    """What was signed, behind the `number`-th and up to the `last`-th."""
    size = 0
    while number < last:
        async with database.reading() as connection:
            batch = await tree_queries.list_checkpoints(connection, number, _CHECKPOINTS_AT_ONCE)
        for signed in batch:
            if signed.number > last:
                return
            name = Sentence(f"checkpoint {signed.number}", f"第 {signed.number} 个检查点")
            if signed.number != number + 1:
                found(f"checkpoint {number + 1} is missing", f"缺少第 {number + 1} 个检查点")
            number = signed.number
            checkpoint: Checkpoint | None = opened_by_one(signed.note, keys)
            if checkpoint is None:
                found(f"{name.en} is not as it was signed", f"{name.zh}与签署时不符")
            elif checkpoint.size != signed.size or checkpoint.size < size:
                found(f"{name.en} is in another's place", f"{name.zh}不在其位")
            else:
                size = checkpoint.size
                yield _Claim(name, size, checkpoint.root, is_on_record=True)
        if not batch:
            return


async def _check_tree(
    database: Database,
    checked: Checked,
    claims: list[_Claim],
    found: Callable[[str, str], None],
) -> None:
    """Make the tree anew of the ledger, and hold against it what is kept of it, and said."""
    first, size = checked.places.start, checked.places.stop
    growing = await _grown(database, first, found)
    if growing is None:
        checked.is_whole = False
        return
    waiting = iter(claims)
    claim = next(waiting, None)
    # All of it was there when it was signed; what came since is made again where it is missing.
    signed = max((one.size for one in claims if one.is_on_record), default=0)

    def hold(position: int) -> None:
        nonlocal claim
        while claim is not None and claim.size == position:
            if growing.root() != claim.root:
                found(
                    f"{claim.name.en}: the first {position} entries of the ledger are not those"
                    " that were signed",
                    f"{claim.name.zh}：总账前 {position} 条与签署时不符",
                )
            claim = next(waiting, None)

    hold(first)
    for start in range(first, size, _AT_ONCE):
        end = min(start + _AT_ONCE, size)
        async with database.reading() as connection:
            leaves = await tree_queries.list_leaves(connection, start, end)
        hashes = [leaf_hash(leaf) for leaf in leaves]
        nodes: list[Node] = []
        at, last = start, start + len(hashes)
        while at < last:
            until = min(last, claim.size) if claim is not None else last
            nodes += growing.add(hashes[at - start : until - start])
            hold(until)
            at = until
        await _check_nodes(database, nodes, signed, found)
        if last < end:
            checked.is_whole = False
            found(f"place {last} of the ledger is empty", f"总账第 {last} 位空缺")
            return
    for rest in [claim, *waiting] if claim is not None else []:
        found(
            f"{rest.name.en}: the ledger had {rest.size} entries, and has {size}: it was cut short",
            f"{rest.name.zh}：总账曾有 {rest.size} 条，现有 {size} 条，末尾已被截去",
        )
    async with database.reading() as connection:
        for level, number in await tree_queries.list_strays(connection):
            found(
                f"the hash {level}/{number} of the tree is of entries that there are not",
                f"散列树 {level}/{number} 所指的记录不存在",
            )


async def _grown(
    database: Database, size: int, found: Callable[[str, str], None]
) -> Growing | None:
    """The tree over so many entries, by what is kept of it."""
    async with database.reading() as connection:
        held = await tree_queries.read_rows(connection, rows_under(Range(0, size)))
    try:
        return Growing.of_size(size, held)
    except KeyError as missing:
        level, number = missing.args[0]
        found(
            f"the hash {level}/{number} of the tree is missing: verify all of it, since what came"
            " later can't be held against it",
            f"散列树 {level}/{number} 缺失，无法据以核验此后的内容，请核验全部",
        )
        return None


async def _check_nodes(
    database: Database, nodes: list[Node], signed: int, found: Callable[[str, str], None]
) -> None:
    async with database.reading() as connection:
        kept = await tree_queries.read_nodes(connection, [(one.level, one.number) for one in nodes])
    for node in nodes:
        hashed = kept.get((node.level, node.number))
        is_due = (node.number + 1) << 8 * node.level <= signed
        name = f"{node.level}/{node.number}"
        if hashed is None and is_due:
            found(f"the hash {name} of the tree is missing", f"散列树 {name} 缺失")
        elif hashed is not None and hashed != node.hash:
            found(
                f"the hash {name} of the tree is not that of its entries",
                f"散列树 {name} 与其记录不符",
            )
