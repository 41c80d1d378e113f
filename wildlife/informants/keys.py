"""Which key is the database's: found out once, remembered, and never replaced in silence."""

from contextlib import aclosing
from pathlib import Path
from typing import Final
from uuid import UUID

from db.connection import Connection
from media.vault import Unsealable, Vault, make_key, open_vault
from wildlife.informants.queries import (
    add_fingerprint,
    find_fingerprints,
    lock_fingerprints,
    stream_sealed,
)
from wildlife.words.speaking import said


async def open_fitting_vault(connection: Connection, key_path: Path) -> Vault:
    """The vault with the key that this database's informants are sealed with.

    The first start decides which one that is: of a database that remembers none, a key that opens
    what is sealed there, or any where nothing is; only then one is made if there is none. Safe for
    many processes at once, with different folders too: one decides, the others fit or are refused.

    Raises ValueError with a sentence where the key is gone, is no key, or is another one.
    """
    if not await find_fingerprints(connection):
        async with connection.transaction():
            await lock_fingerprints(connection)
            if not await find_fingerprints(connection):
                if (first := await first_vault(connection, key_path)) is None:
                    # On the disk before anybody relies on it.
                    make_key(key_path)
                    first = open_vault(key_path)
                await add_fingerprint(connection, first.fingerprint)
    return await _known_vault(connection, key_path)


async def find_fitting_vault(connection: Connection, key_path: Path) -> Vault | None:
    """The vault that `open_fitting_vault` would open, and nothing is decided or made; None where it
    would make a key. Raises as that does."""
    if not await find_fingerprints(connection):
        async with connection.transaction():
            return await first_vault(connection, key_path)
    return await _known_vault(connection, key_path)


async def _known_vault(connection: Connection, key_path: Path) -> Vault:
    """The vault of a database that remembers its key."""
    remembered = await find_fingerprints(connection)
    while True:
        try:
            vault = open_vault(key_path)
        except FileNotFoundError:
            raise ValueError(_gone(key_path, remembered)) from None
        try:
            require_fit(vault, remembered, key_path)
        except ValueError:
            before, remembered = remembered, await find_fingerprints(connection)
            if remembered == before:
                raise
            # A rotation went on between the two looks.
        else:
            return vault


def require_fit(vault: Vault, remembered: list[bytes], key_path: Path) -> None:
    """That the vault seals with a key of the database, and opens all that is sealed there.

    Beside them may lie one that the database does not know: a rotation was cut off before it agreed
    on it, or after it had done with it.

    Raises ValueError with a sentence.
    """
    missing = [one for one in remembered if one not in vault.fingerprints]
    if missing == remembered:
        raise ValueError(_foreign(key_path, missing))
    if not vault.fits(remembered):
        raise ValueError(_partial(key_path, remembered, missing or remembered))


async def first_vault(connection: Connection, key_path: Path) -> Vault | None:
    """The key that a database which remembers none begins with; None: one has yet to be made.
    Inside a transaction only.

    Raises Begins where it opens nothing of what is sealed there, or there is none.
    """
    vault: Vault | None
    try:
        vault = open_vault(key_path)
    except FileNotFoundError:
        vault = None
    if vault is not None and len(vault.fingerprints) > 1:
        raise ValueError(
            said(
                f"{key_path} holds {len(vault.fingerprints)} keys of 32 bytes, and a database"
                " begins with one: leave that there alone.",
                f"{key_path} 中有 {len(vault.fingerprints)} 个 32 字节的密钥，而新数据库只用一个："
                "请只保留那一个。",
            )
        )
    is_empty = True
    async with aclosing(stream_sealed(connection)) as every:
        async for incident_id, sealed in every:
            is_empty = False
            if vault is None:
                raise Begins(_gone(key_path, [UNKNOWN]))
            # One is enough: the others may be damaged, or sealed with a key that 0.1 has lost.
            if _opens(vault, incident_id, sealed):
                return vault
    if vault is not None and not is_empty:
        raise Begins(_foreign(key_path, [UNKNOWN]))
    return vault


def _opens(vault: Vault, incident_id: UUID, sealed: bytes) -> bool:
    try:
        vault.open(incident_id, sealed)
    except Unsealable:
        return False
    return True


class Begins(ValueError):
    """A database that remembers no key, and what is sealed in it was sealed with another."""


UNKNOWN: Final = b""
"""What stands for the fingerprint of a key that the database never knew."""


def name_of(fingerprint: bytes) -> str:
    """What a key is called where people speak of it."""
    return fingerprint.hex()[:8] or "unknown"


def _gone(key_path: Path, missing: list[bytes]) -> str:
    return said(
        f"The key of this database is not at {key_path}, and no other opens its informants. Put"
        " it back from its copy, or say where it is (WILDLIFE_KEY_FILE, or informants.key in"
        " WILDLIFE_DATA_DIR).",
        f"{key_path} 处没有本数据库的密钥，其他密钥打不开报告人信息。请从其副本中放回，或指明它在"
        "何处（WILDLIFE_KEY_FILE，或 WILDLIFE_DATA_DIR 中的 informants.key）。",
    ) + _ways_on(key_path, missing)


def _partial(key_path: Path, remembered: list[bytes], missing: list[bytes]) -> str:
    keys = ", ".join(map(name_of, remembered))
    return said(
        f"{key_path} does not hold what this database's informants are sealed with: {keys}. The"
        " key is being changed, and the file is not as `wildlife key rotate` left it. Put that"
        " one back (WILDLIFE_KEY_FILE, or informants.key in WILDLIFE_DATA_DIR).",
        f"{key_path} 中的密钥不全，本数据库的报告人信息由 {keys} 密封。密钥正在更换，而该文件"
        "不是 `wildlife key rotate` 留下的样子。请放回那个文件（WILDLIFE_KEY_FILE，或"
        " WILDLIFE_DATA_DIR 中的 informants.key）。",
    ) + _ways_on(key_path, missing)


def _foreign(key_path: Path, missing: list[bytes]) -> str:
    return said(
        f"{key_path} is the key of another database: it does not open this one's informants."
        " Put the right key there from its copy (WILDLIFE_KEY_FILE, or informants.key in"
        " WILDLIFE_DATA_DIR), or name the database that it belongs to"
        " (WILDLIFE_DATABASE_URL).",
        f"{key_path} 是另一个数据库的密钥，打不开本数据库的报告人信息。请从副本中放回正确的密钥"
        "（WILDLIFE_KEY_FILE，或 WILDLIFE_DATA_DIR 中的 informants.key），或指明它所属的数据库"
        "（WILDLIFE_DATABASE_URL）。",
    ) + _ways_on(key_path, missing)


def _ways_on(key_path: Path, missing: list[bytes]) -> str:
    """What else there is to do: with a key that was retired, as after a restore of an older backup,
    and where there is no copy of the key."""
    names = " ".join(map(name_of, missing))
    for one in missing:
        retired = key_path.with_name(f"{key_path.name}.retired-{name_of(one)}")
        if retired.is_file():
            return said(
                f" The backup is older than the last change of the key: {retired} opens it. Copy"
                f" that to {key_path}, start, and then change the key again"
                " (`wildlife key rotate`).",
                f"该备份早于上次更换密钥：{retired} 能打开它。请把它复制为 {key_path}，启动后再次"
                "更换密钥（`wildlife key rotate`）。",
            )
    as_named = f"{key_path.name}.retired-{name_of(missing[0])}"
    older = said(
        f" It is called {names}; if it was changed after the backup that this is, it lies with the"
        f" copies of the key of that time, as {as_named}.",
        f"它的名称是 {names}；如果恢复的备份早于上次更换密钥，它与那时的密钥副本放在一起，文件名为"
        f" {as_named}。",
    )
    lost = said(
        f" If it is lost for good: `wildlife key lost {names}`, after which nobody reads who"
        " reported so far.",
        f"如已彻底遗失：`wildlife key lost {names}`，此后谁也读不到此前的报告人。",
    )
    return lost if missing == [UNKNOWN] else older + lost
