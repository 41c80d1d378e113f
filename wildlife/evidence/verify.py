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
import pathlib
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

ENTRIES, PROOFS, PHOTOS = "entries.ndjson", "proofs.json", "photos.json"
CHECKPOINT, MANIFEST, KEY = "checkpoint", "manifest", "verifier-key.txt"
TITLE = "wildlife evidence"

# Of what is read whole, and of what is packed: no incident comes near it, and a small archive may
# say that it unpacks to any size. What is read at once unpacks to a thousand times as much at most.
_MOST_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 64 * 1024


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
    archive = _Archive(file)
    try:
        return _verify(archive, archive.whole(KEY).decode() if vkey is None else vkey)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, *_TOO_MUCH):
        raise DoesNotFit("证据包的内容无法读取", "what is in the bundle can't be read") from None


def _verify(archive: "_Archive", vkey: str) -> Verified:
    name, public_key = read_key(vkey)
    title, incident_id, _, *named = _open_note(archive.whole(MANIFEST), name, public_key, MANIFEST)
    if title != TITLE:
        raise DoesNotFit("清单不是证据包的清单", "the manifest is of something else")
    digests = {called: digest for digest, called in (line.split("  ", 1) for line in named)}
    _check_members(archive, digests)
    origin, written, encoded, *_ = _open_note(
        archive.whole(CHECKPOINT), name, public_key, CHECKPOINT
    )
    if origin != name:
        raise DoesNotFit("检查点属于另一总账", "the checkpoint is of another log")
    size, root = int(written), base64.b64decode(encoded, validate=True)
    lines = archive.whole(ENTRIES).split(b"\n")[:-1]
    entries = _check_entries(lines, json.loads(archive.whole(PROOFS)), incident_id, size, root)
    photos = json.loads(archive.whole(PHOTOS))
    without = _check_photos(entries, photos, digests)
    return Verified(incident_id, len(entries), len(photos), without, size, root.hex())


def _check_members(archive: "_Archive", digests: "dict[str, str]") -> None:
    """That all that the manifest names is there as it names it, and nothing else."""
    there = sorted(archive.names)
    if there != sorted([*digests, MANIFEST]):
        odd = sorted({*there} ^ {*digests, MANIFEST}) or ["…"]
        raise DoesNotFit(f"清单与内容不一致：{odd[0]}", f"manifest and contents differ: {odd[0]}")
    for name, expected in digests.items():
        hasher = hashlib.sha256()
        for piece in archive.pieces(name):
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


# -- The archive (APPNOTE.TXT, 4.3)

_TOO_MUCH = RecursionError, MemoryError
_NO_ARCHIVE = zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OverflowError
_END = "(end)"
_UNPACKED, _STREAMED, _UTF8 = 0xFFFFFFFF, 0x8, 0x800


class _Archive:
    """The members of an archive that holds nothing beside them: whoever reads it from its beginning
    finds the same as who goes by the directory at its end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members = {}  # type: dict[str, tuple[zipfile.ZipInfo, int]]
        try:
            with zipfile.ZipFile(file) as archive:
                members, directory = archive.infolist(), archive.start_dir
        except (*_NO_ARCHIVE, OSError, EOFError, struct.error, *_TOO_MUCH):
            raise DoesNotFit(
                "不是 ZIP 压缩包，或已损坏", "it is no ZIP archive, or a damaged one"
            ) from None
        self.names = [member.filename for member in members]
        end = 0
        for member in members:
            end = self._found(member, end)
        if end != directory:
            raise _beside(_END)
        self._require_end(members, directory)

    def _found(self, member: zipfile.ZipInfo, at: int) -> int:
        """Where a member ends that begins there, as the directory says of it. Raises DoesNotFit."""
        flags, method = member.flag_bits, member.compress_type
        is_known = not flags & ~(_STREAMED | _UTF8) and method in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        )
        if not is_known or member.header_offset != at or member.filename != member.orig_filename:
            raise _beside(member.filename)
        sums = member.CRC, member.compress_size, member.file_size
        crc, packed, size = (0, 0, 0) if flags & _STREAMED else sums
        is_long = self._read(at + 28, 2) == b"\x14\0"
        extra = struct.pack("<HHQQ", 1, 16, size, packed) if is_long else b""
        if is_long:
            packed = size = _UNPACKED
        year, month, day, hour, minute, second = member.date_time
        name = member.filename.encode("utf-8" if flags & _UTF8 else "cp437")
        header = struct.pack(
            "<4s5H3L2H",
            *(b"PK\3\4", member.extract_version, flags, method),
            hour << 11 | minute << 5 | second // 2,
            year - 1980 << 9 | month << 5 | day,
            *(crc, packed, size, len(name), len(extra)),
        )
        header += name + extra
        begins = at + len(header)
        ends = begins + member.compress_size
        behind = b""
        if flags & _STREAMED:
            behind = struct.pack("<4sLQQ" if is_long else "<4sLLL", b"PK\7\10", *sums)
        if self._read(at, len(header)) != header or self._read(ends, len(behind)) != behind:
            raise _beside(member.filename)
        self._members[member.filename] = member, begins
        return ends + len(behind)

    def _require_end(self, members: "list[zipfile.ZipInfo]", directory: int) -> None:
        """That behind the directory there is its end, and no comment anywhere."""
        listed = 0
        for member in members:
            name = member.filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437")
            listed += 46 + len(name) + len(member.extra)
            # A size of more than 4 GB stands there, and nothing else.
            if member.comment or (
                member.extra and (member.extra[:2] != b"\1\0" or len(member.extra) > 32)
            ):
                raise _beside(member.filename)
        end = self._read(directory + listed, 200)
        is_end = len(end) == 22 or (len(end) == 98 and end[:4] == b"PK\6\6")
        if not is_end or end[-22:-18] != b"PK\5\6" or end[-2:] != b"\0\0":
            raise _beside(_END)
        if struct.unpack("<L", end[-6:-2])[0] not in (directory, _UNPACKED):
            raise _beside(_END)

    def _read(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        return self._file.read(length)

    def whole(self, name: str) -> bytes:
        """All of a member. Raises DoesNotFit."""
        if name not in self._members:
            raise DoesNotFit(f"缺少 {name}", f"{name} is missing")
        _require_moderate(self._members[name][0])
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> "Iterator[bytes]":
        """The same, piece by piece."""
        member, at = self._members[name]
        damaged = DoesNotFit(f"{name} 已损坏", f"{name} is damaged")
        unpacking = None
        if member.compress_type != zipfile.ZIP_STORED:
            _require_moderate(member)
            unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        left, size, crc = member.compress_size, 0, 0
        while left:
            piece = self._read(at, min(left, _PIECE_BYTES))
            if not piece:
                raise damaged
            at, left = at + len(piece), left - len(piece)
            if unpacking is not None:
                try:
                    piece = unpacking.decompress(piece)
                except zlib.error:
                    raise damaged from None
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            if size > member.file_size:
                raise damaged
            yield piece
        is_whole = unpacking is None or (unpacking.eof and not unpacking.unused_data)
        if not is_whole or (size, crc) != (member.file_size, member.CRC):
            raise damaged


def _require_moderate(member: zipfile.ZipInfo) -> None:
    if member.file_size > _MOST_BYTES:
        raise DoesNotFit(
            f"{member.filename} 超过 {_MOST_BYTES // 1024**2} MiB，不可能出自证据包",
            f"{member.filename} has more than {_MOST_BYTES // 1024**2} MiB, as in no bundle",
        )


def _beside(name: str) -> DoesNotFit:
    return DoesNotFit(
        f"压缩包在 {name} 处的内容与其目录不一致",
        f"at {name} the archive holds other bytes than its directory lists",
    )


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
    if pathlib.Path(sys.argv[1]).is_dir():
        print(
            "请指明证据包（ZIP 文件）本身，而不是解压后的文件夹。\n"
            "Name the bundle itself, the ZIP file, and not the folder that it was unpacked to."
        )
        return 1
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
