"""What is invented without a database: the setting, stories, and what the service makes of them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from wildlife.kinds import KINDS
from wildlife.species.importing import REGISTER, read_lists, read_species
from wildlife.species.listed import ListedTaxon
from wildlife.species.model import ProtectionPeriod, TaxonRef
from wildlife.synth.chance import Chance
from wildlife.synth.copying import Layout, columns_written
from wildlife.synth.fauna import Beast
from wildlife.synth.rescue import rescue
from wildlife.synth.road import road_hazard
from wildlife.synth.story import Setting, Story, World
from wildlife.timeline.policy import read_policy
from wildlife.timeline.row_queries import columns_of_rows

ZONE: Final = ZoneInfo("Asia/Shanghai")

_DOCUMENTS: Final = {
    ("incident", "document"),
    ("animal", "outcomes"),
    ("release", "site"),
    ("release", "officers_named"),
    ("release", "marks"),
    ("photo", "taken_place"),
    ("photo", "exif"),
}
_LISTS: Final = {
    *("station_ids", "custodian_ids", "seen_in", "search_terms", "marks", "protections"),
    *("officers", "persons", "types", "flags", "shown_in"),
}


@cache
def layout() -> Layout:
    """The columns with the types that the catalogue has, as far as they are written otherwise."""
    return {
        table: {
            one: "jsonb" if (table, one) in _DOCUMENTS else "text[]" if one in _LISTS else "text"
            for one in columns
        }
        for table, columns in columns_written(columns_of_rows(KINDS)).items()
    }


@cache
def setting(seed: int = 1) -> Setting:
    return Setting(seed, ZONE, datetime(2024, 12, 31, tzinfo=ZONE), _register(), read_policy(None))


@cache
def _register() -> list[Beast]:
    register = []
    taxa = defaultdict[str, list[ListedTaxon]](list)
    for one in read_species(REGISTER, read_lists()).taxa:
        taxa[one.species_id].append(one)
    for species_id, rows in sorted(taxa.items()):
        last = rows[-1]
        periods = [
            ProtectionPeriod(one.protection, one.valid_from, one.valid_to, list=one.list)
            for one in rows
        ]
        taxon = TaxonRef(
            species_id=species_id,
            chinese_name=last.chinese_name,
            scientific_name=last.scientific_name,
            english_name=last.english_name,
            alien=bool(last.alien),
            native_to=[],
            protection=periods,
        )
        register.append(Beast(taxon, last.class_, last.aliases))
    return register


def stories(world: World, many: int) -> Iterator[Story]:
    """Of all months of some years, every fourth of a road; the last ones are not over yet."""
    until = world.setting.until
    for n in range(many):
        chance = Chance(f"story:{n}")
        day = date(2024, 12, 30) if n % 7 == 0 else date(2019 + n % 6, 1 + n % 12, 1 + n % 28)
        yield (road_hazard if n % 4 == 0 else rescue)(world, chance, day, until)
