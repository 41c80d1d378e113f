"""Changing the key that informants are sealed with, while the service goes on.

The file holds both keys meanwhile, the one that seals first, and the database remembers both. At
every moment, whatever is cut off there, the first key in the file is one that the database
remembers, and all that it remembers are in the file: any start fits, and everything opens.

    the file       the database remembers
    old            old
    old, new       old
    old, new       old, new
    new, old       old, new                 from here on new seals; what old sealed is sealed anew
    new, old       new                      nothing is sealed with old any more
    new            new                      old lies beside, for the backups of before
"""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import msgspec

from db.connection import Connection
from media.vault import Unsealable, Vault, keep_key, new_key, open_vault, put_keys, remains
from wildlife.informants.keys import name_of, open_fitting_vault
from wildlife.informants.queries import add_fingerprint, claim_fingerprints, find_fingerprints
from wildlife.informants.rotating_queries import (
    INFORMANTS,
    REFUSED,
    SUBSCRIPTIONS,
    SealedRow,
    forget_other_fingerprints,
    hold_up_sealing,
    next_sealed_otherwise,
    put_sealed,
)
from wildlife.words.speaking import said


class Rotation(msgspec.Struct):
    """How far it is."""

    key: str = ""
    """What the new key is called."""
    resealed: int = 0
    unreadable: int = 0
    """What no key opens: it was damaged, or its key was lost before; it is left as it is."""
    retired: list[Path] = []
    """Where the keys of before lie."""


async def rotate(connection: Connection, key_path: Path) -> AsyncIterator[Rotation]:
    """Change the key, a step at a time; each is durable, and who begins again after any of them
    goes on there.

    connection: as the owner of the tables; the service may not change what was refused.

    Raises ValueError with a sentence where the key does not fit or somebody else is changing it,
    OSError where its file can't be replaced.
    """
    if not await claim_fingerprints(connection):
        raise being_changed()
    done = Rotation()
    keys = (await open_fitting_vault(connection, key_path)).keys
    for path in remains(key_path):  # of a rotation that was killed, since this one is alone
        path.unlink(missing_ok=True)
    remembered = await find_fingerprints(connection)
    if len(remembered) == 1:
        put_keys(key_path, [*keys, new_key()])
        yield done
        *_, fingerprint = open_vault(key_path).fingerprints
        await add_fingerprint(connection, fingerprint)
        yield done
    else:  # the newer of the two
        *_, fingerprint = remembered
    found = open_vault(key_path)
    others = dict(zip(found.fingerprints, found.keys, strict=True))
    new = others.pop(fingerprint)
    put_keys(key_path, [new, *others.values()])
    vault = open_vault(key_path)
    done.key = name_of(fingerprint)
    yield done
    async for _ in seal_anew(connection, vault, done):
        yield done
    async with connection.transaction():
        # Who sealed with the old key a moment ago has committed; who comes later is refused that.
        await hold_up_sealing(connection)
        async for _ in seal_anew(connection, vault, done):
            pass
        await forget_other_fingerprints(connection, fingerprint)
    yield done
    for old, key in others.items():
        aside = key_path.with_name(f"{key_path.name}.retired-{name_of(old)}")
        keep_key(aside, key)
        done.retired.append(aside)
    put_keys(key_path, [new])
    yield done


def being_changed() -> ValueError:
    """Two at once would be in each other's way."""
    return ValueError(
        said(
            "Somebody else is changing the key. Wait until that has ended.",
            "另有人正在更换密钥。请等其结束。",
        )
    )


async def seal_anew(connection: Connection, vault: Vault, done: Rotation) -> AsyncIterator[None]:
    """All that another key sealed, some at a time. What is erased meanwhile stays erased."""
    done.unreadable = 0
    for table in (INFORMANTS, REFUSED, SUBSCRIPTIONS):
        after: SealedRow | None = None
        while rows := await next_sealed_otherwise(connection, table, vault.fingerprint, after):
            async with connection.transaction():
                for row in rows:
                    try:
                        sealed = _anew(vault, row.incident_id, row.sealed)
                        informant = row.sealed_informant
                        if informant is not None:
                            informant = _anew(vault, row.incident_id, informant)
                    except Unsealable:
                        done.unreadable += 1
                        continue
                    done.resealed += await put_sealed(
                        connection,
                        table,
                        row,
                        sealed=sealed,
                        sealed_informant=informant,
                        sealed_by=vault.fingerprint,
                    )
            after = rows[-1]
            yield


def _anew(vault: Vault, incident_id: UUID, sealed: bytes) -> bytes:
    return vault.seal(incident_id, vault.open(incident_id, sealed))
