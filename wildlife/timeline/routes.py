"""Incidents and their timelines."""

from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.params import (
    FromPath,
    HeaderParameter,
    JSONBody,
    SkipValidation,
)

from wildlife.accesses.codes import Reading
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.timeline import answers, appending, opening
from wildlife.timeline.chronicle import entries_after
from wildlife.timeline.entry import Appendable, Opening
from wildlife.timeline.incident import Incident
from wildlife.timeline.reading import access_timeline, read_incident
from wildlife.timeline.service import FromTimelineService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.etags import content_etag, etag, is_current, not_modified
from wildlife.web.pages import (
    AskedCursor,
    AskedLimit,
    Page,
    answer_page,
    decode_cursor,
    question_of,
)
from wildlife.web.problems import Problem
from wildlife.web.responses import (
    FILING,
    OPENING,
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
    response_headers=documented_headers("Location", "ETag"),
    responses=problems(*OPENING, *SENDING_JSON) | also_answers(200, Incident),
)
async def open_incident(
    service: FromTimelineService,
    actor: FromActor,
    data: JSONBody[SkipValidation[Opening]],
) -> Response[Incident]:
    """登记警情。Open an incident at your station. Send it again as often as you like: it is filed
    once.

    201 the first time, 200 and the same answer for the same content again; where it names who
    reported, to the account that sent it first, and 409 to all others, whatever they name.
    """
    written = await opening.open_incident(service, actor, data)
    return _shown(
        written.answer,
        status_code=201 if written.created else 200,
        location=f"/api/v1/incidents/{data.id}",
    )


@get(
    "/incidents/{incident_id:uuid}",
    opt={"verb": Verb.READ, "reads": Reading.RECORD},
    tags=["incidents"],
    response_headers=documented_headers("ETag"),
    responses=problems(*READING, "not_found"),
)
async def get_incident(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
) -> Response[Incident]:
    """一起警情的当前情况。An incident as it is now."""
    async with service.database.reading() as connection:
        found = await read_incident(service, connection, actor, incident_id)
    if found is None:
        raise Problem("not_found")
    incident = answers.incident(found, datetime.now(service.settings.zone), actor)
    answer = _shown(incident)
    tag = answer.headers["ETag"]
    return not_modified(tag) if is_current(request, tag) else answer


def _shown(
    incident: Incident, *, status_code: int = 200, location: str | None = None
) -> Response[Any]:
    """The answer with an incident, encoded once: its tag is one of all that is shown, since not all
    follows from its entries. A later version, another policy, the passing of time, another incident
    show it otherwise; and where its places are hidden, an entry may change nothing of it."""
    content = msgspec.json.encode(incident)
    digest = incident.digest
    tag = content_etag(msgspec.Raw(content)) if digest is None else etag(digest, content)
    headers = {"ETag": tag}
    if location is not None:
        headers["Location"] = location
    return Response(content, status_code=status_code, media_type=MediaType.JSON, headers=headers)


@post(
    "/incidents/{incident_id:uuid}/entries",
    tags=["incidents"],
    opt={"verb": (Verb.FILE, Verb.TEND, Verb.DIRECT)},
    response_headers=documented_headers("ETag"),
    responses=problems(*FILING, *SENDING_JSON, "precondition_failed", "informant_erased")
    | also_answers(200, answers.ShownEntry),
)
async def append_entry(
    service: FromTimelineService,
    actor: FromActor,
    incident_id: FromPath[IncidentId],
    data: JSONBody[SkipValidation[Appendable]],
    if_match: Annotated[
        str | None,
        HeaderParameter(
            name="If-Match",
            description="前提条件。The ETag of the incident, or of the answer to the last entry:"
            " append only where nothing came since, else 412. `*`, or none: whatever came. A weak"
            " one (`W/`) never matches.",
        ),
    ] = None,
) -> Response[answers.ShownEntry]:
    """追加一条记录。Append an entry to the timeline of an incident of your station. As a chief,
    what corrects (`amendment`, `void`) or hands over (`handover`), of a station below, too. As a
    rescuer, what you say of the animals that your unit has, or had when it happened.

    201 the first time, 200 and the same answer for the same content again; where it names who
    reported, to the account that sent it first, and 409 to all others, whatever they name. What is
    sent to an incident that is not there yet, or that you may not see, is answered 404 and kept all
    the same: `GET /refused`.
    """
    written = await appending.append_entry(service, actor, incident_id, data, if_match=if_match)
    return Response(
        written.answer,
        status_code=201 if written.created else 200,
        headers={"ETag": etag(written.answer.digest)} if written.answer.digest else None,
    )


class _TimelineKey(NamedTuple):
    """The entry that a page of a timeline ended with."""

    entry_id: UUID


@get(
    "/incidents/{incident_id:uuid}/entries",
    opt={"verb": Verb.READ, "reads": Reading.TIMELINE},
    tags=["incidents"],
    responses=problems(*READING, "not_found"),
    response_headers=documented_headers("Link"),
)
async def get_entries(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    limit: AskedLimit = 100,
    cursor: AskedCursor = None,
) -> Response[Page[answers.ShownEntry]]:
    """时间线。The timeline in the order in which things happened, with what was voided and amended;
    an entry whose time was corrected stands where it now belongs."""
    after = decode_cursor(question_of(request), cursor, _TimelineKey)
    async with service.database.reading() as connection:
        timeline = await access_timeline(service, connection, actor, incident_id)
    if timeline is None:
        raise Problem("not_found")
    head, entries, told = timeline
    if after is not None:
        entries = entries_after(entries, after.entry_id)
    return answer_page(
        request,
        entries[: limit + 1],
        limit,
        _TimelineKey,
        lambda one: answers.told_entry(service, one, actor, head, told),
        named_by="entry_id",
    )
