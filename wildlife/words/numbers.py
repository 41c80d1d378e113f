"""How people write a number that is dialled, or stands on a document. Pure."""

import unicodedata
from typing import Final

from wildlife.words.text import in_ascii_digits

BETWEEN_DIGITS: Final = r"[\W_]"
"""What may stand between two digits of one number: all but letters and digits, seen or not."""

_NUMERALS: Final = str.maketrans(
    "〇零○幺一壹二两贰三叁四肆五伍六陆七柒八捌九玖", "00011122233445566778899"
)


def in_digits(text: str) -> str:
    """The text with the digits of all scripts, in circles or raised as well, and those in words of
    Chinese, as those of ASCII; as long as it was."""
    if text.isascii():
        return text
    return in_ascii_digits("".join(map(_plain, text)).translate(_NUMERALS))


def _plain(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character
