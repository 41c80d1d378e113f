"""The names by which a taxon is found, and how well one fits a query. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from wildlife.species.pinyin import initials, pinyin
from wildlife.words.text import escape_like, fold_text, query_terms

NAMES_VERSION: Final = 2
"""Counted up by who changes what names a taxon is found by, or how a character is read."""


def names_of(
    chinese_name: str,
    aliases: Iterable[str],
    read_pinyin: str,
    scientific_name: str,
    english_name: str,
) -> Iterator[tuple[str, str]]:
    """The kinds of the names by which a taxon is found, and the names; some may be empty."""
    yield "chinese_name", chinese_name
    yield "pinyin", read_pinyin
    yield "initials", initials(read_pinyin)
    yield "scientific_name", scientific_name
    yield "english_name", english_name
    for alias in aliases:
        yield "alias", alias
        if not alias.isascii():  # an older Latin name is read as it is
            reading = pinyin(alias)
            yield "alias_pinyin", reading
            yield "alias_initials", initials(reading)


class NamePattern(msgspec.Struct, frozen=True):
    """Names that fit one of some LIKE patterns: all of its length, and what they have in common."""

    anywhere: list[str]
    """Patterns for a part of the name."""
    at_start: list[str]
    """The same for its beginning."""
    length: int
    """How many characters of the name the pattern is for."""
    terms: list[str]
    """The terms that any name which fits has."""


def fold_name(name: str) -> str:
    """The form in which names are compared: also without spaces, as pinyin is typed."""
    # Folded again, since a mark may now stand beside another letter.
    return fold_text(fold_text(name).replace(" ", ""))


def exact_pattern(query: str) -> NamePattern:
    """What names that contain `query` fit."""
    folded = fold_name(query)
    return _pattern([escape_like(folded)], len(folded), query_terms(folded))


def near_patterns(query: str) -> list[NamePattern]:
    """What names that contain `query` but for one wrong character fit.

    Whichever character is wrong, one half of the query is right and has the terms to look for.
    """
    folded = fold_name(query)
    if len(folded) < 2:
        return []
    likes = [
        f"{escape_like(folded[:at])}_{escape_like(folded[at + 1 :])}" for at in range(len(folded))
    ]
    middle = len(folded) // 2
    return [
        _pattern(likes[:middle], len(folded), query_terms(folded[middle:])),
        _pattern(likes[middle:], len(folded), query_terms(folded[:middle])),
    ]


def _pattern(likes: list[str], length: int, terms: list[str]) -> NamePattern:
    return NamePattern(
        [f"%{like}%" for like in likes], [f"{like}%" for like in likes], length, terms
    )
