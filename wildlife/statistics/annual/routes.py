"""GET /reports/annual."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from anyio import to_thread
from litestar import Request, Response, get
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Schema,
)
from litestar.params import QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.formats.about_queries import ListOfProtection
from wildlife.lists.formats.format import Asking
from wildlife.lists.formats.xlsx import XLSX as AS_XLSX
from wildlife.lists.formats.xlsx import workbook
from wildlife.lists.trying import is_tried, would_answer
from wildlife.people.accounts import Actor
from wildlife.people.asking import station_parameter, unmeant_station
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.people.station_queries import find_station, list_ids_below
from wildlife.service import Service
from wildlife.statistics.annual.page import PAGE, page
from wildlife.statistics.annual.parts import unmeant_region, unmeant_unit
from wildlife.statistics.annual.queries import Asked, bases_of, read_rescues, taxa_of
from wildlife.statistics.annual.report import (
    DEFINITIONS,
    AnnualReport,
    Made,
    digest_of,
    sum_of,
)
from wildlife.statistics.annual.tally import Tally, bounds_of
from wildlife.statistics.annual.xlsx import REPORT, filling
from wildlife.timeline.service import FromTimelineService, TimelineService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.moments import read_moment
from wildlife.web.negotiation import CHINESE, ENGLISH, HTML, JSON, XLSX, best_of, whole_header
from wildlife.web.problems import FieldError, Problem, gather
from wildlife.web.responses import READING, problems
from wildlife.words.region_names import name_of_region
from wildlife.words.regions import A_REGION_OR_ITS_BEGINNING, prefix_of
from wildlife.words.sentences import Sentence
from wildlife.words.values import DAY_OR_TIME, EARLIEST, LATEST, whole

_NOT_YET: Final = Sentence(
    "This year had not begun by then: ask for one that had.",
    "截至该时间，此年度尚未开始：请改查已开始的年度。",
)
_LATER: Final = Sentence(
    "What will be known then nobody knows: give a day that is not after today, or leave `as_of`"
    " out.",
    "该时间尚未到来，届时的记录无从得知：请填写不晚于今天的日期，或去掉 `as_of`。",
)


def _read(service: Service, given: Mapping[str, Any]) -> datetime:
    """As of when. Raises Problem: invalid_parameter."""
    zone, now = service.settings.zone, datetime.now(UTC)
    year, text = given.get("year"), given.get("as_of")
    as_of = read_moment("as_of", text, zone, end_of_day=True) or now
    # Today, too, may be asked for as a day: as far as it is known.
    if (read_moment("as_of", text, zone, end_of_day=False) or now) > now:
        raise Problem("invalid_parameter", FieldError("as_of", text, said=_LATER))
    known = min(as_of, now)
    if year is not None and bounds_of(year, zone)[0] >= known:
        raise Problem("invalid_parameter", FieldError("year", year, said=_NOT_YET))
    return known.astimezone(zone)


@dataclass
class ReportOperation(Operation):
    """An operation that answers the report as a workbook and as a page, too."""

    OFFERED: ClassVar = (JSON, XLSX, HTML)

    def __post_init__(self) -> None:
        content = getattr((self.responses or {}).get("200"), "content", None)
        if content is not None:
            file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
            content[XLSX] = OpenAPIMediaType(schema=file)
            text = Schema(type=OpenAPIType.STRING, description="The page, whole by itself.")
            content[HTML] = OpenAPIMediaType(schema=text)


@get(
    "/reports/annual",
    opt={
        "verb": Verb.REPORT,
        "reads": Reading.STATISTIC,
        "listed": Listed.ANNUAL_REPORT,
        "read": _read,
    },
    tags=["statistics"],
    operation_class=ReportOperation,
    response_headers=documented_headers("Vary", "Content-Disposition"),
    responses=problems(*READING, "missing_parameter"),
)
async def get_annual_report(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    year: Annotated[
        int | None,
        QueryParameter(
            ge=EARLIEST.year,
            le=LATEST.year - 1,
            description="年度。The year, in the service's zone; without it there is no report.",
            schema_extra={"examples": [2024]},
        ),
    ] = None,
    region: Annotated[
        str | None,
        QueryParameter(
            pattern=A_REGION_OR_ITS_BEGINNING,
            description="行政区划。A region code or its beginning: what was found there.",
            schema_extra={"examples": ["1504"]},
        ),
    ] = None,
    station: Annotated[
        str | None,
        station_parameter("单位代码。A unit's code: what it, or one below it, is responsible for."),
    ] = None,
    as_of: Annotated[
        str | None,
        QueryParameter(
            description="统计截止时间。A day, which is included, or a time with its offset: as the"
            " records were known then. Without it, now.",
            schema_extra={"pattern": DAY_OR_TIME, "examples": ["2025-01-15"]},
        ),
    ] = None,
    format_: Annotated[
        Literal["json", "xlsx", "html"] | None,
        QueryParameter(
            name="format",
            description="输出格式。`json`, `xlsx` (a workbook) or `html` (a page to be printed on"
            " A4, with charts); without it, as `Accept` says.",
        ),
    ] = None,
    labels: Annotated[
        str | None,
        QueryParameter(
            pattern=whole(f"{CHINESE}|{ENGLISH}"),
            description="文件语言。`zh` or `en`: in which language the workbook is and the page;"
            " without it the workbook is in the reader's (`Accept-Language`), and the page, which"
            " is signed, in Chinese. JSON has codes.",
        ),
    ] = None,
) -> Response[AnnualReport]:
    """收容救护年度报告。Heads by unit, species, class of protection and source: in care at the
    beginning of the year, received, what became of them, in care at its end. The same for the same
    `as_of`, whatever was recorded since."""
    if year is None:
        raise Problem("missing_parameter", FieldError("year"))
    known = _read(service, {"year": year, "as_of": as_of})
    part = region and prefix_of(region)
    tried = is_tried(request)
    report = await make(service, actor, year, part, station, known, is_tried=tried)
    if report is None:
        return would_answer()
    asking = Asking(
        service=service,
        request=request,
        actor=actor,
        called=REPORT,
        labels=labels,
        now=report.made.at,
    )
    return await _written(asking, report, _format(request, format_))


def _format(request: Request[Any, Any, Any], given: str | None) -> str:
    """By `format`, or else by `Accept`."""
    if given is not None:
        return {"json": JSON, "xlsx": XLSX, "html": HTML}[given]
    return best_of(whole_header(request, "accept"), ReportOperation.OFFERED) or JSON


async def _written(asking: Asking, report: AnnualReport, media_type: str) -> Response[Any]:
    headers = {"Vary": "Accept, Accept-Language, Authorization"}
    if media_type == JSON:
        return Response(report, headers=headers)
    if media_type == HTML:
        content = await to_thread.run_sync(page, report, asking.labels or CHINESE)
        headers |= {"Content-Security-Policy": PAGE.policy}
        return Response(content, media_type=HTML, headers=headers)
    register = [ListOfProtection(*msgspec.structs.astuple(one)) for one in report.protection_lists]
    pieces = workbook(asking, filling(report), register)
    name = f"annual-report-{report.year}"
    return AS_XLSX.sent(asking, pieces, headers, name)


async def make(
    service: TimelineService,
    actor: Actor,
    year: int,
    region: str | None,
    station: str | None,
    as_of: datetime,
    *,
    is_tried: bool,
) -> AnnualReport | None:
    """The report, of what `actor` sees; None where it is only tried. Raises Problem:
    invalid_parameter."""
    zone = service.settings.zone
    since, until = bounds_of(year, zone)
    tally = Tally(year, zone)
    async with (
        service.database.searching() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        gather(await unmeant_station(connection, station))
        unit = None if station is None else await find_station(connection, station)
        units = None if station is None else await list_ids_below(connection, station)
        gather(
            [
                *await unmeant_region(connection, actor, region),
                *await unmeant_unit(connection, actor, unit, units),
            ]
        )
        if is_tried:
            return None
        asked = Asked(since, until, region, units, as_of)
        async for rescue in read_rescues(service, connection, actor, asked):
            tally.add(rescue)
        taxa = await taxa_of(connection, tally.species)
        bases = await bases_of(connection, sorted(tally.lists))
    lines, months = tally.lines(taxa), tally.months()
    return AnnualReport(
        year=year,
        region=region,
        region_name=region and name_of_region(region).zh,
        station=station,
        station_name=None if unit is None else unit.name,
        as_of=as_of,
        lines=lines,
        total=sum_of(line.figures for line in lines),
        months=months,
        protection_lists=bases,
        definitions=DEFINITIONS,
        digest=digest_of(year, lines, months),
        made=Made(datetime.now(zone), actor.badge, actor.name),
    )
