"""`POST /api/v1/incidents` for a rescue. Settings: DATABASE_URL, POOL_SIZE, KEY_FILE, TIME_ZONE."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI, HTTPException, Response, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.peers.usual.models import IncidentAnswer, RescueOpening
from bench.peers.usual.tables import Account, Animal, CaseCounter, Entry, Incident, Informant, Token
from media.vault import new_salt, open_vault, salted_digest

engine = create_async_engine(
    os.environ["DATABASE_URL"], pool_size=int(os.environ["POOL_SIZE"]), max_overflow=0
)
new_session = async_sessionmaker(engine, expire_on_commit=False)
vault = open_vault(Path(os.environ["KEY_FILE"]))
zone = ZoneInfo(os.environ["TIME_ZONE"])
bearer = HTTPBearer()

NO_ENTRY_BEFORE = bytes(32).hex()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


app = FastAPI(title="Wildlife rescue records, the usual way", lifespan=lifespan)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


SessionOfRequest = Annotated[AsyncSession, Depends(get_session)]


async def get_officer(
    session: SessionOfRequest,
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
) -> Account:
    token_hash = sha256(credentials.credentials.encode()).digest()
    token = await session.scalar(
        select(Token)
        .join(Token.account)
        .where(
            Token.token_hash == token_hash,
            Token.expires_at > datetime.now(UTC),
            Account.disabled_at.is_(None),
        )
    )
    if token is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "The token is not valid.")
    if token.account.role != "officer":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Only officers open incidents.")
    return token.account


@app.get("/healthz")
async def get_health() -> dict[str, bool]:
    return {"ok": True}


@app.post("/api/v1/incidents", status_code=status.HTTP_201_CREATED, response_model=IncidentAnswer)
async def open_incident(
    opening: RescueOpening,
    session: SessionOfRequest,
    officer: Annotated[Account, Depends(get_officer)],
    response: Response,
) -> Incident:
    """Open an incident; 200 and the same answer for the same content again."""
    incident = await _new_incident(session, officer, opening)
    session.add(incident)
    try:
        await session.commit()
    except IntegrityError:  # the id is there already; the number goes back with the rest
        await session.rollback()
        incident = await session.get_one(Incident, opening.id)
        if incident.entries[0].said_digest != _digest(_said(opening)):
            raise HTTPException(status.HTTP_409_CONFLICT, "The id has other content.") from None
        response.status_code = status.HTTP_200_OK
    return incident


async def _new_incident(
    session: AsyncSession, officer: Account, opening: RescueOpening
) -> Incident:
    now = datetime.now(zone)
    case_number = await _next_case_number(session, officer, now)
    point = opening.place.point
    position = point.wgs84() if point else None
    incident = Incident(
        id=opening.id,
        kind=opening.kind,
        case_number=case_number,
        state="open",
        source=opening.source,
        station=officer.station,
        opened_by=officer,
        found_at=opening.found_at,
        received_at=now,
        place={
            **opening.place.model_dump(mode="json"),
            "wgs84": position.model_dump() if position else None,
        },
        region_code=opening.place.region_code or officer.station.code,
        longitude=position.longitude if position else None,
        latitude=position.latitude if position else None,
        summary=opening.summary,
        officers=opening.officers,
        receipt_number=opening.receipt_number,
        has_informant=opening.informant is not None,
        animals=[
            Animal(
                number=number,
                remaining=animal.count,
                outcome="in_care",
                **animal.model_dump(),
            )
            for number, animal in enumerate(opening.animals, start=1)
        ],
    )
    informant_digest = None
    if opening.informant:
        content = opening.informant.model_dump_json(exclude_defaults=True).encode()
        salt = new_salt()
        informant_digest = salted_digest(salt, content)
        incident.informant = Informant(salt=salt, sealed=vault.seal(opening.id, content))
    incident.entries.append(_first_entry(officer, opening, now, case_number, informant_digest))
    return incident


async def _next_case_number(session: AsyncSession, officer: Account, now: datetime) -> str:
    """Counted in the transaction that uses it: one that fails leaves no gap."""
    last = await session.scalar(
        insert(CaseCounter)
        .values(station_id=officer.station_id, day=now.date(), last=1)
        .on_conflict_do_update(
            index_elements=[CaseCounter.station_id, CaseCounter.day],
            set_={"last": CaseCounter.last + 1},
        )
        .returning(CaseCounter.last)
    )
    return f"{officer.station.code}-{now:%Y%m%d}-{last:03}"


def _first_entry(
    officer: Account,
    opening: RescueOpening,
    now: datetime,
    case_number: str,
    informant_digest: str | None,
) -> Entry:
    link = {
        "incident_id": str(opening.id),
        "seq": 1,
        "previous": NO_ENTRY_BEFORE,
        "received_at": now.isoformat(),
        "actor": {
            "badge": officer.badge,
            "name": officer.name,
            "station": officer.station.code,
        },
        "body": opening.model_dump(mode="json", exclude={"informant"}, exclude_defaults=True),
        "facts": {"case_number": case_number, "informant_digest": informant_digest},
    }
    canonical = _canonical(link)
    return Entry(
        entry_id=opening.id,
        seq=1,
        type="opening",
        happened_at=opening.found_at,
        recorded_at=opening.recorded_at or now,
        received_at=now,
        canonical=canonical,
        digest=sha256(canonical.encode()).digest(),
        said_digest=_digest(_said(opening)),
    )


def _said(opening: RescueOpening) -> dict[str, Any]:
    return opening.model_dump(mode="json", exclude_defaults=True)


def _canonical(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(document: dict[str, Any]) -> bytes:
    return sha256(_canonical(document).encode()).digest()
