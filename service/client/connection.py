"""What both clients have in common: their addresses and headers, and what an exception of httpx means."""

import ssl
from typing import Any, Final

import httpx

from service.client.plans.setup import Setup
from service.client.plans.steps import Answer, Call, Lost
from service.client.trace_context import trace_headers
from service.replay.sources.compression import ACCEPT_ENCODING
from service.replay.sources.sent_key import authorization, sent_key

BROKEN: Final = (httpx.TransportError, httpx.DecodingError, httpx.StreamError)
"""The errors of a connection that was not made or broke."""

_EVENTS: Final = "/events"
_OK: Final = 200


def options(url: str, key: str | None, timeout_seconds: float) -> dict[str, Any]:
    """Return the options of an httpx client for a server. Raises ValueError, without the key."""
    base = httpx.URL(url.rstrip("/").removesuffix(_EVENTS))
    if base.scheme not in ("http", "https") or not base.host:
        raise ValueError(f"{base} is not the address of a server; expected https://… or http://…")
    if base.userinfo:
        raise ValueError("the address of a server has no user name and password; give a key")
    return {
        "base_url": base,
        "headers": {**ACCEPT_ENCODING, "User-Agent": "howcanwe", **authorization(sent_key(key))},
        "timeout": timeout_seconds,
    }


def request_of(http: httpx.Client | httpx.AsyncClient, call: Call) -> httpx.Request:
    """Return the request of a call, with the current trace."""
    return http.build_request(
        call.method,
        call.path,
        params=list(call.query) or None,
        headers={**trace_headers(), **call.headers},
        content=call.body,
    )


def is_left_open(call: Call, response: httpx.Response) -> bool:
    """Return whether the answer's body is read later, piece by piece."""
    return call.is_open and response.status_code == _OK


def answer_of(response: httpx.Response, *, is_open: bool) -> Answer:
    """Return a response as an answer."""
    return Answer(
        response.status_code,
        dict(response.headers),
        b"" if is_open else response.content,
        has_key="Authorization" in response.request.headers,
    )


def lost(http: httpx.Client | httpx.AsyncClient, error: Exception) -> Lost:
    """Return what an error of a connection means."""
    reason = f"{http.base_url} cannot be reached: {str(error) or type(error).__name__}"
    return Lost(reason, is_final=_is_of_certificate(error))


def described(http: httpx.Client | httpx.AsyncClient, setup: Setup) -> str:
    """Return the arguments of a client as its repr has them; never the key."""
    return f"{str(http.base_url)!r}, source={setup.source!r}"


def _is_of_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
