"""GET …/evidence.zip: an incident as evidence, for those who are told all of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import msgspec
import structlog
from litestar import Request, get
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
)
from litestar.params import FromPath

from db.connection import Connection
from wildlife.accesses.codes import Reading
from wildlife.accesses.recording import reads_photos
from wildlife.evidence.bundle import written
from wildlife.evidence.gathering import Damaged, gather, with_photos
from wildlife.evidence.page import page
from wildlife.ledger.routes import signing
from wildlife.ledger.sequencing import place_all
from wildlife.ledger.signing import Checkpoints
from wildlife.people.accounts import Actor
from wildlife.people.guard import FromActor
from wildlife.people.may import WHOLE, Verb
from wildlife.photos.service import FromPhotoService
from wildlife.timeline.queries import access_incident
from wildlife.web.answer_headers import documented_headers
from wildlife.web.bodies import Streamed
from wildlife.web.problems import Problem
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId

log = structlog.get_logger()

_ZIP: Final = "application/zip"

_NOT_WHOLE: Final = Sentence(
    "You are not told all of this incident, and evidence holds all of it. Ask the unit that handles"
    " it.",
    "本起警情并未向你完整开放，而证据包含有全部内容。请联系经办单位。",
)
_UNREADABLE: Final = Sentence(
    "An entry of this incident is damaged, or the tree over the ledger: no evidence can be made of"
    " it. `wildlife verify` names what is wrong.",
    "本起警情的记录或总账的散列树已损坏，无法生成证据包。`wildlife verify` 会指出不符之处。",
)


@dataclass
class EvidenceOperation(Operation):
    """An operation that answers a bundle."""

    OFFERED: ClassVar = (_ZIP,)

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            bundle = Schema(
                type=OpenAPIType.STRING,
                format=OpenAPIFormat.BINARY,
                description="证据包。A ZIP archive: `index.html` to be read, `entries.ndjson` with"
                " each entry as its digest covers it, `proofs.json`, `checkpoint`, `photos.json`,"
                " `originals/`, `verify.py` that verifies all of it, and a signed `manifest`.",
            )
            answer.content = {_ZIP: OpenAPIMediaType(schema=bundle)}


@get(
    "/incidents/{incident_id:uuid}/evidence.zip",
    opt={"verb": Verb.READ, "reads": Reading.ORIGINAL},
    tags=["ledger"],
    media_type=_ZIP,
    operation_class=EvidenceOperation,
    response_headers=documented_headers("Content-Disposition"),
    responses=problems(*READING, "not_found", "originals_forbidden"),
)
async def get_evidence(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
) -> Streamed:
    """证据包。The incident as evidence: every entry as it is kept, the originals of its photos, the
    proof that each entry is in the ledger, the checkpoint that covers them, a page to be read, and
    a program that verifies all of it with nothing but Python.

    For who is told all of the incident and may fetch originals; it is on record as a look at each.
    Who reported is not in it. Verify it with the verifier key that the operators say, not with the
    one that it brings along.
    """
    async with service.database.reading() as connection:
        await _require_whole(connection, actor, incident_id)
    checkpoints: Checkpoints = request.app.state.checkpoints
    await place_all(service.database)
    with signing():
        checkpoint = await checkpoints.latest()
        signer = await checkpoints.signer()
    assert checkpoint is not None, "the incident has an entry"
    now, reader = datetime.now(UTC), await service.holders.still(actor)
    # Where the checkpoint was signed: a replica may not have it yet, nor that by which an incident
    # is hidden since.
    async with (
        service.database.writing() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await _require_whole(connection, reader, incident_id)
        try:
            evidence = await gather(connection, service.kinds, incident_id, checkpoint, now)
        except (Damaged, KeyError, msgspec.MsgspecError) as error:
            log.warning("evidence_damaged", incident=str(incident_id), error=repr(error))
            raise Problem("unavailable", said=_UNREADABLE) from None
    evidence = await with_photos(evidence, service.store)
    reads_photos(request, [one.photo_id for one in evidence.photos])
    name = f"{evidence.case_number}.evidence.zip"
    return Streamed(
        written(evidence, service.store, signer, page(evidence, service.settings.zone)),
        media_type=_ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",  # whoever fetches it again does so on record
        },
    )


async def _require_whole(connection: Connection, actor: Actor, incident_id: IncidentId) -> None:
    """Raises Problem not_found, originals_forbidden."""
    fetching = actor.fetching_originals()
    if await access_incident(connection, actor, incident_id) is None:
        raise Problem("not_found")
    if not fetching.may(Verb.READ):
        raise Problem("originals_forbidden")
    head = await access_incident(connection, fetching, incident_id)
    if head is None:
        raise Problem("originals_forbidden")
    if head.view != WHOLE:
        raise Problem("originals_forbidden", said=_NOT_WHOLE)
