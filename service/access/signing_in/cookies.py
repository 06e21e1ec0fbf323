"""The cookies of signing in: their names, their flags, and which one a request uses. Nothing else reads them."""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from service.access.signing_in.transport import is_https, is_on_this_machine

SECURE: Final = "__Host-howcanwe"
"""The cookie's name over https. Browsers accept this prefix only with Secure, Path=/ and no Domain."""

LOOPBACK: Final = "howcanwe"
"""The cookie's name over plain http on a loopback host, where some browsers store no Secure cookie."""

FLOW: Final = "-flow"
"""What the name of the other cookie ends with: it keeps an attempt to sign in at the OpenID provider."""


def cookie_of(request: HTTPConnection, ending: str = "") -> str | None:
    """Return the secret of the session that the request's cookie names, or None. It may be anything: look it up."""
    name = _name(request, ending)
    return None if name is None else request.cookies.get(name)


def set_cookie(
    response: Response, request: HTTPConnection, secret: str, *, seconds: int, ending: str = ""
) -> None:
    """Let the browser send the session's secret for so many seconds.

    Raises ValueError if signing in is not allowed here (`may_sign_in`).
    """
    name = _name(request, ending)
    if name is None:
        raise ValueError("a session's cookie is set only over https or on a loopback host")
    response.set_cookie(
        name,
        secret,
        max_age=seconds,
        path="/",
        secure=is_https(request),
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, request: HTTPConnection, ending: str = "") -> None:
    """Let the browser delete the cookie."""
    if (name := _name(request, ending)) is not None:
        response.delete_cookie(
            name, path="/", secure=is_https(request), httponly=True, samesite="lax"
        )


def _name(request: HTTPConnection, ending: str) -> str | None:
    if is_https(request):
        return SECURE + ending
    return LOOPBACK + ending if is_on_this_machine(request) else None
