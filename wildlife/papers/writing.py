"""How values are written on a form: Chinese first, a code with its English beside it; what nobody
said is left to be filled by hand. Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Final

import msgspec

from wildlife.papers.sheet import HALF, WHOLE, Column, Field, Of, Text, Tick, Value
from wildlife.people.accounts import NamedOfficer, OfficerRef
from wildlife.words.fields import heading_of
from wildlife.words.places import Point
from wildlife.words.region_names import NAMES
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import Code

BLANK: Final[Value] = ()

YES, NO = Sentence("yes", "是"), Sentence("no", "否")

# What is said where nobody knows, or said anything.
_UNKNOWN: Final = "unknown"


def text(said: str | None, en: str = "") -> Value:
    """Words, or a blank."""
    return (Text(said, en),) if said else BLANK


def texts(said: Iterable[str | None]) -> Value:
    """Several, one after the other."""
    return text("、".join(filter(None, said)))


def lines(said: Iterable[str | None]) -> Value:
    """Several, each in a line of its own."""
    return text("\n".join(filter(None, said)))


def number(value: float | None, unit: str = "") -> Value:
    """A number as it was said, with its unit."""
    return BLANK if value is None else text(f"{digits(value)}{f' {unit}' if unit else ''}")


def digits(value: float) -> str:
    """`800` and `1850.5`; never `1e+12`."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def code(value: Code | None) -> Value:
    """What a code is called; that something is not known is left to be filled in."""
    return BLANK if value is None or value == _UNKNOWN else (Text(value.zh, value.en),)


def codes(values: Iterable[Code]) -> Value:
    """What several codes are called."""
    return texts(one.zh for one in values)


def ticks(codes: type[Code], value: Code | Collection[Code] | None) -> Value:
    """All that may be chosen, with what was."""
    chosen = {value} if isinstance(value, Code) else set(value or ())
    return tuple(Tick(Text(one.zh, one.en), one in chosen) for one in codes if one != _UNKNOWN)


def yes_or_no(value: bool | None) -> Value:
    """Both, with what was said."""
    return tuple(
        Tick(Text(one.zh, one.en), value is is_so) for one, is_so in ((YES, True), (NO, False))
    )


def moment(at: datetime | None, zone: tzinfo) -> Value:
    """A time."""
    return BLANK if at is None else text(moment_of(at, zone))


def in_column(at: datetime | None, zone: tzinfo) -> Value:
    """A time in a narrow column: the day, and below it the time."""
    return BLANK if at is None else text(moment_of(at, zone).replace(" ", "\n"))


def moment_of(at: datetime, zone: tzinfo) -> str:
    """A time as it stands on forms: `2024年8月4日 15时20分`."""
    here = at.astimezone(zone)
    return f"{here.year}年{here.month}月{here.day}日 {here.hour}时{here.minute:02}分"


def officer(one: OfficerRef | NamedOfficer | None) -> str | None:
    """A person in a record: name, and badge number."""
    return f"{one.name}（{one.badge}）" if one is not None else None


def officers(badges: Sequence[str], named: Sequence[NamedOfficer] | None) -> Value:
    """Officers by name, where somebody had their badge."""
    known = {one.badge: one for one in named or ()}
    return texts(officer(known.get(badge)) or badge for badge in badges)


def region_of(region_code: str | None) -> str | None:
    """What the regions are called that a code lies in, as far as they are known, and the code."""
    if region_code is None:
        return None
    names = [NAMES.get(region_code[:length]) for length in (2, 4, 6)]
    return f"{''.join(filter(None, names))}（{region_code}）"


def point_of(at: Point) -> str:
    """A point as it was said, with its datum: without it it is half a kilometre somewhere."""
    where = f"经度 {digits(at.longitude)}，纬度 {digits(at.latitude)}，{at.datum.zh}"
    accuracy = f"，精度 {digits(at.accuracy_m)} 米" if at.accuracy_m is not None else ""
    source = f"，{at.source.zh}" if at.source is not None else ""
    return f"{where}{accuracy}{source}"


def field(
    called: Sentence, value: Value, width: int = HALF, lines: int = 1, of: Of | None = None
) -> Field:
    """A place of a form, which no field of the record is called by."""
    return Field(called, value, width, lines, of)


def wide(called: Sentence, value: Value, lines: int = 1, of: Of | None = None) -> Field:
    """The same over the whole width."""
    return field(called, value, WHOLE, lines, of)


def field_of(
    said_in: type[msgspec.Struct], name: str, value: Value, width: int = HALF, lines: int = 1
) -> Field:
    """The place of a field of what the record holds, called as that is called everywhere."""
    return field(heading_of(said_in, name), value, width, lines, (said_in, name))


def wide_of(said_in: type[msgspec.Struct], name: str, value: Value, lines: int = 1) -> Field:
    """The same over the whole width."""
    return field_of(said_in, name, value, WHOLE, lines)


def column_of(said_in: type[msgspec.Struct], name: str, width: int) -> Column:
    """The column of such a field."""
    return Column(heading_of(said_in, name), width, (said_in, name))
