"""Checks the `Host` header: a request without exactly one is malformed (RFC 9112, 3.2). No address is built from it."""

import re
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from service.problems import malformed

_HOST: Final = re.compile(rb"(\[[0-9A-Za-z:.%]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]+)(:[0-9]*)?")


class Hosts:
    """Refuses HTTP/1.1 requests that do not name exactly one host."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket") or _names_its_host(scope):
            await self._app(scope, receive, send)
            return
        refusal = malformed(
            "The Host header is missing or malformed",
            "host",
            expected="one Host header with the name of a host",
        ).response()
        if scope["type"] == "http":
            await refusal(scope, receive, send)
        else:
            await WebSocket(scope, receive, send).send_denial_response(refusal)


def _names_its_host(scope: Scope) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not hosts:
        return scope.get("http_version") == "1.0"
    return len(hosts) == 1 and _HOST.fullmatch(hosts[0]) is not None
