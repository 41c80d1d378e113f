"""What ends the care of an animal, or of some of several alike, and what takes it up again."""

from typing import Annotated, ClassVar, TypeAlias
from uuid import UUID

import msgspec

from wildlife.rescues.codes import (
    Condition,
    DeathCircumstance,
    Disposal,
    Quarantine,
    RecipientKind,
    ReleaseMethod,
)
from wildlife.rescues.numbers import OfAnimal
from wildlife.rescues.opening import Marks
from wildlife.timeline.entry import Weight
from wildlife.words.places import Place
from wildlife.words.sentences import Sentence
from wildlife.words.values import Badge, Count, Instant, ShortText, Text


class OfSome(OfAnimal, frozen=True, kw_only=True):
    NEEDS: ClassVar[tuple[str, ...]] = ("animal", "count", "entry_id")

    count: Count | None = None
    """只数。How many of several alike; null: all that can be."""

    @property
    def weight(self) -> int:
        """Whoever speaks of all that are left speaks after who says how many."""
        return self.WEIGHT + (self.count is None)


class Settling(OfSome, frozen=True, kw_only=True):
    """An entry that ends the care of an animal, or of `count` of several alike (default: all). Of
    those that are away, it tells what became of them there: released by the centre that took them
    over, found dead after a release. All that there are, as a type, are `SettlingEntry`."""

    WEIGHT: ClassVar = Weight.ENDED
    DISPOSES: ClassVar = False
    """Whether somebody has decided by it what becomes of the animal."""

    @property
    def disposes(self) -> bool:
        """That of its type, as a rule."""
        return self.DISPOSES

    entry_id: UUID | None = None
    """前一处置记录编号。The entry by which those went that are away; null: they are in care, or
    went by the one entry that can be meant."""


class Transfer(Settling, frozen=True, kw_only=True, tag="transfer"):
    """The animal goes to a rescue centre, or back to the agency that seized it."""

    LABEL: ClassVar = Sentence("transfer", "移交动物")
    NEEDS: ClassVar = (*Settling.NEEDS, "recipient", "recipient_kind", "station")
    TELLS_NO_PLACE: ClassVar = ("station",)

    @property
    def disposes(self) -> bool:
        """That it goes back to who seized it is for them to decide."""
        return self.recipient_kind is not RecipientKind.AGENCY

    recipient: ShortText
    """接收单位。Who takes it over, by name."""
    recipient_kind: RecipientKind = RecipientKind.RESCUE_CENTRE
    """接收单位类别。What kind of unit takes it over."""
    station: ShortText | None = None
    """接收单位代码。Of a unit of this service: its rescuers read the animal's record from then on,
    and go on with it."""
    receipt_number: ShortText | None = None
    """移交凭证编号。The number of the recipient's receipt."""
    person: ShortText | None = None
    """接收人。Who took it over there, by name."""
    telephone: ShortText | None = None
    """接收人联系电话。The number under which they are reached."""
    document: ShortText | None = None
    """交接文书号。The number of the paper that both sides signed."""
    received_at: Instant | None = None
    """接收时间。When they took it over, by their account."""
    condition: Condition | None = None
    """移交时健康状况。Its general condition when it was handed over."""
    vehicle: ShortText | None = None
    """运输车辆。What it was carried in: number plate, or kind."""


class Receipt(OfAnimal, frozen=True, kw_only=True, tag="receipt"):
    """Who took the animal over confirms that it came."""

    LABEL: ClassVar = Sentence("receipt", "接收确认")
    IN_HANDS: ClassVar = False  # it may have gone on before anybody wrote that it came
    WEIGHT: ClassVar = Weight.STATE
    NEEDS: ClassVar = ("animal", "entry_id")

    entry_id: UUID | None = None
    """移交记录编号。The entry by which it went to them; null: the one that is not confirmed yet."""
    count: Count | None = None
    """接收只数。How many came; null: all that were handed over."""
    receipt_number: ShortText | None = None
    """接收凭证编号。The number of the receipt that they gave."""
    condition: Condition | None = None
    """接收时健康状况。Its general condition when it came."""
    person: ShortText | None = None
    """接收人。Who took it over, by name."""


class LongTermCare(Settling, frozen=True, kw_only=True, tag="long_term_care"):
    """The animal is unfit for release and is kept for good."""

    LABEL: ClassVar = Sentence("long-term care", "长期收容")
    NEEDS: ClassVar = (*Settling.NEEDS, "keeper")
    DISPOSES: ClassVar = True

    keeper: ShortText
    """长期收容单位。Who keeps it from now on, by name."""
    reason: Text | None = None
    """不宜放归原因。Why it can't be released."""


class Allocation(Settling, frozen=True, kw_only=True, tag="allocation"):
    """The authority gives the animal to another keeper."""

    LABEL: ClassVar = Sentence("allocation", "调配")
    NEEDS: ClassVar = (*Settling.NEEDS, "recipient")
    DISPOSES: ClassVar = True

    recipient: ShortText
    """接收单位。Who gets the animal, by name."""
    approval: ShortText | None = None
    """调配批准文号。The number of the authority's paper."""
    receipt_number: ShortText | None = None
    """移交凭证编号。The number of the recipient's receipt."""


class Release(Settling, frozen=True, kw_only=True, tag="release"):
    """The animal is returned to the wild. Needs a resolved, native species."""

    LABEL: ClassVar = Sentence("release", "放归")
    DISPOSES: ClassVar = True
    TELLS_NO_PLACE: ClassVar = ("officers",)
    TELLS_NUMBERS: ClassVar = ("ring_number",)

    site: Place
    """放归地点。Where it was let go."""
    method: ReleaseMethod
    """放归方式。How it was returned to the wild."""
    officers: Annotated[list[Badge], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    """放归人员警号。Of the officers who let it go; policy may ask for two. Needed where no `unit`
    did."""
    unit: ShortText | None = None
    """放归单位。Which unit let it go, where no officers did: the rescue centre that had it."""
    persons: Annotated[list[ShortText], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    """放归人员。Who let it go there, by name: people without a badge."""
    habitat: ShortText | None = None
    """放归生境。What kind of country it was let go in: a reservoir, a forest."""
    witness: ShortText | None = None
    """见证人。Who saw it, by name."""
    ring_number: ShortText | None = None
    """环志编号。The number of its ring; it is one of its marks, too."""
    marks: Marks = msgspec.field(default_factory=list)
    """标识。Rings, chips and tags that it was let go with."""
    fit_to_release: bool | None = None
    """是否适宜放归。Whether it was judged fit for the wild; null: nobody said."""
    judged_fit_by: ShortText | None = None
    """适宜性评估人。Who judged that it is fit, or is not."""
    quarantine: Quarantine | None = None
    """检疫结果。What the quarantine inspection found; null: nothing was said of one."""
    quarantine_certificate: ShortText | None = None
    """检疫证明编号。The number of the quarantine certificate."""
    native_there: bool | None = None
    """放归地是否原生分布区。Whether the species is native there, as the officers say; null: nobody
    did."""
    reason_there: Text | None = None
    """放归地选择理由。Why it was let go there and not where it was found."""
    weather: ShortText | None = None
    """放归时天气。The weather at the release."""
    consent: ShortText | None = None
    """主管部门意见。The wildlife authority's consent, or the notice to it."""
    monitoring: Text | None = None
    """放归后监测。How it is watched afterwards."""

    @property
    def badges(self) -> list[str]:
        return self.officers


class Death(Settling, frozen=True, kw_only=True, tag="death"):
    """The animal is dead."""

    LABEL: ClassVar = Sentence("death", "死亡")
    NEEDS: ClassVar = (*Settling.NEEDS, "circumstance")

    circumstance: DeathCircumstance = DeathCircumstance.DIED_IN_CARE
    """死亡情形。When and how it died; each is an outcome, too."""
    cause_of_death: Text | None = None
    """死亡原因。Why it died, as far as that is known."""
    disposal: Text | None = None
    """处理情况。What was done with the body, in words."""
    disposal_method: Disposal | None = None
    """无害化处理方式。What is done with a dead animal (Rescue Measures of 2018)."""
    disposal_place: ShortText | None = None
    """无害化处理地点。Where the body was disposed of."""
    disposed_by: ShortText | None = None
    """无害化处理人。Who disposed of the body, by name."""
    witness: ShortText | None = None
    """见证人。Who saw the disposal, by name."""
    quarantine: Quarantine | None = None
    """检疫结果。What the quarantine inspection found; null: nothing was said of one."""
    quarantine_certificate: ShortText | None = None
    """检疫证明编号。The number of the quarantine certificate."""


class Escape(Settling, frozen=True, kw_only=True, tag="escape"):
    """The animal got away before it was fit."""

    LABEL: ClassVar = Sentence("escape", "逃逸")


class NoRescueNeeded(Settling, frozen=True, kw_only=True, tag="no_rescue_needed"):
    """The animal was left where it was: a fledgling with its parents near, a healthy adult."""

    LABEL: ClassVar = Sentence("no rescue needed", "无需救护")


class Return(OfSome, frozen=True, kw_only=True, tag="return"):
    """The animal is back in care, or `count` of several are (default: all that went last): taken
    back from who had it, or caught again."""

    LABEL: ClassVar = Sentence("return into care", "收回")
    IN_HANDS: ClassVar = False
    WEIGHT: ClassVar = Weight.SEEN  # what is back dies, or is let go again, in that minute

    entry_id: UUID | None = None
    """时间线记录编号。The entry by which it went; null: the last one of which any can come
    back, and those before it where `count` is more."""


SettlingEntry: TypeAlias = (
    Transfer | Release | Death | Escape | NoRescueNeeded | LongTermCare | Allocation
)
