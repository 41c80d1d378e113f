"""What somebody may have meant: the codes, fields and times that are near to what was given."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any, Final

import msgspec

from wildlife.words.region_names import NAMES
from wildlife.words.regions import is_region
from wildlife.words.sentences import HAN
from wildlife.words.values import EARLIEST, LATEST

_MOST: Final = 3
_MOST_CHARACTERS: Final = 60

# Of Latin letters and of Chinese characters: how much of two names has to be the same.
_ALIKE: Final = 0.72
_ALIKE_IN_CHINESE: Final = 0.5
# What is nearly as near as the nearest is offered, too.
_NEARLY: Final = 0.1

_PARTS: Final = re.compile(r"[（）()、，,；;/·]|或")


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """可填代码。Something that may be given, with what it stands for in Chinese and English."""

    code: str | float | bool
    """代码。What may be given, as it stands in JSON: a number has no quotes."""
    zh: str | None = None
    """中文名。What it is called in Chinese; null: nobody calls it otherwise."""
    en: str | None = None
    """英文名。What it is called in English."""


def near(given: Any, choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """The choices whose code or label is like `given`, the nearest first; few or none."""
    if not isinstance(given, str) or not given.strip() or len(given) > _MOST_CHARACTERS:
        return ()
    folded = _folded(given)
    scored = [(_likeness(folded, choice), choice) for choice in choices]
    best = max((score for score, _ in scored), default=0.0)
    likely = [one for one in scored if one[0] > 0 and one[0] >= best - _NEARLY]
    likely.sort(key=lambda one: -one[0])
    return tuple(choice for _, choice in likely[:_MOST])


def _likeness(given: str, choice: Choice) -> float:
    """From 0, not alike, to 1, the same."""
    chinese = [_folded(part) for part in (choice.zh or "", *_PARTS.split(choice.zh or "")) if part]
    latin = [_folded(name) for name in (str(choice.code), choice.en or "") if name]
    if given in (*chinese, *latin):
        return 1
    if re.search(HAN, given):
        if any(given in name or name in given for name in chinese):
            return 0.9
        if len(given) > 1 and any(set(given) <= set(name) for name in chinese):
            return 0.8
        likeness = max((_ratio(given, name) for name in chinese), default=0.0)
        return likeness if likeness >= _ALIKE_IN_CHINESE else 0
    likeness = max((_ratio(given, name) for name in latin), default=0.0)
    if likeness >= _ALIKE:
        return likeness
    words = {word for name in latin for word in name.split()}
    if len(given) > 2 and (given in words or any(word.startswith(given) for word in words)):
        return 0.8
    is_first_letter = len(given) == 1 and latin[0].startswith(given)
    return 0.75 if is_first_letter or _is_short_for(given, latin[0]) else 0


def _is_short_for(given: str, name: str) -> bool:
    """Whether it has the first letters of a name but for one or two: `lng`."""
    return bool(re.fullmatch(r"[a-z]{3,4}", given)) and given in {
        "".join(letters)
        for left_out in (1, 2)
        for letters in combinations(name[: len(given) + left_out], len(given))
        if letters[0] == name[0]
    }


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _folded(name: str) -> str:
    """Without what is written one way or the other."""
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()


# ---------------------------------------------------------------- regions

# Letters that are taken for digits, and digits that a Chinese keyboard makes.
_DIGITS: Final = str.maketrans("OoIl０１２３４５６７８９", "00110123456789")
_BETWEEN: Final = re.compile(r"[\s_.\-]+")


def near_region(given: Any, *, is_whole: bool) -> tuple[Choice, ...]:
    """The code of the region whose name, or whose code with a slip, somebody gave.

    is_whole: where a thing is; a province has six digits then, too.
    """
    if not isinstance(given, str) or len(given) > _MOST_CHARACTERS:
        return ()
    code = _BETWEEN.sub("", given.translate(_DIGITS))
    if is_region(code):
        return (_region(code, NAMES.get(code), is_whole=is_whole),)
    if re.search(HAN, given):
        known = [_region(one, name, is_whole=is_whole) for one, name in NAMES.items()]
        return near(given, known)
    slips = [one for one in NAMES if len(code) > 3 and _is_slip(code, one)]
    if len(slips) > _MOST:
        return ()
    return tuple(_region(one, NAMES[one], is_whole=is_whole) for one in slips)


def _is_slip(given: str, code: str) -> bool:
    """Whether a digit of the code is missing, or doubled, or two stand the other way round."""
    shorter, longer = sorted((given, code), key=len)
    if len(longer) - len(shorter) == 1:
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    return len(given) == len(code) and any(
        given[:at] + given[at : at + 2][::-1] + given[at + 2 :] == code for at in range(len(code))
    )


def _region(code: str, name: str | None, *, is_whole: bool) -> Choice:
    return Choice(code.ljust(6, "0") if is_whole else code, name)


# ---------------------------------------------------------------- times

_ZONE: Final = timezone(timedelta(hours=8))
"""China has one, so a time without an offset is most likely of it; it is offered, never taken."""

_TIME: Final = re.compile(
    r"([12][0-9]{3})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?[ T]*"
    r"([0-9]{1,2})[:时点：]([0-9]{1,2})(?:[:分：]([0-9]{1,2})?秒?)?(?:\.[0-9]+)?"
    r" *(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)


def near_time(given: Any) -> tuple[Choice, ...]:
    """The time that somebody wrote in another way, as it is written here."""
    try:
        time = _read(given)
    except (ValueError, OverflowError, OSError):
        return ()
    return (Choice(time.isoformat()),) if time and EARLIEST <= time < LATEST else ()


def _read(given: Any) -> datetime | None:
    if isinstance(given, int | float) and not isinstance(given, bool):
        seconds = given / 1000 if given > 1e11 else given  # milliseconds, as JavaScript counts
        return datetime.fromtimestamp(seconds, UTC).astimezone(_ZONE) if seconds > 1e9 else None
    if not isinstance(given, str) or not (match := _TIME.fullmatch(given.strip())):
        return None
    *numbers, offset = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    local = datetime(year, month, day, hour, minute, second, tzinfo=_ZONE)
    return datetime.fromisoformat(f"{local:%Y-%m-%dT%H:%M:%S}{offset}") if offset else local


def near_type(given: Any, type_: Any) -> tuple[Choice, ...]:
    """The number that stands in quotes, or the text that stands in none, if the type takes it."""
    try:
        meant = _unquoted(given) if isinstance(given, str) else _as_text(given)
        msgspec.convert(meant, type_)
    except (msgspec.DecodeError, TypeError):  # no JSON, or not of that type
        return ()
    return (Choice(meant),)


def _unquoted(given: str) -> float | bool:
    if len(given) > _MOST_CHARACTERS:
        raise TypeError
    return msgspec.json.decode(given, type=float | int | bool)


def _as_text(given: Any) -> str:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError
    return msgspec.json.encode(given).decode()
