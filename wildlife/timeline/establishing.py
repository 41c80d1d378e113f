"""What the service itself knows of what an entry says, as of now: frozen with it."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from db.connection import Connection
from wildlife.people.accounts import OfficerRef
from wildlife.people.badge_queries import LockedOut, find_holders, find_officer, has_any
from wildlife.people.codes import Role
from wildlife.people.station_queries import find_station, near_stations
from wildlife.people.stations import StationRef
from wildlife.species.model import TaxonRef
from wildlife.species.queries import find_taxon, near_species
from wildlife.timeline.chain import Facts, Receiver
from wildlife.timeline.entry import Amendment, Entry, Handover, Opening, place_of
from wildlife.timeline.recent import Timeline
from wildlife.web.problems import FieldError, Problem
from wildlife.words.documented import label_of

# Other bodies name stations, too.
_RECEIVER: Final = label_of(Handover, "station")


class Known:
    """Who and what was looked up already for what came in the same request."""

    def __init__(self) -> None:
        self._taxa: dict[str, TaxonRef | None] = {}
        self._holders: dict[tuple[str, ...], list[OfficerRef]] = {}

    async def taxon(self, connection: Connection, species_id: str) -> TaxonRef | None:
        if species_id not in self._taxa:
            self._taxa[species_id] = await find_taxon(connection, species_id)
        return self._taxa[species_id]

    async def holders(self, connection: Connection, badges: Sequence[str]) -> list[OfficerRef]:
        crew = tuple(badges)
        if crew not in self._holders:
            self._holders[crew] = await find_holders(connection, crew)
        return self._holders[crew]


async def establish(
    connection: Connection, known: Known, timeline: Timeline, entry: Entry, said: Opening | Entry
) -> Facts:
    """Who and what the entry names.

    said: the entry; of an amendment, what it amends as it makes it. Raises Problem:
    unknown_species, unknown_station, station_without_officers, station_without_rescuers,
    unknown_badge, officer_locked_out, impossible_step.
    """
    kind, before = timeline.folded.kind, timeline.folded.incident
    facts = Facts(number=kind.number(entry, before, timeline.numbers))
    if (species_id := kind.species_of(entry)) is not None:
        taxon = await known.taxon(connection, species_id)
        if taxon is None:
            near = await near_species(connection, species_id)
            field = place_of("species_id", entry)
            raise Problem("unknown_species", FieldError(field, species_id, near=near))
        facts = replace(facts, taxon=taxon)
    if isinstance(entry, Handover):
        facts = replace(facts, receiver=await _receiver(connection, entry))
    elif (code := kind.custody.receiver(entry)) is not None:
        facts = replace(facts, receiver=await _custodian(connection, code))
    names_officers = not isinstance(entry, Amendment) or "officers" in entry.changes
    if said.badges and names_officers:
        facts = replace(facts, officers=await known.holders(connection, said.badges))
    return facts


async def _custodian(connection: Connection, code: str) -> Receiver:
    """The unit that an animal goes to, where somebody can go on with its record."""
    unit = await _station(connection, code)
    if not await has_any(connection, unit, Role.RESCUER):
        raise Problem("station_without_rescuers", FieldError("station", code))
    return Receiver(unit)


async def _station(connection: Connection, code: str, label: str | None = None) -> StationRef:
    station = await find_station(connection, code)
    if station is None:
        near = await near_stations(connection, code)
        raise Problem("unknown_station", FieldError("station", code, near=near, label=label))
    return station


async def _receiver(connection: Connection, handover: Handover) -> Receiver:
    station = await _station(connection, handover.station, _RECEIVER)
    if not await has_any(connection, station, Role.OFFICER):
        field = FieldError("station", handover.station, label=_RECEIVER)
        raise Problem("station_without_officers", field)
    badge = handover.badge
    try:
        officer = await find_officer(connection, badge, station) if badge else None
    except LockedOut:
        error = FieldError("badge", badge, station.name)
        raise Problem("officer_locked_out", error) from None
    if badge and officer is None:
        raise Problem("unknown_badge", FieldError("badge", badge, station.name))
    return Receiver(station, officer)
