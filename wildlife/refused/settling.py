"""Looking at what was refused and kept, accepting it, and putting it aside.

What is accepted is filed by who accepts it, with their rights, on behalf of who sent it: an officer
for the own station, a chief for those below, whatever it is, since who sent it may be away and
their phone lost. The timeline says who sent it first, when it came, and whether it was corrected.
"""

from datetime import tzinfo
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from db.connection import Connection
from media.vault import Unsealable
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.photos.service import PhotoService
from wildlife.refused.model import Dismissal, Refused, Settlement
from wildlife.refused.queries import (
    RefusedRow,
    SettledAs,
    access_refused,
    find_sent,
    find_settled,
    settle_refused,
)
from wildlife.timeline.apart import naming_nobody
from wildlife.timeline.appending import append_accepted, judge_accepted
from wildlife.timeline.chain import Facts, FirstSent
from wildlife.timeline.entry import Entry, Opening
from wildlife.timeline.opening import judge_opening, open_accepted
from wildlife.timeline.photo import ImageFacts, shown_to
from wildlife.timeline.rules import broken_alone
from wildlife.timeline.service import TimelineService
from wildlife.web.decoding import decode, is_too_deep
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId
from wildlife.words.vocabularies import Settling

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
        outcome=Settling.ACCEPTED if row.dismissed_for is None else Settling.DISMISSED,
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


class _Meant(NamedTuple):
    """What is to be filed, and on whose behalf."""

    body: Opening | Entry
    image: ImageFacts | None
    facts: Facts


async def judged(service: PhotoService, actor: Actor, row: RefusedRow) -> Problem | None:
    """Why a body that is `actor`'s to accept could not be accepted now as it is; None: it could.
    Nothing is written."""
    try:
        async with service.database.transaction() as connection:
            meant = await _meant(service, connection, row, None)
            first_sent = meant.facts.first_sent
            assert first_sent is not None
            if isinstance(meant.body, Opening):
                verb = _verb(actor, first_sent)
                await judge_opening(service, connection, actor, meant.body, meant.facts, verb)
            else:
                incident_id = IncidentId(row.incident_id)
                await judge_accepted(
                    *(service, connection, actor, incident_id, meant.body, meant.image, first_sent)
                )
    except Problem as problem:
        return _telling_nobody(row, problem).with_traceback(None)  # which would keep the connection
    return None


async def accept(
    service: PhotoService, actor: Actor, refused_id: UUID, said: dict[str, Any] | None
) -> RefusedRow:
    """File a refused body, as it was sent or as it is `said` by who corrects it; settled when this
    returns, whether by this or by the same before.

    Raises Problem: not_found, not_responsible, refused_settled, what is wrong with `said`, or
    why it can't be filed as it stands; it is kept as before then.
    """
    row = await _to_settle(service, actor, refused_id)
    try:
        async with service.database.reading() as connection:
            meant = await _meant(service, connection, row, said)
        as_ = _corrected_as(service, actor, meant, said)

        async def settle(connection: Connection) -> None:
            if not await settle_refused(connection, actor, row, corrected_as=as_):
                raise _SettledBefore

        if row.settled_at is not None:
            raise _SettledBefore
        await _file(service, actor, row, meant, settle)
    except _SettledBefore:
        held = await _held(service, row)
        if held.dismissed_for is not None or held.corrected_as != as_:
            raise _settled_before(service, held) from None
    except Problem as problem:
        if row.settled_at is not None:
            raise _settled_before(service, await _held(service, row)) from None
        if said is None or "informant" not in said:
            problem = _telling_nobody(row, problem)
        if said is None:
            raise problem from None
        raise problem.mapped(
            lambda error: replace(error, field=f"corrected.{error.field}", pointer=None)
        ) from None
    service.darkroom.wake()
    return await _again(service, actor, row)


def _corrected_as(
    service: PhotoService, actor: Actor, meant: "_Meant", said: dict[str, Any] | None
) -> bytes | None:
    """By what a correction is known again that the same account sends again: of another's nobody
    finds out by guessing whom it names."""
    assert meant.facts.first_sent is not None
    if not meant.facts.first_sent.corrected:
        return None
    return service.vault.tag(msgspec.json.encode([actor.account_id, said], order="sorted"))


async def _held(service: PhotoService, row: RefusedRow) -> SettledAs:
    async with service.database.writing() as connection:
        held = await find_settled(connection, row)
    assert held is not None, "what is settled stays so"
    return held


async def dismiss(
    service: PhotoService, actor: Actor, refused_id: UUID, dismissal: Dismissal
) -> RefusedRow:
    """Put a refused body aside. Raises Problem: not_found, not_responsible, refused_settled."""
    row = await _to_settle(service, actor, refused_id)
    async with service.database.writing() as connection:
        is_new = await settle_refused(
            connection, actor, row, dismissed_for=dismissal.reason, note=dismissal.note
        )
        held = None if is_new else await find_settled(connection, row)
    if held is not None and (held.account_id, held.dismissed_for, held.note) != (
        actor.account_id,
        dismissal.reason,
        dismissal.note,
    ):
        raise _settled_before(service, held)
    return await _again(service, actor, row)


class _SettledBefore(Exception):
    """Somebody has settled it before."""


async def _to_settle(service: PhotoService, actor: Actor, refused_id: UUID) -> RefusedRow:
    async with service.database.writing() as connection:
        row = await access_refused(connection, actor, refused_id)
    if row is None:
        raise Problem("not_found")
    if not row.settles:
        raise Problem("not_responsible")
    return row


async def _again(service: PhotoService, actor: Actor, row: RefusedRow) -> RefusedRow:
    async with service.database.writing() as connection:
        return await access_refused(connection, actor, row.refused_id) or row


async def _file(
    service: PhotoService, actor: Actor, row: RefusedRow, meant: _Meant, settle: Any
) -> None:
    first_sent = meant.facts.first_sent
    assert first_sent is not None
    if isinstance(meant.body, Opening):
        verb = _verb(actor, first_sent)
        await open_accepted(service, actor, meant.body, meant.facts, verb, settle)
        return
    incident_id = IncidentId(row.incident_id)
    async with service.database.transaction(locking=incident_id) as connection:
        await settle(connection)
        await append_accepted(
            *(service, connection, actor, incident_id, meant.body, meant.image, first_sent)
        )


def _verb(actor: Actor, first_sent: FirstSent) -> Verb:
    """As what somebody accepts an opening: as an officer of the station, or as a chief above."""
    is_own = actor.station_id == first_sent.by.station_id and actor.may(Verb.FILE)
    return Verb.FILE if is_own else Verb.DIRECT


async def _meant(
    service: PhotoService, connection: Connection, row: RefusedRow, said: dict[str, Any] | None
) -> _Meant:
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
        _require_same(row, kept, said)
        # Whom it names its corrector may not be told: that stays, unless they say otherwise.
        named = {one: kept[one] for one in ("informant",) if one in kept and one not in said}
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
    region = sent.region_code if is_opening else None
    return _Meant(body, image, Facts(station_region=region, first_sent=first_sent))


def _telling_nobody(row: RefusedRow, problem: Problem) -> Problem:
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
    body: Opening | Entry = decode(
        msgspec.json.encode(said),
        type_,
        lambda one: broken_alone(service.settings, service.kinds, one),
    )
    return body


def _as_sent(service: PhotoService, kept: dict[str, Any], type_: Any) -> Opening | Entry | None:
    """What was sent; None where it can't be read as what it should be."""
    try:
        return _read(service, kept, type_)
    except Problem:
        return None


def _require_same(row: RefusedRow, kept: dict[str, Any], said: dict[str, Any]) -> None:
    """That a correction is one of the same thing: of another, somebody else's words would be told
    as those of who sent this."""
    if said.get("id") != str(row.entry_id):
        raise Problem("invalid_value", FieldError("id", said.get("id"), str(row.entry_id)))
    for name in ("type", "kind"):
        if isinstance(kept.get(name), str) and said.get(name) != kept[name]:
            raise Problem("invalid_value", FieldError(name, said.get(name), kept[name]))


def _settled_before(service: PhotoService, held: SettledAs) -> Problem:
    at = f"{held.settled_at.astimezone(service.settings.zone):%Y-%m-%d %H:%M}"
    why = held.dismissed_for
    if why is not None:
        said = Sentence(
            f"{held.name} ({held.badge}) put it aside on {at} (“{why.en}”). What is to be filed all"
            " the same is filed under a new id.",
            f"{held.name}（{held.badge}）已于 {at} 审核，不予登记（{why.zh}）。"
            "如仍需登记，请换用新编号登记。",
        )
    elif held.corrected_as is not None:
        said = Sentence(
            f"{held.name} ({held.badge}) accepted it with corrections on {at}: it is on the"
            " timeline. What is wrong there is amended (`amendment`).",
            f"{held.name}（{held.badge}）已于 {at} 更正后接受登记，时间线上已有该记录。"
            "如需更正，请登记更正。",
        )
    else:
        said = Sentence(
            f"{held.name} ({held.badge}) accepted it on {at}: it is on the timeline. What is wrong"
            " there is amended (`amendment`).",
            f"{held.name}（{held.badge}）已于 {at} 接受登记，时间线上已有该记录。"
            "如需更正，请登记更正。",
        )
    return Problem("refused_settled", reason=said)
