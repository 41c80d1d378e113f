"""What is raised in a request, as the problem that answers it."""

import errno
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias
from uuid import uuid4

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    InternalServerException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)

from db.pool import UNAVAILABLE
from media.store import StoreUnavailable
from media.vault import Unsealable
from wildlife.web.addresses import hint_at
from wildlife.web.heads import allow
from wildlife.web.negotiation import (
    CHINESE,
    ENGLISH,
    HTML,
    JSON,
    best_of,
    prefers_chinese,
    whole_header,
)
from wildlife.web.parameters import parameter_fault
from wildlife.web.problem_details import MEDIA_TYPE, ProblemDetail
from wildlife.web.problem_pages import PAGE, problem_page
from wildlife.web.problems import MOST_TOLD, Problem, of_faults
from wildlife.web.rates import counted
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

Told: TypeAlias = Response[ProblemDetail] | Response[str]
"""A problem as it is answered: to programs, or as a page."""

REFUSED: Final = "refused"
"""In the state of a request that the service makes itself: the problem that it is answered with. Of
no other: whoever keeps an exception keeps its frames, and the connection on which it is told."""

# By then a turn has come, a worker or a database is back; or it is asked once more.
_RETRY_AFTER_S: Final = "2"

# A disk, a quota, or a limit on the size of files.
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

# In the path of a field: `animals[0]`.
_STEP: Final = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)(?:\[[0-9]{1,4}\])?")

_BROKEN_OFF: Final = Sentence(
    "The body broke off, or its chunks are not as HTTP has them. Send it again, whole.",
    "请求内容中断，或其分块不符合 HTTP 规定。请完整地重新发送。",
)
_NO_FILE: Final = Sentence("There is no such file.", "没有这个文件。")


def handle_problem(request: Request[Any, Any, Any], problem: Problem) -> Told:
    """The answer to any request that could not be served; a page to who likes pages better, as
    browsers do where people open an address."""
    problem = counted(request, problem)
    request_id = request.scope["state"].get("request_id") or str(uuid4())
    if REFUSED in request.scope["state"]:
        request.scope["state"][REFUSED] = problem
    request.scope["state"]["code"] = problem.code  # for `observe`
    request.scope["state"]["errors"] = [
        {"code": error.code or problem.code, "field": _known(error.field, request.app.state.names)}
        for error in problem.errors[:MOST_TOLD]
        if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR
    ]
    chinese = prefers_chinese(request)
    handler = request.scope.get("route_handler")
    detail = problem.detail(
        chinese=chinese,
        request_id=request_id,
        of_json=handler is not None and "data" in handler.parsed_fn_signature.parameters,
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Language": CHINESE if chinese else ENGLISH,
    }
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = _RETRY_AFTER_S
    if problem.status == HTTPStatus.UNAUTHORIZED:
        # By which a spreadsheet asks who is there for what it sends.
        by_feed = problem.code == "invalid_feed"
        headers["WWW-Authenticate"] = 'Basic realm="feed", charset="UTF-8"' if by_feed else "Bearer"
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if problem.code == "unsupported_tus_version":
        headers["Tus-Version"] = problem.expected
    if problem.code == "range_not_satisfiable":
        headers["Content-Range"] = f"bytes */{problem.expected}"
    if problem.code == "method_not_allowed":
        headers["Allow"] = problem.expected
    if best_of(whole_header(request, "accept"), (MEDIA_TYPE, JSON, HTML)) == HTML:
        headers["Content-Language"] = f"{CHINESE}, {ENGLISH}"
        headers["Content-Security-Policy"] = PAGE.policy
        page = problem_page(problem, request_id)
        return Response(page, status_code=problem.status, media_type=HTML, headers=headers)
    return Response(detail, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def handle_no_file(request: Request[Any, Any, Any], _: ValueError) -> Told:
    """There is no file of such a name."""
    return handle_problem(request, Problem("not_found", said=_NO_FILE))


def handle_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Told:
    """What the framework refuses by itself, as one of our problems."""
    return handle_problem(request, _as_problem(request, error))


def handle_unavailable(request: Request[Any, Any, Any], error: Exception) -> Told:
    """The database is away: an operator's matter, and the client may simply try again."""
    log.warning("unavailable", code="unavailable", error=error)
    return handle_problem(request, Problem("unavailable"))


def handle_full_database(request: Request[Any, Any, Any], error: asyncpg.DiskFullError) -> Told:
    """The disk of the database is full: to send the same again in a moment helps nobody."""
    log.error("storage_full", code="storage_full", error=error)
    return handle_problem(request, Problem("storage_full"))


def handle_missing_value(
    request: Request[Any, Any, Any], error: asyncpg.NotNullViolationError
) -> Told:
    """A key that was retired between sealing and writing: the next time it is the new one. A server
    whose file still holds the old one alone goes on saying so, as its readiness does."""
    if error.column_name != "sealed_by":
        return handle_exception(request, error)
    log.error("key_is_retired")
    return handle_problem(request, Problem("unavailable"))


def handle_store_unavailable(request: Request[Any, Any, Any], error: StoreUnavailable) -> Told:
    """The photo store is away: an operator's matter, as where the database is."""
    log.warning("store_unavailable", code="store_unavailable", error=error)
    return handle_problem(request, Problem("store_unavailable"))


def handle_unsealable(request: Request[Any, Any, Any], _: Unsealable) -> Told:
    """What is sealed can't be opened: it was changed, and the operator has to know."""
    return handle_problem(request, Problem("sealed"))


def handle_os_error(request: Request[Any, Any, Any], error: OSError) -> Told:
    """A full disk is told as such; it is freed, and the client goes on."""
    if error.errno not in _FULL:
        return handle_exception(request, error)
    log.error("storage_full", code="storage_full", error=error)
    return handle_problem(request, Problem("storage_full"))


def handle_exception(request: Request[Any, Any, Any], error: Exception) -> Told:
    """A fault of ours: logged whole, told without a detail of it."""
    log.error("internal_error", code="internal_error", exc_info=error)
    return handle_problem(request, Problem("internal_error"))


def _known(path: str, names: frozenset[str]) -> str:
    """The path of a field, up to what its sender may have typed there: a field that there is not,
    the value that a correction names."""
    known: list[str] = []
    for step in path.split("."):
        found = _STEP.fullmatch(step)
        if found is None or found[1] not in names:
            return ".".join([*known, "…"])
        known.append(step)
    return ".".join(known)


def _as_problem(request: Request[Any, Any, Any], error: HTTPException) -> Problem:
    match error:
        case NotFoundException():
            return Problem("not_found", said=hint_at(request.app.routes, request.url.path))
        case MethodNotAllowedException():
            of_routes = (error.headers or {}).get("allow", "").split(", ")
            return Problem("method_not_allowed", expected=allow(of_routes))
        case ValidationException(extra=[{"key": "data"}, *_]):
            return Problem("empty_body")
        case ValidationException(extra=[{"key": str()}, *_] as wrong):
            handler = request.route_handler
            return of_faults(
                [parameter_fault(request, handler, one["key"], one["message"]) for one in wrong]
            )
        case _ if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            limit = request.route_handler.resolve_request_max_body_size()
            return Problem("body_too_large", expected=str(limit))
        case InternalServerException():  # as the framework calls it
            return Problem("bad_request", said=_BROKEN_OFF)
        case _:
            return Problem("bad_request", reason=Sentence(error.detail, ""))


EXCEPTION_HANDLERS: Final[Mapping[int | type[Exception], Callable[..., Response[Any]]]] = {
    Problem: handle_problem,
    HTTPException: handle_http_exception,
    **dict.fromkeys(UNAVAILABLE, handle_unavailable),
    asyncpg.DiskFullError: handle_full_database,
    StoreUnavailable: handle_store_unavailable,
    Unsealable: handle_unsealable,
    asyncpg.NotNullViolationError: handle_missing_value,
    OSError: handle_os_error,
    Exception: handle_exception,
}
"""What answers what is raised: the framework takes the handler of the nearest class."""
