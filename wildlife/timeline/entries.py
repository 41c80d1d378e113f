"""What may be said of an incident: its opening and the entries of its timeline."""

from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec

from wildlife.hazards.entries import HazardEntry, ReportedHazard
from wildlife.informants.model import Informant
from wildlife.rescues.entries import AnimalEntry, ReportedAnimal
from wildlife.timeline.entry import Entry
from wildlife.timeline.photo import About
from wildlife.words.places import Place
from wildlife.words.values import Badge, Instant, ShortText, Text
from wildlife.words.vocabularies import ClosingReason, Source


class _Opening(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
):
    """The first entry of a timeline. Its id is the incident's and may come from the phone."""

    id: UUID
    source: Source
    found_at: Instant
    place: Place
    summary: Text | None = None
    informant: Informant | None = None
    recorded_at: Instant | None = None
    """When the phone recorded it, by the phone's clock."""
    officers: Annotated[list[Badge], msgspec.Meta(max_length=50)] = []
    """Badge numbers of those who went there, beside the one who reports."""
    receipt_number: ShortText | None = None
    """The receipt given to whom handed the animal over."""


class RescueOpening(_Opening, frozen=True, kw_only=True, tag="rescue"):
    """A wildlife rescue with its animals, numbered from 1 in the order given."""

    animals: Annotated[list[ReportedAnimal], msgspec.Meta(min_length=1, max_length=100)]


class RoadHazardOpening(_Opening, frozen=True, kw_only=True, tag="road_hazard"):
    """A road hazard."""

    hazard: ReportedHazard


Opening: TypeAlias = RescueOpening | RoadHazardOpening


class Note(Entry, frozen=True, kw_only=True, tag="note"):
    """Something worth remembering."""

    note: Text


class Photo(Entry, frozen=True, kw_only=True, tag="photo"):
    """A photo that the service holds. Made by sending the photo, not by itself."""

    caption: Text | None = None
    about: About | None = None
    """`animal:1`, or one of the photo subjects."""
    taken_at: Instant | None = None


class Amendment(Entry, frozen=True, kw_only=True, tag="amendment"):
    """Corrects fields of an earlier entry; the entry itself stays as it was."""

    entry_id: UUID
    """The entry it corrects; the incident's own id for its opening."""
    changes: dict[str, Any]
    """A JSON merge patch (RFC 7396) of that entry: null takes a field away."""
    reason: Text | None = None


class Void(Entry, frozen=True, kw_only=True, tag="void"):
    """Takes an entry out of account; it stays on the timeline, marked."""

    entry_id: UUID
    reason: Text | None = None


class Handover(Entry, frozen=True, kw_only=True, tag="handover"):
    """Responsibility goes to another officer, or another station."""

    station: ShortText
    """The code of the station that takes over."""
    badge: Badge | None = None
    """The officer who is responsible from now on; without one, the station is."""


class Closing(Entry, frozen=True, kw_only=True, tag="closing"):
    """The incident is done."""

    reason: ClosingReason = ClosingReason.COMPLETED
    duplicate_of: UUID | None = None


# What a client may append. Photos come with their bytes, by PUT …/photos/{photo_id}.
Appendable: TypeAlias = AnimalEntry | HazardEntry | Note | Amendment | Void | Handover | Closing
AnyEntry: TypeAlias = Appendable | Photo
