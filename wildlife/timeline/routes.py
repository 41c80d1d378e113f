"""Incidents and their timelines."""

from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import (
    FromPath,
    FromQuery,
    HeaderParameter,
    JSONBody,
    QueryParameter,
    SkipValidation,
)

from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.timeline import answers, appending, opening, queries
from wildlife.timeline.chronicle import entries_after, in_order
from wildlife.timeline.entry import Appendable, Opening
from wildlife.timeline.incident import Incident
from wildlife.timeline.reading import read_incident
from wildlife.timeline.refused_queries import list_refused
from wildlife.timeline.refusing import refused
from wildlife.timeline.service import FromTimelineService
from wildlife.web.etags import etag, is_current, not_modified
from wildlife.web.pages import Page, decode_cursor, next_link, page
from wildlife.web.problems import Problem
from wildlife.web.responses import (
    FILING,
    OPENING,
    PAGED,
    READING,
    SENDING_JSON,
    also_answers,
    problems,
)
from wildlife.words.values import IncidentId


@post(
    "/incidents",
    tags=["incidents"],
    opt={"verb": Verb.FILE},
    responses=problems(*OPENING, *SENDING_JSON) | also_answers(200, Incident),
)
async def open_incident(
    service: FromTimelineService,
    actor: FromActor,
    data: JSONBody[SkipValidation[Opening]],
) -> Response[Incident]:
    """Open an incident at your station. Send it again as often as you like: it is filed once.

    201 the first time, 200 and the same answer for the same content again.
    """
    written = await opening.open_incident(service, actor, data)
    return Response(
        written.answer,
        status_code=201 if written.created else 200,
        headers={
            "Location": f"/api/v1/incidents/{data.id}",
            "ETag": _tag(written.answer),
        },
    )


@get(
    "/incidents/{incident_id:uuid}",
    opt={"verb": Verb.READ},
    tags=["incidents"],
    responses=problems(*READING, "not_found"),
)
async def get_incident(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
) -> Response[Incident]:
    """An incident as it is now."""
    async with service.database.reading() as connection:
        found = await read_incident(service, connection, actor, incident_id)
    if found is None:
        raise Problem("not_found")
    incident = answers.incident(found, datetime.now(service.settings.zone), actor)
    tag = _tag(incident)
    if is_current(request, tag):
        return not_modified(tag)
    return Response(incident, headers={"ETag": tag})


def _tag(incident: Incident) -> str:
    """All of it, since not all follows from its entries: a later version, another policy, the
    passing of time, another incident show it otherwise."""
    return etag(incident.digest, incident)


@post(
    "/incidents/{incident_id:uuid}/entries",
    tags=["incidents"],
    opt={"verb": Verb.FILE},
    responses=problems(*FILING, *SENDING_JSON, "precondition_failed")
    | also_answers(200, answers.ShownEntry),
)
async def append_entry(
    service: FromTimelineService,
    actor: FromActor,
    incident_id: FromPath[IncidentId],
    data: JSONBody[SkipValidation[Appendable]],
    if_match: Annotated[
        str | None,
        HeaderParameter(name="If-Match", description="Append only to the record with this ETag."),
    ] = None,
) -> Response[answers.ShownEntry]:
    """Append an entry to the timeline of an incident of your station.

    201 the first time, 200 and the same answer for the same content again.
    """
    written = await appending.append_entry(service, actor, incident_id, data, if_match=if_match)
    return Response(
        written.answer,
        status_code=201 if written.created else 200,
        headers={"ETag": etag(written.answer.digest)},
    )


class _TimelineKey(NamedTuple):
    """The entry that a page of a timeline ended with."""

    entry_id: UUID


@get(
    "/incidents/{incident_id:uuid}/entries",
    opt={"verb": Verb.READ},
    tags=["incidents"],
    responses=problems(*READING, "not_found"),
    response_headers=PAGED,
)
async def get_entries(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
    cursor: FromQuery[str | None] = None,
) -> Response[Page[answers.ShownEntry]]:
    """The timeline in the order in which things happened, with what was voided and amended; an
    entry whose time was corrected stands where it now belongs."""
    after = decode_cursor(cursor, _TimelineKey)
    async with service.database.reading() as connection:
        if await queries.access_incident(connection, actor, incident_id) is None:
            raise Problem("not_found")
        held = await queries.list_entries(connection, incident_id)
    entries = in_order(service.kinds, held)
    if after is not None:
        entries = entries_after(entries, after.entry_id)
    found = page(
        [{"entry_id": one.entry_id, "entry": one} for one in entries[: limit + 1]],
        limit,
        _TimelineKey._fields,
        lambda row: answers.entry(row["entry"], service.settings.zone, actor),
        named_by="entry_id",
    )
    return Response(found, headers=next_link(request, found.next_cursor))


class RefusedBodies(msgspec.Struct, frozen=True):
    """Refused bodies, oldest first."""

    items: list[answers.Refused]
    next_cursor: str | None = None


@get(
    "/incidents/{incident_id:uuid}/refused",
    tags=["incidents"],
    opt={"verb": Verb.READ_REFUSED},
    responses=problems(*READING, "not_found"),
)
async def get_refused(
    service: FromTimelineService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> Response[RefusedBodies]:
    """What was refused and kept for a person to look at: what you or your station sent, and what
    the stations that had a part in the incident did."""
    async with service.database.reading() as connection:
        rows = await list_refused(connection, actor, incident_id)
        if not rows and await queries.access_incident(connection, actor, incident_id) is None:
            raise Problem("not_found")
    kept = [refused(service, actor, incident_id, row) for row in rows]
    return Response(RefusedBodies(kept), headers={"Cache-Control": "no-store"})
