"""The SQL of looking at refused bodies, and of what comes of them."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_one
from db.sql import Statement
from wildlife.informants.erased_queries import OF_THE_INCIDENT
from wildlife.people.accounts import Actor, OfficerRef
from wildlife.people.codes import Role
from wildlife.people.may import Verb
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.people.stations import StationRef
from wildlife.refused.model import RefusedCount
from wildlife.timeline.responsibility import may_write_for
from wildlife.words.values import LATEST, IncidentId, Moment
from wildlife.words.vocabularies import DismissalReason


class RefusedRow(msgspec.Struct, frozen=True):
    """A refused body. What its reader may not see of it is None: who sent it and all it says, or
    only whom it names."""

    incident_id: UUID
    refused_id: UUID
    entry_id: UUID
    received_at: datetime
    code: str
    badge: str | None
    station: str | None
    differing: list[str] | None
    sealed: bytes | None
    sealed_informant: bytes | None
    key_lost_at: datetime | None
    """Since when the key that opens it is on record as lost."""
    settles: bool
    """Whether it is its reader's to accept or to put aside."""
    settled_at: datetime | None
    settled_by: str | None
    settled_by_name: str | None
    is_corrected: bool
    dismissed_for: DismissalReason | None
    note: str | None


_REFUSED: Final = f"""
    with refused as (
        select r.*, a.badge as sender, l.lost_at as key_lost_at, t.responsible_station_id,
            f.code as station, s.settled_at, b.badge as settled_by, b.name as settled_by_name,
            s.dismissed_for, s.note, s.corrected_as is not null as is_corrected,
            :sees_everything or r.account_id = :account_id or r.station_id = any(:stations) as own,
            coalesce({VISIBLE}, false) as sees_incident,
            {OF_THE_INCIDENT} as is_of_it
        from refused_body r
        join account a using (account_id)
        join station f on f.station_id = r.station_id
        left join refused_settlement s
            on s.incident_id = r.incident_id and s.refused_id = r.refused_id
        left join account b on b.account_id = s.account_id
        left join lost_key l on l.fingerprint = r.sealed_by and l.found_at is null
        left join incident t on t.incident_id = r.incident_id and t.view = 'whole'
    )
    select incident_id, refused_id, entry_id, received_at, code, settled_at, is_corrected,
        case when own or is_of_it then sender end as badge,
        case when own or is_of_it then station end as station,
        case when own or is_of_it then differing end as differing,
        case when own or is_of_it then sealed end as sealed,
        case when own or is_of_it then key_lost_at end as key_lost_at,
        case when is_of_it and responsible_station_id = :station_id
                or not had_a_part and station_id = :station_id
            then sealed_informant end as sealed_informant,
        case when own or is_of_it then settled_by end as settled_by,
        case when own or is_of_it then settled_by_name end as settled_by_name,
        case when own or is_of_it then dismissed_for end as dismissed_for,
        case when own or is_of_it then note end as note,
        station_id = any(:settled_for)
            or is_of_it and coalesce(responsible_station_id = any(:settled_for), false) as settles
    from refused
    where (own or sees_incident)
"""
# What could not be yet, and is there now; to a stranger it is told of nothing.
_OPEN: Final = """
    settled_at is null
        and (code = 'id_conflict' or not (had_a_part or sees_incident) or not exists (
            select from entry e
            where e.incident_id = refused.incident_id and e.entry_id = refused.entry_id))
"""
_OF_INCIDENT: Final = Statement(f"""
    {_REFUSED} and incident_id = :incident_id and {_OPEN}
    order by received_at, refused_id
    """)
_OWN: Final = Statement(f"""
    {_REFUSED} and own
        and (:dismissed and dismissed_for is not null or not :dismissed and {_OPEN})
        and (:of_station::text is null or station = :of_station)
        and (:of_badge::text is null or sender = :of_badge)
        and (:of_code::text is null or code = :of_code)
        and (:of_incident::uuid is null or incident_id = :of_incident)
        and (:since::timestamptz is null or received_at >= :since)
        and (:until::timestamptz is null or received_at < :until)
        and (received_at, incident_id, refused_id)
            < (:after_at::timestamptz, :after_incident::uuid, :after_refused::uuid)
    order by received_at desc, incident_id desc, refused_id desc
    limit :limit
    """)
_COUNTED: Final = Statement(f"""
    select station, code, count(*)::int as count, min(received_at) as oldest_at
    from ({_REFUSED} and own and {_OPEN}) as counted
    group by station, code
    order by station, code
    """)
_ONE: Final = Statement(f"""
    {_REFUSED} and refused_id = :refused_id
    -- Of one that was sent to two incidents before 0.2 the newer.
    order by received_at desc, incident_id desc
    limit 1
    """)


async def list_refused(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> list[RefusedRow]:
    """The refused bodies of an incident, oldest first: those of `actor` and of the stations below
    (who sees everything sees all as their own), and, where `actor` may see the incident, those of
    everybody who sent them to it. Of an opening of a stranger's, who came upon a taken id, no more
    than that it came.

    Whom one names is for the station that is responsible, as with the incident's own; whom a
    stranger names is for the stranger's station as well.
    """
    values = _arguments(actor) | {"incident_id": incident_id}
    return await _OF_INCIDENT.all(connection, RefusedRow, values)


async def access_refused(
    connection: Connection, actor: Actor, refused_id: UUID
) -> RefusedRow | None:
    """One of them, whatever came of it, if it is among those that `actor` sees."""
    return await _ONE.one(connection, RefusedRow, _arguments(actor) | {"refused_id": refused_id})


class RefusedKey(NamedTuple):
    """By which refused bodies are ordered and told apart."""

    received_at: Moment
    incident_id: UUID
    refused_id: UUID


class AskedRefused(NamedTuple):
    """Which of them are asked for."""

    station: str | None = None
    badge: str | None = None
    code: str | None = None
    incident: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    dismissed: bool = False


async def list_own_refused(
    connection: Connection, actor: Actor, asked: AskedRefused, after: RefusedKey | None, limit: int
) -> list[RefusedRow]:
    """Those of `actor` and of the stations below, or all for who sees everything, of whatever
    incident, newest first: also of one that is not there, or not theirs to see."""
    at, incident_id, refused_id = after or _THE_LAST
    values = _arguments(actor) | {
        "of_station": asked.station,
        "of_badge": asked.badge,
        "of_code": asked.code,
        "of_incident": asked.incident,
        "since": asked.since,
        "until": asked.until,
        "dismissed": asked.dismissed,
        "after_at": at,
        "after_incident": incident_id,
        "after_refused": refused_id,
        "limit": limit,
    }
    return await _OWN.all(connection, RefusedRow, values)


async def count_own_refused(connection: Connection, actor: Actor) -> list[RefusedCount]:
    """How many there are of `actor` and of the stations below that nobody has settled."""
    return await _COUNTED.all(connection, RefusedCount, _arguments(actor))


_THE_LAST: Final = RefusedKey(LATEST, UUID(int=0), UUID(int=0))


def _arguments(actor: Actor) -> dict[str, object]:
    handles_informants = actor.may(Verb.HANDLE_INFORMANTS)
    return scope_arguments(actor.doing(Verb.READ_REFUSED)) | {
        "account_id": actor.account_id,
        "station_id": actor.station_id if handles_informants else None,
        "settled_for": may_write_for(actor) if actor.may(Verb.SETTLE_REFUSED) else [],
    }


class SentRow(msgspec.Struct, frozen=True):
    """All of a refused body, for who may accept it: whom it names they are not told by that."""

    sealed: bytes
    sealed_informant: bytes | None
    account_id: UUID
    badge: str
    name: str
    role: Role
    station_id: UUID
    station_code: str
    station_name: str
    region_code: str

    @property
    def sender(self) -> OfficerRef:
        station = StationRef(self.station_id, self.station_code, self.station_name)
        return OfficerRef(self.account_id, self.badge, self.name, self.role, station)


async def find_sent(connection: Connection, row: RefusedRow) -> SentRow | None:
    """What was sent, and by whom, of a body that the caller has access to: in which role nobody put
    on record, so in the one in which they write now, or as an officer."""
    return await fetch_one(
        connection,
        SentRow,
        """
        select r.sealed, r.sealed_informant, r.account_id, a.badge, a.name,
            coalesce((select min(p.role) filter (where p.role = 'rescuer')
                from appointment p where p.account_id = r.account_id
                having not bool_or(p.role = 'officer')), 'officer') as role,
            s.station_id, s.code as station_code, s.name as station_name, s.region_code
        from refused_body r
        join account a using (account_id)
        join station s using (station_id)
        where r.incident_id = $1 and r.refused_id = $2
        """,
        row.incident_id,
        row.refused_id,
    )


async def settle_refused(
    connection: Connection,
    actor: Actor,
    row: RefusedRow,
    *,
    dismissed_for: DismissalReason | None = None,
    note: str | None = None,
    corrected_as: bytes | None = None,
) -> bool:
    """Put on record what came of a body that the caller has access to; False where somebody did
    before. Whoever comes at the same moment waits."""
    return bool(
        await connection.fetchval(
            """
            insert into refused_settlement (incident_id, refused_id, account_id, dismissed_for,
                note, corrected_as)
            values ($1, $2, $3, $4, $5, $6)
            on conflict do nothing
            returning true
            """,
            row.incident_id,
            row.refused_id,
            actor.account_id,
            dismissed_for,
            note,
            corrected_as,
        )
    )


class SettledAs(msgspec.Struct, frozen=True):
    """By whom a body was settled, and as what."""

    account_id: UUID
    badge: str
    name: str
    settled_at: datetime
    dismissed_for: DismissalReason | None
    note: str | None
    corrected_as: bytes | None


async def find_settled(connection: Connection, row: RefusedRow) -> SettledAs | None:
    """What came of a body that the caller has access to."""
    return await fetch_one(
        connection,
        SettledAs,
        """
        select s.account_id, a.badge, a.name, s.settled_at, s.dismissed_for, s.note, s.corrected_as
        from refused_settlement s join account a using (account_id)
        where s.incident_id = $1 and s.refused_id = $2
        """,
        row.incident_id,
        row.refused_id,
    )
