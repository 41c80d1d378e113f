"""Finding two Chinese characters inside a sentence, with core PostgreSQL only.

A text is indexed as the set of its characters and of its neighbouring pairs (`terms`, a GIN
array); a query asks for its own terms and is checked again as a substring.
"""

import operator
import re
import unicodedata
from itertools import chain
from typing import Final

import msgspec

# What has a place in Unicode among letters and signs, and no ink: fillers of Hangul, the inherent
# vowels of Khmer, the empty Braille cell, and what a program writes for a character it has lost.
_BLANK: Final = re.compile(
    "[\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufff0-\uffff\ufdd0-\ufdef\U000e0000-\U000e0fff]"
)
# A line break and a tab are written by people. What turns the lines after it from right to left
# shows `1234` as `4321`; the marks that phones put around a number, which go from left to right,
# turn nothing.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202b\u202e\u2067]")

# What a keyboard, a program or a hand makes of the same mark. All stand as they are after NFKC.
_QUOTES: Final = '"“”„‟〝〞＂'
_SAME_MARK: Final = str.maketrans(
    dict.fromkeys("’‘‛′ʼ", "'") | dict.fromkeys(_QUOTES, '"') | dict.fromkeys("‐‑‒–—―−", "-")
)


def is_readable(text: str) -> bool:
    """Whether anything of it can be seen. Spaces, marks that stand on a letter, and characters that
    only one maker's font knows can't by themselves; what came into Unicode after this Python can.
    """
    return any(map(_has_ink, text))


def _has_ink(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":
        return ord(character) & 0xFFFE != 0xFFFE and not _BLANK.match(character)
    return category[0] not in "CZM" and not _BLANK.match(character)


def has_controls(text: str) -> bool:
    """Whether it has characters that command a terminal or turn what is read around."""
    return _CONTROL.search(text) is not None


def letters_and_digits(text: str) -> str:
    """Those of a text, folded: what all writings of a number have in common."""
    return "".join(c for c in fold_text(text) if c.isalnum())


def in_ascii_digits(text: str) -> str:
    """The text with the digits of all scripts as those of ASCII; as long as it was."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def fold_text(text: str) -> str:
    """The form in which texts are compared: compatibility forms, case and spacing folded, and the
    apostrophes, the quotes and the dashes to one each.

    What has no width does not count, and a plus is a space, as it is in half of all addresses:
    K12+300 is found by `K12+300`, however it was typed.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("+", " ")
    if not folded.isascii():
        folded = folded.translate(_SAME_MARK)
    folded = " ".join(folded.split())
    if not folded.isprintable():  # what has no width is not
        folded = "".join(c for c in folded if unicodedata.category(c) != "Cf")
        folded = " ".join(folded.split())
    return folded


def terms(folded: str) -> frozenset[str]:
    """The characters and neighbouring pairs of a folded text."""
    pairs = map(operator.add, folded, folded[1:])
    return frozenset(chain(folded.replace(" ", ""), pairs))


# What stands between words where nobody writes a space; between digits it is part of a number.
_COMMAS: Final = ",;，；、､"
_BETWEEN: Final = rf"\s|(?<!\d)[{_COMMAS}]|[{_COMMAS}](?!\d)"
# Quotes that open and close by their shape do so anywhere. One that does either opens at the
# beginning of a word, or closes within one; behind a digit it is inches. An apostrophe is no quote.
_IN_PAIRS: Final = ("「」", "『』", "｢｣", "《》", "〈〉")
_PHRASE: Final = "|".join(
    (
        rf"(?:[“„‟〝]|(?<![^\s{_COMMAS}{_QUOTES}」』｣》〉’])[{_QUOTES}])[^{_QUOTES}]*[{_QUOTES}]",
        rf"(?<!\d)[{_QUOTES}][^{_QUOTES}\s]*[{_QUOTES}]",
        r"(?<![A-Za-z0-9])‘[^‘’]*’(?![A-Za-z0-9])",
        *(f"{opened}[^{opened}{closed}]*{closed}" for opened, closed in _IN_PAIRS),
    )
)
_ASKED: Final = re.compile(f"(?P<phrase>{_PHRASE})|(?P<word>(?:(?!{_PHRASE}|{_BETWEEN}).)+)")
_UNCLOSED: Final = _QUOTES + "".join(_IN_PAIRS)


def sought(asked: str) -> list[str]:
    """The words of a question, folded, each of which a text has to contain; what stands in quotes
    is one. Chinese has no spaces: a quote, a comma and a 、 part words as well. A quote that nobody
    closed is none, and of commas alone they are what is asked for."""
    asking = [*_ASKED.finditer(asked)]
    if not asking:
        return [*filter(None, [fold_text(asked)])]
    found = (
        match["word"].strip(_UNCLOSED) or match["word"] if match["word"] else match["phrase"][1:-1]
        for match in asking
    )
    return [*filter(None, map(fold_text, found))]


class Indexed(msgspec.Struct, frozen=True):
    """Texts one behind the other, folded, and the terms of them all.

    Only what is added is folded and cut into terms: a record of months is not gone through again.
    """

    text: str = ""
    terms: frozenset[str] = frozenset()

    def then(self, *texts: str) -> "Indexed":
        """The same with these behind it."""
        more = fold_text(" ".join(texts))  # a space between stays one, whatever is beside it
        return self.joined(Indexed(more, terms(more)))

    def joined(self, other: "Indexed") -> "Indexed":
        """Both, the other behind it."""
        if not self.text or not other.text:
            return self if self.text else other
        between = terms(f"{self.text[-1]} {other.text[0]}")
        return Indexed(f"{self.text} {other.text}", self.terms | between | other.terms)


def query_terms(folded: str) -> list[str]:
    """The terms that any text containing `folded` has: its pairs, as they come, or its only
    character."""
    pairs = map(operator.add, folded, folded[1:])
    return [*terms(folded)] if len(folded) == 1 else [*dict.fromkeys(pairs)]


def escape_like(text: str) -> str:
    """`text` as a literal part of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
