"""Chinese and English, told apart in what the service says."""

import re
from collections.abc import Iterable
from typing import Final

from wildlife.words import sentences

# What has no Chinese name that anybody uses.
_NAMES: Final = {
    *("JSON", "UTF", "GBK", "UUID", "Base", "SHA", "HTTP", "HEAD", "GET", "POST", "ETag", "tus"),
    *("JPEG", "PNG", "WebP", "HEIC", "AVIF", "SVG", "WGS", "GPS", "GCJ", "BD", "GB", "GA", "true"),
    *("BOM", "HTML", "XML", "PDF", "ID", "OpenID", "Connect"),
    *("false", "Authorization", "Bearer", "Tus", "Resumable", "access_token", "next_cursor"),
    *("radius_m", "filename", "aSn", "bGA", "QLmpwZw", "sha", "docs", "K"),
}

# Addresses, commands, and what is quoted as it is written: code, in any language.
_CODE: Final = re.compile(r"(?:GET|POST) /api\S+|wildlife [a-z]+ [a-z]+|`[^`]*`|\{[a-z_.]*\}")
QUOTED: Final = re.compile(r"“[^”]*”|`[^`]*`")
"""What somebody gave, and code: in whatever language."""

_WORD: Final = re.compile(r"[A-Za-z_]{2,}")

# Two words of English beside each other; names of commands and columns stand alone or in examples.
_SENTENCE: Final = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
_EXAMPLE: Final = re.compile(r"wildlife( [^ 。，；：（]+)*")

HAN: Final = re.compile(sentences.HAN)


def foreign_words(chinese: str, said: Iterable[str] = ()) -> list[str]:
    """The Latin words of a Chinese sentence, but for names, code, and what somebody `said`."""
    for one in sorted(filter(None, said), key=len, reverse=True):
        chinese = re.sub(rf"(?<![A-Za-z_]){re.escape(one)}(?![A-Za-z_])", "", chinese)
    return [word for word in _WORD.findall(_CODE.sub("", chinese)) if word not in _NAMES]


def english_in(said: str) -> str | None:
    """The first of what is English in a Chinese text, but for how it is called."""
    for line in said.splitlines():
        if found := _SENTENCE.search(_EXAMPLE.sub("", line)):
            return f"{found[0]}: {line}"
    return None
