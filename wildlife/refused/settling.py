"""Looking at what was refused and kept, accepting it, and putting it aside.

What is accepted is filed by who accepts it, with their rights, on behalf of who sent it: an officer
for the own station, a chief for those below, whatever it is, since who sent it may be away and
their phone lost. The timeline says who sent it first, when it came, and whether it was corrected.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from db.connection import Connection
from wildlife.people.accounts import Actor
from wildlife.photos.service import PhotoService
from wildlife.refused.bodies import Meant, telling_nobody, what_is_meant
from wildlife.refused.model import Dismissal
from wildlife.refused.queries import (
    RefusedRow,
    SettledAs,
    access_refused,
    find_settled,
    settle_refused,
)
from wildlife.timeline.appending import append_accepted, judge_accepted
from wildlife.timeline.entry import Opening
from wildlife.timeline.opening import judge_opening, open_accepted
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId


async def judged(service: PhotoService, actor: Actor, row: RefusedRow) -> Problem | None:
    """Why a body that is `actor`'s to accept could not be accepted now as it is; None: it could.
    Nothing is written."""
    try:
        async with service.database.reading() as connection:
            meant = await what_is_meant(service, connection, row, None)
        if isinstance(meant.body, Opening):
            await judge_opening(service, actor, meant.body, meant.facts)
        else:
            async with service.database.transaction() as connection:
                await judge_accepted(
                    *(service, connection, actor, IncidentId(row.incident_id)),
                    *(meant.body, meant.image, meant.first_sent),
                )
    except Problem as problem:
        return telling_nobody(row, problem).with_traceback(None)  # which would keep the connection
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
            meant = await what_is_meant(service, connection, row, said)
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
            problem = telling_nobody(row, problem)
        if said is None:
            raise problem from None
        raise problem.mapped(
            lambda error: replace(error, field=f"corrected.{error.field}", pointer=None)
        ) from None
    service.darkroom.wake()
    return await _again(service, actor, row)


def _corrected_as(
    service: PhotoService, actor: Actor, meant: Meant, said: dict[str, Any] | None
) -> bytes | None:
    """By what a correction is known again that the same account sends again: of another's nobody
    finds out by guessing whom it names."""
    if not meant.first_sent.corrected:
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
    service: PhotoService,
    actor: Actor,
    row: RefusedRow,
    meant: Meant,
    settle: Callable[[Connection], Awaitable[None]],
) -> None:
    if isinstance(meant.body, Opening):
        await open_accepted(service, actor, meant.body, meant.facts, settle)
        return
    incident_id = IncidentId(row.incident_id)
    async with service.database.transaction(locking=incident_id) as connection:
        await settle(connection)
        await append_accepted(
            *(service, connection, actor, incident_id, meant.body, meant.image, meant.first_sent)
        )


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
