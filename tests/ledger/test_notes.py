"""Notes are signed as existing verifiers read them."""

from base64 import b64decode
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildlife.ledger.notes import (
    Checkpoint,
    Signer,
    UnfitNote,
    open_checkpoint,
    open_note,
    read_verifier_key,
    verifier_key,
)

# The example of C2SP signed-note and golang.org/x/mod/sumdb/note.
VKEY: Final = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED: Final = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT: Final = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE: Final = (
    f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNER: Final = Signer("wildlife.example/log", bytes(range(32)))
CHECKPOINT: Final = Checkpoint("wildlife.example/log", 20_852_163, bytes(range(32)))


def test_a_note_is_signed_and_opened_as_the_reference_does() -> None:
    signer = Signer("PeterNeumann", SEED)
    assert verifier_key("PeterNeumann", signer.public_key) == VKEY
    assert read_verifier_key(VKEY) == ("PeterNeumann", signer.public_key)
    assert signer.note(TEXT) == NOTE
    assert open_note(NOTE, "PeterNeumann", signer.public_key) == TEXT


def test_a_checkpoint_is_read_as_it_was_signed_beside_what_a_witness_signs() -> None:
    note = SIGNER.sign(CHECKPOINT)
    assert open_checkpoint(note, SIGNER.public_key) == CHECKPOINT
    cosigned = note + "— witness.example " + "A" * 96 + "\n"
    assert open_checkpoint(cosigned, SIGNER.public_key) == CHECKPOINT


@given(at=st.integers(0, 10_000), flipped=st.integers(0, 7))
def test_no_bit_of_a_checkpoint_is_another_and_it_is_opened(at: int, flipped: int) -> None:
    note = bytearray(SIGNER.sign(CHECKPOINT).encode())
    note[at % len(note)] ^= 1 << flipped
    with pytest.raises(ValueError):  # noqa: PT011 - no UTF-8, or no note
        open_checkpoint(note.decode(), SIGNER.public_key)


@given(at=st.integers(0, 10_000))
def test_no_bit_of_a_verifier_key_is_another_and_it_is_read(at: int) -> None:
    vkey = bytearray(VKEY.encode())
    vkey[at % len(vkey)] ^= 1
    with pytest.raises(UnfitNote):
        read_verifier_key(vkey.decode())


@given(end=st.integers(0, 10_000))
def test_a_note_that_is_cut_off_is_none(end: int) -> None:
    note = SIGNER.sign(CHECKPOINT)
    with pytest.raises(UnfitNote):
        open_checkpoint(note[: end % len(note)], SIGNER.public_key)
