"""Servers are killed while they tell what is new: each entry is told all the same."""

import random

from aiohttp import web

from db.database import Database
from tests.serving import Server, client_of, until
from tests.subscriptions.receivers import Received, Receiver, asked
from tests.users import Person, entry
from wildlife.people.accounts import Tokens

ROUNDS = 2
EACH = 8


async def _lapsed(database: Database) -> None:
    """Let who was killed have said nothing for a while, and let nothing be waited for."""
    async with database.writing() as connection:
        await connection.execute("update subscription set due_at = now()")


async def test_whoever_is_killed_each_entry_is_told_in_order(
    servers: list[Server], sessions: dict[str, Tokens], receiver: Receiver, database: Database
) -> None:
    chance = random.Random(13)

    async def answer(message: Received) -> web.Response:
        return web.Response(status=chance.choice([200, 200, 200, 503]))

    receiver.answer = answer
    bird, filed = None, list[str]()
    for _ in range(ROUNDS):
        doomed, living = chance.sample(servers, 2)
        async with client_of(living.base) as client:
            officer = Person(client, "150425001", sessions["150425001"].access_token, "")
            if bird is None:
                made = await officer.post("/subscriptions", asked(receiver.url))
                assert made.status_code == 201, made.text
                bird = await officer.opened()
                filed.append(bird)
            for _ in range(EACH):
                filed.append((await officer.appended(bird, entry("note", note="一条")))["id"])
        doomed.kill()
        doomed.start()
        await _lapsed(database)
    receiver.answer = receiver.take
    secret = made.json()["secret"]

    async def all_told() -> list[str] | None:
        await _lapsed(database)
        told = [one["entry"]["id"] for one in receiver.changes(secret)]
        return told if {*told} >= {*filed} else None

    told = await until(all_told)
    assert list(dict.fromkeys(told)) == filed
    said = {(one.id, one.body) for one in receiver.received if b'"change"' in one.body}
    assert len(said) == len(filed), "a repeat has the same id and says the same"
