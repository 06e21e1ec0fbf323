"""One keep-alive connection to a server, that takes as little of the machine as it can."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import orjson

from tests.benchmarks.servers import HOST, Server

BUFFER_BYTES: Final = 1 << 20
READY_SECONDS_MAX: Final = 60

_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Caller:
    """Sends a request once the one before it is answered."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def call(self, request: bytes, expected: bytes = b"200") -> bytes:
        """Return the body of the answer, which has the expected status."""
        status, body = await self._answer(request)
        assert status == expected, (status, body)
        return body

    async def ready(self) -> None:
        """Wait until the service says that it can be asked."""
        async with asyncio.timeout(READY_SECONDS_MAX):
            while (await self._answer(get("/health/ready", None)))[0] != b"200":
                await asyncio.sleep(0.1)

    async def _answer(self, request: bytes) -> tuple[bytes, bytes]:
        """Return the status and the body of the answer."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length is not None, head
        return head[9:12], await self._reader.readexactly(int(length[1]))


@asynccontextmanager
async def calling(server: Server) -> AsyncIterator[Caller]:
    """Connect to a server; afterwards the connection is closed."""
    reader, writer = await asyncio.open_connection(HOST, server.port, limit=BUFFER_BYTES)
    try:
        yield Caller(reader, writer)
    finally:
        writer.close()


def get(path: str, authorization: str | None) -> bytes:
    """Return a request for a path."""
    return b"GET %s HTTP/1.1\r\nhost: %s\r\n%s\r\n" % (
        path.encode(),
        HOST.encode(),
        _authorized(authorization),
    )


def post(path: str, body: Any, authorization: str | None) -> bytes:
    """Return a request with a body of JSON."""
    content = orjson.dumps(body)
    return (
        b"POST %s HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n%s\r\n%s"
        % (path.encode(), HOST.encode(), len(content), _authorized(authorization), content)
    )


def asked(query: str, variables: dict[str, Any], authorization: str | None) -> bytes:
    """Return a request at the graph."""
    return post("/graphql", {"query": query, "variables": variables}, authorization)


def _authorized(authorization: str | None) -> bytes:
    return b"" if authorization is None else b"authorization: %s\r\n" % authorization.encode()
