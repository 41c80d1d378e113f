"""The bundle, written while it is sent."""

from collections.abc import AsyncGenerator
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec

from media.store import NotHeld, Store, original_key
from wildlife.evidence import verify
from wildlife.evidence.gathering import Evidence
from wildlife.ledger.notes import Signer
from wildlife.web.pieces import Pieces

_PAGE: Final = "index.html"
_VERIFIER: Final = "verify.py"


async def written(
    evidence: Evidence, store: Store, signer: Signer, page: str
) -> AsyncGenerator[bytes, None]:
    """The archive, piece by piece. Raises NotHeld where an original went away meanwhile."""
    pieces, at = Pieces(), evidence.made_at.timetuple()[:6]
    digests: dict[str, str] = {}
    with ZipFile(pieces, "w") as archive:

        def put(name: str, content: bytes) -> bytes:
            member = ZipInfo(name, at)
            member.compress_type = ZIP_DEFLATED
            archive.writestr(member, content)
            digests[name] = sha256(content).hexdigest()
            return pieces.taken()

        yield put(_PAGE, page.encode())
        yield put(verify.ENTRIES, "".join(f"{line}\n" for line in evidence.lines).encode())
        yield put(verify.PROOFS, _lines(evidence.proofs))
        yield put(verify.PHOTOS, _lines(evidence.photos))
        yield put(verify.CHECKPOINT, evidence.checkpoint.note.encode())
        yield put(verify.KEY, f"{signer.verifier_key}\n".encode())
        yield put(_VERIFIER, files("wildlife.evidence").joinpath(_VERIFIER).read_bytes())
        for photo in evidence.photos:
            if photo.file is None:
                continue
            member, hasher = ZipInfo(photo.file, at), sha256()
            member.compress_type = ZIP_STORED  # a picture is compressed as it is
            with archive.open(member, "w", force_zip64=True) as into:
                async for piece in store.read(original_key(photo.sha256)):
                    hasher.update(piece)
                    into.write(piece)
                    yield pieces.taken()
            if hasher.hexdigest() != photo.sha256:
                raise NotHeld(photo.sha256)  # damaged: visibly broken off, and `media check` tells
            digests[photo.file] = photo.sha256
        text = [verify.TITLE, str(evidence.incident_id), evidence.made_at.isoformat()]
        text += [f"{digest}  {name}" for name, digest in digests.items()]
        note = signer.note("\n".join(text) + "\n")
        archive.writestr(ZipInfo(verify.MANIFEST, at), note)
    yield pieces.taken()


def _lines(values: list[Any]) -> bytes:
    return b"[\n" + b",\n".join(map(msgspec.json.encode, values)) + b"\n]\n"
