"""What HTTP leaves to the application: half-read bodies, addresses typed as they are said, and how
proxies write those of clients."""

import re
import string
from typing import Final
from urllib.parse import quote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_FORWARDED_FOR: Final = b"x-forwarded-for"

# Some proxies write the port, too, and an address of IPv6 in brackets then.
_WITH_PORT: Final = re.compile(
    rb"([0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{1,5}|\[([0-9A-Fa-f:.%]+)\](?::[0-9]{1,5})?"
)


def be_kind(app: ASGIApp) -> ASGIApp:
    """Read `?q=鸬鹚` as it is meant, and end a connection whose body was answered unread.

    Left open, the rest of that body would be taken for the client's next request.
    """

    async def lenient(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        # curl sends Chinese unencoded; what is already encoded stays as it is.
        if not scope["query_string"].isascii():
            scope["query_string"] = quote(scope["query_string"], safe=string.printable).encode()
        unread = has_body(scope)

        async def receive_and_note() -> Message:
            nonlocal unread
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                unread = False
            return message  # type: ignore[return-value]

        async def send_and_close(message: Message) -> None:
            if unread and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        await app(scope, receive_and_note, send_and_close)  # type: ignore[arg-type]

    return lenient


def has_body(scope: HTTPScope) -> bool:
    """Whether a body comes with the request."""
    headers = dict(scope["headers"])
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def forwarded_without_ports(app: ASGIApp) -> ASGIApp:
    """Hand on X-Forwarded-For as addresses alone."""

    async def bare(scope: Scope, receive: Receive, send: Send) -> None:
        if "headers" in scope:
            scope["headers"] = [
                (name, _bare(value) if name == _FORWARDED_FOR else value)
                for name, value in scope["headers"]
            ]
        await app(scope, receive, send)

    return bare


def _bare(value: bytes) -> bytes:
    hosts = (host.strip() for host in value.split(b","))
    named = ((_WITH_PORT.fullmatch(host), host) for host in hosts)
    return b", ".join(host if match is None else match[1] or match[2] for match, host in named)
