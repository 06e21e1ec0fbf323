"""Security headers, so that browsers neither run, frame nor sniff an answer."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTHING_ELSE: Final = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""The Content-Security-Policy of an answer that is not a page."""

_INLINE: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_STARTS: Final = frozenset({"http.response.start", "websocket.http.response.start"})


def policy(**directives: str) -> str:
    """Return a Content-Security-Policy that allows only these directives; underscores stand for dashes."""
    given = {name.replace("_", "-"): value for name, value in directives.items()}
    return "; ".join(f"{name} {value}" for name, value in (NOTHING_ELSE | given).items())


def page_policy(page: bytes) -> str:
    """Return the policy of a page: it may run its own scripts, show its own icons, and call the service."""
    hashes = (b64encode(sha256(script).digest()).decode() for script in _INLINE.findall(page))
    return policy(
        script_src=" ".join(("'self'", *(f"'sha256-{value}'" for value in hashes))),
        # Swagger UI and GraphiQL use inline styles.
        style_src="'self' 'unsafe-inline'",
        img_src="'self' data:",
        font_src="'self' data:",
        connect_src="'self'",
    )


HEADERS: Final = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""The headers that every answer gets unless it sets them itself."""


class Secured:
    """Adds the security headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the answer."""

        async def sent(message: Message) -> None:
            if message["type"] in _STARTS:
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sent)
