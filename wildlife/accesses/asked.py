"""What was asked, as the access log keeps it: for ever, and for auditors, who may not see who
reported. Pure."""

import re
from typing import Final
from urllib.parse import unquote_plus

from wildlife.words.numbers import BETWEEN_DIGITS, in_digits

# What is said of something before it is filed, perhaps with who reported it. It decides nothing but
# in which order the answer stands.
_UNTOLD: Final = "words"
# What holds figures, and is refused where it is anything else. All other is what somebody typed.
_NO_TEXT: Final = {
    *("near", "bbox", "polygon", "from", "to", "found_at", "cursor", "incident", "photo"),
    *("feed", "export", "subscription"),
}

_HIDDEN: Final = "…"
# What is longer says nothing more; and whoever asks decides how long it is.
_MOST: Final = 1000
_TOLD: Final = 4
"""So many digits at the end of a number are told: whoever knows the number knows it again."""

_BETWEEN: Final = f"{BETWEEN_DIGITS}*"
_DIGIT: Final = f"{_BETWEEN}[0-9]"
_COUNTRY: Final = rf"(?:(?:\+|0{_BETWEEN}0{_BETWEEN})?8{_BETWEEN}6{_BETWEEN})?"
_NUMBER: Final = re.compile(
    "(?<![0-9])(?=("
    # of an identity card (GB 11643): the region, the day of birth, three digits and a check,
    rf"[1-9](?:{_DIGIT}){{5}}{_BETWEEN}(?:1{_BETWEEN}[89]|2{_BETWEEN}0)(?:{_DIGIT}){{2}}{_BETWEEN}"
    rf"(?:0{_BETWEEN}[1-9]|1{_BETWEEN}[0-2]){_BETWEEN}[0-3](?:{_DIGIT}){{4}}{_BETWEEN}[0-9Xx]"
    # of a mobile telephone,
    rf"|{_COUNTRY}1{_BETWEEN}[3-9](?:{_DIGIT}){{9}}"
    # or of another one, with the code of its area
    rf"|0(?:{_DIGIT}){{9,11}}"
    ")(?![0-9]))"
)


def as_recorded(query: bytes) -> str:
    """A query as a person reads it: decoded, without the text that `words` held, and of the
    telephone and document numbers in all that somebody typed with the last digits alone; its first
    thousand characters."""
    told = "&".join(map(_as_recorded, query.decode().split("&")))
    return told if len(told) <= _MOST else told[:_MOST] + _HIDDEN


def _as_recorded(part: str) -> str:
    name, equals, value = part.partition("=")
    name, value = _decoded(name), _decoded(value)
    if name == _UNTOLD:
        value = _HIDDEN
    elif name not in _NO_TEXT:
        value = _without_numbers(value)
    return f"{_without_numbers(name)}{equals}{value}"


def _decoded(text: str) -> str:
    """PostgreSQL's text holds all but U+0000."""
    return unquote_plus(text, errors="replace").replace("\0", "\ufffd")


def _without_numbers(text: str) -> str:
    kept, end = [], 0
    plain = in_digits(text)
    for begin, until in _numbers_in(plain):
        last = [at for at in range(begin, until) if plain[at].isalnum()][-_TOLD:]
        kept += [text[end:begin], _HIDDEN, *(text[at] for at in last)]
        end = until
    return "".join([*kept, text[end:]])


def _numbers_in(plain: str) -> list[tuple[int, int]]:
    """From where to where there are any. Those that overlap are one: what stands before a number
    reads as one with the beginning of it."""
    found: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(plain):
        begin, until = match.span(1)
        if found and begin < found[-1][1]:
            begin, until = found[-1][0], max(until, found.pop()[1])
        found.append((begin, until))
    return found
