"""A bundle as bytes: whichever is another, it is found, or is none of what the bundle holds."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import hypothesis
from hypothesis import given
from hypothesis import strategies as st

from tests.commandline import run
from tests.evidence.bundles import Bundle, another_key
from wildlife.evidence import verify


async def test_a_bit_of_the_archive_that_is_another_is_found_or_says_nothing(
    bundle: Bundle, thorough: bool
) -> None:
    """Of a ZIP archive the members' dates, attributes and versions say nothing that is evidence,
    and what stands before each member repeats what stands at the end."""
    tried = found = 0

    @hypothesis.settings(max_examples=2000 if thorough else 100)
    @given(at=st.integers(0, len(bundle.content) - 1), bit=st.integers(0, 7))
    def flip(at: int, bit: int) -> None:
        nonlocal tried, found
        tried += 1
        changed = bytearray(bundle.content)
        changed[at] ^= 1 << bit
        try:
            verify.verify(BytesIO(changed), bundle.vkey)
        except verify.DoesNotFit:
            found += 1
        else:
            with ZipFile(BytesIO(changed)) as archive:
                assert {name: archive.read(name) for name in archive.namelist()} == bundle.members

    flip()
    assert found > tried * 0.6


async def test_the_command_verifies_bundles_by_themselves_and_names_what_does_not_fit(
    bundle: Bundle, tmp_path: Path
) -> None:
    """Where there is neither a database nor a data folder."""
    whole, changed = tmp_path / "whole.zip", tmp_path / "changed.zip"
    whole.write_bytes(bundle.content)
    others = {
        verify.ENTRIES: bundle.members[verify.ENTRIES].replace("已干".encode(), "未干".encode())
    }
    changed.write_bytes(bundle.written(others))
    own = ("--key", bundle.vkey.strip())

    ended = await run("verify", *own, str(whole))
    assert ended.status == 0, ended
    assert f"incident {bundle.verified().incident_id}, 5 entries, 1 photos" in ended.out
    assert ended.err == ""
    ended = await run("verify", *own, str(whole), str(changed))
    assert ended.status == 1
    assert ended.err == f"{changed}: entries.ndjson was changed\n"
    ended = await run("verify", "--key", another_key(), str(whole))
    assert ended.status == 1
    assert ended.err == f"{whole}: manifest was not signed with that key\n"
    ended = await run("verify", str(whole))
    assert ended.status == 0
    assert "Who made them is not proved" in ended.err
    for wrong in (own, (*own, str(whole), "--since", str(whole))):
        assert (await run("verify", *wrong)).status == 2
