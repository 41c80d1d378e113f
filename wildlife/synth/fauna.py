"""Which animals are rescued, and how often. Pure."""

from collections.abc import Iterable
from typing import Final

import msgspec

from wildlife.species.model import TaxonRef
from wildlife.synth.chance import Weighted

# As rescue stations of the north count them, roughly: mostly common birds and hedgehogs, a fifth
# birds of prey and other animals of class II, and few of class I.
_OFTEN: Final = {
    "passer_montanus": 8,
    "erinaceus_amurensis": 8,
    "pica_pica": 7,
    "phasianus_colchicus": 6,
    "hirundo_rustica": 6,
    "anas_platyrhynchos": 6,
    "capreolus_pygargus": 5,
    "ardea_cinerea": 5,
    "falco_tinnunculus": 5,
    "phalacrocorax_carbo": 4,
    "lepus_tolai": 4,
    "bubo_bubo": 3,
    "tadorna_ferruginea": 3,
    "anser_fabalis": 3,
    "upupa_epops": 3,
    "apus_apus": 3,
    "streptopelia_decaocto": 3,
    "athene_noctua": 2.5,
    "buteo_japonicus": 2,
    "asio_otus": 2,
    "cygnus_cygnus": 2,
    "podiceps_cristatus": 2,
    "chroicocephalus_ridibundus": 2,
    "dendrocopos_major": 2,
    "mustela_sibirica": 2,
    "fulica_atra": 2,
    "alectoris_chukar": 2,
    "vulpes_vulpes": 1.5,
    "falco_amurensis": 1.5,
    "perdix_dauurica": 1.5,
    "bombycilla_garrulus": 1.5,
    "egretta_garzetta": 1.5,
    "nycticorax_nycticorax": 1.5,
    "grus_virgo": 1,
    "otus_sunia": 1,
    "milvus_migrans": 1,
    "accipiter_nisus": 1,
    "elaphe_schrenckii": 1,
    "nyctereutes_procyonoides": 0.5,
    "procapra_gutturosa": 0.5,
    "otis_tarda": 0.4,
    "grus_japonensis": 0.3,
    "aquila_chrysaetos": 0.3,
    "ichthyaetus_relictus": 0.3,
    "cervus_canadensis": 0.3,
    "ciconia_nigra": 0.2,
    "canis_lupus": 0.2,
    "lynx_lynx": 0.2,
}
_SELDOM: Final = 0.01


class Beast(msgspec.Struct, frozen=True):
    """A taxon of the register, its class (鸟纲), and what else people call it."""

    taxon: TaxonRef
    class_: str
    aliases: list[str]

    @property
    def is_bird(self) -> bool:
        return self.class_ == "鸟纲"


def drawn_animals(register: Iterable[Beast]) -> Weighted[Beast]:
    """All of the register that lives wild here, each as often as it is rescued."""
    native = (one for one in register if not one.taxon.alien)
    return Weighted((one, _OFTEN.get(one.taxon.species_id, _SELDOM)) for one in native)
