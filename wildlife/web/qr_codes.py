"""QR codes."""

import io

import segno


def as_svg(text: str, *, scalable: bool = False) -> str:
    """A text as a QR code, with the margin that readers need; scalable: as large as whoever shows
    it says."""
    written = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(written, kind="svg", xmldecl=False, nl=False, scale=8, omitsize=scalable)
    return written.getvalue().decode()


def as_text(text: str) -> str:
    """The same in characters of a terminal."""
    written = io.StringIO()
    segno.make_qr(text, error="m").terminal(out=written, compact=True, border=2)
    return written.getvalue()
