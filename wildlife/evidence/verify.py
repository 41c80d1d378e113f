#!/usr/bin/env python3
"""核验证据包。Verify an evidence bundle: with Python 3.9 or newer, and nothing else.

    python3 verify.py BUNDLE.zip VERIFIER-KEY

VERIFIER-KEY 由出具单位另行提供（wildlife checkpoint key），不要取自证据包本身：
伪造证据包的人同样可以放入自己的公钥。
It comes from whoever runs the service, by another way than the bundle: whoever forges a bundle puts
a key of their own into it. Without it only that the bundle fits together is found out.
"""

import base64
import hashlib
import json
import lzma
import pathlib
import struct
import sys
import zipfile
import zlib
from typing import Any, BinaryIO, NamedTuple

ENTRIES, PROOFS, PHOTOS = "entries.ndjson", "proofs.json", "photos.json"
CHECKPOINT, MANIFEST, KEY = "checkpoint", "manifest", "verifier-key.txt"
TITLE = "wildlife evidence"

_PIECE_BYTES = 1024 * 1024
_OF_PACKING = zlib.error, lzma.LZMAError, struct.error


class DoesNotFit(Exception):
    """The first thing that does not fit, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


class Verified(NamedTuple):
    """What was found to fit."""

    incident_id: str
    entries: int
    photos: int
    without_original: int
    size: int
    root: str


def verify(file: BinaryIO, vkey: "str | None" = None) -> Verified:
    """Verify all of a bundle; without a key, by the one that it says itself. Raises DoesNotFit."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _verify(archive, _member(archive, KEY).decode() if vkey is None else vkey)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, EOFError):
        raise DoesNotFit("证据包的内容无法读取", "what is in the bundle can't be read") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, *_OF_PACKING):
        raise DoesNotFit(
            "不是 ZIP 压缩包，或已损坏", "it is no ZIP archive, or a damaged one"
        ) from None


def _verify(archive: zipfile.ZipFile, vkey: str) -> Verified:
    name, public_key = read_key(vkey)
    title, incident_id, _, *named = _open_note(
        _member(archive, MANIFEST), name, public_key, MANIFEST
    )
    if title != TITLE:
        raise DoesNotFit("清单不是证据包的清单", "the manifest is of something else")
    digests = {called: digest for digest, called in (line.split("  ", 1) for line in named)}
    _check_members(archive, digests)
    origin, written, encoded, *_ = _open_note(
        archive.read(CHECKPOINT), name, public_key, CHECKPOINT
    )
    if origin != name:
        raise DoesNotFit("检查点属于另一总账", "the checkpoint is of another log")
    size, root = int(written), base64.b64decode(encoded, validate=True)
    lines = archive.read(ENTRIES).split(b"\n")[:-1]
    entries = _check_entries(lines, json.loads(archive.read(PROOFS)), incident_id, size, root)
    photos = json.loads(archive.read(PHOTOS))
    without = _check_photos(entries, photos, digests)
    return Verified(incident_id, len(entries), len(photos), without, size, root.hex())


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        raise DoesNotFit(f"缺少 {name}", f"{name} is missing")
    return archive.read(name)


def _check_members(archive: zipfile.ZipFile, digests: "dict[str, str]") -> None:
    """That all that the manifest names is there as it names it, and nothing else."""
    there = sorted(archive.namelist())
    if there != sorted([*digests, MANIFEST]):
        odd = sorted({*there} ^ {*digests, MANIFEST}) or ["…"]
        raise DoesNotFit(f"清单与内容不一致：{odd[0]}", f"manifest and contents differ: {odd[0]}")
    for name, expected in digests.items():
        hasher = hashlib.sha256()
        with archive.open(name) as member:
            while True:
                piece = member.read(_PIECE_BYTES)
                if not piece:
                    break
                hasher.update(piece)
        if hasher.hexdigest() != expected:
            raise DoesNotFit(f"{name} 已被更改", f"{name} was changed")


def _check_entries(
    lines: "list[bytes]", proofs: Any, incident_id: str, size: int, root: bytes
) -> "list[Any]":
    """That each follows the one before, and is in the tree; what they say."""
    if len(lines) != len(proofs) or not lines:
        raise DoesNotFit("记录与证明数目不符", "there are other proofs than entries")
    previous, entries = bytes(32), []
    for number, (line, proof) in enumerate(zip(lines, proofs), 1):  # noqa: B905 - since 3.10
        entry = json.loads(line)
        if (entry["incident_id"], entry["seq"]) != (incident_id, number):
            raise DoesNotFit(f"第 {number} 条不在其位", f"entry {number} is in another's place")
        if entry["previous"] != previous.hex():
            raise DoesNotFit(
                f"第 {number} 条与前一条不相接", f"entry {number} does not follow the one before"
            )
        previous = hashlib.sha256(line).digest()
        path = [bytes.fromhex(one) for one in proof["path"]]
        leaf = leaf_hash(bytes.fromhex(proof["salt"]) + previous)
        if by_inclusion(leaf, proof["position"], size, path) != root:
            raise DoesNotFit(
                f"第 {number} 条不在检查点所签署的总账中",
                f"entry {number} is not in the ledger that the checkpoint is of",
            )
        entries.append(entry)
    return entries


def _check_photos(entries: "list[Any]", photos: "list[Any]", digests: "dict[str, str]") -> int:
    """That each photo of the timeline is there as its entry says; of how many there is no
    original."""
    named = {
        entry["body"]["id"]: entry["facts"]["image"]["sha256"]
        for entry in entries
        if entry["facts"].get("image")
    }
    if named != {photo["photo_id"]: photo["sha256"] for photo in photos}:
        raise DoesNotFit("照片清单与记录不符", "the photos listed are not those of the entries")
    without = 0
    for photo in photos:
        if photo["file"] is None:
            without += 1
        elif digests.get(photo["file"]) != photo["sha256"]:
            raise DoesNotFit(
                f"{photo['file']} 不是记录中的照片", f"{photo['file']} is not the photo recorded"
            )
    return without


# -- The tree (RFC 6962, RFC 9162)


def leaf_hash(leaf: bytes) -> bytes:
    """What an entry is in the tree: of its salt and its digest."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """What stands above two."""
    return hashlib.sha256(b"\1" + left + right).digest()


def by_inclusion(leaf: bytes, position: int, size: int, path: "list[bytes]") -> "bytes | None":
    """The root that a proof leads to (RFC 9162, 2.1.3.2); None: it is none."""
    here, last = position, size - 1
    if not 0 <= here <= last:
        return None
    for one in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            leaf = node_hash(one, leaf)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            leaf = node_hash(leaf, one)
        here, last = here >> 1, last >> 1
    return leaf if last == 0 else None


# -- Signed notes (C2SP signed-note)


def read_key(vkey: str) -> "tuple[str, bytes]":
    """The name and the public key. Raises DoesNotFit."""
    try:
        name, id_, encoded = vkey.strip().split("+", 2)
        decoded = base64.b64decode(encoded, validate=True)
    except ValueError:
        name, id_, decoded = "", "", b""
    if decoded[:1] != b"\1" or len(decoded) != 33 or _key_id(name, decoded[1:]).hex() != id_:
        raise DoesNotFit("这不是验证公钥", "that is no verifier key")
    return name, decoded[1:]


def _key_id(name: str, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\1" + public_key).digest()[:4]


def _open_note(note: bytes, name: str, public_key: bytes, called: str) -> "list[str]":
    """The lines that this key signed."""
    text, _, signatures = note.decode().rpartition("\n\n")
    text += "\n"
    for line in signatures[:-1].split("\n") if signatures.endswith("\n") else []:
        if not line.startswith(f"— {name} "):
            continue
        encoded = line.rpartition(" ")[2]
        signature = base64.b64decode(encoded, validate=True)
        is_its = base64.b64encode(signature).decode() == encoded  # no bits that say nothing
        if not is_its or signature[:4] != _key_id(name, public_key):
            continue
        if is_signed(public_key, text.encode(), signature[4:]):
            return text[:-1].split("\n")
    raise DoesNotFit(
        f"{called} 不是用该验证公钥对应的密钥签署的", f"{called} was not signed with that key"
    )


# -- Ed25519 (RFC 8032, 5.1.7, after the code of its section 6)

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)


def _add(p: Any, q: Any) -> Any:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _multiply(times: int, point: Any) -> Any:
    total = (0, 1, 1, 0)
    while times:
        if times & 1:
            total = _add(total, point)
        point = _add(point, point)
        times >>= 1
    return total


def _x_of(y: int, sign: int) -> "int | None":
    if y >= _P:
        return None
    squared = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    if squared == 0:
        return None if sign else 0
    x = pow(squared, (_P + 3) // 8, _P)
    if (x * x - squared) % _P:
        x = x * _I % _P
    if (x * x - squared) % _P:
        return None
    return _P - x if x & 1 != sign else x


def _point_of(encoded: bytes) -> Any:
    number = int.from_bytes(encoded, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % _P)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key made this signature of the message."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = _point_of(public_key), _point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _Q:
        return False
    hashed = hashlib.sha512(signature[:32] + public_key + message).digest()
    h = int.from_bytes(hashed, "little") % _Q
    y = 4 * pow(5, _P - 2, _P) % _P
    x = _x_of(y, 0)
    assert x is not None
    left, right = _multiply(s, (x, y, 1, x * y % _P)), _add(r, _multiply(h, a))
    crossed = (left[n] * right[2] - right[n] * left[2] for n in (0, 1))
    return not any(one % _P for one in crossed)


def main() -> int:
    """Verify what the command line names, and say what was found."""
    if not 2 <= len(sys.argv) <= 3:
        print(__doc__)
        return 2
    try:
        with pathlib.Path(sys.argv[1]).open("rb") as file:
            found = verify(file, sys.argv[2] if len(sys.argv) == 3 else None)
    except DoesNotFit as flaw:
        print(f"不符：{flaw.zh}。\nIt does not fit: {flaw}.")
        return 1
    except OSError as error:
        print(f"无法读取：{error}\nIt can't be read: {error}")
        return 1
    print(
        f"相符：警情 {found.incident_id}，{found.entries} 条记录，{found.photos} 张照片"
        f"（其中 {found.without_original} 张缺原件）。\n"
        f"It fits: incident {found.incident_id}, {found.entries} entries, {found.photos} photos"
        f" ({found.without_original} without an original)."
    )
    print(f"检查点 / checkpoint: {found.size} {found.root}")
    if len(sys.argv) == 2:
        print(
            "注意：所用公钥取自证据包本身，不能证明由谁出具。\n"
            "The key is the bundle's own: who made it is not proved."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
