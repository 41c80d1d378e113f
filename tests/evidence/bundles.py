"""Bundles as they are fetched, and as somebody may change them."""

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

from tests.users import Person
from wildlife.evidence import verify
from wildlife.ledger.notes import Signer, verifier_key


class Bundle:
    """What was fetched, and the key that the operators say."""

    def __init__(self, content: bytes, vkey: str) -> None:
        self.content, self.vkey = content, vkey
        with ZipFile(BytesIO(content)) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}

    def written(self, others: Mapping[str, bytes | None]) -> bytes:
        """With other members; None: without it."""
        changed = BytesIO()
        with ZipFile(changed, "w") as archive:
            for name, content in {**self.members, **others}.items():
                if content is not None:
                    archive.writestr(name, content)
        return changed.getvalue()

    def verified(self, others: Mapping[str, bytes | None] | None = None) -> verify.Verified:
        """The same."""
        return verify.verify(BytesIO(self.written(others or {})), self.vkey)

    def signed_anew(self, signer: Signer, others: Mapping[str, bytes]) -> dict[str, bytes]:
        """The same members, and a manifest that names them as they are now."""
        members = {name: one for name, one in self.members.items() if name != verify.MANIFEST}
        digests = {name: sha256(one).hexdigest() for name, one in (members | dict(others)).items()}
        head = self.members[verify.MANIFEST].decode().split("\n")[:3]
        named = [f"{digest}  {name}" for name, digest in digests.items()]
        return {**others, verify.MANIFEST: signer.note("\n".join([*head, *named]) + "\n").encode()}


async def fetched(person: Person, incident: str) -> Bundle:
    answer = await person.get(f"/incidents/{incident}/evidence.zip")
    assert answer.status_code == 200, answer.text
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return Bundle(answer.content, archive.read(verify.KEY).decode())


def another_key() -> str:
    return verifier_key("wildlife/other", Signer("wildlife/other", bytes(32)).public_key)
