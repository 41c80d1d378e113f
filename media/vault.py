"""Encryption of what may not lie open in the database (AES-256-GCM)."""

import hmac
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from media.files import fsync_folder

_KEY_BYTES = 32
_NONCE_BYTES = 12
_SALT_BYTES = 16

# What a fingerprint is the keyed digest of. Any text would do; it must never change.
_FINGERPRINTED = b"the key that wildlife's informants are sealed with"


class Unsealable(Exception):
    """What is sealed was changed, or sealed with another key, or under another incident."""


class Vault:
    """Seals bytes so that only the service opens them, and only under the same incident."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._tag_key = hmac.digest(key, b"tags", "sha256")
        self.fingerprint = hmac.digest(key, _FINGERPRINTED, "sha256")
        """32 bytes by which the key is known again, and which say nothing about it."""

    def seal(self, incident_id: UUID, content: bytes) -> bytes:
        """The encrypted content, bound to the incident."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, incident_id.bytes)

    def tag(self, content: bytes) -> bytes:
        """A digest by which the same content is known again, and nothing can be guessed."""
        return hmac.digest(self._tag_key, content, "sha256")

    def open(self, incident_id: UUID, sealed: bytes) -> bytes:
        """The content again; raises Unsealable where the key or anything else was changed."""
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, encrypted, incident_id.bytes)
        except (InvalidTag, ValueError):  # changed, or too short for a nonce
            raise Unsealable from None


def open_vault(key_path: Path) -> Vault:
    """The vault with the key in `key_path`.

    Raises FileNotFoundError where there is none, ValueError with a sentence where it is no key.
    """
    try:
        key = key_path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:  # a folder, another user's, behind a file
        raise ValueError(
            f"The key {key_path} can't be read ({error.strerror}): it has to be a file of"
            f" {_KEY_BYTES} bytes that user {os.geteuid()} may read."
        ) from None
    if len(key) != _KEY_BYTES:
        raise ValueError(
            f"{key_path} is no key of {_KEY_BYTES} bytes: it has {len(key)}. Put the right one back"
            " from the backup."
        )
    return Vault(key)


def make_key(key_path: Path) -> None:
    """Make a new key, whole or not at all; another process that does at the same time may win."""
    key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = key_path.with_name(f"{key_path.name}.{uuid4().hex}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(AESGCM.generate_key(_KEY_BYTES * 8))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            key_path.hardlink_to(aside)
    finally:
        aside.unlink()
    fsync_folder(key_path.parent)


def new_salt() -> bytes:
    """A salt for an informant's digest."""
    return secrets.token_bytes(_SALT_BYTES)


def salted_digest(salt: bytes, content: bytes) -> str:
    """What the timeline holds of an informant: nothing that can be guessed without the salt."""
    return sha256(salt + content).hexdigest()
