"""The log: a line of JSON for each thing that happened."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, TextIO

import msgspec
import structlog

log = structlog.get_logger()


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
    "handlers": {"service": {"class": "wildlife.web.log.ServerLogHandler"}},
    "loggers": {"_granian": {"handlers": ["service"], "propagate": False}},
}
