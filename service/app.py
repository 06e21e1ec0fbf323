"""The application: its routes, its middleware, and how it answers errors. `service.server` and the tests call it."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from events.access.principal import Principal
from events.store.connections import AWAY, TROUBLES, Unavailable, trouble_in
from events.vocabulary.faults import EventsError, Fault
from service.access.endpoints import endpoints_of, is_page, types_of, undeclared
from service.access.open_connections import TooMany
from service.access.revocation import EVERY_SECONDS_MIN
from service.assistants import routes as assistants
from service.error_origins import trace
from service.errors import NoSuchWebhook, UndeclaredEndpoint
from service.graphql.context import Context
from service.graphql.documents.trusted import trusted_documents
from service.graphql.fetching.reads_after_writes import HEADER as MIN_POSITION
from service.graphql.limits.query_size import Limits
from service.graphql.schema import Schema
from service.graphql.transport import graphiql
from service.graphql.transport import router as graphql
from service.graphql.transport.router import Graph
from service.graphql.transport.summaries import Summaries
from service.http.openapi.document import TITLE
from service.http.resources import (
    consumers,
    descriptions,
    docs,
    event_types,
    handshake,
    health,
    keys,
    metrics,
    quarantine,
    recording,
    webhooks,
)
from service.http.resources.descriptions import Descriptions
from service.http.resources.reading import events, tables, visible
from service.middleware.drains import Drains
from service.middleware.head_requests import Heads
from service.middleware.hosts import Hosts
from service.middleware.public_scheme import PublicScheme
from service.middleware.rates import AddressRate, Rate
from service.middleware.request_ids import HEADER as REQUEST_ID
from service.middleware.request_ids import RequestIds
from service.middleware.security_headers import Secured
from service.operations.request_metrics import RequestMetrics
from service.pages import routes as pages
from service.pages.access import routes as access
from service.pages.commons import routes as commons
from service.pages.commons.downloads.tables import DOWNLOAD_COST_MAX, ROWS_MAX
from service.pages.commons.head import Described
from service.pages.frame.answers import Pages, prefers_page
from service.pages.frame.site import Site
from service.pages.live import routes as live
from service.pages.record import routes as record
from service.pages.sheets.upload import routes as sheets
from service.pages.sign_in import oidc, sessions
from service.pages.sign_in import routes as sign_in
from service.pages.workshop.hosting import routes as hosting
from service.pages.workshop.notes import routes as notes
from service.problems import Problem, problem, problem_of, refusal
from service.services import Service, admitted, service_of
from service.settings import Settings
from service.submissions import route as hooks


class App(FastAPI):
    """An application whose answers, including those to internal errors, all pass through the same outer middleware."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        descriptions: Descriptions = self.state.descriptions
        return descriptions.document

    def build_middleware_stack(self) -> ASGIApp:
        """Return the application with the outer middleware around it."""
        stack = super().build_middleware_stack()
        service: Service | None = self.state.service
        if service is None:
            return stack
        settings = service.settings
        drained = Drains(
            Hosts(Heads(PublicScheme(stack, settings.public_url))),
            bytes_max=settings.drain_bytes_max,
            seconds_max=settings.drain_seconds_max,
        )
        return RequestIds(Secured(drained))


def create_app(service: Service | None) -> FastAPI:
    """Return the application for an open service; without a service, it can only be described.

    Raises UndeclaredEndpoint if `service.access.endpoints` has no line for a route or type.
    """
    app = App(
        title=TITLE,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # Starlette would build redirects from the Host header, which the client chooses.
        redirect_slashes=False,
        lifespan=_lifespan,
        dependencies=[Depends(admitted)],
    )
    app.state.service = service
    app.state.limits = limits_of(service.settings) if service else Limits()
    schema = Schema(app.state.limits)
    app.state.graph = Graph(schema, _graphql_context)
    app.state.assistants = assistants.server_of(schema, _graphql_context) if service else None
    site = Site.of(service.settings) if service else Site("")
    asked = Schema(limits_of_pages(app.state.limits), described=app.state.limits)
    app.state.reading_sheets = asyncio.Semaphore(sheets.READ_AT_ONCE_MAX)
    app.state.pages = Pages(asked, _graphql_context, site, Described(site))
    # Routes are matched in this order, so the most frequent come first.
    resources = (
        graphql,
        recording,
        handshake,
        visible,  # before `events`, where a position may be any text
        events,
        tables,
        consumers,
        event_types,
        quarantine,
        keys,
        webhooks,
        hooks,
        assistants,
        health,
        metrics,
        descriptions,
        docs,
        graphiql,
        pages,
        commons,
        sign_in,
        oidc,
        sheets,
        record,
        hosting,
        notes,
        sessions,
        access,
        live,
    )
    for resource in resources:
        app.include_router(resource.router)
    routers = [resource.router for resource in resources]
    app.state.methods = _methods(routers)
    app.state.descriptions = Descriptions(routers)
    if service is not None:
        app.add_middleware(RequestMetrics, metrics=service.metrics)
    for refused in (EventsError, NoSuchWebhook, Problem, TooMany):
        app.add_exception_handler(refused, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(RequestValidationError, _no_request)
    app.add_exception_handler(Exception, _unexpected)
    for away in (*AWAY, *TROUBLES):
        app.add_exception_handler(away, _away)
    if service is not None:
        _guard(app, service.settings)
    if missing := undeclared((*endpoints_of(app), *types_of(schema.graph))):
        raise UndeclaredEndpoint(missing)
    return app


def _guard(app: FastAPI, settings: Settings) -> None:
    """Add the middleware that does not depend on the endpoint."""
    rate = Rate(settings.address_requests_per_second, clock=time.monotonic)
    app.add_middleware(AddressRate, rate=rate, refuse=_too_many)
    if settings.cors_origins:
        # Outermost, so that pages can read refusals too.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=[
                *("ETag", "Link", "Location", "Preference-Applied", "Retry-After"),
                *("WWW-Authenticate", REQUEST_ID),
            ],
        )


async def _graphql_context(connection: HTTPConnection) -> Context:
    service = service_of(connection)
    return Context(
        log=service.replayed,
        served=service.served,
        persons=service.log,
        evaluators=service.evaluators.of,
        insights=service.insights,
        viewer=await service.viewer(connection),
        limits=connection.app.state.limits,
        authorization=connection.headers.get("authorization"),
        authenticate=service.authenticated,
        stopping=service.stopping,
        pace=service.rate.wait_seconds,
        address=connection.client.host if connection.client else "",
        min_position=connection.headers.get(MIN_POSITION),
    )


def _summaries(app: FastAPI) -> Summaries:
    service: Service = app.state.service
    pages: Pages = app.state.pages

    def context_of(viewer: Principal) -> Context:
        return Context(
            log=service.replayed,
            served=service.served,
            insights=service.insights,
            viewer=viewer,
            limits=pages.schema.limits,
        )

    return Summaries(pages.schema, context_of)


def limits_of(settings: Settings) -> Limits:
    """Return the limits of GraphQL queries. Raises TrustedDocumentsError."""
    return Limits(
        depth_max=settings.graphql_depth_max,
        aliases_max=settings.graphql_aliases_max,
        tokens_max=settings.graphql_tokens_max,
        characters_max=settings.graphql_characters_max,
        body_bytes_max=settings.body_bytes_max,
        cost_max=settings.graphql_cost_max,
        rows_max=settings.graphql_rows_max,
        search_cost=settings.graphql_search_cost,
        past_cost=settings.graphql_past_cost,
        figure_cost=settings.graphql_figure_cost,
        introspection_cost=settings.graphql_introspection_cost,
        statements_max=settings.graphql_statements_max,
        list_size_max=settings.graphql_list_size_max,
        pasts_max=settings.graphql_pasts_max,
        seconds_max=settings.graphql_seconds_max,
        introspection=settings.graphql_introspection,
        suggestions=settings.graphql_suggestions,
        documents_max=settings.graphql_documents_max,
        documents_bytes_max=settings.graphql_documents_bytes_max,
        subscriptions_max=settings.graphql_subscriptions_max,
        connections_max=settings.graphql_connections_max,
        insights_seconds=settings.graphql_insights_seconds,
        init_seconds_max=settings.graphql_init_seconds,
        min_position_seconds=settings.min_position_seconds,
        replica_lag_seconds_max=settings.replica_lag_seconds_max,
        heartbeat_seconds=settings.heartbeat_seconds,
        look_seconds=max(settings.key_cache_seconds, EVERY_SECONDS_MIN),
        retry_after_seconds=settings.retry_after_seconds,
        trusted_documents=trusted_documents(settings.trusted_documents),
    )


def limits_of_pages(limits: Limits) -> Limits:
    """Return the limits of the pages' own queries: at least the defaults, which are enough for every page.

    A download asks for whole lists at once, so that all of it is of one moment.
    """
    ours = Limits(cost_max=DOWNLOAD_COST_MAX, list_size_max=ROWS_MAX)
    least = {
        name: max(getattr(limits, name), getattr(ours, name))
        for name in (
            "depth_max",
            "aliases_max",
            "tokens_max",
            "characters_max",
            "cost_max",
            "rows_max",
            "list_size_max",
        )
    }
    return replace(limits, trusted_documents=None, **least)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    tasks = [
        asyncio.create_task(service.runner.run(), name="runner"),
        asyncio.create_task(service.insights.run(), name="insights"),
        asyncio.create_task(service.clock.run(), name="clock"),
        asyncio.create_task(service.expiry.run(), name="expiry"),
        asyncio.create_task(service.deliverer.run(_summaries(app)), name="webhooks"),
    ]
    if service.standby is not None:
        tasks.append(asyncio.create_task(service.standby.run(), name="standby"))
    try:
        yield
    finally:
        service.stopping.set()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _refused(request: Request, error: Exception) -> Response:
    found = problem_of(error, service_of(request).settings.retry_after_seconds)
    if found is None:
        return await _unexpected(request, error)
    return await _shown(request, found) if is_page(request) else found.response()


async def _shown(request: Request, found: Problem) -> Response:
    """Return the refusal as a page if a person meets it with a browser."""
    if not prefers_page(request):
        return found.response()
    pages: Pages = request.app.state.pages
    visitor = await service_of(request).visitor(request)
    return await pages.refusal(request, found, visitor.viewer)


def _too_many(scope: Scope, found: Problem) -> ASGIApp:
    request = Request(scope)
    pages: Pages = request.app.state.pages
    return pages.refused(request, found) if prefers_page(request) else found.response()


async def _away(request: Request, error: Exception) -> Response:
    if isinstance(error, OSError) and not _is_of_a_socket(error):
        # A full disk arrives here too, and the operator has to see it.
        structlog.get_logger(__name__).warning(
            "this error is answered as if the database were unavailable",
            path=request.url.path,
            trace=trace(error),
        )
    return await _refused(request, Unavailable(str(error), trouble_in(error)))


def _is_of_a_socket(error: OSError) -> bool:
    """Return whether the error comes from a connection; a missing socket raises FileNotFoundError without a name."""
    if isinstance(error, FileNotFoundError):
        return error.filename is None
    return isinstance(error, ConnectionError | TimeoutError)


def _methods(routers: Sequence[APIRouter]) -> dict[str, set[str]]:
    """Return the methods of each path. Starlette only knows those of a route, and a path may have several routes."""
    methods: dict[str, set[str]] = {}
    for router in routers:
        for route in router.routes:
            if isinstance(route, Route):
                methods.setdefault(route.path, set()).update(route.methods or ())
    for of_path in methods.values():
        if "GET" in of_path:
            of_path.add("HEAD")
    return methods


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    rule = "method" if error.status_code == 405 else "route"
    headers = dict(error.headers or {})
    allowed = request.app.state.methods.get(getattr(request.scope.get("route"), "path", None))
    if rule == "method" and allowed:
        headers["Allow"] = ", ".join(sorted(allowed))
    detail = f"No such endpoint: {request.method} {request.url.path}. See /docs."
    expected = f"one of the calls that /docs lists, not {request.method} {request.url.path}"
    found = problem(error.status_code, rule, detail, expected=expected, headers=headers)
    return await _shown(request, found)


async def _no_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = tuple(
        Fault("request", "", f"{part['loc'][-1]}: {part['msg']}", None) for part in error.errors()
    )
    return refusal(
        faults, "The request does not match the description in /docs; see errors"
    ).response()


async def _unexpected(request: Request, error: Exception) -> Response:
    # The text of the error may quote the request; its kind and place are enough to find it.
    structlog.get_logger(__name__).error(
        "unexpected error", path=request.url.path, trace=trace(error)
    )
    found = problem(500, "internal", "Internal error. It has been logged.")
    if not (is_page(request) and prefers_page(request)):
        return found.response()
    # It asks neither the graph nor the database, which may be what failed.
    pages: Pages = request.app.state.pages
    return pages.refused(request, found)
