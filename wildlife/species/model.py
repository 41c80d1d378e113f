"""Taxa, the names they are found by, and how well a name fits a query. Pure."""

import msgspec

from wildlife.incidents.timeline import ProtectionPeriod
from wildlife.text import escape_like, fold, query_terms


class Taxon(msgspec.Struct, frozen=True, kw_only=True):
    """A taxon of the register."""

    species_id: str
    chinese_name: str
    scientific_name: str
    english_name: str
    aliases: list[str]
    pinyin: str
    rank: str
    class_: str = msgspec.field(name="class")
    order: str
    family: str
    alien: bool
    protection: ProtectionPeriod | None
    """On the day asked for; null where the register does not know of that day."""
    history: list[ProtectionPeriod]
    """All that the register knows, oldest first."""


class FoundTaxon(Taxon, frozen=True, kw_only=True):
    """A taxon that a search found, and the name by which."""

    matched_name: str
    matched_exactly: bool
    """False where one character of the query had to be read as another."""


class NamePattern(msgspec.Struct, frozen=True):
    """A LIKE pattern and the terms that any text which fits it has."""

    like: str
    terms: list[str]


def fold_name(name: str) -> str:
    """The form in which names are compared: also without spaces, as pinyin is typed."""
    return fold(name).replace(" ", "")


def exact_pattern(query: str) -> NamePattern:
    """What names that contain `query` fit."""
    folded = fold_name(query)
    return NamePattern(f"%{escape_like(folded)}%", query_terms(folded))


def near_patterns(query: str) -> list[NamePattern]:
    """What names that contain `query` but for one wrong character fit, one for each character."""
    folded = fold_name(query)
    if len(folded) < 2:
        return []
    patterns = []
    for at in range(len(folded)):
        before, after = folded[:at], folded[at + 1 :]
        wanted = {*query_terms(before), *query_terms(after)}
        patterns.append(
            NamePattern(f"%{escape_like(before)}_{escape_like(after)}%", sorted(wanted))
        )
    return patterns
