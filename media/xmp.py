"""XMP: what a photo's metadata says in XML, and EXIF mostly in bytes beside it.

No XML is parsed: of a packet that a stranger wrote, a few properties are found by their names, in
either of the two forms that RDF has for them, under the prefixes that everybody writes.
"""

import re
from typing import Final

# More than any camera writes; what a file has beyond is not looked through.
_MOST_BYTES: Final = 1024 * 1024


def read_property(packet: bytes, name: str) -> str:
    """The value of a simple property like `exif:GPSLatitude`; empty where there is none."""
    key = re.escape(name.encode())
    as_attribute = rb"""\s*=\s*["']([^"'<>]{0,100})["']"""
    as_element = rb">([^<>]{0,100})</" + key + rb"\s*>"
    pattern = rb"\b" + key + rb"(?:" + as_attribute + rb"|" + as_element + rb")"
    found = re.search(pattern, packet[:_MOST_BYTES])
    if found is None:
        return ""
    return (found[1] or found[2] or b"").decode("utf-8", "ignore").strip()
