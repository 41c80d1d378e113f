"""Exports over HTTP: asked for, looked after, fetched, ended."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, delete, get, post, route
from litestar.datastructures import MultiDict
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import (
    OpenAPIResponse,
    Operation,
)
from litestar.params import FromPath, JSONBody

from db.pool import UNAVAILABLE
from media.store import StoreUnavailable, export_key
from wildlife.accesses.codes import Listed, Reading
from wildlife.accesses.recording import ASKED_BY
from wildlife.exports.codes import ExportState
from wildlife.exports.exports import Export, Exports, NewExport
from wildlife.exports.keeping import forget_exports
from wildlife.exports.making import Exporter
from wildlife.exports.queries import (
    StoredExport,
    access_export,
    add_export,
    end_export,
    is_held,
    list_exports,
)
from wildlife.lists.archive import ZIP
from wildlife.lists.formats import FORMATS, WHOLE, files_in
from wildlife.lists.question import ROOT
from wildlife.lists.subrequests import comes_whole, require_question
from wildlife.people.events import address_of
from wildlife.people.guard import FromActor, host_of
from wildlife.people.may import Verb
from wildlife.service import FromService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.bodies import Streamed
from wildlife.web.etags import is_current
from wildlife.web.negotiation import JSON, language_of, prefers_chinese
from wildlife.web.problem_details import ProblemDetail
from wildlife.web.problems import Problem, require_own_id
from wildlife.web.ranges import asked_part
from wildlife.web.requests import address
from wildlife.web.responses import KNOWN, READING, SENDING_JSON, also_answers, problems
from wildlife.words.sentences import Sentence

_MOST: Final = 20
"""So many an account may have,"""
_MOST_UNFINISHED: Final = 3
"""… and so many of them that are not made yet."""

_EXPECTED: Final = Sentence(
    "`address` should be that of a list with what is asked of it, in a format that comes whole"
    f" ({', '.join(WHOLE)}) and without `limit` and `cursor`, as"
    " `/api/v1/releases?protection=sanyou&format=csv&labels=zh`; or of `/api/v1/photos/archive`,"
    " of `/api/v1/reports/annual` (as `json` or `xlsx`) or of a statistic.",
    f"`address` 应为清单的查询地址，以 `format` 指定一次取全的格式（{'、'.join(WHOLE)}），不带"
    " `limit` 和 `cursor`，例如 `/api/v1/releases?protection=sanyou&format=csv&labels=zh`；"
    "也可为 `/api/v1/photos/archive`、`/api/v1/reports/annual`（`json` 或 `xlsx`）或统计的地址。",
)
_TOO_MANY: Final = Sentence(
    f"An account has {_MOST} exports at most, and {_MOST_UNFINISHED} that are not made yet: wait"
    " until one is done, or end one: `DELETE /api/v1/exports/{export_id}`.",
    f"每个账号最多有 {_MOST} 个导出，其中未完成的最多 {_MOST_UNFINISHED} 个：请等待其完成，"
    "或删除其中一个：`DELETE /api/v1/exports/{export_id}`。",
)
_ANOTHER: Final = Sentence("Make a new id for this one.", "请为本次导出生成新的编号。")


def _is_taken(handler: HTTPRouteHandler, asked: MultiDict[str]) -> bool:
    """A list that comes whole, the archive, a statistic or the report; but no page to look at."""
    if comes_whole(handler, asked):
        return True
    reads = handler.opt.get("reads")
    return reads in (Reading.EXPORT, Reading.STATISTIC) and asked.get("format") != "html"


@post(
    "/exports",
    opt={"verb": Verb.USE_SESSION},
    tags=["exports"],
    status_code=202,
    response_headers=documented_headers("Location"),
    responses=also_answers(200, Export)
    | problems(*KNOWN, *SENDING_JSON, "missing_parameter", "id_conflict", "too_many_exports"),
)
async def make_export(
    request: Request[Any, Any, Any],
    service: FromService,
    actor: FromActor,
    data: JSONBody[NewExport],
) -> Response[Export]:
    """新建导出。Have a long answer made in the background: a place to look, then a file that is
    fetched in as many pieces as it takes.

    202 the first time; the same again answers 200 with how far it is. It has what you may see while
    it is made, as the same answer fetched at once would have, and is kept for a day. It ends when
    your account is locked out, appointed to something else or given another password by somebody
    else.
    """
    actor.doing(Verb.READ).require(Verb.READ)  # what is fetched
    require_own_id(data.id)
    question = await require_question(request, actor, data.address, _is_taken, _EXPECTED)
    async with service.database.transaction(locking=actor.account_id) as connection:
        added = await add_export(
            connection,
            export_id=data.id,
            account_id=actor.account_id,
            question=question,
            language=language_of(request),
            origin=address(request, ""),
            address=address_of(host_of(request)),
            kept_for=timedelta(seconds=service.settings.export_s),
            most=_MOST,
            most_unfinished=_MOST_UNFINISHED,
        )
        held = added or await access_export(connection, actor.account_id, data.id)
        if held is None and not await is_held(connection, data.id):
            raise Problem("too_many_exports", said=_TOO_MANY)
    if held is None or held.question != question:
        raise Problem("id_conflict", given=str(data.id), reason=_ANOTHER)
    exporter: Exporter = request.app.state.exporter
    exporter.wake()
    return Response(
        _told(request, held),
        status_code=200 if added is None else 202,
        headers={"Location": address(request, f"{ROOT}/exports/{data.id}")},
    )


def _told(request: Request[Any, Any, Any], export: StoredExport) -> Export:
    is_done = export.state is ExportState.DONE
    url = address(request, f"{ROOT}/exports/{export.export_id}/file")
    return Export(
        id=export.export_id,
        address=export.question.address,
        state=export.state,
        bytes=export.bytes,
        rows=export.rows,
        expected_rows=export.expected_rows,
        sha256=export.sha256 if is_done else None,
        media_type=export.media_type,
        url=url if is_done else None,
        problem=_problem(export, chinese=prefers_chinese(request)),
        asked_at=export.asked_at,
        begun_at=export.begun_at,
        finished_at=export.finished_at,
        expires_at=export.expires_at,
    )


def _problem(export: StoredExport, *, chinese: bool) -> ProblemDetail | None:
    """Why it failed, in the reader's language."""
    if export.problem is None:
        return None
    return Problem(export.problem, said=export.why).detail(chinese=chinese)


@get("/exports", opt={"verb": Verb.USE_SESSION}, tags=["exports"], responses=problems(*READING))
async def get_exports(
    request: Request[Any, Any, Any], service: FromService, actor: FromActor
) -> Exports:
    """本人的导出。One's own exports, with how far each is."""
    async with service.database.writing() as connection:  # those made a moment ago are there
        held = await list_exports(connection, actor.account_id)
    return Exports([_told(request, one) for one in held])


@get(
    "/exports/{export_id:uuid}",
    opt={"verb": Verb.USE_SESSION},
    tags=["exports"],
    responses=problems(*READING, "not_found"),
)
async def get_export(
    request: Request[Any, Any, Any],
    service: FromService,
    actor: FromActor,
    export_id: FromPath[UUID],
) -> Export:
    """查看导出。How far an export is."""
    return _told(request, await _access(service, actor.account_id, export_id))


async def _access(service: FromService, account_id: UUID, export_id: UUID) -> StoredExport:
    """One of the account's own. Raises Problem: not_found."""
    async with service.database.writing() as connection:  # as far as it is now
        held = await access_export(connection, account_id, export_id)
    if held is None:
        raise Problem("not_found")
    return held


@delete(
    "/exports/{export_id:uuid}",
    opt={"verb": Verb.USE_SESSION},
    tags=["exports"],
    responses=problems(*KNOWN, "not_found"),
)
async def delete_export(service: FromService, actor: FromActor, export_id: FromPath[UUID]) -> None:
    """删除导出。End an export, whether it is made or not, and take its file away."""
    async with service.database.transaction() as connection:
        if not await end_export(connection, actor.account_id, export_id):
            raise Problem("not_found")
    try:
        await forget_exports(service.database, service.store, export_id)
    except (*UNAVAILABLE, StoreUnavailable, OSError):
        pass  # it has expired, and is found again


@dataclass
class ExportFileOperation(Operation):
    """An operation that answers a file of any of the formats that exports have, whole or in
    part."""

    def __post_init__(self) -> None:
        responses = self.responses or {}
        whole = responses.get("200")
        if isinstance(whole, OpenAPIResponse):
            types = [JSON, ZIP.media_type, *(FORMATS[name].media_type for name in WHOLE)]
            said = "导出的文件。The answer that was asked for, as it was made."
            whole.content = files_in(types, said)
            self.responses = {**responses, "206": replace(whole, description="A part of it")}


@route(
    "/exports/{export_id:uuid}/file",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={"verb": Verb.READ, "reads": Reading.EXPORT, "listed": Listed.EXPORT_FILE},
    tags=["exports"],
    # Whatever a reader says that it accepts, what was asked for says the format.
    media_type="application/octet-stream",
    operation_class=ExportFileOperation,
    response_headers=documented_headers("ETag", "Accept-Ranges", "Content-Disposition"),
    responses=problems(
        *KNOWN,
        "not_found",
        "range_not_satisfiable",
        "export_not_made",
        "export_lost",
        "store_unavailable",
    ),
)
async def get_export_file(
    request: Request[Any, Any, Any],
    service: FromService,
    actor: FromActor,
    export_id: FromPath[UUID],
) -> Response[bytes] | Streamed:
    """下载导出文件。The file of an export that is done; broken off, it goes on where it was
    (`Range`). Each fetch is on record."""
    export = await _access(service, actor.account_id, export_id)
    if export.why is not None:
        raise Problem("export_not_made", said=export.why)
    if export.state is not ExportState.DONE or export.sha256 is None:
        raise Problem("export_not_made")
    key, tag = export_key(export.sha256, str(export_id)), f'"{export.sha256}"'
    if await service.store.size(key) != export.bytes:
        raise Problem("export_lost")
    request.scope["state"][ASKED_BY] = ("export", export_id)
    headers = {
        "ETag": tag,
        "Cache-Control": "no-store",  # whoever fetches it again does so on record
    }
    if export.disposition is not None:
        headers["Content-Disposition"] = export.disposition
    if is_current(request, tag):
        return Response(b"", status_code=304, headers=headers)
    part = asked_part(request, tag, export.bytes)
    headers |= part.headers
    # The framework says the charset of a text anew.
    media_type = (export.media_type or "").partition(";")[0]
    if request.method == HttpMethod.HEAD:
        return Response(b"", media_type=media_type, headers=headers)
    return Streamed(
        service.store.read(key, part.start, part.end),
        status_code=part.status,
        media_type=media_type,
        headers=headers,
    )
