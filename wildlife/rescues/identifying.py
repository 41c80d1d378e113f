"""Which species an animal is: who says so, and how it was protected on the day. Pure."""

from datetime import datetime, tzinfo

import msgspec

from wildlife.rescues.entries import Identification
from wildlife.species.model import ProtectionPeriod, TaxonRef
from wildlife.words.vocabularies import Confidence


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
    """The protection on the day it was found, as the register had it at the identification."""


def columns_of(species: Identified | None) -> dict[str, object]:
    """What a row says of a species."""
    protection = species.protection if species else None
    return {
        "species_id": species.species_id if species else None,
        "chinese_name": species.chinese_name if species else None,
        "scientific_name": species.scientific_name if species else None,
        "protection": protection.protection if protection else None,
        "protection_list": protection.list if protection else None,
    }


def identified(
    entry: Identification, taxon: TaxonRef, found_at: datetime, zone: tzinfo
) -> Identified:
    """What an identification says, with what the register said of the taxon.

    found_at, zone: the day on which the protection counts.
    """
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
        protection=protection_on(taxon.protection, found_at, zone),
    )


def protection_on(
    periods: list[ProtectionPeriod], at: datetime, zone: tzinfo
) -> ProtectionPeriod | None:
    """The period that holds on the day of `at` in `zone`; None where the register knows none."""
    day = at.astimezone(zone).date()
    for period in periods:
        if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
            return period
    return None
