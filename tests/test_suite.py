"""What holds of the tests themselves."""

import ast
from pathlib import Path

import pytest

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
