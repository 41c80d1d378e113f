"""Which species an animal is: who says so, and how it was protected then and there. Pure."""

from datetime import date, datetime

import msgspec

from wildlife.rescues.codes import Confidence
from wildlife.rescues.entries import Identification
from wildlife.species.model import ProtectionPeriod, TaxonRef
from wildlife.species.protections import holding
from wildlife.words.vocabularies import Protection


class Identified(msgspec.Struct, frozen=True):
    """Which species an animal is, and who says so."""

    species_id: str
    chinese_name: str
    scientific_name: str
    english_name: str
    alien: bool
    identified_by: str
    basis: str | None
    confidence: Confidence
    identified_at: datetime
    protection: ProtectionPeriod | None
    """The strictest of `protections`; null where the register did not know of that day."""
    protections: list[ProtectionPeriod] = []
    """All that held for it on the day and in the region where it was found, as the register had
    them at the identification."""
    native_to: list[str] = []
    """The regions that the species is native to; none where the register does not say."""

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
