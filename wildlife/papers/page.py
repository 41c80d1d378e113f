"""The page with a paper: HTML that is whole by itself, and fetches nothing."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from wildlife.papers.codes import Paper
from wildlife.papers.papers import Numbered
from wildlife.papers.record import Record
from wildlife.papers.writing import moment_of
from wildlife.web.qr_codes import as_svg

FEW_PICTURES: Final = 6
"""Up to so many photos are printed large, of a size that is worth it."""

_HERE: Final = Path(__file__).parent


def page(
    paper: Paper,
    sheets: Sequence[Numbered],
    record: Record,
    addresses: Sequence[str],
    pictures: Mapping[UUID, bytes],
) -> str:
    """The sheets of a paper, of which there is one at least. addresses: that of each, which its QR
    code says. pictures: those of its photos that can be shown, as JPEG."""
    incident = record.incident
    return _template().render(
        title=paper,
        sheets=sheets,
        case_number=incident.case_number,
        digest=incident.digest,
        entries=incident.entries,
        addresses=addresses,
        qr_codes=[Markup(as_svg(one, scalable=True)) for one in addresses],  # noqa: S704 - ours
        pictures={photo_id: _as_address(jpeg) for photo_id, jpeg in pictures.items()},
        few=FEW_PICTURES,
        printed_by=record.printed_by,
        printed_at=moment_of(record.printed_at, record.zone),
        css=Markup(_css()),  # noqa: S704 - ours
    )


@cache
def policy() -> str:
    """The content security policy of such a page: its own styles, the photos within it, and nothing
    else, whatever somebody wrote into a record."""
    digest = b64encode(sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'; sandbox"
    )


def _as_address(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"


@cache
def _css() -> str:
    return (_HERE / "paper.css").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("paper.html")
