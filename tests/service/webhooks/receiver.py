"""A receiver of webhooks on a port of this machine, which answers as the test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import standardwebhooks

PATIENCE_SECONDS: Final = 20

Answer = Callable[["Received"], Awaitable[bytes] | bytes]
"""Makes the bytes of an answer; none at all breaks the connection off."""

OK: Final = b"HTTP/1.1 204 No Content\r\n\r\n"


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    """Return an answer with this status."""
    lines = [f"HTTP/1.1 {code} Answer", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Received:
    """A request that the receiver got: its headers, with names in lower case, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)

    @property
    def position(self) -> int:
        """The position of the event in it."""
        return int(self.json["position"])

    def is_signed_with(self, secret: str) -> bool:
        """Say whether it is signed with the secret. The clock of a test may be anywhere, so its time is not judged."""
        time = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        text = self.body.decode()
        signed = standardwebhooks.Webhook(secret).sign(self.headers["webhook-id"], time, text)
        return signed in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """A receiver: what it got, and how it answers."""

    port: int = 0
    answer: Answer = lambda received: OK
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        """The address to deliver to."""
        return f"http://127.0.0.1:{self.port}/in"

    @property
    def positions(self) -> list[int]:
        """The positions of the events that arrived, in their order, repeated ones too."""
        return [one.position for one in self.received]

    async def has(self, condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the condition holds, which is asked after every arrival."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(condition)

    async def has_received(self, count: int) -> list[Received]:
        """Wait for so many requests, and return all there are."""
        await self.has(lambda: len(self.received) >= count)
        return self.received

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection."""
        self.connections += 1
        try:
            while answer := await self._answered(await _request(reader)):
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The sender has closed the connection.
        finally:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answered(self, received: Received) -> bytes:
        async with self._arrived:
            self.received.append(received)
            self._arrived.notify_all()
        answer = self.answer(received)
        return answer if isinstance(answer, bytes) else await answer


async def _request(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(first.split()[1], headers, body)


@asynccontextmanager
async def receiving(
    answer: Answer = lambda received: OK, *, encryption: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver that answers like this."""
    receiver = Receiver(answer=answer)
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=encryption)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in [*tasks]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
