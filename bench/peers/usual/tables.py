"""The tables, in a schema of their own beside the service's."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = MetaData(schema="usual")
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it is
        datetime: TIMESTAMP(timezone=True),
        str: Text,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
    }


class Station(Base):
    __tablename__ = "station"

    station_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Account(Base):
    __tablename__ = "account"

    account_id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    badge: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    disabled_at: Mapped[datetime | None]
    station_id: Mapped[UUID] = mapped_column(ForeignKey(Station.station_id))
    station: Mapped[Station] = relationship(lazy="joined", innerjoin=True)


class Token(Base):
    __tablename__ = "token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey(Account.account_id))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class CaseCounter(Base):
    __tablename__ = "case_counter"

    station_id: Mapped[UUID] = mapped_column(ForeignKey(Station.station_id), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Incident(Base):
    __tablename__ = "incident"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    case_number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    source: Mapped[str]
    station_id: Mapped[UUID] = mapped_column(ForeignKey(Station.station_id))
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey(Account.account_id))
    found_at: Mapped[datetime]
    received_at: Mapped[datetime]
    place: Mapped[dict[str, Any]]
    region_code: Mapped[str]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    summary: Mapped[str | None]
    officers: Mapped[list[str]]
    receipt_number: Mapped[str | None]
    has_informant: Mapped[bool]

    station: Mapped[Station] = relationship(lazy="joined", innerjoin=True)
    opened_by: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    animals: Mapped[list["Animal"]] = relationship(lazy="selectin", order_by="Animal.number")
    entries: Mapped[list["Entry"]] = relationship(lazy="selectin", order_by="Entry.seq")
    informant: Mapped["Informant | None"] = relationship()

    @property
    def digest(self) -> str:
        """The digest of the timeline's last entry."""
        return self.entries[-1].digest.hex()


class Animal(Base):
    __tablename__ = "animal"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    reported_as: Mapped[str | None]
    species_id: Mapped[str | None] = mapped_column(index=True)
    count: Mapped[int]
    remaining: Mapped[int]
    life_stage: Mapped[str]
    sex: Mapped[str]
    cause: Mapped[str]
    condition: Mapped[str]
    outcome: Mapped[str]
    outcome_at: Mapped[datetime | None]


class Entry(Base):
    __tablename__ = "entry"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    type: Mapped[str]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime]
    canonical: Mapped[str]
    digest: Mapped[bytes]
    said_digest: Mapped[bytes]


class Informant(Base):
    __tablename__ = "informant"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey(Incident.id), primary_key=True)
    salt: Mapped[bytes]
    sealed: Mapped[bytes | None]


Index("incident_found", Incident.found_at.desc(), Incident.id.desc())
Index("incident_station", Incident.station_id, Incident.found_at.desc())
Index("incident_region", Incident.region_code, Incident.found_at.desc())
Index("entry_seq", Entry.incident_id, Entry.seq, unique=True)
