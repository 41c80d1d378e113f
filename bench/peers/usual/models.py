"""What is said and what is answered, as Pydantic models; the bounds are the service's."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from wildlife.rescues.codes import Cause, Condition, LifeStage, Outcome, Sex
from wildlife.words.datums import LonLat, to_wgs84
from wildlife.words.vocabularies import Datum, InformantRole, PointSource, Source

_NO_NUL = r"^[^\x00]*$"
_TOLERANCE = timedelta(minutes=10)


def _not_in_future(time: datetime) -> datetime:
    if time > datetime.now(UTC) + _TOLERANCE:
        raise ValueError("is in the future")
    return time


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=_NO_NUL)]
Badge = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{2,32}$")]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[1-8]\d{5,11}$")]


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Position(BaseModel):
    longitude: float
    latitude: float


class Point(Said):
    longitude: Annotated[float, Field(ge=-180, le=180)]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    datum: Datum
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    source: PointSource | None = None

    def wgs84(self) -> Position:
        longitude, latitude = to_wgs84(LonLat(self.longitude, self.latitude), self.datum)
        return Position(longitude=round(longitude, 7), latitude=round(latitude, 7))


class Place(Said):
    description: LongText | None = None
    region_code: RegionCode | None = None
    point: Point | None = None

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if self.description is None and self.point is None:
            raise ValueError("a place needs a description or a point")
        return self


class InformantBody(Said):
    name: ShortText | None = None
    role: InformantRole | None = None
    phone: ShortText | None = None
    address: ShortText | None = None
    id_document: ShortText | None = None
    confidential: bool = False


class ReportedAnimal(Said):
    reported_as: ShortText | None = None
    count: Annotated[int, Field(ge=1, le=100_000)] = 1
    life_stage: LifeStage = LifeStage.UNKNOWN
    sex: Sex = Sex.UNKNOWN
    cause: Cause = Cause.UNKNOWN
    condition: Condition = Condition.UNKNOWN


class RescueOpening(Said):
    id: UUID
    kind: Literal["rescue"]
    source: Source
    found_at: Annotated[AwareDatetime, AfterValidator(_not_in_future)]
    place: Place
    summary: LongText | None = None
    informant: InformantBody | None = None
    recorded_at: AwareDatetime | None = None
    officers: Annotated[list[Badge], Field(max_length=50)] = []
    receipt_number: ShortText | None = None
    animals: Annotated[list[ReportedAnimal], Field(min_length=1, max_length=100)]


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class StationAnswer(Answer):
    station_id: UUID
    code: str
    name: str


class OfficerAnswer(Answer):
    account_id: UUID
    badge: str
    name: str
    role: str
    station: StationAnswer


class PlaceAnswer(Answer):
    description: str | None = None
    region_code: str | None = None
    point: Point | None = None
    wgs84: Position | None = None


class AnimalAnswer(Answer):
    number: int
    reported_as: str | None
    species_id: str | None
    count: int
    remaining: int
    life_stage: LifeStage
    sex: Sex
    cause: Cause
    condition: Condition
    outcome: Outcome
    outcome_at: datetime | None


class IncidentAnswer(Answer):
    id: UUID
    kind: str
    case_number: str
    state: str
    source: Source
    station: StationAnswer
    opened_by: OfficerAnswer
    found_at: datetime
    received_at: datetime
    place: PlaceAnswer
    summary: str | None
    officers: list[str]
    receipt_number: str | None
    has_informant: bool
    animals: list[AnimalAnswer]
    digest: str
