"""Who reported: for the handling station only."""

from operator import itemgetter
from typing import Annotated

import msgspec
from litestar import delete, get
from litestar.params import FromPath, QueryParameter

from wildlife.informants.model import Informant, KnownInformant
from wildlife.informants.queries import InformantRow, access_informants, erase_informant
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.service import Service
from wildlife.web.handling import FromService
from wildlife.web.problems import Problem
from wildlife.web.responses import KNOWN, READING, problems
from wildlife.words.values import IncidentId
from wildlife.words.vocabularies import ErasureReason


@get(
    "/incidents/{incident_id:uuid}/informant",
    tags=["incidents"],
    opt={"verb": Verb.HANDLE_INFORMANTS},
    responses=problems(*READING, "not_found", "informant_erased", "sealed"),
)
async def get_informant(
    service: FromService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> KnownInformant:
    """报告人。Who reported the incident, for officers of the station that is responsible: whom the
    last entry names that was not erased, as a whole; beside them, those who were named before."""
    async with service.database.reading() as connection:
        named = await access_informants(connection, actor, incident_id)
    known = [
        msgspec.json.decode(service.vault.open(incident_id, one.sealed), type=Informant)
        for one in named
        if one.sealed is not None
    ]
    if not known:
        raise _nobody(service, named)
    last, *before = known
    return KnownInformant(**msgspec.structs.asdict(last), named_before=before)


@delete(
    "/incidents/{incident_id:uuid}/informant",
    tags=["incidents"],
    opt={"verb": Verb.HANDLE_INFORMANTS},
    responses=problems(*KNOWN, "not_found", "informant_erased"),
)
async def delete_informant(
    service: FromService,
    actor: FromActor,
    incident_id: FromPath[IncidentId],
    reason: Annotated[
        ErasureReason | None,
        QueryParameter(description="删除原因。Why they are erased; it stays on record, with you."),
    ] = None,
) -> None:
    """永久删除报告人。Erase who reported the incident, for ever. The timeline stays whole: it never
    named them. Who erased them, when and why stays on record."""
    async with service.database.writing(locking=incident_id) as connection:
        if not await erase_informant(connection, actor, incident_id, reason):
            raise _nobody(service, await access_informants(connection, actor, incident_id))


def _nobody(service: Service, named: list[InformantRow]) -> Problem:
    """What is told where there is nobody to tell of: that they were erased, or nothing."""
    erased = [(one.erased_at, one) for one in named if one.erased_at is not None]
    if not erased:
        return Problem("not_found")
    erased_at, last = max(erased, key=itemgetter(0))
    at = f"{erased_at.astimezone(service.settings.zone):%Y-%m-%d %H:%M}"
    by, why = last.erased_by, last.reason
    if by is None:  # as before 0.2, where nothing more was put on record
        return Problem(
            "informant_erased",
            reason=f"Who reported was erased for good on {at}.",
            reason_zh=f"报告人信息已于 {at} 永久删除。",
        )
    if why is None:
        return Problem(
            "informant_erased",
            reason=f"Who reported was erased for good by {by} on {at}.",
            reason_zh=f"报告人信息已由 {by} 于 {at} 永久删除。",
        )
    return Problem(
        "informant_erased",
        reason=f"Who reported was erased for good by {by} on {at} (“{why.en}”).",
        reason_zh=f"报告人信息已由 {by} 于 {at} 永久删除（{why.zh}）。",
    )
