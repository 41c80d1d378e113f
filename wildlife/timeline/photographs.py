"""What a photo adds to an incident, and where it does not agree with the rest. Pure."""

from datetime import tzinfo

from msgspec.structs import replace

from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.entry import Photo
from wildlife.timeline.incident import Incident, PhotoState
from wildlife.timeline.kind import AnyKind
from wildlife.timeline.photo import flags, show_taken


def with_photo(incident: Incident, entry: Photo, recorded: RecordedEntry, zone: tzinfo) -> Incident:
    image = recorded.facts.image
    assert image is not None, "a photo is recorded with what its bytes are"
    exif = image.exif
    if exif is not None and exif.taken_at is not None:
        exif = replace(exif, taken_at=exif.taken_at.astimezone(zone))
    photo = PhotoState(
        photo_id=entry.id,
        sha256=image.sha256,
        media_type=image.media_type,
        size=image.size,
        width=image.width,
        height=image.height,
        received_at=recorded.received_at,
        taken_at=entry.taken_at,
        taken_place=show_taken(entry.taken_place),
        caption=entry.caption,
        about=entry.about,
        exif=exif,
    )
    return replace(incident, photos=[*incident.photos, photo])


def flagged(kind: AnyKind, incident: Incident) -> list[PhotoState]:
    """The photos with what does not agree with the whole of the incident. A place of which nobody
    says the region counts to that of the station."""
    places = [
        place if place.region_code else replace(place, region_code=incident.station_region)
        for place in (incident.place, *kind.places(incident))
    ]
    return [
        replace(
            photo,
            flags=flags(
                photo.exif,
                taken_at=photo.taken_at,
                taken_place=photo.taken_place,
                received_at=photo.received_at,
                found_at=incident.found_at,
                places=places,
            ),
        )
        for photo in incident.photos
    ]
