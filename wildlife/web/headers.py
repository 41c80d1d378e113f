"""What every answer tells browsers and caches."""

from collections.abc import Iterator
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from wildlife.web.heads import allow

# Swagger UI with its own files, asking this service: no inline script, no other server.
_DOCUMENTATION_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    b" connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"


def _methods_at(scope: Scope) -> Iterator[str]:
    """The methods that the routes at the address of a request take."""
    known = scope["litestar_app"].state.query_parameters
    return (method for path, method in known if path == scope["path_template"])


def be_careful(app: ASGIApp) -> ASGIApp:
    """Add what a route does not say itself.

    Answers of the API hold what not everybody may read, tokens and names among it: nobody keeps
    them. One with an ETag may be kept by who asked, and is asked for again each time.
    """

    async def careful(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_with_care(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                default = {
                    b"x-content-type-options": b"nosniff",
                    b"referrer-policy": b"no-referrer",
                    b"content-security-policy": _POLICY,
                }
                if scope["path"].startswith("/docs"):
                    default[b"content-security-policy"] = _DOCUMENTATION_POLICY
                else:
                    default[b"cache-control"] = (
                        b"private, no-cache" if b"etag" in said else b"no-store"
                    )
                headers = message["headers"]
                if b"allow" in said and scope["method"] == "OPTIONS":
                    # The framework names the methods of one handler, and there may be several.
                    headers = [one for one in headers if one[0].lower() != b"allow"]
                    headers.append((b"allow", allow(_methods_at(scope)).encode()))
                message["headers"] = [
                    *headers,
                    *((name, value) for name, value in default.items() if name not in said),
                ]
            await send(message)

        await app(scope, receive, send_with_care)

    return careful
