"""The protocol classes for uvicorn: HTTP, and the WebSocket that an HTTP connection may become."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from uvicorn.protocols.utils import get_remote_addr
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Response

from service.connections.admission import Admission
from service.connections.requests import Arriving
from service.connections.stalled_clients import Stalling
from service.middleware.security_headers import HEADERS
from service.settings import Settings


class Http(Arriving, Stalling):
    """An HTTP connection that is counted, whose requests arrive within limits, and that is dropped if it stalls."""

    admission: Admission

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Count the connection; if it is refused, end it, with an answer unless too many are being answered."""
        super().connection_made(transport)
        address = _address(transport)
        problem = self.admission.enter(address)
        self._leave: Callable[[], None] | None = None
        if problem is None:
            self._leave = partial(self.admission.leave, address)
        elif self.admission.begin_answer():
            self._leave = self.admission.end_answer
            self.end_with(problem)
        else:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection from the count."""
        if self._leave is not None:
            self._leave()
        super().connection_lost(exc)


class WebSocket(WebSocketsSansIOProtocol):
    """A WebSocket. It was counted when it was an HTTP connection, and is removed from the count here."""

    admission: Admission

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        send = self.conn.send_response

        def send_secured(response: Response) -> None:
            # Refusals of the handshake are sent here and do not pass through the application's middleware.
            for name, value in HEADERS.items():
                if name not in response.headers:
                    response.headers[name] = value
            send(response)

        self.conn.send_response = send_secured  # type: ignore[method-assign]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection over."""
        super().connection_made(transport)
        self._address = _address(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection from the count."""
        self.admission.leave(self._address)
        super().connection_lost(exc)


def http_protocol(settings: Settings, admission: Admission) -> type[Http]:
    """Return the protocol class of HTTP connections with these limits."""
    return type("Http", (Http,), {"settings": settings, "admission": admission})


def websocket_protocol(admission: Admission) -> type[WebSocket]:
    """Return the protocol class of WebSockets that `admission` counts."""
    return type("WebSocket", (WebSocket,), {"admission": admission})


def _address(transport: asyncio.BaseTransport) -> str:
    """Return the client's address; all connections over a Unix socket share the empty one."""
    address = get_remote_addr(transport)  # type: ignore[arg-type]  # it only uses what every transport has
    return address[0] if address else ""
