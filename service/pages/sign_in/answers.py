"""What every way of signing in answers: the forms again, a page of this room, or a new session."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from service.access.signing_in.cookies import cookie_of, set_cookie
from service.access.signing_in.transport import may_sign_in
from service.pages.frame.answers import Pages
from service.services import Service, service_of

SEE_OTHER: Final = 303


async def begun(request: Request, secret: str, to: str) -> Response:
    """Let the browser have the new session with this secret in place of its last one, and continue at `to`."""
    service = service_of(request)
    await end_session(request, service)
    response = RedirectResponse(to, SEE_OTHER)
    response.headers["Location"] = to
    set_cookie(response, request, secret, seconds=service.sessions.seconds_max)
    return response


async def end_session(request: Request, service: Service) -> None:
    """End the session of the browser's cookie, if there is one, with the streams that it has open."""
    if (secret := cookie_of(request)) is not None:
        await service.sessions.end(secret)
        service.revocations.look()


async def forms(
    request: Request, to: str, refused: str | None = None, *, status: int | None = None
) -> Response:
    """Return the page with the forms for signing in, which says why the last attempt was refused."""
    provider = service_of(request).provider
    context = {
        "to": to,
        "refused": refused,
        "is_allowed": may_sign_in(request),
        "provider": provider.name if provider else None,
    }
    return await shown(request, "sign_in", context, status or (403 if refused else 200))


async def shown(
    request: Request, name: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    """Return a page of this room, which is never kept."""
    pages: Pages = request.app.state.pages
    visit = await pages.visit(request)
    frame = await pages.frame_of(visit.viewer, request)
    return pages.drawn(f"sign_in/{name}.html", visit, context, frame, status)
