"""Serving: one process with its socket and its signals. `howcanwe serve` calls it."""

import asyncio
import errno
import gc
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any, Final

import asyncpg
import structlog
import uvicorn
import uvloop

from service.app import create_app
from service.connections import Admission, descriptors_for, http_protocol, websocket_protocol
from service.errors import CannotServe
from service.opening import opened
from service.operations.signals import ending
from service.postgres import EmbeddedPostgres
from service.services import Service
from service.settings import Settings

GARBAGE_OBJECTS: Final = 10_000
"""The garbage collector's threshold: the number of allocations minus deallocations that starts a collection."""

_log = structlog.get_logger(__name__)

OnReady = Callable[[Service, str], "asyncio.Future[None] | None"]


@contextmanager
def folder_taken(data: Path) -> Iterator[None]:
    """Lock the data folder for one serving process. Raises CannotServe if another one holds it."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotServe(f"the data folder {data} cannot be used: {error.strerror}") from None
    try:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise CannotServe(
                f"the data folder {data} is already in use by another howcanwe serve; "
                "stop that process, or name another folder with --data"
            ) from None
        yield
    finally:
        os.close(descriptor)


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address. Raises CannotServe if it is not available."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        reason = (
            "it is in use; name another one with --port"
            if error.errno == errno.EADDRINUSE
            else error.strerror
        )
        raise CannotServe(f"port {port} on {host} cannot be used: {reason}") from None
    return bound


class Server(uvicorn.Server):
    """uvicorn's server without its handling of signals: the embedded database must outlive the last request."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: `serve` handles signals."""
        yield


def uvicorn_config(service: Service, tls: ssl.SSLContext | None = None) -> uvicorn.Config:
    """Return uvicorn's configuration for an open service, which speaks https with `tls`."""
    settings = service.settings
    connections_max = descriptors_for(settings.connections_max)
    # Reduce the limit per address in proportion; otherwise one address could take all connections.
    address_max = settings.address_connections_max * connections_max // settings.connections_max
    admission = Admission(connections_max, max(1, address_max), clock=time.monotonic)
    service.metrics.counts_connections(admission)
    app = create_app(service)
    return uvicorn.Config(
        app,
        http=http_protocol(settings, admission),
        ws=websocket_protocol(admission),
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=app.state.limits.request_bytes_max,
        # Live messages are short, and compressing them takes time and memory for each connection.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        ssl_context_factory=None if tls is None else lambda config, default: tls,
    )


async def serve(
    settings: Settings,
    url: str,
    embedded: EmbeddedPostgres | None,
    bound: socket.socket,
    on_ready: OnReady,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve until a signal to end; then let requests finish, end live streams, and stop everything.

    `on_ready` is called with the service and its address once requests are answered; an error in it ends the service.
    """
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(opened(settings, url))
        if embedded is not None:
            supervision = asyncio.create_task(embedded.supervise(), name="embedded database")
            stack.push_async_callback(_cancelled, supervision)
        server = Server(uvicorn_config(service, tls))
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(report_loop_error)
        for number in ending():
            loop.add_signal_handler(number, _stop, server, service)
        greeting = asyncio.create_task(_greet(server, service, bound, on_ready), name="greeting")
        stack.push_async_callback(_cancelled, greeting)
        await server.serve(sockets=[bound])


def report_loop_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an error that no task retrieved; for a lost connection, which drivers leave behind, only as information."""
    error = context.get("exception")
    if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.InterfaceError):
        _log.info("a connection to the database has ended", trouble=type(error).__name__)
    else:
        loop.default_exception_handler(context)


def _stop(server: Server, service: Service) -> None:
    # The second signal stops at once.
    server.force_exit = server.should_exit
    server.should_exit = True
    service.stopping.set()


async def _greet(server: Server, service: Service, bound: socket.socket, on_ready: OnReady) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    _tune_garbage_collection()
    host, port = bound.getsockname()[:2]
    waiting = on_ready(service, service.settings.address_of(host, port))
    try:
        if waiting is not None:
            await waiting
    except Exception:
        if not server.should_exit:
            _stop(server, service)
            raise


def _tune_garbage_collection() -> None:
    """Exempt the objects that exist now, and collect less often: collections took a seventh of a POST's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def run(
    settings: Settings,
    url: str,
    embedded: EmbeddedPostgres | None,
    on_ready: OnReady,
    tls: ssl.SSLContext | None,
) -> None:
    """Serve on a new event loop until a signal to end."""
    bound = bound_socket(settings.host, settings.port)
    with bound, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, url, embedded, bound, on_ready, tls))
