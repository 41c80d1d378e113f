"""Taxa as the register tells of them. Pure."""

from datetime import date
from typing import Annotated, ClassVar, NamedTuple, TypeAlias

import msgspec

from wildlife.words.values import NO_NUL
from wildlife.words.vocabularies import Authority, Population, Protection

_Said: TypeAlias = Annotated[str, msgspec.Meta(max_length=4000, pattern=NO_NUL)]


class ProtectionPeriod(msgspec.Struct, frozen=True, omit_defaults=True):
    """保护级别及起止日期。The protection a taxon had from one day to another, both included, and by
    which list."""

    TELLS_NO_PLACE: ClassVar = ("list", "note", "jurisdiction")

    protection: Protection
    """保护级别。The class of protection (Wildlife Protection Law, Art. 10)."""
    valid_from: date
    """生效日期。The first day on which it holds: that which the announcement bears."""
    valid_to: date | None = None
    """失效日期。The last day on which it holds; null: it holds still."""
    list: str | None = None
    """所依名录。The number of the list; null: it is on none."""
    note: str = ""
    """名录备注。What the list itself remarks on the species."""
    jurisdiction: str = ""
    """适用地区。The region in which it holds, by what its codes begin with; empty: in the whole
    country."""
    authority: Authority | None = None
    """主管部门。Who is competent for it; null where the list does not say."""
    population: Population = Population.ALL
    """适用种群。Whether it holds for all animals of the species, or only for those of the wild."""


class TaxonRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """鉴定时的物种。A taxon as the register had it when the animal was identified."""

    TELLS_NO_PLACE: ClassVar = (
        "species_id",
        "chinese_name",
        "scientific_name",
        "english_name",
        "native_to",
    )

    species_id: str
    """物种编号。The species' id in the register, as `phalacrocorax_carbo`."""
    chinese_name: str
    """中文名。The Chinese name in the register."""
    scientific_name: str
    """学名。The Latin name in the register."""
    english_name: str
    """英文名。The English name in the register; empty where it has none."""
    alien: bool
    """是否外来物种。Whether it is introduced: such an animal is never released (Wildlife Protection
    Law, Art. 40)."""
    protection: list[ProtectionPeriod]
    """历次保护级别。All that the register knew then, of every region."""
    native_to: list[str] = []
    """自然分布区。Region codes, or their beginnings, where the species is native; empty: nobody
    said."""


class Taxon(msgspec.Struct, frozen=True, kw_only=True):
    """名录物种。A taxon of the register."""

    species_id: str
    """物种编号。The species' id in the register, as `phalacrocorax_carbo`."""
    chinese_name: str
    """中文名。The Chinese name in the register."""
    scientific_name: str
    """学名。The Latin name in the register."""
    english_name: str
    """英文名。The English name in the register; empty where it has none."""
    aliases: list[str]
    """别名。Other Chinese names by which it is found."""
    pinyin: str
    """拼音。Of the Chinese name, without tones."""
    rank: str
    """分类阶元。What it is: a species, or a group that a list names as one."""
    class_: str = msgspec.field(name="class")
    """纲。Its class."""
    order: str
    """目。Its order, in Chinese."""
    family: str
    """科。Its family, in Chinese."""
    alien: bool
    """是否外来物种。Whether it is introduced: such an animal is never released (Wildlife Protection
    Law, Art. 40)."""
    native_to: list[str]
    """自然分布区。Region codes, or their beginnings, where the species is native; empty: nobody
    said."""
    protection: ProtectionPeriod | None
    """保护级别。The strictest of `protections`; null where the register does not know of that
    day."""
    protections: list[ProtectionPeriod]
    """全部保护级别。All that hold on the day and in the region asked for; without a region, in the
    whole country."""
    history: list[ProtectionPeriod]
    """历次保护级别。All that the register knows, of every region, oldest first."""


class FoundTaxon(Taxon, frozen=True, kw_only=True):
    """查到的物种。A taxon that a search found, and the name by which; in a list of all there is
    none."""

    matched_name: str | None
    """匹配名称。The name by which the search found it; null in a list of all."""
    matched_exactly: bool | None
    """是否完全匹配。False where one character of the query had to be read as another; null in a
    list of all."""


class TaxonKey(NamedTuple):
    """Where a taxon stands in the register: what a cursor is made of."""

    class_: _Said
    order: _Said
    family: _Said
    species_id: _Said


def key_of(taxon: Taxon) -> TaxonKey:
    """Where a taxon stands."""
    return TaxonKey(taxon.class_, taxon.order, taxon.family, taxon.species_id)


class Within(msgspec.Struct, frozen=True):
    """The part of the register that is asked for; what is None asks for nothing."""

    protection: Protection | None = None
    """Any that holds on the day and in the region asked for."""
    order: str | None = None
    family: str | None = None
