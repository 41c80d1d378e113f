"""Those who are told: a system that takes webhooks, and a mail server, on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from uuid import uuid4

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope
from standardwebhooks import Webhook

from db.database import Database
from tests.changes.readers import in_place
from tests.serving import until
from tests.users import API, Person


class Received(NamedTuple):
    """A message that came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """What it says, as a library of Standard Webhooks has it verified."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """What came, in its order; `answer` says what the next ones are answered."""

    def __init__(self) -> None:
        self.url = ""
        self.received: list[Received] = []
        self.taken: list[Received] = []
        self.answer: Callable[[Received], Awaitable[web.Response]] = self.take

    async def take(self, _: Received) -> web.Response:
        """That it was taken."""
        return web.Response(status=HTTPStatus.NO_CONTENT)

    def refuse(self, status: int, **headers: str) -> None:
        """Refuse all that comes from now on."""

        async def answer(_: Received) -> web.Response:
            return web.Response(status=status, headers=headers)

        self.answer = answer

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        message = Received(headers, await request.read())
        answer = await self.answer(message)
        self.received.append(message)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            self.taken.append(message)
        return answer

    async def got(self, count: int) -> list[Received]:
        """What came, when it is so many."""

        async def ask() -> list[Received] | None:
            return self.received if len(self.received) >= count else None

        return await until(ask)

    def changes(self, secret: str) -> list[Any]:
        """What was taken of entries, each verified."""
        told = [one.verified(secret) for one in self.taken]
        return [one["data"] for one in told if one["type"] == "change"]


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """One that listens until the end of the block."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        host, port = runner.addresses[0]
        receiver.url = f"http{'s' if tls else ''}://{host}:{port}/hook"
        yield receiver
    finally:
        await runner.cleanup()


@asynccontextmanager
async def answering(
    said: bytes, *, goes_on: bool = False
) -> AsyncIterator[tuple[str, list[bytes]]]:
    """The URL of one that answers each message with these bytes, and closes the connection without
    having said so, or goes on answering for ever; and the messages that came."""
    ended, came = asyncio.Event(), list[bytes]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split()[0])
            came.append(await reader.readexactly(length))
            writer.write(said)
            if goes_on:
                await ended.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", came
    finally:
        ended.set()
        server.close()
        await server.wait_closed()


class MailHost:
    """The mail that came; `refusal` is what the next is answered."""

    def __init__(self) -> None:
        self.url = ""
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refusal: str | None = None
        self.farewell = "221 Bye"

    async def handle_QUIT(self, server: Any, _session: Any, _envelope: Envelope) -> str:  # noqa: N802
        return self.farewell

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - as the library calls it
        if self.refusal:
            return self.refusal
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.raw.append(envelope.original_content or b"")
        return "250 OK"

    async def got(self, count: int) -> list[EmailMessage]:
        """What came, when it is so many."""

        async def ask() -> list[EmailMessage] | None:
            return self.mails if len(self.mails) >= count else None

        return await until(ask)


@asynccontextmanager
async def mail_host() -> AsyncIterator[MailHost]:
    """A mail server that listens until the end of the block."""
    host = MailHost()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(host, hostname="mail.test", enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    async with server:
        host.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield host


NOWHERE: Final = "https://localhost/"
"""A destination to which nothing is sent, but where the operator allows it."""


def asked(destination: str, **body: Any) -> dict[str, Any]:
    """What makes a subscription."""
    given = {"id": str(uuid4()), "name": "省厅平台", "address": f"{API}/changes"}
    return {**given, "destination": destination, **body}


async def subscribed(person: Person, destination: str, **body: Any) -> dict[str, Any]:
    """A subscription that was made, with its secret."""
    await in_place(person)
    answer = await person.post("/subscriptions", asked(destination, **body))
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def stands(person: Person, subscription_id: str, *states: str) -> dict[str, Any]:
    """A subscription, when it stands like this."""

    async def ask() -> dict[str, Any] | None:
        told: dict[str, Any] = await person.read(f"/subscriptions/{subscription_id}")
        return told if told["state"] in states else None

    return await until(ask)


async def restarted(person: Person, subscription_id: str, **body: Any) -> dict[str, Any]:
    """A subscription that was restarted."""
    answer = await person.post(f"/subscriptions/{subscription_id}/restart", body)
    assert answer.status_code == HTTPStatus.OK, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def due(database: Database, subscription_id: str) -> None:
    """Let the time have passed for which nothing is told."""
    async with database.writing() as connection:
        await connection.execute(
            "update subscription set due_at = now() where subscription_id = $1", subscription_id
        )
