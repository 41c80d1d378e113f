"""Wires the rooms together."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import structlog
from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler, Middleware

from db.database import Database, ReadFrom, open_database
from db.identity import UnfitConnection
from db.pool import UNAVAILABLE
from db.replica import Standing
from media.spool import Spool
from media.store import Store, StoreUnavailable, open_store
from media.vault import open_vault
from wildlife.accesses import day_routes as access_days
from wildlife.accesses import routes as accesses
from wildlife.accesses.log import AccessLog
from wildlife.accesses.recording import attend_to, record_reading
from wildlife.changes.listening import Listeners
from wildlife.changes.reading import Looks
from wildlife.changes.routes import get_changes
from wildlife.demo.examples import EXAMPLES
from wildlife.evidence import routes as evidence
from wildlife.exports import routes as exports
from wildlife.exports.keeping import forget_exports
from wildlife.exports.making import Exporter
from wildlife.informants import routes as informants
from wildlife.informants.keys import open_fitting_vault
from wildlife.kinds import KINDS
from wildlife.ledger import routes as ledger
from wildlife.ledger.sequencing import Sequencer
from wildlife.ledger.signing import Checkpoints
from wildlife.lists import (
    animals,
    archive,
    feed_routes,
    hazards,
    incidents,
    nearby,
    releases,
    transfers,
)
from wildlife.lists import photos as photo_list
from wildlife.lists.filters import provide_filters
from wildlife.lists.forms import provide_form
from wildlife.lists.searching import ask_by_body, search_of
from wildlife.papers import routes as papers
from wildlife.people import account_routes as managing
from wildlife.people import appointment_routes as appointments
from wildlife.people import device_routes as devices
from wildlife.people import event_routes as events
from wildlife.people import routes as accounts
from wildlife.people import station_routes as stations
from wildlife.people.crews import Crews
from wildlife.people.guard import authenticate, provide_actor
from wildlife.people.holders import Holders
from wildlife.people.oidc import routes as oidc
from wildlife.people.oidc.provider import Provider, open_provider
from wildlife.people.signing_in import forget_expired
from wildlife.photos import original_routes as originals
from wildlife.photos import routes as photos
from wildlife.photos import upload_routes as uploads
from wildlife.photos.darkroom import open_darkroom
from wildlife.photos.measuring import measure
from wildlife.photos.receiving import tend_uploads
from wildlife.photos.service import PhotoService
from wildlife.photos.tus import speak_tus
from wildlife.photos.upload import open_uploads
from wildlife.receipts import routes as receipts
from wildlife.refused import routes as refused
from wildlife.service import provide_service
from wildlife.settings import Settings, read_settings
from wildlife.species import routes as species
from wildlife.statistics.animals import count_animals
from wildlife.statistics.annual.routes import get_annual_report
from wildlife.statistics.hazards import count_hazards
from wildlife.statistics.incidents import count_incidents
from wildlife.statistics.releases import count_releases
from wildlife.statistics.transfers import count_transfers
from wildlife.subscriptions import routes as subscriptions
from wildlife.subscriptions.delivering import Deliverer
from wildlife.subscriptions.measuring import measure_subscriptions
from wildlife.sync.routes import sync_items
from wildlife.timeline import routes as timeline
from wildlife.timeline.kind import Kinds
from wildlife.timeline.policy import read_policy
from wildlife.timeline.recent import RecentTimelines
from wildlife.timeline.rules import broken_alone
from wildlife.timeline.vocabularies import get_vocabularies
from wildlife.web.background import again_and_again, working_in_background
from wildlife.web.bodies import Bodies
from wildlife.web.cors import answer_pages, cors
from wildlife.web.counting import SEGMENTS
from wildlife.web.exceptions import EXCEPTION_HANDLERS, handle_no_file
from wildlife.web.headers import be_careful
from wildlife.web.heads import answer_heads
from wildlife.web.health import Checkup
from wildlife.web.leaving import for_who_waits
from wildlife.web.log import logging_to
from wildlife.web.metrics import Exposition, watch
from wildlife.web.observing import observe
from wildlife.web.openapi import (
    DOCS_PAGE,
    DescribedCodes,
    DescribedStructs,
    Unions,
    openapi_config,
)
from wildlife.web.operations import (
    get_health,
    get_metrics,
    get_readiness,
    show_documentation,
)
from wildlife.web.pacing import Moments, shared
from wildlife.web.parameters import names_in_requests, query_parameters, refuse_unfit_parameters
from wildlife.web.rates import Rates
from wildlife.web.read_later import ReadLater
from wildlife.web.requests import StrictRequest, require_acceptable, require_known_encoding
from wildlife.web.sizes import require_moderate
from wildlife.web.stopping import end_with_server, on_stop
from wildlife.web.transport import be_kind, forwarded_without_ports

log = structlog.get_logger()

# All else is served meanwhile, whatever hangs.
_STORE_WITHIN_S: Final = 5

API: list[ControllerRouterHandler] = [
    accounts.sign_in,
    accounts.refresh_tokens,
    accounts.get_session,
    accounts.change_password,
    accounts.sign_out,
    oidc.go_to_provider,
    oidc.come_from_provider,
    timeline.open_incident,
    incidents.get_incidents,
    nearby.get_nearby,
    timeline.get_incident,
    timeline.append_entry,
    timeline.get_entries,
    sync_items,
    refused.get_refused,
    refused.get_own_refused,
    refused.get_refused_body,
    refused.accept_refused,
    refused.dismiss_refused,
    informants.get_informant,
    informants.delete_informant,
    photos.put_photo,
    photos.get_photos,
    photos.get_photo,
    originals.get_original,
    originals.get_accesses,
    photos.get_rendition,
    uploads.describe_uploads,
    uploads.create_upload,
    uploads.get_upload,
    uploads.append_to_upload,
    uploads.delete_upload,
    papers.get_papers,
    papers.get_paper,
    receipts.find_receipts,
    get_changes,
    animals.get_animals,
    releases.get_releases,
    transfers.get_transfers,
    photo_list.list_photos,
    archive.get_photo_archive,
    hazards.get_hazards,
    feed_routes.make_feed,
    feed_routes.get_feeds,
    feed_routes.get_feed,
    feed_routes.end_feed,
    subscriptions.make_subscription,
    subscriptions.get_subscriptions,
    subscriptions.get_subscription,
    subscriptions.restart,
    subscriptions.end_subscription,
    exports.make_export,
    exports.get_exports,
    exports.get_export,
    exports.get_export_file,
    exports.delete_export,
    count_incidents,
    count_animals,
    count_releases,
    count_transfers,
    count_hazards,
    get_annual_report,
    species.find_species,
    species.get_species,
    stations.get_stations,
    stations.add_unit,
    stations.change_unit,
    managing.get_accounts,
    managing.add_account,
    managing.get_account,
    managing.change_account,
    managing.set_account_password,
    oidc.leave_account_to_provider,
    appointments.appoint_account,
    appointments.dismiss_account,
    devices.add_unit_device,
    devices.enrol_device,
    devices.get_devices,
    devices.cut_off_device,
    events.get_people_events,
    accesses.get_access_log,
    access_days.get_access_days,
    access_days.get_access_day,
    ledger.get_checkpoint,
    ledger.get_tile,
    evidence.get_evidence,
    get_vocabularies,
    *map(
        search_of,
        (
            incidents.get_incidents,
            animals.get_animals,
            releases.get_releases,
            transfers.get_transfers,
            hazards.get_hazards,
            photo_list.list_photos,
            archive.get_photo_archive,
            count_incidents,
            count_animals,
            count_releases,
            count_transfers,
            count_hazards,
        ),
    ),
]


async def admit(request: Request[Any, Any, Any]) -> None:
    """What every request to the API has to pass before anything of it is read. No guard: for that
    the framework copies the whole handler each time."""
    handler = request.route_handler
    attend_to(request)
    require_moderate(request)
    await authenticate(request, handler)
    await ask_by_body(request)
    refuse_unfit_parameters(request, handler)
    require_acceptable(request, handler)
    require_known_encoding(request, handler)


def create_worker() -> Litestar:
    """The service as an ASGI application in a process of its own; granian calls this."""
    end_with_server()
    SEGMENTS.take()
    app = create_app(moments=shared())
    gc.freeze()  # it is there until the end: no collection need look at it again
    return app


def create_app(
    settings: Settings | None = None,
    kinds: Kinds = KINDS,
    api: Sequence[ControllerRouterHandler] = API,
    moments: Moments | None = None,
) -> Litestar:
    """The service as an ASGI application. moments: those that its process shares with others.

    A request comes in through `answer_pages` (where pages of others may come), `speak_tus`,
    `observe`, `for_who_waits` and `answer_heads`, then the framework's preflights; on a route
    through what knows the proxy, `be_kind` and `Bodies.in_time`, then `admit`; and so it is
    handled. `record_reading` puts on record what the answer shows, and `be_careful` looks at every
    answer on its way out.
    """
    settings = settings or read_settings()
    bodies = Bodies()

    @asynccontextmanager
    async def run_service(app: Litestar) -> AsyncIterator[None]:
        settings: Settings = app.state.settings  # as they are now: it may be started again
        if settings.database_url is None:
            raise RuntimeError("no database: start the service with `wildlife serve`")
        stops = [bodies.stop]

        def stop() -> None:
            for one in stops:
                one()

        with logging_to(settings.log_file), on_stop(stop) as about_to_serve:
            async with (
                open_provider(settings.provider) as provider,
                open_database(
                    settings.database_url,
                    confined=True,
                    zone=settings.zone,
                    size=settings.database_connections,
                    limited=True,
                    read_from=_replica(settings),
                ) as database,
            ):
                service = await _assembled(settings, database, kinds, provider)
                app.state.service = service
                app.state.exporter = exporter = Exporter(app, service)
                stops.append(exporter.stop)
                app.state.sequencer = sequencer = Sequencer(database)
                app.state.checkpoints = checkpoints = Checkpoints(database, settings)
                stops.append(sequencer.stop)
                app.state.changes = Looks()
                app.state.listeners = listeners = Listeners(database, sequencer)
                app.state.deliverer = deliverer = Deliverer(app, service)
                stops.append(deliverer.stop)
                app.state.access_log = access_log = AccessLog(database)
                app.state.rates = Rates(settings, moments or Moments())
                app.state.checkup = Checkup(
                    database,
                    service.store,
                    service.vault,
                    settings.media_dir,
                    service.spool.check,
                    service.uploads.check,
                )
                app.state.exposition = Exposition(
                    database,
                    app.state.checkup,
                    [partial(measure, service), partial(measure_subscriptions, database)],
                )
                work = [
                    service.darkroom.run(),
                    exporter.run(),
                    sequencer.run(),
                    checkpoints.run(),
                    listeners.run(),
                    deliverer.run(),
                    watch(database),
                    again_and_again("uploads have to wait", partial(tend_uploads, service)),
                    again_and_again(
                        "what has expired has to wait", partial(forget_expired, database)
                    ),
                    again_and_again(
                        "exports that have expired have to wait",
                        partial(forget_exports, database, service.store),
                    ),
                ]
                async with access_log.running(), working_in_background(work):
                    about_to_serve()
                    yield

    app = Litestar(
        route_handlers=[
            Router(
                "/api/v1", route_handlers=api, before_request=admit, after_request=record_reading
            ),
            show_documentation,
            get_health,
            get_readiness,
            get_metrics,
            create_static_files_router(
                path="/docs/assets",
                directories=[DOCS_PAGE],
                include_in_schema=False,
                # A name that no file system takes, as one with U+0000, is that of no file.
                exception_handlers={ValueError: handle_no_file},
            ),
        ],
        lifespan=[run_service],
        request_class=StrictRequest,
        request_max_body_size=settings.body_limit_bytes,
        dependencies={
            "service": Provide(provide_service),
            "actor": Provide(provide_actor),
            "filters": Provide(provide_filters),
            "form": Provide(provide_form, sync_to_thread=False),
        },
        exception_handlers={**EXCEPTION_HANDLERS},
        cors_config=cors(settings.cors_origins),
        before_send=[be_careful],
        middleware=[
            *_behind_proxy(settings),
            be_kind,
            bodies.in_time,
        ],
        plugins=[Unions(kinds.unions), ReadLater(), DescribedStructs(), DescribedCodes()],
        openapi_config=openapi_config(EXAMPLES),
        # Whatever the environment says of the framework: no traceback in an answer, no debugger.
        debug=False,
        pdb_on_exception=False,
        # Everything is logged in one place: `handle_exception` and `observe`.
        logging_config=None,
    )
    app.state.settings = settings
    app.state.unions = kinds.unions
    app.state.rules = lambda body: broken_alone(app.state.settings, kinds, body)
    app.state.query_parameters = query_parameters(app.routes)
    app.state.names = names_in_requests(app.routes)
    app.state.answers = app.asgi_handler  # to what the service itself asks on somebody's behalf
    # Around all of it: what no route takes is observed, too.
    app.asgi_handler = speak_tus(observe(for_who_waits(answer_heads(app.asgi_handler))))
    if app.cors_config is not None:
        app.asgi_handler = answer_pages(app.asgi_handler, app.cors_config)
    return app


def _replica(settings: Settings) -> ReadFrom | None:
    if settings.read_database_url is None:
        return None

    def tell(standing: Standing, error: Exception | None) -> None:
        if standing.state == "used":
            log.info("replica_used", behind_s=standing.behind_s)
        else:
            log.warning("replica_not_used", reason=standing.state, error=error)

    return ReadFrom(settings.read_database_url, settings.read_database_behind_s, tell)


def _behind_proxy(settings: Settings) -> list[Middleware]:
    """What tells the client's own address, where a proxy is trusted to name it."""
    trusted = settings.trusted_proxy
    if not trusted:
        return []
    named = DefineMiddleware(wrap_asgi_with_proxy_headers, trusted_hosts=trusted)
    return [forwarded_without_ports, named]


async def _assembled(
    settings: Settings, database: Database, kinds: Kinds, provider: Provider | None
) -> PhotoService:
    """The parts of the service, or a line of the log that says what is in the way: a worker that
    comes back has nobody else to tell."""
    try:
        return await _assemble(settings, database, kinds, provider)
    except (ValueError, OSError, UnfitConnection) as error:
        # What a start reads is of operators, not of those who report.
        log.error("worker_not_started", reason=str(error))  # noqa: TRY400 - a sentence
        raise


async def _assemble(
    settings: Settings, database: Database, kinds: Kinds, provider: Provider | None
) -> PhotoService:
    """The parts for these settings; their folders are made.

    Raises ValueError where the key does not fit the database.
    """
    try:
        async with database.writing() as connection:
            vault = await open_fitting_vault(connection, settings.key_path)
    except UnfitConnection:
        raise
    except UNAVAILABLE:
        # A worker that comes back while the database is away: who started it made sure of the key.
        vault = open_vault(settings.key_path)
    store = open_store(settings.media_url, settings.media_dir)
    spool = Spool(settings.media_dir)
    uploads = open_uploads(settings, store)
    await _prepare_store(store)
    spool.prepare()
    uploads.prepare()
    return PhotoService(
        settings=settings,
        database=database,
        store=store,
        spool=spool,
        uploads=uploads,
        darkroom=open_darkroom(settings, database, store),
        vault=vault,
        holders=Holders(database),
        crews=Crews(database),
        provider=provider,
        kinds=kinds,
        policy=read_policy(settings.policy_file, settings.hidden_places),
        recent=RecentTimelines(kinds, settings.zone),
    )


async def _prepare_store(store: Store) -> None:
    """A worker that comes back while a store elsewhere is away: who started it made sure of that,
    too, and the readiness says so."""
    try:
        async with asyncio.timeout(_STORE_WITHIN_S):
            await store.prepare()
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("store_unavailable", error=error)
