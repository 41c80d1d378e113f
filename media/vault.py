"""Encryption of what may not lie open in the database (AES-256-GCM)."""

import errno
import hmac
import os
import re
import secrets
import stat
from collections.abc import Collection, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from media.files import fsync_folder

_KEY_BYTES = 32
_MOST_KEYS = 16  # in one file: a rotation needs two, and one that is cut off again and again few
_NONCE_BYTES = 12
_SALT_BYTES = 16

# What a fingerprint is the keyed digest of. Any text would do; it must never change.
_FINGERPRINTED = b"the key that wildlife's informants are sealed with"


class Unsealable(Exception):
    """What is sealed was changed, or sealed with another key, or under another incident."""


class _Key:
    """A key: what it seals with, and what tells it from others."""

    def __init__(self, key: bytes) -> None:
        self.bytes = key
        self.cipher = AESGCM(key)
        self.tag_key = hmac.digest(key, b"tags", "sha256")
        self.signing_key = hmac.digest(key, b"signatures", "sha256")
        self.fingerprint = hmac.digest(key, _FINGERPRINTED, "sha256")


class UnfitKey(ValueError):
    """A file that holds no key, or can't be read; the sentence names it, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class Vault:
    """Seals bytes so that only the service opens them, and only under the same incident.

    While keys are changed there are several: the first one seals, and all of them open.
    """

    def __init__(self, keys: Sequence[bytes], path: Path | None = None) -> None:
        self._keys = [_Key(key) for key in keys]
        self._path = path
        self._seen = _looks(path)
        self._amiss: Literal["gone", "changed"] | None = None

    @property
    def amiss(self) -> Literal["gone", "changed"] | None:
        """Why the file did not hold the keys when it was last looked at: it is gone, or holds no
        key. What is sealed then nobody opens after this process."""
        return self._amiss

    @property
    def fingerprint(self) -> bytes:
        """32 bytes by which the key that seals is known again, and which say nothing about it."""
        return self._keys[0].fingerprint

    @property
    def fingerprints(self) -> list[bytes]:
        """Those of all keys."""
        return [key.fingerprint for key in self._keys]

    def fits(self, remembered: Collection[bytes]) -> bool:
        """Whether it seals with a key of these fingerprints, and opens what any of them sealed."""
        return self.fingerprint in remembered and {*remembered} <= {*self.fingerprints}

    @property
    def keys(self) -> list[bytes]:
        """All keys, the one that seals first."""
        return [key.bytes for key in self._keys]

    def renew(self) -> None:
        """Take the keys that were put into the file since, as a rotation does in another process.

        Who seals asks for it before. Those that were there still open: what was read a moment ago
        may be sealed with them. A file that is gone, or no key, changes none of them: `amiss`.
        """
        if self._path is None:
            return
        looks = _looks(self._path)
        if looks == self._seen and looks is not None:
            return
        self._seen, self._amiss = looks, ("gone" if looks is None else "changed")
        with suppress(OSError, ValueError):
            there = _read_keys(self._path)
            earlier = [key for key in self._keys if key.bytes not in there]
            self._keys = [*map(_Key, there), *earlier]
            self._amiss = None

    def in_file(self) -> "Vault":
        """With the keys that the file holds now and no others: what a restart would have.

        Raises as `open_vault` does.
        """
        return self if self._path is None else open_vault(self._path)

    def seal(self, incident_id: UUID, content: bytes) -> bytes:
        """The encrypted content, bound to the incident."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._keys[0].cipher.encrypt(nonce, content, incident_id.bytes)

    def tag(self, content: bytes) -> bytes:
        """A digest by which the same content is known again, and nothing can be guessed."""
        return hmac.digest(self._keys[0].tag_key, content, "sha256")

    def sign(self, content: bytes) -> bytes:
        """A keyed digest of 32 bytes, by which every process that has the key knows content again
        that this service gave out."""
        return hmac.digest(self._keys[0].signing_key, content, "sha256")

    def is_signed(self, content: bytes, signature: bytes) -> bool:
        """Whether the service gave this out, under a key that it has."""
        if self._is_signed(content, signature):
            return True
        self.renew()  # another process may have taken a new key already
        return self._is_signed(content, signature)

    def _is_signed(self, content: bytes, signature: bytes) -> bool:
        digests = [hmac.digest(key.signing_key, content, "sha256") for key in self._keys]
        return any(hmac.compare_digest(one, signature) for one in digests)

    def open(self, incident_id: UUID, sealed: bytes) -> bytes:
        """The content again; raises Unsealable where the key or anything else was changed."""
        with suppress(Unsealable):
            return self._open(incident_id, sealed)
        self.renew()
        return self._open(incident_id, sealed)

    def _open(self, incident_id: UUID, sealed: bytes) -> bytes:
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for key in self._keys:
            with suppress(InvalidTag, ValueError):  # changed, or too short for a nonce
                return key.cipher.decrypt(nonce, encrypted, incident_id.bytes)
        raise Unsealable


def open_vault(key_path: Path) -> Vault:
    """The vault with the keys in `key_path`.

    Raises FileNotFoundError where there is none, ValueError with a sentence where it is no key.
    """
    try:
        return Vault(_read_keys(key_path), key_path)
    except FileNotFoundError:
        raise
    except OSError as error:  # a folder, another user's, behind a file
        raise UnfitKey(
            f"The key {key_path} can't be read ({error.strerror}): it has to be a file of"
            f" {_KEY_BYTES} bytes that user {os.geteuid()} may read.",
            f"密钥 {key_path} 无法使用：应为用户 {os.geteuid()} 可读的 {_KEY_BYTES} 字节文件。",
        ) from None


def _read_keys(key_path: Path) -> list[bytes]:
    """The file holds one key after the other: as a rule one, more while they are changed."""
    descriptor = os.open(key_path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):  # a pipe is waited for, /dev/zero has no end
            raise OSError(errno.EINVAL, "it is no regular file", str(key_path))
        content = os.read(descriptor, _MOST_KEYS * _KEY_BYTES + 1)
    finally:
        os.close(descriptor)
    if not content or len(content) % _KEY_BYTES:
        size = max(status.st_size, len(content))
        raise UnfitKey(
            f"{key_path} is no key of {_KEY_BYTES} bytes: it has {size}. Put the right one"
            " back from its copy.",
            f"{key_path} 不是 {_KEY_BYTES} 字节的密钥，密钥无法使用：它有 {size} 字节。"
            "请从副本中放回正确的密钥。",
        )
    return [content[at : at + _KEY_BYTES] for at in range(0, len(content), _KEY_BYTES)]


def _looks(path: Path | None) -> tuple[int, int, int] | None:
    """What is another where the file was replaced."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def new_key() -> bytes:
    """A key that nobody has."""
    return AESGCM.generate_key(_KEY_BYTES * 8)


def make_key(key_path: Path) -> None:
    """Make a new key, whole or not at all; another process that does at the same time may win."""
    key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_key(key_path, new_key())


def keep_key(path: Path, key: bytes) -> None:
    """Write a key to a file that there is not yet, durably; one that there is stays as it is."""
    aside = _written_aside(path, key, 0o600)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(aside)
    finally:
        aside.unlink()
    fsync_folder(path.parent)


def put_keys(key_path: Path, keys: Sequence[bytes]) -> None:
    """Put these keys, the one that seals first, in the place of those in the file; all or nothing.

    Who may read the file may read it afterwards, whoever puts them there.
    """
    path = key_path.resolve()
    status = path.stat()
    aside = _written_aside(path, b"".join(keys), stat.S_IMODE(status.st_mode))
    try:
        if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(aside, status.st_uid, status.st_gid)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    fsync_folder(path.parent)


def remains(key_path: Path) -> list[Path]:
    """The files that a write of keys has left which was killed: whole keys, and nobody relies on
    any; a write that is under way has one, too."""
    folders = {key_path.parent, key_path.resolve().parent}
    names = re.compile(
        rf"(?:{re.escape(key_path.name)}|{re.escape(key_path.resolve().name)})"
        r"(?:\.retired-[0-9a-f]{8})?\.[0-9a-f]{32}"
    )
    return sorted(
        path for folder in folders for path in folder.iterdir() if names.fullmatch(path.name)
    )


def _written_aside(path: Path, content: bytes, mode: int) -> Path:
    """A file beside `path` with this content, which a power cut leaves as it is."""
    aside = path.with_name(f"{path.name}.{uuid4().hex}")
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException as error:
        aside.unlink()
        if isinstance(error, OSError):
            error.filename = str(path)  # a full disk names no file
        raise
    return aside


def new_salt() -> bytes:
    """A salt for an informant's digest."""
    return secrets.token_bytes(_SALT_BYTES)


def salted_digest(salt: bytes, content: bytes) -> str:
    """What the timeline holds of an informant: nothing that can be guessed without the salt."""
    return sha256(salt + content).hexdigest()
