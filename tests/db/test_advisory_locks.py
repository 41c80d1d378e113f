"""Whoever locks something by a number locks nothing else."""

import re
from collections import Counter
from pathlib import Path

import db
import wildlife

_SOURCES = [
    file.read_text("utf-8")
    for package in (db, wildlife)
    for file in Path(package.__path__[0]).rglob("*.py")
]


def test_no_two_locks_have_the_same_number_or_the_same_seed() -> None:
    numbers = Counter(
        number for text in _SOURCES for number in re.findall(r"_LOCK\b.*= ([0-9_]+)$", text, re.M)
    )
    seeds = Counter(
        seed
        for text in _SOURCES
        for seed in re.findall(r"hashtextextended\((?:[^()]|\([^()]*\))*, (\d+)\)", text)
    )
    assert len(numbers) >= 2
    assert len(seeds) >= 6
    assert {one for one, uses in (numbers + seeds).items() if uses > 1} == set()
