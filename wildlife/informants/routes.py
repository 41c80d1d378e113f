"""Who reported: for the handling station only."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get
from litestar.params import FromPath, QueryParameter

from wildlife.accesses.codes import Reading
from wildlife.accesses.recording import record_erasing
from wildlife.informants.erased_queries import Erasure, access_erasure
from wildlife.informants.model import Informant, KnownInformant
from wildlife.informants.queries import access_informants, erase_informant
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.service import FromService, Service
from wildlife.web.problems import Problem
from wildlife.web.responses import KNOWN, READING, problems
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId
from wildlife.words.vocabularies import ErasureReason


@get(
    "/incidents/{incident_id:uuid}/informant",
    tags=["incidents"],
    opt={"verb": Verb.HANDLE_INFORMANTS, "reads": Reading.INFORMANT},
    responses=problems(*READING, "not_found", "informant_erased", "key_lost", "sealed"),
)
async def get_informant(
    service: FromService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> KnownInformant:
    """报告人。Who reported the incident, for officers of the station that is responsible: whom the
    last entry names that was not erased, as a whole; beside them, those who were named before.
    Whom nobody can read, since the key is lost, is counted."""
    async with service.database.reading() as connection:
        named = await access_informants(connection, actor, incident_id)
        if not named:
            raise _nobody(service, await access_erasure(connection, actor, incident_id))
    zone = service.settings.zone
    lost_at = [one.key_lost_at.astimezone(zone) for one in named if one.key_lost_at is not None]
    known = [
        msgspec.json.decode(service.vault.open(incident_id, one.sealed), type=Informant)
        for one in named
        if one.key_lost_at is None
    ]
    if not known:
        raise _unreadable(max(lost_at))
    last, *before = known
    return KnownInformant(
        **msgspec.structs.asdict(last),
        named_before=before,
        unreadable=len(lost_at),
        key_lost_at=max(lost_at, default=None),
    )


@delete(
    "/incidents/{incident_id:uuid}/informant",
    tags=["incidents"],
    opt={"verb": Verb.HANDLE_INFORMANTS, "erases": Reading.INFORMANT_ERASED},
    responses=problems(*KNOWN, "not_found", "informant_erased"),
)
async def delete_informant(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    reason: Annotated[
        ErasureReason | None,
        QueryParameter(description="删除原因。Why they are erased; it stays on record, with you."),
    ] = None,
) -> None:
    """永久删除报告人。Erase who reported the incident, for ever. The timeline stays whole: it has
    a digest of them, which says nothing then. What somebody wrote of them in a text (the flag
    `names_informant`) stays there: for officials and rescue centres it is left out. Who erased
    them, when and why stays on record, also in the access log (`informant_erased`): what can't be
    put there is not erased."""
    async with service.database.transaction(locking=incident_id) as connection:
        if not await erase_informant(connection, actor, incident_id, reason):
            raise _nobody(service, await access_erasure(connection, actor, incident_id))
        await record_erasing(request, connection)


def _unreadable(key_lost_at: datetime) -> Problem:
    at = f"{key_lost_at:%Y-%m-%d %H:%M}"
    return Problem(
        "key_lost",
        reason=Sentence(
            f"Who reported was sealed with a key that was put on record as lost on {at}.",
            f"报告人信息由一个密钥封存，该密钥已于 {at} 登记为遗失。",
        ),
    )


def _nobody(service: Service, erasure: Erasure | None) -> Problem:
    """What is told where there is nobody to tell of: that they were erased, or nothing."""
    if erasure is None:
        return Problem("not_found")
    at = f"{erasure.erased_at.astimezone(service.settings.zone):%Y-%m-%d %H:%M}"
    by, why = erasure.erased_by, erasure.reason
    if by is None:  # as before 0.2, where nothing more was put on record
        return Problem(
            "informant_erased",
            reason=Sentence(
                f"Who reported was erased for good on {at}.",
                f"报告人信息已于 {at} 永久删除。",
            ),
        )
    if why is None:
        return Problem(
            "informant_erased",
            reason=Sentence(
                f"Who reported was erased for good by {by} on {at}.",
                f"报告人信息已由 {by} 于 {at} 永久删除。",
            ),
        )
    return Problem(
        "informant_erased",
        reason=Sentence(
            f"Who reported was erased for good by {by} on {at} (“{why.en}”).",
            f"报告人信息已由 {by} 于 {at} 永久删除（{why.zh}）。",
        ),
    )
