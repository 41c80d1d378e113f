"""Refused, not lost: what can't stand on the timeline is kept for a person to look at."""

from typing import Any
from uuid import UUID

import msgspec

from db.connection import Connection
from media.vault import Unsealable
from wildlife.informants.erased_queries import find_erased
from wildlife.people.accounts import Actor
from wildlife.timeline import answers
from wildlife.timeline.apart import informant_of, naming_nobody, require_sealing, set_apart
from wildlife.timeline.entry import Amendment, Entry, Opening
from wildlife.timeline.photo import ImageFacts, shown_to
from wildlife.timeline.refused_queries import RefusedRow, Sender, keep_refused
from wildlife.timeline.service import TimelineService
from wildlife.web.decoding import is_too_deep
from wildlife.web.problems import Problem


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
    content = msgspec.json.encode(said, order="sorted")
    is_of_it = sender.had_a_part or problem.code != "id_conflict"
    is_named = bool(informant) and not await find_erased(
        connection, actor, incident_id, entry_id, is_of_it=is_of_it
    )
    require_sealing(service.vault)
    problem.is_kept = await keep_refused(
        connection,
        incident_id=incident_id,
        refused_id=_same_for_the_same(service, actor, problem.code, content, informant),
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


def refused(service: TimelineService, actor: Actor, row: RefusedRow) -> answers.Refused:
    """The answer for a refused body, to `actor`. One that is damaged says so of itself."""
    incident_id = row.incident_id
    body, readable = None, True
    try:
        if row.sealed is not None:
            content = service.vault.open(incident_id, row.sealed)
            if is_too_deep(content):  # as they were once kept: it would cost all the others
                raise msgspec.DecodeError
            body = msgspec.json.decode(content)
            if isinstance(image := body.get("image"), dict):
                image["exif"] = shown_to(actor, image.get("exif"))
            if changes := body.get("changes"):  # earlier versions kept whom it names among them
                body["changes"] = naming_nobody(changes)
        if row.sealed_informant is not None and body is not None:
            informant = service.vault.open(incident_id, row.sealed_informant)
            changes = body.get("changes")
            saying = changes if isinstance(changes, dict) else body
            saying["informant"] = msgspec.json.decode(informant)
    except (Unsealable, msgspec.MsgspecError, UnicodeError):
        readable = False
    return answers.Refused(
        incident_id=incident_id,
        entry_id=row.entry_id,
        received_at=row.received_at,
        code=row.code,
        badge=row.badge,
        differing=row.differing or [],
        body=body,
        readable=readable,
        key_lost_at=None if readable else row.key_lost_at,
    )


def _told_apart(body: Opening | Entry) -> tuple[dict[str, Any], Any]:
    """What a body says, and apart whom it names: of an amendment that nobody has held against what
    it amends, whatever it calls so."""
    said: dict[str, Any] = msgspec.to_builtins(set_apart(body))
    if not isinstance(body, Amendment):
        return said, informant_of(body)
    return said | {"changes": naming_nobody(body.changes)}, body.changes.get("informant")


def _same_for_the_same(
    service: TimelineService, actor: Actor, code: str, content: bytes, informant: Any
) -> UUID:
    """The id of what is kept: a phone in a loop sends the same body for ever."""
    said = msgspec.json.encode([actor.account_id, code, informant]) + content
    return UUID(bytes=service.vault.tag(said)[:16])
