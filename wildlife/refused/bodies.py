"""What a refused body says: opened, told to who may see it, and read as what it is meant to be."""

from datetime import tzinfo
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from db.connection import Connection
from media.vault import Unsealable
from wildlife.people.accounts import Actor
from wildlife.photos.service import PhotoService
from wildlife.refused.model import Refused, Settlement
from wildlife.refused.queries import RefusedRow, find_sent
from wildlife.timeline.apart import naming_nobody
from wildlife.timeline.chain import Facts, FirstSent
from wildlife.timeline.entry import Entry, Opening, tag
from wildlife.timeline.photo import ImageFacts, shown_to
from wildlife.timeline.rules import read_body
from wildlife.timeline.service import TimelineService
from wildlife.web.decoding import is_too_deep
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import RefusedOutcome

_NO_BYTES: Final = Sentence(
    "What was sent announces a photo whose bytes are not here. They are on the phone: let it send"
    " the photo again, or put this aside (`dismiss`).",
    "该内容只说明了一张待上传的照片，照片文件不在系统中。请由手机重新上传照片，"
    "或对该内容不予登记（`dismiss`）。",
)
_UNTOLD: Final = Sentence(
    "What it says of who reported can't be taken as it is. Officers of its station see it; or say"
    " in `corrected` who reported, `null` for nobody.",
    "其中报告人信息不符合要求。该单位民警可查看原内容；也可在 `corrected` 中重新填写报告人，"
    "或填 `null` 表示不登记报告人。",
)
_UNREADABLE: Final = Sentence(
    "What was sent can't be read any more. Write down what is known of it in `corrected`, or put it"
    " aside (`dismiss`), and tell the operator.",
    "所提交的内容已无法读取。请在 `corrected` 中填写已知内容，或不予登记（`dismiss`），"
    "并通知运维人员。",
)


def shown(service: TimelineService, actor: Actor, row: RefusedRow) -> Refused:
    """The answer for a refused body, to `actor`. One that is damaged says so of itself."""
    body, readable = None, True
    try:
        if row.sealed is not None:
            body = _opened(service, row.incident_id, row.sealed, row.sealed_informant)
            if isinstance(image := body.get("image"), dict):
                image["exif"] = shown_to(actor, image.get("exif"))
    except (Unsealable, msgspec.MsgspecError, UnicodeError):
        body, readable = None, False
    return Refused(
        refused_id=row.refused_id,
        incident_id=row.incident_id,
        entry_id=row.entry_id,
        received_at=row.received_at,
        code=row.code,
        badge=row.badge,
        station=row.station,
        differing=row.differing or [],
        body=body,
        readable=readable,
        key_lost_at=None if readable else row.key_lost_at,
        settled=_settled(row, service.settings.zone),
    )


def _settled(row: RefusedRow, zone: tzinfo) -> Settlement | None:
    if row.settled_at is None or row.settled_by is None or row.settled_by_name is None:
        return None
    return Settlement(
        outcome=RefusedOutcome.ACCEPTED if row.dismissed_for is None else RefusedOutcome.DISMISSED,
        settled_at=row.settled_at.astimezone(zone),
        badge=row.settled_by,
        name=row.settled_by_name,
        corrected=row.is_corrected,
        reason=row.dismissed_for,
        note=row.note,
    )


def _opened(
    service: TimelineService, incident_id: UUID, sealed: bytes, sealed_informant: bytes | None
) -> dict[str, Any]:
    """What was sent. Raises Unsealable, msgspec.MsgspecError or UnicodeError."""
    content = service.vault.open(incident_id, sealed)
    if is_too_deep(content):  # as they were once kept: it would cost all the others
        raise msgspec.DecodeError
    body: dict[str, Any] = msgspec.json.decode(content)
    if changes := body.get("changes"):  # earlier versions kept whom it names among them
        body["changes"] = naming_nobody(changes)
    if sealed_informant is not None:
        changes = body.get("changes")
        saying = changes if isinstance(changes, dict) else body
        informant = service.vault.open(incident_id, sealed_informant)
        saying["informant"] = msgspec.json.decode(informant)
    return body


class Meant(NamedTuple):
    """What is to be filed, and on whose behalf."""

    body: Opening | Entry
    image: ImageFacts | None
    first_sent: FirstSent
    region: str
    """Where the station lies of who sent it."""

    @property
    def facts(self) -> Facts:
        """Of an opening, what is known of who opens it."""
        return Facts(station_region=self.region, first_sent=self.first_sent)


async def what_is_meant(
    service: PhotoService, connection: Connection, row: RefusedRow, said: dict[str, Any] | None
) -> Meant:
    """What is to be filed: as it was sent, or as it is `said` by who corrects it. Raises Problem:
    what is wrong with it."""
    sent = await find_sent(connection, row)
    assert sent is not None
    try:
        kept = _opened(service, row.incident_id, sent.sealed, sent.sealed_informant)
    except (Unsealable, msgspec.MsgspecError, UnicodeError):
        if said is None:
            raise Problem("refused_unfit", reason=_UNREADABLE) from None
        kept = {}
    image = None
    if isinstance(held := kept.pop("image", None), dict):
        image = msgspec.convert(held, ImageFacts)
    is_opening = "kind" in (kept or said or {}) and row.incident_id == row.entry_id
    type_ = service.kinds.opening if is_opening else service.kinds.entry
    whole = kept
    if said is not None:
        _require_same(service, row, kept, said)
        # Whom it names its corrector may not be told: that stays, unless they say otherwise.
        named = {"informant": kept["informant"]} if "informant" in kept else {}
        whole = {**named, **said}
    if image is None and ("photo_id" in whole or whole.get("type") == "photo"):
        raise Problem("refused_unfit", reason=_NO_BYTES)
    body = _read(service, whole, type_)
    is_corrected = said is not None and body != _as_sent(service, kept, type_)
    first_sent = FirstSent(
        by=sent.sender,
        received_at=row.received_at.astimezone(service.settings.zone),
        corrected=is_corrected,
    )
    return Meant(body, image, first_sent, sent.region_code)


def telling_nobody(row: RefusedRow, problem: Problem) -> Problem:
    """The same to who may not read whom a body names, where that is what is wrong with it."""
    if row.sealed_informant is not None or not any(map(_is_of_informant, problem.errors)):
        return problem
    return problem.mapped(
        lambda error: (
            FieldError(error.field, code=error.code, said=_UNTOLD)
            if _is_of_informant(error)
            else error
        )
    )


def _is_of_informant(error: FieldError) -> bool:
    return "informant" in error.field.split(".")[:2]


def _read(service: PhotoService, said: dict[str, Any], type_: Any) -> Opening | Entry:
    content = msgspec.json.encode(said)
    body: Opening | Entry = read_body(service.settings, service.kinds, content, type_)
    return body


def _as_sent(service: PhotoService, kept: dict[str, Any], type_: Any) -> Opening | Entry | None:
    """What was sent; None where it can't be read as what it should be."""
    try:
        return _read(service, kept, type_)
    except Problem:
        return None


def _require_same(
    service: PhotoService, row: RefusedRow, kept: dict[str, Any], said: dict[str, Any]
) -> None:
    """That a correction is one of the same thing: of another, somebody else's words would be told
    as those of who sent this. What is of no type that there is may become one of any."""
    if str(said.get("id")).lower() != str(row.entry_id):
        raise Problem("invalid_value", FieldError("id", said.get("id"), str(row.entry_id)))
    types = {"type": map(tag, service.kinds.entries), "kind": (one.name for one in service.kinds)}
    for name, known in types.items():
        if kept.get(name) in [*known] and said.get(name) != kept[name]:
            raise Problem("invalid_value", FieldError(name, said.get(name), kept[name]))
