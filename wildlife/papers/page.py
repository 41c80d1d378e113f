"""The page with a paper."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from markupsafe import Markup

from wildlife.papers.codes import Paper
from wildlife.papers.papers import Numbered
from wildlife.papers.record import Record
from wildlife.papers.writing import moment_of
from wildlife.web.printed import PrintedPage
from wildlife.web.qr_codes import as_svg

FEW_PICTURES: Final = 6
"""Up to so many photos are printed large, of a size that is worth it."""

PAGE: Final = PrintedPage(Path(__file__).parent, "paper", images=True)


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
    return PAGE.render(
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
    )


def _as_address(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"
