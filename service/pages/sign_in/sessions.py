"""The route `/sign-in/sessions`: the browsers that are signed in as the visitor, each to be signed out."""

import re
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from service.access.signing_in.cookies import clear_cookie
from service.pages.frame.answers import Pages
from service.pages.frame.forms import check_token, form_of, token_of
from service.services import service_of

SESSIONS: Final = "/sign-in/sessions"
SIGN_OUT: Final = "/sign-out"

_HASH: Final = re.compile("[0-9a-f]{64}")
_SEE_OTHER: Final = 303

router = APIRouter(include_in_schema=False)


@router.get(SESSIONS)
async def show_sessions(request: Request) -> Response:
    """Show the sessions of the visitor's key or account, the one that was used last first."""
    service = service_of(request)
    caller = await service.access(request)
    pages: Pages = request.app.state.pages
    visit = await pages.visit(request)
    context = {
        "sessions": await service.sessions.of(caller.viewer.id),
        "present": caller.session,
        "has_key": caller.key_id is not None,
        "token": token_of(request) if caller.session else None,
    }
    frame = await pages.frame_of(visit.viewer, request)
    return pages.drawn("sign_in/sessions.html", visit, context, frame)


@router.post(SESSIONS)
async def end_sessions(request: Request) -> Response:
    """End one session of the visitor's key or account, or without one all of them, with what they have open."""
    fields = await form_of(request)
    check_token(request, fields)
    service = service_of(request)
    caller = await service.access(request)
    chosen = fields.get("session")
    session = bytes.fromhex(chosen) if chosen and _HASH.fullmatch(chosen) else None
    if session is not None or fields.get("all"):
        await service.sessions.end_of(caller.viewer.id, session)
        service.revocations.look()
    if session not in (None, caller.session) or not (session or fields.get("all")):
        return RedirectResponse(SESSIONS, _SEE_OTHER)
    response = RedirectResponse(SIGN_OUT, _SEE_OTHER)
    clear_cookie(response, request)
    return response
