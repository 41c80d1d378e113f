"""Finding two Chinese characters inside a sentence, with core PostgreSQL only.

A text is indexed as the set of its characters and of its neighbouring pairs (`terms`, a GIN
array); a query asks for its own terms and is checked again as a substring.
"""

import itertools
import unicodedata


def fold_text(text: str) -> str:
    """The form in which texts are compared: compatibility forms, case and spacing folded."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def terms(folded: str) -> list[str]:
    """The characters and neighbouring pairs of a folded text, each once, as they come."""
    pairs = (a + b for a, b in itertools.pairwise(folded))
    return [*dict.fromkeys(folded.replace(" ", "")), *dict.fromkeys(pairs)]


def query_terms(folded: str) -> list[str]:
    """The terms that any text containing `folded` has: its pairs, or its only character."""
    return terms(folded) if len(folded) == 1 else [t for t in terms(folded) if len(t) == 2]


def escape_like(text: str) -> str:
    """`text` as a literal part of a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
