"""Printers that lack something, as a worker process finds them by their names."""

from media.printing import Missing, Unprintable


def package(html: str) -> bytes:
    raise Unprintable(Missing.PACKAGE)


def broken_libraries(html: str) -> bytes:
    raise Unprintable(Missing.LIBRARIES)


def glyphs(html: str) -> bytes:
    raise Unprintable(Missing.GLYPHS, "䴙")
