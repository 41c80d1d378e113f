"""Which species an animal is: who says so, and how it was protected then and there. Pure."""

from datetime import date, datetime
from typing import ClassVar

import msgspec

from wildlife.rescues.codes import Confidence
from wildlife.rescues.entries import Identification
from wildlife.species.model import ProtectionPeriod, TaxonRef
from wildlife.species.protections import holding
from wildlife.words.vocabularies import Protection


class Identified(msgspec.Struct, frozen=True):
    """物种鉴定结果。Which species an animal is, and who says so."""

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
    identified_by: str
    """鉴定人。Who says which species it is, with their unit."""
    basis: str | None
    """鉴定依据。What they say it by: the animal itself, photos, a feather."""
    confidence: Confidence
    """鉴定可靠程度。How sure the identification is."""
    identified_at: datetime
    """鉴定时间。When it was identified."""
    protection: ProtectionPeriod | None
    """保护级别。The strictest of `protections`; null where the register did not know of that
    day."""
    protections: list[ProtectionPeriod] = []
    """全部保护级别。All that held on the day and in the region of the find, as the register had it
    at the identification."""
    native_to: list[str] = []
    """自然分布区。Region codes, or their beginnings, where the species is native; empty: nobody
    said."""

    @property
    def codes(self) -> list[Protection]:
        """What it is protected as, each once, the strictest first."""
        return list(dict.fromkeys(one.protection for one in self.protections))


def columns_of(species: Identified | None) -> dict[str, object]:
    """What a row says of a species."""
    protection = species.protection if species else None
    return {
        "species_id": species.species_id if species else None,
        "chinese_name": species.chinese_name if species else None,
        "scientific_name": species.scientific_name if species else None,
        "protection": protection.protection if protection else None,
        "protection_list": protection.list if protection else None,
        "protections": species.codes if species else [],
    }


def identified(
    entry: Identification, taxon: TaxonRef, found_on: date, found_in: str, *, captive: bool
) -> Identified:
    """What an identification says, with what the register said of the taxon.

    found_on, found_in: the day on which, and the region in which its protection counts.
    """
    protections = holding(taxon.protection, found_on, found_in, captive=captive)
    return Identified(
        species_id=taxon.species_id,
        chinese_name=taxon.chinese_name,
        scientific_name=taxon.scientific_name,
        english_name=taxon.english_name,
        alien=taxon.alien,
        identified_by=entry.identified_by,
        basis=entry.basis,
        confidence=entry.confidence,
        identified_at=entry.happened_at,
        protection=protections[0] if protections else None,
        protections=protections,
        native_to=taxon.native_to,
    )
