"""The parts of which a problem's sentence is made: a field, what was given, what would be right."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from wildlife.web.near import Choice
from wildlife.web.phrases import are_codes, in_chinese, is_known
from wildlife.web.within import steps_of
from wildlife.words.fields import in_words
from wildlife.words.sentences import HAN

_MOST_CHARACTERS: Final = 100
_MOST_OF_A_SENTENCE: Final = 50
# What commands a terminal, or turns the sentence around it.
_HIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Between Chinese and what is Latin stands a space, wherever a sentence is filled in.
_BEFORE: Final = re.compile(f"(?<={HAN}) ?\ue000(?=[0-9A-Za-z`+-])")
_AFTER: Final = re.compile(f"(?<=[0-9A-Za-z`])\ue001 ?(?={HAN})")
# What stands in parentheses within a label, which stands in some itself.
_INNER: Final = re.compile(r" \(([^)]*)\)$")
_INNER_ZH: Final = re.compile(r"（([^）]*)）(?=$)")


def filled(template: str, words: Mapping[str, str]) -> str:
    """A sentence with its words filled in."""
    marked = template.format(**{name: f"\ue000{word}\ue001" for name, word in words.items()})
    spaced = _AFTER.sub(" ", _BEFORE.sub(" ", marked))
    return spaced.replace("\ue000", "").replace("\ue001", "")


def short(value: Any, most: int = _MOST_CHARACTERS) -> str:
    """A value as a text that is not longer than a line or two."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= most else text[: most - 1] + "…"


def quoted(given: Any) -> str:
    """What somebody gave, set apart from the sentence around it."""
    if isinstance(given, str):
        return f"“{_HIDDEN.sub('�', short(given, _MOST_OF_A_SENTENCE))}”"
    if isinstance(given, int | float) and not isinstance(given, bool):
        return short(given)
    return f"`{short(given, _MOST_OF_A_SENTENCE).replace('`', '’')}`"


def named(field: str, label: str | None = None, *, chinese: bool) -> str:
    """A field in a sentence, in Chinese with what it is called: 原因（`animals[0].cause`）.

    label: what it is called in the body that it is of, where that is known.
    """
    label, path = label or in_words(field), f"`{short(field)}`"
    return f"{label}（{path}）" if chinese and label else path


def wanted(expected: str, choices: Sequence[Choice], *, chinese: bool) -> str:
    """All that would have been right, in a sentence."""
    return ("、" if chinese else ", ").join(_each(expected, choices, chinese=chinese))


def one_of(expected: str, choices: Sequence[Choice], *, chinese: bool) -> str:
    """What it should be, in a sentence."""
    return _or(_each(expected, choices, chinese=chinese), chinese=chinese)


def _each(expected: str, choices: Sequence[Choice], *, chinese: bool) -> list[str]:
    if choices:
        return [_labelled(choice, chinese=chinese) for choice in choices]
    if are_codes(expected) and not is_known(expected):
        return [_as_code(one) for one in expected.split(", ")]
    if chinese:
        return [in_chinese(expected)]
    return [re.sub(r"^(A|The)\b", lambda word: word[0].lower(), expected)]


def offered(near: Sequence[Choice], given: Any, *, chinese: bool) -> str:
    """The question whether one of these was meant. To who gave a number for a text, it is shown
    with its quotes: they are what is missing."""
    is_text = isinstance(given, str)
    each = [
        _labelled(choice, chinese=chinese)
        if is_text or choice.en or not isinstance(choice.code, str)
        else f"`{short(msgspec.json.encode(choice.code).decode())}`"
        for choice in near
    ]
    meant = _or(each, chinese=chinese)
    return filled("是否应为{near}？", {"near": meant}) if chinese else f"Did you mean {meant}?"


def _or(each: Sequence[str], *, chinese: bool) -> str:
    *others, last = each
    if not others:
        return last
    if chinese:
        return filled("{others}或{last}", {"others": "、".join(others), "last": last})
    return f"{', '.join(others)} or {last}"


def pointer_to(field: str) -> str:
    """A path as a JSON Pointer. Things of a list are named by their numbers in what corrects it."""
    steps = [*steps_of(field)]
    if field.startswith("changes."):
        if isinstance(steps[-1], int):
            steps.pop()
        steps = [one + 1 if isinstance(one, int) else one for one in steps]
    return "".join(f"/{escaped(str(one))}" for one in steps)


def escaped(name: str) -> str:
    """A name as a step of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _labelled(choice: Choice, *, chinese: bool) -> str:
    """A code with its label; in English where that says more."""
    code = f"`{short(choice.code)}`"
    if chinese:
        label = _INNER_ZH.sub(r"，\1", choice.zh or "")
        return f"{code}（{label}）" if label else code
    if not choice.en or choice.en.casefold() == str(choice.code).replace("_", " ").casefold():
        return code
    label = f"“{choice.en}”" if re.search(HAN, choice.en) else _INNER.sub(r", \1", choice.en)
    return f"{code} ({label})"


def _as_code(one: str) -> str:
    """A number stands as it is."""
    return f"`{one}`" if re.search(r"[A-Za-z_]", one) else one
