"""An evidence bundle verifies itself with nothing but Python, and no byte of it is another."""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from db.connection import Connection
from db.database import Database
from media.vault import open_vault
from tests.accesses.reading import on_record
from tests.evidence.bundles import Bundle, another_key, fetched
from tests.hiding.world import hidden_rescue
from tests.pictures import encoded, noise
from tests.users import Person, add_account, rescue
from wildlife.evidence import gathering, verify
from wildlife.ledger.notes import Signer
from wildlife.ledger.tree import Held, Row, leaf_hash
from wildlife.ledger.tree_queries import read_rows
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.settings import Settings


async def test_a_bundle_fits_and_holds_what_the_timeline_tells(
    officer: Person, incident: str, bundle: Bundle, tmp_path: Path
) -> None:
    found = bundle.verified()
    assert (found.incident_id, found.entries, found.photos) == (incident, 5, 1)
    told = (await officer.read(f"/incidents/{incident}/entries"))["items"]
    lines = bundle.members[verify.ENTRIES].decode().splitlines()
    assert len(lines) == len(told)
    assert [name for name in bundle.members if name.startswith("originals/")]
    who = rescue()["informant"]
    everything = b"".join(bundle.members.values()).decode(errors="replace")
    assert who["name"] not in everything
    assert who["phone"] not in everything
    page = bundle.members["index.html"].decode()
    assert "羽毛已干" in page
    assert "<script>" not in page
    assert "http" not in page.replace("http-equiv", "")

    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle.content)
    (tmp_path / "verify.py").write_bytes(bundle.members["verify.py"])

    def ended(*arguments: str | Path) -> tuple[int, str]:
        run = [sys.executable, "-I", tmp_path / "verify.py", *arguments]
        whole = subprocess.run(run, capture_output=True, check=False, env={"PYTHONUTF8": "1"})
        return whole.returncode, whole.stdout.decode()

    for key, status in (([bundle.vkey.strip()], 0), ([], 0), ([another_key()], 1)):
        came, said = ended(path, *key)
        assert came == status, said
        assert ("own" in said) == (key == [])
    came, said = ended(tmp_path, bundle.vkey.strip())
    assert (came, "the ZIP file, and not the folder" in said) == (1, True)


async def test_no_byte_of_any_member_is_another(bundle: Bundle) -> None:
    for name, content in bundle.members.items():
        for at in {*range(0, len(content), max(1, len(content) // 12)), len(content) - 1}:
            changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
            with pytest.raises(verify.DoesNotFit):
                bundle.verified({name: changed})
        with pytest.raises(verify.DoesNotFit):
            bundle.verified({name: None})
    with pytest.raises(verify.DoesNotFit):
        bundle.verified({"another": b""})


async def test_who_signs_all_of_it_anew_does_not_pass_for_the_service(bundle: Bundle) -> None:
    """All digests fit, and the key is another's."""
    name = bundle.members[verify.CHECKPOINT].decode().split("\n")[0]
    forger = Signer(name, bytes(32))

    def signed(note: bytes) -> bytes:
        return forger.note(note.decode().rpartition("\n\n")[0] + "\n").encode()

    with pytest.raises(verify.DoesNotFit, match="was not signed with that key"):
        bundle.verified({verify.MANIFEST: signed(bundle.members[verify.MANIFEST])})


def _other_entry(members: Mapping[str, bytes]) -> dict[str, bytes]:
    return {
        verify.ENTRIES: members[verify.ENTRIES].replace("羽毛已干".encode(), "羽毛未干".encode())
    }


def _swapped(members: Mapping[str, bytes]) -> dict[str, bytes]:
    first, second, *others = members[verify.ENTRIES].splitlines(keepends=True)
    return {verify.ENTRIES: b"".join([second, first, *others])}


def _left_out(members: Mapping[str, bytes]) -> dict[str, bytes]:
    first, _, *others = members[verify.ENTRIES].splitlines(keepends=True)
    return {verify.ENTRIES: b"".join([first, *others])}


def _other_proof(members: Mapping[str, bytes]) -> dict[str, bytes]:
    first, *others = json.loads(members[verify.PROOFS])
    moved = {**first, "position": first["position"] + 1}
    return {verify.PROOFS: json.dumps([moved, *others]).encode()}


def _other_photo(members: Mapping[str, bytes]) -> dict[str, bytes]:
    [photo] = json.loads(members[verify.PHOTOS])
    return {verify.PHOTOS: json.dumps([{**photo, "sha256": sha256(b"").hexdigest()}]).encode()}


def _other_original(members: Mapping[str, bytes]) -> dict[str, bytes]:
    [name] = [one for one in members if one.startswith("originals/")]
    return {name: encoded(noise(60, 41))}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_other_entry, "entry 5 is not in the ledger"),
        (_swapped, "entry 1 is in another's place"),
        (_left_out, "other proofs than entries"),
        (_other_proof, "entry 1 is not in the ledger"),
        (_other_photo, "not those of the entries"),
        (_other_original, "is not the photo recorded"),
    ],
)
async def test_who_has_the_signing_key_alone_changes_nothing_that_was_recorded(
    bundle: Bundle,
    settings: Settings,
    change: Callable[[Mapping[str, bytes]], dict[str, bytes]],
    says: str,
) -> None:
    """The manifest fits, signed with the service's own key: what is behind it objects."""
    name = bundle.members[verify.CHECKPOINT].decode().split("\n")[0]
    signer = Signer(name, open_vault(settings.checkpoint_key_path).keys[0])
    assert bundle.verified(bundle.signed_anew(signer, {})).entries == 5
    with pytest.raises(verify.DoesNotFit, match=says):
        bundle.verified(bundle.signed_anew(signer, change(bundle.members)))


async def test_a_checkpoint_of_another_log_proves_nothing(
    bundle: Bundle, settings: Settings
) -> None:
    name, *others = bundle.members[verify.CHECKPOINT].decode().partition("\n\n")[0].split("\n")
    signer = Signer(name, open_vault(settings.checkpoint_key_path).keys[0])
    other = signer.note("\n".join(["wildlife/other", *others]) + "\n").encode()
    with pytest.raises(verify.DoesNotFit, match="of another log"):
        bundle.verified(bundle.signed_anew(signer, {verify.CHECKPOINT: other}))


async def test_a_photo_that_is_gone_is_said_to_be(
    officer: Person, incident: str, settings: Settings
) -> None:
    [original] = (settings.media_dir / "originals").glob("*/*")
    original.unlink()
    found = (await fetched(officer, incident)).verified()
    assert (found.photos, found.without_original) == (1, 1)


async def test_a_bundle_is_on_record_as_a_look_at_each_original(
    officer: Person, incident: str, database: Database
) -> None:
    await fetched(officer, incident)
    [row] = [one for one in await on_record(database) if one["reading"] == "original"]
    assert str(row["incident_id"]) == incident
    photos = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert str(row["photo_id"]) == photos[0]["photo_id"]


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=100), at=st.integers(0))
def test_signatures_are_those_of_ed25519(seed: bytes, message: bytes, at: int) -> None:
    """By the Python of the bundle, and by OpenSSL."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify.is_signed(public, message, signature)
    flipped = bytearray(signature)
    flipped[at % 64] ^= 1 << at % 8
    assert not verify.is_signed(public, message, bytes(flipped))
    assert not verify.is_signed(public, message + b"x", signature)


async def test_however_many_entries_there_are_few_proofs_are_made_at_once(
    officer: Person, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes some hundred hashes."""
    read: list[int] = []

    async def counted(connection: Connection, rows: Sequence[Row]) -> Held:
        read.append(len(rows))
        return await read_rows(connection, rows)

    monkeypatch.setattr(gathering, "read_rows", counted)
    monkeypatch.setattr(gathering, "_AT_ONCE", 2)
    bundle = await fetched(officer, incident)
    assert bundle.verified().entries == 5
    assert len(read) == 3


def test_what_is_no_key_is_named() -> None:
    wrong = "", "x", "a+b+c", f"name+00000000+{b64encode(bytes(33)).decode()}"
    for one in wrong:
        with pytest.raises(verify.DoesNotFit, match="no verifier key"):
            verify.read_key(one)


async def test_of_what_is_hidden_or_not_the_own_there_is_no_evidence(
    officer: Person, other_officer: Person, database: Database
) -> None:
    hidden = await hidden_rescue(officer)
    await add_account(
        database, "LC9", "1504", role=Role.OFFICIAL, sees_originals=True, sees_roads=True
    )
    official = await Person.sign_in(officer.client, "LC9", DEMO_PASSWORD)
    path = f"/incidents/{hidden.id}/evidence.zip"
    assert (await official.get(f"/incidents/{hidden.id}")).status_code == 200
    answer = await official.get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "originals_forbidden")
    assert (await other_officer.get(path)).status_code == 404
    own = await other_officer.opened(rescue())
    bundle = await fetched(other_officer, own)
    async with database.reading() as connection:
        rows = await connection.fetch("select salt, digest, incident_id from ledger")
    told = b"".join(bundle.members.values()).decode(errors="replace")
    assert {str(one["incident_id"]) for one in rows} == {hidden.id, own}
    for one in rows:
        is_own = str(one["incident_id"]) == own
        assert (one["salt"].hex in told) == is_own
        assert one["digest"].hex() not in told
        assert leaf_hash(one["digest"]).hex() not in told
