"""The rows that queries read, as they follow from an incident's state. Pure.

Each Struct has the columns of its table in `db/migrations/`, so that PostgreSQL makes rows of their
JSON by itself (`jsonb_populate_recordset`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.hazards.state import RoadHazardState
from wildlife.rescues.state import AnimalState, Identified, ReleaseRecord
from wildlife.timeline.fold import Folded
from wildlife.timeline.photo import ExifFacts
from wildlife.timeline.policy import Policy
from wildlife.timeline.state import IncidentState, PhotoState
from wildlife.words.places import Position, ShownPlace
from wildlife.words.text import fold, terms
from wildlife.words.vocabularies import PhotoFlag


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What every projection repeats: the columns that say who may see the row, and where it is."""

    incident_id: UUID
    station_ids: list[UUID]
    responsible_station_id: UUID
    region_code: str
    location: str | None  # a PostgreSQL point in WGS-84: "(longitude,latitude)"
    found_at: datetime


class IncidentRow(Scope, frozen=True, kw_only=True):
    kind: str
    case_number: str
    received_at: datetime
    state: str
    next_due_at: datetime | None
    seq: int
    digest: str  # hexadecimal, as PostgreSQL reads bytea: "\x…"
    search_text: str
    search_terms: list[str]
    document: IncidentState


class AnimalRow(Scope, frozen=True, kw_only=True):
    number: int
    reported_as: str | None
    species_id: str | None
    chinese_name: str | None
    scientific_name: str | None
    protection: str | None
    protection_list: str | None
    confidence: str | None
    count: int
    remaining: int
    life_stage: str
    sex: str
    cause: str
    condition: str
    outcome: str
    outcome_at: datetime | None


class ReleaseRow(Scope, frozen=True, kw_only=True):
    entry_id: UUID
    animal: int
    released_at: datetime
    species_id: str
    chinese_name: str
    scientific_name: str
    protection: str | None
    protection_list: str | None
    count: int
    life_stage: str
    sex: str
    method: str
    habitat: str | None
    site: ShownPlace
    officers: list[str]
    witness: str | None
    ring_number: str | None
    fit_to_release: bool | None


class HazardRow(Scope, frozen=True, kw_only=True):
    type: str
    state: str
    passability: str
    road_name: str | None
    road_code: str | None
    road_category: str
    stake_from: str | None
    stake_to: str | None
    secured_at: datetime | None
    cleared_at: datetime | None
    reopened_at: datetime | None


class PhotoRow(msgspec.Struct, frozen=True, kw_only=True):
    incident_id: UUID
    photo_id: UUID
    sha256: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    taken_at: datetime | None
    received_at: datetime
    about: str | None
    caption: str | None
    exif: ExifFacts | None
    flags: list[PhotoFlag]


class Projections(msgspec.Struct, frozen=True):
    """All rows of one incident, by table."""

    incident: list[IncidentRow]
    animal: list[AnimalRow]
    release: list[ReleaseRow]
    hazard: list[HazardRow]
    photo: list[PhotoRow]


def project(folded: Folded, policy: Policy, seq: int, digest: bytes) -> Projections:
    """The rows of an incident whose timeline ends with entry `seq`, whose digest is `digest`."""
    state = replace(folded.state, missing=policy.missing(folded.state))
    folded = replace(folded, state=state)
    return Projections(
        incident=[_incident(folded, seq, digest)],
        animal=[_animal(folded, animal) for animal in state.animals],
        release=[_release(folded, r) for animal in state.animals for r in animal.releases],
        hazard=[_hazard(folded, state.hazard)] if state.hazard is not None else [],
        photo=[_photo(state, photo) for photo in state.photos],
    )


def _scope(folded: Folded, place: ShownPlace) -> dict[str, Any]:
    state = folded.state
    return {
        "incident_id": state.id,
        "station_ids": folded.station_ids,
        "responsible_station_id": state.responsible.station.station_id,
        "region_code": state.place.region_code or state.station.code,
        "location": _point(place.wgs84),
        "found_at": state.found_at,
    }


def _incident(folded: Folded, seq: int, digest: bytes) -> IncidentRow:
    state = folded.state
    search_text = fold(" ".join([*_words(state), *folded.notes]))
    return IncidentRow(
        **_scope(folded, state.place),
        kind=state.kind,
        case_number=state.case_number,
        received_at=state.received_at,
        state=state.state,
        next_due_at=min((m.due_at for m in state.missing if m.due_at is not None), default=None),
        seq=seq,
        digest=f"\\x{digest.hex()}",
        search_text=search_text,
        search_terms=terms(search_text),
        document=state,
    )


def _animal(folded: Folded, animal: AnimalState) -> AnimalRow:
    species = animal.species
    return AnimalRow(
        **_scope(folded, folded.state.place),
        **_species(species),
        number=animal.number,
        reported_as=animal.reported_as,
        confidence=species.confidence if species else None,
        count=animal.count,
        remaining=animal.remaining,
        life_stage=animal.life_stage,
        sex=animal.sex,
        cause=animal.cause,
        condition=animal.condition,
        outcome=animal.outcome,
        outcome_at=animal.outcome_at,
    )


def _species(species: Identified | None) -> dict[str, Any]:
    protection = species.protection if species else None
    return {
        "species_id": species.species_id if species else None,
        "chinese_name": species.chinese_name if species else None,
        "scientific_name": species.scientific_name if species else None,
        "protection": protection.protection if protection else None,
        "protection_list": protection.list if protection else None,
    }


def _release(folded: Folded, release: ReleaseRecord) -> ReleaseRow:
    return ReleaseRow(
        **_scope(folded, release.site),
        **_species(release.species),
        entry_id=release.entry_id,
        animal=release.animal,
        released_at=release.released_at,
        count=release.count,
        life_stage=release.life_stage,
        sex=release.sex,
        method=release.method,
        habitat=release.habitat,
        site=release.site,
        officers=release.officers,
        witness=release.witness,
        ring_number=release.ring_number,
        fit_to_release=release.fit_to_release,
    )


def _hazard(folded: Folded, hazard: RoadHazardState) -> HazardRow:
    return HazardRow(
        **_scope(folded, folded.state.place),
        type=hazard.type,
        state=hazard.state,
        passability=hazard.passability,
        road_name=hazard.road.name,
        road_code=hazard.road.code,
        road_category=hazard.road.category,
        stake_from=hazard.road.stake_from,
        stake_to=hazard.road.stake_to,
        secured_at=hazard.secured_at,
        cleared_at=hazard.cleared_at,
        reopened_at=hazard.reopened_at,
    )


def _photo(state: IncidentState, photo: PhotoState) -> PhotoRow:
    return PhotoRow(
        incident_id=state.id,
        photo_id=photo.photo_id,
        sha256=f"\\x{photo.sha256}",
        media_type=photo.media_type,
        size=photo.size,
        width=photo.width,
        height=photo.height,
        taken_at=photo.taken_at,
        received_at=photo.received_at,
        about=photo.about,
        caption=photo.caption,
        exif=photo.exif,
        flags=photo.flags,
    )


def _words(state: IncidentState) -> Iterator[str]:
    """What somebody may remember of the incident, in the order of the record."""
    yield state.station.name
    for words in (state.summary, state.place.description):
        if words:
            yield words
    for animal in state.animals:
        if animal.reported_as:
            yield animal.reported_as
        if animal.species:
            yield animal.species.chinese_name
            yield animal.species.scientific_name
        for release in animal.releases:
            if release.site.description:
                yield release.site.description
    if state.hazard:
        yield state.hazard.type.zh
        road = state.hazard.road
        for words in (road.name, road.code, state.hazard.description):
            if words:
                yield words


def _point(position: Position | None) -> str | None:
    return None if position is None else f"({position.longitude},{position.latitude})"
