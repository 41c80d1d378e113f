"""For those who run the service: health and metrics."""

from typing import Any, Final

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.response import Redirect
from prometheus_client import CONTENT_TYPE_LATEST

from wildlife.web.health import Checkup, Readiness
from wildlife.web.metrics import Exposition
from wildlife.web.problems import Problem
from wildlife.web.responses import problems

# Whoever watches asks at the worst of times.
UNMETERED: Final = {"public": True, "unmetered": True}


class Health(msgspec.Struct, frozen=True):
    """进程状态。`ok`, or no answer at all: it depends on nothing."""

    status: str = "ok"
    """进程状态。Always `ok`: it depends on nothing."""


@get("/", opt={"public": True}, include_in_schema=False)
async def show_documentation() -> Redirect:
    """Whoever opens the service in a browser wants to know what it is."""
    return Redirect("/docs")


@get("/healthz", tags=["operation"], opt=UNMETERED, security=[{}])
async def get_health() -> Health:
    """进程有响应。The process answers."""
    return Health()


@get(
    "/readyz",
    tags=["operation"],
    opt=UNMETERED,
    security=[{}],
    responses=problems("not_ready"),
)
async def get_readiness(state: State) -> Readiness:
    """服务可以受理。The process can serve. Its database takes a write, has the tables of this
    version and remembers its key, its photo store takes a write, and its disk has room. What fails
    is named; the answer comes within a second, and a good one holds for a second."""
    checkup: Checkup = state.checkup
    return await checkup.require_ready()


@get(
    "/metrics",
    tags=["operation"],
    opt=UNMETERED,
    security=[{}],
    media_type=MediaType.TEXT,
    responses=problems("not_found"),
)
async def get_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """运行指标。Counters, timings and what waits, for Prometheus, of all workers: for operators,
    who ask the service directly."""
    if "x-forwarded-for" in request.headers:  # a proxy lets nobody in from outside
        raise Problem("not_found")
    exposition: Exposition = request.app.state.exposition
    text = await exposition.text()
    # The framework would add a charset to that of a media type.
    return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})
