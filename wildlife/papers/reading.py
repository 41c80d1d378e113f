"""What a reader is told of a record, gathered for a paper by the same questions that the record
and its timeline are asked by."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
import structlog
from msgspec.structs import replace

from db.connection import Connection
from media.store import NotHeld, rendition_key
from wildlife.hazards.entries import HandedOver
from wildlife.informants.model import Informant
from wildlife.informants.queries import access_informants
from wildlife.papers.page import FEW_PICTURES
from wildlife.papers.record import Record, ToldEntry
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.photos.codes import Renditions
from wildlife.photos.queries import PhotoRecord, list_photos
from wildlife.photos.reading import told_photo
from wildlife.photos.service import PhotoService
from wildlife.rescues.ends import Allocation, LongTermCare, Release, Transfer
from wildlife.rescues.numbers import Addition
from wildlife.species.register import known_lists
from wildlife.timeline import answers
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.correcting import correct
from wildlife.timeline.entry import Opening
from wildlife.timeline.named import may_know
from wildlife.timeline.reading import (
    ToldTimeline,
    access_timeline,
    read_incident,
    read_moments,
)
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId

log = structlog.get_logger()

_WITHOUT_OPENING: Final = Sentence(
    "What this record begins with can't be read, and a paper without it would be wrong: tell the"
    " operator.",
    "该记录的登记内容无法读取，缺少登记内容的文书不能使用，请通知运维人员。",
)

_OF_PAPERS: Final = (Opening, Addition, Transfer, LongTermCare, Allocation, Release, HandedOver)
"""What a paper is of, or by which an animal came."""

_LARGE: Final = "screen.jpeg"
_SMALL: Final = "thumbnail.jpeg"


class Gathered(NamedTuple):
    """A record as it is told, and its photos as they are: of these, what they look like is told."""

    record: Record
    photos: list[PhotoRecord]


async def read_record(
    service: PhotoService, actor: Actor, incident_id: IncidentId, *, with_informant: bool
) -> Gathered:
    """What `actor` is told of an incident, all of one moment. Raises Problem not_found.

    with_informant: who reported it, too, where they may read that.
    """
    async with (
        service.database.reading() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        timeline = await access_timeline(service, connection, actor, incident_id)
        incident = await read_incident(service, connection, actor, incident_id)
        if timeline is None or incident is None:
            raise Problem("not_found")
        head = timeline.head
        told, links = _told(service, actor, timeline)
        of_papers = [one.shown.id for one in told if isinstance(one.body, _OF_PAPERS)]
        then = await read_moments(service, connection, actor, incident_id, of_papers)
        photos = await list_photos(connection, incident_id, head.view, head.withheld)
        lists = await known_lists(connection)
        informant = None
        if with_informant:
            informant = await _informant(service, connection, actor, incident_id)
    now = datetime.now(service.settings.zone)
    opening = next((one for one in links if isinstance(one.body, Opening)), None)
    if opening is None:
        raise Problem("no_such_paper", reason=_WITHOUT_OPENING)
    entries = [one for one in links if not isinstance(one.body, Opening)]
    record = Record(
        incident=answers.incident(incident, now, actor),
        timeline=told,
        counting=correct(opening, entries),
        then=then,
        lists={code: one.issued_by for code, one in lists.items()},
        informant=informant,
        knows_informant=may_know(actor, incident.responsible.station.station_id),
        photos=[
            told_photo(actor, replace(one, generalized=head.generalized), same=False)
            for one in photos
        ],
        is_part=head.is_part,
        unreadable=len(timeline.entries) - len(told),
        zone=service.settings.zone,
        printed_at=now,
        printed_by=f"{actor.name}（{actor.badge}）",
    )
    return Gathered(record, photos)


def _told(
    service: PhotoService, actor: Actor, timeline: ToldTimeline
) -> tuple[list[ToldEntry], list[RecordedOpening | RecordedEntry]]:
    """What the timeline answers of each entry, and the same as links of which corrections can be
    applied: so no more of these is known here than is told. What can't be read is left out."""
    told: list[ToldEntry] = []
    links: list[RecordedOpening | RecordedEntry] = []
    for stored in timeline.entries:
        try:
            shown = answers.told_entry(service, stored, actor, timeline.head, timeline.told)
            link = service.kinds.decode(stored.canonical)
        except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
            log.warning("unreadable", id=str(stored.entry_id), error=error)
            continue
        # What is told whole stands there as the text that was kept.
        body = shown.body if isinstance(shown.body, msgspec.Struct) else link.body
        told.append(ToldEntry(shown, body))
        links.append(replace(link, body=body, facts=shown.facts))
    return told, links


async def _informant(
    service: PhotoService, connection: Connection, actor: Actor, incident_id: IncidentId
) -> Informant | None:
    """Who reported it, by the rule of `GET …/informant`."""
    handling = actor.doing(Verb.HANDLE_INFORMANTS)
    if not handling.may(Verb.HANDLE_INFORMANTS):
        return None
    for one in await access_informants(connection, handling, incident_id):
        if one.key_lost_at is None:
            opened = service.vault.open(incident_id, one.sealed)
            return msgspec.json.decode(opened, type=Informant)
    return None


async def pictures_of(
    service: PhotoService, gathered: Gathered, wanted: Collection[UUID]
) -> dict[UUID, bytes]:
    """Photos as JPEG: large where they are few. One whose renditions are not made, or got lost, is
    not among them."""
    name = _LARGE if len(wanted) <= FEW_PICTURES else _SMALL
    found: dict[UUID, bytes] = {}
    for photo in gathered.photos:
        if photo.photo_id in wanted and photo.renditions is Renditions.MADE:
            try:
                found[photo.photo_id] = await service.store.get(rendition_key(photo.digest, name))
            except NotHeld:
                log.warning("rendition missing", photo=str(photo.photo_id))
    return found
