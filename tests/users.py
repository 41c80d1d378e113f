"""People who use the API, and what they commonly send."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from httpx import AsyncClient, Response

from db.database import Database
from tests.serving import until
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role, StationKind
from wildlife.people.managing_queries import put_account
from wildlife.people.passwords import check_password
from wildlife.people.station_queries import put_station
from wildlife.people.stations import Competence

API = "/api/v1"

# A password of these people is compared with its hash in no time, by servers of the tests too.
QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# The beginnings of what officers may not read.
_OF_CHIEFS: Final = ("/people", "/accounts", "/devices", "/reports")
_OF_AUDITORS: Final = ("/accesses",)


@dataclass
class Person:
    """Somebody who is signed in."""

    client: AsyncClient
    badge: str
    access_token: str
    refresh_token: str

    @classmethod
    async def sign_in(cls, client: AsyncClient, badge: str, password: str) -> "Person":
        answer = await client.post(f"{API}/session", json={"badge": badge, "password": password})
        assert answer.status_code == 201, answer.text
        tokens = answer.json()
        return cls(client, badge, tokens["access_token"], tokens["refresh_token"])

    async def request(self, method: str, path: str, **kwargs: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.access_token}"} | kwargs.pop("headers", {})
        return await self.client.request(method, f"{API}{path}", headers=headers, **kwargs)

    async def get(self, path: str, **kwargs: Any) -> Response:
        return await self.request("GET", path, **kwargs)

    async def post(self, path: str, body: Any, **kwargs: Any) -> Response:
        return await self.request("POST", path, json=body, **kwargs)

    async def read(self, path: str, **kwargs: Any) -> Any:
        """The body of a GET that must succeed."""
        answer = await self.get(path, **kwargs)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def opened(self, body: dict[str, Any] | None = None) -> str:
        """The id of an incident newly opened with `body`."""
        body = body or rescue()
        answer = await self.post("/incidents", body)
        assert answer.status_code == 201, answer.text
        return str(body["id"])

    async def appended(self, incident_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer for an entry that must be taken."""
        answer = await self.post(f"/incidents/{incident_id}/entries", body)
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    async def put_photo(
        self, incident_id: str, content: bytes, photo_id: UUID | None = None, **parameters: str
    ) -> Response:
        return await self.request(
            "PUT",
            f"/incidents/{incident_id}/photos/{photo_id or uuid4()}",
            content=content,
            params=parameters,
            headers={"Content-Type": "image/jpeg"},
        )


def whose(path: str, officer: Person, chief: Person, auditor: Person) -> Person:
    """One of these who may do what there is to do at this path."""
    if path.startswith(_OF_AUDITORS):
        return auditor
    return chief if path.startswith(_OF_CHIEFS) else officer


async def move(officer: Person, database: Database, station: str) -> None:
    """Let an officer belong to another station, and every process know it."""
    async with database.writing() as connection:
        await connection.execute(
            "update appointment p set station_id = s.station_id from account a, station s"
            " where a.account_id = p.account_id and a.badge = $1 and s.code = $2",
            officer.badge,
            station,
        )

    async def is_known() -> bool:
        return bool((await officer.read("/session"))["station"]["code"] == station)

    await until(is_known)


def rescue(**changes: Any) -> dict[str, Any]:
    """The opening of a rescue with one animal."""
    return {
        "id": str(uuid4()),
        "kind": "rescue",
        "source": "report",
        "found_at": "2024-07-29T15:20:00+08:00",
        "place": {
            "description": "大局子林场三道沟",
            "region_code": "150425",
            "point": {"longitude": 117.542, "latitude": 43.318, "datum": "WGS84"},
        },
        "informant": {"name": "王建国", "role": "forest_ranger", "phone": "13800000000"},
        "summary": "林中发现长嘴巴怪鸟被困",
        "animals": [{"reported_as": "长嘴巴怪鸟", "cause": "weather_soaked"}],
    } | changes


def road_hazard(**changes: Any) -> dict[str, Any]:
    """The opening of a road hazard."""
    return {
        "id": str(uuid4()),
        "kind": "road_hazard",
        "source": "patrol",
        "found_at": "2024-08-04T09:10:00+08:00",
        "place": {
            "description": "克一河林场防火公路",
            "region_code": "150723",
            "point": {"longitude": 122.35, "latitude": 50.62, "datum": "GCJ02"},
        },
        "hazard": {
            "type": "rockfall",
            "passability": "blocked",
            "road": {"name": "克一河林场防火公路", "category": "forest_road"},
        },
    } | changes


def entry(
    type_: str, happened_at: str = "2024-07-30T10:00:00+08:00", **fields: Any
) -> dict[str, Any]:
    """An entry of this type."""
    return {
        "type": type_,
        "id": str(uuid4()),
        "happened_at": happened_at,
        "recorded_at": happened_at,
    } | fields


def identification(species_id: str = "phalacrocorax_carbo", **fields: Any) -> dict[str, Any]:
    """An identification of animal 1, a day after it was found."""
    said: dict[str, Any] = {
        "animal": 1,
        "species_id": species_id,
        "identified_by": "旗林草局野生动物专家",
        "confidence": "certain",
    }
    return entry("identification", **(said | fields))


def release(happened_at: str = "2024-08-04T10:30:00+08:00", **fields: Any) -> dict[str, Any]:
    """A release of animal 1, six days after it was found."""
    said: dict[str, Any] = {
        "animal": 1,
        "site": {
            "description": "响水水库",
            "region_code": "150425",
            "point": {"longitude": 117.21, "latitude": 43.57, "datum": "WGS84"},
        },
        "method": "hard",
        "officers": ["150425001", "150425002"],
    }
    return entry("release", happened_at, **(said | fields))


async def add_account(
    database: Database,
    badge: str,
    station: str | None,
    *,
    role: Role = Role.OFFICER,
    name: str | None = None,
    password: str = DEMO_PASSWORD,
    sees_originals: bool | None = None,
    sees_roads: bool = False,
) -> None:
    """Add an account, or make one that is there just so; its name is its badge."""
    async with database.transaction() as connection:
        await put_account(
            connection,
            badge=badge,
            name=name or badge,
            role=role,
            station=station,
            password_hash=QUICK.hash(check_password(password, badge, demo=True)),
            sees_originals=sees_originals,
            sees_roads=sees_roads,
        )


async def put_unit(
    database: Database,
    code: str,
    *,
    name: str | None = None,
    kind: StationKind = StationKind.POLICE_STATION,
    region: str = "150425",
    parent: str | None = None,
    competent_for: Competence | None = None,
) -> None:
    """Add a unit, or change it; its name is its code."""
    async with database.transaction() as connection:
        await put_station(
            connection,
            station_id=uuid4(),
            code=code,
            name=name or code,
            kind=kind,
            region_code=region,
            parent=parent,
            competent_for=competent_for,
        )
