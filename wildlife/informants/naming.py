"""Whether a text names who reported, or gives a number of theirs. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from wildlife.informants.model import Informant
from wildlife.words.numbers import BETWEEN_DIGITS, in_digits
from wildlife.words.text import fold_text, letters_and_digits
from wildlife.words.vocabularies import InformantRole

# Who somebody is, beside their name or in its place: it is in many a text.
_ROLES: Final = {
    *(label.casefold() for role in InformantRole for label in (role.zh, role.en)),
    *("热心群众", "群众", "村民", "路人", "过路司机", "司机", "报警人", "报案人", "报告人"),
    *("巡护员", "瞭望员", "职工", "工人", "农民", "林长", "嘎查达"),
    *("队长", "站长", "主任", "书记", "所长", "场长", "经理", "村长", "组长"),
    *("mr.", "mrs.", "ms.", "dr.", "mr", "mrs", "ms", "dr"),
}
_POLITE: Final = (
    *("先生", "女士", "小姐", "同志", "师傅", "大爷", "大娘", "大妈", "大叔", "老师", "医生"),
)
_NOBODY: Final = {
    *_ROLES,
    *_POLITE,
    *("当事人", "匿名", "不详", "未知", "无名", "保密", "anonymous", "unknown", "none"),
}

# A unit's name is that of a place in many a text, and nobody's.
_UNIT: Final = re.compile(
    "(林场|农场|牧场|公司|中心|协会|委员会|村委会|居委会|嘎查|苏木|派出所|保护区|管护所)$"
    "|.{3}(局|站|队|所|村|镇|乡|院|馆|园|厂|店)$"
)
_DIVISION: Final = re.compile("..(省|市|盟|县|区)$|...旗$")

# What writes no spaces between words: beside it, a word of another script ends.
_UNSPACED: Final = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER: Final = rf"[^\W\d_{_UNSPACED}]"

_IN_TURN: Final = "|".join(map(re.escape, sorted(_ROLES, key=len, reverse=True)))
_BEFORE: Final = re.compile(
    rf"^.*(?:林场|农场|牧场|公司|中心|协会|委员会|派出所|保护区|管护所|(?<!{_LETTER})(?:{_IN_TURN})(?!{_LETTER}))"
)
_POLITELY: Final = re.compile(f"(?:{'|'.join(_POLITE)})$")

# Between the parts of a name, and between the digits of a number: no mark that ends a sentence.
_IN_NAMES: Final = r"[\s·•・‧∙*_~./\\|'\"^=-]"
_IN_NUMBERS: Final = re.compile(rf"(?<=[0-9]){BETWEEN_DIGITS}+(?=[0-9])")

_FEWEST_DIGITS: Final = 7
"""A telephone number has so many at least, without that of its area."""
_MOST_DIGITS: Final = 15
"""And so many at most (ITU-T E.164)."""

_LANDLINE: Final = re.compile("(?:10|2[0-9])([2-9][0-9]{7})|[3-9][0-9]{2}([2-9][0-9]{6,7})")
"""The number of an area, without its zero, and the one that is dialled within it."""


def naming(informant: Informant, texts: Iterable[str]) -> Iterator[str]:
    """Those of the texts that name somebody, by the whole name of two characters at least, or give
    their telephone number or that of their document, however either is written."""
    names = [_finding(one) for one in dict.fromkeys(_names_of(informant))]
    numbers = {*_numbers_in(informant.phone or ""), *_numbers_in(informant.name or "")}
    document = _digits_and_letters(informant.id_document or "")
    for text in texts:
        folded = fold_text(text)
        digits = _IN_NUMBERS.sub("", in_digits(folded))
        if (
            any(name.search(folded) for name in names)
            or any(number in digits for number in numbers)
            or (len(document) >= _FEWEST_DIGITS and document in _digits_and_letters(text))
        ):
            yield text


def _names_of(informant: Informant) -> Iterator[str]:
    """The name, without what marks part it; and each that stands in its place among other things:
    several people, who they are to the place, a number, another writing in brackets."""
    whole = fold_text(informant.name or "")
    # What stands in brackets describes, unless it is all there is, or the name in another script.
    outside = re.sub(r"[(\[【〔].*?[)\]】〕]", "、", whole)
    inside = re.findall(r"[(\[【〔](.*?)[)\]】〕]", whole)
    chunks = _several(outside)
    named = [one for one in map(_without_role, chunks) if _is_somebody(one)]
    named += [
        one
        for one in map(_without_role, inside)
        if _is_somebody(one) and (not named or _is_chinese(one) != _is_chinese(named[0]))
    ]
    if _is_somebody(whole):
        yield from _nameable(whole)
    for one in named:
        if one == whole or not _DIVISION.search(one):
            yield from _nameable(one)


def _several(name: str) -> list[str]:
    """What marks that stand between people, numbers and changes of the script part."""
    return [
        piece.strip()
        for chunk in re.split(r"[、,，;；:：&|\n]|\s/\s|\band\b|[0-9][0-9\s()./+-]*", name)
        for piece in re.findall(rf"[{_UNSPACED}·•・‧∙*_~./\s-]+|[^{_UNSPACED}]+", chunk)
    ]


def _without_role(name: str) -> str:
    """The name behind who that is. What stands before a role is where they are of (响水村民)."""
    behind = _BEFORE.sub("", name) or name
    return _POLITELY.sub("", behind).strip()


def _is_somebody(name: str) -> bool:
    return bool(name) and name not in _NOBODY and _UNIT.search(name) is None


def _nameable(name: str) -> Iterator[str]:
    joined = re.sub(_IN_NAMES, "", name)
    if len(joined) > 1 and joined not in _NOBODY and not joined.isdecimal():
        yield joined


def _finding(name: str) -> re.Pattern[str]:
    """What finds a name in a folded text. Where words are parted by spaces it is a word."""
    within = f"{_IN_NAMES}*".join(map(re.escape, name))
    if _is_chinese(name):
        return re.compile(within)
    return re.compile(rf"(?<!{_LETTER}){within}(?!{_LETTER})")


def _is_chinese(name: str) -> bool:
    return any(unicodedata.name(one, "").startswith("CJK") for one in name)


def _numbers_in(said: str) -> Iterator[str]:
    """The telephone numbers in it, without what is dialled before them: of the country, a zero,
    and as well without that of the area. Several stand beside one another, or one in groups."""
    for run in re.split(r"[^\W\d_]+", in_digits(fold_text(said))):
        joined = re.sub("[^0-9]", "", run)
        each = [joined] if len(joined) <= _MOST_DIGITS else []
        for several in re.split(r"[^0-9\s().-]+", run):
            in_one = re.sub("[^0-9]", "", several)
            each += [in_one] if len(in_one) <= _MOST_DIGITS else several.split()
        for one in each:
            number = re.sub(r"^(00)?86(?=[0-9]{10})|^0", "", re.sub("[^0-9]", "", one))
            if len(number) >= _FEWEST_DIGITS:
                yield number
            if landline := _LANDLINE.fullmatch(number):
                yield landline[1] or landline[2]


def _digits_and_letters(text: str) -> str:
    return letters_and_digits(in_digits(fold_text(text)))
