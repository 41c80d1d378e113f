"""Who reported: for the handling station only."""

import msgspec
from litestar import delete, get
from litestar.params import FromPath

from wildlife.informants.model import Informant
from wildlife.informants.queries import access_informant, erase_informant
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.web.handling import FromService
from wildlife.web.problems import Problem
from wildlife.web.responses import KNOWN, READING, problems
from wildlife.words.values import IncidentId


@get(
    "/incidents/{incident_id:uuid}/informant",
    tags=["incidents"],
    opt={"verb": Verb.HANDLE_INFORMANTS},
    responses=problems(*READING, "not_found", "sealed"),
)
async def get_informant(
    service: FromService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> Informant:
    """报告人。Who reported the incident, for officers of the station that is responsible."""
    async with service.database.reading() as connection:
        stored = await access_informant(connection, actor, incident_id)
    if stored is None or stored.sealed is None:
        raise Problem("not_found")
    content = service.vault.open(incident_id, stored.sealed)
    return msgspec.json.decode(content, type=Informant)


@delete(
    "/incidents/{incident_id:uuid}/informant",
    tags=["incidents"],
    opt={"verb": Verb.HANDLE_INFORMANTS},
    responses=problems(*KNOWN, "not_found"),
)
async def delete_informant(
    service: FromService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> None:
    """永久删除报告人。Erase who reported the incident, for ever. The timeline stays whole: it never
    named them."""
    async with service.database.writing(locking=incident_id) as connection:
        if not await erase_informant(connection, actor, incident_id):
            raise Problem("not_found")
