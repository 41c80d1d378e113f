"""The rows that queries read, as they follow from an incident. Pure.

Each Struct has columns of its table in `db/migrations/`, so that PostgreSQL by itself makes rows of
their JSON (`jsonb_populate_recordset`). A kind's own tables are in its folder.
"""

import operator
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import asdict, replace

from wildlife.people.may import GENERALIZED, WHOLE, WITHHELD, custody, seen_in
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.fold import Folded
from wildlife.timeline.generalizing import UNTOLD, generalized
from wildlife.timeline.incident import FOLD_VERSION, Incident, PhotoState
from wildlife.timeline.kind import Kinds
from wildlife.timeline.parting import told_of
from wildlife.timeline.policy import Policy
from wildlife.timeline.withholding import unsaid, withheld
from wildlife.words.places import Position, ShownPlace
from wildlife.words.regions import is_division
from wildlife.words.structs import derive, texts
from wildlife.words.text import Indexed, fold_text
from wildlife.words.vocabularies import Source


class RecordColumns(msgspec.Struct, frozen=True, kw_only=True):
    """What every row repeats: who may see it, where it is, when and how it was found."""

    incident_id: UUID
    view: str
    """Of what it tells: `wildlife.people.may` names them. Where its places are hidden, the row of
    the whole asks nobody else to see it."""
    station_ids: list[UUID]
    responsible_station_id: UUID
    seen_in: list[str]
    """Whom else it asks to see it: the officials of the regions where any of its incident took
    place, or where the station lay that opened it, and those for the stations that had a part."""
    region_code: str
    """Where it is: of a release, where it took place."""
    location: str | None  # a PostgreSQL point in WGS-84: "(longitude,latitude)"
    coordinate_uncertainty_m: float | None
    """How far from `location` it lies at most, where that is the middle of a cell."""
    found_at: datetime
    duplicate_of: UUID | None
    """The incident beside which lists and counts leave it out."""
    source: Source


class IncidentRow(RecordColumns, frozen=True, kw_only=True):
    custodian_ids: list[UUID]
    """The units that have, or had, any of its animals in their custody."""
    kind: str
    case_number: str
    received_at: datetime
    updated_at: datetime
    """When the last entry was received of which it tells."""
    state: str
    next_due_at: datetime | None
    missing: list[str]
    """What it owes, each code once; so are its flags."""
    flags: list[str]
    officers: list[str]
    """The badges of who opened it, went there, is or was responsible, or let animals go."""
    photos: int
    """How many there are."""
    seq: int
    digest: str  # hexadecimal, as PostgreSQL reads bytea: "\x…"; none but of the whole
    search_text: str
    search_terms: list[str]
    fold_version: int
    marks: list[str]
    """By which its animals are known again elsewhere."""
    document: Incident


class PhotoRow(PhotoState, frozen=True, kw_only=True):
    """A photo; its `sha256` is hexadecimal as PostgreSQL reads bytea, too."""

    incident_id: UUID
    shown_in: list[str]
    """In which parts of its incident it is shown: their views."""


class Rows(msgspec.Struct, frozen=True):
    """All rows of one incident."""

    incidents: list[IncidentRow]
    """The whole first; then as those know it from whom its places are hidden, where they are, or
    what names who reported, where anything does; and each part that is in a unit's custody."""
    photos: list[PhotoRow]
    of_kind: dict[str, list[dict[str, Any]]]
    """Those of the kinds' own tables, by table: none in those of another kind."""

    def encode(self) -> bytes:
        """The rows by table, as JSON."""
        rows = {"incident": self.incidents, "photo": self.photos, **self.of_kind}
        return msgspec.json.encode(rows)

    @property
    def incident(self) -> IncidentRow:
        """The whole of it."""
        return self.incidents[0]


def rows_of(
    folded: Folded,
    kinds: Kinds,
    policy: Policy,
    seq: int,
    digest: bytes,
    named_in: Collection[str] = (),
    *,
    by_duplicates: bool = False,
) -> Rows:
    """The rows of an incident whose timeline ends with entry `seq`, whose digest is `digest`.

    named_in: its texts that name who reported. by_duplicates: whether one that was closed as its
    duplicate hides its places, too.
    """
    incident, asked = owing(folded, policy), _asked(folded)
    hides = by_duplicates or folded.kind.hides(incident, policy.hidden_places)
    whole = _columns(folded, incident, WHOLE, [] if hides or named_in else asked)
    at = _latest(folded.corrected.opening, folded.arrived)
    views = [_View(incident, whole, folded.said, at, seq, digest)]
    if hides:
        told = generalized(withheld(incident, named_in))
        columns = _columns(folded, told, GENERALIZED, asked)
        said = _read_in(replace(told, photos=[]), folded)
        views.append(_View(told, columns, said, at, seq))
    elif named_in:
        told = withheld(incident, named_in)
        columns = _columns(folded, told, WITHHELD, asked)
        views.append(_View(told, columns, unsaid(folded.said, named_in), at, seq))
    parts = dict(folded.kind.custody.parts(incident))
    for unit, part in parts.items():
        told, name = withheld(part, named_in), custody(unit)
        columns = _columns(folded, told, name, [name])
        said = _read_in(told, folded)
        views.append(_View(told, columns, said, _told_at(folded, part, unit)))
    of_kind: dict[str, list[dict[str, Any]]] = {table.name: [] for table in kinds.tables}
    for table in folded.kind.tables:
        of_kind[table.name] = [
            view.columns | _where(view.incident, place) | asdict(row)
            for view in views
            for place, row in table.rows(view.incident)
        ]
    return Rows(
        incidents=[_incident(folded, view) for view in views],
        photos=[
            derive(
                PhotoRow,
                photo,
                incident_id=incident.id,
                sha256=f"\\x{photo.sha256}",
                shown_in=[custody(unit) for unit, part in parts.items() if photo in part.photos],
            )
            for photo in incident.photos
        ],
        of_kind=of_kind,
    )


class _View(NamedTuple):
    """An incident as it is, or as some know it."""

    incident: Incident
    columns: dict[str, Any]
    """Those that every row of it repeats."""
    said: Indexed
    """By which words it is found."""
    updated_at: datetime
    seq: int = 0
    """How many entries are behind it, which who has a part is not told."""
    digest: bytes = b""


def _read_in(incident: Incident, folded: Folded) -> Indexed:
    """All that is written in an incident as it is told, and was written by somebody: what finds the
    whole, and nothing else."""
    told, found = dict.fromkeys(texts(incident)), folded.said.text
    return Indexed().then(*(one for one in told if one != UNTOLD and fold_text(one) in found))


def _told_at(folded: Folded, part: Incident, unit: UUID) -> datetime:
    """When the last entry was received of which a unit is told that has this part."""
    opening = folded.corrected.opening
    told = told_of(folded, opening, part, unit)
    return _latest(opening, (one for one in folded.arrived if one.body.id in told))


def _latest(opening: RecordedOpening, entries: Iterable[RecordedEntry]) -> datetime:
    return max([opening.received_at, *(one.received_at for one in entries)])


def owing(folded: Folded, policy: Policy) -> Incident:
    """The incident with what it still owes."""
    return replace(folded.incident, missing=policy.missing(folded.kind, folded.incident))


def _where(incident: Incident, place: ShownPlace) -> dict[str, Any]:
    """The columns that say where a row is."""
    on_the_grid = place.point if incident.generalized else None
    return {
        "region_code": place.region_code or incident.station_region,
        "location": _point(place.wgs84),
        "coordinate_uncertainty_m": on_the_grid and on_the_grid.accuracy_m,
    }


def _asked(folded: Folded) -> list[str]:
    """Whom else the incident asks to see it, by where it is in truth."""
    incident = folded.incident
    places = (incident.place, *folded.kind.places(incident))
    regions = [one.region_code or incident.station_region for one in places]
    return seen_in(
        folded.kind.audience,
        [*regions, *_opened_in(folded.corrected.opening)],
        folded.station_ids,
    )


def _columns(folded: Folded, incident: Incident, view: str, seen_in: list[str]) -> dict[str, Any]:
    """Those of the incident itself, by the names of `RecordColumns`."""
    columns = RecordColumns(
        incident_id=incident.id,
        view=view,
        station_ids=folded.station_ids,
        responsible_station_id=incident.responsible.station.station_id,
        seen_in=seen_in,
        **_where(incident, incident.place),
        found_at=incident.found_at,
        duplicate_of=incident.duplicate_of,
        source=incident.source,
    )
    return asdict(columns)


def _opened_in(opening: RecordedOpening) -> Iterator[str]:
    """The region in which the station lay that opened it: wherever it is said to be, by mistake
    too, its own officials see it. An opening of earlier days tells the code alone, which may be
    that of a region."""
    station = opening.said_by.station
    if opening.facts.station_region is not None:
        yield opening.facts.station_region
    elif station is not None and is_division(station.code):
        yield station.code


def _incident(folded: Folded, view: _View) -> IncidentRow:
    incident = view.incident
    words = Indexed().then(" ".join(_words(folded, incident))).joined(view.said)
    number = incident.case_number  # of an opening, to come: the statement that gives it adds it
    due = [missing.due_at for missing in incident.missing if missing.due_at is not None]
    return IncidentRow(
        **view.columns,
        custodian_ids=sorted(folded.kind.custody.custodians(folded.incident)),
        kind=folded.kind.name,
        case_number=incident.case_number,
        received_at=incident.received_at,
        updated_at=view.updated_at,
        state=incident.state,
        next_due_at=min(due, default=None),
        missing=[*dict.fromkeys(one.code for one in incident.missing)],
        flags=[*dict.fromkeys(one.code for one in incident.flags)],
        officers=[*dict.fromkeys(_officers(folded, incident))],
        photos=len(incident.photos),
        seq=view.seq,
        digest=f"\\x{view.digest.hex()}",
        search_text=f"{words.text} {number}" if number else words.text,
        search_terms=[*sorted(words.terms), *number, *map(operator.add, number, number[1:])],
        fold_version=FOLD_VERSION,
        marks=[*folded.kind.marks(incident)],
        document=incident,
    )


def _officers(folded: Folded, incident: Incident) -> Iterator[str]:
    yield incident.opened_by.badge
    yield from incident.officers
    for one in (*incident.responsible_before, incident.responsible):
        if one.officer is not None:
            yield one.officer.badge
    yield from folded.kind.officers(incident)


def _words(folded: Folded, incident: Incident) -> Iterator[str]:
    """What somebody may remember of the incident beside what was written."""
    yield incident.station.name
    yield incident.opened_by.name
    if incident.responsible.officer is not None:
        yield incident.responsible.officer.name
    yield from folded.kind.words(incident)


def _point(position: Position | None) -> str | None:
    return None if position is None else f"({position.longitude},{position.latitude})"
