"""What of a rescue contradicts itself. Pure."""

from collections.abc import Iterator
from typing import Final

from wildlife.rescues.animal import AnimalState, ReleaseRecord, counted
from wildlife.rescues.checking import is_there
from wildlife.rescues.codes import Condition, Quarantine
from wildlife.rescues.incident import RescueIncident
from wildlife.rescues.marks import clashes
from wildlife.timeline.contradictions import names_nobody, place_flags
from wildlife.timeline.incident import Flag
from wildlife.words.datums import distance_m
from wildlife.words.regions import may_lie_in
from wildlife.words.vocabularies import RecordFlag

# Farther than a station drives an animal without a reason, which a note tells.
_FAR_M: Final = 100_000


def flags(incident: RescueIncident) -> Iterator[Flag]:
    """Of marks that two carry, of photos, and of who handed them over; then of every animal: what
    was noticed as it was said, its ends, its releases."""
    for clash in clashes(incident.animals):
        later = clash.later
        yield Flag(RecordFlag.MARK_ON_TWO, later.animal.number, later.entry_id)
    for photo in incident.photos:
        if not is_there(photo.about, incident):
            yield Flag(RecordFlag.PHOTO_OF_NONE, entry_id=photo.photo_id)
    from_unit = incident.handed_over_by
    if from_unit is not None and from_unit.at is not None and from_unit.at < incident.found_at:
        yield Flag(RecordFlag.BEFORE_FOUND)
    for animal in incident.animals:
        yield from animal.noticed
        for went in counted(animal):
            if went.filed not in (None, went.count):
                yield Flag(RecordFlag.COUNT_CHANGED, animal.number, went.entry_id)
        for release in animal.releases:
            codes = (*_of_release(incident, animal, release), *place_flags(release.site))
            for code in codes:
                yield Flag(code, animal.number, release.entry_id)


def _of_release(
    incident: RescueIncident, animal: AnimalState, release: ReleaseRecord
) -> Iterator[RecordFlag]:
    if release.released_at < incident.found_at:
        yield RecordFlag.RELEASED_BEFORE_FOUND
    if release.condition is Condition.DEAD:
        yield RecordFlag.RELEASED_DEAD
    if release.fit_to_release is False or release.condition is Condition.CRITICAL:
        yield RecordFlag.RELEASED_UNFIT
    if release.inspected is Quarantine.FAILED:
        yield RecordFlag.RELEASED_AFTER_FAILED_QUARANTINE
    if release.isolated_until is not None and release.isolated_until > release.released_at:
        yield RecordFlag.RELEASED_IN_ISOLATION
    if animal.species is not None and animal.species.alien:
        yield RecordFlag.RELEASED_ALIEN
    if release.native_there is False or _outside_its_range(animal, release):
        yield RecordFlag.RELEASED_OUTSIDE_RANGE
    if names_nobody(release.officers, release.officers_named):
        yield RecordFlag.UNKNOWN_BADGE
    found, site = incident.place.wgs84, release.site.wgs84
    if (
        found
        and site
        and distance_m(found, site) > _FAR_M
        and not (release.note or release.reason_there)
    ):
        yield RecordFlag.RELEASED_FAR_AWAY


def _outside_its_range(animal: AnimalState, release: ReleaseRecord) -> bool:
    native_to = animal.species.native_to if animal.species else []
    site = release.site.region_code
    return site is not None and native_to != [] and not may_lie_in(site, native_to)
