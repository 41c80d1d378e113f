"""What every route shares: strict bodies and parameters, problem details."""

import errno
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, TypeAlias
from uuid import uuid4

import asyncpg
import structlog
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.handlers import BaseRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import SkipValidation
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import Empty
from litestar.typing import FieldDefinition

from media.store import StoreUnavailable
from media.vault import Unsealable
from wildlife.service import Service
from wildlife.web.decoding import decode, explain, plain
from wildlife.web.problems import MEDIA_TYPE, FieldError, Problem, ProblemDetail

log = structlog.get_logger()

FromService: TypeAlias = NamedDependency[SkipValidation[Service]]

# tus 1.0.0 has a status of its own, which no registry knows.
_CHECKSUM_MISMATCH: Final = 460

# By then a turn has come, a worker or a database is back; or it is asked once more.
_RETRY_AFTER_S: Final = "2"

# A disk, a quota, or a limit on the size of files.
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StrictRequest(Request[Any, None, State]):
    """A request whose JSON body is decoded straight to the type that its handler declares."""

    async def json(self) -> Any:
        if self._json is Empty:
            declared = self.route_handler.parsed_fn_signature.parameters["data"].annotation
            # A base type stands for the types that the app was made with.
            [meant] = self.app.state.unions.get(declared, [declared])
            self._json = decode(await self.body(), meant)
        return self._json


async def provide_service(state: State) -> Service:
    """The parts of the service, made once a process."""
    service: Service = state.service
    return service


def query_parameters(routes: Iterable[BaseRoute]) -> dict[tuple[str, str], list[str]]:
    """What the handler of each path and method, with its dependencies, reads from the query."""
    return {
        (route.path_format, method): sorted(p.field_alias for p in parameters.expected_query_params)
        for route in routes
        if isinstance(route, HTTPRoute)
        for method, (_, parameters) in route.route_handler_map.items()
    }


def refuse_unfit_parameters(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raises Problem for a filter that would filter nothing because its name is misspelt, and for
    U+0000, which is in no text of PostgreSQL's, and bytes of another encoding (GBK)."""
    in_path = connection.path_params.items()
    if not connection.scope["query_string"] and not in_path:
        return
    in_query = connection.query_params.items()
    at = connection.scope["path_template"], str(connection.scope.get("method"))
    known = connection.app.state.query_parameters[at]
    for name, given in in_query:
        if name not in known:
            expected = ", ".join(known) or "none"
            raise Problem("unknown_parameter", FieldError(name, given, expected))
    for name, given in (*in_path, *in_query):
        if "\0" in str(given):
            raise Problem("invalid_parameter", FieldError(name, given, "text without U+0000"))
    for name, given in in_query:
        if "\ufffd" in given:  # what stands for bytes that say nothing
            raise Problem("invalid_parameter", FieldError(name, given, "text in UTF-8"))


def address(request: Request[Any, Any, Any], path: str) -> str:
    """`path` as the client can call it: through a proxy for TLS too, which says so."""
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    return f"{'https' if scheme == 'https' else 'http'}://{request.url.netloc}{path}"


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The problem answers of a route, for the OpenAPI document."""
    return {
        status: ResponseSpec(
            ProblemDetail,
            description=_phrase(status),
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status in statuses
    }


def _phrase(status: int) -> str:
    return "Checksum Mismatch" if status == _CHECKSUM_MISMATCH else HTTPStatus(status).phrase


def also_answers(status: int, answer: type) -> dict[int, ResponseSpec]:
    """A further success answer of a route, for the OpenAPI document."""
    return {
        status: ResponseSpec(answer, description=HTTPStatus(status).phrase, generate_examples=False)
    }


def handle_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[ProblemDetail]:
    """The answer to any request that could not be served."""
    request_id = request.scope["state"].get("request_id") or str(uuid4())
    detail = problem.detail(chinese=prefers_chinese(request), request_id=request_id)
    headers = {"Cache-Control": "no-store"}
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = _RETRY_AFTER_S
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if problem.code == "unsupported_tus_version":
        headers["Tus-Version"] = problem.expected
    if problem.code == "method_not_allowed":
        headers["Allow"] = problem.expected
    return Response(detail, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def handle_no_file(request: Request[Any, Any, Any], _: ValueError) -> Response[ProblemDetail]:
    """There is no file of such a name."""
    return handle_problem(request, Problem("not_found"))


def handle_http_exception(
    request: Request[Any, Any, Any], error: HTTPException
) -> Response[ProblemDetail]:
    """What the framework refuses by itself, as one of our problems."""
    return handle_problem(request, _as_problem(request, error))


def handle_unavailable(
    request: Request[Any, Any, Any], error: Exception
) -> Response[ProblemDetail]:
    """The database is away: an operator's matter, and the client may simply try again."""
    log.warning("unavailable", error=str(error))
    return handle_problem(request, Problem("unavailable"))


def handle_missing_value(
    request: Request[Any, Any, Any], error: asyncpg.NotNullViolationError
) -> Response[ProblemDetail]:
    """A key that was retired between sealing and writing: the next time it is the new one. A server
    whose file still holds the old one alone goes on saying so, as its readiness does."""
    if error.column_name != "sealed_by":
        return handle_exception(request, error)
    log.error("key_is_retired")
    return handle_problem(request, Problem("unavailable"))


def handle_store_unavailable(
    request: Request[Any, Any, Any], error: StoreUnavailable
) -> Response[ProblemDetail]:
    """The photo store is away: the same."""
    log.warning("store_unavailable", error=str(error))
    return handle_problem(request, Problem("store_unavailable"))


def handle_unsealable(request: Request[Any, Any, Any], _: Unsealable) -> Response[ProblemDetail]:
    """What is sealed can't be opened: it was changed, and the operator has to know."""
    return handle_problem(request, Problem("sealed"))


def handle_os_error(request: Request[Any, Any, Any], error: OSError) -> Response[ProblemDetail]:
    """A full disk is told as such; it is freed, and the client goes on."""
    if error.errno not in _FULL:
        return handle_exception(request, error)
    log.error("storage_full", error=str(error))
    return handle_problem(request, Problem("storage_full"))


def handle_exception(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemDetail]:
    """A fault of ours: logged whole, told without a detail of it."""
    log.error("internal_error", exc_info=error)
    return handle_problem(request, Problem("internal_error"))


def prefers_chinese(request: Request[Any, Any, Any]) -> bool:
    """Whether Accept-Language names Chinese before English."""
    for language in request.headers.get("accept-language", "").lower().split(","):
        if language.strip().startswith("zh"):
            return True
        if language.strip().startswith("en"):
            return False
    return False


def _as_problem(request: Request[Any, Any, Any], error: HTTPException) -> Problem:
    match error:
        case NotFoundException():
            return Problem("not_found")
        case MethodNotAllowedException():
            return Problem("method_not_allowed", expected=(error.headers or {}).get("allow", ""))
        case ValidationException(extra=[{"key": "data"}, *_]):
            return Problem("empty_body", expected="record")
        case ValidationException(extra=[{"key": str(key), "message": str(message)}, *_]):
            return _parameter_problem(request, key, message)
        case _ if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            limit = request.route_handler.resolve_request_max_body_size()
            return Problem("body_too_large", expected=str(limit))
        case _:
            return Problem("bad_request", reason=error.detail)


def _parameter_problem(request: Request[Any, Any, Any], key: str, message: str) -> Problem:
    """The problem with a parameter; `key` is the handler's name for it, which may end with `_`."""
    name = key.rstrip("_")
    given = request.query_params.get(name)
    expected = plain(message.removeprefix("Expected "))
    declared = _declared(request.route_handler).get(key)
    if declared is not None and message.startswith("Invalid enum value"):
        expected = explain(message, given, declared.annotation).errors[0].expected or expected
    return Problem("invalid_parameter", FieldError(name, given, expected))


def _declared(handler: BaseRouteHandler) -> dict[str, FieldDefinition]:
    """The parameters of a handler and of what it depends on, by their names in Python."""
    signatures = [
        handler.parsed_fn_signature,
        *(needed.parsed_fn_signature for needed in handler.resolve_dependencies().values()),
    ]
    return {name: field for one in signatures for name, field in one.parameters.items()}
