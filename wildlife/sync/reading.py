"""Reading what is sent together: each item by itself."""

from contextlib import suppress
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

from wildlife.photos.attaching import entry_of
from wildlife.photos.service import PhotoService
from wildlife.sync.items import DeclaredPhoto, SyncItem
from wildlife.timeline.entry import Appendable, Opening
from wildlife.timeline.rules import broken_alone, read_body
from wildlife.web.decoding import decode, is_too_deep
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence

_ONE_OF: Final = Sentence(
    "An item says one thing: `opening`, `entry` or `photo`. Send each as an item of its own.",
    "每项只含一种内容：`opening`、`entry` 或 `photo`，请分为多项发送。",
)
_ANOTHER_INCIDENT: Final = Sentence(
    "`incident_id` names another incident than what it stands beside. Leave it out, or correct it.",
    "`incident_id` 与内容本身所属的警情不一致，请删除或更正。",
)

Body: TypeAlias = Opening | Appendable | DeclaredPhoto


class Sent(msgspec.Struct, frozen=True, eq=False):
    """An item as far as it can be read."""

    id: UUID | None
    incident_id: UUID | None
    raw: bytes
    """What it says, as it was sent; all of the item where it does not say one thing."""
    body: Body | Problem


def read_item(service: PhotoService, raw: msgspec.Raw) -> Sent:
    """An item, with what is wrong with it in place of a body that can't be read."""
    try:
        item = decode(bytes(raw), SyncItem)
    except Problem as problem:
        return Sent(None, None, bytes(raw), problem)
    said = [
        (name, bytes(value))
        for name in ("opening", "entry", "photo")
        if (value := getattr(item, name))
    ]
    if len(said) != 1:
        return Sent(None, item.incident_id, bytes(raw), Problem("invalid_value", said=_ONE_OF))
    [(name, content)] = said
    own_id, incident_id = _ids(name, content, item.incident_id)
    try:
        body = _read(service, name, content)
        if name == "entry" and incident_id is None:
            raise Problem("missing_field", FieldError("incident_id", None))
        if item.incident_id not in (None, incident_id):
            error = FieldError("incident_id", str(item.incident_id), str(incident_id))
            raise Problem("invalid_value", error, said=_ANOTHER_INCIDENT)
    except Problem as problem:
        return Sent(own_id, incident_id, content, problem.with_traceback(None))
    return Sent(own_id, incident_id, content, body)


def _read(service: PhotoService, name: str, content: bytes) -> Body:
    kinds, settings = service.kinds, service.settings
    if name == "photo":
        return decode(
            content,
            DeclaredPhoto,
            lambda said: broken_alone(settings, kinds, entry_of(said, datetime.now(settings.zone))),
        )
    [meant] = kinds.unions[Opening if name == "opening" else Appendable]
    body: Body = read_body(settings, kinds, content, meant)
    return body


def as_kept(raw: bytes) -> dict[str, Any] | None:
    """What is kept of an item that was refused, with whom it names where that is looked for; None:
    it is nested more deeply than anybody reads."""
    if is_too_deep(raw):
        return None
    said = msgspec.json.decode(raw)
    if not isinstance(said, dict):
        return {"item": said}
    named = [
        one["informant"] for one in said.values() if isinstance(one, dict) and "informant" in one
    ]
    if named and "informant" not in said and "changes" not in said:
        said["informant"] = named[0]
    return said


class _Named(msgspec.Struct, frozen=True):
    id: Any = None
    photo_id: Any = None
    incident_id: Any = None


def _ids(name: str, content: bytes, beside: UUID | None) -> tuple[UUID | None, UUID | None]:
    """The ids of what is said and of its incident, as far as they can be read."""
    try:
        named = msgspec.json.decode(content, type=_Named)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None, beside
    match name:
        case "opening":
            return (own := _id(named.id)), own
        case "photo":
            return _id(named.photo_id), _id(named.incident_id)
        case _:
            return _id(named.id), beside


def _id(given: Any) -> UUID | None:
    with suppress(msgspec.ValidationError):
        return msgspec.convert(given, UUID)
    return None
