"""A worker that posts: prepared requests over raw keep-alive connections. `python -m … PORT KEY NAME CONNECTIONS`."""

import asyncio
import re
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import cast

import orjson
import uvloop

from tests.benchmarks.load.load import Load
from tests.benchmarks.load.worker import orders, ready, say

PREPARED_PER_SECOND = 5_000

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_POSITION = re.compile(rb'"position":(\d+)')


class Posting(asyncio.Protocol):
    """One connection: it sends the next request once the last one is answered, until it is stopped."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self._requests = requests
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._until = 0.0
        self._done: asyncio.Future[None] | None = None
        self.answers: dict[str, int] = {}
        self.positions: list[int] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        # uvloop's does not say that it is one.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take an answer, or a part of one."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if not separator or length is None or len(body) < int(length[1]):
            return
        self._received = b""
        status = head[9:12].decode()
        self.answers[status] = self.answers.get(status, 0) + 1
        self.positions += [int(position) for position in _POSITION.findall(body)]
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """Count a connection that ends on its own."""
        if self._done is not None and not self._done.done():
            self.answers["lost"] = self.answers.get("lost", 0) + 1
            self._done.set_result(None)

    async def post(self, until: float) -> None:
        """Post until then."""
        self._until = until
        self._done = asyncio.get_running_loop().create_future()
        self._next()
        await self._done

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _next(self) -> None:
        assert self._transport is not None and self._done is not None
        if time.perf_counter() >= self._until:
            self._done.set_result(None)
            return
        self._transport.write(next(self._requests))


def prepared(load: Load, key: str, count: int) -> Iterator[bytes]:
    """Yield requests without end; the first `count` are made before the first is asked for."""

    def request() -> bytes:
        body = orjson.dumps(load.event())
        return (
            b"POST /events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/cloudevents+json\r\n"
            b"authorization: Bearer %s\r\ncontent-length: %d\r\n\r\n%s"
            % (key.encode(), len(body), body)
        )

    requests = [request() for _ in range(count)]
    return iter(lambda: requests.pop() if requests else request(), b"")


async def main(port: int, key: str, name: str, connections: int) -> None:
    """Post for as many seconds as each order says."""
    load = Load(name)
    load.foundation()
    next_order = orders()
    loop = asyncio.get_running_loop()
    ready()
    while seconds := (await next_order()).strip():
        requests = prepared(load, key, int(float(seconds) * PREPARED_PER_SECOND))
        postings = [
            (await loop.create_connection(partial(Posting, requests), "127.0.0.1", port))[1]
            for _ in range(connections)
        ]
        begin = time.perf_counter()
        await asyncio.gather(*(posting.post(begin + float(seconds)) for posting in postings))
        taken = time.perf_counter() - begin
        answers: dict[str, int] = {}
        for posting in postings:
            for status, count in posting.answers.items():
                answers[status] = answers.get(status, 0) + count
            posting.close()
        positions = [position for posting in postings for position in posting.positions]
        say({"answers": answers, "positions": positions, "seconds": taken})


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
