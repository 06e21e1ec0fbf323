"""The cookie of a session: its names, its flags, and which one a request uses. Nothing else reads that cookie."""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from service.access.signing_in.transport import is_https, is_on_this_machine

SECURE: Final = "__Host-howcanwe"
"""The cookie's name over https. Browsers accept this prefix only with Secure, Path=/ and no Domain."""

LOOPBACK: Final = "howcanwe"
"""The cookie's name over plain http on a loopback host, where some browsers store no Secure cookie."""


def cookie_of(request: HTTPConnection) -> str | None:
    """Return the secret of the session that the request's cookie names, or None. It may be anything: look it up."""
    name = _name(request)
    return None if name is None else request.cookies.get(name)


def set_cookie(response: Response, request: HTTPConnection, secret: str, *, seconds: int) -> None:
    """Let the browser send the session's secret for so many seconds.

    Raises ValueError if signing in is not allowed here (`may_sign_in`).
    """
    name = _name(request)
    if name is None:
        raise ValueError("a session's cookie is set only over https or on a loopback host")
    response.set_cookie(
        name,
        secret,
        max_age=seconds,
        path="/",
        secure=name == SECURE,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, request: HTTPConnection) -> None:
    """Let the browser delete the cookie."""
    if (name := _name(request)) is not None:
        response.delete_cookie(name, path="/", secure=name == SECURE, httponly=True, samesite="lax")


def _name(request: HTTPConnection) -> str | None:
    if is_https(request):
        return SECURE
    return LOOPBACK if is_on_this_machine(request) else None
