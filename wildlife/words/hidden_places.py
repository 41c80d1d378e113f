"""Of which animals the place is hidden, from whoever is neither of a unit that had a part nor above
one: the operator's to say. Pure."""

import re
from difflib import get_close_matches
from typing import Final

import msgspec

from wildlife.words.speaking import said
from wildlife.words.vocabularies import Protection

HIDDEN_BY_DEFAULT: Final = "national_1,national_2"

_NONE: Final = "none"
_UNIDENTIFIED: Final = "unidentified"
_SPECIES: Final = re.compile(r"species:([a-z0-9_-]{1,200})")
_CLASSES: Final = {one.value: one for one in Protection if one is not Protection.UNLISTED}


class HiddenPlaces(msgspec.Struct, frozen=True):
    """Of which animals the place is hidden: of any of these classes, of any of these species, and,
    where that is asked for, of those that nobody has identified."""

    protections: frozenset[Protection] = frozenset()
    species_ids: frozenset[str] = frozenset()
    unidentified: bool = False


def read_hidden_places(text: str) -> HiddenPlaces:
    """`national_1,national_2,species:cervus_nippon,unidentified`, or `none`.

    Raises ValueError with a sentence that names what is none of these.
    """
    given = [one.strip() for one in text.split(",")]
    if given == [_NONE]:
        return HiddenPlaces()
    for one in given:
        if one not in (*_CLASSES, _UNIDENTIFIED) and not _SPECIES.fullmatch(one):
            raise ValueError(_unfit(one))
    species = (_SPECIES.fullmatch(one) for one in given)
    return HiddenPlaces(
        protections=frozenset(_CLASSES[one] for one in given if one in _CLASSES),
        species_ids=frozenset(match[1] for match in species if match),
        unidentified=_UNIDENTIFIED in given,
    )


def _unfit(given: str) -> str:
    words = [*_CLASSES, _UNIDENTIFIED]
    near = "".join(get_close_matches(given, words, n=1))
    return said(
        f"{given!r} is no class of protection{near and f'; did you mean {near}?'}; write some of"
        f" {', '.join(words)}, species:ID as in species:cervus_nippon, with commas between them, or"
        f" {_NONE} alone",
        f"{given!r} 不是保护级别{near and f'，是否想写 {near}？'}；可写 {'、'.join(words)}、"
        f"species:物种编号（如 species:cervus_nippon），以半角逗号分隔；都不隐匿则只写 {_NONE}",
    )
