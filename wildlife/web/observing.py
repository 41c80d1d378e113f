"""One line and one measurement a request."""

import time
from typing import Final
from uuid import UUID, uuid4

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from wildlife.web.metrics import REFUSALS, REQUESTS, SECONDS

log = structlog.get_logger()

# Any other word may be anybody's: it is neither counted by itself nor repeated.
_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def observe(app: ASGIApp) -> ASGIApp:
    """Give the request an id, which its answer carries, and record how it was answered."""

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request_id = str(uuid4())
        scope["state"]["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)  # of every line it logs
        status = 500
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await app(scope, receive, send_with_id)
        except Exception:
            status = 500  # whatever it began with, it broke off
            raise
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = scope.get("path_template") or "none"
            REQUESTS.add(method, route, status)
            SECONDS.observe(seconds, method, route)
            refused: dict[str, object] = {}
            if (code := scope["state"].get("code")) is not None:
                REFUSALS.add(method, route, code)
                refused["code"] = code
                refused |= {"errors": errors} if (errors := scope["state"]["errors"]) else {}
            log.info(
                "request",
                method=method,
                path=_path(scope, route),
                status=status,
                **refused,
                ms=round(seconds * 1000, 1),
            )

    return observed


def _path(scope: Scope, route: str) -> str:
    """The path with the ids in it, and nothing else that somebody may have typed there: a name, a
    token in the wrong place."""
    parameters: dict[str, object] = {**scope.get("path_params", {})}
    for name, value in parameters.items():
        if isinstance(value, UUID):
            route = route.replace(f"{{{name}}}", str(value))
    return route
