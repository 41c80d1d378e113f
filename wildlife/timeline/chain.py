"""How the timeline is kept: each entry as the exact JSON that its digest covers, chained.

`canonical` is UTF-8 JSON without spaces and with its keys in order. It holds what was said
(`body`), who said it (`actor`), what the service established itself (`facts`), when it arrived, its
place in the chain and the digest of the entry before it. `digest` is the SHA-256 of `canonical`.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from wildlife.people.accounts import NamedOfficer, OfficerRef
from wildlife.people.stations import StationRef
from wildlife.species.model import TaxonRef
from wildlife.timeline.entry import Amendment, Entry, Opening, Void, tag
from wildlife.timeline.photo import ImageFacts
from wildlife.words.sentences import Sentence

Body = TypeVar("Body")

GENESIS = bytes(32)
"""What the first entry names as the digest before it."""


class Receiver(msgspec.Struct, frozen=True, omit_defaults=True):
    """接收方。Who takes over."""

    station: StationRef
    """接手单位。The station that takes over."""
    officer: OfficerRef | None = None
    """责任民警。The officer who takes over; null: the station has yet to say who."""


class FirstSent(msgspec.Struct, frozen=True, omit_defaults=True):
    """首次报送情况。Of what was refused when it came, and accepted by somebody later: who sent it,
    and when."""

    by: OfficerRef
    """报送人。Whose account sent it, with name and unit as they were when it was accepted."""
    received_at: datetime
    """首次接收时间。When it first came, by the service's clock."""
    corrected: bool = False
    """是否经更正。Whether who accepted it corrected it."""


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """系统核定内容。What the service itself established and froze when the entry arrived."""

    TELLS_NO_PLACE: ClassVar = ("case_number", "station_region")

    case_number: str | None = None
    """警情编号。Of an opening: the number that it was given."""
    informant_digest: str | None = None
    """报告人信息摘要值。SHA-256 of the informant with a salt that is kept, and erased, with the
    informant."""
    station_region: str | None = None
    """单位所在区划代码。Of an opening: where its station lay, for as long as nobody says where it
    was found; null before 0.2."""
    taxon: TaxonRef | None = None
    """物种。Of an identification: the species as the register had it."""
    image: ImageFacts | None = None
    """照片文件。Of a photo: what its bytes are."""
    receiver: Receiver | None = None
    """接手方。Of a handover: who takes over; of a transfer to a unit of this service: that unit."""
    giver: StationRef | None = None
    """移交方。Of a handover by a chief: the station that it is taken from; null: that one gave it
    itself."""
    officers: list[OfficerRef] | None = None
    """所涉民警。Those whose badges it, or what it amends, names; null: it names none, or nobody
    looked them up, as before 0.2."""
    number: int | None = None
    """动物序号。The number of what the entry adds: an animal found later, or split off."""
    heads: int | None = None
    """所指只数。How many were left as the entry arrived, or had gone last of what it takes back,
    where it says no number."""
    ends: list[UUID] | None = None
    """所续处置记录。By which entries those had gone that it is about, as it arrived, where it names
    none; empty: they were in care. Null: it names one, or is about none, or came before 0.2."""
    first_sent: FirstSent | None = None
    """首次报送情况。Of what was refused and accepted later, on behalf of who sent it; null: it was
    taken from who said it."""

    def amended_by(self, amendment: "Facts") -> "Facts":
        """The same, with what was established as it was amended."""
        found = {one.badge: one for one in (*(self.officers or ()), *(amendment.officers or ()))}
        return msgspec.structs.replace(
            self,
            taxon=amendment.taxon or self.taxon,
            heads=self.heads if amendment.heads is None else amendment.heads,
            ends=self.ends if amendment.ends is None else amendment.ends,
            officers=self.officers if amendment.officers is None else [*found.values()],
        )

    def named(self, badges: list[str]) -> list[NamedOfficer] | None:
        """The officers with these badges, each once."""
        if self.officers is None:
            return None if badges else []
        return [one.as_named() for one in self.officers if one.badge in badges]


class Recorded(msgspec.Struct, Generic[Body], frozen=True):
    """One link of the chain, as `canonical` holds it."""

    incident_id: UUID
    seq: int
    previous: str
    received_at: datetime
    actor: OfficerRef
    body: Body
    facts: Facts

    @property
    def said_by(self) -> OfficerRef:
        """Whose words these are: of what somebody accepted, those of who sent it first."""
        return self.facts.first_sent.by if self.facts.first_sent else self.actor

    @property
    def filed_for(self) -> set[UUID | None]:
        """By which station it was filed: of what somebody accepted, theirs and that of who sent it
        first."""
        return {self.actor.station_id, self.said_by.station_id}

    @property
    def giver(self) -> StationRef | None:
        """Of a handover: from which station."""
        return self.facts.giver or self.actor.station


RecordedOpening: TypeAlias = Recorded[Opening]
RecordedEntry: TypeAlias = Recorded[Entry]

# Where msgspec says that a value is: `$.body.officers[0]`.
_PLACE: Final = re.compile(r" - at `\$\.(.+)`$")
# What a later version said, or one that is gone: its place is that of what it stands in.
_UNKNOWN: Final = re.compile(r"^Object contains unknown field `(.+?)`")
_STEP: Final = re.compile(r"\w+")

_ENCODER = msgspec.json.Encoder(order="sorted")

# Stands for the case number until the statement that gives it; no text of a user can contain it,
# since U+0000 is refused everywhere.
_CASE_NUMBER_TO_COME = "\u0000"
_ENCODED_CASE_NUMBER = _ENCODER.encode(_CASE_NUMBER_TO_COME).decode()


def encode(recorded: RecordedOpening | RecordedEntry) -> str:
    """The canonical JSON of a link."""
    return _ENCODER.encode(recorded).decode()


def encode_around_case_number(recorded: RecordedOpening) -> tuple[str, str]:
    """The canonical JSON of an opening before and after its case number, quotes included."""
    facts = msgspec.structs.replace(recorded.facts, case_number=_CASE_NUMBER_TO_COME)
    canonical = encode(msgspec.structs.replace(recorded, facts=facts))
    before, after = canonical.split(_ENCODED_CASE_NUMBER)
    return f'{before}"', f'"{after}'


class Reader:
    """Reads links whose body is one of these types.

    What is stored was taken by the rules of its day. A value that today's refuse is left out, where
    it may be: so an old record is shown without it, and not at all only where nothing is left.
    """

    def __init__(self, body: Any) -> None:
        self._type = Recorded[body]
        self._decoder = msgspec.json.Decoder(self._type)

    def read(self, canonical: str) -> Any:
        """The link. Raises msgspec.MsgspecError or UnicodeError."""
        try:
            return self._decoder.decode(canonical)
        except msgspec.ValidationError as error:
            return self._read_what_is_valid(msgspec.json.decode(canonical), error)

    def _read_what_is_valid(self, link: Any, error: msgspec.ValidationError) -> Any:
        while _leave_out(link, str(error)):
            try:
                return msgspec.convert(link, self._type)
            except msgspec.ValidationError as next_error:
                error = next_error
        raise error


def _leave_out(link: Any, refusal: str) -> bool:
    """Take the value away that a refusal names; whether there was one that may be missing."""
    place, unknown = _PLACE.search(refusal), _UNKNOWN.match(refusal)
    if (place is None and unknown is None) or refusal.startswith("Object missing"):
        return False
    steps: list[int | str] = [
        int(step) if step.isdigit() else step for step in _STEP.findall(place[1] if place else "")
    ]
    *above, last = [*steps, unknown[1]] if unknown else steps
    try:
        for step in above:
            link = link[step]
        del link[last]
    except (LookupError, TypeError):  # a name that was tampered with can look like a path
        return False
    return True


def digest(canonical: str) -> bytes:
    """The digest that the next entry will name."""
    return sha256(canonical.encode()).digest()


class Columns(msgspec.Struct, frozen=True, gc=False):
    """What the columns of an entry's row repeat of its canonical text, for queries."""

    entry_id: UUID
    seq: int
    type: str
    happened_at: datetime
    recorded_at: datetime
    received_at: datetime
    target_id: UUID | None
    sha256: bytes | None


def columns_of(recorded: RecordedOpening | RecordedEntry) -> Columns:
    """The columns that repeat a link; an opening happened when it was found."""
    body, image = recorded.body, recorded.facts.image
    if isinstance(body, Opening):
        type_, happened_at = "opening", body.found_at
    else:
        type_, happened_at = tag(body), body.happened_at
    return Columns(
        entry_id=body.id,
        seq=recorded.seq,
        type=type_,
        happened_at=happened_at,
        recorded_at=body.recorded_at or recorded.received_at,
        received_at=recorded.received_at,
        target_id=body.entry_id if isinstance(body, Amendment | Void) else None,
        sha256=bytes.fromhex(image.sha256) if image else None,
    )


class _Place(msgspec.Struct, frozen=True):
    seq: int


def is_opening(canonical: str) -> bool:
    """Whether it is the first of its timeline."""
    return msgspec.json.decode(canonical, type=_Place).seq == 1


class _Said(msgspec.Struct, frozen=True):
    actor: OfficerRef
    facts: Facts


class Parties(msgspec.Struct, frozen=True):
    """Whose an entry is: the account's, of the first of the stations; and to whom it hands over."""

    account_id: UUID
    stations: list[UUID]


def parties_of(canonical: str) -> Parties:
    """Who has a part in the incident by this entry."""
    said = msgspec.json.decode(canonical, type=_Said)
    receiver = said.facts.receiver
    stations = [said.actor.station, receiver.station if receiver else None]
    return Parties(said.actor.account_id, [one.station_id for one in stations if one])


def said_by(canonical: str, account_id: UUID) -> bool:
    """Whether this account said it: put it on the timeline, or sent first what another accepted."""
    said = msgspec.json.decode(canonical, type=_Said)
    first = said.facts.first_sent
    return account_id in (said.actor.account_id, first.by.account_id if first else None)


def facts_of(canonical: str) -> Facts:
    """What the service established when it arrived."""
    return msgspec.json.decode(canonical, type=_Said).facts


def _instant(value: object) -> object:
    """A time in UTC: in another zone's repeated hour it equals no other's."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


class Flaw(msgspec.Struct, frozen=True):
    """Where a chain does not hold, and why."""

    incident_id: UUID
    seq: int
    reason: Sentence

    def sentence(self) -> Sentence:
        """The same, for a person."""
        return Sentence(
            f"{self.incident_id} entry {self.seq}: {self.reason.en}",
            f"{self.incident_id} 第 {self.seq} 条：{self.reason.zh}",
        )


class Link(msgspec.Struct, frozen=True, gc=False):
    """An entry's row: its canonical text, its digest, and what the other columns say."""

    columns: Columns
    canonical: str
    digest: bytes


def verify(
    incident_id: UUID,
    links: Iterable[Link],
    decode: Callable[[str], RecordedOpening | RecordedEntry],
) -> list[Flaw]:
    """The flaws of a chain in the order of seq; none when it holds."""
    flaws = []
    previous = GENESIS
    expected_seq = 0
    for link in links:
        expected_seq += 1
        seq = link.columns.seq
        reasons: list[Sentence] = []
        if seq != expected_seq:
            reasons.append(
                Sentence(f"entry {expected_seq} is missing", f"缺少第 {expected_seq} 条")
            )
            expected_seq = seq
        if digest(link.canonical) != link.digest:
            reasons.append(
                Sentence("the text does not have the digest that is stored", "原文与所存摘要不符")
            )
        try:
            recorded = decode(link.canonical)
            columns = columns_of(recorded)
        except (msgspec.MsgspecError, ValueError) as error:
            reasons.append(Sentence(f"the text can't be read: {error}", f"原文无法读取（{error}）"))
        else:
            if recorded.incident_id != incident_id or recorded.seq != seq:
                reasons.append(Sentence("the text belongs to another place", "原文不属于此处"))
            if recorded.previous != previous.hex():
                reasons.append(Sentence("it does not follow the entry before it", "与前一条不相接"))
            reasons += [
                Sentence(f"the column {name} is not what the text says", f"{name} 列与原文不符")
                for name, said in msgspec.structs.asdict(columns).items()
                if _instant(getattr(link.columns, name)) != _instant(said)
            ]
        flaws += [Flaw(incident_id, seq, reason) for reason in reasons]
        previous = link.digest
    return flaws
