"""Whether a text names who reported, or gives a number of theirs. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from wildlife.informants.model import Informant
from wildlife.words.text import fold_text, in_ascii_digits, letters_and_digits
from wildlife.words.vocabularies import InformantRole

# What stands where a name is asked for and names nobody: it is in many a text.
_NOBODY: Final = {
    *(label.casefold() for role in InformantRole for label in (role.zh, role.en)),
    *("群众", "热心群众", "村民", "路人", "司机", "过路司机", "报警人", "报案人", "报告人"),
    *("当事人", "匿名", "不详", "未知", "无名", "保密", "anonymous", "unknown", "none"),
}

# A unit's name is that of a place in many a text, and nobody's.
_UNIT: Final = re.compile(
    "(林场|农场|牧场|公司|中心|协会|委员会|村委会|居委会|嘎查|苏木|派出所|保护区|管护所)$"
    "|.{3}(局|站|队|所|村|镇|乡|院|馆|园|厂|店)$"
)

# Between the parts of a name, and between the digits of a number.
_IN_NAMES: Final = r"[\s·•・‧]"
_IN_NUMBERS: Final = re.compile(r"(?<=[0-9])[\s()./·-]+(?=[0-9])")
_LETTER: Final = r"[^\W\d_]"

_FEWEST_DIGITS: Final = 7
"""A telephone number has so many at least, without that of its area."""
_MOST_DIGITS: Final = 15
"""And so many at most (ITU-T E.164)."""


def naming(informant: Informant, texts: Iterable[str]) -> Iterator[str]:
    """Those of the texts that name somebody, by the whole name of two characters at least, or give
    their telephone number or that of their document, however either is written."""
    name, numbers = _name_of(informant), [*_numbers_of(informant)]
    document = letters_and_digits(informant.id_document or "")
    for text in texts:
        folded = fold_text(text)
        digits = _IN_NUMBERS.sub("", in_ascii_digits(folded))
        if (
            (name is not None and name.search(folded))
            or any(number in digits for number in numbers)
            or (len(document) >= _FEWEST_DIGITS and document in letters_and_digits(text))
        ):
            yield text


def _name_of(informant: Informant) -> re.Pattern[str] | None:
    """What finds the name in a folded text. Where words are parted by spaces it is a word."""
    name = fold_text(informant.name or "")
    parts = [re.escape(one) for one in re.sub(_IN_NAMES, "", name)]
    if len(parts) < 2 or name in _NOBODY or _UNIT.search(name):
        return None
    within = f"{_IN_NAMES}*".join(parts)
    if _is_chinese(name):
        return re.compile(within)
    return re.compile(rf"(?<!{_LETTER}){within}(?!{_LETTER})")


def _is_chinese(name: str) -> bool:
    return any(unicodedata.name(one, "").startswith("CJK") for one in name)


def _numbers_of(informant: Informant) -> Iterator[str]:
    """The telephone numbers, without what is dialled before them: of the country, and a zero."""
    for several in re.split(r"[^0-9\s().-]+", in_ascii_digits(fold_text(informant.phone or ""))):
        joined = _IN_NUMBERS.sub("", several).strip()
        each = [joined] if len(joined) <= _MOST_DIGITS else several.split()
        for one in each:
            number = re.sub(r"^(00)?86(?=[0-9]{10})|^0", "", re.sub("[^0-9]", "", one))
            if len(number) >= _FEWEST_DIGITS:
                yield number
