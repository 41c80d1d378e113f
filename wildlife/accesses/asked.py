"""What was asked, as the access log keeps it: for ever, and for auditors, who may not see who
reported. Pure."""

import re
from typing import Final
from urllib.parse import unquote_plus

from wildlife.words.text import in_ascii_digits

# What is said of something before it is filed, perhaps with who reported it. It decides nothing but
# in which order the answer stands.
_UNTOLD: Final = "words"
# What is sought, in words of who asks.
_SOUGHT: Final = "q"

_HIDDEN: Final = "…"
# What is longer says nothing more; and whoever asks decides how long it is.
_MOST: Final = 1000
_TOLD: Final = 4
"""So many digits at the end of a number are told: whoever knows the number knows it again."""

_BETWEEN: Final = r"[\s()（）./·–—－-]{0,2}"
_COUNTRY: Final = rf"(?:(?:\+|00)?86{_BETWEEN})?"
_NUMBER: Final = re.compile(
    "(?<![0-9])(?:"
    # of an identity card (GB 11643): the region, the day of birth, three digits and a check,
    rf"[1-9][0-9]{{5}}\s?(?:18|19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9]\s?[0-9]{{3}}[0-9Xx]"
    # of a mobile telephone,
    rf"|{_COUNTRY}1{_BETWEEN}[3-9](?:{_BETWEEN}[0-9]){{9}}"
    # or of another one, with the code of its area
    rf"|0(?:{_BETWEEN}[0-9]){{9,11}}"
    ")(?![0-9])"
)


def as_recorded(query: bytes) -> str:
    """A query as a person reads it: decoded, without the text that `words` held, and of the
    telephone and document numbers that were sought with the last digits alone; its first thousand
    characters."""
    told = "&".join(map(_as_recorded, query.decode().split("&")))
    return told if len(told) <= _MOST else told[:_MOST] + _HIDDEN


def _as_recorded(part: str) -> str:
    name, equals, value = part.partition("=")
    name, value = _decoded(name), _decoded(value)
    if name == _UNTOLD:
        value = _HIDDEN
    elif name == _SOUGHT:
        value = _without_numbers(value)
    return f"{name}{equals}{value}"


def _decoded(text: str) -> str:
    """PostgreSQL's text holds all but U+0000."""
    return unquote_plus(text, errors="replace").replace("\0", "\ufffd")


def _without_numbers(text: str) -> str:
    kept, end = [], 0
    # As long as the text, character by character.
    for match in _NUMBER.finditer(in_ascii_digits(text)):
        last = [at for at in range(*match.span()) if text[at].isalnum()][-_TOLD:]
        kept += [text[end : match.start()], _HIDDEN, *(text[at] for at in last)]
        end = match.end()
    return "".join([*kept, text[end:]])
