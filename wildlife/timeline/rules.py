"""What neither the type of a field nor the order of the timeline can tell.

A body is held to it as it is sent, and again as amendments make it: the record obeys every rule by
whatever way it came to be. What only a kind knows is in its `check`.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, get_args, get_type_hints
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.settings import Settings
from wildlife.timeline.entry import Closing, Entry, InformantNamed, Opening, Said
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import AnyKind, Kinds
from wildlife.web.decoding import decode
from wildlife.web.expecting import fields_named
from wildlife.web.problems import FieldError, Problem, gather, no_id_of_its_own
from wildlife.web.readable import UNKNOWN, as_far_as_known, as_sent
from wildlife.web.within import called_within, holder_within, texts_with_paths, times_with_paths
from wildlife.words.places import Place
from wildlife.words.regions import in_no_province, is_region
from wildlife.words.sentences import HAN, Sentence
from wildlife.words.text import has_controls, is_readable
from wildlife.words.values import Planned
from wildlife.words.vocabularies import ClosingReason

_IN_WHICH_COUNTY: Final = Sentence(
    "A region code alone says in which county it is, and not where.",
    "只有行政区划代码，只能说明在哪个县，不能说明具体地点。",
)

# Or a digit: most texts have one, and it is seen.
_LETTER: Final = re.compile(f"[0-9A-Za-z]|{HAN}")

_NOT_ITSELF: Final = Sentence(
    "An incident is no duplicate of itself: `duplicate_of` is the `id` of the other one.",
    "警情不能与自身重复：所重复的警情（`duplicate_of`）请填写另一起警情的 `id`。",
)


def check_body(
    settings: Settings, kind: AnyKind, body: Opening | Entry, incident: Incident, now: datetime
) -> None:
    """Raises Problem: all that is `broken` of a fresh body, in one."""
    gather([*broken(settings, kind, body, incident, now), *_naming_nobody(body)])


def broken(
    settings: Settings, kind: AnyKind, body: Opening | Entry, incident: Incident, now: datetime
) -> Iterator[Problem]:
    """What is wrong with a body, of each rule: invalid_value, time_in_future, nothing_said, or what
    `unfit_closing` and the kind find. Each field has the name that it has in that body."""
    rules = (*_rules(settings, body, incident, now), kind.check(body, incident))
    yield from _labelled(body, rules)


def broken_alone(settings: Settings, kinds: Kinds, body: Opening | Entry) -> Iterator[Problem]:
    """What is wrong with a body, as far as it tells that by itself: nobody has looked at its
    incident, and what can't be read in it is UNKNOWN."""
    now = datetime.now(settings.zone)
    rules = _rules(settings, body, UNKNOWN, now)
    checks = [kind.check(body, UNKNOWN) for kind in kinds if type(body) in kind.bodies]
    yield from _labelled(body, (*rules, *checks, _naming_nobody(body)))


def read_body(settings: Settings, kinds: Kinds, content: bytes, type_: Any) -> Any:
    """What is said in JSON, of this type; where it is wrong, all is told that it tells by itself.
    Raises Problem."""
    return decode(content, type_, lambda body: broken_alone(settings, kinds, body))


def _labelled(body: Said, rules: Iterable[Iterator[Problem]]) -> Iterator[Problem]:
    for problem in as_far_as_known(*rules):
        yield problem.mapped(lambda error: replace(error, label=called_within(body, error.field)))


def _rules(
    settings: Settings, body: Opening | Entry, incident: Incident, now: datetime
) -> Iterator[Iterator[Problem]]:
    texts = texts_with_paths(body)
    yield _without_id(body)
    yield _ahead(settings, body, now)
    yield _unreadable(texts)
    yield _in_no_region(texts)
    if isinstance(body, Opening):
        yield nowhere("place", body.place)
    else:
        yield _silent(body)
    if isinstance(body, Closing):
        yield unfit_closing(body, incident)


def _silent(body: Entry) -> Iterator[Problem]:
    if body.says_nothing:
        fields = fields_named(*body.SAYS, of=type(body))
        yield Problem("nothing_said", FieldError(body.SAYS[0], choices=fields))


def _without_id(body: Said) -> Iterator[Problem]:
    """It has an id of its own."""
    if not body.id.int:
        yield no_id_of_its_own(body.id)


def _naming_nobody(body: Said) -> Iterator[Problem]:
    """What is there to name somebody does, until that is set apart: missing_field."""
    if isinstance(body, InformantNamed) and (body.informant is None or body.informant.says_nothing):
        yield Problem("missing_field", FieldError("informant"))


def _ahead(settings: Settings, body: msgspec.Struct, now: datetime) -> Iterator[Problem]:
    latest = now + timedelta(seconds=settings.future_tolerance_s)
    # A photo happened when it was taken, where nobody says otherwise: that is what was sent.
    for field, time in sorted(times_with_paths(body), key=lambda one: one[0] == "happened_at"):
        # What a phone's clock says is shown.
        if time > latest and field != "recorded_at" and not _is_planned(body, field):
            yield Problem(
                "time_in_future",
                FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
            )


def _is_planned(body: msgspec.Struct, field: str) -> bool:
    holder, name = holder_within(body, field)
    type_ = get_type_hints(type(holder), include_extras=True)[name]
    return Planned in (type_, *get_args(type_))


def _unreadable(texts: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """What was written has to be readable, and as it was written: spaces, and what has no ink, say
    nothing; and no character may make a reader see another text."""
    for field, text in texts:
        if not _LETTER.search(text) and not is_readable(text):
            yield Problem("invalid_value", FieldError(field, text, "text that can be read"))
        elif has_controls(text):
            expected = "text without control characters"
            yield Problem("invalid_value", FieldError(field, text, expected))


def _in_no_region(texts: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """A region code has as many digits as one of its levels, and lies in a province that there is.
    The type takes more, since earlier versions did."""
    for field, code in texts:
        if field.rpartition(".")[2] == "region_code" and not is_region(code):
            expected = "a region code of 6, 9 or 12 digits in a province that there is"
            error = FieldError(field, code, expected, hint=in_no_province(code))
            yield Problem("invalid_value", error)


def unfit_closing(closing: Closing, incident: Incident) -> Iterator[Problem]:
    """A duplicate, and nothing else, names another incident; whether that one is there is for
    `wildlife.timeline.duplicates` to say.

    missing_field, unknown_incident or not_a_duplicate.
    """
    original = FieldError("duplicate_of", closing.duplicate_of and str(closing.duplicate_of))
    match closing.reason, closing.duplicate_of:
        case ClosingReason.DUPLICATE, None:
            yield Problem("missing_field", original)
        case ClosingReason.DUPLICATE, UUID() as duplicate_of if duplicate_of == incident.id:
            yield Problem("unknown_incident", replace(original, said=_NOT_ITSELF))
        case reason, UUID() if reason is not ClosingReason.DUPLICATE:
            yield Problem("not_a_duplicate", original)
        case _:
            pass


def nowhere(field: str, place: Place) -> Iterator[Problem]:
    """A place says something of where it is: invalid_value."""
    if place.description is None and place.point is None:
        given, expected = as_sent(place), "a description or a point, or both"
        hint = _IN_WHICH_COUNTY if place.region_code is not None else None
        yield Problem("invalid_value", FieldError(field, given, expected, hint=hint))
