"""Serving: one process, its socket, its signals."""

import asyncio
import errno
import gc
import os
import socket
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

from service.app import create_app, opened
from service.connections import Admission, descriptors_for, http_protocol, websocket_protocol
from service.errors import CannotServe
from service.operations.signals import ending
from service.postgres import EmbeddedPostgres
from service.services import Service
from service.settings import Settings

GARBAGE_OBJECTS: Final = 10_000
"""After how many more new objects than gone ones the garbage collector comes."""

_log = structlog.get_logger(__name__)

OnReady = Callable[[Service, str], "asyncio.Future[None] | None"]


@contextmanager
def folder_taken(data: Path) -> Iterator[None]:
    """Hold the data folder for one serving process. Raises CannotServe where another one has it."""
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
                "stop that one, or name another folder with --data"
            ) from None
        yield
    finally:
        os.close(descriptor)


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address. Raises CannotServe where it cannot be had."""
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
            "it is taken; name another one with --port"
            if error.errno == errno.EADDRINUSE
            else error.strerror
        )
        raise CannotServe(f"port {port} on {host} cannot be used: {reason}") from None
    return bound


class Server(uvicorn.Server):
    """uvicorn's server, stopped by us: the embedded database must outlive the last request."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`."""
        yield


def uvicorn_config(service: Service) -> uvicorn.Config:
    """Return how uvicorn serves the application over an open service."""
    settings = service.settings
    connections_max = descriptors_for(settings.connections_max)
    # The same part of fewer: else one address could take all of them.
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
        # What is sent live is short, and compressing it takes time and memory for each connection.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


async def serve(
    settings: Settings,
    url: str,
    embedded: EmbeddedPostgres | None,
    bound: socket.socket,
    on_ready: OnReady,
) -> None:
    """Serve until a signal says to end; then requests may finish, live streams end, and nothing is left running.

    `on_ready` is called with the service and its address once requests are answered; what it raises ends the service.
    """
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(opened(settings, url))
        if embedded is not None:
            watching = asyncio.create_task(embedded.supervise(), name="embedded database")
            stack.push_async_callback(_cancelled, watching)
        server = Server(uvicorn_config(service))
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_unasked)
        for number in ending():
            loop.add_signal_handler(number, _stop, server, service)
        greeting = asyncio.create_task(_greet(server, service, bound, on_ready), name="greeting")
        stack.push_async_callback(_cancelled, greeting)
        await server.serve(sockets=[bound])


def _unasked(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell of an error that nobody asked for; of a connection that died, plainly: its driver leaves such behind."""
    error = context.get("exception")
    if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.InterfaceError):
        _log.info("a connection to the database has ended", trouble=type(error).__name__)
    else:
        loop.default_exception_handler(context)


def _stop(server: Server, service: Service) -> None:
    # The second time, at once.
    server.force_exit = server.should_exit
    server.should_exit = True
    service.stopping.set()


async def _greet(server: Server, service: Service, bound: socket.socket, on_ready: OnReady) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    _spare_the_garbage_collector()
    host, port = bound.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    waiting = on_ready(service, address)
    try:
        if waiting is not None:
            await waiting
    except Exception:
        if not server.should_exit:
            _stop(server, service)
            raise


def _spare_the_garbage_collector() -> None:
    """Let it leave alone what is here by now, which stays, and come less often: it took a seventh of a POST's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def run(settings: Settings, url: str, embedded: EmbeddedPostgres | None, on_ready: OnReady) -> None:
    """Serve on an event loop of its own until told to stop."""
    bound = bound_socket(settings.host, settings.port)
    with bound, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, url, embedded, bound, on_ready))
