"""HEAD wherever GET is: the same answer without its body (RFC 9110, 9.3.2)."""

from collections.abc import Iterable
from typing import Any, Final, cast

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_NOT_ALLOWED: Final = 405
_IS_HEAD: Final = "is_head"


def wants_no_body(scope: HTTPScope) -> bool:
    """Whether a request, whatever method its route sees, is answered without a body."""
    return scope["method"] == HttpMethod.HEAD or _IS_HEAD in scope["state"]


def allow(methods: Iterable[str]) -> str:
    """The header `Allow` of an address whose routes take these methods."""
    taken = {*methods}
    return ", ".join(sorted(taken | {HttpMethod.HEAD} if HttpMethod.GET in taken else taken))


def answer_heads(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET where a route takes GET alone; those that take it themselves, as photos
    and uploads do, are left to it."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != HttpMethod.HEAD:
            await app(scope, receive, send)
            return
        before = {**scope, "state": {**scope["state"]}}
        is_refused = False

        async def send_unless_refused(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start":
                allowed = dict(message["headers"]).get(b"allow", b"")
                is_refused = message["status"] == _NOT_ALLOWED and b"GET" in allowed
            if not is_refused:
                await send(message)

        await app(scope, receive, send_unless_refused)
        if not is_refused:
            return
        again = cast(dict[str, Any], scope)
        again.clear()  # what the first look has left there
        again.update(before, method=HttpMethod.GET.value)
        again["state"][_IS_HEAD] = True
        try:
            await app(scope, receive, _without_body(send))
        finally:
            again["method"] = HttpMethod.HEAD.value

    return answered


def _without_body(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return sending
