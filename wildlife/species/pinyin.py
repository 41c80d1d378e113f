"""Pinyin of Chinese names, as people type it on a phone: no tones, one syllable a character."""

# What pypinyin reads otherwise, or not at all, in the names of animals.
_OVERRIDES = {
    "貉子": "hao zi",
    "貉": "he",
    "长": "chang",
    "杓": "shao",
    "克什克腾": "ke shi ke teng",
    "䴙䴘": "pi ti",
    "䴓": "shi",
    "䴕": "lie",
    "䳭": "ji",
    "鵟": "kuang",
    "鸻": "heng",
}


def pinyin(chinese: str) -> str:
    """`pu tong lu ci` for 普通鸬鹚; what has no reading is left out."""
    # Its tables take longer to load than all the rest, and few processes read a name.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    spaced = chinese
    for characters, reading in _OVERRIDES.items():
        spaced = spaced.replace(characters, f" {reading} ")
    syllables = lazy_pinyin(spaced, style=Style.NORMAL, v_to_u=False, errors=_typed_as_it_is)
    return " ".join(" ".join(syllables).split())


def _typed_as_it_is(no_reading: str) -> str:
    return "".join(c for c in no_reading if c == " " or (c.isascii() and c.isalnum()))


def initials(spaced_pinyin: str) -> str:
    """`ptlc` for `pu tong lu ci`."""
    return "".join(syllable[0] for syllable in spaced_pinyin.split())
