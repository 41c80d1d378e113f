"""Whether a timeline can have one entry more, and what is possible instead, to who asks."""

from collections.abc import Collection
from datetime import tzinfo
from uuid import UUID

from wildlife.people.accounts import Actor
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.entry import Amendment, Entry, Impossible, as_named
from wildlife.timeline.fold import Folded
from wildlife.timeline.recent import Timeline
from wildlife.timeline.responsibility import corrections_for, may_write_for, steps_of
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence


def told_to(
    actor: Actor,
    problem: Problem,
    timeline: Timeline,
    entry: Entry,
    had_a_part: Collection[UUID],
) -> Problem:
    """The same as it is told to `actor`: what is possible instead is what they may do, and of what
    they may not they are told who may."""
    folded, entries = timeline.folded, timeline.entries
    responsible = folded.incident.responsible.station
    problem.possible = steps_of(actor, folded, entry, entries, had_a_part, problem.possible)
    if problem.code == "impossible_step" and responsible.station_id not in may_write_for(actor):
        en, zh = problem.reason or ("", "")
        problem.reason = Sentence(
            f"{en} “{responsible.name}” is responsible now: only they void entries, hand over, and"
            " correct what others filed.",
            f"{zh}现由“{responsible.name}”负责：作废记录、移交责任、更正其他单位的记录，只能由其办理。",
        )
    return problem


def require_possible(
    stations: Collection[UUID],
    entry: Entry,
    before: Folded,
    after: Folded,
    entries: list[RecordedEntry],
    zone: tzinfo,
) -> None:
    """Raise the problem of the entry itself, or of one that it would make impossible; of an
    amendment, too, which would not fit any more. What is possible then is what one of these
    stations may do about that one.

    before: what was impossible already, by rules that an earlier version did not have.
    """
    unfit = [*after.refusals, *after.supposed]
    own = [refusal for refusal in unfit if refusal.entry_id == entry.id]
    corrected = entry.entry_id if isinstance(entry, Amendment) else None
    refused = {refusal.entry_id for refusal in before.refusals}
    known = refused | {refusal.entry_id for refusal in before.supposed}
    new = own or [
        refusal
        for refusal in after.refusals
        if refusal.entry_id not in refused and not refusal.impossible.lapses
    ]
    # What is corrected is held to what is said of it anew.
    new = new or [one for one in unfit if one.entry_id == corrected and corrected not in known]
    if not new:
        return
    impossible = new[0].impossible
    if own:
        raise Problem(
            "impossible_step",
            reason=Sentence(impossible.reason, impossible.reason_zh),
            possible=impossible.possible,
        )
    filed = {one.body.id: one for one in entries} | after.corrected.entries
    recorded = filed[new[0].entry_id]
    possible = corrections_for(before, stations, recorded, entries)
    other = recorded.body
    if isinstance(other, Amendment):
        raise _would_not_fit(other, impossible, possible, zone)
    en, zh = as_named(other, zone)
    raise Problem(
        "impossible_step",
        reason=Sentence(
            f"The {en} would no longer be possible: {impossible.reason}"
            " Void or amend that one first.",
            f"登记后，{zh}将不再成立：{impossible.reason_zh}请先作废或更正该记录。",
        ),
        possible=possible,
    )


def _would_not_fit(
    other: Amendment, impossible: Impossible, possible: list[str], zone: tzinfo
) -> Problem:
    en, zh = as_named(other, zone)
    return Problem(
        "impossible_step",
        reason=Sentence(
            f"The {en} would not fit any more what it corrects: {impossible.reason}"
            " Void that one first.",
            f"登记后，{zh}将与其所更正的内容不符：{impossible.reason_zh}请先作废该记录。",
        ),
        possible=[step for step in possible if step == "void"],
    )
