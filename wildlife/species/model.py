"""Taxa, the names they are found by, and how well a name fits a query. Pure."""

from datetime import date
from typing import Annotated, NamedTuple, TypeAlias

import msgspec

from wildlife.words.text import escape_like, fold_text, query_terms
from wildlife.words.values import NO_NUL
from wildlife.words.vocabularies import Authority, Population, Protection

_Said: TypeAlias = Annotated[str, msgspec.Meta(max_length=4000, pattern=NO_NUL)]


class ProtectionPeriod(msgspec.Struct, frozen=True, omit_defaults=True):
    """The protection a taxon had from one day to another, both included, and by which list."""

    protection: Protection
    valid_from: date
    valid_to: date | None = None
    list: str | None = None
    note: str = ""
    jurisdiction: str = ""
    """The region in which it holds, by what its codes begin with; empty: in the whole country."""
    authority: Authority | None = None
    """Who is competent; null where the list does not say."""
    population: Population = Population.ALL


class TaxonRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """A taxon as the register had it when the animal was identified."""

    species_id: str
    chinese_name: str
    scientific_name: str
    english_name: str
    alien: bool
    protection: list[ProtectionPeriod]
    native_to: list[str] = []


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
    native_to: list[str]
    """The regions that it is native to, by what their codes begin with; none where nobody said."""
    protection: ProtectionPeriod | None
    """The strictest of `protections`; null where the register does not know of that day."""
    protections: list[ProtectionPeriod]
    """All that hold on the day and in the region asked for: without a region, those that hold in
    the whole country."""
    history: list[ProtectionPeriod]
    """All that the register knows, of every region, oldest first."""


class FoundTaxon(Taxon, frozen=True, kw_only=True):
    """A taxon that a search found, and the name by which; in a list of all there is none."""

    matched_name: str | None
    matched_exactly: bool | None
    """False where one character of the query had to be read as another."""


class TaxonKey(NamedTuple):
    """Where a taxon stands in the register: what a cursor is made of."""

    class_: _Said
    order: _Said
    family: _Said
    species_id: _Said


def key_of(taxon: Taxon) -> TaxonKey:
    """Where a taxon stands."""
    return TaxonKey(taxon.class_, taxon.order, taxon.family, taxon.species_id)


class Within(msgspec.Struct, frozen=True):
    """The part of the register that is asked for; what is None asks for nothing."""

    protection: Protection | None = None
    """Any that holds on the day and in the region asked for."""
    order: str | None = None
    family: str | None = None


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
