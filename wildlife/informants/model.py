"""Who reported."""

from datetime import datetime

import msgspec

from wildlife.words.values import ShortText
from wildlife.words.vocabularies import InformantRole


class Informant(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """报告人。Who reported it. Kept apart from the timeline, encrypted, for the handling station
    only."""

    name: ShortText | None = None
    """姓名。The informant's name."""
    role: InformantRole | None = None
    """报告人身份。Who the informant is to the place: a ranger, a herder, a driver."""
    phone: ShortText | None = None
    """联系电话。The number under which they are reached."""
    address: ShortText | None = None
    """住址。Where they live, or their unit's address."""
    id_document: ShortText | None = None
    """证件号码。The number of their identity document."""
    confidential: bool = False
    """是否要求保密。Whether they asked not to be named to anybody (Police Procedure Rules, Art.
    63)."""

    @property
    def says_nothing(self) -> bool:
        """Whether it tells of nobody."""
        said = (self.name, self.role, self.phone, self.address, self.id_document)
        return not any(said)


class KnownInformant(Informant, frozen=True, kw_only=True, omit_defaults=True):
    """已登记的报告人。Who reported by the last entry that names somebody, which names all of them:
    what it leaves out is told of those who were named before."""

    named_before: list[Informant] = []
    """此前登记的报告人。Whom earlier entries name that still count, the last first; without those
    who were erased."""
    unreadable: int = 0
    """无法读取的报告人数。How many whom entries name can't be told: they are sealed with a key that
    was lost. They are kept, and told again if it is found."""
    key_lost_at: datetime | None = None
    """密钥登记遗失的时间。Since when that key is on record as lost; of several, the last."""
