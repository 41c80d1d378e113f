"""The table of ASVS 5.0: every requirement is in it once, and what shows it is there."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TABLE: Final = (ROOT / "deploy/asvs.md").read_text("utf-8")
REQUIRED: Final = (ROOT / "tests/data/asvs_5_0_level_2.txt").read_text("ascii").split()

HELD, SHORT, APART = (
    TABLE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    for name in ("Held", "Falls short", "Does not apply")
)


def rows(section: str) -> list[list[str]]:
    cells = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    return cells[2:]


SHOWN: Final = sorted(
    {shown for row in [*rows(HELD), *rows(SHORT)] for shown in re.findall(r"`([^`]+)`", row[2])}
)


def test_every_requirement_of_levels_1_and_2_is_told_once() -> None:
    assert len(REQUIRED) == 253
    told = Counter(row[0] for row in [*rows(HELD), *rows(SHORT)])
    for row in rows(APART):
        for number in row[0].split(", "):
            whole = [one for one in REQUIRED if one == number or one.startswith(f"{number}.")]
            assert whole, number
            told.update(whole)
    assert told == Counter(REQUIRED)
    assert all(row[-1].strip() for section in (HELD, SHORT, APART) for row in rows(section))


@pytest.mark.parametrize("shown", SHOWN)
def test_what_shows_a_requirement_is_there(shown: str) -> None:
    path, _, test = shown.partition("::")
    assert (ROOT / path).exists()
    if test:
        assert re.search(rf"^(async )?def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)
