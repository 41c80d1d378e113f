"""One line and one measurement a request."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, TextIO
from uuid import uuid4

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

log = structlog.get_logger()

REQUESTS = Counter("wildlife_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("wildlife_request_seconds", "Time to answer", ["method", "route"])


@contextmanager
def logging_to(path: Path | None) -> Iterator[None]:
    """JSON lines, appended to the file or on standard output."""
    with _opened(path) as file:
        structlog.configure(
            processors=_PROCESSORS,
            logger_factory=structlog.WriteLoggerFactory(file),
            wrapper_class=_LOGGER,
            cache_logger_on_first_use=False,
        )
        yield


def log_line(path: Path | None, event: str, **said: str) -> None:
    """A warning in the same log, from a thread or a process that may have none set up."""
    with _opened(path) as file:
        logger = structlog.WriteLogger(file)
        structlog.wrap_logger(logger, _PROCESSORS, wrapper_class=_LOGGER).warning(event, **said)


def _opened(path: Path | None) -> AbstractContextManager[TextIO | None]:
    return path.open("a", buffering=1, encoding="utf-8") if path else nullcontext()


def _encode_line(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


_PROCESSORS: Final[list[Callable[..., Any]]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(_encode_line),
]
_LOGGER: Final = structlog.make_filtering_bound_logger(logging.INFO)


class ServerLogHandler(logging.Handler):
    """Says in the service's log what the server says of its workers."""

    def emit(self, record: logging.LogRecord) -> None:
        log.log(record.levelno, "server", message=record.getMessage(), exc_info=record.exc_info)


SERVER_LOG: Final[dict[str, Any]] = {
    "handlers": {"service": {"class": "wildlife.web.observing.ServerLogHandler"}},
    "loggers": {"_granian": {"handlers": ["service"], "propagate": False}},
}


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
        finally:
            seconds = time.perf_counter() - started
            method, route = scope["method"], scope.get("path_template") or "none"
            REQUESTS.labels(method, route, status).inc()
            SECONDS.labels(method, route).observe(seconds)
            log.info(
                "request",
                method=method,
                path=scope["path"],
                status=status,
                ms=round(seconds * 1000, 1),
            )

    return observed
