"""Who leaves takes along what was only asked: its statement ends, and others have the connection.
What was sent is kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from db.database import Database
from tests.lists.many import multiply
from tests.serving import serving, until
from tests.users import API, Person, identification, release, rescue
from wildlife.settings import Settings

MANY = 20_000
"""More than the network holds of it, so that not all is read at once."""

# Half a minute for whoever asks it: longer than any statement may take, and than is waited here.
_SLOWLY = """
    alter table release rename to quick;
    create view release as select quick.* from quick, pg_sleep(30);
    grant select on release to wildlife_service;
"""


@pytest.fixture
async def base(officer: Person, database: Database, settings: Settings) -> AsyncIterator[str]:
    """The API of a running service with a release."""
    bird = await officer.opened()
    await officer.appended(bird, identification())
    await officer.appended(bird, release())
    with serving(settings) as address:
        yield f"{address}{API}"


async def slowly(database: Database) -> None:
    """Let every question about releases take long from now on."""
    async with database.writing() as connection:
        await connection.execute(_SLOWLY)


async def asked(database: Database) -> bool:
    """Whether anybody's question about releases is being answered."""
    async with database.writing() as connection:
        found: bool = await connection.fetchval(
            """
            select exists (select from pg_stat_activity
                where datname = current_database() and state = 'active' and wait_event = 'PgSleep')
            """
        )
        return found


async def is_over(database: Database) -> None:
    """Wait until none is, well before its time was up: a question may take 15 seconds."""

    async def is_not_asked() -> bool:
        return not await asked(database)

    async with asyncio.timeout(7):
        assert await until(is_not_asked)


def lines(settings: Settings) -> list[dict[str, Any]]:
    """What was logged of requests."""
    assert settings.log_file is not None
    logged = map(json.loads, settings.log_file.read_text("utf-8").splitlines())
    return [one for one in logged if one["event"] == "request"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/releases", None),
        ("GET", "/releases?count=exact", None),
        ("GET", "/releases?format=csv", None),
        ("GET", "/statistics/releases", None),
        ("POST", "/releases/search", {"protection": ["sanyou"]}),
    ],
)
async def test_a_question_ends_when_its_client_leaves(
    auditor: Person,
    base: str,
    database: Database,
    settings: Settings,
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    await slowly(database)
    headers = {"Authorization": f"Bearer {auditor.access_token}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.request(
                method, f"{base}{path}", json=body, timeout=httpx.Timeout(10, read=1)
            )
        await is_over(database)

        async def logged() -> list[dict[str, Any]]:
            return [one for one in lines(settings) if one["path"].split("?")[0] in f"{base}{path}"]

        [line] = await until(logged)
        assert line["status"] == 499
        assert (await client.get(f"{base}/incidents")).status_code == 200


async def test_a_feed_ends_when_its_client_leaves(
    official: Person, base: str, database: Database
) -> None:
    asked_at = f"{API}/releases?format=csv"
    body = {"id": str(uuid4()), "name": "放归", "address": asked_at}
    feed = (await official.post("/feeds", body)).json()
    await slowly(database)
    async with httpx.AsyncClient(auth=(feed["id"], feed["password"]), trust_env=False) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(f"{base}/feeds/{feed['id']}", timeout=httpx.Timeout(10, read=1))
    await is_over(database)


async def test_a_file_ends_when_its_client_leaves_in_the_middle(
    auditor: Person, officer: Person, base: str, database: Database
) -> None:
    [bird] = (await officer.read("/releases"))["items"]
    await multiply(database, bird["incident_id"], MANY)
    headers = {"Authorization": f"Bearer {auditor.access_token}", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        async with client.stream("GET", f"{base}/releases?format=csv") as answer:
            pieces = answer.aiter_bytes()
            assert await anext(pieces)
            await slowly(database)

            async def take() -> None:
                async for _ in pieces:
                    pass

            taking = asyncio.create_task(take())
            assert await until(lambda: asked(database))
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
        await is_over(database)


async def test_what_was_sent_is_kept_though_its_sender_left(
    officer: Person, base: str, database: Database
) -> None:
    async with database.transaction() as connection:
        await connection.execute("lock table incident in access exclusive mode")
        headers = {"Authorization": f"Bearer {officer.access_token}"}
        body = rescue()
        async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post(
                    f"{base}/incidents", json=body, timeout=httpx.Timeout(10, read=0.5)
                )

    async def kept() -> bool:
        return (await officer.get(f"/incidents/{body['id']}")).status_code == 200

    assert await until(kept)
