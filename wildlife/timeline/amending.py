"""What may be corrected, and into what. Pure."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from itertools import chain
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from wildlife.settings import Settings
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.correcting import FIXED_FIELDS
from wildlife.timeline.entry import Amendment, Entry, Handover, Opening, Void, as_named
from wildlife.timeline.fold import Folded
from wildlife.timeline.rules import broken
from wildlife.web.decoding import convert
from wildlife.web.patches import as_filed, closed_up, faults_of_patch, keeps_numbers, merged
from wildlife.web.problems import FieldError, Problem, Refused, gather, of_faults
from wildlife.web.readable import UNKNOWN
from wildlife.web.wording import named
from wildlife.words.fields import called
from wildlife.words.sentences import Sentence

_STEP: Final = re.compile(r"[.\[]")
# Of the last list: what stood before it there may have been taken away.
_PLACE: Final = re.compile(r"\[[0-9]+\]$")
_NAMED_ANEW: Final = Sentence(
    "Who reported is not corrected: name them by an entry of their own, `informant`.",
    "报告人不能更正，请另行登记“报告人”记录（`informant`）。",
)


def require_target(entry: Entry, opening: RecordedOpening, entries: list[RecordedEntry]) -> None:
    """That what an entry corrects is there, and may be.

    Raises Problem: unknown_entry, invalid_value.
    """
    match entry:
        case Amendment(entry_id=target, changes=changes):
            if _target(entry, opening, entries) is None:
                raise Problem("unknown_entry", FieldError("entry_id", str(target)))
            if not changes:
                raise Problem("invalid_value", FieldError("changes", changes, "at least one field"))
        case Void(entry_id=target) if target == opening.body.id:
            raise Problem(
                "invalid_value",
                FieldError(
                    "entry_id",
                    str(target),
                    "an entry; an opening is amended, or the incident closed",
                ),
            )
        case Void(entry_id=target):
            if target not in {e.body.id for e in entries if not isinstance(e.body, Void)}:
                raise Problem("unknown_entry", FieldError("entry_id", str(target)))
        case _:
            pass


def _target(
    amendment: Amendment, opening: RecordedOpening, entries: list[RecordedEntry]
) -> Opening | Entry | None:
    """What it corrects, as it was filed, if that is there and may be."""
    bodies: list[Opening | Entry] = [opening.body, *(one.body for one in entries)]
    return next(
        (
            body
            for body in bodies
            if body.id == amendment.entry_id and not isinstance(body, Amendment | Void)
        ),
        None,
    )


def check_changes(
    settings: Settings,
    amendment: Amendment,
    opening: RecordedOpening,
    entries: list[RecordedEntry],
    before: Folded,
    now: datetime,
) -> None:
    """That an amendment, whose target is there, names fields of it, such as may be changed, with
    values of their types. What it makes wrong by what can be read of it is told in the same answer,
    as of any body.

    before: the fold of the timeline without it. Raises Problem: unknown_field, missing_field,
    invalid_value, what types say, and what rules do.
    """
    body = _target(amendment, opening, entries)
    wrong = [
        error
        for name, value in amendment.changes.items()
        for error in _faults_of(name, value, body)
    ]
    if not wrong:
        return
    problems = [of_faults(wrong)]
    for problem in _beside(settings, amendment, before, now):
        found = [_in(amendment, one, opening, entries, settings.zone) for one in problem.errors]
        if more := [one for one in found if not _is_told(one.field, wrong)]:
            problems.append(problem.of(*more))
    gather(problems)


def _is_told(field: str, wrong: Iterable[FieldError]) -> bool:
    """Whether it, or what it is in, is among what is wrong."""
    return any(
        field == one.field or field.startswith((f"{one.field}.", f"{one.field}[")) for one in wrong
    )


def _beside(
    settings: Settings, amendment: Amendment, before: Folded, now: datetime
) -> Iterator[Problem]:
    """What is wrong with what an amendment makes, as far as that can be read and tells it by
    itself; by the names of the fields there, and the places of things as they were filed."""
    corrected, target = before.corrected, amendment.entry_id
    if not corrected.has(target):
        return
    type_ = type(corrected.body(target))
    refused, said = Refused(), corrected.as_said(target)
    for name, value in amendment.changes.items():
        said = refused.unless(merged, said, {name: value}, type_) or said
    known = [_what(problem) for problem in _wrong(settings, target, before, now)]

    def rules(read: Any) -> Iterator[Problem]:
        for problem in broken(settings, before.kind, read, UNKNOWN, now):
            if _what(problem) not in known:
                yield problem

    read = refused.unless(convert, closed_up(said), type_, rules)
    problems = chain(refused.problems, () if read is None else rules(read))
    for problem in problems:
        yield problem.mapped(lambda error: replace(error, field=as_filed(error.field, said)))


def _faults_of(name: str, value: Any, body: Opening | Entry | None) -> list[FieldError]:
    """What is wrong with one change by itself."""
    # When responsibility went over decides who may say what: a handover is voided, not moved.
    if name in FIXED_FIELDS or (name == "happened_at" and isinstance(body, Handover)):
        return [_fixed(name, value, body)]
    return faults_of_patch({name: value}, type(body), "changes")


def _fixed(name: str, value: Any, body: Opening | Entry | None) -> FieldError:
    """That a field is not corrected, and what is done instead."""
    field = f"changes.{name}"
    if name == "informant":  # whom it names is not repeated
        return FieldError(field, code="invalid_value", said=_NAMED_ANEW)
    en, zh = "void the entry and make a new one", "请作废该记录并另行追加一条"
    if isinstance(body, Opening):
        en, zh = "close the incident and file another", "请办结本起警情并另行登记"
    label = called(type(body), name)
    said = Sentence(
        f"{named(field, chinese=False)} is not corrected; if it is wrong, {en}.",
        f"{named(field, label, chinese=True)}不能更正；如确实有误，{zh}。",
    )
    return FieldError(field, value, code="invalid_value", said=said)


def check_amended(
    settings: Settings, amendment: Amendment, before: Folded, after: Folded, now: datetime
) -> None:
    """That what is amended obeys the rules of a fresh body, as all amendments together make it.

    before, after: the folds of the timeline without and with it. Raises Problem, what a fresh body
    would.
    """
    corrected = after.corrected
    if not corrected.has(amendment.entry_id):
        raise Problem(
            "impossible_step",
            reason=Sentence(
                "The entry is voided; record what is right as a new entry.",
                "该记录已作废；请将正确内容另记一条。",
            ),
        )
    unfit = corrected.problems.get(amendment.id)
    problems = [unfit] if unfit else _newly_wrong(settings, amendment.entry_id, before, after, now)
    opening, entries = corrected.opening, corrected.entries.values()
    gather(
        problem.mapped(lambda error: _in(amendment, error, opening, entries, settings.zone))
        for problem in problems
    )


def _in(
    amendment: Amendment,
    error: FieldError,
    opening: RecordedOpening,
    entries: Iterable[RecordedEntry],
    zone: tzinfo,
) -> FieldError:
    """The same where the amendment says it; what it does not say is wrong by all that it changes:
    what was not there yet at another time. What was given its number later is corrected where it
    was added."""
    name, _, number = error.field.partition(".")
    if number.isdecimal() and keeps_numbers(type(opening.body), name):
        adding = [one.body for one in entries if str(one.facts.number) == number]
        error = replace(error, said=_added_by(adding[0], error.field, zone)) if adding else error
    if _STEP.split(error.field, maxsplit=1)[0] in amendment.changes:
        return replace(error, field=f"changes.{error.field}", pointer=None)
    return replace(error, pointer="/changes")


def _added_by(entry: Entry, field: str, zone: tzinfo) -> Sentence:
    adding = as_named(entry, zone)
    return Sentence(
        f"The opening has no {named(field, chinese=False)}: the {adding.en} added it. Amend that"
        " one.",
        f"登记信息中没有{named(field, chinese=True)}，它由 {adding.zh}新增或分出，请更正该记录。",
    )


def check_voided(
    settings: Settings, void: Void, before: Folded, after: Folded, now: datetime
) -> None:
    """That no earlier correction, which a later one had covered, counts again by this void and says
    what no body may say. Raises Problem impossible_step."""
    for entry_id in (after.corrected.opening.body.id, *after.corrected.entries):
        if not before.corrected.has(entry_id):
            continue
        if after.corrected.body(entry_id) == before.corrected.body(entry_id):
            continue
        try:
            gather(_newly_wrong(settings, entry_id, before, after, now))
        except Problem as problem:
            why, why_zh = problem.sentence()
            raise Problem(
                "impossible_step",
                FieldError("entry_id", str(void.entry_id)),
                reason=Sentence(
                    "Without it an earlier correction would count again, and could not be:"
                    f" {why} Void that one first.",
                    f"作废后，更早的更正将重新生效，而其内容不成立：{why_zh}请先作废该更正。",
                ),
            ) from None


def _newly_wrong(
    settings: Settings, entry_id: UUID, before: Folded, after: Folded, now: datetime
) -> Iterator[Problem]:
    """What is wrong with an entry that was not before: what was fine when it was filed, and is not
    any more by what others said, is shown, and hinders no correction of the rest."""
    known = [_what(problem) for problem in _wrong(settings, entry_id, before, now)]
    for problem in _wrong(settings, entry_id, after, now):
        if _what(problem) not in known:
            yield problem


def _wrong(settings: Settings, entry_id: UUID, folded: Folded, now: datetime) -> Iterator[Problem]:
    """What is wrong with an entry, of its things by their places as they were filed: what was taken
    away makes no other thing wrong anew."""
    corrected = folded.corrected
    body = corrected.body(entry_id)
    for problem in broken(settings, folded.kind, body, folded.incident, now):
        yield problem.mapped(
            lambda error: replace(error, field=corrected.as_filed(entry_id, error.field))
        )


def _what(problem: Problem) -> tuple[str, Sentence | None, list[tuple[str, Any]]]:
    """What is said of the body by a problem, whenever it is said."""
    errors = [(_PLACE.sub("", one.field), one.given) for one in problem.errors]
    return problem.code, problem.reason, errors
