"""A proxy before a service, which fails as networks and busy servers do."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import orjson

_PIECE_BYTES: Final = 1 << 16


class Failure(Enum):
    """What happens to a request."""

    BUSY = "503"
    TOO_MANY = "429"
    GATEWAY = "502, as a page"
    CUT_BEFORE = "the connection is cut before the service has the request"
    CUT_AFTER = "the service has answered, but the connection is cut before the answer"
    CUT_WITHIN = "the connection is cut in the middle of the answer"
    SILENT = "there is never an answer"


_ANSWERS: Final = {
    Failure.BUSY: b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
    Failure.TOO_MANY: b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
    Failure.GATEWAY: b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>",
}


@dataclass(frozen=True)
class Request:
    """A request that came to the proxy."""

    line: str
    headers: dict[str, str]
    raw: bytes
    body: bytes

    @property
    def ids(self) -> list[str]:
        """The ids of the events in it."""
        packed = self.headers.get("content-encoding") == "gzip"
        text = gzip.decompress(self.body) if packed else self.body
        return [orjson.loads(line)["id"] for line in text.splitlines()]


@dataclass
class Proxy:
    """Each request meets the first of `failures`, which is then gone; with None or without any, it is served."""

    target: int
    port: int = 0
    failures: list[Failure | None] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Cut all connections."""
        for writer in self.open:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection, with one request."""
        self.open.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(await self._request(reader), reader, writer)
        finally:
            self.open.discard(writer)
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Request:
        head = await reader.readuntil(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (item.partition(":") for item in lines)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        # One request a connection: its answer ends where the connection does.
        kept = [item for item in lines if not item.lower().startswith("connection:")]
        raw = "\r\n".join([line, *kept, "Connection: close", "", ""]).encode("latin-1") + body
        request = Request(line, headers, raw, body)
        self.requests.append(request)
        return request

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is Failure.CUT_BEFORE:
            writer.transport.abort()
        elif failure is Failure.SILENT:
            await reader.read()
        elif failure is not None and failure in _ANSWERS:
            writer.write(_ANSWERS[failure])
            await writer.drain()
        else:
            await self._forward(request, writer, failure)

    async def _forward(
        self, request: Request, writer: asyncio.StreamWriter, failure: Failure | None
    ) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            ours.write(request.raw)
            await ours.drain()
            if failure is not None:
                answer = await theirs.read()
                if failure is Failure.CUT_WITHIN:
                    writer.write(answer[: len(answer) - 1])
                    await writer.drain()
                else:
                    writer.transport.abort()
                return
            while piece := await theirs.read(_PIECE_BYTES):
                writer.write(piece)
                await writer.drain()
        finally:
            ours.close()


@asynccontextmanager
async def proxied(target: int) -> AsyncIterator[Proxy]:
    """A proxy before the service on this port."""
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
        await server.wait_closed()
