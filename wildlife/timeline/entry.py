"""What may be said of any incident: its opening, and the entries that all kinds have in common."""

from datetime import tzinfo
from enum import IntEnum
from functools import cache
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec

from wildlife.informants.model import Informant
from wildlife.timeline.photo import About, TakenPlace
from wildlife.words.places import Place
from wildlife.words.sentences import Sentence
from wildlife.words.values import Badge, Instant, ShortText, Text
from wildlife.words.vocabularies import Channel, ClosingReason, Source


class Weight(IntEnum):
    """Of entries of the same moment a lighter one counts first."""

    ADDED = -3
    SPLIT = -2
    SEEN = -1
    """What is looked at, or is back, before it goes on."""
    USUAL = 0
    ENDED = 1
    """What is done with; of all that are left, one later."""
    STATE = 2
    """In what state a thing is from then on: up to two later."""
    IN_THAT_STATE = 5
    """What is so, or is done, in that state."""
    HANDED_OVER = 6
    """With what was done of it, and who was told before; another officer, and another station, one
    later."""
    CLOSED = 9


class Said(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What somebody said, with its id: an opening, or an entry."""

    LABEL: ClassVar[Sentence]

    id: UUID
    """编号。UUID, best a UUIDv7 of the phone's: the same id with the same content is filed once."""

    @property
    def badges(self) -> list[str]:
        """Of officers that it names beside who says it: who they are is looked up as it comes."""
        return []


class Call(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """接警与出警。How the report came in, and who set out on it."""

    reported_at: Instant | None = None
    """报警时间。When the report came in, which is not when it was found."""
    channel: Channel | None = None
    """报警方式。By what way it came in."""
    ticket_number: ShortText | None = None
    """110 接警单号。The number of the ticket of 110."""
    dispatched_at: Instant | None = None
    """出警时间。When they set out."""
    arrived_at: Instant | None = None
    """到场时间。When they arrived."""
    duty_leader: ShortText | None = None
    """值班领导。Who was the leader on duty, by name."""
    vehicles: Annotated[list[ShortText], msgspec.Meta(max_length=20)] = []
    """出警车辆。Number plates of the vehicles that went."""
    auxiliaries: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None
    """辅警人数。How many auxiliary officers went along."""


class Opening(
    Said,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
):
    """The first entry of a timeline. Its id is the incident's and may come from the phone."""

    LABEL: ClassVar = Sentence("opening", "登记")
    KIND: ClassVar[Sentence]
    TELLS_NO_PLACE: ClassVar = ("officers",)

    source: Source
    """警情来源。How the station learnt of it."""
    found_at: Instant
    """发现时间。When the animal or the hazard was found, which is not when it was reported."""
    place: Place
    """发现地点。Where it was found."""
    summary: Text | None = None
    """简要情况。What happened, in a few sentences."""
    call: Call | None = None
    """接处警情况。How the report came in, and who set out on it."""
    informant: Informant | None = None
    """报告人。Who reported it; kept apart, encrypted, for the handling station only."""
    recorded_at: Instant | None = None
    """记录时间。When the phone recorded it, by the phone's clock."""
    officers: Annotated[list[Badge], msgspec.Meta(max_length=50)] = []
    """到场民警警号。Of those who went there, beside the one who reports."""
    receipt_number: ShortText | None = None
    """接收凭证编号。The number of the receipt given to whom handed the animal over."""

    @property
    def badges(self) -> list[str]:
        return self.officers


class Entry(
    Said,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="type",
):
    """One thing that somebody says happened. The id may come from the phone (UUIDv7)."""

    WEIGHT: ClassVar = Weight.USUAL
    FOLLOWS_A_CLOSING: ClassVar = False
    """Whether it may be said of an incident that is closed."""
    TAKES_NOTHING: ClassVar = False
    """Whether it takes nothing from anybody: any station that had a part may say it."""
    DIRECTS: ClassVar = False
    """Whether a chief may say it of what the stations below do."""
    SAYS: ClassVar[tuple[str, ...]] = ()
    """Of an entry that is there to tell something: by which of its fields, of which it says one at
    least. Without any, it tells something by being there."""

    NEEDS: ClassVar[tuple[str, ...]] = ("id",)
    """By which of its fields it can be at its place or can't: of one type and moment, those that
    are alike in all of these can be, or none of them. Only that of its id: nobody knows."""

    @property
    def need(self) -> tuple[object, ...]:
        """The same of all that can be, or can't, together with it."""
        return type(self), *(getattr(self, name) for name in self.NEEDS)

    @property
    def says_nothing(self) -> bool:
        """Whether none of those was said. What earlier versions filed may."""
        return bool(self.SAYS) and all(
            getattr(self, name) == unsaid for name, unsaid in _unsaid(type(self)).items()
        )

    @property
    def weight(self) -> int:
        """That of its type, as a rule."""
        return self.WEIGHT

    happened_at: Instant
    """发生时间。When it happened in the world, which may be long before it was sent."""
    recorded_at: Instant
    """记录时间。When the phone recorded it, by the phone's clock."""
    note: Text | None = None
    """备注。What else is worth remembering."""


@cache
def _unsaid(entry: type[Entry]) -> dict[str, object]:
    """What the fields by which an entry says something are where nobody said them."""
    return {
        field.name: field.default if made is msgspec.NODEFAULT else made()
        for field in msgspec.structs.fields(entry)
        if field.name in entry.SAYS
        for made in [field.default_factory]
    }


def tag(body: Opening | Entry | type[Entry]) -> str:
    """What a body calls itself: the kind of an opening, the type of an entry."""
    return str(body.__struct_config__.tag)


def as_named(entry: Entry, zone: tzinfo) -> Sentence:
    """An entry within a sentence: by what people call it, its time in the zone of our answers, and
    its id."""
    at = f"{entry.happened_at.astimezone(zone):%Y-%m-%d %H:%M}"
    return Sentence(
        f"entry “{entry.LABEL.en}” of {at} ({entry.id})",
        f"{at} 的“{entry.LABEL.zh}”记录（{entry.id}）",
    )


class Impossible(msgspec.Struct, frozen=True):
    """Why an entry can't be at its place in a timeline, and what could."""

    reason: str
    reason_zh: str
    possible: list[str] = []
    lapses: bool = False
    """Whether an entry that could be when it came stands all the same, without effect until it can
    be again: something came late, and is not refused for it."""


class Appendable(Entry, frozen=True, kw_only=True):
    """An entry that a client may append as it is."""


class Note(Appendable, frozen=True, kw_only=True, tag="note"):
    """Something worth remembering."""

    LABEL: ClassVar = Sentence("note", "备注")
    FOLLOWS_A_CLOSING: ClassVar = True
    TAKES_NOTHING: ClassVar = True

    note: Text
    """备注。What is to be remembered."""


class Told(Appendable, frozen=True, kw_only=True, tag="told"):
    """Who reported it was told what came of it."""

    LABEL: ClassVar = Sentence("result told", "反馈")
    FOLLOWS_A_CLOSING: ClassVar = True

    result: Text
    """反馈内容。What they were told."""
    channel: Channel | None = None
    """反馈方式。By what way they were told."""


class InformantNamed(Appendable, frozen=True, kw_only=True, tag="informant"):
    """Who reported is known now, or better than before. The timeline does not name them.

    It names them as a whole: what it leaves out is not taken over from whom was named before, who
    may be somebody else. They are told beside it, and nothing is lost.
    """

    LABEL: ClassVar = Sentence("who reported", "报告人")
    FOLLOWS_A_CLOSING: ClassVar = True

    informant: Informant | None = None
    """报告人。All that is known of them, the name too where only the number is new; needed, and
    kept apart, encrypted, for the handling station."""


class Photo(Entry, frozen=True, kw_only=True, tag="photo"):
    """A photo that the service holds. Made by sending the photo, not by itself."""

    LABEL: ClassVar = Sentence("photo", "照片")
    FOLLOWS_A_CLOSING: ClassVar = True
    TAKES_NOTHING: ClassVar = True
    TELLS_NO_PLACE: ClassVar = ("about",)

    caption: Text | None = None
    """照片说明。What is to be seen, in words."""
    about: About | None = None
    """拍摄对象。What it shows: `animal:1`, by number or the id of its entry; `site`, `before`,
    `after`, `document`."""
    taken_at: Instant | None = None
    """拍摄时间。When it was taken, by the phone's clock."""
    taken_place: TakenPlace | None = None
    """拍摄位置。Where the phone says that it was when the photo was taken."""


class Amendment(Appendable, frozen=True, kw_only=True, tag="amendment"):
    """Corrects fields of an earlier entry; the entry itself stays as it was.

    A list is not replaced but corrected by what is in it: `{"animals": {"2": {"count": 3}}}`, by
    number as it was filed, where null takes a mark away; `{"officers": {"150425003": true,
    "150425002": null}}` adds one and takes one away. Longitude, latitude and datum of a point are
    corrected together.
    """

    LABEL: ClassVar = Sentence("amendment", "更正")
    FOLLOWS_A_CLOSING: ClassVar = True
    DIRECTS: ClassVar = True

    entry_id: UUID
    """时间线记录编号。The entry that it corrects; the incident's own id for its opening."""
    changes: dict[str, Any]
    """更正内容。A JSON merge patch (RFC 7396) of that entry: null takes a field away; lists are
    corrected by what is in them, as said above."""
    reason: Text | None = None
    """更正原因。Why it is corrected."""


def place_of(field: str, entry: Entry) -> str:
    """Where an entry says what a field says: its own, or that of one which it amends, or lets count
    again by what it voids."""
    match entry:
        case Amendment():
            return f"changes.{field}"
        case Void():
            return "entry_id"
        case _:
            return field


class Void(Appendable, frozen=True, kw_only=True, tag="void"):
    """Takes an entry out of account; it stays on the timeline, marked."""

    LABEL: ClassVar = Sentence("void", "作废")
    FOLLOWS_A_CLOSING: ClassVar = True
    DIRECTS: ClassVar = True

    entry_id: UUID
    """时间线记录编号。The entry that it takes out of account."""
    reason: Text | None = None
    """作废原因。Why it no longer counts."""


class Handover(Appendable, frozen=True, kw_only=True, tag="handover"):
    """Responsibility goes to another officer, or another station."""

    LABEL: ClassVar = Sentence("handover of responsibility", "责任移交")
    WEIGHT: ClassVar = Weight.HANDED_OVER
    DIRECTS: ClassVar = True
    TELLS_NO_PLACE: ClassVar = ("station", "badge")

    station: ShortText
    """接手单位代码。The code of the station that takes over."""
    badge: Badge | None = None
    """责任民警警号。Of the officer who is responsible from now on; without one, the station is."""


class Closing(Appendable, frozen=True, kw_only=True, tag="closing"):
    """The incident is done."""

    LABEL: ClassVar = Sentence("closing", "办结")
    NEEDS: ClassVar = ("reason",)
    WEIGHT: ClassVar = Weight.CLOSED

    reason: ClosingReason = ClosingReason.COMPLETED
    """办结原因。Why it is closed."""
    duplicate_of: UUID | None = None
    """所重复的警情。The other incident that this one is a duplicate of, where that is the
    reason."""


_OF_ANY: tuple[type[Entry], ...] = (
    Note,
    Photo,
    Told,
    InformantNamed,
    Amendment,
    Void,
    Handover,
    Closing,
)
# Photos come with their bytes, by PUT …/photos/{photo_id}.
APPENDABLE = tuple(one for one in _OF_ANY if issubclass(one, Appendable))
ALWAYS = [tag(one) for one in _OF_ANY]
"""The steps that are possible in any state, but where an incident is closed."""
ONCE_CLOSED = [tag(one) for one in _OF_ANY if one.FOLLOWS_A_CLOSING]
"""Those that are possible then."""
OF_ANYBODY = [tag(one) for one in _OF_ANY if one.TAKES_NOTHING]
"""Those that are possible of a station that is not responsible."""
