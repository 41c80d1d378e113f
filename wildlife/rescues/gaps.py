"""What a rescue still owes. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from wildlife.people.codes import Role
from wildlife.rescues.animal import DEAD, AnimalState, has_died, is_transfer
from wildlife.rescues.codes import Condition, Outcome
from wildlife.rescues.incident import RescueIncident, awaits_opinion
from wildlife.timeline.kind import Gap
from wildlife.words.vocabularies import Owed

_OFFICERS: Final = {Role.OFFICER, Role.CHIEF}


def gaps(incident: RescueIncident) -> Iterator[Gap]:
    """Of every animal, in their order."""
    for animal in incident.animals:
        yield from _gaps_of(animal, incident.found_at)
        if awaits_opinion(incident, animal):
            yield Gap(Owed.AGENCY_OPINION, animal.number, incident.found_at)


def _gaps_of(animal: AnimalState, found_at: datetime) -> Iterator[Gap]:
    if animal.outcome is Outcome.NO_RESCUE_NEEDED:
        return
    if animal.assessed_at is None and animal.condition is Condition.UNKNOWN:
        yield Gap(Owed.ASSESSMENT, animal.number, found_at)
    if animal.species is None:
        yield Gap(Owed.IDENTIFICATION, animal.number, found_at)
    elif animal.species.protection is None:
        yield Gap(Owed.PROTECTION, animal.number, found_at)
    if animal.remaining:
        yield Gap(Owed.OUTCOME, animal.number, found_at)
    deaths = [one for one in animal.settled if one.outcome in DEAD]
    inspected = bool(deaths) and all(death.quarantine for death in deaths)
    if has_died(animal) and animal.quarantine is None and not inspected:
        yield Gap(Owed.QUARANTINE, animal.number, found_at)
    if has_died(animal) and not deaths:
        yield Gap(Owed.DISPOSAL, animal.number, found_at)
    for death in deaths:
        if death.disposal_method is None:
            yield Gap(Owed.DISPOSAL, animal.number, death.happened_at, death.entry_id)
    for release in animal.releases:
        if release.site.point is None:
            yield Gap(Owed.RELEASE_SITE, animal.number, release.released_at, release.entry_id)
        named = release.officers_named
        officers = [one.badge for one in named or () if one.role in _OFFICERS]
        known = set(release.officers) if named is None else officers
        if release.unit is None and len(known) < 2:
            yield Gap(Owed.SECOND_OFFICER, animal.number, release.released_at, release.entry_id)
    for settled in animal.settled:
        confirmed = settled.receipt_number or settled.received
        if is_transfer(settled) and not confirmed and settled.count > settled.returned:
            yield Gap(Owed.TRANSFER_RECEIPT, animal.number, settled.happened_at, settled.entry_id)
