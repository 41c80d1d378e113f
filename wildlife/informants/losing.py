"""The way on where a key is lost for good, and back where it is found.

What was sealed stays as it is and says with which key: who asks is told that this one was lost, and
when. So whoever finds the key later opens all of it again.
"""

from collections.abc import Collection
from pathlib import Path

import msgspec

from db.connection import Connection
from media.vault import Vault, make_key, open_vault
from wildlife.informants.keys import (
    UNKNOWN,
    Begins,
    first_vault,
    name_of,
    open_fitting_vault,
    require_fit,
)
from wildlife.informants.losing_queries import (
    LostKey,
    list_lost,
    record_found,
    record_lost,
    seals_without_a_name,
)
from wildlife.informants.queries import add_fingerprint, claim_fingerprints, find_fingerprints
from wildlife.informants.rotating import Rotation, being_changed, seal_anew
from wildlife.words.speaking import said


class GivenUp(msgspec.Struct, frozen=True):
    """What is lost, and what the database goes on with."""

    lost: list[LostKey]
    key: str
    """What the key is called that seals from now on."""


async def give_up(connection: Connection, key_path: Path, names: Collection[str]) -> GivenUp:
    """Put the keys of these names on record as lost for good, and let the database go on with what
    the file holds, or with a new key where there is none; safe to repeat where it was cut off.

    connection: as the owner of the tables.

    Raises ValueError with a sentence where these are not the keys that are missing.
    """
    if not await claim_fingerprints(connection):
        raise being_changed()
    remembered = await find_fingerprints(connection)
    try:
        vault = open_vault(key_path)
    except FileNotFoundError:
        vault = None
    there = {*(vault.fingerprints if vault else ())}
    missing = [one for one in remembered if one not in there]
    if not remembered:
        missing = await _missing_of_none(connection, key_path)
    _require_named(missing, names)
    left = [one for one in remembered if one in there]
    if vault is not None and left:
        require_fit(vault, left, key_path)
    elif vault is None:
        make_key(key_path)  # on the disk before anybody relies on it
        vault = open_vault(key_path)
    elif len(vault.fingerprints) > 1:
        raise ValueError(
            said(
                f"{key_path} holds several keys, and none is the database's: leave the one there"
                " that it shall go on with, or none.",
                f"{key_path} 中有多个密钥，且都不属于本数据库：请只保留今后要用的那一个，或一个也"
                "不留。",
            )
        )
    async with connection.transaction():
        nameless = [UNKNOWN] if not left and await seals_without_a_name(connection) else []
        await record_lost(connection, {*missing, *nameless})
        if not left:
            await add_fingerprint(connection, vault.fingerprint)
    lost = [one for one in await list_lost(connection) if one.fingerprint in {*missing, *nameless}]
    return GivenUp(lost, name_of(vault.fingerprint))


async def _missing_of_none(connection: Connection, key_path: Path) -> list[bytes]:
    """What is missing of a database that remembers no key: the one that sealed what there is."""
    try:
        async with connection.transaction():
            await first_vault(connection, key_path)
    except Begins:
        return [UNKNOWN]
    return []


def _require_named(missing: list[bytes], names: Collection[str]) -> None:
    if not missing:
        raise ValueError(
            said(
                "No key is lost: all that is sealed opens with those in the file.",
                "没有密钥遗失：文件中的密钥能打开全部封存内容。",
            )
        )
    wanted = sorted(map(name_of, missing))
    if sorted({*names}) != wanted:
        raise ValueError(
            said(
                f"Missing is {', '.join(wanted)}, and no other: to give that up for good, name it:"
                f" `wildlife key lost {' '.join(wanted)}`.",
                f"缺少的是 {'、'.join(wanted)}，而不是别的：如要永久放弃，请写明它："
                f"`wildlife key lost {' '.join(wanted)}`。",
            )
        )


async def take_back(connection: Connection, key_path: Path, found: Path) -> Rotation:
    """Open with the keys in `found` what was sealed with one that is on record as lost, and seal it
    anew; what is cut off goes on when it is run again.

    connection: as the owner of the tables.

    Raises ValueError with a sentence where the file opens nothing of it.
    """
    if not await claim_fingerprints(connection):
        raise being_changed()
    current, keys = await open_fitting_vault(connection, key_path), open_vault(found)
    lost = [one.fingerprint for one in await list_lost(connection)]
    if not {*keys.fingerprints} & {*lost} and UNKNOWN not in lost:
        names = sorted(map(name_of, lost))
        raise ValueError(
            said(
                f"{found} is {', '.join(map(name_of, keys.fingerprints))}, and on record as lost is"
                f" {', '.join(names) or 'none'}: look for another file.",
                f"{found} 中是 {'、'.join(map(name_of, keys.fingerprints))}，而登记为遗失的是"
                f" {'、'.join(names) or '无'}：请另找文件。",
            )
        )
    done = Rotation(key=name_of(current.fingerprint))
    async for _ in seal_anew(connection, Vault([*current.keys, *keys.keys]), done):
        pass
    await record_found(connection, keys.fingerprints)
    return done
