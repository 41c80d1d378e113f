"""What every answer tells browsers and caches."""

from collections.abc import Iterator
from typing import Final

from litestar.enums import HttpMethod
from litestar.types import Message, Scope

from wildlife.web.heads import allow

# Swagger UI with its own files, asking this service: no inline script, no other server.
_DOCUMENTATION_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    b" connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Whatever somebody put into a photo or a text, opened in a browser it does nothing.
_POLICY: Final = (
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
# Pages of other addresses get nothing into theirs by a tag, nor a hold on a window of ours; those
# that the operator names ask by CORS, which this leaves alone. That a browser comes back by TLS
# only (HSTS) is said by who ends TLS: deploy/Caddyfile.
_EVERYWHERE: Final = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}


def _methods_at(scope: Scope) -> Iterator[str]:
    """The methods that the routes at the address of a request take."""
    known = scope["litestar_app"].state.query_parameters
    return (method for path, method in known if path == scope["path_template"])


async def be_careful(message: Message, scope: Scope) -> None:
    """Add to every answer, also to what no route takes, what nobody has said yet.

    Answers of the API hold what not everybody may read, tokens and names among it: nobody keeps
    them. One with an ETag may be kept by who asked, and is asked for again each time.
    """
    if message["type"] != "http.response.start":
        return
    said = {name.lower() for name, _ in message["headers"]}
    if scope["path"] == "/docs" or scope["path"].startswith("/docs/"):
        default = _EVERYWHERE | {b"content-security-policy": _DOCUMENTATION_POLICY}
    else:
        kept = b"private, no-cache" if b"etag" in said else b"no-store"
        default = _EVERYWHERE | {b"content-security-policy": _POLICY, b"cache-control": kept}
    headers = message["headers"]
    if b"allow" in said and scope.get("method") == HttpMethod.OPTIONS and "path_template" in scope:
        # The framework names the methods of one handler, and there may be several.
        headers = [one for one in headers if one[0].lower() != b"allow"]
        headers.append((b"allow", allow(_methods_at(scope)).encode()))
    message["headers"] = [
        *headers,
        *((name, value) for name, value in default.items() if name not in said),
    ]
