"""Pages as PDF, by WeasyPrint: an optional part, which is imported when it is asked for.

Made of HTML that holds all that it shows: whatever it names elsewhere is not fetched. Runs in a
process that may be killed (`media.processes`).
"""

import io
import logging
from enum import Enum
from typing import Final
from unicodedata import category

_LOGGER: Final = "weasyprint"
_MOST_TOLD: Final = 20
_UNSEEN: Final = {"Zs", "Zl", "Zp", "Cc", "Cf"}


class Missing(Enum):
    """What is missing on this machine."""

    PACKAGE = "package"
    LIBRARIES = "libraries"
    GLYPHS = "glyphs"


class Unprintable(Exception):
    """A page can't be made a PDF of on this machine; `characters` are those that no font has."""

    def __init__(self, missing: Missing, characters: str = "") -> None:
        super().__init__(missing, characters)
        self.missing = missing
        self.characters = characters


def print_page(html: str) -> bytes:
    """The page as a PDF. Raises Unprintable: rather none than one with blanks for characters."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 - optional, and it takes a second
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except ImportError:
        raise Unprintable(Missing.PACKAGE) from None
    except OSError:
        raise Unprintable(Missing.LIBRARIES) from None
    written, unknown = io.BytesIO(), _Unknown()
    logger = logging.getLogger(_LOGGER)
    logger.addHandler(unknown)
    try:
        page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
        page.write_pdf(written, presentational_hints=True)
    finally:
        logger.removeHandler(unknown)
    if unknown.characters:
        told = "".join(unknown.characters)[:_MOST_TOLD]
        raise Unprintable(Missing.GLYPHS, told)
    return written.getvalue()


class _Unknown(logging.Handler):
    """Hears which characters no font has: it is told nowhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.characters: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if ".notdef" in str(record.msg) and isinstance(record.args, tuple):
            character = str(record.args[0])
            # Of one that nobody sees, nothing is missing: U+2028, which ends a line.
            if category(character) not in _UNSEEN:
                self.characters[character] = None
