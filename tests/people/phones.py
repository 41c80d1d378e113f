"""Phones that a chief adds, that are enrolled, and on which somebody signs in."""

from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response

from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD

BADGE = "150425001"


async def added(chief: Person, **body: Any) -> dict[str, Any]:
    """A device that a chief adds."""
    answer = await chief.post("/devices", {"id": str(uuid4()), "name": "一号机"} | body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def enrol(client: AsyncClient, code: str) -> Response:
    return await client.post(f"{API}/devices/enrolment", json={"code": code})


async def enrolled(client: AsyncClient, code: str) -> str:
    """The token for a code that must hold."""
    answer = await enrol(client, code)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["device_token"])


async def sign_in_on(client: AsyncClient, token: str, badge: str = BADGE) -> Response:
    body = {"badge": badge, "password": DEMO_PASSWORD, "device_token": token}
    return await client.post(f"{API}/session", json=body)


async def signed_in_on(client: AsyncClient, token: str, badge: str = BADGE) -> Person:
    """Somebody who must be let in on the device."""
    answer = await sign_in_on(client, token, badge)
    assert answer.status_code == 201, answer.text
    tokens = answer.json()
    return Person(client, badge, tokens["access_token"], tokens["refresh_token"])
