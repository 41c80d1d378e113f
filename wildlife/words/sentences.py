"""What is said in both languages."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str
