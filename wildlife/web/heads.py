"""HEAD wherever GET is: the same answer without its body (RFC 9110, 9.3.2)."""

from typing import Any, Final, cast

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_ALLOW: Final = b"allow"
_NOT_ALLOWED: Final = 405


def answer_heads(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET where a route takes GET alone; those that take it themselves, as photos
    and uploads do, are left to it. `Allow` names it."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        if scope["method"] != HttpMethod.HEAD:
            await app(scope, receive, _naming_all(scope, send))
            return
        before = {**scope, "state": {**scope["state"]}}
        is_refused = False

        async def send_unless_refused(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start":
                allowed = dict(message["headers"]).get(_ALLOW, b"")
                is_refused = message["status"] == _NOT_ALLOWED and b"GET" in allowed
            if not is_refused:
                await send(message)

        await app(scope, receive, send_unless_refused)
        if not is_refused:
            return
        again = cast(dict[str, Any], scope)
        again.clear()  # what the first look has left there
        again.update(before, method=HttpMethod.GET.value)
        try:
            await app(scope, receive, _without_body(send))
        finally:
            again["method"] = HttpMethod.HEAD.value

    return answered


def _naming_all(scope: HTTPScope, send: Send) -> Send:
    async def naming(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, _all_methods(scope, value) if name.lower() == _ALLOW else value)
                for name, value in message["headers"]
            ]
        await send(message)

    return naming


def _all_methods(scope: HTTPScope, allowed: bytes) -> bytes:
    methods = {*allowed.decode().split(", ")}
    if scope["method"] == HttpMethod.OPTIONS:
        # The framework names the methods of one handler, and there may be several.
        known = scope["litestar_app"].state.query_parameters
        methods = {method for path, method in known if path == scope["path_template"]}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods)).encode()


def _without_body(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return sending
