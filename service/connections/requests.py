"""What may arrive on a connection, and in what time: a request's headers, then its body.

uvicorn bounds neither: a header of 64 MB took it 6 s of CPU, in which nobody else was answered, and a client that began
a request and said nothing more kept its connection for ever. Extends uvicorn's HTTP protocol; called by the event loop.
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
    """What is to arrive next."""

    REQUEST = auto()
    HEADERS = auto()
    BODY = auto()
    NOTHING = auto()
    """The connection was refused, or belongs to a WebSocket now."""


class Arriving(HttpToolsProtocol):
    """A connection whose requests arrive within the limits of `settings`, or are refused and end it."""

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
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait(self.settings.header_seconds_max)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stage = Stage.NOTHING
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived; refuse the request where that is too much, or is no HTTP."""
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
        # The parser hands a header over once it has all of it: until then only what arrives can be counted.
        self._unread_bytes = 0 if self._moved else self._unread_bytes + len(data)
        if self._unread_bytes > self.settings.header_bytes_max:
            self.refuse(self._too_many_header_bytes())
        elif self._timer is None and self._stage is Stage.BODY:
            self._wait(self.settings.body_seconds_max)
        elif self._timer is None and (self._stage is Stage.HEADERS or not self._moved):
            self._wait(self.settings.header_seconds_max)

    def _parsed(self, data: memoryview) -> memoryview:
        """Parse what arrived, and return what is left of it behind a request for an upgrade that is declined."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._declines_upgrade():
                # The parser takes such a request for one without a body. Another one, as uvicorn makes
                # it, gets it without the upgrade.
                head = self._head_without_upgrade()
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                self.parser.feed_data(head)
                return data[upgrade.args[0] :]
            self._upgrade()
        return data[:0]

    def _declines_upgrade(self) -> bool:
        """Say whether the request asks for a protocol that is not spoken here: it is answered as if it did not ask."""
        is_asked = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        return is_asked and not self._should_upgrade()

    def _head_without_upgrade(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version()
        lines = [b"%s %s HTTP/%s" % (method, self.url, version.encode())]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join((*lines, b"\r\n"))

    def on_message_begin(self) -> None:
        """Begin to count a request's headers."""
        super().on_message_begin()
        self._stage = Stage.HEADERS
        self._header_bytes = 0
        self._moved = True

    def on_url(self, url: bytes) -> None:
        """Count the address in."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header in."""
        super().on_header(name, value)
        self._count(len(name) + len(value))
        if len(self.headers) > self.settings.headers_max:
            self._fail(_headers_problem(f"at most {self.settings.headers_max} headers"))

    def on_headers_complete(self) -> None:
        """Let the request be answered; its body may follow."""
        version = self.parser.get_http_version()
        if version not in HTTP_VERSIONS:
            detail = f"HTTP/{version} is not spoken here"
            self._fail(problem(505, "http", detail, expected="HTTP/1.1 or HTTP/1.0"))
        self._wait(None)
        self._stage = Stage.BODY
        self._moved = True
        if not self._declines_upgrade():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body; how many there may be is decided where it is read."""
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Begin to wait for the next request; for how long, uvicorn's keep-alive says."""
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
        """Stop the parser, which turns what a callback raises into an error of its own."""
        self._problem = problem
        raise ValueError(problem.detail)

    def _wait(self, seconds: float | None) -> None:
        """Give the client so many seconds for what is to arrive; None: it owes nothing."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        self._timer = None
        if self._stage is Stage.REQUEST:
            # Browsers open connections ahead of need: they expect no answer to nothing.
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()
            return
        what, seconds = (
            ("headers", self.settings.header_seconds_max)
            if self._stage is Stage.HEADERS
            else ("body", self.settings.body_seconds_max)
        )
        if self.flow.read_paused:
            # It is this side that does not read.
            self._wait(seconds)
        else:
            detail = f"The request's {what} did not arrive in time"
            expected = f"the whole {what} within {seconds:g} s"
            self.refuse(problem(408, "request.late", detail, expected=expected))

    def refuse(self, problem: Problem) -> None:
        """Note in the log that the request is refused, and `end_with` the problem."""
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
            # Another answer is under way: this one would stand in the middle of it.
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
        """Throw away what a refused client still sends, as `service.middleware.drains` does with bodies."""
        self._discarded_bytes += size_bytes
        if self._discarded_bytes > self.settings.drain_bytes_max:
            self.transport.close()


def _headers_problem(expected: str) -> Problem:
    return problem(431, "headers", "The request's headers are too large", expected=expected)


def _malformed() -> Problem:
    return problem(400, "http", "This is not HTTP", expected="a request as in RFC 9112")


def _written(problem: Problem) -> bytes:
    """Return the problem as the bytes of a response, after which the connection ends."""
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
