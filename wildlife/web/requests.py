"""A request: the address that it called, its body decoded strictly, and what it asks for that
nobody answers, or sends that nobody takes."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from anyio import to_thread
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import URL, State
from litestar.enums import HttpMethod, MediaType
from litestar.handlers import BaseRouteHandler
from litestar.types import Empty

from wildlife.web.decoding import decode
from wildlife.web.inflating import ENCODINGS, inflated
from wildlife.web.negotiation import JSON, best_of, whole_header
from wildlife.web.problems import Problem

_HOST: Final = re.compile(
    r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE
)
_MOST_PORT: Final = 65535

_SENDING: Final = {HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH}


class StrictRequest(Request[Any, None, State]):
    """A request whose JSON body is decoded straight to the type that its handler declares."""

    @property
    def url(self) -> URL:
        """The address that was called; without its host where that is none, as `a:b`. The framework
        asks for it to say what is wrong with a request."""
        try:
            return super().url
        except ValueError:
            return URL.from_components(path=self.scope["path"])

    async def json(self) -> Any:
        if self._json is Empty:
            declared = self.route_handler.parsed_fn_signature.parameters["data"].annotation
            # A base type stands for the types that the app was made with.
            [meant] = self.app.state.unions.get(declared, [declared])
            rules = self.app.state.rules if meant is not declared else None
            body = await self.body()
            if (encoding := encoding_of(self)) is not None:
                most = self.route_handler.resolve_request_max_body_size()
                assert most is not None, "what may come compressed is bounded"
                body = await to_thread.run_sync(inflated, body, encoding, most)
            self._json = decode(body, meant, rules)
        return self._json


def require_acceptable(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Raises not_acceptable where somebody asks for formats that this route does not answer.

    Of what is read alone: what is sent is filed, whatever its sender would like to hear of it, and
    who is sent on reads nothing here. A route that answers more than JSON is an operation that says
    so (`OFFERED`), and its parameter `format` goes before.
    """
    accept = whole_header(connection, "accept")
    if (
        not accept
        or connection.scope.get("method") != HttpMethod.GET
        or getattr(handler, "media_type", "") not in ("", MediaType.JSON)  # it is a photo
        or getattr(handler, "status_code", HTTPStatus.OK) == HTTPStatus.FOUND
        or "format" in connection.query_params
    ):
        return
    operation = getattr(handler, "operation_class", None)
    offered: Sequence[str] = getattr(operation, "OFFERED", (JSON,))
    if best_of(accept, offered) is None:
        raise Problem("not_acceptable", given=accept, expected=", ".join(offered))


def encoding_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """How a body is compressed; None: it is not."""
    encoding = connection.headers.get("content-encoding", "identity").strip().lower()
    return None if encoding in ("identity", "") else encoding.removeprefix("x-")


def require_known_encoding(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Raises unsupported_media_type for a body that is compressed where its route does not say that
    it takes such (`opt={"compressed": True}`), or in another way: taken for what it is not, it
    would be told that it is no JSON, or no picture."""
    encoding = encoding_of(connection)
    if encoding is None or connection.scope.get("method") not in _SENDING:
        return
    if not handler.opt.get("compressed"):
        expected = "the body as it is, without Content-Encoding"
    elif encoding not in ENCODINGS:
        expected = ", ".join(ENCODINGS)
    else:
        return
    raise Problem("unsupported_media_type", given=encoding, expected=expected)


def address(request: Request[Any, Any, Any], path: str) -> str:
    """`path` as the client can call it: through a proxy for TLS too, which says so; at the host
    that it says it called, or, where that is none, as `me@elsewhere`, at the one that it knows."""
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    host = request.headers.get("host") or request.url.netloc
    if (match := _HOST.fullmatch(host)) is None or int(match[1] or 0) > _MOST_PORT:
        return path
    return f"{'https' if scheme == 'https' else 'http'}://{host}{path}"
