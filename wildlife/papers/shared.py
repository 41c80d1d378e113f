"""What papers of several kinds have in common. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from wildlife.papers.record import Record, ToldEntry
from wildlife.papers.saying import said_in
from wildlife.papers.sheet import (
    Column,
    Field,
    Gallery,
    Grid,
    Picture,
    Remark,
    Row,
    Signature,
    Signatures,
    Table,
    Value,
    grid,
)
from wildlife.papers.writing import (
    BLANK,
    field_of,
    in_column,
    lines,
    moment,
    moment_of,
    number,
    officer,
    officers,
    point_of,
    region_of,
    text,
    texts,
    ticks,
    wide_of,
)
from wildlife.photos.codes import Renditions
from wildlife.photos.queries import PhotoRecord
from wildlife.timeline.answers import ShownEntry
from wildlife.timeline.entry import Call, Opening, Told
from wildlife.timeline.generalizing import UNTOLD
from wildlife.timeline.incident import Closed, Incident, PhotoState
from wildlife.timeline.photo import name_of_subject
from wildlife.words.documented import label_of
from wildlife.words.places import ShownPlace
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import Channel, Source

MOST_PICTURES: Final = 60
"""So many photos a paper has at most."""

_HIDDEN: Final = Sentence(
    "Places are hidden from who printed this: points are the middle of a cell of 0.1°, and what"
    " people wrote is left out.",
    "本件按查阅权限制作：警情的位置对打印人隐匿，坐标为 0.1° 网格中心，文字说明从略。",
)
_A_PART: Final = Sentence(
    "Who printed this is told of the animals in the custody of their unit, and of nothing else.",
    "本件按查阅权限制作：只载明由打印人所在单位照管的动物及其记录。",
)
SEAL: Final = Sentence("Seal", "单位盖章处")


def remarks(record: Record) -> Iterator[Remark]:
    """What a reader of the paper has to know of who printed it."""
    if record.incident.generalized:
        yield Remark(_HIDDEN)
    if record.is_part:
        yield Remark(_A_PART)
    if record.unreadable:
        yield Remark(
            Sentence(
                f"{record.unreadable} entries can't be shown and are left out.",
                f"有 {record.unreadable} 条记录无法显示，未列入本件。",
            )
        )


def place(record: Record, where: ShownPlace) -> Value:
    """A place: in words, its region, its point as it was said."""
    return lines(place_lines(record, where))


def place_lines(record: Record, where: ShownPlace) -> Iterator[str | None]:
    """The same, line by line."""
    yield record.told(ShownPlace, "description", where.description)
    yield region_of(where.region_code)
    if where.point is not None:
        yield point_of(where.point)


def call_fields(record: Record) -> list[Field]:
    """How the report came in, and who set out on it."""
    incident, zone = record.incident, record.zone
    call = incident.call or Call()
    told = [one for one in record.counting.entries.values() if isinstance(one.body, Told)]
    results = [one.body for one in told if isinstance(one.body, Told)]
    return [
        field_of(Incident, "received_at", moment(incident.received_at, zone)),
        field_of(Incident, "station", text(incident.station.name)),
        wide_of(Incident, "source", ticks(Source, incident.source)),
        field_of(Call, "reported_at", moment(call.reported_at, zone)),
        field_of(Call, "ticket_number", text(call.ticket_number)),
        wide_of(Call, "channel", ticks(Channel, call.channel)),
        field_of(Call, "dispatched_at", moment(call.dispatched_at, zone)),
        field_of(Call, "arrived_at", moment(call.arrived_at, zone)),
        field_of(Call, "duty_leader", text(call.duty_leader)),
        field_of(Call, "auxiliaries", number(call.auxiliaries, "人")),
        field_of(Call, "vehicles", texts(call.vehicles)),
        field_of(Incident, "opened_by", text(officer(incident.opened_by))),
        wide_of(Incident, "officers_named", officers(incident.officers, incident.officers_named)),
        wide_of(Incident, "responsible", text(responsible_of(record))),
        field_of(Incident, "found_at", moment(incident.found_at, zone)),
        field_of(Closed, "closed_at", closed_at(record)),
        wide_of(Incident, "place", place(record, incident.place), lines=2),
        wide_of(Incident, "summary", text(incident.summary), lines=3),
        field_of(Incident, "told_at", moment(incident.told_at, zone)),
        field_of(
            Told,
            "channel",
            ticks(Channel, {one.channel for one in results if one.channel is not None}),
        ),
        wide_of(Told, "result", lines(one.result for one in results)),
    ]


def contradictions(record: Record) -> Iterator[Grid]:
    """Where what was said contradicts itself: whoever signs has to know."""
    told = dict.fromkeys((one.animal, one.code) for one in record.incident.flags)
    each = [f"{f'{animal} 号：' if animal else ''}{flag.zh}" for animal, flag in told]
    if each:
        yield grid(None, wide_of(Incident, "flags", lines(each)))


def closed_at(record: Record) -> Value:
    """When it was closed, and why."""
    closing = record.incident.closing
    if closing is None:
        return BLANK
    return text(f"{moment_of(closing.closed_at, record.zone)}（{closing.reason.zh}）")


def responsible_of(record: Record) -> str:
    """The station that is responsible, and its officer."""
    responsible = record.incident.responsible
    named = officer(responsible.officer)
    return f"{responsible.station.name}　{named}" if named else responsible.station.name


def responsible_at(incident: Incident, at: datetime) -> str:
    """The station that was responsible then: who signs for what was done, whoever has it now. Who
    hands over has the moment."""
    for one in incident.responsible_before:
        if one.until is not None and at <= one.until:
            return one.station.name
    return incident.responsible.station.name


def timeline(record: Record, title: Sentence) -> Table:
    """All that was said, with what was corrected and voided: as it is kept."""
    return told_in(record, title, record.timeline)


def told_in(record: Record, title: Sentence, entries: Iterable[ToldEntry]) -> Table:
    """These entries, as they are kept."""
    return Table(
        title,
        [
            Column(Sentence("When", "时间"), 16),
            Column(Sentence("What", "事项"), 13),
            Column(Sentence("Said", "内容"), 54),
            Column(Sentence("By", "记录人"), 17),
        ],
        [_row(record, one) for one in entries],
    )


def _row(record: Record, told: ToldEntry) -> Row:
    shown = told.shown
    label = told.body.LABEL
    marks = ["作废"] if shown.voided_by else ["已更正"] if shown.amended_by else []
    what = "\n".join([label.zh, *(f"（{mark}）" for mark in marks)])
    return Row(
        (
            in_column(shown.happened_at, record.zone),
            text(what, label.en),
            text(_content(record, told)),
            text(_recorded_by(shown)),
        ),
        struck=shown.voided_by is not None,
    )


def _recorded_by(shown: ShownEntry) -> str | None:
    """Who recorded an entry; of what was accepted for somebody, for whom, too."""
    by, first = officer(shown.actor), shown.facts.first_sent
    return f"{by}，代{officer(first.by)}登记" if first is not None else by


def _content(record: Record, told: ToldEntry) -> str:
    """What an entry says; of an opening that nobody corrected the paper has said all."""
    if isinstance(told.body, Opening) and not told.shown.amended_by:
        return "见本表前列各项"
    # Whatever it is, it may have a note.
    untold = [UNTOLD] if record.incident.generalized else []
    return "；".join([*said_in(record, told), *untold])


def gallery(record: Record, title: Sentence) -> Gallery:
    """The photos, each with what is known of it."""
    photos = record.photos[:MOST_PICTURES]
    pictures = [
        Picture(photo.photo_id, [*_of_photo(record, at, photo)])
        for at, photo in enumerate(photos, 1)
    ]
    return Gallery(title, pictures, len(record.photos) - len(photos))


def _of_photo(record: Record, at: int, photo: PhotoRecord) -> Iterator[str]:
    caption = record.told(PhotoState, "caption", photo.caption)
    yield f"照片 {at}　{caption or ''}".strip()
    if photo.taken_at is not None:
        yield f"{label_of(PhotoState, 'taken_at')}：{moment_of(photo.taken_at, record.zone)}"
    if photo.about is not None:
        yield f"{label_of(PhotoState, 'about')}：{name_of_subject(photo.about).zh}"
    told = record.said.get(photo.photo_id)
    if told is not None:
        yield f"拍摄（上传）人：{officer(told.shown.actor)}"
    if photo.taken_place is not None:
        yield f"{label_of(PhotoState, 'taken_place')}：{point_of(photo.taken_place.point)}"
    elif record.incident.generalized:
        yield f"{label_of(PhotoState, 'taken_place')}：{UNTOLD}"
    if photo.exif is not None and photo.exif.camera is not None:
        yield f"拍摄设备：{photo.exif.camera}"
    size = f"，{photo.size} 字节" if photo.size is not None else ""
    kind = photo.media_type.rpartition("/")[2].upper()
    yield f"原件：{kind}{size}"
    if (sha256 := record.told(PhotoState, "sha256", photo.sha256)) is not None:
        yield f"SHA-256：{sha256}"
    for flag in photo.flags:
        yield f"{label_of(PhotoState, 'flags')}：{flag.zh}"
    if photo.renditions is not Renditions.MADE:
        yield f"未印出：{photo.renditions.zh}"


def signing(*labels: Sentence, seal: Sentence = SEAL) -> Signatures:
    """Who signs, and where the unit puts its seal."""
    return Signatures([*(Signature(one) for one in labels), Signature(seal, is_seal=True)])
