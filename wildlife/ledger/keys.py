"""The key that checkpoints are signed with: made once, remembered by its public half, and never
replaced in silence."""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from db.connection import Connection
from media.vault import make_key, open_vault
from wildlife.ledger.notes import Signer, key_id, verifier_key
from wildlife.ledger.tree_queries import add_key, list_keys
from wildlife.words.sentences import Sentence

_WAYS_ON: Final = Sentence(
    "Put it back from its copy (WILDLIFE_CHECKPOINT_KEY_FILE, or checkpoint.key in"
    " WILDLIFE_DATA_DIR). If it is lost for good: `wildlife checkpoint renew-key`, after which"
    " whoever verifies needs the new verifier key.",
    "请从副本中放回（WILDLIFE_CHECKPOINT_KEY_FILE，或 WILDLIFE_DATA_DIR 中的 checkpoint.key）。"
    "如已彻底遗失：`wildlife checkpoint renew-key`，此后核验者须改用新的验证公钥。",
)


class CannotSign(Exception):
    """Why no checkpoint is signed, and what to do."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh

    @property
    def said(self) -> Sentence:
        return Sentence(str(self), self.zh)


def own_name(keys: list[bytes]) -> str:
    """What a log is called that nobody gave a name: it stays, whatever keys follow the first."""
    return f"wildlife/{sha256(keys[0]).hexdigest()[:16]}"


async def open_signer(connection: Connection, path: Path, name: str | None) -> Signer:
    """Who signs, inside a transaction that has locked the end of the ledger: with the first
    checkpoint of all a key is made where there is none.

    Raises CannotSign where the key is gone or is another one, OSError and ValueError as
    `open_vault`.
    """
    keys = await list_keys(connection)
    if not keys:
        make_key(path)  # on the disk before anybody relies on it; one that is there stays
        keys = [_signer(path).public_key]
        await add_key(connection, keys[0])
    try:
        signer = _signer(path, name or own_name(keys))
    except FileNotFoundError:
        raise CannotSign(
            f"The key that checkpoints are signed with is not at {path}. {_WAYS_ON.en}",
            f"{path} 处没有用于签署检查点的密钥。{_WAYS_ON.zh}",
        ) from None
    if signer.public_key != keys[-1]:
        raise CannotSign(
            f"{path} is not the key that the checkpoints of this database are signed with."
            f" {_WAYS_ON.en}",
            f"{path} 不是签署本数据库检查点的密钥。{_WAYS_ON.zh}",
        )
    return signer


async def renew_key(connection: Connection, path: Path, name: str | None) -> str:
    """Sign with a new key from now on, in such a transaction; the verifier key. That of before is
    laid beside it. Raises OSError.

    Cut off before it is on record, the new one is another than the database knows, and nothing is
    signed until it is renewed again.
    """
    signer = _put_another(path)
    await add_key(connection, signer.public_key)
    return verifier_key(name or own_name(await list_keys(connection)), signer.public_key)


def _put_another(path: Path) -> Signer:
    with suppress(OSError, ValueError):  # what is no key is lost already
        id_ = key_id("", _signer(path).public_key).hex()
        path.replace(path.with_name(f"{path.name}.retired-{id_}"))
    path.unlink(missing_ok=True)
    make_key(path)
    return _signer(path)


def _signer(path: Path, name: str = "") -> Signer:
    return Signer(name, open_vault(path).keys[0])
