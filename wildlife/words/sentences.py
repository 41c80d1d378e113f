"""What is said in both languages."""

from typing import Final, NamedTuple

HAN: Final = "[\u3400-\u9fff\U00020000-\U0003ffff]"
"""A Chinese character, as a regular expression."""


class Sentence(NamedTuple):
    """A sentence in both languages."""

    en: str
    zh: str
