"""The service behind a real server on a port of this machine, for what a client library would not send."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from service.connections import tls_context
from service.server import uvicorn_config
from tests.service.app import Api, open_api


class Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to the test run."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


@dataclass
class Served:
    """An API that is also behind a port."""

    api: Api
    port: int
    server: Server
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def head(
        self, call: str = "POST /events", who: str | None = "facilitator", **headers: str
    ) -> bytes:
        """Return the first lines of a request; underscores in the headers' names stand for dashes."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{call} HTTP/1.1", "host: test"]
        lines += [f"{name}: {value}" for name, value in self.api.headers(who, given).items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    async def connect(
        self, *, buffer_bytes: int | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection of one's own, with so small a buffer of the system; it is closed with the server."""
        connection = socket.socket()
        connection.setblocking(False)
        if buffer_bytes is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=connection)
        self.writers.append(writer)
        return reader, writer


@asynccontextmanager
async def serving(url: str, **given: Any) -> AsyncIterator[Served]:
    """Serve the database at `url`."""
    async with open_api(url, **given) as api:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            server = Server(uvicorn_config(api.service, tls_context(api.service.settings)))
            task = asyncio.create_task(server.serve(sockets=[bound]))
            while not server.started:
                assert not task.done(), task
                await asyncio.sleep(0.01)
            api.lives = True
            served = Served(api, bound.getsockname()[1], server)
            try:
                yield served
            finally:
                for writer in served.writers:
                    writer.close()
                    with suppress(ConnectionError):
                        await writer.wait_closed()
                api.service.stopping.set()
                server.should_exit = True
                await task


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Read one response with a declared length: its status, headers and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return int(first.split()[1]), headers, body
