"""Checkpoints: how large the tree is and its root, as a signed note (C2SP signed-note,
tlog-checkpoint). Pure."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wildlife.settings import LOG_NAME

_ED25519: Final = b"\1"
_KEY_ID_BYTES: Final = 4
_ROOT_BYTES: Final = 32
_MOST_CHARACTERS: Final = 10_000

_SIGNATURE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """What the tree came to."""

    origin: str
    """The name of the log."""
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class UnfitNote(ValueError):
    """What is no checkpoint, or was not signed by who was to."""


def key_id(name: str, public_key: bytes) -> bytes:
    """By which a signature names the key that made it."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:_KEY_ID_BYTES]


def verifier_key(name: str, public_key: bytes) -> str:
    """The vkey: what whoever verifies is given once, by a way that they trust."""
    encoded = b64encode(_ED25519 + public_key).decode()
    return f"{name}+{key_id(name, public_key).hex()}+{encoded}"


def read_verifier_key(vkey: str) -> tuple[str, bytes]:
    """The name and the public key. Raises UnfitNote."""
    name, _, rest = vkey.strip().partition("+")
    id_, _, encoded = rest.partition("+")
    try:
        decoded = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise UnfitNote from None
    public = decoded[1:]
    if not LOG_NAME.fullmatch(name) or decoded[:1] != _ED25519 or len(public) != 32:
        raise UnfitNote
    if key_id(name, public).hex() != id_:
        raise UnfitNote
    return name, public


class Signer:
    """Signs checkpoints of a log."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()

    @property
    def verifier_key(self) -> str:
        """By which others know what it signs."""
        return verifier_key(self.name, self.public_key)

    def sign(self, checkpoint: Checkpoint) -> str:
        """The note: the text, and the signature over it."""
        return self.note(checkpoint.text)

    def note(self, text: str) -> str:
        """The same of any text."""
        signature = key_id(self.name, self.public_key) + self._key.sign(text.encode())
        return f"{text}\n— {self.name} {b64encode(signature).decode()}\n"


def open_note(note: str, name: str, public_key: bytes) -> str:
    """The text that this key signed under this name. Raises UnfitNote."""
    text, blank, signatures = note.rpartition("\n\n")
    if len(note) > _MOST_CHARACTERS or not blank or not signatures.endswith("\n"):
        raise UnfitNote
    text += "\n"
    wanted = key_id(name, public_key)
    is_signed = False
    for line in signatures[:-1].split("\n"):
        named = _SIGNATURE.fullmatch(line)
        if named is None:
            raise UnfitNote
        try:
            signature = b64decode(named[2], validate=True)
        except (binascii.Error, ValueError):
            raise UnfitNote from None
        if b64encode(signature).decode() != named[2]:
            raise UnfitNote  # bits that say nothing
        if named[1] != name or signature[:_KEY_ID_BYTES] != wanted:
            continue  # of a witness, or of another key
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(
                signature[_KEY_ID_BYTES:], text.encode()
            )
        except InvalidSignature:
            raise UnfitNote from None
        is_signed = True
    if not is_signed:
        raise UnfitNote
    return text


def read_checkpoint(text: str) -> Checkpoint:
    """What the text of a note says. Raises UnfitNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise UnfitNote
    origin, size, encoded = lines[:3]
    try:
        root = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise UnfitNote from None
    if not origin or not _SIZE.fullmatch(size) or len(root) != _ROOT_BYTES:
        raise UnfitNote
    if b64encode(root).decode() != encoded:
        raise UnfitNote
    return Checkpoint(origin, int(size), root)


def open_checkpoint(note: str, public_key: bytes) -> Checkpoint:
    """The checkpoint that this key signed, under the name that it says. Raises UnfitNote."""
    checkpoint = read_checkpoint(note.rpartition("\n\n")[0] + "\n")
    open_note(note, checkpoint.origin, public_key)
    return checkpoint


def opened_by_one(note: str, keys: Sequence[bytes]) -> Checkpoint | None:
    """The checkpoint that one of these keys signed; None: none of them did."""
    for public_key in keys:
        with suppress(UnfitNote):
            return open_checkpoint(note, public_key)
    return None
