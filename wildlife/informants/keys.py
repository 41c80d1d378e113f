"""Which key is the database's: found out once, remembered, and never replaced in silence."""

import hmac
from contextlib import aclosing
from pathlib import Path
from uuid import UUID

from db.pool import Connection
from media.vault import Unsealable, Vault, make_key, open_vault
from wildlife.informants.queries import (
    add_fingerprint,
    find_fingerprint,
    lock_fingerprint,
    stream_sealed,
)


async def open_fitting_vault(connection: Connection, key_path: Path) -> Vault:
    """The vault with the key that this database's informants are sealed with.

    The first start decides which one that is: of a database that remembers none, a key that opens
    what is sealed there, or any where nothing is; only then one is made if there is none. Safe for
    many processes at once, with different folders too: one decides, the others fit or are refused.

    Raises ValueError with a sentence where the key is gone, is no key, or is another one.
    """
    remembered = await find_fingerprint(connection)
    if remembered is None:
        async with connection.transaction():
            await lock_fingerprint(connection)
            remembered = await find_fingerprint(connection)
            if remembered is None:
                remembered = await _first_fingerprint(connection, key_path)
                await add_fingerprint(connection, remembered)
    try:
        vault = open_vault(key_path)
    except FileNotFoundError:
        raise _gone(key_path) from None
    if not hmac.compare_digest(vault.fingerprint, remembered):
        raise _foreign(key_path)
    return vault


async def _first_fingerprint(connection: Connection, key_path: Path) -> bytes:
    """The fingerprint to remember; its key is on the disk before anybody relies on it."""
    vault: Vault | None
    try:
        vault = open_vault(key_path)
    except FileNotFoundError:
        vault = None
    is_empty = True
    async with aclosing(stream_sealed(connection)) as every:
        async for incident_id, sealed in every:
            is_empty = False
            if vault is None:
                raise _gone(key_path)
            # One is enough: the others may be damaged, or sealed with a key that 0.1 has lost.
            if _opens(vault, incident_id, sealed):
                return vault.fingerprint
    if vault is None:
        make_key(key_path)
        vault = open_vault(key_path)
    elif not is_empty:
        raise _foreign(key_path)
    return vault.fingerprint


def _opens(vault: Vault, incident_id: UUID, sealed: bytes) -> bool:
    try:
        vault.open(incident_id, sealed)
    except Unsealable:
        return False
    return True


def _gone(key_path: Path) -> ValueError:
    return ValueError(
        f"The key of this database is not at {key_path}, and no other opens its informants. Put it"
        " back from the backup, or say where it is (WILDLIFE_KEY_FILE, or informants.key in"
        " WILDLIFE_DATA_DIR)."
    )


def _foreign(key_path: Path) -> ValueError:
    return ValueError(
        f"{key_path} is the key of another database: it does not open this one's informants. Put"
        " the right key there from the backup (WILDLIFE_KEY_FILE, or informants.key in"
        " WILDLIFE_DATA_DIR), or name the database that it belongs to (WILDLIFE_DATABASE_URL)."
    )
