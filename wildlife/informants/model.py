"""Who reported."""

import msgspec

from wildlife.words.values import ShortText
from wildlife.words.vocabularies import InformantRole


class Informant(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Who reported it. Kept apart from the timeline, encrypted, for the handling station only."""

    name: ShortText | None = None
    role: InformantRole | None = None
    phone: ShortText | None = None
    address: ShortText | None = None
    id_document: ShortText | None = None
    confidential: bool = False
    """The informant asked not to be named to anybody (Police procedure rules, Art. 63)."""

    @property
    def says_nothing(self) -> bool:
        """Whether it tells of nobody."""
        said = (self.name, self.role, self.phone, self.address, self.id_document)
        return not any(said)
