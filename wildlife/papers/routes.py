"""Papers: which there are of a record, and each as a page to be printed."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromPath, QueryParameter

from wildlife.accesses.codes import Reading
from wildlife.accesses.recording import also_reads
from wildlife.papers.codes import Paper
from wildlife.papers.page import PAGE, page
from wildlife.papers.papers import PAPERS, Form, Numbered, form_of, sheets_of
from wildlife.papers.printing import as_pdf
from wildlife.papers.reading import pictures_of, read_record
from wildlife.papers.sheet import Gallery
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos.service import FromPhotoService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.negotiation import HTML, best_of, whole_header
from wildlife.web.problems import Problem
from wildlife.web.requests import address
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId

PDF: Final = "application/pdf"
_OFFERED: Final = (HTML, PDF)

_OF_NO_SUCH_ENTRY: Final = Sentence(
    "Of the entry that `entry` names there is no such paper.",
    "`entry` 所指的记录没有此文书。",
)


class PossiblePaper(msgspec.Struct, frozen=True):
    """可打印的文书。A paper that there is of a record."""

    paper: Paper
    """文书种类。Which paper it is."""
    number: str
    """文书编号。Its number: the same whoever prints it, and however often."""
    entry: UUID | None
    """所据记录。The entry that it is of: a release, a hand-over; null: it is of the whole."""
    address: str
    """地址。Where it is read, as its QR code says."""


class PossiblePapers(msgspec.Struct, frozen=True):
    """可打印的文书清单。The papers that there are of a record."""

    items: list[PossiblePaper]
    """可打印的文书。One for each release and each hand-over."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""


@dataclass
class PaperOperation(Operation):
    """An operation that answers a paper as a page, or as a PDF."""

    OFFERED: ClassVar = _OFFERED

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            text = Schema(type=OpenAPIType.STRING, description="The page, whole by itself.")
            file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
            answer.content = {HTML: OpenAPIMediaType(text), PDF: OpenAPIMediaType(file)}


@get(
    "/incidents/{incident_id:uuid}/papers",
    opt={"verb": Verb.READ, "reads": Reading.RECORD},
    tags=["papers"],
    responses=problems(*READING, "not_found"),
)
async def get_papers(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
) -> PossiblePapers:
    """可打印的文书。Which official papers there are of an incident, made of what you are told of
    it."""
    record, _ = await read_record(service, actor, incident_id, with_informant=False)
    return PossiblePapers(
        [
            PossiblePaper(
                form.paper,
                one.number,
                one.sheet.entry_id,
                _address(request, incident_id, form, one.sheet.entry_id),
            )
            for form in PAPERS
            for one in sheets_of(form, record)
        ]
    )


@get(
    "/incidents/{incident_id:uuid}/papers/{paper:str}",
    opt={"verb": Verb.READ, "reads": Reading.PAPER},
    tags=["papers"],
    media_type=HTML,
    operation_class=PaperOperation,
    response_headers=documented_headers("Content-Disposition", "Vary"),
    responses=problems(
        *READING,
        "not_found",
        "no_such_paper",
        "pdf_unavailable",
        "printer_unavailable",
        "store_unavailable",
        "sealed",
    ),
)
async def get_paper(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    paper: FromPath[Paper],
    entry: Annotated[
        UUID | None,
        QueryParameter(
            description="所据记录。Of a release record or a hand-over form: the release or the"
            " hand-over; without it all that there are, each on a page of its own."
        ),
    ] = None,
    format_: Annotated[
        Literal["html", "pdf"] | None,
        QueryParameter(
            name="format", description="格式。`html` or `pdf`; without it, by `Accept`."
        ),
    ] = None,
) -> Response[str] | Response[bytes]:
    """打印一份文书。An official paper on A4, Chinese first: what you are told of the record, blanks
    where nobody said anything, its number, its address as a QR code, the digest of the record.

    It holds all that it shows, fetches nothing, and prints from any browser. A receipt names who
    reported where you may read that, which is on record as `GET …/informant` is; who asked not to
    be named is masked. Up to 6 photos are printed large, up to 60 small.
    """
    as_file = _wants_pdf(request, format_)
    form = form_of(paper)
    gathered = await read_record(service, actor, incident_id, with_informant=form.names_informant)
    record = gathered.record
    sheets = sheets_of(form, record)
    if not sheets:
        raise Problem("no_such_paper", reason=form.absent)
    sheets = [one for one in sheets if entry in (None, one.sheet.entry_id)]
    if not sheets:
        raise Problem("no_such_paper", reason=_OF_NO_SUCH_ENTRY)
    if record.informant is not None:
        also_reads(request, Reading.INFORMANT)
    addresses = [_address(request, incident_id, form, one.sheet.entry_id) for one in sheets]
    pictures = await pictures_of(service, gathered, _shown(sheets))
    content = page(paper, sheets, record, addresses, pictures)
    name = f"{sheets[0].number}.{'pdf' if as_file else 'html'}"
    headers = {
        "Vary": "Accept, Authorization",
        "Content-Security-Policy": PAGE.policy,
        "Content-Disposition": f'inline; filename="{name}"',
    }
    if not as_file:
        return Response(content, media_type=HTML, headers=headers)
    file = await as_pdf(content, service.settings.rendering_memory_bytes)
    return Response(file, media_type=PDF, headers=headers)


def _wants_pdf(request: Request[Any, Any, Any], given: str | None) -> bool:
    """By `format`, or else by `Accept`. Raises Problem not_acceptable."""
    if given is not None:
        return given == "pdf"
    accept = whole_header(request, "accept")
    liked = best_of(accept, _OFFERED)
    if liked is None:
        raise Problem("not_acceptable", given=accept, expected=", ".join(_OFFERED))
    return liked == PDF


def _address(
    request: Request[Any, Any, Any], incident_id: UUID, form: Form, entry_id: UUID | None
) -> str:
    """Where a paper is read."""
    of_entry = f"?entry={entry_id}" if entry_id is not None else ""
    return address(request, f"/api/v1/incidents/{incident_id}/papers/{form.paper}{of_entry}")


def _shown(sheets: list[Numbered]) -> set[UUID]:
    """The photos that are on them."""
    parts = (part for one in sheets for part in one.sheet.parts)
    galleries = [part for part in parts if isinstance(part, Gallery)]
    return {picture.photo_id for one in galleries for picture in one.pictures}
