"""Sessions that begin, go on and end, and what the log says of them."""

import asyncio
import json
from pathlib import Path
from typing import Any

from httpx import AsyncClient, Response

from db.database import Database
from tests.serving import until
from tests.users import API
from wildlife.people.accounts import DEMO_PASSWORD

BADGE = "150425001"

# Half a second is promised; a busy machine is no fault.
_SOON_S = 5


async def sign_in(client: AsyncClient, badge: str, password: str = DEMO_PASSWORD) -> Response:
    return await client.post(f"{API}/session", json={"badge": badge, "password": password})


async def refresh(client: AsyncClient, token: str) -> Response:
    return await client.post(f"{API}/session/refresh", json={"refresh_token": token})


async def ask(client: AsyncClient, authorization: str) -> Response:
    """Ask who holds the token in this header."""
    headers = {b"Authorization": authorization.encode()}
    return await client.get(f"{API}/session", headers=headers)


async def holds(client: AsyncClient, access_token: str) -> bool:
    """Whether the access token is valid; if not, it is refused as it should be."""
    answer = await ask(client, f"Bearer {access_token}")
    if answer.status_code != 200:
        assert_invalid_token(answer)
    return answer.status_code == 200


async def ends_soon(client: AsyncClient, access_token: str) -> None:
    """Wait until a process that may have believed the token just before refuses it, too."""
    async with asyncio.timeout(_SOON_S):
        while True:
            if not await holds(client, access_token):
                return
            await asyncio.sleep(0.05)


def assert_invalid_token(answer: Response) -> None:
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def logged(folder: Path) -> list[dict[str, Any]]:
    """The lines that the service has logged."""
    return [json.loads(line) for line in (folder / "service.log").read_text().splitlines()]


async def waiting_for_a_lock(database: Database, count: int = 1) -> None:
    """Wait until so many statements in this database wait for a lock."""
    async with database.reading() as connection:
        await until(
            lambda: connection.fetchval(
                "select count(*) >= $1 from pg_stat_activity"
                " where wait_event_type = 'Lock' and datname = current_database()",
                count,
            )
        )
