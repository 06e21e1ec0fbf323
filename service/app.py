"""The composition root: the only place where the parts are wired together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from typing import Final

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from events.faults import EventsError, Fault
from events.log import EventLog
from events.store.connections import Unavailable, asyncpg_url, connect
from events.store.schema import not_durable, prepare
from projections.runner import Runner
from service.context import Service, service_of
from service.errors import UnsafeDatabase
from service.graphql.context import Context
from service.graphql.limits import Limits
from service.graphql.router import graphql_router
from service.graphql.schema import Schema
from service.graphql.trusted import trusted_documents
from service.http import catalogue, health, quarantining, reading, recording
from service.keys import Keys
from service.master_key import master_key
from service.problems import Problem, problem_of
from service.quarantine import Quarantine
from service.settings import Settings
from service.store.schema import SERVICE

KEY_CONNECTIONS_MAX = 4

# How the database's absence shows to whoever asks it directly: a socket that is gone is a FileNotFoundError, a server
# that starts or stops intervenes, one with no connection left lacks resources.
_AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


@asynccontextmanager
async def opened(settings: Settings, url: str) -> AsyncIterator[Service]:
    """Open the log and everything beside it on the database at `url`; afterwards all of it is closed.

    Raises EventsError, MasterKeyError or UnsafeDatabase.
    """
    connection = await connect(url)
    try:
        unsafe = await not_durable(connection)
        if unsafe and not settings.allow_unsafe_database:
            raise UnsafeDatabase(unsafe)
        await prepare(connection, url, SERVICE)
    finally:
        await connection.close()
    key = master_key(settings)
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(await EventLog.open(url, master_key=key))
        pool = await stack.enter_async_context(
            asyncpg.create_pool(asyncpg_url(url), min_size=0, max_size=KEY_CONNECTIONS_MAX)
        )
        quarantine = Quarantine(
            pool, key, days=settings.quarantine_days, events_max=settings.quarantine_events_max
        )
        keys = Keys(pool, cache_seconds=settings.key_cache_seconds)
        runner = await stack.enter_async_context(Runner(log))
        yield Service(settings, log, keys, quarantine, runner)


def create_app(service: Service | None) -> FastAPI:
    """Return the application over an open service; without one, it can only be described."""
    app = FastAPI(
        title="howcanwe",
        version=version("howcanwe"),
        summary="The record of collaborative innovation.",
        docs_url="/docs",
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.service = service
    for part in (recording, reading, catalogue, quarantining, health):
        app.include_router(part.router)
    app.state.limits = limits_of(service.settings) if service else Limits()
    schema = Schema(app.state.limits)
    app.include_router(graphql_router(_graphql_context, schema), tags=["ask"])
    app.add_exception_handler(EventsError, _refused)
    app.add_exception_handler(Problem, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(RequestValidationError, _no_request)
    app.add_exception_handler(Exception, _unexpected)
    for away in _AWAY:
        app.add_exception_handler(away, _away)
    return app


async def _graphql_context(connection: HTTPConnection) -> Context:
    service = service_of(connection)
    return Context(
        log=service.log,
        runner=service.runner,
        viewer=await service.viewer(connection),
        limits=connection.app.state.limits,
        authorization=connection.headers.get("authorization"),
        authenticate=service.authenticated,
        stopping=service.stopping,
    )


def limits_of(settings: Settings) -> Limits:
    """Return what a query may ask for. Raises TrustedDocumentsError."""
    return Limits(
        depth_max=settings.graphql_depth_max,
        aliases_max=settings.graphql_aliases_max,
        tokens_max=settings.graphql_tokens_max,
        cost_max=settings.graphql_cost_max,
        list_size_max=settings.graphql_list_size_max,
        seconds_max=settings.graphql_seconds_max,
        introspection=settings.graphql_introspection,
        suggestions=settings.graphql_suggestions,
        documents_max=settings.graphql_documents_max,
        subscriptions_max=settings.graphql_subscriptions_max,
        connections_max=settings.graphql_connections_max,
        min_position_seconds=settings.min_position_seconds,
        heartbeat_seconds=settings.heartbeat_seconds,
        retry_after_seconds=settings.retry_after_seconds,
        trusted_documents=trusted_documents(settings.trusted_documents),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    projecting = asyncio.create_task(service.runner.run(), name="runner")
    try:
        yield
    finally:
        service.stopping.set()
        projecting.cancel()
        with suppress(asyncio.CancelledError):
            await projecting


async def _refused(request: Request, error: Exception) -> Response:
    problem = problem_of(error, service_of(request).settings.retry_after_seconds)
    return problem.response() if problem else await _unexpected(request, error)


async def _away(request: Request, error: Exception) -> Response:
    return await _refused(request, Unavailable(str(error)))


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    rule = "method" if error.status_code == 405 else "route"
    fault = Fault(
        rule,
        "",
        f"one of the calls that /docs lists, not {request.method} {request.url.path}",
        None,
    )
    return Problem(error.status_code, fault.detail, (fault,), dict(error.headers or {})).response()


async def _no_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = tuple(
        Fault("request", "", f"{part['loc'][-1]}: {part['msg']}", None) for part in error.errors()
    )
    return Problem(400, "the request is not as /docs describes", faults).response()


async def _unexpected(request: Request, error: Exception) -> Response:
    # The error's text may quote what was sent: its kind and place are enough to find it.
    structlog.get_logger(__name__).error(
        "unexpected error", path=request.url.path, kind=type(error).__name__, exc_info=error
    )
    fault = Fault(
        "internal", "", "nothing of the kind: this is our mistake, and it was noted", None
    )
    return Problem(500, "something went wrong here", (fault,)).response()
