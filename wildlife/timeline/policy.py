"""What a record owes, and until when; and whose place is hidden. Policy, not national law: an
operator may change all of it.

A report with gaps is taken at once; `missing` says what is still owed and `overdue` what is late.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from wildlife.timeline.incident import Incident, Missing
from wildlife.timeline.kind import AnyKind, Gap
from wildlife.words.hidden_places import HIDDEN_BY_DEFAULT, HiddenPlaces, read_hidden_places
from wildlife.words.speaking import said
from wildlife.words.values import UnfitValue
from wildlife.words.vocabularies import ClosingReason, Owed, Source

# Up to eleven years; a time that lies beyond the calendar could not be told.
_MOST_HOURS: Final = 100_000
Hours: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=_MOST_HOURS)] | bool

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
    """Which gaps count, and how long they may stay; and the places of which animals are hidden."""

    hours: dict[Owed, Hours]
    hidden_places: HiddenPlaces

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


class UnfitPolicy(UnfitValue):
    """A file that holds no policy; the sentence names what is wrong in it."""


def read_policy(file: Path | None, hidden_places: str = HIDDEN_BY_DEFAULT) -> Policy:
    """The built-in policy, changed by what the TOML `file` says (`identification = 48`).

    hidden_places: as `read_hidden_places` takes it.

    Raises UnfitPolicy with a sentence on all that is wrong in the file, OSError where it can't be
    read.
    """
    hidden = read_hidden_places(hidden_places)
    if file is None:
        return Policy(DEFAULT_POLICY, hidden)
    try:
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UnfitPolicy(
            said(
                f"The policy {file} is not UTF-8; save it as UTF-8.",
                f"策略文件 {file} 不是 UTF-8 编码；请另存为 UTF-8。",
            )
        ) from None
    changes: dict[Owed, Hours] = {}
    wrong = []
    for number, line in enumerate(lines, 1):
        try:
            changes |= _read_line(line, changes)
        except UnfitPolicy as error:
            wrong.append(said(f"line {number}: {error}", f"第 {number} 行：{error}"))
    if wrong:
        codes = [code.value for code in Owed]
        raise UnfitPolicy(
            said(
                f"The policy {file} can't be used. {'; '.join(wrong)}. A line is `code = hours`,"
                f" codes: {', '.join(codes)}",
                f"策略文件 {file} 无法使用。{'；'.join(wrong)}。每行写作 `代码 = 小时数`，代码有："
                f"{'、'.join(codes)}",
            )
        )
    return Policy(DEFAULT_POLICY | changes, hidden)


def _read_line(line: str, before: Mapping[Owed, Hours]) -> dict[Owed, Hours]:
    """What one line of a policy says, which needs no other. Raises UnfitPolicy."""
    try:
        read = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        raise UnfitPolicy(
            said(
                "it does not read like `identification = 48`", "应写成 `identification = 48` 的样子"
            )
        ) from None
    codes = {code.value: code for code in Owed}
    for name, value in read.items():
        if name not in codes:
            near = "".join(get_close_matches(name, codes, n=1))
            raise UnfitPolicy(
                said(
                    f"there is no code {name}{near and f' (perhaps {near} is meant)'}",
                    f"没有 {name} 这个代码{near and f'（可能是 {near}）'}",
                )
            )
        if codes[name] in before:
            raise UnfitPolicy(said(f"{name} stands there twice", f"{name} 出现了两次"))
        try:
            msgspec.convert(value, Hours)
        except msgspec.ValidationError:
            raise UnfitPolicy(
                said(
                    f"{name} takes hours, 0 to {_MOST_HOURS}, or true (owed without a deadline), or"
                    " false (not owed)",
                    f"{name} 可填 0 至 {_MOST_HOURS} 的小时数、true（应补，无期限）或 false"
                    "（不要求）",
                )
            ) from None
    return {codes[name]: value for name, value in read.items()}


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
