"""Limits the size and the arrival time of a request's headers, and the arrival time of its body.

uvicorn has no such limits: a header of 64 MB blocked it for 6 s, and a client that never finished its request kept its
connection open forever. Extends uvicorn's HTTP protocol; the event loop calls it.
"""

import asyncio
from enum import Enum, auto
from typing import Any, Final

import httptools
import orjson
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.utils import get_remote_addr

from service.middleware.security_headers import HEADERS
from service.problems import MEDIA_TYPE, Problem, problem
from service.settings import Settings

HTTP_VERSIONS: Final = ("1.0", "1.1")

_log = structlog.get_logger(__name__)


class Stage(Enum):
    """What has to arrive next."""

    REQUEST = auto()
    HEADERS = auto()
    BODY = auto()
    NOTHING = auto()
    """The connection was refused, or has become a WebSocket."""


class Arriving(HttpToolsProtocol):
    """A connection whose requests must arrive within the limits of `settings`; a refused request ends it."""

    settings: Settings

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._stage = Stage.REQUEST
        self._timer: asyncio.TimerHandle | None = None
        self._problem: Problem | None = None
        self._header_bytes = 0
        self._unread_bytes = 0
        self._discarded_bytes = 0
        self._moved = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Start the timer of the first request."""
        super().connection_made(transport)
        self._wait(self.settings.header_seconds_max)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stage = Stage.NOTHING
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Process received bytes; refuse the request if it is too large or not HTTP."""
        if self._stage is Stage.NOTHING:
            self._discard(len(data))
            return
        self._unset_keepalive_if_required()
        self._moved = False
        rest = memoryview(data)
        try:
            while rest:
                rest = self._parsed(rest)
        except httptools.HttpParserError:
            self.refuse(self._problem or _malformed())
            return
        # The parser reports a header only once it is complete, so count the received bytes until then.
        self._unread_bytes = 0 if self._moved else self._unread_bytes + len(data)
        if self._unread_bytes > self.settings.header_bytes_max:
            self.refuse(self._too_many_header_bytes())
        elif self._timer is None and self._stage is Stage.BODY:
            self._wait(self.settings.body_seconds_max)
        elif self._timer is None and (self._stage is Stage.HEADERS or not self._moved):
            self._wait(self.settings.header_seconds_max)

    def _parsed(self, data: memoryview) -> memoryview:
        """Parse received bytes; return those that follow a request whose upgrade is declined."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._declines_upgrade():
                # The parser assumes that such a request has no body. A new parser, set up as uvicorn does, reads
                # it again without the upgrade.
                head = self._head_without_upgrade()
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                self.parser.feed_data(head)
                return data[upgrade.args[0] :]
            self._upgrade()
        return data[:0]

    def _declines_upgrade(self) -> bool:
        """Return whether the request asks to upgrade to an unsupported protocol; it is answered as plain HTTP."""
        is_asked = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        return is_asked and not self._should_upgrade()

    def _head_without_upgrade(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version()
        lines = [b"%s %s HTTP/%s" % (method, self.url, version.encode())]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join((*lines, b"\r\n"))

    def on_message_begin(self) -> None:
        """Start counting the bytes of a request's headers."""
        super().on_message_begin()
        self._stage = Stage.HEADERS
        self._header_bytes = 0
        self._moved = True

    def on_url(self, url: bytes) -> None:
        """Count the bytes of the URL."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count the bytes of a header."""
        super().on_header(name, value)
        self._count(len(name) + len(value))
        if len(self.headers) > self.settings.headers_max:
            self._fail(_headers_problem(f"at most {self.settings.headers_max} headers"))

    def on_headers_complete(self) -> None:
        """Start the timer of the body, and pass the request on."""
        version = self.parser.get_http_version()
        if version not in HTTP_VERSIONS:
            detail = f"HTTP/{version} is not supported"
            self._fail(problem(505, "http", detail, expected="HTTP/1.1 or HTTP/1.0"))
        self._wait(None)
        self._stage = Stage.BODY
        self._moved = True
        if not self._declines_upgrade():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body on; `service.http.requests.body` limits its size."""
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next request, for as long as uvicorn's keep-alive allows."""
        if self._declines_upgrade():
            return
        self._wait(None)
        self._stage = Stage.REQUEST
        self._moved = True
        super().on_message_complete()

    def _upgrade(self) -> None:
        self._wait(None)
        if self._should_upgrade():
            self._stage = Stage.NOTHING
            self.handle_websocket_upgrade()

    def _count(self, size_bytes: int) -> None:
        self._header_bytes += size_bytes
        if self._header_bytes > self.settings.header_bytes_max:
            self._fail(self._too_many_header_bytes())

    def _too_many_header_bytes(self) -> Problem:
        return _headers_problem(
            f"an address and headers of at most {self.settings.header_bytes_max} bytes together"
        )

    def _fail(self, problem: Problem) -> None:
        """Stop the parser, which replaces an error of a callback by its own, and keep the problem."""
        self._problem = problem
        raise ValueError(problem.detail)

    def _wait(self, seconds: float | None) -> None:
        """Give the client this many seconds to send what has to arrive next; None: no limit."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        self._timer = None
        if self._stage is Stage.REQUEST:
            # Browsers open connections in advance and expect no answer on them.
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()
            return
        what, seconds = (
            ("headers", self.settings.header_seconds_max)
            if self._stage is Stage.HEADERS
            else ("body", self.settings.body_seconds_max)
        )
        if self.flow.read_paused:
            # This side is not reading.
            self._wait(seconds)
        else:
            detail = f"The request's {what} did not arrive in time"
            expected = f"the whole {what} within {seconds:g} s"
            self.refuse(problem(408, "request.late", detail, expected=expected))

    def refuse(self, problem: Problem) -> None:
        """Log that the request is refused, and `end_with` the problem."""
        address = get_remote_addr(self.transport)
        _log.info(
            "a request was refused unread",
            status=problem.status,
            detail=problem.detail,
            address=address[0] if address else None,
        )
        self.end_with(problem)

    def end_with(self, problem: Problem) -> None:
        """Answer with the problem and end the connection, once the client has had time to read the answer."""
        self._stage = Stage.NOTHING
        self._wait(None)
        cycle = self.cycle
        answering = cycle is not None and not cycle.response_complete
        if answering:
            cycle.disconnected = True
            cycle.message_event.set()
        if answering and cycle.response_started:
            # Another answer has begun, and this one would end up in the middle of it.
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write(_written(problem))
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._timer = self.loop.call_later(
                self.settings.drain_seconds_max, self.transport.close
            )
        else:
            self.transport.close()

    def _discard(self, size_bytes: int) -> None:
        """Discard what a refused client still sends, as `service.middleware.drains` does with bodies."""
        self._discarded_bytes += size_bytes
        if self._discarded_bytes > self.settings.drain_bytes_max:
            self.transport.close()


def _headers_problem(expected: str) -> Problem:
    return problem(431, "headers", "The request's headers are too large", expected=expected)


def _malformed() -> Problem:
    return problem(400, "http", "The request is not HTTP", expected="a request as in RFC 9112")


def _written(problem: Problem) -> bytes:
    """Return the problem as the bytes of a response that ends the connection."""
    body = orjson.dumps(problem.body())
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **HEADERS,
        **problem.headers,
    }
    lines = b"".join(f"{name}: {value}\r\n".encode("ascii") for name, value in headers.items())
    return STATUS_LINE[problem.status] + lines + b"\r\n" + body
