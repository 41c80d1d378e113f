"""Refused, not lost: what can't stand on the timeline is kept for a person to look at."""

from contextlib import suppress
from datetime import tzinfo
from typing import Any
from uuid import UUID

import msgspec

from db.connection import Connection
from media.vault import Unsealable
from wildlife.informants.erased_queries import find_erased
from wildlife.people.accounts import Actor
from wildlife.timeline.apart import informant_of, naming_nobody, require_sealing, set_apart
from wildlife.timeline.entry import Amendment, Entry, Opening
from wildlife.timeline.photo import ImageFacts
from wildlife.timeline.refused_queries import Sender, SettledRow, keep_refused, list_settled
from wildlife.timeline.service import TimelineService
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence


async def keep(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    sender: Sender,
    incident_id: UUID,
    body: Opening | Entry,
    problem: Problem,
    image: ImageFacts | None = None,
) -> Problem:
    """Keep a body, once, and answer the problem to raise, which says whether it is kept: of one
    account only so many are. Whom it names is not kept again once they were erased. Inside a
    transaction only.

    image: of a photo, whose bytes lie in the store already.
    """
    # Whom it names lies apart; a photo's bytes are found by the hash kept with it.
    said, informant = _told_apart(body)
    if image is not None:
        said["image"] = msgspec.to_builtins(image)
    return await _keep(
        service, connection, actor, sender, incident_id, body.id, said, informant, problem, image
    )


async def keep_unread(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    sender: Sender,
    incident_id: UUID,
    entry_id: UUID,
    body: dict[str, Any],
    problem: Problem,
) -> Problem:
    """The same of a body as it was sent, which can't be read as what it should be."""
    changes = body.get("changes")
    informant = (changes if isinstance(changes, dict) else body).get("informant")
    said = naming_nobody(body)
    return await _keep(
        service, connection, actor, sender, incident_id, entry_id, said, informant, problem
    )


async def _keep(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    sender: Sender,
    incident_id: UUID,
    entry_id: UUID,
    said: dict[str, Any],
    informant: Any,
    problem: Problem,
    image: ImageFacts | None = None,
) -> Problem:
    problem.settled = await _settled_already(
        service, connection, actor, incident_id, entry_id, said, informant
    )
    if problem.settled is not None:
        return problem
    content = msgspec.json.encode(said, order="sorted")
    is_of_it = sender.had_a_part or problem.code != "id_conflict"
    is_named = bool(informant) and not await find_erased(
        connection, actor, incident_id, entry_id, is_of_it=is_of_it
    )
    require_sealing(service.vault)
    problem.is_kept = await keep_refused(
        connection,
        incident_id=incident_id,
        refused_id=_same_for_the_same(
            *(service, actor, incident_id, problem.code, content, informant)
        ),
        entry_id=entry_id,
        actor=actor,
        sender=sender,
        code=problem.code,
        differing=problem.differing,
        sealed=service.vault.seal(incident_id, content),
        sealed_informant=service.vault.seal(incident_id, msgspec.json.encode(informant))
        if is_named
        else None,
        sealed_by=service.vault.fingerprint,
        sha256=bytes.fromhex(image.sha256) if image else None,
    )
    return problem


def _told_apart(body: Opening | Entry) -> tuple[dict[str, Any], Any]:
    """What a body says, and apart whom it names: of an amendment that nobody has held against what
    it amends, whatever it calls so."""
    said: dict[str, Any] = msgspec.to_builtins(set_apart(body))
    if not isinstance(body, Amendment):
        return said, informant_of(body)
    return said | {"changes": naming_nobody(body.changes)}, body.changes.get("informant")


def _same_for_the_same(
    service: TimelineService,
    actor: Actor,
    incident_id: UUID,
    code: str,
    content: bytes,
    informant: Any,
) -> UUID:
    """The id of what is kept: a phone in a loop sends the same body for ever."""
    said = msgspec.json.encode([actor.account_id, incident_id, code, informant]) + content
    return UUID(bytes=service.vault.tag(said)[:16])


async def _settled_already(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: UUID,
    entry_id: UUID,
    said: dict[str, Any],
    informant: Any,
) -> Sentence | None:
    """What came of this body, where it was kept before and a person has looked at it since: it is
    not kept again. By whichever way it came then, which may not have been held to any type."""
    for row in await list_settled(connection, actor.account_id, incident_id, entry_id):
        try:
            kept = msgspec.json.decode(service.vault.open(incident_id, row.sealed))
            named = (
                msgspec.json.decode(service.vault.open(incident_id, row.sealed_informant))
                if row.sealed_informant is not None
                else None
            )
        except (Unsealable, msgspec.MsgspecError, UnicodeError):
            continue
        sent = msgspec.to_builtins(informant)
        if row.was_erased:  # nobody can tell any more whom it named
            named = sent
        if _as_read(service, kept, named) == _as_read(service, said, sent):
            return _what_came_of(row, service.settings.zone)
    return None


def _as_read(service: TimelineService, said: dict[str, Any], informant: Any) -> Any:
    """A kept body as what it is, with whom it names; as it was sent where it can't be read so."""
    types = service.kinds
    whole = {name: value for name, value in said.items() if name != "image"}
    if informant is not None and "changes" not in whole:
        whole["informant"] = informant
    for type_ in (types.opening, types.entry):
        with suppress(msgspec.ValidationError):
            return msgspec.convert(whole, type_), said.get("image")
    return said, informant


def _what_came_of(row: SettledRow, zone: tzinfo) -> Sentence:
    at, why = f"{row.settled_at.astimezone(zone):%Y-%m-%d %H:%M}", row.dismissed_for
    if why is not None:
        return Sentence(
            f"It was kept, and put aside by {row.name} ({row.badge}) on {at} (“{why.en}”): it need"
            " not be sent again.",
            f"内容曾留存，已由{row.name}（{row.badge}）于 {at} 审核，不予登记（{why.zh}），"
            "无需再次发送。",
        )
    if row.is_corrected:
        return Sentence(
            f"It was kept, and accepted with corrections by {row.name} ({row.badge}) on {at}: it"
            " need not be sent again.",
            f"内容曾留存，已由{row.name}（{row.badge}）于 {at} 更正后接受登记，无需再次发送。",
        )
    return Sentence(
        f"It was kept, and accepted by {row.name} ({row.badge}) on {at}: it need not be sent"
        " again.",
        f"内容曾留存，已由{row.name}（{row.badge}）于 {at} 接受登记，无需再次发送。",
    )
