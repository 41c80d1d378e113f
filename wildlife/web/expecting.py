"""What a type would have taken: its codes with their labels, its fields, its bounds."""

import re
from collections.abc import Iterable
from enum import Enum
from typing import Final

from msgspec import inspect

from wildlife.web.near import Choice
from wildlife.words.fields import called, unit_of
from wildlife.words.regions import A_REGION_OR_ITS_BEGINNING
from wildlife.words.sentences import Sentence
from wildlife.words.values import NO_NUL, NOT_BLANK
from wildlife.words.vocabularies import Code, PhotoSubject

_ALTERNATIVES: Final = re.compile(r"\^\(\?:([a-z_]+(?:\|[a-z_]+)*)\)")
_DIGITS: Final = re.compile(r"\^\(\?:\[0-9\]\{(\d+),(\d+)\}\)")

_ANIMAL: Final = Choice("animal:1", "1 号动物，其余类推", "animal 1, and so on")

_WORDS: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "datetime": "a time",
    "uuid": "a UUID",
}


def choices_of(info: inspect.Type | None) -> tuple[Choice, ...]:
    """The codes that a type takes, or by which its members are told apart; of other types none."""
    match info:
        case inspect.Metadata(type=inner):
            return choices_of(inner)
        case inspect.EnumType(cls=codes):
            return choices_among(codes)
        case inspect.LiteralType(values=values):
            return tuple(Choice(str(value)) for value in values)
        case inspect.StructType(tag=str(tag), cls=cls):
            return (_tagged(tag, cls),)
        case inspect.UnionType(types=types):
            return tuple(choice for one in types for choice in choices_of(one))
        case _:
            return ()


def choices_among(codes: Iterable[Enum]) -> tuple[Choice, ...]:
    """Some codes, with their labels."""
    return tuple(map(_choice, codes))


def _choice(code: Enum) -> Choice:
    label = (code.zh, code.en) if isinstance(code, Code) else (None, None)
    return Choice(str(code.value), *label)


def _tagged(tag: str, cls: type) -> Choice:
    """What a type is called by its tag: a kind of incident, or an entry."""
    label: Sentence = getattr(cls, "KIND", None) or cls.LABEL  # type: ignore[attr-defined]
    return Choice(tag, label.zh, label.en)


def field_choices(info: inspect.StructType) -> tuple[Choice, ...]:
    """The fields of a type, with the unit of those that have one."""
    tag = [info.tag_field] if info.tag_field else []
    return fields_named(*tag, *(field.encode_name for field in info.fields), of=info.cls)


def fields_named(*names: str, of: type) -> tuple[Choice, ...]:
    """Some fields of a body, with what they are called, and their unit."""
    return tuple(_named(of, name) for name in names)


def _named(of: type, field: str) -> Choice:
    zh, en, unit = called(of, field), field.replace("_", " "), unit_of(field)
    if unit is None:
        return Choice(field, zh, en)
    said = field.rpartition("_")[0].replace("_", " ")
    return Choice(field, f"{zh}（以{unit.zh}为单位）", f"{said} in {unit.en}")


def description(info: inspect.Type | None) -> str | None:
    """What its Meta says of a value, where a pattern would say less."""
    if isinstance(info, inspect.Metadata):
        words: str | None = (info.extra_json_schema or {}).get("description")
        return words and words.rstrip(".")
    return None


def expectation(info: inspect.Type | None, message: str) -> str | None:
    """All that a type would have taken: what it says of itself, its bounds, and so of each member
    of a union. None where msgspec's message says it best."""
    match info:
        case inspect.UnionType(types=types):
            each = [words for one in types if (words := expectation(one, message))]
            return " or ".join(each) or None
        case inspect.Metadata(type=inner):
            words, within = description(info), _bounds(inner, message)
            is_number = isinstance(inner, inspect.IntType | inspect.FloatType)
            return f"{words} ({within})" if words and within and is_number else words or within
        case inspect.UUIDType():
            return _WORDS["uuid"]
        case _:
            return _bounds(info, message)


def _bounds(info: inspect.Type | None, message: str) -> str | None:
    """Both bounds of a value, where msgspec names the one that it is beyond."""
    if "regex" in message:
        return None
    match info:
        case inspect.IntType() | inspect.FloatType():
            return _bounds_of_number(info)
        case inspect.StrType(min_length=least, max_length=most):
            unit = "text of {} characters"
        case inspect.ListType(min_length=least, max_length=most):
            unit = "a list of {}"
        case _:
            return None
    if least and most:
        return unit.format(f"{least} to {most}")
    if least or most:
        return unit.format(f"at most {most}" if most else f"at least {least}")
    return None


def _bounds_of_number(info: inspect.IntType | inspect.FloatType) -> str | None:
    number = "a whole number" if isinstance(info, inspect.IntType) else "a number"
    if info.le is None:
        return None
    if info.ge is not None:
        return f"{number} from {_digits(info.ge)} to {_digits(info.le)}"
    return (
        None
        if info.gt is None
        else f"{number} above {_digits(info.gt)}, at most {_digits(info.le)}"
    )


def _digits(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)


def plain(words: str) -> str:
    """msgspec's words for a person: `int | null` is a whole number."""
    if pattern := pattern_in(words):
        return _pattern_in_words(pattern)
    words = words.replace("`", "").replace(" | null", "").replace(" | ", " or ")
    words = re.sub(r"of length >= 1$", "that is not empty", words)
    return re.sub(r"\b[a-z]+\b", lambda word: _WORDS.get(word[0], word[0]), words)


def choices_by(pattern: str) -> tuple[Choice, ...]:
    """What a pattern takes that lists subjects of photos; of an animal, the first."""
    return (*choices_among(PhotoSubject), _ANIMAL) if _is_of_subjects(pattern) else ()


def _is_of_subjects(pattern: str) -> bool:
    return pattern.startswith("^(?:animal:")


def pattern_in(words: str) -> str:
    """The pattern that msgspec names, if it does."""
    return words.partition("matching regex '")[2].removesuffix("'").replace("\\\\", "\\")


def _pattern_in_words(pattern: str) -> str:
    known: dict[str, str] = {
        NO_NUL: "text without U+0000",
        NOT_BLANK: "a character that can be seen",
        A_REGION_OR_ITS_BEGINNING: "the code of a region or its beginning, like 1504",
    }
    if pattern in known:
        return known[pattern]
    if match := _ALTERNATIVES.match(pattern):
        return match[1].replace("|", ", ")
    if _is_of_subjects(pattern):
        return ", ".join(str(choice.code) for choice in choices_by(pattern))
    if match := _DIGITS.match(pattern):
        return f"{match[1]} to {match[2]} digits"
    return "text in the form that /docs tells"
