"""The route `/sign-in/oidc`: leads to the OpenID provider, and takes up what it answers."""

import time
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from service.access.oidc.flow import LASTS_SECONDS, Flow
from service.access.oidc.provider import NotSignedIn, Why
from service.access.signing_in.cookies import FLOW, clear_cookie, cookie_of, set_cookie
from service.access.signing_in.origins import addressed
from service.access.signing_in.transport import may_sign_in
from service.errors import IssuerAway
from service.middleware.rates import too_many
from service.pages.frame.forms import form_of
from service.pages.sign_in.answers import SEE_OTHER, begun, forms, shown
from service.pages.sign_in.destination import HOME, destination
from service.services import service_of

OIDC: Final = "/sign-in/oidc"

_SIGN_IN: Final = "/sign-in"
_STATUS: Final[Mapping[Why, int]] = {
    Why.DENIED: 403,
    Why.LATE: 400,
    Why.NO_ROLE: 403,
    Why.UNUSABLE: 502,
}

router = APIRouter(include_in_schema=False)


@router.post(OIDC)
async def leave(request: Request) -> Response:
    """Remember the attempt in a cookie, and lead to the provider.

    The page that leads there asks the browser to continue. A redirect would be a part of sending the form, and
    for that browsers obey the policy of the page with the form: it names no other site.
    """
    service = service_of(request)
    to = destination((await form_of(request)).get("to"))
    if service.provider is None:
        return RedirectResponse(_SIGN_IN, SEE_OTHER)
    if not may_sign_in(request):
        return await forms(request, to, status=403)
    _check_rate(request)
    flow = Flow.begin(to, time.time())
    try:
        address = await service.provider.authorization(flow, _redirect(request))
    except IssuerAway:
        return await _away(request, to)
    context = {"address": address, "provider": service.provider.name}
    response = await shown(request, "leaving", context)
    set_cookie(response, request, flow.text, seconds=LASTS_SECONDS, ending=FLOW)
    return response


@router.get(OIDC)
async def come_back(request: Request) -> Response:
    """Begin a session for whom the provider confirms, or show why there is none.

    Only the browser that left comes back: a link with an answer to somebody else's attempt is refused.
    """
    service = service_of(request)
    answer = request.query_params
    if service.provider is None or not answer:
        return RedirectResponse(_SIGN_IN, SEE_OTHER)
    if not may_sign_in(request):
        return await forms(request, HOME, status=403)
    _check_rate(request)
    flow = Flow.read(cookie_of(request, FLOW) or "")
    if flow is None or not flow.is_answered_by(answer.get("state", ""), time.time()):
        return await forms(request, HOME, Why.LATE, status=_STATUS[Why.LATE])
    to = destination(flow.to)
    try:
        confirmed = await service.provider.confirmed(answer, flow, _redirect(request))
    except NotSignedIn as error:
        response = await forms(request, to, error.why, status=_STATUS[error.why])
    except IssuerAway:
        response = await _away(request, to)
    else:
        secret = await service.sessions.begin_confirmed(confirmed)
        response = await begun(request, secret, to)
    clear_cookie(response, request, FLOW)
    return response


async def _away(request: Request, to: str) -> Response:
    response = await forms(request, to, "away", status=503)
    response.headers["Retry-After"] = str(service_of(request).settings.retry_after_seconds)
    return response


def _redirect(request: Request) -> str:
    """Return the address to which the provider sends the browser back. The provider knows which ones may be asked."""
    return (service_of(request).settings.public_url or addressed(request)) + OIDC


def _check_rate(request: Request) -> None:
    address = request.client.host if request.client else ""
    if wait := service_of(request).sign_ins.wait_seconds(address):
        raise too_many(wait)
