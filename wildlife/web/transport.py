"""What HTTP leaves to the application: half-read bodies, and addresses typed as they are said."""

import string
from urllib.parse import quote

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send


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
        headers = dict(scope["headers"])
        unread = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers

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
