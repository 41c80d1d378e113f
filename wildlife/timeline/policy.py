"""What a record owes, and until when. Policy, not national law: an operator may change all of it.

A report with gaps is taken at once; `missing` says what is still owed and `overdue` what is late.
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from wildlife.timeline.incident import Incident, Missing
from wildlife.timeline.kind import AnyKind, Gap
from wildlife.words.speaking import said
from wildlife.words.vocabularies import ClosingReason, Owed, Source

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
    Owed.AGENCY_OPINION: True,  # order 47, Art. 10: before anything else is done with it
    Owed.QUARANTINE: False,
    Owed.DISPOSAL: False,
    Owed.REPORTER_TOLD: False,
    Owed.SECOND_OFFICER: True,
    Owed.TRANSFER_RECEIPT: 72,
    Owed.SAFETY_MEASURE: 2,
    Owed.NOTIFICATION: 2,
    Owed.TRAFFIC_POLICE: 2,
    Owed.UPWARD_REPORT: 0,  # it is owed when the road has been closed for too long
    Owed.CLEARANCE: 48,
    Owed.FULL_REOPENING: True,
    Owed.PHOTO_AFTER: True,
}


class Policy(msgspec.Struct, frozen=True):
    """Which gaps count, and how long they may stay."""

    hours: dict[Owed, Hours]

    def missing(self, kind: AnyKind, incident: Incident) -> list[Missing]:
        """What the incident still owes, with the time until which."""
        return [
            Missing(gap.code, gap.animal, self._due(gap.code, gap.since), gap.entry_id)
            for gap in _gaps(kind, incident)
            if self.hours.get(gap.code, False) is not False
        ]

    def _due(self, code: Owed, since: datetime) -> datetime | None:
        hours = self.hours[code]
        return None if isinstance(hours, bool) else since + timedelta(hours=hours)


class UnfitPolicy(ValueError):
    """A file that holds no policy; the sentence names what is wrong in it."""


def read_policy(file: Path | None) -> Policy:
    """The built-in policy, changed by what the TOML `file` says (`identification = 48`).

    Raises UnfitPolicy with a sentence that names what is wrong in the file.
    """
    if file is None:
        return Policy(DEFAULT_POLICY)
    try:
        changes = msgspec.convert(
            tomllib.loads(file.read_text("utf-8")), dict[Owed, Hours], strict=True
        )
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        codes = ", ".join(Owed)
        raise UnfitPolicy(
            said(
                f"{file}: {error}. A line is `code = hours`, codes: {codes}",
                f"策略文件 {file} 无法读取（{error}）。每行写作 `代码 = 小时数`，代码有：{codes}",
            )
        ) from None
    return Policy(DEFAULT_POLICY | changes)


def _gaps(kind: AnyKind, incident: Incident) -> Iterator[Gap]:
    """Every gap: those that any incident may have, then those of its kind."""
    if incident.closing is not None and incident.closing.reason is not ClosingReason.COMPLETED:
        return
    if kind.is_nothing(incident):
        return
    found_at = incident.found_at
    if incident.place.region_code is None:
        yield Gap(Owed.REGION_CODE, None, found_at)
    if incident.place.point is None:
        yield Gap(Owed.POINT, None, found_at)
    if incident.source is Source.REPORT and not incident.has_informant:
        yield Gap(Owed.INFORMANT, None, found_at)
    if incident.source in (Source.HANDOVER, Source.SEIZURE) and incident.receipt_number is None:
        yield Gap(Owed.RECEIPT, None, found_at)
    if not incident.photos:
        yield Gap(Owed.PHOTO, None, found_at)
    if incident.source is Source.REPORT and incident.told_at is None:
        yield Gap(Owed.REPORTER_TOLD, None, found_at)
    yield from kind.gaps(incident)
