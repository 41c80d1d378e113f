"""What a record owes, and until when. Policy, not national law: an operator may change all of it.

A report with gaps is taken at once; `missing` says what is still owed and `overdue` what is late.
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from wildlife.hazards.state import SETTLED, RoadHazardState
from wildlife.rescues.state import AnimalState
from wildlife.timeline.state import IncidentState, Missing
from wildlife.words.vocabularies import (
    ClosingReason,
    Condition,
    HazardState,
    Outcome,
    Owed,
    PhotoSubject,
    Source,
)

# Up to eleven years; a time that lies beyond the calendar could not be told.
Hours: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=100_000)] | bool

# Hours until due, counted from what makes it owed; True: owed without a deadline; False: not owed.
DEFAULT_POLICY: Final[dict[Owed, Hours]] = {
    Owed.REGION_CODE: True,
    Owed.POINT: True,
    Owed.INFORMANT: True,
    Owed.RECEIPT: 24,
    Owed.PHOTO: True,
    Owed.ASSESSMENT: 24,  # Shanghai guide 2021: reach the site within 24 h
    Owed.IDENTIFICATION: 72,
    Owed.PROTECTION: True,
    Owed.OUTCOME: 30 * 24,
    Owed.RELEASE_SITE: 72,
    Owed.SECOND_OFFICER: True,
    Owed.TRANSFER_RECEIPT: 72,
    Owed.SAFETY_MEASURE: 2,
    Owed.NOTIFICATION: 2,
    Owed.CLEARANCE: 48,
    Owed.PHOTO_AFTER: True,
}


class Policy(msgspec.Struct, frozen=True):
    """Which gaps count, and how long they may stay."""

    hours: dict[Owed, Hours]

    def missing(self, state: IncidentState) -> list[Missing]:
        """What the incident still owes, with the time until which."""
        return [
            Missing(code=code, animal=animal, due_at=self._due(code, since))
            for code, animal, since in _gaps(state)
            if self.hours.get(code, False) is not False
        ]

    def _due(self, code: Owed, since: datetime) -> datetime | None:
        hours = self.hours[code]
        return None if isinstance(hours, bool) else since + timedelta(hours=hours)


def read_policy(file: Path | None) -> Policy:
    """The built-in policy, changed by what the TOML `file` says (`identification = 48`).

    Raises ValueError with a sentence that names what is wrong in the file.
    """
    if file is None:
        return Policy(DEFAULT_POLICY)
    try:
        changes = msgspec.convert(
            tomllib.loads(file.read_text("utf-8")), dict[Owed, Hours], strict=True
        )
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        codes = ", ".join(Owed)
        raise ValueError(f"{file}: {error}. A line is `code = hours`, codes: {codes}") from None
    return Policy(DEFAULT_POLICY | changes)


Gap = tuple[Owed, int | None, datetime]


def _gaps(state: IncidentState) -> Iterator[Gap]:
    """Every gap: what, of which animal, since when."""
    if state.closing is not None and state.closing.reason is not ClosingReason.COMPLETED:
        return
    if state.hazard is not None and state.hazard.state is HazardState.FALSE_REPORT:
        return
    found_at = state.found_at
    if state.place.region_code is None:
        yield Owed.REGION_CODE, None, found_at
    if state.place.point is None:
        yield Owed.POINT, None, found_at
    if state.source is Source.REPORT and not state.has_informant:
        yield Owed.INFORMANT, None, found_at
    if state.source in (Source.HANDOVER, Source.SEIZURE) and state.receipt_number is None:
        yield Owed.RECEIPT, None, found_at
    if not state.photos:
        yield Owed.PHOTO, None, found_at
    for animal in state.animals:
        yield from _animal_gaps(animal, found_at)
    if state.hazard is not None:
        yield from _hazard_gaps(state, state.hazard)


def _animal_gaps(animal: AnimalState, found_at: datetime) -> Iterator[Gap]:
    if animal.outcome is Outcome.NO_RESCUE_NEEDED:
        return
    if animal.assessed_at is None and animal.condition is Condition.UNKNOWN:
        yield Owed.ASSESSMENT, animal.number, found_at
    if animal.species is None:
        yield Owed.IDENTIFICATION, animal.number, found_at
    elif animal.species.protection is None:
        yield Owed.PROTECTION, animal.number, found_at
    if animal.remaining:
        yield Owed.OUTCOME, animal.number, found_at
    for release in animal.releases:
        if release.site.point is None:
            yield Owed.RELEASE_SITE, animal.number, release.released_at
        if len(release.officers) < 2:
            yield Owed.SECOND_OFFICER, animal.number, release.released_at
    for settled in animal.settled:
        transferred = settled.outcome in (Outcome.TRANSFERRED, Outcome.RETURNED_TO_AGENCY)
        if transferred and settled.receipt_number is None:
            yield Owed.TRANSFER_RECEIPT, animal.number, settled.happened_at


def _hazard_gaps(state: IncidentState, hazard: RoadHazardState) -> Iterator[Gap]:
    if not hazard.measures:
        yield Owed.SAFETY_MEASURE, None, state.found_at
    if not hazard.notified:
        yield Owed.NOTIFICATION, None, state.found_at
    if hazard.state not in SETTLED:
        yield Owed.CLEARANCE, None, state.found_at
    if hazard.cleared_at or hazard.reopened_at:
        after = [photo for photo in state.photos if photo.about == PhotoSubject.AFTER]
        if not after:
            yield Owed.PHOTO_AFTER, None, hazard.cleared_at or hazard.reopened_at or state.found_at
