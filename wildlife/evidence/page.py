"""The page of a bundle that a person reads, without a network. Pure but for its template."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from wildlife.evidence.gathering import Evidence
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.entry import Opening
from wildlife.web.printed import PrintedPage
from wildlife.words.fields import called
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import Code

_PAGE: Final = PrintedPage(Path(__file__).parent, "evidence", images=False)


class _Shown(NamedTuple):
    """An entry on the page."""

    seq: int
    label: Sentence
    received_at: str
    by: str
    said: list[tuple[str, str]]


def page(evidence: Evidence, zone: tzinfo) -> str:
    """The page: what each entry says, in the order in which they came, the photos, and how all of
    it is verified."""
    return _PAGE.render(
        case_number=evidence.case_number,
        incident_id=evidence.incident_id,
        made_at=_moment(evidence.made_at, zone),
        entries=[_shown(one, zone) for one in evidence.entries],
        photos=evidence.photos,
        checkpoint=evidence.checkpoint,
    )


def _shown(link: RecordedOpening | RecordedEntry, zone: tzinfo) -> _Shown:
    body, actor = link.body, link.actor
    label = Opening.LABEL if isinstance(body, Opening) else body.LABEL
    by = " ".join(
        filter(None, (actor.name, actor.badge, actor.station.name if actor.station else None))
    )
    said = [(called(type(body), name) or name, _told(value, zone)) for name, value in _fields(body)]
    return _Shown(link.seq, label, _moment(link.received_at, zone), by, said)


def _fields(struct: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """What is said in it."""
    names = zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
    for field, name in names:
        value = getattr(struct, field)
        if value is not None and value != [] and value is not msgspec.UNSET:
            yield name, value


def _told(value: Any, zone: tzinfo) -> str:
    match value:
        case Code():
            return value.zh
        case bool():
            return "是" if value else "否"
        case datetime():
            return _moment(value, zone)
        case msgspec.Struct():
            parts = (
                f"{called(type(value), name) or name}：{_told(one, zone)}"
                for name, one in _fields(value)
            )
            return "，".join(parts)
        case list() | tuple():
            return "；".join(_told(one, zone) for one in value)
        case dict():
            return "，".join(f"{name}：{_told(one, zone)}" for name, one in value.items())
        case _:
            return str(value)


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
