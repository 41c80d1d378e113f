"""What a row of a species list says: a taxon, and its protection by an announced list. Pure."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from wildlife.species.announced import (
    ProtectionList,
    read_day,
    require_order,
    require_region,
    require_text,
)
from wildlife.species.pinyin import pinyin
from wildlife.species.protections import WHOLE_COUNTRY
from wildlife.words.regions import prefix_of
from wildlife.words.speaking import said
from wildlife.words.vocabularies import Authority, Population, Protection

REQUIRED: Final = ("scientific_name", "chinese_name", "protection")

# As lists are written elsewhere.
_PROTECTIONS: Final = {
    **{code.value: code for code in Protection},
    **{code.zh: code for code in Protection},
    "national_i": Protection.NATIONAL_1,
    "national_ii": Protection.NATIONAL_2,
    "一级": Protection.NATIONAL_1,
    "二级": Protection.NATIONAL_2,
    "未列入": Protection.UNLISTED,
}
_AUTHORITIES: Final = {
    **{code.value: code for code in Authority},
    **{code.zh: code for code in Authority},
    "林草": Authority.FORESTRY,
    "渔业": Authority.FISHERIES,
    # Whether it is marked as an aquatic animal.
    **dict.fromkeys(("true", "1", "是", "*", "＊"), Authority.FISHERIES),
    **dict.fromkeys(("false", "0", "否"), Authority.FORESTRY),
}
_WILD_ONLY: Final = Population.WILD.zh
_POPULATIONS: Final = {
    **{code.value: code for code in Population},
    **{code.zh: code for code in Population},
    "野外种群": Population.WILD,
}
_RANKS: Final = ("species", "group")
_YES_NO: Final = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}

# What a name may have at most: it is indexed, and no name is nearly as long.
_LONGEST_NAME: Final = 200
_LONGEST_NOTE: Final = 4000

# A species has two or three Latin words; a group is `Cuora spp.` or the like.
_SCIENTIFIC_NAME = re.compile(r"[A-Z][A-Za-z]+( \([A-Z][a-z]+\))?( (spp\.|[a-z][a-z-]+)){1,2}")


class ListedTaxon(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a species list: a taxon, and its protection by a list over some days."""

    row: int
    scientific_name: str
    chinese_name: str
    protection: Protection
    aliases: list[str]
    native_to: list[str] = []
    list: str | None
    valid_from: date
    valid_to: date | None
    pinyin: str
    english_name: str
    rank: str
    class_: str
    order: str
    family: str
    alien: bool | None
    """None where the row is silent about it."""
    note: str
    jurisdiction: str = WHOLE_COUNTRY
    authority: Authority | None = None
    population: Population = Population.ALL

    @property
    def species_id(self) -> str:
        """The taxon's id: its scientific name in lower case, words joined by `_`."""
        words = re.findall(r"[a-z]+", self.scientific_name.lower())
        return "_".join(words)

    def completed_by(self, earlier: "ListedTaxon") -> "ListedTaxon":
        """What this row says, and of what it is silent about what an earlier one does."""
        return replace(
            self,
            english_name=self.english_name or earlier.english_name,
            aliases=self.aliases or earlier.aliases,
            class_=self.class_ or earlier.class_,
            order=self.order or earlier.order,
            family=self.family or earlier.family,
            alien=earlier.alien if self.alien is None else self.alien,
            native_to=self.native_to or earlier.native_to,
        )


def read_row(number: int, values: dict[str, str], lists: dict[str, ProtectionList]) -> ListedTaxon:
    """What the cells of a row say, by the names of their columns. Raises ValueError."""
    for name, value in values.items():
        if not value and name in REQUIRED:
            raise ValueError(said(f"{name} is empty", f"{name} 为空"))
        require_text(name, value, _LONGEST_NOTE)
    scientific_name = " ".join(values["scientific_name"].split())
    if not _SCIENTIFIC_NAME.fullmatch(scientific_name):
        raise ValueError(
            said(
                f"{scientific_name!r} is no scientific name (Genus species)",
                f"{scientific_name!r} 不是学名（属名 种加词）",
            )
        )
    protection = _PROTECTIONS.get(values["protection"].lower())
    if protection is None:
        raise _none_of("protection", values["protection"], Protection)
    code = values.get("list") or None
    if code is None and protection is not Protection.UNLISTED:
        raise ValueError(
            said(
                f"list is empty, though the protection is {protection.value}",
                f"list 为空，而保护级别为 {protection.value}",
            )
        )
    if code is not None and code not in lists:
        raise _none_of("list", code, lists)
    announced = lists.get(code) if code else None
    jurisdiction = _jurisdiction(protection, announced)
    valid_from = _read_day(values, "valid_from", announced.valid_from if announced else None)
    valid_to = _read_last_day(values, announced)
    require_order(valid_from, valid_to)
    rank = values.get("rank") or ("group" if scientific_name.endswith("spp.") else "species")
    if rank not in _RANKS:
        raise _none_of("rank", rank, _RANKS)
    aliases = _read_aliases(values.get("aliases", ""))
    read_pinyin = values.get("pinyin") or pinyin(values["chinese_name"])
    english_name = values.get("english_name", "")
    for name in (scientific_name, values["chinese_name"], *aliases, read_pinyin, english_name):
        if len(name) > _LONGEST_NAME:
            raise ValueError(
                said(
                    f"{name[:20]}… has more than {_LONGEST_NAME} characters",
                    f"{name[:20]}… 超过 {_LONGEST_NAME} 个字符",
                )
            )
    return ListedTaxon(
        row=number,
        scientific_name=scientific_name,
        chinese_name=values["chinese_name"],
        protection=protection,
        list=code,
        valid_from=valid_from,
        valid_to=valid_to,
        aliases=aliases,
        pinyin=read_pinyin,
        english_name=english_name,
        rank=rank,
        class_=values.get("class", ""),
        order=values.get("order", ""),
        family=values.get("family", ""),
        alien=_read_yes_no(text) if (text := values.get("alien")) else None,
        note=values.get("note", ""),
        jurisdiction=jurisdiction,
        authority=_read_authority(values.get("authority", "")),
        population=_read_population(values.get("population", ""), values.get("note", "")),
        native_to=_read_regions(values.get("native_to", "")),
    )


def _none_of(column: str, given: str, known: Iterable[str]) -> ValueError:
    return ValueError(
        said(
            f"{column} {given!r} is none of {', '.join(known)}",
            f"{column} {given!r} 不在其中：{'、'.join(known)}",
        )
    )


def _jurisdiction(protection: Protection, announced: ProtectionList | None) -> str:
    """Where the list holds. One without its region would hold in the whole country, and end what
    the national lists say."""
    jurisdiction = (announced.jurisdiction if announced else None) or WHOLE_COUNTRY
    if (protection is Protection.PROVINCIAL) is not (jurisdiction != WHOLE_COUNTRY):
        raise ValueError(
            said(
                f"protection {protection.value} is by no list that holds in"
                f" {jurisdiction or 'the whole country'}; the file of the lists says where each"
                " holds (jurisdiction)",
                f"适用于{jurisdiction or '全国'}的名录不能规定 {protection.value}；"
                "各名录适用于何处，由公布名录的文件写明（jurisdiction）",
            )
        )
    return jurisdiction


def _read_day(values: dict[str, str], name: str, default: date | None) -> date:
    if text := values.get(name):
        return read_day(name, text)
    if default is None:
        raise ValueError(
            said(
                f"{name} is empty, and no list says since when",
                f"{name} 为空，名录也没有写明起始日",
            )
        )
    return default


def _read_last_day(values: dict[str, str], announced: ProtectionList | None) -> date | None:
    if values.get("valid_to"):
        return _read_day(values, "valid_to", None)
    return announced.valid_to if announced else None


def _read_aliases(text: str) -> list[str]:
    return [alias.strip() for alias in re.split(r"[|;；、]", text) if alias.strip()]


def _read_authority(text: str) -> Authority | None:
    if text and text.lower() not in _AUTHORITIES:
        raise _none_of("authority", text, Authority)
    return _AUTHORITIES.get(text.lower())


def _read_population(text: str, note: str) -> Population:
    """Where no column says it, the announcements' notes do."""
    if not text:
        return Population.WILD if _WILD_ONLY in note else Population.ALL
    if text.lower() not in _POPULATIONS:
        raise _none_of("population", text, Population)
    return _POPULATIONS[text.lower()]


def _read_regions(text: str) -> list[str]:
    """Raises ValueError for what is no region code, nor the beginning of one."""
    regions = [region.strip() for region in text.split("|") if region.strip()]
    for region in regions:
        require_region("native_to", region)
    return sorted({prefix_of(region) for region in regions})


def _read_yes_no(text: str) -> bool:
    try:
        return _YES_NO[text.lower()]
    except KeyError:
        raise ValueError(
            said(
                f"alien {text!r} is neither true nor false",
                f"alien {text!r} 既不是 true 也不是 false",
            )
        ) from None
