"""What holds of the tests themselves."""

import ast
import os
import shutil
from pathlib import Path

import pytest

from tests.disks import quick_disk
from tests.draws import Draw

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=[str(one.relative_to(TESTS)) for one in FILES])
def test_what_several_need_stands_beside_them_and_in_none_of_them(file: Path) -> None:
    """A test that is moved, or left out, takes no other with it."""
    imported = [
        one.module or ""
        for one in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(one, ast.ImportFrom)
    ]
    names = [one.rpartition(".")[2] for one in imported]
    assert [one for one in names if one == "conftest" or one.startswith("test_")] == []


def test_the_tests_are_on_a_disk_where_memory_has_no_room_or_runs_no_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose = quick_disk.__wrapped__
    small = shutil.disk_usage("/")._replace(free=64 * 1024**2)  # as a container's is
    with monkeypatch.context() as patched:
        patched.setattr("shutil.disk_usage", lambda _: small)
        assert choose() == Path("/tmp")
    with monkeypatch.context() as patched:
        flags = [*os.statvfs("/")]
        flags[8] |= os.ST_NOEXEC
        patched.setattr("os.statvfs", lambda _: os.statvfs_result(flags))
        assert choose() == Path("/tmp")
    with monkeypatch.context() as patched:
        patched.setattr("os.access", lambda *_: False)
        assert choose() == Path("/tmp")


def test_what_is_drawn_is_the_same_all_day_and_all_of_it_in_the_end() -> None:
    cases = range(20)
    drawn = Draw("2024-08-04", thorough=False).some(cases, 5, "GET /releases")
    assert len(drawn) == 5
    assert drawn == sorted(drawn)
    assert drawn == Draw("2024-08-04", thorough=False).some(cases, 5, "GET /releases")
    assert drawn != Draw("2024-08-04", thorough=False).some(cases, 5, "GET /animals")
    month = {
        case
        for day in range(30)
        for case in Draw(f"2024-08-{day}", thorough=False).some(cases, 5, "GET /releases")
    }
    assert month == {*cases}
    assert Draw("2024-08-04", thorough=True).some(cases, 5, "GET /releases") == [*cases]
