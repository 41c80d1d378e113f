"""The log: a line of JSON for each thing that happened, which names who and which record, and
nothing that anybody said."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from io import FileIO
from pathlib import Path
from traceback import TracebackException
from typing import Any, Final, TypeGuard

import asyncpg
import msgspec
import structlog
from structlog.typing import EventDict

from wildlife.web.counting import Counter

log = structlog.get_logger()


LOST_LINES: Final = Counter(
    "wildlife_log_lines_lost_total", "Lines of the log that its file, or its pipe, did not take."
)


@contextmanager
def logging_to(path: Path | None) -> Iterator[None]:
    """JSON lines, appended to the file or on standard output, until the end of the block: then
    where they went before, as what a worker's server says of a start that failed."""
    before = structlog.get_config()
    with _opened(path) as lines:
        structlog.configure(
            processors=_PROCESSORS,
            logger_factory=lambda *_: lines,
            wrapper_class=_LOGGER,
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            structlog.configure(**before)


def log_line(path: Path | None, event: str, **said: str) -> None:
    """A warning in the same log, from a thread or a process that may have none set up."""
    try:
        with _opened(path) as lines:
            structlog.wrap_logger(lines, _PROCESSORS, wrapper_class=_LOGGER).warning(event, **said)
    except OSError:  # it can't even be opened
        LOST_LINES.add()


class _Lines:
    """Where the log goes. A line that it does not take costs nobody an answer: it goes to standard
    error, where that does take it, and is counted.

    Nothing is held back: of what a full disk did not take, a buffer would keep a part for later,
    and fail the program at its end.
    """

    def __init__(self, write: Callable[[bytes], int | None]) -> None:
        self._write = write
        self._is_torn = False

    def msg(self, message: str) -> None:
        line = message.encode() + b"\n"
        whole = b"\n" + line if self._is_torn else line
        try:
            written = self._write(whole) or 0
        except OSError:
            written = 0
        if written:
            self._is_torn = written < len(whole)
        if written < len(whole):
            LOST_LINES.add()
            with suppress(OSError):
                sys.stderr.write(line.decode())
                sys.stderr.flush()

    debug = info = warning = error = critical = msg


class _File:
    """A file that is found by its name: moved away, as a rotation does, it is begun anew with the
    next line, by whichever process writes that. No signal, and no line is cut off."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def write(self, line: bytes) -> int | None:
        if not self._is_there():
            before = self._file
            try:
                self._open()
            except OSError:
                if not os.fstat(before.fileno()).st_nlink:
                    raise  # the old one has no name any more: nobody would find the line
            else:
                before.close()
        return self._file.write(line)

    def close(self) -> None:
        self._file.close()

    def _open(self) -> None:
        self._file = self._path.open("ab", buffering=0)
        self._is = os.fstat(self._file.fileno())

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), self._is)
        except OSError:
            return False


@contextmanager
def _opened(path: Path | None) -> Iterator[_Lines]:
    if path is None:
        yield _Lines(_standard_output())
    else:
        with closing(_File(path)) as file:
            yield _Lines(file.write)


def _standard_output() -> Callable[[bytes], int | None]:
    try:
        return FileIO(sys.stdout.fileno(), "w", closefd=False).write
    except OSError:  # it is none of the system's, as in a test
        return sys.stdout.buffer.write


def as_logged(error: BaseException) -> str:
    """What an exception may say in the log: of which class it is, and no value that it repeats.

    What a person sent ends up in the messages of exceptions (`invalid literal for int(): '138…'`)
    and in what PostgreSQL says of a row. Those that speak of the code, of files and of connections
    say what they say.
    """
    class_ = type(error)
    name = f"{class_.__module__}.{class_.__qualname__}".removeprefix("builtins.")
    if isinstance(error, asyncpg.PostgresError):
        at = [error.sqlstate, error.table_name, error.column_name, error.constraint_name]
        speaks_of_data = (error.sqlstate or "")[:2] in _OF_DATA
        said = " ".join(filter(None, [*at, None if speaks_of_data else error.message]))
    elif isinstance(error, msgspec.ValidationError):
        said = str(error).partition(" - ")[2]
    elif isinstance(error, _OF_CODE) or class_.__module__.partition(".")[0] in _OWN:
        said = str(error)
    else:
        said = ""
    return f"{name}: {_one_line(said)}" if said else name


# Of PostgreSQL's classes of errors: what is wrong with a value, and with a row.
_OF_DATA: Final = {"22", "23"}
# Their messages speak of the code and of files, whatever was sent.
_OF_CODE: Final = (TypeError, AttributeError, NameError, OSError)
_OWN: Final = {"db", "media", "wildlife"}


def _one_line(text: str) -> str:
    return text.partition("\n")[0]


def _trace(error: BaseException) -> str:
    """The traceback of an exception, and of those it came from, as one text."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = TracebackException.from_exception(error).stack.format()
    within = [_trace(one) for one in error.exceptions] if _is_group(error) else []
    own = "".join([*frames, as_logged(error)])
    return "\n\n".join([*([_trace(before)] if before else []), own, *within])


def _is_group(error: BaseException) -> TypeGuard[BaseExceptionGroup[BaseException]]:
    return isinstance(error, BaseExceptionGroup)


def _tell_exception(_: Any, __: str, event: EventDict) -> EventDict:
    """`exc_info` as text under `exception`, in the place of structlog's own."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    error = given if isinstance(given, BaseException) else sys.exception() if given else None
    if error is not None:
        event["exception"] = _trace(error)
    return event


def _encode_line(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=_as_text).decode()


def _as_text(value: Any) -> str:
    return as_logged(value) if isinstance(value, BaseException) else str(value)


_PROCESSORS: Final[list[Callable[..., Any]]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _tell_exception,
    structlog.processors.JSONRenderer(_encode_line),
]
_LOGGER: Final = structlog.make_filtering_bound_logger(logging.INFO)


_TRACEBACK: Final = "Traceback (most recent call last):"


class ServerLogHandler(logging.Handler):
    """Says in the service's log what the server says of its workers, and what the parts that it is
    made of say: the first line of it, for the others repeat what they were given."""

    def emit(self, record: logging.LogRecord) -> None:
        event = "server" if record.name == "_granian" else "library"
        message = _one_line(record.getMessage())
        if message.endswith(_TRACEBACK):
            return  # of a start that failed, whose cause has been told as such
        said = {} if event == "server" else {"logger": record.name}
        log.log(record.levelno, event, message=message, exc_info=record.exc_info, **said)


SERVER_LOG: Final[dict[str, Any]] = {
    "handlers": {"service": {"class": "wildlife.web.log.ServerLogHandler"}},
    "loggers": {"_granian": {"handlers": ["service"], "propagate": False}},
    "root": {"handlers": ["service"], "level": "WARNING"},
}
